"""Expressions without references or calls: what a type default and a bound are made of."""

from __future__ import annotations

from souverain.hcl import ast
from souverain.model import phrase
from souverain.terraform.conversions import text
from souverain.terraform.errors import EvaluationError
from souverain.terraform.numerics import held
from souverain.terraform.operators import unary
from souverain.values import Value


def constant(expr: ast.Expr) -> Value:
    """Value of a literal, a tuple or object of them, or their negation.

    Raises EvaluationError for anything else.
    """
    if isinstance(expr, ast.Literal):
        return literal(expr)
    if isinstance(expr, ast.Tuple):
        return tuple(constant(item) for item in expr.items)
    if isinstance(expr, ast.Object):
        return {key_name(item.key): constant(item.value) for item in expr.items}
    if isinstance(expr, ast.Unary):
        return unary(expr.op, constant(expr.operand))
    raise _not_constant(expr)


def literal(expr: ast.Literal) -> Value:
    """Value of a literal as Terraform holds it: strings in NFC, numbers in 512 bits."""
    value = expr.value
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool):
        return value
    return held(value)


def key_name(key: ast.Expr) -> str:
    """Name of an object attribute. Raises EvaluationError when it is computed."""
    if isinstance(key, ast.Literal) and isinstance(key.value, str):
        return key.value
    if isinstance(key, ast.Variable):
        return key.name
    raise _not_constant(key)


def _not_constant(expr: ast.Expr) -> EvaluationError:
    error = EvaluationError(phrase("expr.not-constant"))
    error.span = expr.span
    return error
