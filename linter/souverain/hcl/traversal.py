"""Chains of accesses, grouped as HCL groups them, for every back end.

After ``[*]`` everything that follows is done in each element; after ``.*`` only attribute
and legacy index accesses are. Source: hashicorp/hcl, ``hclsyntax/spec.md``, "Splat
Operators".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from souverain.hcl import ast
from souverain.model import SourceText, Span
from souverain.records import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One access, at ``[start, end)``: ``.name``, ``[key]``, ``.0``, ``[*]`` or ``.*``."""

    kind: Literal["attribute", "index", "legacy", "[*]", ".*"]
    start: int
    end: int
    name: str = ""
    key: ast.Expr | None = None


def apply(source: SourceText, expr: ast.Expr, first: int, steps: Sequence[Step]) -> ast.Expr:
    """``expr``, which starts at ``first``, followed by ``steps``."""
    at = 0
    while at < len(steps):
        step = steps[at]
        at += 1
        if step.kind in ("[*]", ".*"):
            stop = len(steps) if step.kind == "[*]" else _end_of_attributes(steps, at)
            item = ast.SplatItem(Span(source, step.start, step.end))
            each = apply(source, item, step.start, steps[at:stop])
            expr = ast.Splat(expr, each, Span(source, first, steps[stop - 1].end))
            at = stop
        elif step.key is not None:
            expr = ast.Index(expr, step.key, Span(source, first, step.end))
        else:
            expr = ast.GetAttr(expr, step.name, Span(source, first, step.end))
    return expr


def _end_of_attributes(steps: Sequence[Step], at: int) -> int:
    while at < len(steps) and steps[at].kind in ("attribute", "legacy"):
        at += 1
    return at
