"""Text to syntax tree with spans. ``parse`` is the only entry; back ends stay inside."""

from __future__ import annotations

from souverain.hcl import ast, treesitter
from souverain.model import SourceText, Span


def parse(source: SourceText, backend: str | None = None) -> ast.File:
    """Syntax tree of one file. Never raises on content."""
    body = treesitter.body(source)
    return ast.File(source, body or ast.Body((), (), Span(source, 0, len(source.data))))


def parse_expression(source: SourceText, start: int = 0, end: int | None = None) -> ast.Expr:
    """The expression written in ``source`` between two byte offsets."""
    end = len(source.data) if end is None else end
    found = treesitter.expression(source, start, end)
    return found or ast.Variable(ast.UNREADABLE, Span(source, start, end))
