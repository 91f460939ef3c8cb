"""What stops an evaluation. Nothing of it leaves ``expressions.evaluate``."""

from __future__ import annotations

from souverain.model import Phrase, Span, phrase
from souverain.values import Unknown


class EvaluationError(Exception):
    """Terraform would reject this expression; ``try`` and ``can`` catch it."""

    def __init__(
        self, reason: Phrase, span: Span | None = None, origin: Unknown | None = None
    ) -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.span = span
        self.origin = origin
        """The value that was found to be an error, when it came from elsewhere."""


class NotEvaluated(Exception):  # noqa: N818 - nothing is wrong with the expression
    """The value exists for Terraform, but it is not computed here: impure or too large."""

    def __init__(self, reason: Phrase, origin: Unknown | None = None) -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.origin = origin
        """The unknown part that it rests on, when there is one."""

    def unknown(self, span: Span | None) -> Unknown:
        """What stands for the value of an expression at ``span``."""
        return self.origin or Unknown(self.reason, span)


class StepsExhausted(Exception):  # noqa: N818
    """The expression needs more steps or a deeper stack than one evaluation may use."""


def too_large(what: str, limit: int) -> NotEvaluated:
    """A result of more than ``limit`` characters or elements; ``what`` names its maker."""
    return NotEvaluated(phrase("expr.too-large", what=what, limit=limit))
