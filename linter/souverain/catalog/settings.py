"""What gives the settings of a resource: ``policies/catalog/settings``, by type prefix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from souverain.catalog.flows import ConditionData, GrantsData, conditions, grants
from souverain.catalog.model import Default, Reading, SettingSpec
from souverain.records import TypedDict

if TYPE_CHECKING:
    from souverain.catalog.model import TimeUnit
    from souverain.model import Confidence, SettingName, SettingValue


class _Reading(TypedDict):
    path: str


class ReadingData(_Reading, total=False):
    """One entry of ``read``."""

    values: Mapping[str, SettingValue]
    unit: TimeUnit
    of: str
    through: str
    by: str
    each: str
    when: ConditionData
    grants: GrantsData


class _Default(TypedDict):
    source: str
    confidence: Confidence


class DefaultData(_Default, total=False):
    """One entry of ``otherwise``."""

    value: SettingValue
    decides: str
    since: int
    everywhere: bool


class _Setting(TypedDict):
    setting: SettingName
    types: Sequence[str]
    otherwise: Sequence[DefaultData]


class SettingData(_Setting, total=False):
    """One entry of ``settings`` (``policies/schema/settings.schema.json``)."""

    read: Sequence[ReadingData]
    when: ConditionData


class SettingTable:
    """Settings by type. Specs are made when their type is first asked for."""

    def __init__(self, entries: Sequence[SettingData]) -> None:
        self._made: dict[str, tuple[SettingSpec, ...]] = {}
        self._by_type: dict[str, list[SettingData]] = {}
        for entry in entries:
            for type_ in entry["types"]:
                self._by_type.setdefault(type_, []).append(entry)

    def match(self, type_: str) -> tuple[SettingSpec, ...]:
        """The settings of ``type_``."""
        if type_ not in self._made:
            self._made[type_] = tuple(_setting(entry) for entry in self._by_type.get(type_, ()))
        return self._made[type_]


def _setting(data: SettingData) -> SettingSpec:
    return SettingSpec(
        data["setting"],
        tuple(_reading(reading) for reading in data.get("read", ())),
        tuple(_default(default) for default in data["otherwise"]),
        conditions(data.get("when", {})),
    )


def _reading(data: ReadingData) -> Reading:
    return Reading(
        path=data["path"],
        values=tuple(data.get("values", {}).items()),
        unit=data.get("unit"),
        of=data.get("of", ""),
        through=data.get("through", ""),
        by=data.get("by", ""),
        each=data.get("each", ""),
        when=conditions(data.get("when", {})),
        grants=grants(data["grants"]) if "grants" in data else None,
    )


def _default(data: DefaultData) -> Default:
    return Default(
        value=data.get("value"),
        decides=data.get("decides", ""),
        since=data.get("since", 0),
        everywhere=data.get("everywhere", False),
        confidence=data["confidence"],
    )
