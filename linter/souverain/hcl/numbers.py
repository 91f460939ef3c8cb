"""Number literals, as both syntaxes write them."""

from __future__ import annotations

from decimal import Decimal

_MAX_DIGITS = 4000
"""Longer integers stay decimals: Python refuses to print larger ``int`` values."""


def number(text: str) -> int | Decimal:
    """The number written as ``text`` (digits, fraction, exponent): an int when integral.

    Raises :class:`decimal.InvalidOperation` for any other text.
    """
    if text.isdigit() and len(text) < _MAX_DIGITS:
        return int(text)
    value = Decimal(text)
    if not value.is_finite() or value.adjusted() >= _MAX_DIGITS:
        return value
    return int(value) if value == value.to_integral_value() else value
