"""Which signals a key of a kind of object can give, found once per key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from souverain.catalog.signals import Signal, SignalTable, Told

Path = tuple[str, ...]
"""Keys that lead to a mapping; places in lists do not count."""

_EXACT: Final = 1_000
"""Weight of a key without ``*``; of others, their length."""

_FILED: Final = 4
"""Characters of a pattern's literal end that it is filed under."""


def is_like(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern whose ``*`` stand for any text."""
    return pattern == text or ("*" in pattern and fnmatchcase(text, pattern))


class Probe:
    """One signal, ready to be tried on a key and its value."""

    __slots__ = ("__dict__", "_at", "signal")

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self._at = tuple(tuple(place.split(".")) for place in signal.at)

    def stands(self, path: Path) -> bool:
        """Whether the place of the mapping is one the signal speaks at."""
        return not self._at or any(_ends(path, place) for place in self._at)

    @cached_property
    def narrowness(self) -> int:
        """How much beside the key the signal asks for."""
        signal = self.signal
        return bool(signal.at) + bool(signal.kinds) + (signal.listing != "listed")

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """What is searched in the value."""
        value = self.signal.value
        return re.compile(value) if value is not None else None

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Alternatives of where the region is written."""
        region = self.signal.region
        return tuple(region.split(">")) if region else ()

    def told(self, word: str) -> Told | None:
        """Whom a word of the signal's table stands for; exact words before patterns."""
        table = self.signal.table
        found = table.get(word)
        if found is None:
            found = next((told for like, told in table.items() if is_like(like, word)), None)
        return found


def _ends(path: Path, place: Path) -> bool:
    if len(place) > len(path):
        return False
    return all(is_like(like, key) for like, key in zip(place[::-1], path[::-1], strict=False))


class Keys:
    """Every key pattern of every signal; each key is matched against them once."""

    def __init__(self, probes: Iterable[Probe]) -> None:
        self._exact: dict[str, list[Probe]] = {}
        self._starts: dict[str, list[tuple[str, Probe]]] = {}
        self._ends: dict[str, list[tuple[str, Probe]]] = {}
        self._others: list[tuple[str, Probe]] = []
        self._found: dict[str, tuple[Probe, ...]] = {}
        for probe in probes:
            for key in probe.signal.keys:
                self._file(key, probe)

    def _file(self, key: str, probe: Probe) -> None:
        if "*" not in key:
            self._exact.setdefault(key, []).append(probe)
        elif key.index("*") >= _FILED:
            self._starts.setdefault(key[:_FILED], []).append((key, probe))
        elif len(key) - key.rindex("*") > _FILED:
            self._ends.setdefault(key[-_FILED:], []).append((key, probe))
        else:
            self._others.append((key, probe))

    def find(self, key: str) -> tuple[Probe, ...]:
        """Probes of signals with a key like this one: the most specific key, then place,
        first."""
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._match(key)
        return found

    def _match(self, key: str) -> tuple[Probe, ...]:
        filed = (
            *self._starts.get(key[:_FILED], ()),
            *self._ends.get(key[-_FILED:], ()),
            *self._others,
        )
        like = [(len(pattern), probe) for pattern, probe in filed if fnmatchcase(key, pattern)]
        like += [(_EXACT, probe) for probe in self._exact.get(key, ())]
        like.sort(key=lambda item: (item[0], item[1].narrowness), reverse=True)
        return tuple(dict.fromkeys(probe for _, probe in like))


class Index(dict[str, "tuple[tuple[Probe, ...], bool]"]):
    """Signals of one kind of object: key -> probes, and whether its value may hold a host."""

    def __init__(self, kind: str, keys: Keys, table: SignalTable, probes: Mapping[str, Probe]):
        super().__init__()
        self._keys = keys
        self._never = table.reading.never
        allowed = [probes[signal.id] for signal in table.of_kind(kind)]
        self._allowed = frozenset(allowed)
        self.of_kind = tuple(probe for probe in allowed if _speaks_by_kind(probe.signal))
        """Probes that need nothing but the kind."""
        anywhere = [probe for probe in allowed if _speaks_anywhere(probe.signal)]
        self.anywhere = tuple(sorted(anywhere, key=lambda probe: probe.signal.value is None))
        """Probes for values of whatever key; those that ask for more come first."""

    def __missing__(self, key: str) -> tuple[tuple[Probe, ...], bool]:
        probes = tuple(probe for probe in self._keys.find(key) if probe in self._allowed)
        found = probes, not any(is_like(never, key) for never in self._never)
        self[key] = found
        return found


def _speaks_by_kind(signal: Signal) -> bool:
    return not signal.keys and signal.value is None and not signal.reads


def _speaks_anywhere(signal: Signal) -> bool:
    return not signal.keys and not _speaks_by_kind(signal)
