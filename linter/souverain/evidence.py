"""Sentences, places in files, and the links between them that a conclusion rests on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from operator import itemgetter
from typing import Literal

from souverain.records import dataclass
from souverain.regex import regex

Lang = Literal["en", "fr"]
EvidenceKind = Literal[
    "region", "operator", "exposure", "data", "certificate", "custody", "flow", "declaration"
]


# --- text -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence in every language: a key of ``policies/text/*.yaml`` and its arguments.

    ``key`` is ``<file>.<entry>`` (``terraform.variable-without-value``). Arguments are
    strings, numbers, or phrases of their own. :mod:`souverain.text` renders it.
    """

    key: str
    args: tuple[tuple[str, str | int | Phrase], ...] = ()


def phrase(key: str, /, **args: str | int | Phrase) -> Phrase:
    """Build a :class:`Phrase`; arguments are kept in name order so that equal means equal."""
    given = args.items()
    return Phrase(key, tuple(sorted(given, key=itemgetter(0)) if len(given) > 1 else given))


INLINE = "inline"
"""Key of a phrase that carries its own sentence, one per language, as arguments ``en`` and
``fr``: sentences of rules and of catalogues that users write. The other arguments fill it."""


def inline(en: str, fr: str, /, **args: str | int | Phrase) -> Phrase:
    """A :class:`Phrase` whose sentences are given; ``{name}`` stands for an argument."""
    return phrase(INLINE, en=en, fr=fr, **args)


# --- places in files ------------------------------------------------------------------


_CONTINUATION = regex(rb"[\x80-\xbf]")

_LONG_LINE = 2_000
"""Bytes of a line that are counted one by one. A plan is one line, however many resources it
has: to count from its start for each of them would take time in proportion to their square."""


class SourceText:
    """One scanned text: its path as shown to the user and its bytes (UTF-8, no BOM).

    ``path`` is relative to the working directory, with ``/``. Offsets are bytes into
    ``data``; lines and columns count from 1, columns in code points (DESIGN section 10).
    """

    __slots__ = ("__dict__", "data", "path")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find = self.data.find
        at = find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = find(b"\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1) of a byte offset; offsets past the end are clamped."""
        offset = min(offset, len(self.data))
        row = bisect_right(self._line_starts, offset) - 1
        start = self._line_starts[row]
        if offset - start > _LONG_LINE:
            return row + 1, offset - start - self._continued(start, offset) + 1
        return row + 1, len(self.data[start:offset].decode("utf-8", "replace")) + 1

    def _continued(self, start: int, end: int) -> int:
        """How many bytes of a stretch continue a code point."""
        return bisect_left(self._continuations, end) - bisect_left(self._continuations, start)

    @cached_property
    def _continuations(self) -> list[int]:
        found = () if self.data.isascii() else _CONTINUATION.finditer(self.data)
        return [match.start() for match in found]

    def line(self, number: int) -> str:
        """Text of a line (from 1) without its line ending; empty past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        start = self._line_starts[number - 1]
        end = self.data.find(b"\n", start)
        raw = self.data[start : len(self.data) if end < 0 else end]
        return raw.decode("utf-8", "replace").rstrip("\r")

    def __repr__(self) -> str:
        return f"SourceText({self.path!r}, {len(self.data)} bytes)"


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A stretch of one source, ``[start, end)`` in bytes. Positions are computed when asked."""

    source: SourceText
    start: int
    end: int

    @property
    def file(self) -> str:
        return self.source.path

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        return self.source.position(self.end)[1]

    @property
    def text(self) -> str:
        return self.source.data[self.start : self.end].decode("utf-8", "replace")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        return (self.file, self.start, self.end) == (other.file, other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.source.path, self.start, self.end))

    def __repr__(self) -> str:
        return f"Span({self.file}:{self.line}:{self.column})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One link of the chain behind a conclusion. ``span`` is None for catalogue facts."""

    kind: EvidenceKind
    text: Phrase
    span: Span | None = None
