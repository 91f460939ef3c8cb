"""Numeric functions. Source: Terraform language documentation, "Numeric Functions"."""

from __future__ import annotations

import math
from decimal import Decimal

from souverain.model import phrase
from souverain.terraform import numerics
from souverain.terraform.conversions import convert
from souverain.terraform.errors import EvaluationError
from souverain.terraform.numerics import Number, fraction, integer, of_float, of_fraction
from souverain.terraform.typesystem import NUMBER
from souverain.terraform.walking import elements
from souverain.values import Value


def absolute(number: Number) -> Value:
    """``abs``."""
    return numerics.absolute(number)


def ceil(number: Number) -> Value:
    """The next whole number upwards."""
    return math.ceil(number)


def floor(number: Number) -> Value:
    """The next whole number downwards."""
    return math.floor(number)


def logarithm(number: Number, base: Number) -> Value:
    """``log``, in double precision."""
    if number == 0 or base == 1:
        raise numerics.infinite()
    try:
        return of_float(math.log(float(number)) / math.log(float(base)))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise EvaluationError(phrase("expr.not-finite", name="log")) from None


def power(base: Number, exponent: Number) -> Value:
    """``pow``, in double precision."""
    try:
        return of_float(math.pow(float(base), float(exponent)))
    except OverflowError:
        raise numerics.infinite() from None
    except ValueError:
        raise EvaluationError(phrase("expr.not-finite", name="pow")) from None


def signum(number: Number) -> Value:
    """-1, 0 or 1."""
    whole = integer(number, "signum")
    return (whole > 0) - (whole < 0)


def largest(*numbers: Number) -> Value:
    """``max``."""
    if not numbers:
        raise EvaluationError(phrase("expr.argument-count", name="max", found=0))
    return max(numbers)


def smallest(*numbers: Number) -> Value:
    """``min``."""
    if not numbers:
        raise EvaluationError(phrase("expr.argument-count", name="min", found=0))
    return min(numbers)


def total(collection: Value) -> Value:
    """``sum``."""
    items = elements(collection)
    if not items:
        raise EvaluationError(
            phrase("expr.empty-argument" if items == () else "expr.not-a-list", name="sum")
        )
    exact = fraction(0)
    for item in items:
        number = convert(item, NUMBER)
        if not isinstance(number, (int, Decimal)):
            raise EvaluationError(phrase("expr.null-element", name="sum"))
        exact = fraction(of_fraction(exact + fraction(number)))
    return of_fraction(exact)


def parse_integer(digits: Value, base: Number) -> Value:
    """``parseint``: a whole number in base 2 to 62."""
    radix = integer(base, "parseint")
    if not isinstance(digits, str):
        raise EvaluationError(phrase("expr.not-a", type="string"))
    if not 2 <= radix <= 62:
        raise EvaluationError(phrase("expr.integer-base", base=radix))
    sign, unsigned = (-1, digits[1:]) if digits.startswith("-") else (1, digits.removeprefix("+"))
    number = 0
    for character in unsigned:
        digit = _digit(character, radix)
        if not 0 <= digit < radix or number.bit_length() > 12_000:
            raise EvaluationError(phrase("expr.not-an-integer", base=radix))
        number = number * radix + digit
    if not unsigned:
        raise EvaluationError(phrase("expr.not-an-integer", base=radix))
    return of_fraction(fraction(sign * number))


def _digit(character: str, radix: int) -> int:
    """Value of a digit; above base 36, capitals follow the small letters."""
    if "0" <= character <= "9":
        return ord(character) - ord("0")
    if "a" <= character <= "z":
        return ord(character) - ord("a") + 10
    if "A" <= character <= "Z":
        return ord(character) - ord("A") + (36 if radix > 36 else 10)
    return -1


def to_range(*numbers: Number) -> list[Number]:
    """The numbers of ``range(limit)``, ``range(start, limit)``, ``range(start, limit, step)``."""
    if not 1 <= len(numbers) <= 3:
        raise EvaluationError(phrase("expr.argument-count", name="range", found=len(numbers)))
    start, limit = (numbers[0], numbers[1]) if len(numbers) > 1 else (0, numbers[0])
    step = numbers[2] if len(numbers) == 3 else 1 if start <= limit else -1
    if step == 0 or (step > 0 and start > limit) or (step < 0 and start < limit):
        raise EvaluationError(phrase("expr.range-step"))
    found: list[Number] = []
    at = start
    while at < limit if step > 0 else at > limit:
        if len(found) >= _MAX_RANGE:
            raise EvaluationError(phrase("expr.range-length", limit=_MAX_RANGE))
        found.append(at)
        at = numerics.of_fraction(fraction(at) + fraction(step))
    return found


_MAX_RANGE = 1024
"""Terraform's own limit."""
