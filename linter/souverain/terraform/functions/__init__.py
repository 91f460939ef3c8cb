"""Terraform's functions. ``call`` is the only entry; the table says what there is."""

from __future__ import annotations

from collections.abc import Sequence

from souverain.model import phrase
from souverain.terraform.errors import EvaluationError, NotEvaluated
from souverain.terraform.functions.signature import Context, apply
from souverain.terraform.functions.table import IMPURE, NOT_IMPLEMENTED, TABLE
from souverain.values import Value

__all__ = ["Context", "call"]


def call(name: str, args: Sequence[Value], context: Context) -> Value:
    """Result of ``name(args...)``; unknown arguments give an unknown or partly known result.

    Raises EvaluationError where Terraform rejects the call, NotEvaluated for functions of
    providers, functions that depend on the moment or the machine, and results that are too
    large.
    """
    function = TABLE.get(name)
    if function is not None:
        return apply(name, function, args, context)
    if name in IMPURE:
        raise NotEvaluated(phrase("expr.impure", name=name))
    if name in NOT_IMPLEMENTED:
        raise NotEvaluated(phrase("expr.not-implemented", name=name))
    if name.startswith("provider::"):
        raise NotEvaluated(phrase("expr.provider-function", name=name))
    raise EvaluationError(phrase("expr.no-function", name=name))
