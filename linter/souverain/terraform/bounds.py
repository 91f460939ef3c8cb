"""The finite set of values that a ``validation`` condition leaves to a variable.

A set of values is a tuple in source order; None is the set of all values. The bounds may
hold more than what Terraform accepts, never less.
"""

from __future__ import annotations

from itertools import product

from souverain.hcl import ast
from souverain.terraform.constants import constant
from souverain.terraform.conversions import distinct, identity
from souverain.terraform.errors import EvaluationError, NotEvaluated
from souverain.terraform.functions import re2syntax as re2
from souverain.values import Value

Bounds = tuple[Value, ...] | None

MAX_VALUES = 64


def bounds_of_validation(condition: ast.Expr, variable: str) -> tuple[Value, ...] | None:
    """Values of ``var.<variable>`` that can make ``condition`` true, None when not bounded.

    Read are ``==``, ``&&``, ``||``, ``!``, conditionals, ``contains`` over constants,
    ``anytrue``/``alltrue`` over a tuple, and ``can(regex(...))`` or a count of ``regexall``
    with a pattern of finitely many anchored texts.
    """
    found = _when(condition, variable, True)
    return found if found is not None and len(found) <= MAX_VALUES else None


def _when(expr: ast.Expr, variable: str, wanted: bool) -> Bounds:
    """Values for which ``expr`` can be ``wanted``."""
    if isinstance(expr, ast.Literal):
        return None if expr.value is wanted else ()
    if isinstance(expr, ast.Unary) and expr.op == "!":
        return _when(expr.operand, variable, not wanted)
    if isinstance(expr, ast.Conditional):
        return _union(
            _both(_when(expr.test, variable, True), _when(expr.then, variable, wanted)),
            _both(_when(expr.test, variable, False), _when(expr.otherwise, variable, wanted)),
        )
    if isinstance(expr, ast.Binary):
        return _binary(expr, variable, wanted)
    if isinstance(expr, ast.Call) and wanted:
        return _call(expr, variable)
    return None


def _binary(expr: ast.Binary, variable: str, wanted: bool) -> Bounds:
    if expr.op in ("&&", "||"):
        left, right = _when(expr.left, variable, wanted), _when(expr.right, variable, wanted)
        return _both(left, right) if (expr.op == "&&") is wanted else _union(left, right)
    if expr.op in ("==", "!=") and (expr.op == "==") is wanted:
        for one, other in ((expr.left, expr.right), (expr.right, expr.left)):
            if _is_variable(one, variable):
                return _constants([other])
    if wanted and expr.op in (">", "!=", ">=") and isinstance(expr.left, ast.Call):
        least = 1 if expr.op == ">=" else 0
        if isinstance(expr.right, ast.Literal) and expr.right.value == least:
            return _count(expr.left, variable)
    return None


def _call(expr: ast.Call, variable: str) -> Bounds:
    args = expr.args
    if expr.name == "contains" and len(args) == 2 and _is_variable(args[1], variable):
        return _constants(_elements(args[0]))
    if expr.name == "can" and len(args) == 1 and isinstance(args[0], ast.Call):
        return _pattern(args[0], "regex", variable)
    if expr.name in ("anytrue", "alltrue") and len(args) == 1 and isinstance(args[0], ast.Tuple):
        found = [_when(item, variable, True) for item in args[0].items]
        combine = _union if expr.name == "anytrue" else _both
        bounds: Bounds = () if expr.name == "anytrue" else None
        for one in found:
            bounds = combine(bounds, one)
        return bounds
    return None


def _count(expr: ast.Call, variable: str) -> Bounds:
    """``length(regexall(pattern, var.x))`` that is not zero."""
    if expr.name == "length" and len(expr.args) == 1 and isinstance(expr.args[0], ast.Call):
        return _pattern(expr.args[0], "regexall", variable)
    return None


