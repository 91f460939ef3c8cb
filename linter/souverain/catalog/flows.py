"""What moves data and what names a key: ``policies/catalog/flows`` and ``custody.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from souverain.catalog.locations import parse_location
from souverain.catalog.model import Condition, CustodySpec, FlowSpec, Grants
from souverain.records import TypedDict

if TYPE_CHECKING:
    from souverain.model import FlowKind

ConditionData = Mapping[str, "bool | Sequence[str]"]
"""Attribute path -> the values it must have, or whether it must be set."""


class _Flow(TypedDict):
    id: str
    types: Sequence[str]
    kind: FlowKind
    to: str


class GrantsData(TypedDict):
    """How an access policy is read (:class:`souverain.catalog.model.Grants`)."""

    document: str
    own: Sequence[str]


class FlowData(_Flow, total=False):
    """One entry of ``flows`` (``policies/schema/flows.schema.json``)."""

    subject: str
    when: ConditionData
    operator: str
    service: str
    path: str
    certain: bool
    note: str
    scan: bool
    grants: GrantsData


class _Custody(TypedDict):
    types: Sequence[str]
    path: str
    level: Literal["customer_managed", "external", "client_side"]


class CustodyData(_Custody, total=False):
    """One entry of ``custody`` (``policies/schema/custody.schema.json``)."""

    note: str
    subject: str
    when: ConditionData


class FlowTable:
    """Flows by type, in catalogue order. Specs are made when their type is asked for."""

    def __init__(self, flows: Sequence[FlowData]) -> None:
        self._by_type: dict[str, list[FlowData]] = {}
        for flow in flows:
            for type_ in flow["types"]:
                self._by_type.setdefault(type_, []).append(flow)

    def match(self, type_: str) -> tuple[FlowSpec, ...]:
        """The flows a resource of ``type_`` can declare."""
        return tuple(_flow(flow) for flow in self._by_type.get(type_, ()))


class CustodyTable:
    """Key attributes by type, strongest level first."""

    def __init__(self, entries: Sequence[CustodyData]) -> None:
        self._by_type: dict[str, list[CustodyData]] = {}
        for entry in entries:
            for type_ in entry["types"]:
                self._by_type.setdefault(type_, []).append(entry)

    def match(self, type_: str) -> tuple[CustodySpec, ...]:
        """The attributes of ``type_`` that name a key."""
        specs = [_custody(entry) for entry in self._by_type.get(type_, ())]
        return tuple(sorted(specs, key=lambda spec: _LEVELS.index(spec.level)))


_LEVELS = ("client_side", "external", "customer_managed")


def _flow(data: FlowData) -> FlowSpec:
    return FlowSpec(
        id=data["id"],
        types=tuple(data["types"]),
        kind=data["kind"],
        to=parse_location(data["to"]),
        subject=data.get("subject", ""),
        when=conditions(data.get("when", {})),
        operator=data.get("operator"),
        service=data.get("service"),
        path=data.get("path", ""),
        certain=data.get("certain", True),
        scan=data.get("scan", False),
        grants=grants(data["grants"]) if "grants" in data else None,
        note=data.get("note", ""),
    )


def grants(data: GrantsData) -> Grants:
    """How an access policy is read, decoded."""
    return Grants(data["document"], frozenset(data["own"]))


def conditions(tests: ConditionData) -> tuple[Condition, ...]:
    """Tests on attributes, decoded."""
    return tuple(_condition(path, test) for path, test in tests.items())


def _condition(path: str, test: bool | Sequence[str]) -> Condition:
    if isinstance(test, bool):
        return Condition(path, set=test)
    return Condition(path, one_of=tuple(test))


def _custody(data: CustodyData) -> CustodySpec:
    return CustodySpec(
        types=tuple(data["types"]),
        path=data["path"],
        level=data["level"],
        note=data.get("note", ""),
        subject=data.get("subject", ""),
        when=conditions(data.get("when", {})),
    )
