"""Comments of scanned files, told from strings and heredocs by the scanners of their languages.

In Terraform's native syntax ``#``, ``//`` and ``/* */``; in YAML ``#``. JSON has none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from souverain.hcl.lexer import lex
from souverain.model import SourceText, Span
from souverain.records import dataclass
from souverain.regex import regex
from souverain.suppress import MARK

NATIVE: Final = (".tf", ".tofu", ".tfvars", ".hcl")
YAML: Final = (".yaml", ".yml", ".tpl")

_SAID = regex(rb"^[ \t]*(?:\#+|//+|/\*+|\*+)?[ \t]*souverain:[ \t]*([^\r\n]*)", re.MULTILINE)
_CLOSED = regex(r"[\s*]*\*/\s*$")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, and its first and last line."""

    span: Span
    first: int
    last: int
    alone: bool
    """No code stands on these lines."""

    def said(self) -> Iterator[tuple[str, Span]]:
        """What follows ``souverain:`` where a line of the comment begins with it."""
        source, text = self.span.source, self.span.source.data[self.span.start : self.span.end]
        for found in _SAID.finditer(text):
            words = _CLOSED.sub("", found[1].decode("utf-8", "replace"))
            start = self.span.start + text.index(MARK, found.start())
            yield words, Span(source, start, self.span.start + found.end())


def comments(source: SourceText) -> tuple[Comment, ...]:
    """The comments of a file, in order; none where its language has none."""
    if source.path.endswith(NATIVE):
        return _placed(source, tuple(_native(source.data)))
    if source.path.endswith(YAML):
        return _placed(source, tuple(_yaml(source.data)))
    return ()


MAX_DEPTH: Final = 100
"""Brackets of YAML inside each other: the time libyaml takes grows with their square."""

Piece = tuple[int, int, bool]
"""Offsets of the first and of the last byte, and whether it is a comment; else it is code."""


def _placed(source: SourceText, pieces: Sequence[Piece]) -> tuple[Comment, ...]:
    ends = [found.start() for found in re.finditer(b"\n", source.data)]

    def line(offset: int) -> int:
        return bisect_left(ends, offset) + 1

    code = {line(offset) for *offsets, said in pieces if not said for offset in offsets}
    return tuple(
        Comment(Span(source, start, end + 1), first, last, first not in code and last not in code)
        for start, end, said in pieces
        if said
        for first, last in ((line(start), line(end)),)
    )


# --- Terraform ----------------------------------------------------------------------------


def _native(data: bytes) -> Iterator[Piece]:
    """Tokens and comments. A comment ends its line, or stands between two tokens."""
    done = 0
    for kind, start, end in lex(data, 0, len(data)):
        if kind != "text":
            yield from _between(data, done, start)
        if kind == "newline":
            if text := data[start:end].rstrip():
                yield start, start + len(text) - 1, True
        else:
            yield start, max(start, end - 1), False
        done = end


def _between(data: bytes, start: int, end: int) -> Iterator[Piece]:
    """The ``/* */`` comments of what the scanner passed over: blanks and such comments."""
    while (opened := data.find(b"/*", start, end)) >= 0:
        closed = data.find(b"*/", opened + 2, end)
        start = end if closed < 0 else closed + 2
        yield opened, start - 1, True


# --- YAML ---------------------------------------------------------------------------------


def _yaml(data: bytes) -> Iterator[Piece]:
    """Tokens of YAML and the comments between them, as far as it can be scanned.

    Actions of a Helm template are blanked out first. Where scanning fails, or brackets nest
    too deep, no comment after that counts: nothing is suppressed by what may be a string.
    """
    import yaml

    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    text = _without_actions(text)
    offset = _Offsets(text)
    done = depth = 0
    opening, closing = (
        (yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken),
        (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken),
    )
    try:
        for token in yaml.scan(text, Loader=loader):
            depth += isinstance(token, opening) - isinstance(token, closing)
            if depth > MAX_DEPTH:
                return
            start, end = token.start_mark.index, token.end_mark.index
            yield from _hashes(text, done, start, offset)
            done = max(done, start)
            if body := text[start:end].rstrip():
                done = max(done, start + len(body))
                yield offset(start), offset(start + len(body)) - 1, False
        yield from _hashes(text, done, len(text), offset)
    except yaml.YAMLError:
        return


def _without_actions(text: str) -> str:
    """The text with the actions of templates blanked out, as long as before.

    What stands on a line of its own leaves nothing; elsewhere a word takes its place.
    """
    parts: list[str] = []
    done = 0
    while (start := text.find("{{", done)) >= 0 and (end := text.find("}}", start)) >= 0:
        end += 2
        filler = " " if _ends_line(text, start - 1, -1) and _ends_line(text, end, 1) else "x"
        whole = "".join(c if c == "\n" else filler for c in text[start:end])
        parts += (text[done:start], whole)
        done = end
    return "".join((*parts, text[done:]))


def _ends_line(text: str, at: int, step: int) -> bool:
    """Whether only blanks stand between a place and the end of its line, that way."""
    while 0 <= at < len(text) and text[at] in " \t\r":
        at += step
    return not 0 <= at < len(text) or text[at] == "\n"


def _hashes(text: str, start: int, end: int, offset: _Offsets) -> Iterator[Piece]:
    """Comments in a stretch that holds no token: a ``#`` at its beginning or after a blank."""
    while start < end and (at := text.find("#", start, end)) >= 0:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        if at == 0 or text[at - 1].isspace():
            yield offset(at), offset(at + len(text[at:stop].rstrip())) - 1, True
        start = stop


class _Offsets:
    """Byte offset of a code point; PyYAML counts code points."""

    _CHUNK: Final = 1024

    def __init__(self, text: str) -> None:
        self._text = text
        sizes = (
            len(text[at : at + self._CHUNK].encode()) for at in range(0, len(text), self._CHUNK)
        )
        self._starts = (0, *accumulate(sizes))

    def __call__(self, index: int) -> int:
        chunk = index // self._CHUNK
        return self._starts[chunk] + len(self._text[chunk * self._CHUNK : index].encode())
