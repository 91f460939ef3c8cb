"""Functions over lists, sets, maps and objects.

Source: Terraform language documentation, "Collection Functions". Each keeps the unknown
elements it is given, and gives an unknown result only when they could change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from souverain.model import phrase
from souverain.terraform.conversions import convert, distinct, set_of, unified
from souverain.terraform.errors import EvaluationError, too_large
from souverain.terraform.functions.graphemes import clusters
from souverain.terraform.functions.numeric import to_range
from souverain.terraform.numerics import Number, integer
from souverain.terraform.operators import equal
from souverain.terraform.overlay import Overlay
from souverain.terraform.typesystem import (
    STRING,
    ListType,
    MapType,
    SetType,
    TupleType,
    type_of,
    unify,
)
from souverain.terraform.walking import MAX_NODES, bounded, closed, elements, first_unknown
from souverain.values import ListOf, MapOf, OpenMap, Partial, SetOf, Unknown, Value


def sequence(value: Value, name: str, *, sets: bool = True) -> tuple[Value, ...]:
    """Elements of a list or tuple (or set). Raises EvaluationError for anything else."""
    items = elements(value)
    if items is None or (isinstance(value, SetOf) and not sets):
        raise EvaluationError(phrase("expr.not-a-list", name=name))
    return items


def mapping(value: Value, name: str) -> Mapping[str, Value]:
    """Items of a map or object. Raises EvaluationError for anything else."""
    if not isinstance(value, Mapping):
        raise EvaluationError(phrase("expr.not-a-map", name=name))
    return closed(value)


def _limited(size: int, name: str) -> None:
    if size > MAX_NODES:
        raise too_large(name, MAX_NODES)


def length(value: Value) -> Value:
    """Characters of a text, elements of anything else; unknown for a set with unknown elements."""
    if isinstance(value, str):
        return len(clusters(value))
    if isinstance(value, Mapping):
        return len(closed(value))
    if isinstance(value, SetOf) and len(value.items) > 1:
        return first_unknown(value) or len(value.items)
    return len(sequence(value, "length"))


def alltrue(items: tuple[Value, ...]) -> Value:
    """Whether no element is false or null; one that is decides alone."""
    if any(item is False or item is None for item in items):
        return False
    return next((item for item in items if isinstance(item, Unknown)), True)


def anytrue(items: tuple[Value, ...]) -> Value:
    """Whether an element is true; one that is decides alone."""
    if any(item is True for item in items):
        return True
    return next((item for item in items if isinstance(item, Unknown)), False)


def chunklist(items: tuple[Value, ...], size: Number) -> Value:
    """The list in pieces of ``size`` elements; 0 stands for one piece."""
    width = integer(size, "chunklist")
    if width < 0:
        raise EvaluationError(phrase("expr.negative", name="chunklist"))
    if not items:
        return ListOf()
    width = width or len(items)
    return ListOf(ListOf(items[at : at + width]) for at in range(0, len(items), width))


def coalesce(*values: Value) -> Value:
    """The first value that is neither null nor "", in the type all of them share."""
    candidates = unified(values)
    for value in candidates:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Partial):
            return value if any(isinstance(s, str) for s in value.segments) else value.unknown
        if value is not None and value != "":
            return value
    raise EvaluationError(phrase("expr.all-empty", name="coalesce"))


def coalescelist(*lists: Value) -> Value:
    """The first list that is not empty."""
    if not lists:
        raise EvaluationError(phrase("expr.argument-count", name="coalescelist", found=0))
    for one in lists:
        if isinstance(one, Unknown):
            return one
        if sequence(one, "coalescelist", sets=False):
            return one
    raise EvaluationError(phrase("expr.all-empty", name="coalescelist"))


def compact(items: tuple[Value, ...]) -> Value:
    """The list without null and empty texts."""
    return ListOf(item for item in items if item is not None and item != "")


def concat(*sequences: Value) -> Value:
    """A list when every argument is one, and else a tuple."""
    if not sequences:
        raise EvaluationError(phrase("expr.argument-count", name="concat", found=0))
    found: list[Value] = []
    for one in sequences:
        found.extend(sequence(one, "concat", sets=False))
        _limited(len(found), "concat")
    if all(isinstance(one, ListOf) for one in sequences):
        return _unified_list(found)
    return tuple(found)


def _unified_list(items: Sequence[Value]) -> Value:
    try:
        return ListOf(unified(items))
    except EvaluationError:
        return tuple(items)


def contains(collection: Value, wanted: Value) -> Value:
    """Whether an element equals ``wanted``, in type too."""
    open_: Unknown | None = None
    for item in sequence(collection, "contains"):
        same = equal(item, wanted)
        if same is True:
            return True
        if isinstance(same, Unknown):
            open_ = open_ or same
    return False if open_ is None else open_


def distinct_list(items: tuple[Value, ...]) -> Value:
    """The list without repetition."""
    return ListOf(distinct(items))


def element(items: Value, index: Number) -> Value:
    """The element at an index that wraps around."""
    found = sequence(items, "element", sets=False)
    position = integer(index, "element")
    if not found:
        raise EvaluationError(phrase("expr.empty-argument", name="element"))
    return found[position % len(found)]


def flatten(value: Value) -> Value:
    """Nested lists as one tuple; unknown when an element may be a list itself."""
    bounded(value)
    found: list[Value] = []
    pending: list[Iterator[Value]] = [iter(sequence(value, "flatten"))]
    while pending:
        for item in pending[-1]:
            if isinstance(item, Unknown):
                return item
            inner = elements(item)
            if inner is not None:
                pending.append(iter(inner))
                break
            found.append(item)
        else:
            pending.pop()
    return tuple(found)


def index(items: Value, wanted: Value) -> Value:
    """Position of the first element that equals ``wanted``."""
    found = sequence(items, "index", sets=False)
    for position, item in enumerate(found):
        same = equal(item, wanted)
        if isinstance(same, Unknown):
            return same
        if same:
            return position
    raise EvaluationError(phrase("expr.not-found", name="index"))


def keys(value: Value) -> Value:
    """Names in order: a list for a map, a tuple for an object."""
    names = sorted(mapping(value, "keys"))
    return ListOf(names) if isinstance(value, MapOf) else tuple(names)


def values(value: Value) -> Value:
    """Values in the order of their names: a list for a map, a tuple for an object."""
    found = [item for _, item in sorted(mapping(value, "values").items())]
    return ListOf(found) if isinstance(value, MapOf) else tuple(found)


def lookup(value: Value, key: str, *default: Value) -> Value:
    """The value of ``key``, or the default, converted to what a map holds."""
    if not isinstance(value, Mapping):
        raise EvaluationError(phrase("expr.not-a-map", name="lookup"))
    if len(default) > 1:
        raise EvaluationError(phrase("expr.argument-count", name="lookup", found=2 + len(default)))
    if key in value:
        return value[key]
    if not default:
        raise EvaluationError(phrase("expr.no-attribute", name=key))
    if isinstance(value, MapOf) and value:
        kind = type_of(value)
        assert isinstance(kind, MapType)
        return convert(default[0], kind.element)
    return default[0]


def matchkeys(
    items: tuple[Value, ...], names: tuple[Value, ...], wanted: tuple[Value, ...]
) -> Value:
    """The items whose name is among ``wanted``."""
    if len(items) != len(names):
        raise EvaluationError(phrase("expr.same-length", name="matchkeys"))
    if unify([type_of(names), type_of(wanted)]) is None:
        raise EvaluationError(phrase("expr.no-common-type"))
    common = unified([*names, *wanted])
    sought = common[len(names) :]
    return ListOf(
        item
        for item, name in zip(items, common[: len(items)], strict=True)
        if any(equal(name, s) is True for s in sought)
    )


def merge(*maps: Value) -> Value:
    """Later arguments win; a map when all are maps of one type, else an object.

    Members of a later argument are known whatever an unknown earlier one holds.
    """
    built = Overlay()
    given = [one for one in maps if one is not None]
    for one in given:
        if isinstance(one, Unknown):
            built.cover(one)
            continue
        built.lay(one if isinstance(one, OpenMap) else mapping(one, "merge"))
        _limited(len(built.known), "merge")
    if given and all(isinstance(one, MapOf) for one in given):
        types = {type_of(one) for one in given if one}
        return MapOf(built.known) if len(types) <= 1 else built.known
    return built.value()


def one(value: Value) -> Value:
    """The only element, or null for none."""
    items = sequence(value, "one")
    if len(items) > 1:
        raise EvaluationError(phrase("expr.more-than-one"))
    return items[0] if items else None


def range_list(*numbers: Number) -> Value:
    """Numbers at equal distance. Raises EvaluationError past 1,024 of them."""
    return ListOf(to_range(*numbers))


def reverse(value: Value) -> Value:
    """The elements in reverse order."""
    items = sequence(value, "reverse")[::-1]
    return items if type_of(value).__class__ is TupleType else ListOf(items)


def slice_(value: Value, start: Number, end: Number) -> Value:
    """The elements from ``start`` up to and without ``end``."""
    items = sequence(value, "slice", sets=False)
    first, last = integer(start, "slice"), integer(end, "slice")
    if not 0 <= first <= last <= len(items):
        raise EvaluationError(phrase("expr.slice-bounds", length=len(items)))
    return ListOf(items[first:last]) if isinstance(value, ListOf) else items[first:last]


def sort(items: tuple[Value, ...]) -> Value:
    """Texts in the order of their code points."""
    if None in items:
        raise EvaluationError(phrase("expr.null-element", name="sort"))
    return ListOf(sorted(str(item) for item in items))


def setproduct(*sets: Value) -> Value:
    """A list of tuples; a set when every argument is a set."""
    if len(sets) < 2:
        raise EvaluationError(phrase("expr.argument-count", name="setproduct", found=len(sets)))
    parts = [sequence(one, "setproduct") for one in sets]
    size = 1
    for part in parts:
        size *= len(part)
        _limited(size * len(parts), "setproduct")
    columns = [unified(part) for part in parts]
    rows: list[Value] = [tuple(row) for row in product(*columns)]
    return set_of(rows) if all(isinstance(one, SetOf) for one in sets) else ListOf(rows)


def setunion(*sets: SetOf) -> Value:
    """Elements of any of the sets."""
    return set_of(item for one in _same_type(sets) for item in one.items)


def setintersection(*sets: SetOf) -> Value:
    """Elements of all the sets."""
    first, *others = _same_type(sets)
    return set_of(item for item in first.items if all(_holds(one, item) for one in others))


def setsubtract(whole: SetOf, removed: SetOf) -> Value:
    """Elements of ``whole`` that are not in ``removed``."""
    kept, gone = _same_type((whole, removed))
    return set_of(item for item in kept.items if not _holds(gone, item))


def _same_type(sets: Sequence[SetOf]) -> list[SetOf]:
    common = unify([type_of(one) for one in sets if one.items])
    if common is None:
        raise EvaluationError(phrase("expr.no-common-type"))
    found = [convert(one, common) for one in sets]
    return [one for one in found if isinstance(one, SetOf)]


def _holds(one: SetOf, wanted: Value) -> bool:
    return any(equal(item, wanted) is True for item in one.items)


def transpose(value: Mapping[str, tuple[str, ...]]) -> Value:
    """A map of lists with keys and elements swapped."""
    turned: dict[str, list[Value]] = {}
    for name in sorted(value):
        for item in value[name]:
            if item is None:
                raise EvaluationError(phrase("expr.null-element", name="transpose"))
            turned.setdefault(item, []).append(name)
    return MapOf((name, ListOf(sorted(map(str, turned[name])))) for name in sorted(turned))


def zipmap(names: tuple[Value, ...], items: Value) -> Value:
    """Names and items side by side: a map when the items are a list, else an object."""
    found = sequence(items, "zipmap", sets=False)
    if len(names) != len(found):
        raise EvaluationError(phrase("expr.same-length", name="zipmap"))
    if None in names:
        raise EvaluationError(phrase("expr.null-key"))
    built = {str(name): item for name, item in zip(names, found, strict=True)}
    return MapOf(built) if isinstance(items, ListOf) else built


# --- explicit conversions -------------------------------------------------------------


def to_list(value: Value) -> Value:
    """``tolist``: the elements in the one type they share."""
    return convert(value, ListType("dynamic"))


def to_set(value: Value) -> Value:
    """``toset``: the elements in the one type they share, without repetition."""
    return convert(value, SetType("dynamic"))


def to_map(value: Value) -> Value:
    """``tomap``: the values in the one type they share."""
    return convert(value, MapType("dynamic"))


def to_string(value: Value) -> Value:
    """``tostring``."""
    return convert(value, STRING)


def to_number(value: Value) -> Value:
    """``tonumber``."""
    return convert(value, "number")


def to_bool(value: Value) -> Value:
    """``tobool``."""
    return convert(value, "bool")


def identity(value: Value) -> Value:
    """The value itself: sensitivity marks are not kept."""
    return value
