"""Terraform's numbers: binary floating point with a 512-bit mantissa.

A number is an ``int`` when integral and else the shortest :class:`~decimal.Decimal` that
stands for its 512-bit value, which is how Terraform prints it. Source: Terraform language
documentation, "number"; rounding is to nearest, ties to even.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform.errors import EvaluationError, NotEvaluated, too_large

Number = int | Decimal

_BITS = 512
_ROUND_TRIP_DIGITS = 156
"""Decimal digits that always identify one 512-bit mantissa."""
_MAX_EXPONENT = 4000
"""Powers of ten beyond this are refused: printing them would take quadratic time."""
_NUMBER = regex(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse(text: str) -> Number | None:
    """The number a string stands for, or None when it is not one.

    Raises NotEvaluated past a power of ten of 4,000.
    """
    if not _NUMBER.fullmatch(text):
        if text.lstrip("+-").lower() in ("inf", "infinity"):
            raise infinite()
        return None
    if len(text) < 100 and text.isdigit():
        return int(text)
    return held(Context(prec=max(len(text), 1)).create_decimal(text))


def held(number: Number) -> Number:
    """A number as Terraform holds it."""
    if isinstance(number, int) and number.bit_length() <= _BITS:
        return number
    return of_fraction(fraction(number))


def of_float(number: float) -> Number:
    """A double, as functions that compute in double precision return it."""
    shortest = Decimal(repr(number))
    return int(shortest) if number.is_integer() else shortest.normalize()


def fraction(number: Number) -> Fraction:
    """The exact value Terraform computes with."""
    if isinstance(number, Decimal) and number and abs(number.adjusted()) > _MAX_EXPONENT:
        raise too_large("number", _MAX_EXPONENT)
    return _rounded(Fraction(number))


def of_fraction(exact: Fraction) -> Number:
    """The number nearest to ``exact`` that 512 bits can hold."""
    rounded = _rounded(exact)
    if rounded.denominator > 1:
        return _shortest(rounded)
    whole = rounded.numerator
    if whole.bit_length() <= _BITS:
        return whole
    if whole.bit_length() > _MAX_EXPONENT * 3:
        raise too_large("number", _MAX_EXPONENT)
    return int(_shortest(rounded))


def to_text(number: Number) -> str:
    """Decimal notation without exponent."""
    return str(number) if isinstance(number, int) else format(number, "f")


def negate(number: Number) -> Number:
    """``-number``, in full precision."""
    return -number if isinstance(number, int) else number.copy_negate()


def absolute(number: Number) -> Number:
    """``number`` without its sign, in full precision."""
    return abs(number) if isinstance(number, int) else number.copy_abs()


def infinite() -> NotEvaluated:
    """Terraform computes with infinity, which no configuration means."""
    return NotEvaluated(phrase("expr.infinite"))


def divide(left: Number, right: Number) -> Number:
    """Quotient. Raises EvaluationError for 0/0, NotEvaluated where Terraform has infinity."""
    if right == 0:
        raise infinite() if left else EvaluationError(phrase("expr.division-by-zero"))
    return of_fraction(fraction(left) / fraction(right))


def modulo(left: Number, right: Number) -> Number:
    """Remainder with the sign of the dividend; ``x % 0`` is ``x``."""
    if right == 0:
        if left == 0:
            raise EvaluationError(phrase("expr.division-by-zero"))
        return left
    one, other = fraction(left), fraction(right)
    return of_fraction(one - other * int(one / other))


def integer(number: Number, name: str) -> int:
    """``number`` when it is whole; ``name`` is the function that asks."""
    if isinstance(number, int):
        return number
    raise EvaluationError(phrase("expr.whole-number", name=name, number=to_text(number)[:40]))


def _rounded(exact: Fraction) -> Fraction:
    over, under = abs(exact.numerator), exact.denominator
    if under & (under - 1) == 0 and over.bit_length() <= _BITS:
        return exact
    shift = _BITS - over.bit_length() + under.bit_length()
    scaled = exact * Fraction(2) ** shift
    if abs(scaled) >= 1 << _BITS:
        shift -= 1
        scaled /= 2
    return Fraction(round(scaled)) / Fraction(2) ** shift


def _shortest(rounded: Fraction) -> Decimal:
    low, high = 1, _ROUND_TRIP_DIGITS
    while low < high:
        middle = (low + high) // 2
        if _rounded(Fraction(_digits(rounded, middle))) == rounded:
            high = middle
        else:
            low = middle + 1
    return _digits(rounded, low).normalize(Context(prec=_ROUND_TRIP_DIGITS))


def _digits(exact: Fraction, count: int) -> Decimal:
    return Context(prec=count).divide(Decimal(exact.numerator), Decimal(exact.denominator))
