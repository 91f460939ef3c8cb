"""The parsers that can stand behind :func:`souverain.hcl.parse`, and which one to use."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from souverain.hcl import ast, plain
from souverain.model import Phrase, SourceText, Span, phrase


class BackendUnavailable(Exception):  # noqa: N818 - the name says what is the matter
    """A back end cannot be used here; ``reason`` says why and what helps."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(reason.key)
        self.reason = reason


class Grammar(Protocol):
    """What a back end gives."""

    def expression(self, source: SourceText, start: int, end: int) -> ast.Expr | None:
        """The expression written at ``[start, end)``, or None when it is not accepted.

        Does not raise on content.
        """


class Backend:
    """A grammar, and a reading of expressions that always gives one."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def convert(self, source: SourceText, start: int, end: int) -> ast.Expr:
        """The expression at ``[start, end)``, known to be valid and no deeper than the limit.

        One that the grammar lacks gives the :data:`~souverain.hcl.ast.UNREADABLE` name.
        """
        found = plain.read(source, start, end) or self._grammar.expression(source, start, end)
        return ast.Variable(ast.UNREADABLE, Span(source, start, end)) if found is None else found


@cache
def load(name: str | None = None) -> Backend:
    """The back end called ``tree-sitter`` or ``python-hcl2``; the first installed for None.

    Raises :class:`BackendUnavailable`.
    """
    if name == "tree-sitter":
        return _tree_sitter()
    if name == "python-hcl2":
        return _python_hcl2()
    if name is not None:
        raise BackendUnavailable(phrase("hcl.no-such-backend", name=name))
    try:
        return _tree_sitter()
    except BackendUnavailable as unavailable:
        try:
            return _python_hcl2()
        except BackendUnavailable:
            raise unavailable from None


def _tree_sitter() -> Backend:
    try:
        from souverain.hcl import treesitter
    except ImportError:
        raise BackendUnavailable(phrase("hcl.no-tree-sitter")) from None
    return Backend(treesitter)


def _python_hcl2() -> Backend:
    try:
        import hcl2  # noqa: F401
    except ImportError:
        raise BackendUnavailable(phrase("hcl.no-python-hcl2")) from None
    try:
        from souverain.hcl import pythonhcl2
    except ImportError:
        raise BackendUnavailable(phrase("hcl.checkov-hcl2", version=_version())) from None
    return Backend(pythonhcl2)


def _version() -> str:
    """Which distribution has brought the package ``hcl2``, and its version."""
    # 15 ms of imports for a message that is seldom needed.
    from importlib import metadata

    names = ("bc-python-hcl2", "python-hcl2")
    found = [name for name in names if any(metadata.distributions(name=name))]
    return ", ".join(f"{name} {metadata.version(name)}" for name in found) or "?"
