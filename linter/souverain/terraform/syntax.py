"""Questions about expressions that need no evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from souverain.hcl import ast


def children(expr: ast.Expr) -> Iterator[ast.Expr]:
    """Direct sub-expressions, in source order."""
    if isinstance(expr, (ast.GetAttr, ast.Index, ast.Splat)):
        yield from _of_access(expr)
    elif isinstance(expr, (ast.Tuple, ast.Object, ast.For)):
        yield from _of_collection(expr)
    elif isinstance(expr, ast.Template):
        yield from _of_parts(expr.parts)
    elif isinstance(expr, ast.Call):
        yield from expr.args
    elif isinstance(expr, ast.Unary):
        yield expr.operand
    elif isinstance(expr, ast.Binary):
        yield from (expr.left, expr.right)
    elif isinstance(expr, ast.Conditional):
        yield from (expr.test, expr.then, expr.otherwise)


def _of_access(expr: ast.GetAttr | ast.Index | ast.Splat) -> Iterator[ast.Expr]:
    yield expr.of
    if isinstance(expr, ast.Index):
        yield expr.key
    elif isinstance(expr, ast.Splat):
        yield expr.each


def _of_collection(expr: ast.Tuple | ast.Object | ast.For) -> Iterator[ast.Expr]:
    if isinstance(expr, ast.Tuple):
        yield from expr.items
    elif isinstance(expr, ast.Object):
        for item in expr.items:
            yield from (item.key, item.value)
    else:
        inner = (expr.collection, expr.result_key, expr.result, expr.condition)
        yield from (e for e in inner if e is not None)


def _of_parts(parts: tuple[ast.TemplatePart, ...]) -> Iterator[ast.Expr]:
    for part in parts:
        if isinstance(part, ast.Interpolation):
            yield part.expr
        elif isinstance(part, ast.TemplateIf):
            yield part.test
            yield from _of_parts(part.then)
            yield from _of_parts(part.otherwise)
        elif isinstance(part, ast.TemplateFor):
            yield part.collection
            yield from _of_parts(part.body)


def root_names(expr: ast.Expr) -> frozenset[str]:
    """First names of all traversals (``var``, ``each``, a ``for`` variable)."""
    return frozenset(one.name for one in _all(expr) if isinstance(one, ast.Variable))


def calls(expr: ast.Expr) -> bool:
    """Whether an expression calls a function."""
    return any(isinstance(one, ast.Call) for one in _all(expr))


def _all(expr: ast.Expr) -> Iterator[ast.Expr]:
    """An expression and everything in it."""
    pending = [expr]
    while pending:
        one = pending.pop()
        yield one
        pending.extend(children(one))


def traversal(expr: ast.Expr) -> tuple[str, ...] | None:
    """``a.b.c`` as its names; None for anything that is not plain names.

    A literal string counts as its dotted parts (``"aws.us"`` in the JSON syntax).
    """
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        return tuple(expr.value.split("."))
    root, names = accesses(expr)
    return (root.name, *names) if isinstance(root, ast.Variable) else None


def accesses(expr: ast.Expr) -> tuple[ast.Expr, tuple[str, ...]]:
    """What a chain of accesses starts from, and the attributes read in turn, without indices."""
    names: list[str] = []
    while isinstance(expr, (ast.GetAttr, ast.Index)):
        if isinstance(expr, ast.GetAttr):
            names.append(expr.name)
        expr = expr.of
    return expr, tuple(reversed(names))


def denied(expr: ast.Expr) -> ast.Expr | None:
    """What ``!x`` and ``a != b`` deny; None for anything else."""
    if isinstance(expr, ast.Unary) and expr.op == "!":
        return expr.operand
    if isinstance(expr, ast.Binary) and expr.op == "!=":
        return ast.Binary("==", expr.left, expr.right, expr.span)
    return None
