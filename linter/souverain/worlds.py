"""Worlds: one consistent choice of all alternatives.

Where a value is one of a finite set (a variable bounded by ``validation``, a conditional
whose test is unknown), evaluation asks :meth:`Worlds.choose` and goes on with the option
it is given; :meth:`Worlds.explore` runs the computation again for every other option.
Everything computed inside one run is therefore consistent by construction: a region and
a tag that hang on the same unknown can never form an impossible pair. See
``docs/decisions/0002-worlds.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from souverain.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable

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

    single = False
    """Whether there is no alternative at all."""

    def __init__(self, limit: int = MAX_WORLDS) -> None:
        self._limit = limit
        self._current: dict[Choice, int] = {}
        self._used: list[dict[Choice, None]] = []
        self._pending: list[dict[Choice, int]] | None = None
        self._exhausted = False
        self._closing: list[Callable[[], None]] = []
        self.refusals = 0
        """How many choices were refused so far; a result met by a refusal is not kept."""

    def on_closing(self, close: Callable[[], None]) -> None:
        """Has ``close`` called once nothing more is asked of the root."""
        self._closing.append(close)

    def close(self) -> None:
        """Gives up what was computed of the root. What computes refers to what it computes for,
        so that nothing else would free them but a collection of garbage."""
        while self._closing:
            self._closing.pop()()

    @property
    def refusing(self) -> bool:
        """Whether every choice is refused now: no exploration, or too many worlds."""
        return self._pending is None or self._exhausted

    def choose(self, choice: Choice) -> int | None:
        """The option of ``choice`` in the current world.

        None means that alternatives cannot be followed here (too many worlds, or no
        exploration under way): the caller must give an Unknown.
        """
        if choice not in self._current:
            if self._pending is None or self._exhausted:
                self.refuse()
                return None
            for other in range(choice.options - 1, 0, -1):
                self._pending.append({**self._current, choice: other})
            self._current[choice] = 0
        for used in self._used:
            used.setdefault(choice)
        return self._current[choice]

    def refuse(self) -> None:
        """Note that the current computation rests on a refusal."""
        self.refusals += 1

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

    def recorded(self, compute: Callable[[], T]) -> tuple[T, dict[Choice, None]]:
        """A result, and the choices it rests on, in the order they were first met."""
        used: dict[Choice, None] = {}
        self._used.append(used)
        try:
            return compute(), used
        finally:
            self._used.pop()

    def option(self, choice: Choice) -> int | None:
        """The option of ``choice`` if the current world has made it, without making it."""
        return self._current.get(choice)


class OneWorld(Worlds):
    """A root without alternatives: everything is computed once."""

    single = True

    def explore(self, compute: Callable[[], T]) -> tuple[tuple[Guard, T], ...]:
        """The one result there is."""
        return (((), compute()),)


@dataclass(slots=True)
class _Node(Generic[T]):
    """A step of a memo's decision tree: the value, or the choice it hangs on."""

    value: T | None = None
    choice: Choice | None = None
    branches: dict[int, _Node[T]] = field(default_factory=dict)


class Memo(Generic[T]):
    """A value computed once per world that matters to it.

    The worlds it was computed in form a decision tree, in the order the choices were met,
    so reading it again splits the reading computation exactly as the first one was.
    """

    __slots__ = ("_refused", "_root")

    def __init__(self) -> None:
        self._root: _Node[T] | None = None
        self._refused: tuple[T] | None = None
        """The value where every choice is refused, when it rests on one."""

    @property
    def settled(self) -> tuple[T] | None:
        """The value when it is known to be the same in every world."""
        root = self._root
        return (cast("T", root.value),) if root is not None and root.choice is None else None

    def get(self, worlds: Worlds, compute: Callable[[], T]) -> T:
        if self._refused is not None and worlds.refusing:
            worlds.refuse()
            return self._refused[0]
        node = self._root
        while node is not None and node.choice is not None:
            option = worlds.choose(node.choice)
            node = None if option is None else node.branches.get(option)
        if node is not None:
            return cast("T", node.value)
        refusals = worlds.refusals
        value, used = worlds.recorded(compute)
        if worlds.refusals == refusals:
            self._keep([(choice, worlds.option(choice)) for choice in used], value)
        elif worlds.refusing:
            self._refused = (value,)
        return value

    def _keep(self, path: list[tuple[Choice, int | None]], value: T) -> None:
        if self._root is None:
            self._root = _Node()
        node = self._root
        for choice, option in path:
            node.choice = choice
            node = node.branches.setdefault(cast("int", option), _Node())
        node.value = value


def guard_of(world: dict[Choice, int]) -> Guard:
    """The guard that holds exactly in worlds that agree with ``world``."""
    return tuple(sorted(world.items(), key=lambda item: item[0].key))


def compatible(one: Guard, other: Guard) -> bool:
    """Whether some world satisfies both guards."""
    options = dict(one)
    return all(options.get(choice, option) == option for choice, option in other)
