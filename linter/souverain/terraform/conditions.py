"""Open conditions as alternatives: which ones are the same, and which stay unknown."""

from __future__ import annotations

from souverain.hcl import ast
from souverain.model import Span
from souverain.terraform.expressions import evaluate
from souverain.terraform.provenance import BodyScope, Link, Step
from souverain.terraform.syntax import children, root_names
from souverain.values import Unknown
from souverain.worlds import Choice

_SHARED = frozenset({"var", "local", "module", "terraform", "path", "each", "count"})
"""Names that mean the same wherever a module instance uses them."""

_OF_INSTANCE = frozenset({"each", "count"})

MAX_DEPTH = 30
"""Names that may stand for one another before a name is taken as it is."""


def choice_of(scope: BodyScope, expr: ast.Expr, span: Span) -> Choice | None:
    """The alternative an open condition stands for; None when it must stay unknown.

    It must when a resource or data source decides it, or when it names something of the
    expression around it (a ``for`` variable), whose value differs from use to use.
    """
    if not root_names(expr) <= _SHARED:
        return None
    value = evaluate(expr, scope)
    if isinstance(value, Unknown) and value.ref is not None:
        return None
    label = " ".join(span.text.split())
    return Choice((scope.evaluation.root, meaning(expr, scope)), 2, label, span)


def meaning(expr: ast.Expr, scope: BodyScope, depth: int = MAX_DEPTH) -> str:
    """Text that two expressions share when they stand for the same thing.

    Layout does not count, and names are replaced by what they stand for: a local, an
    input or an output that passes a condition on is that condition.
    """
    name = _name(expr)
    if name is not None:
        return _of_name(name, scope, depth)
    if isinstance(expr, ast.Literal):
        return repr(expr.value)
    label = type(expr).__name__
    if isinstance(expr, (ast.GetAttr, ast.Call)):
        label = expr.name
    elif isinstance(expr, (ast.Unary, ast.Binary)):
        label = expr.op
    return f"{label}({','.join(meaning(child, scope, depth) for child in children(expr))})"


def _of_name(name: tuple[str, ...], scope: BodyScope, depth: int) -> str:
    root, steps = name[0], name[1:]
    links = scope.links(root, steps) if root not in _OF_INSTANCE and depth > 0 else ()
    if len(links) == 1:
        link = links[0]
        if isinstance(link, Link) and link.expr is not None and link.scope is not None:
            text = meaning(link.expr, link.scope, depth - 1)
            return _with_steps(text, link.steps)
    place = scope.place if root in _OF_INSTANCE else scope.address
    return f"{place}:{'.'.join(name)}"


def _with_steps(text: str, steps: tuple[Step, ...]) -> str:
    return text + "".join(f".{step}" for step in steps)


def _name(expr: ast.Expr) -> tuple[str, ...] | None:
    """``a.b.c`` as its names; None for anything else, indices included."""
    names: list[str] = []
    while isinstance(expr, ast.GetAttr):
        names.append(expr.name)
        expr = expr.of
    return (expr.name, *reversed(names)) if isinstance(expr, ast.Variable) else None
