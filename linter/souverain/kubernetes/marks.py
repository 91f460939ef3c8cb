"""Places of a YAML parser (code points of a part) to places of a source (bytes)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate
from typing import Final, Protocol

import yaml

from souverain.model import Phrase, SourceText, phrase
from souverain.regex import regex

_BEYOND_ASCII: Final = regex("[^\x00-\x7f]")
_UNPRINTABLE: Final = regex(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

# JSON writes what lies beyond 16 bits as two escapes, which YAML refuses.
_SURROGATE: Final = regex(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class BrokenError(Exception):
    """A document that cannot be used: why, and where (in bytes of the source)."""

    def __init__(self, reason: Phrase, start: int, end: int) -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.start = start
        self.end = end


class _Mark(Protocol):
    @property
    def index(self) -> int:
        """Code points before it."""


class Marks:
    """Places in one part of a source. Raises :class:`BrokenError` when it is not UTF-8."""

    def __init__(self, source: SourceText, start: int, end: int) -> None:
        chunk = source.data[start:end]
        if chunk.startswith((b"{", b"[")):
            chunk = _SURROGATE.sub(rb"\\ufffd", chunk)
        self.chunk: Final = chunk
        self._base = start
        self.offset: Callable[[int], int] = start.__add__
        """Offset of a number of code points into the part."""
        if not self.chunk.isascii():
            wide = list(_BEYOND_ASCII.finditer(self._text()))
            self._wide = [found.start() for found in wide]
            sizes = (len(found[0].encode()) - 1 for found in wide)
            self._extra = list(accumulate(sizes, initial=start))
            self.offset = self._offset

    def _offset(self, index: int) -> int:
        return index + self._extra[bisect_left(self._wide, index)]

    def _text(self) -> str:
        try:
            return self.chunk.decode("utf-8")
        except UnicodeDecodeError as error:
            start, end = self._base + error.start, self._base + error.end
            raise BrokenError(phrase("kubernetes.not-utf8"), start, end) from None

    def not_yaml(self, error: yaml.MarkedYAMLError) -> BrokenError:
        """What the parser says of a document that it cannot read."""
        mark: _Mark | None = error.problem_mark or error.context_mark
        at = self.offset(mark.index) if mark else self._base
        if self.chunk[at - self._base : at - self._base + 1] == b"\t":
            return BrokenError(phrase("kubernetes.tab"), at, at + 1)
        problem = error.problem or error.context or "?"
        return BrokenError(phrase("kubernetes.not-yaml", problem=problem), at, at)

    def not_text(self, error: yaml.reader.ReaderError) -> BrokenError:
        """What no YAML may contain: its two parsers count differently where it is."""
        found = _UNPRINTABLE.search(self._text())
        if found is None:
            reason = phrase("kubernetes.not-yaml", problem=error.reason)
            return BrokenError(reason, self._base, self._base)
        start, end = self.offset(found.start()), self.offset(found.end())
        code = f"U+{ord(found[0]):04X}"
        return BrokenError(phrase("kubernetes.unprintable", character=code), start, end)
