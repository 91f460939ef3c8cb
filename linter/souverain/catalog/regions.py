"""Region codes of one operator, in every spelling that configuration uses.

Codes are looked up per operator, never globally: ``eu-west-2`` is London, Paris or
elsewhere. Case, spaces, hyphens, underscores and a geography in parentheses do not count
(``(Europe) France Central``, ``EU_WEST_3``).
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Final

from souverain.catalog.model import Region
from souverain.records import TypedDict, replace
from souverain.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_INSIGNIFICANT: Final = regex(r"\([^)]*\)|[\s_/-]")
_LONGEST: Final = 120
"""No region code is longer: what is was not one, and patterns need not see it."""


class _Country(TypedDict):
    country: str | None


class RegionData(_Country, total=False):
    """One region (``policies/schema/regions.schema.json``)."""

    city: str
    parts: Sequence[str]
    aliases: Sequence[str]
    pair: str
    hosted_by: str
    hosted_region: str
    note: str


class _Code(TypedDict):
    code: str
    parts: Sequence[str]


class MultiData(_Code, total=False):
    """A code for several places at once; ``services`` (globs) when only they mean this."""

    services: Sequence[str]
    note: str


class _Match(TypedDict):
    match: str


class PatternData(_Match, total=False):
    """Codes of zones: the region is ``region``, or what the first group captures. With
    ``keep`` they are regions of their own, at the place of that one (``GRA9`` at ``GRA``)."""

    region: str
    keep: bool


class RegionsData(TypedDict, total=False):
    """A file of ``policies/catalog/regions``."""

    regions: Mapping[str, RegionData]
    patterns: Sequence[PatternData]
    multi: Sequence[MultiData]
    zones: Sequence[str]
    hosted_on: Sequence[str]


class RegionTable:
    """The regions of one operator."""

    def __init__(self, data: RegionsData) -> None:
        self._data = data
        self.hosted_on: tuple[str, ...] = tuple(data.get("hosted_on", ()))
        """Operators whose regions this one uses."""

    def find(self, code: str, service: str | None = None) -> Region | None:
        """The region a code, a zone or another spelling stands for; None when unlisted.

        ``service`` decides where one code means different places (Google's ``eur5``).
        """
        if len(code) > _LONGEST:
            return None
        return self._multi(code, service) or self._named(code) or self._by_pattern(code)

    def pair(self, code: str) -> str | None:
        """Region that geo-redundant copies of ``code`` go to."""
        region = self._named(code)
        return self._regions[region.code].get("pair") if region else None

    def zone(self, code: str) -> str | None:
        """The first of the operator's zones (codes for several places) that ``code`` is in."""
        region = self._named(code)
        for zone in self._data.get("zones", ()):
            spread = self._multi(zone, None)
            if region and spread and region.country in spread.parts:
                return zone
        return None

    def codes(self) -> tuple[str, ...]:
        """Every region code, sorted."""
        return tuple(sorted(self._regions))

    @cached_property
    def countries(self) -> frozenset[str | None]:
        """Country of every region; None stands for a region that lies in several."""
        return frozenset(found.country for code in self._regions if (found := self.find(code)))

    @property
    def _regions(self) -> Mapping[str, RegionData]:
        return self._data.get("regions", {})

    @cached_property
    def _index(self) -> Mapping[str, str]:
        index: dict[str, str] = {}
        for code, data in self._regions.items():
            for alias in data.get("aliases", ()):
                index[_folded(alias)] = code
        for code in self._regions:
            index[_folded(code)] = code
        return index

    def _named(self, code: str) -> Region | None:
        found = self._index.get(_folded(code))
        return None if found is None else _region(found, self._regions[found])

    def _multi(self, code: str, service: str | None) -> Region | None:
        folded = code.strip().lower()
        for entry in self._data.get("multi", ()):
            if entry["code"] == folded and _serves(entry, service):
                return _spread(entry)
        return None

    def _by_pattern(self, code: str) -> Region | None:
        folded = code.strip().lower()
        for pattern in self._data.get("patterns", ()):
            matched = re.match(pattern["match"], folded)
            if matched is None:
                continue
            target = pattern.get("region") or matched.group(1)
            found = self._multi(target, None) or self._named(target)
            if found is not None:
                return replace(found, code=code.strip()) if pattern.get("keep") else found
            if target != folded and (found := self._by_pattern(target)) is not None:
                return found
        return None


def _folded(code: str) -> str:
    return _INSIGNIFICANT.sub("", code).lower()


def _serves(entry: MultiData, service: str | None) -> bool:
    globs = entry.get("services")
    if globs is None:
        return True
    return service is not None and any(fnmatchcase(service, glob) for glob in globs)


def _spread(entry: MultiData) -> Region:
    parts = tuple(entry["parts"])
    country = parts[0] if len(set(parts)) == 1 else None
    return Region(entry["code"], country, None, parts, entry.get("note", ""))


def _region(code: str, data: RegionData) -> Region:
    return Region(
        code=code,
        country=data["country"],
        city=data.get("city"),
        parts=tuple(data.get("parts", ())),
        note=data.get("note", ""),
        hosted_by=data.get("hosted_by"),
        hosted_region=data.get("hosted_region"),
    )
