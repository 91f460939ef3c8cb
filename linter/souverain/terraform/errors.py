"""What stops an evaluation. Neither ever leaves :func:`souverain.terraform.expressions.evaluate`."""

from __future__ import annotations

from souverain.model import Phrase, Span, phrase


class EvaluationError(Exception):
    """Terraform would reject this expression; ``try`` and ``can`` catch it."""

    def __init__(self, reason: Phrase, span: Span | None = None) -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.span = span


class NotEvaluated(Exception):
    """The value exists for Terraform, but it is not computed here: impure or too large."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(reason.key)
        self.reason = reason


class StepsExhausted(Exception):
    """The expression needs more steps or a deeper stack than one evaluation may use."""


def invalid(key: str, /, **args: str | int | Phrase) -> EvaluationError:
    """An :class:`EvaluationError` whose reason is ``expr.<key>``."""
    return EvaluationError(phrase("expr." + key, **args))


def too_large(what: str, limit: int) -> NotEvaluated:
    """A result of more than ``limit`` characters or elements; ``what`` names its maker."""
    return NotEvaluated(phrase("expr.too-large", what=what, limit=limit))
