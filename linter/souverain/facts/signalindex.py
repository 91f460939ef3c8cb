"""Which signals a key of a kind of object can give, found once per key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from souverain.catalog.signals import is_like
from souverain.regex import regex

if TYPE_CHECKING:
    from souverain.catalog.signals import Reading, Signal, SignalTable, Told

Path = tuple[str, ...]
"""Keys that lead to a mapping; places in lists do not count."""

_EXACT: Final = 1_000
"""Weight of a key without ``*``; of others, their length."""

_FILED: Final = 4
"""Characters of a pattern's literal end that it is filed under."""


class Probe:
    """One signal, ready to be tried on a key and its value."""

    __slots__ = ("__dict__", "_at", "_not_at", "signal")

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self._at = tuple(tuple(place.split(".")) for place in signal.at)
        self._not_at = tuple(tuple(place.split(".")) for place in signal.not_at)

    def stands(self, path: Path) -> bool:
        """Whether the place of the mapping is one the signal speaks at."""
        if any(_ends(path, place) for place in self._not_at):
            return False
        return not self._at or any(_ends(path, place) for place in self._at)

    @property
    def depth(self) -> int:
        """Keys of a path that the signal asks for."""
        return max(map(len, (*self._at, *self._not_at)), default=1)

    @cached_property
    def narrowness(self) -> int:
        """How much beside the key the signal asks for."""
        signal = self.signal
        return bool(signal.at) + bool(signal.kinds) + (signal.listing != "listed")

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """What is searched in the value."""
        value = self.signal.value
        return regex(value) if value is not None else None

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


class KeyPatterns:
    """Every key pattern of every signal; each key is matched against them once."""

    def __init__(self, probes: Iterable[Probe], reading: Reading) -> None:
        probes = tuple(probes)
        self._never = frozenset(reading.never)
        self._never_like = tuple(key for key in reading.never if "*" in key)
        self.depth = max((probe.depth for probe in probes), default=1)
        """Keys of a path that any signal asks for."""
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

    def is_never(self, key: str) -> bool:
        """Whether the value of a key is never looked into."""
        return key in self._never or any(is_like(never, key) for never in self._never_like)

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
        like = [(len(pattern), probe) for pattern, probe in filed if is_like(pattern, key)]
        like += [(_EXACT, probe) for probe in self._exact.get(key, ())]
        like.sort(key=lambda item: (item[0], item[1].narrowness), reverse=True)
        return tuple(dict.fromkeys(probe for _, probe in like))


class Keys(dict[str, "tuple[tuple[Probe, ...], bool]"]):
    """Keys of mappings at one place: what each can tell, and whether its value may hold a
    host."""

    __slots__ = ("_allowed", "_is_label", "_path", "_patterns")

    def __init__(
        self, path: Path, patterns: KeyPatterns, allowed: frozenset[Probe], *, is_label: bool
    ) -> None:
        super().__init__()
        self._path = path
        self._patterns = patterns
        self._allowed = allowed
        self._is_label = is_label

    def __missing__(self, key: str) -> tuple[tuple[Probe, ...], bool]:
        probes = tuple(
            probe
            for probe in self._patterns.find(key)
            if probe in self._allowed and probe.stands(self._path)
        )
        found = probes, not (self._is_label or self._patterns.is_never(key))
        self[key] = found
        return found


class Index:
    """Signals of one kind of object, by the place of a mapping."""

    def __init__(
        self, kind: str, patterns: KeyPatterns, table: SignalTable, probes: Mapping[str, Probe]
    ) -> None:
        self._patterns = patterns
        self._labels = table.reading.labels
        self._places: dict[Path, Keys] = {}
        reading = table.reading
        self.skipped = any(is_like(like, kind) for like in reading.skipped_kinds)
        """Whether objects of the kind hold nothing but the description of a kind."""
        self.values = frozenset(tuple(path.split(".")) for path in reading.values.get(kind, ()))
        """Where objects of the kind hold values of a chart."""
        allowed = [probes[signal.id] for signal in table.of_kind(kind)]
        self._allowed = frozenset(allowed)
        self.of_kind = tuple(probe for probe in allowed if _speaks_by_kind(probe.signal))
        """Probes that need nothing but the kind."""
        anywhere = [probe for probe in allowed if _speaks_anywhere(probe.signal)]
        self.anywhere = tuple(sorted(anywhere, key=lambda probe: probe.signal.value is None))
        """Probes for values of whatever key; those that ask for more come first."""

    def at(self, path: Path) -> Keys:
        """What the keys of a mapping can tell; only the end of its path counts."""
        end = path[-self._patterns.depth :]
        found = self._places.get(end)
        if found is None:
            is_label = bool(path) and path[-1] in self._labels
            found = Keys(end, self._patterns, self._allowed, is_label=is_label)
            self._places[end] = found
        return found


def _speaks_by_kind(signal: Signal) -> bool:
    return not signal.keys and signal.value is None and not signal.reads


def _speaks_anywhere(signal: Signal) -> bool:
    return not signal.keys and not _speaks_by_kind(signal)
