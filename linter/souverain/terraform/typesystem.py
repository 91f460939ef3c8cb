"""Terraform's types, the type of a value, and the one type several types unify to.

Source: Terraform language documentation, "Types and Values"; conversion and unification
rules as observed from Terraform 1.15 (``tests/differential``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Literal

from souverain.records import dataclass
from souverain.terraform.walking import bounded
from souverain.values import ListOf, MapOf, Partial, SetOf, Unknown, Value

Primitive = Literal["string", "number", "bool", "dynamic", "open"]
STRING: Primitive = "string"
NUMBER: Primitive = "number"
BOOL: Primitive = "bool"
DYNAMIC: Primitive = "dynamic"
"""``any``: a type that is not known yet."""
OPEN: Primitive = "open"
"""A map or object of which not every member is known."""


@dataclass(frozen=True, slots=True)
class ListType:
    """``list(...)``."""

    element: Type


@dataclass(frozen=True, slots=True)
class SetType:
    """``set(...)``."""

    element: Type


@dataclass(frozen=True, slots=True)
class MapType:
    """``map(...)``."""

    element: Type


@dataclass(frozen=True, slots=True)
class TupleType:
    """``tuple([...])``."""

    items: tuple[Type, ...]


@dataclass(frozen=True)
class ObjectType:
    """``attributes`` is sorted by name; ``optional`` names those that may be absent."""

    attributes: tuple[tuple[str, Type], ...]
    optional: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> dict[str, Type]:
        return dict(self.attributes)


Structure = ListType | SetType | MapType | TupleType | ObjectType
Type = Primitive | Structure


def object_type(attributes: dict[str, Type], optional: Iterable[str] = ()) -> ObjectType:
    """An object type with its attributes in name order."""
    return ObjectType(tuple(sorted(attributes.items())), frozenset(optional))


def name_of(wanted: Type) -> str:
    """The type as an author writes it, down to the first collection."""
    if isinstance(wanted, str):
        return {DYNAMIC: "any", OPEN: "object"}.get(wanted, wanted)
    if isinstance(wanted, TupleType):
        return "tuple"
    if isinstance(wanted, ObjectType):
        return "object"
    kind = {ListType: "list", SetType: "set", MapType: "map"}[type(wanted)]
    return f"{kind}({wanted.element})" if isinstance(wanted.element, str) else kind


def type_of(value: Value) -> Type:
    """Type of a value. Null and unknown values have none (``dynamic``).

    Raises NotEvaluated when the value is too large.
    """
    bounded(value)
    return _type(value)


def _type(value: Value) -> Type:
    if isinstance(value, (str, Partial)):
        return STRING
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, (int, Decimal)):
        return NUMBER
    if value is None or isinstance(value, Unknown):
        return DYNAMIC
    if isinstance(value, ListOf):
        return ListType(_common(value))
    if isinstance(value, tuple):
        return TupleType(tuple(map(_type, value)))
    if isinstance(value, SetOf):
        return SetType(_common(value.items))
    if isinstance(value, MapOf):
        return MapType(_common(tuple(value.values())))
    if not isinstance(value, dict):
        return OPEN
    return object_type({name: _type(item) for name, item in value.items()})


def _common(items: Sequence[Value]) -> Type:
    """Element type of a collection, whose elements were converted to one type before."""
    distinct = {_type(item) for item in items} - {DYNAMIC}
    return unify(tuple(distinct)) or DYNAMIC if distinct else DYNAMIC


# --- unification ----------------------------------------------------------------------


def unify(types: Sequence[Type]) -> Type | None:
    """The one type every given type converts to, or None. An empty sequence gives dynamic."""
    distinct = list(dict.fromkeys(types))
    if len(distinct) <= 1:
        return distinct[0] if distinct else DYNAMIC
    known = [t for t in distinct if t != DYNAMIC]
    if len(known) == 1:
        return known[0]
    if OPEN in known:
        members = all(t == OPEN or isinstance(t, (MapType, ObjectType)) for t in known)
        return OPEN if members else None
    kinds = {_kind(t) for t in known}
    structural = _UNIFIERS.get(frozenset(kinds))
    if structural is not None:
        found = structural(known)
        if found is not None or len(kinds) == 1:
            return found
    if {"object", "tuple"} <= kinds:
        return None
    return next((t for t in _preferred(known) if all(convertible(o, t) for o in known)), None)


def _kind(of: Type) -> str:
    return "primitive" if isinstance(of, str) else type(of).__name__.removesuffix("Type").lower()


def _preferred(types: Sequence[Type]) -> list[Type]:
    """Text before anything else, lists before sets, tuples last."""
    return sorted(types, key=lambda t: _PREFERENCE.get(_kind(t), 2) if t != STRING else 0)


_PREFERENCE = {"list": 1, "tuple": 3}


def _unify_lists(types: Sequence[Type]) -> Type | None:
    element = unify(_elements(types))
    return None if element is None else ListType(element)


def _unify_sets(types: Sequence[Type]) -> Type | None:
    element = unify(_elements(types))
    return None if element is None else SetType(element)


def _unify_maps(types: Sequence[Type]) -> Type | None:
    element = unify(_elements(types))
    return None if element is None else MapType(element)


def _elements(types: Sequence[Type]) -> list[Type]:
    found: list[Type] = []
    for one in types:
        if isinstance(one, (ListType, SetType, MapType)):
            found.append(one.element)
        elif isinstance(one, TupleType):
            found.extend(one.items)
        elif isinstance(one, ObjectType):
            found.extend(attribute for _, attribute in one.attributes)
    return found


def _unify_objects(types: Sequence[Type]) -> Type | None:
    objects = [t for t in types if isinstance(t, ObjectType)]
    names = objects[0].by_name.keys()
    if any(o.by_name.keys() != names for o in objects):
        return _unify_maps(types)
    unified = {name: unify([o.by_name[name] for o in objects]) for name in names}
    if None in unified.values():
        return None
    return object_type({n: t for n, t in unified.items() if t is not None})


def _unify_tuples(types: Sequence[Type]) -> Type | None:
    tuples = [t for t in types if isinstance(t, TupleType)]
    if len({len(t.items) for t in tuples}) > 1:
        return _unify_lists(types)
    unified = [unify(column) for column in zip(*(t.items for t in tuples), strict=True)]
    if None in unified:
        return None
    return TupleType(tuple(t for t in unified if t is not None))


_UNIFIERS = {
    frozenset({"list"}): _unify_lists,
    frozenset({"list", "tuple"}): _unify_lists,
    frozenset({"set"}): _unify_sets,
    frozenset({"map"}): _unify_maps,
    frozenset({"map", "object"}): _unify_maps,
    frozenset({"object"}): _unify_objects,
    frozenset({"tuple"}): _unify_tuples,
}


# --- whether a conversion exists ------------------------------------------------------


def convertible(have: Type, want: Type) -> bool:
    """Whether values of one type may convert to another (a given value may still fail)."""
    if have == want or not {DYNAMIC, OPEN}.isdisjoint((have, want)):
        return True
    if isinstance(want, str):
        return isinstance(have, str) and STRING in (have, want)
    if isinstance(want, (ListType, SetType)):
        return _collects(have, want, (ListType, SetType, TupleType))
    if isinstance(want, MapType):
        return _collects(have, want, (MapType, ObjectType))
    if isinstance(want, TupleType):
        return (
            isinstance(have, TupleType)
            and len(have.items) == len(want.items)
            and all(map(convertible, have.items, want.items))
        )
    if isinstance(have, MapType):
        return all(convertible(have.element, t) for _, t in want.attributes)
    return isinstance(have, ObjectType) and all(
        convertible(have.by_name[name], attribute)
        if name in have.by_name
        else name in want.optional
        for name, attribute in want.attributes
    )


def _collects(have: Type, want: ListType | SetType | MapType, kinds: tuple[type, ...]) -> bool:
    if not isinstance(have, kinds):
        return False
    parts = _elements([have])
    if want.element == DYNAMIC:
        return unify(parts) is not None
    return all(convertible(part, want.element) for part in parts)
