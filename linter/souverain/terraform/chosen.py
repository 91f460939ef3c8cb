"""One instance of a repeated block, chosen by an expression that stands elsewhere.

Source: OpenTofu, "Provider configuration", for_each: ``provider = aws.by_region[each.key]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from souverain.model import Ref, Span, phrase
from souverain.terraform.expressions import evaluate
from souverain.terraform.repetition import InstanceScope
from souverain.values import Unknown, Value

if TYPE_CHECKING:
    from souverain.hcl import ast
    from souverain.terraform.provenance import BodyScope, Link, Step
    from souverain.terraform.repetition import Repetition
    from souverain.terraform.scope import Step as ScopeStep


class ChosenScope(InstanceScope):
    """The surroundings of the instance that ``index`` means in ``user``, world by world."""

    def __init__(
        self, parent: BodyScope, repetition: Repetition, index: ast.Expr, user: BodyScope
    ) -> None:
        super().__init__(parent, repetition, None)
        self._index_expr = index
        self._user = user

    @property
    def place(self) -> str:
        return f"{super().place}[{self._user.place}]"

    def resolve(self, root: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        if root != "each":
            return super().resolve(root, steps, span)
        key = evaluate(self._index_expr, self._user)
        if isinstance(key, str):
            return InstanceScope(self._parent, self._repetition, key).resolve(root, steps, span)
        if isinstance(key, Unknown):
            return key, len(steps)
        return Unknown(phrase("terraform.key-unknown", name=self._name), span), len(steps)

    def links(self, root: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        key = evaluate(self._index_expr, self._user) if root == "each" else None
        known = key if isinstance(key, str) else None
        return InstanceScope(self._parent, self._repetition, known).links(root, steps)
