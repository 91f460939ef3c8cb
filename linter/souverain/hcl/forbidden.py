"""What HCL forbids and a back end may have accepted: newlines, separators, duplicates.

A cheap look at the bytes between the nodes of a finished tree, and the strict grammar for
the few expressions where the two can differ. It only says whether all is well; when it
is not, :mod:`souverain.hcl.recovery` says what is wrong.
"""

from __future__ import annotations

import re

from souverain.hcl import ast, strict
from souverain.hcl.reader import MAX_DEPTH
from souverain.model import SourceText

_SPACE = rb"(?:[ \t]+|/\*(?:[^*]|\*(?!/))*\*/)*"
_LINE = rb"(?:\r?\n|(?:#|//)[^\n]*\n)"
_BETWEEN = re.compile(
    _SPACE + _LINE + rb"(?:[ \t]+|\r?\n|(?:#|//)[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*"
)
"""What separates two items, or an item and the brace around it: at least one newline."""

_MARGIN = re.compile(rb"(?:[ \t]+|\r?\n|(?:#|//)[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)*")
"""What may stand before the first item and after the last one of a file, or in an empty body."""

_HEADER = re.compile(
    rb'[A-Za-z_][\w-]*(?:[ \t]*"[^"\\$%\r\n]*"|[ \t]+[A-Za-z_][\w-]*)*[ \t]*\{', re.ASCII
)
_SUSPECT = re.compile(
    rb"[\r\n\x00-\x08\x0b-\x1f\x80-\xff]|(?<![$%])\{|\{~?[ \t]*~?\}|\.[0-9*]|::|\\[^nrt\"\\]"
    rb"|[0-9][A-Za-z_]|#|/[/*]|%\{|~|\bfor\b"
)
"""Without any of these, and short, an expression the back ends accept is valid HCL."""


def is_clean(source: SourceText, body: ast.Body) -> bool:
    """Whether the text of a file that a back end accepted is valid HCL."""
    return _Check(source).items(body, 0, len(source.data), outermost=True)


class _Check:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.data = source.data

    def items(
        self, body: ast.Body, start: int, end: int, *, outermost: bool = False, depth: int = 0
    ) -> bool:
        """The items of a body between two offsets (its braces left out)."""
        if depth > MAX_DEPTH:
            return False
        names = {attribute.name for attribute in body.attributes}
        if len(names) != len(body.attributes):
            return False
        members: list[ast.Attribute | ast.Block] = [*body.attributes, *body.blocks]
        members.sort(key=_start)
        if not members:
            return _MARGIN.fullmatch(self.data, start, end) is not None
        if not outermost and b"\n" not in self.data[start : _start(members[0])]:
            return self.single(body, start, end)
        at = start
        between = _MARGIN if outermost else _BETWEEN
        for member in members:
            if between.fullmatch(self.data, at, _start(member)) is None:
                return False
            if isinstance(member, ast.Block):
                if not self.block(member, depth):
                    return False
            elif not self.attribute(member):
                return False
            at = member.span.end
            between = _BETWEEN
        return self.tail(at, end, outermost=outermost)

    def tail(self, start: int, end: int, *, outermost: bool) -> bool:
        """What follows the last item; the end of the file may stand for its newline."""
        if outermost and b"\n" not in self.data[start:end]:
            return _MARGIN.fullmatch(self.data, start, end) is not None
        pattern = _FILE_END if outermost else _BETWEEN
        return pattern.fullmatch(self.data, start, end) is not None

    def single(self, body: ast.Body, start: int, end: int) -> bool:
        """``{ name = value }``."""
        if body.blocks or len(body.attributes) != 1:
            return False
        attribute = body.attributes[0]
        margins = self.data[start : attribute.span.start] + self.data[attribute.span.end : end]
        return not margins.strip(b" \t") and self.attribute(attribute)

    def block(self, block: ast.Block, depth: int) -> bool:
        inside = block.body.span.start + 1
        if _HEADER.fullmatch(self.data, block.span.start, inside) is None:
            return False
        return self.items(block.body, inside, block.span.end - 1, depth=depth + 1)

    def attribute(self, attribute: ast.Attribute) -> bool:
        start, end = attribute.name_span.end, attribute.span.end
        if not attribute.name.isascii() or b":" in self.data[attribute.span.start : start]:
            return False
        if end - start <= MAX_DEPTH and _SUSPECT.search(self.data, start, end) is None:
            return True
        return strict.attribute(self.source, start, end) is None


_FILE_END = re.compile(_BETWEEN.pattern + rb"(?:(?:#|//)[^\n]*)?")


def _start(member: ast.Attribute | ast.Block) -> int:
    return member.span.start