def _pattern(expr: ast.Call, name: str, variable: str) -> Bounds:
    if expr.name != name or len(expr.args) != 2 or not _is_variable(expr.args[1], variable):
        return None
    pattern = expr.args[0]
    if not isinstance(pattern, ast.Literal) or not isinstance(pattern.value, str):
        return None
    try:
        tree, _ = re2.parse(pattern.value)
    except (EvaluationError, NotEvaluated):
        return None
    return _anchored(tree)


def _is_variable(expr: ast.Expr, variable: str) -> bool:
    return (
        isinstance(expr, ast.GetAttr)
        and expr.name == variable
        and isinstance(expr.of, ast.Variable)
        and expr.of.name == "var"
    )


def _elements(expr: ast.Expr) -> list[ast.Expr] | None:
    while isinstance(expr, ast.Call) and expr.name in ("toset", "tolist") and len(expr.args) == 1:
        expr = expr.args[0]
    return list(expr.items) if isinstance(expr, ast.Tuple) else None


def _constants(exprs: list[ast.Expr] | None) -> Bounds:
    try:
        return None if exprs is None else tuple(distinct(constant(expr) for expr in exprs))
    except EvaluationError:
        return None


def _union(one: Bounds, other: Bounds) -> Bounds:
    return None if one is None or other is None else tuple(distinct((*one, *other)))


def _both(one: Bounds, other: Bounds) -> Bounds:
    if one is None or other is None:
        return other if one is None else one
    kept = {identity(value) for value in other}
    return tuple(value for value in one if identity(value) in kept)


# --- texts of a pattern ---------------------------------------------------------------


def _anchored(tree: re2.Node) -> Bounds:
    """All texts a pattern matches, when it is anchored at both ends of each alternative."""
    if isinstance(tree, re2.Group):
        return _anchored(tree.node)
    if isinstance(tree, re2.Alternation):
        found: Bounds = ()
        for option in tree.options:
            found = _union(found, _anchored(option))
        return found
    if not isinstance(tree, re2.Concatenation) or len(tree.parts) < 2:
        return None
    first, *middle, last = tree.parts
    if first != re2.Assertion("text-start") or last != re2.Assertion("text-end"):
        return None
    return _texts(re2.Concatenation(tuple(middle)))


def _texts(node: re2.Node) -> tuple[str, ...] | None:
    """The texts a pattern without assertions stands for, None when they are too many."""
    if isinstance(node, re2.Group):
        return _texts(node.node)
    if isinstance(node, re2.Alternation):
        options = [_texts(option) for option in node.options]
        found = [text for option in options for text in option or ()]
        return None if None in options or len(found) > MAX_VALUES else tuple(dict.fromkeys(found))
    if isinstance(node, re2.Concatenation):
        return _concatenated([_texts(part) for part in node.parts])
    if isinstance(node, re2.Repeat):
        return _repeated(node)
    return _characters(node) if isinstance(node, re2.Characters) else None


def _repeated(node: re2.Repeat) -> tuple[str, ...] | None:
    inner = _texts(node.node)
    if inner is None or node.most is None or node.most > MAX_VALUES:
        return None
    found: dict[str, None] = {}
    for count in range(node.least, node.most + 1):
        texts = _concatenated([inner] * count)
        if texts is None:
            return None
        found.update(dict.fromkeys(texts))
    return tuple(found)


def _concatenated(parts: list[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    size = 1
    known: list[tuple[str, ...]] = []
    for part in parts:
        if part is None or (size := size * len(part)) > MAX_VALUES:
            return None
        known.append(part)
    return tuple("".join(pieces) for pieces in product(*known))


def _characters(node: re2.Characters) -> tuple[str, ...] | None:
    if node.negated or node.folded or node.categories or node.inner:
        return None
    if sum(ord(high) - ord(low) + 1 for low, high in node.ranges) > MAX_VALUES:
        return None
    return tuple(
        chr(point) for low, high in node.ranges for point in range(ord(low), ord(high) + 1)
    )
