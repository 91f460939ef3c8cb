"""Expressions that need no grammar: literals, names joined by dots, empty collections.

They are most of what a repository writes, and a look at the bytes is enough to read them.
"""

from __future__ import annotations

from souverain.hcl import ast
from souverain.model import SourceText, Span
from souverain.regex import regex

_PLAIN = regex(
    rb'"(?P<text>[^"\\$%\r\n\x80-\xff]*)"'
    rb"|(?P<digits>[0-9]{1,18})"
    rb"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)"
    rb"|(?P<empty>\[\]|\{\})"
)
_KEYWORDS = {"true": True, "false": False, "null": None}


def read(source: SourceText, start: int, end: int) -> ast.Expr | None:
    """The expression at ``[start, end)``, known to be valid; None when it is not plain."""
    found = _PLAIN.fullmatch(source.data, start, end)
    if found is None:
        return None
    if found["name"]:
        return _names(source, start, end)
    if found["empty"]:
        span = Span(source, start, end)
        return ast.Tuple((), span) if found["empty"] == b"[]" else ast.Object((), span)
    value = int(found["digits"]) if found["digits"] else found["text"].decode("ascii")
    return ast.Literal(value, Span(source, start, end))


def _names(source: SourceText, start: int, end: int) -> ast.Expr:
    first, *others = source.data[start:end].decode("ascii").split(".")
    at = start + len(first)
    span = Span(source, start, at)
    expr: ast.Expr = ast.Variable(first, span)
    if first in _KEYWORDS:
        expr = ast.Literal(_KEYWORDS[first], span)
    for name in others:
        at += 1 + len(name)
        expr = ast.GetAttr(expr, name, Span(source, start, at))
    return expr
