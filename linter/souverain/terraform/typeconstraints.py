"""Type constraints of variables: parsing, ``optional()`` defaults, conversion.

Source: Terraform language documentation, "Type Constraints".
"""

from __future__ import annotations

from collections.abc import Mapping

from souverain.hcl import ast
from souverain.model import Span, phrase
from souverain.records import dataclass, field
from souverain.terraform.constants import constant, key_name
from souverain.terraform.conversions import convert, set_of
from souverain.terraform.errors import EvaluationError, NotEvaluated
from souverain.terraform.typesystem import (
    DYNAMIC,
    ListType,
    MapType,
    SetType,
    TupleType,
    Type,
    object_type,
)
from souverain.terraform.walking import elements
from souverain.values import OpenMap, SetOf, Unknown, Value

_PRIMITIVES: dict[str, Type] = {
    "any": DYNAMIC,
    "string": "string",
    "number": "number",
    "bool": "bool",
    "list": ListType(DYNAMIC),
    "set": SetType(DYNAMIC),
    "map": MapType(DYNAMIC),
}
"""Bare ``list``, ``set`` and ``map`` are the deprecated spelling of ``list(any)``..."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Values for absent attributes, and the defaults further down.

    ``below`` is keyed by attribute name, by position in a tuple, or "" for the elements
    of a collection.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    below: Mapping[str, Defaults] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.below)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A type and the defaults of its optional attributes."""

    type: Type
    defaults: Defaults = Defaults()

    def convert(self, value: Value) -> Value:
        """Like :meth:`apply`, but raises EvaluationError and NotEvaluated."""
        return convert(_completed(value, self.defaults), self.type)

    def apply(self, value: Value, span: Span | None = None) -> Value:
        """``value`` as the variable holds it, or an Unknown marked as error; never raises.

        Null stays null: whether it means the variable's default is the caller's to say.
        ``span`` is where the value was given.
        """
        try:
            return self.convert(value)
        except EvaluationError as error:
            return Unknown(error.reason, error.span or span, error=True)
        except NotEvaluated as refused:
            return refused.unknown(span)


ANYTHING = Constraint(DYNAMIC)


def constraint_of(expr: ast.Expr | None) -> Constraint | Unknown:
    """The constraint written in a ``type`` argument (None: any type); never raises."""
    if expr is None:
        return ANYTHING
    try:
        return parse(expr)
    except EvaluationError as error:
        return Unknown(error.reason, error.span or expr.span, error=True)


def parse(expr: ast.Expr) -> Constraint:
    """Like :func:`constraint_of`, but raises EvaluationError at what is no type."""
    if isinstance(expr, ast.Variable) and expr.name in _PRIMITIVES:
        return Constraint(_PRIMITIVES[expr.name])
    if isinstance(expr, ast.Literal) and expr.value in ("string", "list", "map"):
        return Constraint(_PRIMITIVES[str(expr.value)])
    if isinstance(expr, ast.Call) and len(expr.args) == 1:
        inner = expr.args[0]
        if expr.name in ("list", "set", "map"):
            return _collection(expr.name, parse(inner))
        if expr.name == "tuple" and isinstance(inner, ast.Tuple):
            return _tuple(inner)
        if expr.name == "object" and isinstance(inner, ast.Object):
            return _object(inner)
    raise _not_a_type(expr)


def _not_a_type(expr: ast.Expr) -> EvaluationError:
    error = EvaluationError(phrase("expr.not-a-type"))
    error.span = expr.span
    return error


def _collection(kind: str, element: Constraint) -> Constraint:
    below = {"": element.defaults} if element.defaults else {}
    wanted: Type = MapType(element.type)
    if kind != "map":
        wanted = ListType(element.type) if kind == "list" else SetType(element.type)
    return Constraint(wanted, Defaults(below=below))


def _tuple(expr: ast.Tuple) -> Constraint:
    items = [parse(item) for item in expr.items]
    below = {str(n): item.defaults for n, item in enumerate(items) if item.defaults}
    return Constraint(TupleType(tuple(item.type for item in items)), Defaults(below=below))


def _object(expr: ast.Object) -> Constraint:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    values: dict[str, Value] = {}
    below: dict[str, Defaults] = {}
    for item in expr.items:
        name = key_name(item.key)
        written = item.value
        if isinstance(written, ast.Call) and written.name == "optional":
            if not 1 <= len(written.args) <= 2:
                raise _not_a_type(written)
            optional.add(name)
            inner = parse(written.args[0])
            if len(written.args) == 2:
                values[name] = inner.apply(constant(written.args[1]), written.args[1].span)
        else:
            inner = parse(written)
        attributes[name] = inner.type
        if inner.defaults:
            below[name] = inner.defaults
    return Constraint(object_type(attributes, optional), Defaults(values, below))


def _completed(value: Value, defaults: Defaults) -> Value:
    """``value`` with the defaults of the attributes that are absent or null."""
    if not defaults or value is None or isinstance(value, Unknown):
        return value
    every = defaults.below.get("")
    if isinstance(value, Mapping):
        if every is not None:
            return _as_open({n: _completed(item, every) for n, item in value.items()}, value)
        return _completed_object(value, defaults)
    items = elements(value)
    if items is None:
        return value
    if every is not None:
        completed = [_completed(item, every) for item in items]
        return set_of(completed) if isinstance(value, SetOf) else tuple(completed)
    return tuple(
        _completed(item, defaults.below.get(str(n), Defaults())) for n, item in enumerate(items)
    )


def _completed_object(value: Mapping[str, Value], defaults: Defaults) -> Value:
    absent = {n: default for n, default in defaults.values.items() if value.get(n) is None}
    found = {**value, **absent}
    for name, inner in defaults.below.items():
        if name in found:
            found[name] = _completed(found[name], inner)
    return _as_open(found, value)


def _as_open(completed: dict[str, Value], value: Mapping[str, Value]) -> Value:
    return OpenMap(completed, value.rest) if isinstance(value, OpenMap) else completed
