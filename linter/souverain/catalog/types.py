"""What a resource type is: the tables of ``policies/catalog/types``, decoded and matched.

One table per type prefix (``aws.yaml`` holds ``aws_*``). A table groups types by service,
and inside a service by role. The exact name wins, then the longest prefix, then the
table's default: a type newer than the table is still placed, and marked as such.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from souverain.catalog.locations import parse_location
from souverain.catalog.model import Service, TypeMapping
from souverain.catalog.names import NameTable
from souverain.records import TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from souverain.model import LayerName, Role

ROLES: Final[tuple[Role, ...]] = ("stores", "processes", "transmits", "configures")
"""From the role that holds most to the one that holds least."""


class _Named(TypedDict):
    service: str
    capability: str
    layer: LayerName


class ServiceData(_Named, total=False):
    """One entry of ``services``: names by role, and ``locations`` for those whose place is
    not the service's ``location`` (nor the table's)."""

    location: str
    locations: Mapping[str, Sequence[str]]
    stores: Sequence[str]
    processes: Sequence[str]
    transmits: Sequence[str]
    configures: Sequence[str]
    hosting: str
    endpoint_keys: Sequence[str]
    health: bool
    since: Mapping[str, int]


class DefaultData(_Named):
    """What a type of the prefix is taken for when no service names it."""

    role: Role
    location: str


class TableData(TypedDict, total=False):
    """A file of ``policies/catalog/types`` (``policies/schema/types.schema.json``)."""

    family: str
    location: str
    since: Mapping[str, int]
    default: DefaultData
    services: Sequence[ServiceData]


class TypeTable:
    """The types of one prefix. Reading the data is all the construction does; a mapping is
    made when its type is asked for. Raises :class:`KeyError` on data the schema refuses."""

    def __init__(self, data: TableData) -> None:
        self._data = data
        self._entries: NameTable[tuple[ServiceData, Role]] = NameTable()
        for service in data.get("services", ()):
            for role in ROLES:
                for pattern in service.get(role, ()):
                    self._entries.add(pattern, (service, role))

    def match(self, type_: str) -> TypeMapping | None:
        """What ``type_`` is; None when the table has no default and does not name it."""
        found = self._entries.find(type_)
        if found is None:
            return self._by_default(type_)
        (service, role), matched_by = found
        return self._mapping(type_, service, role, self._place(service, type_), matched_by)

    def patterns(self) -> Iterator[str]:
        """Every name and pattern that the table files under a role."""
        for service in self._data.get("services", ()):
            for role in ROLES:
                yield from service.get(role, ())

    def service(self, capability: str) -> str | None:
        """The first service with a capability that stores something."""
        for service in self._data.get("services", ()):
            if service["capability"] == capability and service.get("stores"):
                return service["service"]
        return None

    def services(self, capability: str) -> Sequence[Service]:
        """Services with a capability that hold or work on data."""
        return self._by_capability.get(capability, ())

    @cached_property
    def _by_capability(self) -> dict[str, list[Service]]:
        found: dict[str, list[Service]] = {}
        for service in self._data.get("services", ()):
            types = (*service.get("stores", ()), *service.get("processes", ()))
            capability = service["capability"]
            if types:
                held = Service(service["service"], service["layer"], capability, types)
                found.setdefault(capability, []).append(held)
        return found

    def _by_default(self, type_: str) -> TypeMapping | None:
        default = self._data.get("default")
        if default is None:
            return None
        service = ServiceData(
            service=default["service"], capability=default["capability"], layer=default["layer"]
        )
        return self._mapping(type_, service, default["role"], default["location"], "default")

    def _place(self, service: ServiceData, type_: str) -> str:
        own: NameTable[str] = NameTable()
        for location, patterns in service.get("locations", {}).items():
            for pattern in patterns:
                own.add(pattern, location)
        found = own.find(type_)
        return found[0] if found else service.get("location") or self._data["location"]

    def _mapping(
        self,
        type_: str,
        service: ServiceData,
        role: Role,
        location: str,
        matched_by: Literal["exact", "pattern", "default"],
    ) -> TypeMapping:
        return TypeMapping(
            type=type_,
            family=self._data["family"],
            service=service["service"],
            layer=service["layer"],
            capability=service["capability"],
            role=role,
            location=parse_location(location),
            matched_by=matched_by,
            hosting=service.get("hosting"),
            endpoint_keys=tuple(service.get("endpoint_keys", ())),
            health=service.get("health", False),
            since=service.get("since", self._data.get("since", {})),
        )
