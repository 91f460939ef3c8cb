"""Open conditions as alternatives: which ones are the same, and which stay unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from souverain.hcl import ast
from souverain.model import Span
from souverain.terraform.expressions import evaluate
from souverain.terraform.syntax import children, root_names
from souverain.values import Unknown
from souverain.worlds import Choice

if TYPE_CHECKING:
    from souverain.terraform.body import BodyScope

_BOUND_HERE = frozenset({"var", "local", "module", "terraform", "path", "each", "count"})
"""Names that mean the same wherever a module instance uses them."""


def choice_of(scope: BodyScope, expr: ast.Expr, span: Span) -> Choice | None:
    """The alternative an open condition stands for; None when it must stay unknown.

    It must when a resource or data source decides it, or when it names something of the
    expression around it (a ``for`` variable), whose value differs from use to use.
    """
    names = root_names(expr)
    if not names <= _BOUND_HERE:
        return None
    value = evaluate(expr, scope)
    if isinstance(value, Unknown) and value.ref is not None:
        return None
    # Only a condition that names ``each`` or ``count`` may differ between instances.
    place = scope.place if names & {"each", "count"} else scope.address
    label = " ".join(span.text.split())
    return Choice((scope.evaluation.root, place, _canonical(expr)), 2, label, span)


def _canonical(expr: ast.Expr) -> str:
    """Text of an expression that does not depend on layout."""
    if isinstance(expr, ast.Literal):
        return repr(expr.value)
    name = ""
    if isinstance(expr, (ast.Variable, ast.GetAttr, ast.Call)):
        name = expr.name
    elif isinstance(expr, (ast.Unary, ast.Binary)):
        name = expr.op
    inner = ",".join(_canonical(child) for child in children(expr))
    return f"{type(expr).__name__}:{name}({inner})"
