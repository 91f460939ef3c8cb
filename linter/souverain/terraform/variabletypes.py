"""What a variable block says of its values, read once for all instances of its module."""

from __future__ import annotations

from dataclasses import dataclass

from souverain.terraform.conversions import identity
from souverain.terraform.definition import Block
from souverain.terraform.typeconstraints import bounds_of_validation
from souverain.terraform.types import BOOL, Type
from souverain.values import Value


@dataclass(frozen=True, slots=True)
class VariableType:
    """Declared type (None when there is none), and the finite set of values, if any."""

    constraint: Type | None
    options: tuple[Value, ...] | None


class VariableLibrary:
    """Types of the variables of all modules of a root."""

    def __init__(self) -> None:
        self._known: dict[Block, VariableType] = {}

    def of(self, variable: Block) -> VariableType:
        """Type and bounds of a variable."""
        known = self._known.get(variable)
        if known is None:
            constraint = _constraint(variable)
            known = VariableType(constraint, _options(variable, constraint == BOOL))
            self._known[variable] = known
        return known


def _options(variable: Block, is_bool: bool) -> tuple[Value, ...] | None:
    options: tuple[Value, ...] | None = (True, False) if is_bool else None
    for block in variable.members.blocks.get("validation", ()):
        condition = variable.members.of(block).expr("condition")
        bounds = bounds_of_validation(condition, variable.name) if condition else None
        if bounds is None:
            continue
        kept = {identity(value) for value in bounds}
        options = (
            bounds if options is None else tuple(v for v in options if identity(v) in kept)
        )
    return options or None
