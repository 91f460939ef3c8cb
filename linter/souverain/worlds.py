"""Worlds: one consistent choice of all alternatives.

Where a value is one of a finite set (a variable bounded by ``validation``, a conditional
whose test is unknown), evaluation asks :meth:`Worlds.choose` and goes on with the option
it is given; :meth:`Worlds.explore` runs the computation again for every other option.
Everything computed inside one run is therefore consistent by construction: a region and
a tag that hang on the same unknown can never form an impossible pair. See
``docs/decisions/0002-worlds.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from souverain.model import Span

T = TypeVar("T")

MAX_WORLDS = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """An open alternative. Equal keys are the same choice wherever they are met.

    ``key`` is (root, module instance, variable or condition). ``label`` names it to the
    user (``var.region``).
    """

    key: tuple[str, ...]
    options: int
    label: str = ""
    span: Span | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Choice) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


Guard = tuple[tuple[Choice, int], ...]
"""The choices a result rests on, sorted by key. () means: in every world."""


class Worlds:
    """The alternatives of one root. Not thread-safe; one per root evaluation."""

    def __init__(self, limit: int = MAX_WORLDS) -> None:
        self._limit = limit
        self._current: dict[Choice, int] = {}
        self._used: list[set[Choice]] = []
        self._pending: list[dict[Choice, int]] | None = None
        self._exhausted = False
        self.refusals = 0
        """How many choices were refused so far; a result met by a refusal is not kept."""

    def choose(self, choice: Choice) -> int | None:
        """The option of ``choice`` in the current world.

        None means that alternatives cannot be followed here (too many worlds, or no
        exploration under way): the caller must give an Unknown.
        """
        if choice not in self._current:
            if self._pending is None or self._exhausted:
                self.refusals += 1
                return None
            for other in range(choice.options - 1, 0, -1):
                self._pending.append({**self._current, choice: other})
            self._current[choice] = 0
        for used in self._used:
            used.add(choice)
        return self._current[choice]

    def explore(self, compute: Callable[[], T]) -> tuple[tuple[Guard, T], ...]:
        """Results of ``compute`` in every world it can tell apart (at most the limit).

        Past the limit the computation is run once with every choice refused, so its
        result holds Unknown values, and is returned under the empty guard.
        """
        saved = (self._current, self._used, self._pending)
        results: list[tuple[Guard, T]] = []
        self._pending = [{}]
        try:
            while self._pending:
                if len(results) + len(self._pending) > self._limit:
                    return (((), self._without_choices(compute)),)
                self._current, self._used = self._pending.pop(), []
                value = compute()
                results.append((guard_of(self._current), value))
        finally:
            self._current, self._used, self._pending = saved
        return tuple(results)

    def _without_choices(self, compute: Callable[[], T]) -> T:
        self._current, self._used, self._exhausted = {}, [], True
        try:
            return compute()
        finally:
            self._exhausted = False

    @contextmanager
    def recording(self) -> Iterator[set[Choice]]:
        """Collects the choices made inside the block."""
        used: set[Choice] = set()
        self._used.append(used)
        try:
            yield used
        finally:
            self._used.pop()

    def option(self, choice: Choice) -> int | None:
        """The option of ``choice`` if the current world has made it, without making it."""
        return self._current.get(choice)

    def restate(self, guard: Guard) -> None:
        """Notes that the current computation rests on the choices of ``guard``."""
        for used in self._used:
            used.update(choice for choice, _ in guard)


class Memo(Generic[T]):
    """A value computed once per world that matters to it."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: list[tuple[Guard, T]] = []

    def get(self, worlds: Worlds, compute: Callable[[], T]) -> T:
        for guard, value in self._entries:
            if all(worlds.option(choice) == option for choice, option in guard):
                worlds.restate(guard)
                return value
        refusals = worlds.refusals
        with worlds.recording() as used:
            value = compute()
        if worlds.refusals == refusals:
            self._entries.append(
                (guard_of({c: o for c in used if (o := worlds.option(c)) is not None}), value)
            )
        return value


def guard_of(world: dict[Choice, int]) -> Guard:
    """The guard that holds exactly in worlds that agree with ``world``."""
    return tuple(sorted(world.items(), key=lambda item: item[0].key))


def compatible(one: Guard, other: Guard) -> bool:
    """Whether some world satisfies both guards."""
    options = dict(one)
    return all(options.get(choice, option) == option for choice, option in other)
