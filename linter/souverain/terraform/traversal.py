"""Steps into a value: attributes, indices, splats, the pairs a ``for`` walks.

Source: HCL 2 specification, "Variables and Variable Expressions", "Splat Operators".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from souverain.model import Ref
from souverain.terraform.conversions import convert, elements, identity, to_string
from souverain.terraform.errors import EvaluationError, invalid
from souverain.terraform.scope import IndexStep, Step
from souverain.terraform.types import NUMBER, name_of, type_of
from souverain.values import ListOf, MapOf, Partial, SetOf, Unknown, Value


def follow(value: Value, step: Step) -> Value:
    """The value one step further. Raises EvaluationError when there is no such step."""
    if isinstance(step, IndexStep):
        return _index(value, step.key)
    return _attribute(value, step)


def extend(unknown: Unknown, *names: str) -> Unknown:
    """The unknown found below ``unknown``: its reference keeps the path that was read."""
    if unknown.ref is None or not names:
        return unknown
    path = ".".join((unknown.ref.attribute, *names) if unknown.ref.attribute else names)
    return replace(unknown, ref=Ref(unknown.ref.address, path), element=None)


def _attribute(value: Value, name: str) -> Value:
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        raise invalid("no-attribute", name=name)
    if isinstance(value, Unknown):
        return extend(value, name)
    raise _no_parts(value, name)


def _index(value: Value, key: Value) -> Value:
    if isinstance(value, Unknown):
        if isinstance(key, str):
            return extend(value, key)
        return value if value.element is None else value.element
    if key is None:
        raise invalid("null-index")
    if isinstance(value, tuple):
        return _element(value, convert(key, NUMBER))
    if isinstance(value, Mapping):
        name = to_string(key)
        if isinstance(name, Unknown):
            return name
        if isinstance(name, Partial):
            return name.unknown
        if name in value:
            return value[name]
        raise invalid("no-attribute", name=str(name))
    if isinstance(value, SetOf):
        raise invalid("set-index")
    raise _no_parts(value, "[...]")


def _element(items: tuple[Value, ...], position: Value) -> Value:
    if isinstance(position, Unknown):
        return position
    if isinstance(position, int) and 0 <= position < len(items):
        return items[position]
    raise invalid("no-element", index=str(position)[:40], length=len(items))


def _no_parts(value: Value, name: str) -> EvaluationError:
    if value is None:
        return invalid("null-parts", name=name)
    return invalid("no-parts", name=name, found=name_of(type_of(value)))


def pairs(collection: Value) -> list[tuple[Value, Value]]:
    """Keys and values in Terraform's iteration order; a set gives its elements as keys.

    Raises EvaluationError for what cannot be walked. Not for unknown collections.
    """
    if isinstance(collection, tuple):
        return list(enumerate(collection))
    if isinstance(collection, Mapping):
        return sorted(collection.items())
    if isinstance(collection, SetOf):
        return [(item, item) for item in collection.items]
    if collection is None:
        raise invalid("null-iteration")
    raise invalid("no-iteration", found=name_of(type_of(collection)))


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
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        merged = {name: merge(value, other[name], unknown) for name, value in one.items()}
        return MapOf(merged) if isinstance(one, MapOf) else merged
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return type(one)(merge(a, b, unknown) for a, b in zip(one, other))
    return unknown

