"""Reading policy files with exact errors: a value and the place it was found at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from souverain.records import dataclass

T = TypeVar("T", bound=str)

Keys = tuple["str | int", ...]
"""Keys and positions that lead from the top of a file to a value."""


class InvalidPolicyError(ValueError):
    """A policy file that does not say what its format asks. ``where`` is a dotted path."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where


@dataclass(frozen=True, slots=True)
class Node:
    """A decoded YAML value and where it stands. Readers raise :class:`InvalidPolicyError`."""

    value: object
    top: str | Callable[[Keys], str]
    """How the file is called, or what gives the place of a value by its path from the top,
    for files whose lines are known."""
    path: Keys = ()

    @property
    def where(self) -> str:
        """Where it stands: a dotted path, if no line is known."""
        if not isinstance(self.top, str):
            return self.top(self.path)
        return self.top + "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in self.path)

    def string(self) -> str:
        """The text it is."""
        if not isinstance(self.value, str):
            raise InvalidPolicyError(self.where, "expected a text")
        return self.value

    def boolean(self) -> bool:
        """True or false as written."""
        if not isinstance(self.value, bool):
            raise InvalidPolicyError(self.where, "expected true or false")
        return self.value

    def integer(self) -> int:
        """The whole number it is."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise InvalidPolicyError(self.where, "expected a whole number")
        return self.value

    def scalar(self) -> str | bool:
        """A text, true or false."""
        return self.value if isinstance(self.value, bool) else self.string()

    def choice(self, options: Sequence[T]) -> T:
        """The option it is."""
        for option in options:
            if option == self.value:
                return option
        raise InvalidPolicyError(self.where, f"expected one of {', '.join(options)}")

    def choices(self, options: Sequence[T]) -> tuple[T, ...]:
        """The options of a list; one text counts as a list of one."""
        nodes = (self,) if isinstance(self.value, str) else self.elements()
        return tuple(node.choice(options) for node in nodes)

    def elements(self) -> tuple[Node, ...]:
        """Elements of a list."""
        if not isinstance(self.value, (list, tuple)):
            raise InvalidPolicyError(self.where, "expected a list")
        return tuple(Node(v, self.top, (*self.path, i)) for i, v in enumerate(self.value))

    def strings(self) -> tuple[str, ...]:
        """Texts of a list; one text counts as a list of one."""
        if isinstance(self.value, str):
            return (self.value,)
        if isinstance(self.value, list) and all(isinstance(each, str) for each in self.value):
            return tuple(self.value)
        return tuple(element.string() for element in self.elements())

    def items(self) -> Iterator[tuple[str, Node]]:
        """Names and values of a mapping, in file order."""
        if not isinstance(self.value, dict):
            raise InvalidPolicyError(self.where, "expected names and values")
        for name, value in self.value.items():
            yield str(name), Node(value, self.top, (*self.path, str(name)))

    def values(self) -> Iterator[Node]:
        """Values of a mapping, in file order."""
        return (node for _, node in self.items())

    def get(self, name: str) -> Node | None:
        """The value of a name, None when it is absent or null."""
        if not isinstance(self.value, dict):
            raise InvalidPolicyError(self.where, "expected names and values")
        value = self.value.get(name)
        return None if value is None else Node(value, self.top, (*self.path, name))

    def field(self, name: str) -> Node:
        """The value of a name that must be there."""
        found = self.get(name)
        if found is None:
            raise InvalidPolicyError(self.where, f"`{name}` is missing")
        return found

    def optional(self, name: str) -> str | None:
        """The text of a name, None when it is absent."""
        found = self.get(name)
        return None if found is None else found.string()
