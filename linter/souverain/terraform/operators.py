"""Unary and binary operators over values that may be unknown.

Source: HCL 2 specification, "Operations"; conversions of operands as Terraform does them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from souverain.hcl.ast import BinaryOperator, UnaryOperator
from souverain.model import phrase
from souverain.terraform import numerics
from souverain.terraform.conversions import convert, identity
from souverain.terraform.errors import EvaluationError
from souverain.terraform.numerics import Number, fraction, of_fraction
from souverain.terraform.typesystem import BOOL, NUMBER, Primitive, type_of
from souverain.terraform.walking import elements, first_unknown
from souverain.values import ListOf, MapOf, Partial, SetOf, Unknown, Value

Arithmetic = Callable[[Number, Number], Number]

ARITHMETIC: dict[BinaryOperator, Arithmetic] = {
    "+": lambda a, b: of_fraction(fraction(a) + fraction(b)),
    "-": lambda a, b: of_fraction(fraction(a) - fraction(b)),
    "*": lambda a, b: of_fraction(fraction(a) * fraction(b)),
    "/": numerics.divide,
    "%": numerics.modulo,
}
COMPARISON: dict[BinaryOperator, Callable[[Number, Number], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def unary(op: UnaryOperator, value: Value) -> Value:
    """``-x`` or ``!x``. Raises EvaluationError on null and on the wrong type."""
    operand = _operand(value, NUMBER if op == "-" else BOOL)
    if isinstance(operand, Unknown):
        return operand
    if isinstance(operand, bool):
        return not operand
    return numerics.negate(operand) if isinstance(operand, (int, Decimal)) else operand


def binary(op: BinaryOperator, left: Value, right: Value) -> Value:
    """Arithmetic and comparison of numbers, equality of anything.

    ``&&`` and ``||`` are the evaluator's: they decide whether the right side is read.
    Raises EvaluationError on null operands and wrong types.
    """
    if op in ("==", "!="):
        same = equal(left, right)
        return same if isinstance(same, Unknown) else same == (op == "==")
    one, other = _operand(left, NUMBER), _operand(right, NUMBER)
    if isinstance(one, Unknown):
        return one
    if isinstance(other, Unknown):
        return other
    assert isinstance(one, (int, Decimal))
    assert isinstance(other, (int, Decimal))
    if op in COMPARISON:
        return COMPARISON[op](one, other)
    return ARITHMETIC[op](one, other)


def logical(value: Value) -> bool | Unknown:
    """A condition, as a bool. Raises EvaluationError on null and on what is not a bool."""
    operand = _operand(value, BOOL)
    assert isinstance(operand, (bool, Unknown))
    return operand


def logic(op: BinaryOperator, left: Value, right: Callable[[], Value]) -> bool | Unknown:
    """``&&`` or ``||``: a side that decides alone decides, whatever the other one is.

    Both may be Unknown, also marked as error; null counts as false for ``&&``. ``right``
    is read only when ``left`` does not decide. Raises EvaluationError for other types, and
    when null is all there is.
    """
    decisive = op == "||"
    one = _side(left, op)
    if one is decisive:
        return one
    other = _side(right(), op)
    if other is decisive:
        return other
    if one is None or other is None:
        raise EvaluationError(phrase("expr.null-operand", wanted=BOOL))
    return one if isinstance(one, Unknown) else other


def _side(value: Value, op: BinaryOperator) -> bool | Unknown | None:
    side = convert(value, BOOL)
    assert side is None or isinstance(side, (bool, Unknown))
    return False if side is None and op == "&&" else side


def _operand(value: Value, wanted: Primitive) -> Value:
    if value is None:
        raise EvaluationError(phrase("expr.null-operand", wanted=wanted))
    return convert(value, wanted)


# --- equality -------------------------------------------------------------------------


def equal(left: Value, right: Value) -> bool | Unknown:
    """Terraform's ``==``, decided as soon as the known parts decide it."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    unknown = first_unknown(left) or first_unknown(right)
    if unknown is None:
        return identity(left) == identity(right)
    return False if _differ(left, right) else unknown


def _differ(left: Value, right: Value) -> bool:
    """Whether no value of the unknown parts could make the two equal."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    if isinstance(left, Partial) or isinstance(right, Partial):
        return _texts_differ(left, right)
    if isinstance(left, SetOf) and isinstance(right, SetOf):
        return False
    if not (_is_open(left) or _is_open(right)) and _shape(left) != _shape(right):
        return True
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return any(
            name not in left or name not in right or _differ(left[name], right[name])
            for name in (*left, *right)
        )
    if _is_open(left) or _is_open(right):
        return True
    one, other = elements(left), elements(right)
    if one is not None and other is not None:
        return any(map(_differ, one, other))
    return identity(left) != identity(right)


def _is_open(value: Value) -> bool:
    return isinstance(value, Mapping) and not isinstance(value, dict)


def _shape(value: Value) -> tuple[object, ...]:
    """What must agree before two values are compared part by part."""
    if isinstance(value, dict):
        return isinstance(value, MapOf), frozenset(value)
    if isinstance(value, tuple):
        return isinstance(value, ListOf), len(value)
    return (value is None or type_of(value),)


def _texts_differ(left: Value, right: Value) -> bool:
    ends = []
    for value in (left, right):
        if isinstance(value, Partial):
            ends.append((value.prefix, value.suffix))
        elif isinstance(value, str):
            ends.append((value, value))
        else:
            return True
    (start, end), (other_start, other_end) = ends
    common = min(len(start), len(other_start))
    tail = min(len(end), len(other_end))
    if start[:common] != other_start[:common]:
        return True
    if end[len(end) - tail :] != other_end[len(other_end) - tail :]:
        return True
    return _too_short(left, right) or _too_short(right, left)


def _too_short(whole: Value, partial: Value) -> bool:
    """Whether a known text is shorter than the literal text of a partly known one."""
    if not isinstance(whole, str) or not isinstance(partial, Partial):
        return False
    return len(whole) < sum(len(s) for s in partial.segments if isinstance(s, str))
