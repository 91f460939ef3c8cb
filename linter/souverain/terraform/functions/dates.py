"""Date and time functions. Source: Terraform language documentation, "Date and Time Functions";
RFC 3339; durations as Go writes them (``1h30m``).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform.errors import EvaluationError
from souverain.values import Value

_RFC3339 = regex(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_DURATION = regex(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _parse(stamp: str) -> tuple[datetime, int]:
    """A moment and its nanoseconds beyond the second."""
    found = _RFC3339.fullmatch(stamp)
    if found is None:
        raise EvaluationError(phrase("expr.bad-document", format="RFC 3339"))
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    fractional, zone = found[7], found[8]
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
    except ValueError:
        raise EvaluationError(phrase("expr.bad-document", format="RFC 3339")) from None
    return moment, int((fractional or "0")[:9].ljust(9, "0"))


def _zone(written: str) -> timezone:
    if written == "Z":
        return timezone.utc
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[4:6]))
    return timezone(-offset if written[0] == "-" else offset)


def timecmp(one: str, other: str) -> Value:
    """-1, 0 or 1 as the first moment is before, at or after the second."""
    left, right = _parse(one), _parse(other)
    return (left > right) - (left < right)


def timeadd(stamp: str, duration: str) -> Value:
    """A moment moved by a duration, to the second."""
    moment, nanoseconds = _parse(stamp)
    seconds, _rest = divmod(nanoseconds + _duration(duration), 1_000_000_000)
    try:
        moved = moment + timedelta(seconds=seconds)
    except OverflowError:
        raise EvaluationError(phrase("expr.bad-document", format="RFC 3339")) from None
    return _written(moved)


def _written(moment: datetime) -> str:
    whole = moment.replace(tzinfo=None).isoformat(timespec="seconds")
    return whole + _offset(moment, ":", zulu=True)


def _duration(written: str) -> int:
    """Nanoseconds. Raises EvaluationError when it is not a duration."""
    unsigned = written[1:] if written[:1] in ("+", "-") else written
    if unsigned == "0":
        return 0
    total, at = Fraction(0), 0
    while at < len(unsigned):
        found = _DURATION.match(unsigned, at)
        if found is None or len(unsigned) > 100:
            raise EvaluationError(phrase("expr.bad-duration"))
        total += int(Fraction(found[1].removesuffix(".")) * _NANOSECONDS[found[2]])
        at = found.end()
    if not unsigned or total >= 1 << 63:
        raise EvaluationError(phrase("expr.bad-duration"))
    return int(-total if written.startswith("-") else total)


def _offset(moment: datetime, colon: str, *, zulu: bool) -> str:
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    if minutes == 0 and zulu:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{colon}{rest:02d}"


def formatdate(layout: str, stamp: str) -> Value:
    """A moment in a layout of runs of letters (``YYYY-MM-DD``) and quoted text."""
    moment, _ = _parse(stamp)
    pieces: list[str] = []
    at = 0
    while at < len(layout):
        letter = layout[at]
        if letter == "'":
            literal, at = _literal(layout, at)
            pieces.append(literal)
            continue
        end = at
        while end < len(layout) and layout[end] == letter:
            end += 1
        run = layout[at:end]
        pieces.append(_verb(run, moment) if letter.isascii() and letter.isalpha() else run)
        at = end
    return "".join(pieces)


def _literal(layout: str, start: int) -> tuple[str, int]:
    """Quoted text; two quotes stand for one."""
    pieces: list[str] = []
    at = start + 1
    while True:
        end = layout.find("'", at)
        if end < 0:
            raise EvaluationError(phrase("expr.date-format", verb=layout[start : start + 20]))
        pieces.append(layout[at:end])
        if layout[end + 1 : end + 2] != "'":
            return "".join(pieces), end + 1
        pieces.append("'")
        at = end + 2


def _verb(run: str, moment: datetime) -> str:
    hour12 = moment.hour % 12 or 12
    month, day = _MONTHS[moment.month - 1], _DAYS[moment.weekday()]
    found = {
        "YY": f"{moment.year % 100:02d}",
        "YYYY": f"{moment.year:04d}",
        "M": str(moment.month),
        "MM": f"{moment.month:02d}",
        "MMM": month[:3],
        "MMMM": month,
        "D": str(moment.day),
        "DD": f"{moment.day:02d}",
        "EEE": day[:3],
        "EEEE": day,
        "h": str(moment.hour),
        "hh": f"{moment.hour:02d}",
        "H": str(hour12),
        "HH": f"{hour12:02d}",
        "AA": "AM" if moment.hour < 12 else "PM",
        "aa": "am" if moment.hour < 12 else "pm",
        "m": str(moment.minute),
        "mm": f"{moment.minute:02d}",
        "s": str(moment.second),
        "ss": f"{moment.second:02d}",
        "Z": _offset(moment, ":", zulu=True),
        "ZZZ": _offset(moment, "", zulu=False).replace("+0000", "UTC"),
        "ZZZZ": _offset(moment, "", zulu=False),
        "ZZZZZ": _offset(moment, ":", zulu=False),
    }.get(run)
    if found is None:
        raise _unknown_verb(run)
    return found


def _unknown_verb(run: str) -> EvaluationError:
    return EvaluationError(phrase("expr.date-format", verb=run[:20]))
