"""Days: written as ISO dates, and some months later."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from souverain.regex import regex

_ISO = regex(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day_of(text: str) -> date | None:
    """The day that ``2027-03-31`` names; None for what names none."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month when it has no such day.

    Never later than the last day there is.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
