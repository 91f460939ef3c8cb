"""What a variable block says of its values, read once for all instances of its module."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText
from souverain.records import dataclass
from souverain.terraform.bounds import bounds_of_validation
from souverain.terraform.conversions import identity
from souverain.terraform.definition import Block
from souverain.terraform.typeconstraints import Constraint, constraint_of
from souverain.terraform.typesystem import BOOL
from souverain.values import Unknown, Value

BOOLEANS: tuple[Value, ...] = (True, False)
"""What a bool can be, in the order of a condition's branches."""


@dataclass(frozen=True, slots=True)
class VariableType:
    """Declared type (Unknown when it cannot be read), and the finite set of values, if any."""

    constraint: Constraint | Unknown
    options: tuple[Value, ...] | None


class VariableLibrary:
    """Types of the variables of all modules of a project, for as long as these are kept."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Block, VariableType] = WeakKeyDictionary()

    def of(self, variable: Block) -> VariableType:
        """Type and bounds of a variable."""
        known = self._known.get(variable)
        if known is None:
            constraint = _constraint(variable)
            is_bool = isinstance(constraint, Constraint) and constraint.type == BOOL
            known = VariableType(constraint, _options(variable, is_bool))
            self._known[variable] = known
        return known


def _options(variable: Block, is_bool: bool) -> tuple[Value, ...] | None:
    options: tuple[Value, ...] | None = BOOLEANS if is_bool else None
    for block in variable.members.blocks.get("validation", ()):
        condition = variable.members.of(block).expr("condition")
        bounds = bounds_of_validation(condition, variable.name) if condition else None
        if bounds is None:
            continue
        kept = {identity(value) for value in bounds}
        options = bounds if options is None else tuple(v for v in options if identity(v) in kept)
    return options or None


def _constraint(variable: Block) -> Constraint | Unknown:
    expr = variable.members.expr("type")
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        # The JSON syntax, and Terraform 0.11, write the type in a string.
        source = SourceText(expr.span.file, expr.value.encode())
        expr = hcl.parse_expression(source)
    return constraint_of(expr)
