"""``format`` and ``formatlist``.

Source: Terraform language documentation, "format Function"; verbs as Go's ``fmt`` prints
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from souverain.model import phrase
from souverain.records import dataclass
from souverain.regex import regex
from souverain.terraform import numerics
from souverain.terraform.conversions import MAX_TEXT, convert, joined, to_string
from souverain.terraform.errors import EvaluationError, too_large
from souverain.terraform.functions.graphemes import clusters
from souverain.terraform.functions.json import dumps, quoted
from souverain.terraform.numerics import Number, fraction, integer, to_text
from souverain.terraform.typesystem import BOOL, NUMBER
from souverain.terraform.walking import elements
from souverain.values import ListOf, Partial, Unknown, Value

_VERB = regex(
    r"%(?P<flags>[ #+\-0]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<index>[0-9]+)\])?(?P<verb>[a-zA-Z%])"
)
_MAX_WIDTH = 10_000


@dataclass(frozen=True, slots=True)
class _Verb:
    letter: str
    flags: str
    width: int
    precision: int | None
    index: int | None

    @property
    def sign(self) -> str:
        return "+" if "+" in self.flags else " " if " " in self.flags else ""

    @property
    def pad(self) -> str:
        return "0" if "0" in self.flags and "-" not in self.flags else " "


def format_(template: Value, *args: Value) -> Value:
    """One string; an unknown argument leaves a partly known text."""
    if isinstance(template, (Unknown, Partial)):
        return template if isinstance(template, Unknown) else template.unknown
    assert isinstance(template, str)
    return joined(_formatted(template, args))


def formatlist(template: Value, *args: Value) -> Value:
    """One string per element of the list arguments; the others are repeated."""
    if isinstance(template, (Unknown, Partial)):
        return template if isinstance(template, Unknown) else template.unknown
    columns = [elements(arg) for arg in args]
    assert isinstance(template, str)
    unknown = next((arg for arg in args if isinstance(arg, Unknown)), None)
    if unknown is not None:
        return unknown
    lengths = {len(column) for column in columns if column is not None}
    if len(lengths) > 1:
        raise EvaluationError(phrase("expr.same-length", name="formatlist"))
    count = lengths.pop() if lengths else 1
    rows = (
        [arg if column is None else column[row] for arg, column in zip(args, columns, strict=True)]
        for row in range(count)
    )
    return ListOf(_each(template, rows))


def _each(template: str, rows: Iterable[Sequence[Value]]) -> Iterator[Value]:
    length = 0
    for row in rows:
        whole = joined(_formatted(template, row))
        length += len(whole) if isinstance(whole, str) else 0
        if length > MAX_TEXT:
            raise too_large("formatlist", MAX_TEXT)
        yield whole


def _formatted(template: str, args: Sequence[Value]) -> list[str | Unknown]:
    segments: list[str | Unknown] = []
    at = position = used = length = 0
    while True:
        percent = template.find("%", at)
        if percent < 0:
            segments.append(template[at:])
            break
        segments.append(template[at:percent])
        verb, at = _verb(template, percent)
        if verb.letter == "%":
            segments.append("%")
            continue
        position = verb.index if verb.index is not None else position + 1
        used = max(used, position)
        if not 1 <= position <= len(args):
            raise EvaluationError(phrase("expr.format-arguments", found=len(args)))
        added = _segments(verb, args[position - 1])
        length += sum(len(s) for s in added if isinstance(s, str))
        if length > MAX_TEXT:
            raise too_large("format", MAX_TEXT)
        segments.extend(added)
    if used < len(args) and not _indexed(template):
        raise EvaluationError(phrase("expr.format-arguments", found=len(args)))
    return segments


def _indexed(template: str) -> bool:
    return any(found["index"] for found in _VERB.finditer(template))


def _verb(template: str, percent: int) -> tuple[_Verb, int]:
    found = _VERB.match(template, percent)
    if found is None or found["verb"] not in "vtbdoxXeEfgGsq%":
        raise EvaluationError(phrase("expr.format-verb", position=percent + 1))
    width = int(found["width"] or 0) if len(found["width"] or "") < 6 else _MAX_WIDTH + 1
    precision = None if found["precision"] is None else int(found["precision"][:6] or 0)
    if max(width, precision or 0) > _MAX_WIDTH:
        raise too_large("format", _MAX_WIDTH)
    index = None if found["index"] is None else int(found["index"][:6])
    return _Verb(found["verb"], found["flags"], width, precision, index), found.end()


def _segments(verb: _Verb, arg: Value) -> list[str | Unknown]:
    if isinstance(arg, Unknown):
        return [arg]
    plain = verb.width == 0 and verb.precision is None and verb.letter in "sv"
    if isinstance(arg, Partial):
        return list(arg.segments) if plain else [arg.unknown]
    if verb.letter == "v":
        return _any(verb, arg)
    if arg is None:
        raise EvaluationError(phrase("expr.format-null"))
    if verb.letter in "sq":
        return [_string(verb, arg)]
    if verb.letter == "t":
        return [_padded(verb, str(to_string(convert(arg, BOOL))))]
    number = convert(arg, NUMBER)
    if isinstance(number, Unknown):
        return [number]
    assert isinstance(number, (int, Decimal))
    return [_number(verb, number)]


def _any(verb: _Verb, arg: Value) -> list[str | Unknown]:
    """``%v``: text of what is text, JSON of everything else."""
    if "#" in verb.flags or arg is None or not isinstance(arg, (str, bool, int, Decimal)):
        segments = dumps(arg)
        whole = joined(segments)
        return [_padded(verb, whole)] if isinstance(whole, str) else segments
    if isinstance(arg, (bool, str)):
        return [_string(verb, arg)]
    return [_number(verb, arg)]


def _string(verb: _Verb, arg: Value) -> str:
    whole = to_string(arg)
    assert isinstance(whole, str)
    if verb.precision is not None:
        whole = "".join(clusters(whole)[: verb.precision])
    return _padded(verb, quoted(whole) if verb.letter == "q" else whole)


def _padded(verb: _Verb, whole: str) -> str:
    missing = verb.width - len(clusters(whole))
    if missing <= 0:
        return whole
    return whole + " " * missing if "-" in verb.flags else verb.pad * missing + whole


def _number(verb: _Verb, number: Number) -> str:
    if verb.letter in _INTEGERS:
        whole = integer(number, "format")
        digits = _INTEGERS[verb.letter](abs(whole), "#" in verb.flags)
        if verb.precision is not None:
            digits = digits.rjust(verb.precision, "0")
        return _signed(verb, digits, whole < 0)
    return _signed(verb, _FLOATS[verb.letter](numerics.absolute(number), verb), number < 0)


def _signed(verb: _Verb, digits: str, negative: bool) -> str:
    sign = "-" if negative else verb.sign
    if verb.pad == "0":
        return sign + digits.rjust(verb.width - len(sign), "0")
    return _padded(verb, sign + digits)


_INTEGERS: dict[str, Callable[[int, bool], str]] = {
    "d": lambda n, _: str(n),
    "b": lambda n, marked: format(n, "#b" if marked else "b"),
    "o": lambda n, marked: ("0" if marked else "") + format(n, "o"),
    "x": lambda n, marked: format(n, "#x" if marked else "x"),
    "X": lambda n, marked: ("0X" if marked else "") + format(n, "X"),
}


def _fixed(number: Number, verb: _Verb) -> str:
    places = 6 if verb.precision is None else verb.precision
    scaled = round(fraction(number) * 10**places)
    digits = str(scaled).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _scientific(number: Number, verb: _Verb) -> str:
    places = 6 if verb.precision is None else verb.precision
    digits, exponent = _significant(fraction(number), places + 1)
    mantissa = f"{digits[0]}.{digits[1:]}" if places else digits
    return mantissa + _exponent(exponent, verb)


def _general(number: Number, verb: _Verb) -> str:
    """The shorter of the two notations, without trailing zeros."""
    if verb.precision is None:
        digits, exponent = _shortest_digits(number)
        limit = max(len(digits), 21) if verb.letter in "gG" else 21
    else:
        digits, exponent = _significant(fraction(number), max(verb.precision, 1))
        limit = max(verb.precision, 1)
        digits = digits.rstrip("0") or "0"
        limit = max(limit, 1)
    if exponent < -4 or exponent >= limit:
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return mantissa + _exponent(exponent, verb)
    return to_text(
        numerics.of_fraction(Fraction(int(digits)) * Fraction(10) ** (exponent - len(digits) + 1))
    )


def _value(number: Number, verb: _Verb) -> str:
    """``%v`` of a number: as Terraform prints numbers, in scientific notation when long."""
    return _general(number, verb)


def _exponent(exponent: int, verb: _Verb) -> str:
    letter = "E" if verb.letter in "EG" else "e"
    return f"{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _shortest_digits(number: Number) -> tuple[str, int]:
    exact = Decimal(number)
    digits = "".join(map(str, exact.as_tuple().digits)).rstrip("0") or "0"
    return digits, exact.adjusted() if exact else 0


def _significant(exact: Fraction, count: int) -> tuple[str, int]:
    """``count`` digits of a number, rounded half to even, and its power of ten."""
    if exact == 0:
        return "0" * count, 0
    exponent = len(str(exact.numerator)) - len(str(exact.denominator))
    if exact < Fraction(10) ** exponent:
        exponent -= 1
    digits = round(exact * Fraction(10) ** (count - 1 - exponent))
    if digits >= 10**count:
        return _significant(Fraction(10) ** (exponent + 1), count)
    return str(digits), exponent


_FLOATS: dict[str, Callable[[Number, _Verb], str]] = {
    "f": _fixed,
    "e": _scientific,
    "E": _scientific,
    "g": _general,
    "G": _general,
    "v": _value,
}
