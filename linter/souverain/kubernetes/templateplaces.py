"""Places of a document that a template gave: the lines of the template, and of the values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from souverain.kubernetes.chartvalues import Values
from souverain.kubernetes.model import Node, Scalar
from souverain.kubernetes.relocation import Path, written
from souverain.kubernetes.templates import Template, ValuesPath
from souverain.model import SourceText, Span
from souverain.regex import regex

_ACTION = regex(rb"\{\{.*?\}\}")


class TemplateFile:
    """A template with its lines, read once for all that is rendered from it."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.lines = source.data.split(b"\n")
        self.starts = _starts(self.lines)
        text = source.data.decode("utf-8", "replace")
        self.references: dict[int, tuple[ValuesPath, ...]] = {
            line.number: line.references for line in Template(text).lines if line.references
        }

    def line(self, number: int) -> Span:
        """A line (from 1) without its margins."""
        at = min(number, len(self.lines)) - 1
        line, start = self.lines[at], self.starts[at]
        left = start + len(line) - len(line.lstrip())
        return Span(self.source, left, max(left, start + len(line.rstrip())))


class TemplatePlaces:
    """Where the parts of one rendered text are in its template.

    ``numbers`` has the template line of each rendered line; None when that is not known:
    then everything is at the first line of the template.
    """

    def __init__(
        self,
        rendered: SourceText,
        file: TemplateFile,
        numbers: Sequence[int] | None,
        values: Values,
    ) -> None:
        self._lines = rendered.data.split(b"\n")
        self._starts = _starts(self._lines)
        self._file = file
        self._numbers = numbers
        self._values = values

    def key(self, path: Path, span: Span) -> Span:
        return self.place(span)

    def node(self, path: Path, node: Node) -> Span:
        return self.place(node.span)

    def whole(self, path: Path) -> Node | None:
        return None

    def place(self, span: Span) -> Span:
        """Where a stretch of the rendered text comes from."""
        if self._numbers is None:
            return self._file.line(1)
        first = bisect_right(self._starts, span.start) - 1
        last = bisect_right(self._starts, max(span.start, span.end - 1)) - 1
        start = self._file.line(self._numbers[first])
        if last == first:
            return self._within(first, span, start)
        end = self._file.line(self._numbers[last]).end
        return Span(start.source, start.start, max(end, start.end))

    def origin(self, path: Path, leaf: Scalar) -> Span | None:
        if self._numbers is None:
            return None
        at = bisect_right(self._starts, leaf.span.start) - 1
        references = self._file.references.get(self._numbers[at], ())
        key = next((each for each in reversed(path) if isinstance(each, str)), "")
        return self._values.origin(references, key, written(leaf)) if references else None

    def _within(self, at: int, span: Span, line: Span) -> Span:
        """The same characters in the template, where they stand there as well."""
        rendered = self._lines[at]
        written_as = line.source.data[line.start : line.end]
        if rendered.strip() == written_as:
            margin = len(rendered) - len(rendered.lstrip())
            start = line.start + span.start - self._starts[at] - margin
            return Span(line.source, start, start + span.end - span.start)
        raw = rendered[span.start - self._starts[at] : span.end - self._starts[at]]
        literal = _ACTION.sub(lambda action: b" " * len(action.group()), written_as)
        if raw and literal.count(raw) == 1:
            start = line.start + literal.index(raw)
            return Span(line.source, start, start + len(raw))
        return line


def _starts(lines: Sequence[bytes]) -> list[int]:
    return list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
