"""Conversion of values between Terraform's types, and the identity of values.

Source: Terraform language documentation, "Type Conversion"; the order of sets and the
rules that the documentation leaves open are those of Terraform 1.15, which
``tests/differential`` compares with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from souverain.model import phrase
from souverain.terraform import numerics
from souverain.terraform.errors import EvaluationError
from souverain.terraform.typesystem import (
    BOOL,
    DYNAMIC,
    NUMBER,
    OPEN,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    Structure,
    TupleType,
    Type,
    name_of,
    type_of,
    unify,
)
from souverain.terraform.walking import bounded, closed, elements, first_unknown
from souverain.values import ListOf, MapOf, OpenMap, Partial, SetOf, Unknown, Value

MAX_TEXT = 1_000_000
"""Longest string, in code points, that an expression may build."""


def text(value: str) -> str:
    """A string as Terraform holds it: NFC."""
    return value if value.isascii() else unicodedata.normalize("NFC", value)


MAX_SEGMENTS = 200
"""Segments of a template with unknown parts."""


def joined(segments: Iterable[str | Unknown]) -> str | Partial | Unknown:
    """Segments as one string; literal text that touches is one segment.

    A segment that Terraform would reject is the result.
    """
    segments = list(segments)
    if all(isinstance(segment, str) for segment in segments):
        return text("".join(map(str, segments)))
    for segment in segments:
        if isinstance(segment, Unknown) and segment.error:
            return segment
    merged: list[str | Unknown] = []
    for literal, run in groupby(segments, key=lambda segment: isinstance(segment, str)):
        if not literal:
            merged.extend(dict.fromkeys(run))
        elif whole := text("".join(str(piece) for piece in run)):
            merged.append(whole)
    if len(merged) > MAX_SEGMENTS:
        # What lies between may be anything: only the two ends are ever matched.
        half = MAX_SEGMENTS // 2
        between = [s for s in merged[half:-half] if isinstance(s, Unknown)][:1]
        merged = [*merged[:half], *between, *merged[-half:]]
    if len(merged) > 1 or any(isinstance(segment, Unknown) for segment in merged):
        return Partial(tuple(merged))
    return str(merged[0]) if merged else ""


# --- identity -------------------------------------------------------------------------


def identity(value: Value) -> Hashable:
    """A key that two known values share exactly when Terraform's ``==`` holds.

    Raises NotEvaluated when the value is too large.
    """
    bounded(value)
    return _identity(value)


def _identity(value: Value) -> Hashable:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return (BOOL, value)
    if isinstance(value, (int, Decimal)):
        return (NUMBER, value)
    if isinstance(value, ListOf):
        return ("list", *map(_identity, value))
    if isinstance(value, tuple):
        return ("tuple", *map(_identity, value))
    if isinstance(value, SetOf):
        return ("set", frozenset(map(_identity, value.items)))
    if isinstance(value, dict):
        kind = "map" if isinstance(value, MapOf) else "object"
        return (kind, frozenset((name, _identity(item)) for name, item in value.items()))
    if isinstance(value, OpenMap):
        return ("open", _identity(dict(value.known)), value.rest)
    return ("open", id(value)) if isinstance(value, Mapping) else ("unknown", value)


def distinct(items: Iterable[Value]) -> list[Value]:
    """The elements without repetition, in first-seen order; unknown ones are all kept."""
    seen: set[Hashable] = set()
    kept: list[Value] = []
    for item in items:
        if first_unknown(item) is None:
            key = identity(item)
            if key in seen:
                continue
            seen.add(key)
        kept.append(item)
    return kept


def set_of(items: Iterable[Value]) -> SetOf:
    """A set of values that already have one type."""
    return SetOf(tuple(sorted(distinct(items), key=_set_order)))


def _set_order(item: Value) -> tuple[int, bool | int | Decimal | str]:
    if isinstance(item, (bool, int, Decimal, str)):
        return 0, item
    if isinstance(item, (Unknown, Partial)):
        return 2, ""
    return 1, _set_bytes(item)


def _set_bytes(value: Value) -> str:
    """What Terraform orders structured set elements by."""
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, (int, Decimal)):
        return numerics.to_text(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    inner = elements(value)
    if inner is not None:
        return "[" + "".join(_set_bytes(item) + ";" for item in inner) + "]"
    if isinstance(value, MapOf):
        return "{" + "".join(f'"{k}":{_set_bytes(v)};' for k, v in sorted(value.items())) + "}"
    if isinstance(value, Mapping):
        return "<" + "".join(_set_bytes(v) + ";" for _, v in sorted(value.items())) + ">"
    return "?"


# --- conversion -----------------------------------------------------------------------


def convert(value: Value, wanted: Type) -> Value:
    """``value`` as ``wanted``; unknown parts stay, a :class:`Partial` stays a string.

    Raises EvaluationError when Terraform has no such conversion, NotEvaluated when the
    value is too large.
    """
    if wanted == DYNAMIC or value is None or isinstance(value, Unknown):
        return value
    if wanted == STRING and isinstance(value, str):
        return value
    if wanted == OPEN:
        return _settled(value) if isinstance(value, OpenMap) else value
    if isinstance(wanted, str):
        return _to_primitive(value, wanted)
    bounded(value)
    return _to_structure(value, wanted)


def _to_structure(value: Value, wanted: Structure) -> Value:
    if isinstance(wanted, (ListType, SetType)):
        return _to_sequence(value, wanted)
    if isinstance(wanted, MapType):
        return _to_map(value, wanted)
    if isinstance(wanted, TupleType):
        return _to_tuple(value, wanted)
    return _to_object(value, wanted)


def to_string(value: Value) -> str | Unknown | Partial | None:
    """``value`` as text, with its unknown parts. Raises EvaluationError for collections."""
    converted = convert(value, STRING)
    assert converted is None or isinstance(converted, (str, Unknown, Partial))
    return converted


def _to_primitive(value: Value, wanted: Primitive) -> Value:
    if isinstance(value, Partial):
        return value if wanted == STRING else value.unknown
    if isinstance(value, bool):
        if wanted == BOOL:
            return value
        if wanted == STRING:
            return "true" if value else "false"
    elif isinstance(value, (int, Decimal)):
        if wanted == NUMBER:
            return value
        if wanted == STRING:
            return numerics.to_text(value)
    elif isinstance(value, str):
        return _from_string(value, wanted)
    raise _mismatch(value, wanted)


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _from_string(value: str, wanted: Primitive) -> Value:
    if wanted == STRING:
        return value
    found = _BOOLEANS.get(value) if wanted == BOOL else numerics.parse(value)
    if found is None:
        raise EvaluationError(phrase("expr.not-a", type=wanted))
    return found


def _to_sequence(value: Value, wanted: ListType | SetType) -> Value:
    items = elements(value)
    if items is None:
        raise _mismatch(value, wanted)
    converted = [_part(item, wanted.element) for item in unified(items, wanted.element)]
    return ListOf(converted) if isinstance(wanted, ListType) else set_of(converted)


def _to_map(value: Value, wanted: MapType) -> Value:
    if not isinstance(value, Mapping):
        raise _mismatch(value, wanted)
    members = value.known if isinstance(value, OpenMap) else closed(value)
    items = unified(tuple(members.values()), wanted.element)
    converted = MapOf(
        (name, _part(item, wanted.element)) for name, item in zip(members, items, strict=True)
    )
    if not isinstance(value, OpenMap):
        return converted
    found = OpenMap(converted, value.rest)
    return _settled(found) if wanted.element == DYNAMIC else found


def _settled(value: OpenMap) -> Value:
    """Without the members that the type of those which are not known may convert to text."""
    known = {
        name: item
        for name, item in value.known.items()
        if item is None or isinstance(item, (str, Partial, Unknown))
    }
    return OpenMap(known, value.rest) if known else value.rest


def _to_tuple(value: Value, wanted: TupleType) -> Value:
    if not isinstance(value, tuple) or isinstance(value, ListOf) or len(value) != len(wanted.items):
        raise _mismatch(value, wanted)
    return tuple(_part(item, kind) for item, kind in zip(value, wanted.items, strict=True))


def _to_object(value: Value, wanted: ObjectType) -> Value:
    if not isinstance(value, Mapping):
        raise _mismatch(value, wanted)
    missing = [n for n, _ in wanted.attributes if n not in value and n not in wanted.optional]
    if missing:
        raise EvaluationError(phrase("expr.attribute-required", name=missing[0]))
    return {n: _part(value.get(n), kind) for n, kind in wanted.attributes}


def _part(item: Value, wanted: Type) -> Value:
    """Like :func:`convert`, inside a value whose size is known to be bounded."""
    if isinstance(wanted, str) or item is None or isinstance(item, Unknown):
        return convert(item, wanted)
    return _to_structure(item, wanted)


def unified(items: Sequence[Value], wanted: Type = DYNAMIC) -> Sequence[Value]:
    """``items`` converted to the one type they unify to, when ``wanted`` leaves it open.

    Raises EvaluationError when there is none.
    """
    if wanted != DYNAMIC:
        return items
    types = [type_of(item) for item in items]
    common = unify(types)
    if common is None:
        raise EvaluationError(phrase("expr.no-common-type"))
    return items if set(types) <= {common} else [convert(item, common) for item in items]


def _mismatch(value: Value, wanted: Type) -> EvaluationError:
    return EvaluationError(
        phrase("expr.wrong-type", wanted=name_of(wanted), found=name_of(type_of(value)))
    )
