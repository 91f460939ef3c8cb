"""Tables keyed by names of types: exact, or with a ``*`` at the end or at the beginning."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

T = TypeVar("T")


class NameTable(Generic[T]):
    """The exact name wins, then the longest prefix, then the longest suffix. Lookup takes two
    dict probes per character of the name at worst, whatever the size of the table."""

    __slots__ = ("_exact", "_prefixes", "_suffixes")

    def __init__(self) -> None:
        self._exact: dict[str, T] = {}
        self._prefixes: dict[str, T] = {}
        self._suffixes: dict[str, T] = {}

    def add(self, pattern: str, value: T) -> None:
        """Files ``value`` under a name, a prefix (``aws_s3_*``) or a suffix (``*.k8s.aws``);
        a pattern added twice keeps the last."""
        if pattern.endswith("*"):
            self._prefixes[pattern[:-1]] = value
        elif pattern.startswith("*"):
            self._suffixes[pattern[1:]] = value
        else:
            self._exact[pattern] = value

    def find(self, name: str) -> tuple[T, Literal["exact", "pattern"]] | None:
        """The value filed for ``name`` and how it was found."""
        if name in self._exact:
            return self._exact[name], "exact"
        if self._prefixes:
            for end in range(len(name), -1, -1):
                if (found := self._prefixes.get(name[:end])) is not None:
                    return found, "pattern"
        if self._suffixes:
            for start in range(len(name) + 1):
                if (found := self._suffixes.get(name[start:])) is not None:
                    return found, "pattern"
        return None
