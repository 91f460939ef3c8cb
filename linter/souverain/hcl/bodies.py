"""Bodies read by the strict grammar: every error of a file, and all that is sound around it.

It decides what is valid: if it finds nothing wrong, nothing is. Expressions are only
recognised here; a back end converts those that are asked for.
"""

from __future__ import annotations

import re

from souverain.hcl import ast, templates
from souverain.hcl.lexer import lex
from souverain.hcl.reader import WrongError
from souverain.hcl.strict import Reader
from souverain.hcl.templates import Convert
from souverain.model import SourceText, Span, phrase
from souverain.regex import regex

MAX_ERRORS = 100
MAX_ITEMS = 100_000
"""Blocks and attributes of one file."""

_BLOCK = rb'[A-Za-z_][\w-]*(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*\{'
_NEXT_BLOCK = regex(rb"^" + _BLOCK, re.MULTILINE)
_NEXT_ITEM = regex(rb"^(?:" + _BLOCK + rb"|[A-Za-z_][\w-]*[ \t]*=(?![=>]))", re.MULTILINE)
"""An item at the start of a line: where reading starts again after an error that nothing
else ends (a brace or quote left open). After a broken block only a block counts, since
attributes at the start of a line may be its own."""

_ASSIGNED = regex(rb"([A-Za-z_][\w-]*)[ \t]*=(?![=>])")
_OPENING = frozenset(["{", "[", "(", "${", "%{", "quote", "heredoc"])
_CLOSING = frozenset(["}", "]", ")", "end-sequence", "unquote", "heredoc-end"])


def read(source: SourceText, convert: Convert) -> tuple[ast.Body, tuple[ast.Diagnostic, ...]]:
    """The body of a file, and everything that is wrong with it.

    An attribute that cannot be read is kept with an
    :data:`~souverain.hcl.ast.UNREADABLE` expression.
    """
    builder = _Builder(source, convert)
    members = builder.file()
    return members.body(Span(source, 0, len(source.data))), tuple(builder.diagnostics)


class _Members:
    """A body under construction."""

    def __init__(self) -> None:
        self.attributes: dict[str, ast.Attribute] = {}
        self.blocks: list[ast.Block] = []

    def body(self, span: Span) -> ast.Body:
        return ast.Body(tuple(self.attributes.values()), tuple(self.blocks), span)


