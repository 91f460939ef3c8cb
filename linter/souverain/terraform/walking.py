"""Walking values: their parts, and the bound on how many are looked at.

A value may hold the same part many times, so its nested elements can be far more than what
memory holds: everything that recurses into a value is preceded by a bounded walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from souverain.model import phrase
from souverain.terraform.errors import NotEvaluated, too_large
from souverain.values import OpenMap, Partial, SetOf, Unknown, Value

MAX_NODES = 200_000
"""Largest value, in nested elements, that one operation looks at."""

OPEN_OBJECT = Unknown(phrase("expr.open-object"))
"""Stands for the attributes of an open object that are not written: a Mapping that is not
a dict is a resource, which can be asked for any attribute but not for all of them."""


def closed(value: Mapping[str, Value]) -> Mapping[str, Value]:
    """``value``, to be walked as a whole. Raises NotEvaluated when not all of it is known."""
    if isinstance(value, OpenMap):
        raise NotEvaluated(value.rest.reason, value.rest)
    if not isinstance(value, dict):
        raise NotEvaluated(OPEN_OBJECT.reason)
    return value


def elements(value: Value) -> tuple[Value, ...] | None:
    """Elements of a list, tuple or set; None for anything else."""
    if isinstance(value, tuple):
        return value
    return value.items if isinstance(value, SetOf) else None


def first_unknown(value: Value) -> Unknown | None:
    """The first unknown part of a value, at any depth.

    Raises NotEvaluated when the value has more than 200,000 nested elements, so whoever
    walks a value afterwards is bounded.
    """
    if value is None or isinstance(value, (str, int, Decimal)):
        return None
    return next(_unknowns(value), None)


def bounded(value: Value) -> None:
    """Raises NotEvaluated when a value has more than 200,000 nested elements."""
    if value is None or isinstance(value, (str, int, Decimal)):
        return
    for _ in _unknowns(value):
        pass


def _unknowns(value: Value) -> Iterator[Unknown]:
    pending: list[Value] = [value]
    seen = 0
    while pending:
        item = pending.pop()
        if item is None or isinstance(item, (str, int, Decimal)):
            continue
        inner: Sequence[Value] = ()
        if isinstance(item, Unknown):
            yield item
        elif isinstance(item, Partial):
            yield from (segment for segment in item.segments if isinstance(segment, Unknown))
        elif isinstance(item, dict):
            inner = list(item.values())
        elif isinstance(item, OpenMap):
            yield item.rest
            inner = list(item.known.values())
        elif isinstance(item, Mapping):
            yield OPEN_OBJECT
        else:
            inner = elements(item) or ()
        pending.extend(reversed(inner))
        seen += 1 + len(inner)
        if seen > MAX_NODES:
            raise too_large("value", MAX_NODES)


MAX_SEGMENTS = 200
"""Segments of a template with unknown parts."""
