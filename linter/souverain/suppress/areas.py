"""What an ignore covers: the attribute or block beside it, or below it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText, Span
from souverain.suppress.comments import NATIVE, Comment

_MARKERS: Final = (b"---", b"...")
_BEFORE_DOCUMENT: Final = (b"#", b"%", b"{{")
"""What may stand above the first line of a document: comments, directives, templates."""


_FIRST_KEYS: Final = (b"apiVersion:", b"kind:", b"metadata:")


class Areas:
    """What the comments of one file cover."""

    def __init__(self, source: SourceText, comments: Sequence[Comment]) -> None:
        self._source = source
        self._below: dict[int, int] = {}
        """For each line that a comment alone begins on, the first line below that is none."""
        for comment in reversed(comments):
            if comment.alone:
                after = comment.last + 1
                self._below[comment.first] = self._below.get(after, after)
        self._known: dict[int, Span] = {}
        self._lines = source.data.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def covered_by(self, comment: Comment) -> Span:
        """A comment beside code covers what begins on its line; one above, the next line.

        Other comments may stand in between, no empty line. A block of Terraform, or a key
        of YAML, is covered with all that it holds, and a Kubernetes object with its first
        line; a line on which nothing begins, itself.
        """
        line = self._below[comment.first] if comment.alone else comment.last
        if line not in self._known:
            self._known[line] = self._covered(line)
        return self._known[line]

    def _covered(self, line: int) -> Span:
        if self._source.path.endswith(NATIVE):
            return self._element(line) or self._stretch(line, line)
        return self._stretch(line, self._last_nested(line))

    def _stretch(self, first: int, last: int) -> Span:
        """Some whole lines; nothing past the end of the file."""
        starts = self._starts
        start, end = (starts[min(at, len(starts) - 1)] for at in (first - 1, last))
        return Span(self._source, start, end)

    # --- Terraform --------------------------------------------------------------------

    def _element(self, line: int) -> Span | None:
        """The outermost block or attribute that begins on a line."""
        bounds = self._stretch(line, line)
        at = bisect_left(self._begins, bounds.start)
        found = self._elements[at] if at < len(self._elements) else None
        return found if found is not None and found.start < bounds.end else None

    @cached_property
    def _elements(self) -> tuple[Span, ...]:
        body = hcl.parse(self._source).body
        return tuple(sorted(_spans(body), key=lambda span: (span.start, -span.end)))

    @cached_property
    def _begins(self) -> list[int]:
        return [span.start for span in self._elements]

    # --- YAML -------------------------------------------------------------------------

    def _last_nested(self, line: int) -> int:
        """The last line of what a line of YAML holds: those indented deeper, or its items."""
        if line > len(self._lines):
            return line
        whole = self._opens_object(line)
        depth, is_item, _ = _shape(self._lines[line - 1])
        last = line
        for below in range(line, len(self._lines)):
            inner, inner_is_item, is_empty = _shape(self._lines[below])
            if self._lines[below].startswith(_MARKERS):
                break
            if is_empty:
                continue
            beside = inner < depth or (inner == depth and (is_item or not inner_is_item))
            if beside and not whole:
                break
            last = below + 1
        return last

    def _opens_object(self, line: int) -> bool:
        """Whether a line is the first of an object: nothing but comments stands before it in
        its document."""
        if self._lines[line - 1].startswith(_MARKERS):
            return True
        if not self._lines[line - 1].startswith(_FIRST_KEYS):
            return False
        for above in range(line - 2, -1, -1):
            if self._lines[above].startswith(_MARKERS):
                return True
            text = self._lines[above].strip()
            if text and not text.startswith(_BEFORE_DOCUMENT):
                return False
        return True


def _spans(body: ast.Body) -> Iterator[Span]:
    for attribute in body.attributes:
        yield attribute.span
    for block in body.blocks:
        yield block.span
        yield from _spans(block.body)


def _shape(line: bytes) -> tuple[int, bool, bool]:
    """How deep a line is indented, whether it is an item of a list, and whether it is empty."""
    text = line.strip()
    return len(line) - len(line.lstrip(b" ")), text.startswith(b"- "), not text