class _Builder:
    def __init__(self, source: SourceText, convert: Convert) -> None:
        self.source = source
        self.convert = convert
        self.diagnostics: list[ast.Diagnostic] = []
        self.salvaging = False
        self.reported_to = -1
        self.count = 0

    def file(self) -> _Members:
        """Read up to an error, save what can be saved of that item, go on at the next.

        Reading up to an error may go far past the item that is wrong. Once the file has
        been read twice in this way, items are only read up to the next one.
        """
        data = self.source.data
        members = _Members()
        at, read = 0, 0
        while at < len(data) and not self.full:
            failed_at = at
            if read <= 2 * len(data):
                reader = Reader(self.source, at)
                found = self.up_to_error(reader, members)
                read += reader.start - at
                if found is None:
                    break
                failed_at = found
            at = self.next_heading(failed_at)
            self.salvage(failed_at, at, members)
        if len(self.diagnostics) >= MAX_ERRORS:
            message = phrase("hcl.too-many-errors", limit=MAX_ERRORS)
            self.diagnostics.append(ast.Diagnostic(message, self.diagnostics[-1].span))
        return members

    def next_heading(self, start: int) -> int:
        """Where reading can start again after the item at ``start``."""
        data = self.source.data
        heading = _NEXT_ITEM if _ASSIGNED.match(data, start) else _NEXT_BLOCK
        next_line = data.find(b"\n", start)
        found = heading.search(data, next_line + 1) if next_line >= 0 else None
        return found.start() if found else len(data)

    @property
    def full(self) -> bool:
        """Whether there is so much, or so much is wrong, that nothing more is read."""
        return len(self.diagnostics) >= MAX_ERRORS or self.count > MAX_ITEMS

    def up_to_error(self, reader: Reader, members: _Members) -> int | None:
        """Read items of the file; give the start of the one that is wrong, if any."""
        self.salvaging = False
        while True:
            start = self.next_item(reader)
            if reader.kind == "end":
                return None
            try:
                self.item(reader, members)
            except WrongError as wrong:
                self.report(wrong.diagnostic)
                return start

    def salvage(self, start: int, end: int, members: _Members) -> None:
        """Save what is sound between two offsets; report further errors found there.

        None when the first error lies past the end: others would come from the cut.
        """
        if self.diagnostics:
            self.reported_to = min(self.diagnostics[-1].span.start, end)
        self.salvaging = True
        self.items(Reader(self.source, start, end), members, nested=False)

    def report(self, diagnostic: ast.Diagnostic) -> None:
        """Keep a diagnostic, but not again one that the first reading has found."""
        known = self.salvaging and diagnostic.span.start <= self.reported_to
        if len(self.diagnostics) < MAX_ERRORS and not known:
            self.diagnostics.append(diagnostic)

    # --- items ------------------------------------------------------------------------

    def next_item(self, reader: Reader) -> int:
        while reader.kind == "newline":
            reader.take()
        return reader.start

    def items(self, reader: Reader, members: _Members, *, nested: bool) -> None:
        """Items up to the brace that closes the body, or to the end of the text."""
        while True:
            start = self.next_item(reader)
            if reader.kind == "end" or (nested and reader.kind == "}") or self.full:
                return
            depth = reader.depth
            try:
                self.item(reader, members)
            except WrongError as wrong:
                if not self.salvaging:
                    raise
                self.report(wrong.diagnostic)
                reader.depth = depth
                self.skip(reader, start, members)

    def item(self, reader: Reader, members: _Members) -> None:
        self.count += 1
        if self.count > MAX_ITEMS:
            raise reader.error(phrase("hcl.too-many-items", limit=MAX_ITEMS))
        reader.parts = 0
        start = reader.start
        reader.identifier("argument-or-block")
        name_end = reader.done
        if reader.kind == "=":
            self.attribute(reader, members, start, name_end)
            if reader.kind not in ("newline", "end"):
                raise reader.wrong("newline-after-argument")
        elif reader.kind in ("{", "ident", "string", "quote"):
            self.block(reader, members, start, name_end)
        else:
            raise reader.wrong("equals-or-brace")

    def attribute(self, reader: Reader, members: _Members, start: int, name_end: int) -> None:
        reader.take()
        first = reader.start
        reader.expression()
        last = reader.done
        self.keep(
            members,
            ast.Attribute(
                self.name(start, name_end),
                Span(self.source, start, last),
                Span(self.source, start, name_end),
                lambda: self.convert(first, last),
            ),
        )

    def keep(self, members: _Members, attribute: ast.Attribute) -> None:
        """The first attribute of a name counts; the others are errors."""
        first = members.attributes.setdefault(attribute.name, attribute)
        if first is not attribute:
            message = phrase("hcl.attribute-twice", name=attribute.name, line=first.span.line)
            self.report(ast.Diagnostic(message, attribute.name_span))

    def block(self, reader: Reader, members: _Members, start: int, type_end: int) -> None:
        labels, header_end = self.labels(reader), reader.done
        brace = reader.start
        reader.take()
        inner = _Members()
        reader.enter()
        if reader.kind in ("newline", "end", "}"):
            self.items(reader, inner, nested=True)
            if reader.kind != "}":
                self.not_closed(reader, start, header_end)
        else:
            self.single(reader, inner)
        reader.leave()
        end = reader.end
        if reader.kind == "}":
            reader.take()
        span = Span(self.source, start, end)
        body = inner.body(Span(self.source, brace, end))
        header = Span(self.source, start, header_end)
        name = self.name(start, type_end)
        members.blocks.append(ast.Block(name, labels, body, span, header))
        if reader.kind not in ("newline", "end"):
            raise reader.wrong("newline-after-block")

    def labels(self, reader: Reader) -> tuple[str, ...]:
        labels: list[str] = []
        while reader.kind != "{":
            start = reader.start
            if reader.kind == "ident":
                reader.identifier("block-label")
                labels.append(self.name(start, reader.done))
            elif reader.kind in ("string", "quote"):
                reader.label()
                labels.append(templates.label(self.source, start, reader.done))
            else:
                raise reader.wrong("block-label")
        return tuple(labels)

    def single(self, reader: Reader, members: _Members) -> None:
        """``block { name = value }``: one attribute and the closing brace, on one line."""
        start = reader.start
        reader.identifier("argument-or-block")
        if reader.kind != "=":
            raise reader.wrong("single-argument")
        self.attribute(reader, members, start, reader.done)
        if reader.kind != "}":
            raise reader.wrong("single-line-brace")

    def not_closed(self, reader: Reader, start: int, header_end: int) -> None:
        wrong = reader.error(phrase("hcl.block-not-closed"), start, header_end)
        if not self.salvaging:
            raise wrong
        self.report(wrong.diagnostic)

    def name(self, start: int, end: int) -> str:
        return self.source.data[start:end].decode("utf-8", "replace")

    # --- after an error ---------------------------------------------------------------

    def skip(self, reader: Reader, start: int, members: _Members) -> None:
        """Go to the line after the item that starts at ``start``, brackets balanced."""
        depth = 0
        at = reader.limit
        for kind, first, end in lex(reader.data, start, reader.limit):
            if kind in _OPENING:
                depth += 1
            elif kind in _CLOSING:
                depth -= 1
                if depth < 0 and kind == "}":
                    at = first
                    break
            elif kind == "quoted_newline" or (kind == "newline" and depth <= 0):
                at = end
                break
        self.unreadable(start, members)
        reader.newlines = True
        reader.seek(max(at, start + 1))

    def unreadable(self, start: int, members: _Members) -> None:
        """Keep the name of an attribute whose value is lost."""
        found = _ASSIGNED.match(self.source.data, start)
        if found is None:
            return
        span = Span(self.source, start, found.end(1))
        name = self.name(start, found.end(1))
        lost = ast.Variable(ast.UNREADABLE, span)
        members.attributes.setdefault(name, ast.Attribute(name, span, span, lambda: lost))
