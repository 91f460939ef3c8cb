"""``jsonencode`` and ``jsondecode``.

Source: Terraform language documentation, "jsonencode Function"; RFC 8259. Encoding writes
object members in name order, without spaces, and escapes ``<``, ``>`` and ``&``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform import numerics
from souverain.terraform.conversions import MAX_TEXT, joined, text
from souverain.terraform.errors import EvaluationError, NotEvaluated, too_large
from souverain.terraform.functions.memory import remembering
from souverain.terraform.walking import closed, elements
from souverain.values import OpenMap, Partial, Unknown, Value

_MAX_DEPTH = 100
_ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def quoted(value: str) -> str:
    """A JSON string."""
    written = json.dumps(value, ensure_ascii=False)
    return written.translate(_ESCAPES)


def jsonencode(value: Value) -> Value:
    """JSON text; unknown parts leave a partly known text."""
    if isinstance(value, Unknown):
        return value
    return joined(dumps(value))


def dumps(value: Value) -> list[str | Unknown]:
    """JSON text in segments. Raises NotEvaluated when it is too long or too deep."""
    segments: list[str | Unknown] = []
    _write(value, segments, _Budget(), 0)
    return segments


class _Budget:
    """Characters that may still be written."""

    def __init__(self) -> None:
        self._left = MAX_TEXT

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise too_large("jsonencode", MAX_TEXT)


def _write(value: Value, out: list[str | Unknown], budget: _Budget, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise NotEvaluated(phrase("expr.too-deep", limit=_MAX_DEPTH))
    if isinstance(value, Unknown):
        out.append(value)
    elif isinstance(value, Partial):
        _write_partial(value, out)
    elif isinstance(value, OpenMap):
        _write_open(value, out, budget, depth)
    elif isinstance(value, Mapping):
        _write_members(closed(value), out, budget, depth)
    elif (items := elements(value)) is not None:
        _write_items(items, out, budget, depth)
    else:
        written = _scalar(value)
        budget.spend(len(written) + 1)
        out.append(written)


def _scalar(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return numerics.to_text(value)
    assert isinstance(value, str)
    return quoted(value)


def _write_partial(value: Partial, out: list[str | Unknown]) -> None:
    """The unknown parts of a string may need escapes, its literal parts are as they are."""
    out.append('"')
    out.extend(s if isinstance(s, Unknown) else quoted(s)[1:-1] for s in value.segments)
    out.append('"')


def _write_members(
    value: Mapping[str, Value], out: list[str | Unknown], budget: _Budget, depth: int
) -> None:
    out.append("{")
    for position, name in enumerate(sorted(value)):
        budget.spend(len(name) + 4)
        out.append(("," if position else "") + quoted(name) + ":")
        _write(value[name], out, budget, depth + 1)
    out.append("}")


def _write_open(value: OpenMap, out: list[str | Unknown], budget: _Budget, depth: int) -> None:
    """Other members, and commas, may lie anywhere between the known ones."""
    out.append("{")
    for name in sorted(value):
        budget.spend(len(name) + 4)
        out.extend((value.rest, quoted(name) + ":"))
        _write(value[name], out, budget, depth + 1)
    out.extend((value.rest, "}"))


def _write_items(
    items: Sequence[Value], out: list[str | Unknown], budget: _Budget, depth: int
) -> None:
    budget.spend(2)
    out.append("[")
    for position, item in enumerate(items):
        if position:
            out.append(",")
        _write(item, out, budget, depth + 1)
    out.append("]")


@remembering
def jsondecode(document: str) -> Value:
    """Tuples and objects. Raises EvaluationError on invalid JSON, NotEvaluated when it is too
    deep."""
    _check_depth(document)
    try:
        decoded = json.loads(
            document,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse,
        )
    except ValueError:
        raise EvaluationError(phrase("expr.bad-document", format="JSON")) from None
    return _plain(decoded)


_BRACKET = regex(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)


def _check_depth(document: str) -> None:
    """Looks at the brackets before the decoder recurses into them."""
    if document.count("[") + document.count("{") <= _MAX_DEPTH:
        return
    depth = 0
    for found in _BRACKET.finditer(document):
        depth += (found[1] is not None) - (found[2] is not None)
        if depth > _MAX_DEPTH:
            raise NotEvaluated(phrase("expr.too-deep", limit=_MAX_DEPTH))


def _number(digits: str) -> numerics.Number:
    number = numerics.parse(digits)
    if number is None:
        raise ValueError(digits)
    return number


def _refuse(constant: str) -> Value:
    raise ValueError(constant)


def _plain(decoded: object) -> Value:
    if isinstance(decoded, str):
        return text(decoded)
    if isinstance(decoded, list):
        return tuple([_plain(item) for item in decoded])
    if isinstance(decoded, dict):
        return {text(name): _plain(item) for name, item in decoded.items()}
    assert decoded is None or isinstance(decoded, (bool, int, Decimal))
    return decoded
