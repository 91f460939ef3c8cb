"""What a kind of Kubernetes object is: the tables of ``policies/catalog/kubernetes/kinds``.

A kind is named as Kubernetes names it, with its group and without its version:
``Deployment.apps``, ``Secret``, ``Bucket.s3.aws.upbound.io``. A table groups kinds by
service and role as those of Terraform types do; a kind that creates what a Terraform type
creates is filed under that type, and is the same service in the same role.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from souverain.catalog.locations import parse_location
from souverain.catalog.names import NameTable
from souverain.catalog.types import TableData, TypeTable
from souverain.records import TypedDict, dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from souverain.catalog.model import TypeMapping

Passing = Literal["takes", "gives", "shares"]
"""Whether an object takes the data of what it refers to, gives it its own, or both."""


class _Reference(TypedDict):
    at: str
    to: Sequence[str]


class ReferenceData(_Reference, total=False):
    """A path that names another object (:class:`Reference`), and the kinds that have it."""

    kinds: Sequence[str]
    kind: str
    namespace: str
    data: Passing


class KindsData(TableData, total=False):
    """A file of ``policies/catalog/kubernetes/kinds`` (``policies/schema/kinds.schema.json``)."""

    creates: Mapping[str, Sequence[str]]
    locations: Mapping[str, Sequence[str]]
    cluster_wide: Sequence[str]
    pods: Mapping[str, Sequence[str]]
    stores_with: Mapping[str, Sequence[str]]
    deploys_with: Mapping[str, Sequence[str]]
    read_by_others: Sequence[str]
    references: Sequence[ReferenceData]


@dataclass(frozen=True, slots=True)
class Reference:
    """A path of an object that names another of the same namespace, or of one that the path
    ``namespace`` beside it names. ``to`` are kinds, the last of them ``*`` when the path
    ``kind`` beside it says which; ``data`` is "" when no data passes."""

    at: str
    to: tuple[str, ...]
    kind: str = ""
    namespace: str = ""
    data: Passing | Literal[""] = ""


def group_kind(type_: str) -> str:
    """``Deployment.apps`` of ``apps/v1/Deployment``; a name of a kind stays as it is."""
    version, slash, kind = type_.rpartition("/")
    group = version.rpartition("/")[0]
    return f"{kind}.{group}" if slash and group else kind


class KindTable:
    """Every kind. ``like`` tells what a Terraform type is."""

    def __init__(
        self, files: Mapping[str, KindsData], like: Callable[[str], TypeMapping | None]
    ) -> None:
        self._files = tuple(files.values())
        self._like = like
        self._mappings: dict[str, TypeMapping | None] = {}
        self._references: dict[str, tuple[Reference, ...]] = {}
        self._known_wide: dict[str, bool] = {}
        self._known_pods: dict[str, str | None] = {}

    def type(self, group_kind: str) -> TypeMapping | None:
        """What a kind is; None when no table names it."""
        if group_kind not in self._mappings:
            self._mappings[group_kind] = self._mapping(group_kind)
        return self._mappings[group_kind]

    def is_cluster_wide(self, group_kind: str) -> bool:
        """Whether objects of a kind are in no namespace."""
        known = self._known_wide.get(group_kind)
        if known is None:
            known = self._known_wide[group_kind] = self._wide.find(group_kind) is not None
        return known

    def pod_spec(self, group_kind: str) -> str | None:
        """Path of the pod specification of a kind; None when it runs no pods."""
        if group_kind not in self._known_pods:
            found = self._pods.find(group_kind)
            self._known_pods[group_kind] = found[0] if found else None
        return self._known_pods[group_kind]

    @cached_property
    def read_by_others(self) -> frozenset[str]:
        """Kinds whose content is what those who name them say: what a ConfigMap tells goes
        where the workload goes that reads it."""
        return frozenset(kind for f in self._files for kind in f.get("read_by_others", ()))

    def references(self, group_kind: str) -> tuple[Reference, ...]:
        """Paths of a kind that name other objects, in catalogue order."""
        if group_kind not in self._references:
            self._references[group_kind] = tuple(
                _reference(data)
                for file in self._files
                for data in file.get("references", ())
                if self._has(group_kind, data)
            )
        return self._references[group_kind]

    def _has(self, group_kind: str, data: ReferenceData) -> bool:
        if data["at"].startswith("pod.") and self.pod_spec(group_kind) is None:
            return False
        return any(fnmatchcase(group_kind, glob) for glob in data.get("kinds", ("*",)))

    # --- tables -----------------------------------------------------------------------

    def _mapping(self, group_kind: str) -> TypeMapping | None:
        found = self._tables.find(group_kind)
        mapping = found[0](group_kind) if found else None
        storing = self._storing.find(group_kind)
        deploying = self._deploying.find(group_kind)
        if mapping is None or (storing is None and deploying is None):
            return mapping
        return replace(
            mapping,
            stores_with=storing[0] if storing else "",
            deploys_with=deploying[0] if deploying else "",
        )

    @cached_property
    def _tables(self) -> NameTable[Callable[[str], TypeMapping | None]]:
        """What answers for each pattern of any file."""
        tables: NameTable[Callable[[str], TypeMapping | None]] = NameTable()
        for file in self._files:
            table = TypeTable(file)
            for pattern in table.patterns():
                tables.add(pattern, table.match)
            places = _filed(file.get("locations", {}))
            for type_, kinds in file.get("creates", {}).items():
                for kind in kinds:
                    tables.add(kind, self._created(type_, places, file.get("location", "")))
        return tables

    def _created(
        self, type_: str, places: NameTable[str], default: str
    ) -> Callable[[str], TypeMapping | None]:
        """Reads a kind that creates what a Terraform type does, and says itself where."""

        def answer(group_kind: str) -> TypeMapping | None:
            like = self._like(type_)
            if like is None:
                return None
            place = places.find(group_kind)
            return replace(
                like,
                type=group_kind,
                location=parse_location(place[0] if place else default),
                matched_by="default" if like.matched_by == "default" else "exact",
                hosting=None,
                endpoint_keys=(),
                since={},
            )

        return answer

    @cached_property
    def _wide(self) -> NameTable[bool]:
        table: NameTable[bool] = NameTable()
        for file in self._files:
            for pattern in file.get("cluster_wide", ()):
                table.add(pattern, True)
        return table

    @cached_property
    def _pods(self) -> NameTable[str]:
        return _filed(*(file.get("pods", {}) for file in self._files))

    @cached_property
    def _deploying(self) -> NameTable[str]:
        return _filed(*(file.get("deploys_with", {}) for file in self._files))

    @cached_property
    def _storing(self) -> NameTable[str]:
        return _filed(*(file.get("stores_with", {}) for file in self._files))


def _filed(*groups: Mapping[str, Sequence[str]]) -> NameTable[str]:
    """Each word by the patterns listed under it."""
    table: NameTable[str] = NameTable()
    for group in groups:
        for word, patterns in group.items():
            for pattern in patterns:
                table.add(pattern, word)
    return table


def _reference(data: ReferenceData) -> Reference:
    return Reference(
        data["at"],
        tuple(data["to"]),
        data.get("kind", ""),
        data.get("namespace", ""),
        data.get("data", ""),
    )
