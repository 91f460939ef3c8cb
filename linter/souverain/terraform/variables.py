"""Input variables: where a value comes from, its type, and its bounds.

Source: Terraform, "Input variables" (precedence, type constraints, nullable, validation).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from souverain.hcl import ast
from souverain.model import Phrase, Span, phrase
from souverain.records import dataclass
from souverain.terraform.conditions import meaning
from souverain.terraform.definition import Block
from souverain.terraform.expressions import evaluate
from souverain.terraform.provenance import BodyScope
from souverain.terraform.variabletypes import BOOLEANS
from souverain.values import Unknown, Value
from souverain.worlds import Choice

Compute = Callable[[], Value]

if TYPE_CHECKING:
    from souverain.terraform.modules import Module


@dataclass(frozen=True, eq=False)
class Assignment:
    """A value given to a variable: a module argument, a line of a tfvars file, ``-var``."""

    written: ast.Attribute
    scope: BodyScope
    text: Phrase
    span: Span | None
    """Where it is given; None for the command line."""

    @property
    def expr(self) -> ast.Expr:
        """The value's expression, read when it is first asked for."""
        return self.written.expr


def value_of(module: Module, variable: Block) -> Value:
    """Value of a variable in the current world: given, default, bounded, or unknown."""
    given = module.assignments.get(variable.name)
    if given is None:
        return _without_assignment(module, variable)
    value = evaluate(given.expr, given.scope)
    if value is None and _not_nullable(variable):
        return _without_assignment(module, variable)
    if isinstance(value, Unknown) and not value.error and value.ref is None:
        return _within_bounds(module, variable, value, given)
    return _typed(module, variable, value, given.span or variable.span)


def _without_assignment(module: Module, variable: Block) -> Value:
    default = variable.members.attributes.get("default")
    if default is not None:
        value = evaluate(default.expr, module)
        return _typed(module, variable, value, default.span)
    name = f"{module.prefix}var.{variable.name}"
    key = "terraform.argument-missing" if module.parent else "terraform.variable-without-value"
    reason = phrase(key, name=variable.name, module=module.address)
    return _within_bounds(module, variable, Unknown(reason, variable.span, cause=name))


def _not_nullable(variable: Block) -> bool:
    nullable = variable.members.expr("nullable")
    return isinstance(nullable, ast.Literal) and nullable.value is False


def _typed(module: Module, variable: Block, value: Value, span: Span) -> Value:
    constraint = module.evaluation.library.of(variable).constraint
    return constraint if isinstance(constraint, Unknown) else constraint.apply(value, span)


def _within_bounds(
    module: Module, variable: Block, unknown: Unknown, given: Assignment | None = None
) -> Value:
    """One of the values that the variable can have at all, else ``unknown``.

    A bool is true or false; ``validation`` blocks may leave a finite set.
    """
    options = module.evaluation.library.of(variable).options
    if options is None:
        return unknown
    if len(options) == 1:
        return options[0]
    choice = _choice(module, variable, options, given)
    option = module.worlds.choose(choice) if choice is not None else None
    return unknown if option is None else options[option]


def _choice(
    module: Module, variable: Block, options: tuple[Value, ...], given: Assignment | None
) -> Choice | None:
    """The alternative of a variable; one that passes a condition on is that condition."""
    label = f"var.{variable.name}"
    if given is None:
        key = (module.evaluation.root, f"{module.address}:{label}")
        return Choice(key, len(options), label, variable.span)
    if options == BOOLEANS:
        return given.scope.condition(given.expr, given.expr.span)
    passed = meaning(given.expr, given.scope)
    key = (module.evaluation.root, f"{passed} in {options}")
    return Choice(key, len(options), label, variable.span)
