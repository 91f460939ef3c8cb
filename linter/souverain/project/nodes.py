"""A declaration file as a tree of values that know where they were written."""

from __future__ import annotations

from souverain.model import Phrase, Span
from souverain.records import dataclass

Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a declaration file: where, and what was expected."""

    message: Phrase
    span: Span


class ProjectError(Exception):
    """A declaration file cannot be used; ``problems`` says where and why, in file order."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.message.key for problem in problems))
        self.problems = problems

    @classmethod
    def at(cls, message: Phrase, span: Span) -> ProjectError:
        """One problem."""
        return cls(Problem(message, span))


@dataclass(frozen=True, slots=True)
class Entry:
    """``key: value`` of a mapping."""

    key: str
    span: Span
    """The key."""
    value: Node


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list of nodes, or the entries of a mapping, with its place."""

    content: Scalar | tuple[Node, ...] | tuple[Entry, ...]
    span: Span
    mapping: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Entries of a mapping, () for anything else."""
        if not self.mapping or not isinstance(self.content, tuple):
            return ()
        return tuple(item for item in self.content if isinstance(item, Entry))

    @property
    def items(self) -> tuple[Node, ...] | None:
        """Items of a list, None for anything else."""
        if self.mapping or not isinstance(self.content, tuple):
            return None
        return tuple(item for item in self.content if isinstance(item, Node))

    @property
    def scalar(self) -> Scalar:
        """Value of a scalar, None for anything else."""
        return None if isinstance(self.content, tuple) else self.content
