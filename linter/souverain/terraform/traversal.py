"""Steps into a value: attributes, indices, splats, the pairs a ``for`` walks.

Source: HCL 2 specification, "Variables and Variable Expressions", "Splat Operators".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from souverain.model import phrase
from souverain.terraform.conversions import convert, identity
from souverain.terraform.errors import EvaluationError
from souverain.terraform.scope import IndexStep, Step
from souverain.terraform.typesystem import NUMBER, STRING, name_of, type_of
from souverain.terraform.walking import closed, elements
from souverain.values import ListOf, MapOf, OpenMap, Partial, SetOf, Unknown, Value


def follow(value: Value, step: Step) -> Value:
    """The value one step further. Raises EvaluationError when there is no such step."""
    if isinstance(step, IndexStep):
        return _index(value, step.key)
    return _attribute(value, step)


def _attribute(value: Value, name: str) -> Value:
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        raise EvaluationError(phrase("expr.no-attribute", name=name))
    if isinstance(value, Unknown):
        return value.below(name)
    raise _no_parts(value, name)


def _index(value: Value, key: Value) -> Value:
    if isinstance(value, Unknown):
        if isinstance(key, str):
            return value.below(key)
        return value if value.element is None else value.element
    if key is None:
        raise EvaluationError(phrase("expr.null-index"))
    if isinstance(value, tuple):
        return _element(value, convert(key, NUMBER))
    if isinstance(value, Mapping):
        return _keyed(value, convert(key, STRING))
    if isinstance(value, SetOf):
        raise EvaluationError(phrase("expr.set-index"))
    raise _no_parts(value, "[...]")


def _keyed(items: Mapping[str, Value], key: Value) -> Value:
    if isinstance(key, (Unknown, Partial)):
        return key if isinstance(key, Unknown) else key.unknown
    if isinstance(key, str) and key in items:
        return items[key]
    raise EvaluationError(phrase("expr.no-attribute", name=str(key)))


def _element(items: tuple[Value, ...], position: Value) -> Value:
    if isinstance(position, Unknown):
        return position
    if isinstance(position, int) and 0 <= position < len(items):
        return items[position]
    raise EvaluationError(phrase("expr.no-element", index=str(position)[:40], length=len(items)))


def _no_parts(value: Value, name: str) -> EvaluationError:
    if value is None:
        return EvaluationError(phrase("expr.null-parts", name=name))
    return EvaluationError(phrase("expr.no-parts", name=name, found=name_of(type_of(value))))


def pairs(collection: Value) -> list[tuple[Value, Value]]:
    """Keys and values in Terraform's iteration order; a set gives its elements as keys.

    Raises EvaluationError for what cannot be walked. Not for unknown collections.
    """
    if isinstance(collection, tuple):
        return list(enumerate(collection))
    if isinstance(collection, Mapping):
        return sorted(closed(collection).items())
    if isinstance(collection, SetOf):
        return [(item, item) for item in collection.items]
    if collection is None:
        raise EvaluationError(phrase("expr.null-iteration"))
    raise EvaluationError(phrase("expr.no-iteration", found=name_of(type_of(collection))))


def splat(value: Value) -> tuple[Value, ...]:
    """The elements ``[*]`` visits: none for null, the value itself unless it is a sequence."""
    if value is None:
        return ()
    found = elements(value)
    return (value,) if found is None else found


def same_kind(source: Value, results: Sequence[Value]) -> Value:
    """What a splat over ``source`` gives: a list for lists and sets, else a tuple."""
    return ListOf(results) if isinstance(source, (ListOf, SetOf)) else tuple(results)


def merge(one: Value, other: Value, unknown: Unknown) -> Value:
    """What two alternatives have in common; ``unknown`` stands where they differ."""
    if identity(one) == identity(other):
        return one
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return _merged_members(one, other, unknown)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return type(one)(merge(a, b, unknown) for a, b in zip(one, other, strict=True))
    return unknown


def _merged_members(
    one: Mapping[str, Value], other: Mapping[str, Value], unknown: Unknown
) -> Value:
    names, others = set(one), set(other)
    both = {name: merge(one[name], other[name], unknown) for name in one if name in others}
    if names != others or not (isinstance(one, dict) and isinstance(other, dict)):
        return OpenMap(both, unknown) if both else unknown
    return MapOf(both) if isinstance(one, MapOf) else both
