"""Dated sets of countries: ``policies/catalog/territories.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from souverain.records import TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    Member = TypedDict(
        "Member",
        {"from": str, "until": str, "of": str, "scope": str, "qualifier": str},
        total=False,
    )
    """ISO dates, both inclusive; ``of`` is the member State of an overseas territory."""


class TerritoryData(TypedDict, total=False):
    """A set by its members, or a union of other sets."""

    members: Mapping[str, Member]
    overseas: Mapping[str, Member]
    union: Sequence[str]


class Territories:
    """Countries of a named set at a date, as ISO 3166-1 alpha-2 codes."""

    def __init__(self, data: Mapping[str, TerritoryData]) -> None:
        self._data = data
        self._known: dict[tuple[str, date], frozenset[str]] = {}

    def countries(self, name: str, as_of: date) -> frozenset[str]:
        """Members at a date, without those that hold for some recipients only.

        Raises :class:`KeyError` when there is no such territory.
        """
        key = (name, as_of)
        if key not in self._known:
            day = as_of.isoformat()
            self._known[key] = frozenset(
                code
                for code, member in self._members(name)
                if self._holds(member, day) and member.get("scope") != "qualified"
            )
        return self._known[key]

    def qualified(self, name: str, as_of: date) -> Mapping[str, str]:
        """Members that hold for some recipients only, with the condition in words."""
        day = as_of.isoformat()
        return {
            code: member.get("qualifier", "")
            for code, member in self._members(name)
            if self._holds(member, day) and member.get("scope") == "qualified"
        }

    def _members(self, name: str) -> Iterator[tuple[str, Member]]:
        territory = self._data[name]
        for part in territory.get("union", ()):
            yield from self._members(part)
        members = territory.get("members", {})
        yield from members.items()
        for code, overseas in territory.get("overseas", {}).items():
            state = members[overseas["of"]]
            start = max(overseas.get("from", ""), state.get("from", ""))
            yield code, {**state, **overseas, "from": start}

    def _holds(self, member: Member, day: str) -> bool:
        return member.get("from", "") <= day <= member.get("until", "9999-12-31")
