"""Text to syntax tree with spans. ``parse`` is the only entry; back ends stay inside.

Nothing here raises on content: what is wrong is in :attr:`~souverain.hcl.ast.File.diagnostics`
and everything that is sound is in the tree.
"""

from __future__ import annotations

from functools import partial

from souverain.hcl import ast, bodies, jsonsyntax, strict, templates
from souverain.hcl.backends import Backend, BackendUnavailable, load
from souverain.hcl.cleaning import clean
from souverain.model import SourceText, Span, phrase

__all__ = [
    "Backend",
    "BackendUnavailable",
    "diagnose_expression",
    "diagnose_template",
    "parse",
    "parse_expression",
    "parse_template",
]


def parse(source: SourceText, backend: str | None = None) -> ast.File:
    """Syntax tree of one file, in the JSON syntax when its name ends in ``.json``.

    ``backend`` is ``tree-sitter`` or ``python-hcl2``; None takes the first that is
    installed. Raises :class:`BackendUnavailable` when it is not.
    """
    engine = load(backend)
    text, diagnostics = clean(source)
    if source.path.endswith(".json"):
        body, found = jsonsyntax.body(text, engine)
    else:
        body, found = _native(text, engine)
    return ast.File(source, body, (*diagnostics, *found))


def parse_expression(
    source: SourceText, start: int = 0, end: int | None = None, backend: str | None = None
) -> ast.Expr:
    """The expression written between two byte offsets, over several lines if need be.

    A text that is no expression gives the :data:`~souverain.hcl.ast.UNREADABLE` name.
    """
    end = len(source.data) if end is None else end
    if strict.expression(source, start, end) is not None:
        return ast.Variable(ast.UNREADABLE, Span(source, start, end))
    return load(backend).convert(source, start, end)


def parse_template(source: SourceText, backend: str | None = None) -> ast.Expr:
    """A text that is a template as a whole, as ``templatefile`` reads it."""
    end = len(source.data)
    if strict.template(source, 0, end) is not None:
        return ast.Variable(ast.UNREADABLE, Span(source, 0, end))
    return templates.bare(source, 0, end, partial(load(backend).convert, source))


def diagnose_expression(source: SourceText) -> ast.Diagnostic | None:
    """What makes :func:`parse_expression` refuse a text; None when it is sound."""
    return strict.expression(source, 0, len(source.data))


def diagnose_template(source: SourceText) -> ast.Diagnostic | None:
    """What makes :func:`parse_template` refuse a text; None when it is sound."""
    return strict.template(source, 0, len(source.data))


def _native(source: SourceText, engine: Backend) -> tuple[ast.Body, tuple[ast.Diagnostic, ...]]:
    body, diagnostics = bodies.read(source, partial(engine.convert, source))
    if diagnostics and source.data.lstrip()[:1] == b"{":
        return body, (_json_as_native(source), *diagnostics[1:])
    return body, diagnostics


def _json_as_native(source: SourceText) -> ast.Diagnostic:
    at = source.data.index(b"{")
    return ast.Diagnostic(phrase("hcl.json-as-native"), Span(source, at, at + 1))
