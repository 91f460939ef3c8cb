"""How a function is declared, and the checks that every call goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from souverain.hcl.ast import Expr
from souverain.model import Span, phrase
from souverain.records import dataclass
from souverain.terraform.conversions import MAX_TEXT, convert, text
from souverain.terraform.errors import EvaluationError, too_large
from souverain.terraform.scope import Scope
from souverain.terraform.typesystem import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    SetType,
    Type,
)
from souverain.terraform.walking import first_unknown
from souverain.values import Partial, Unknown, Value

Render = Callable[[Expr, Mapping[str, Value], Scope], Value]


@dataclass(frozen=True, slots=True)
class Context:
    """Where a call stands: what ``file``, ``templatefile`` and their like need."""

    scope: Scope
    span: Span
    render: Render
    """Evaluates a parsed template with the names it was given, and no others."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """``reads`` says how much of the argument must be known before the function can tell:
    ``all`` of it, its ``shape`` (elements may be unknown), or ``nothing`` (the function
    takes Unknown and Partial itself)."""

    type: Type
    reads: Literal["all", "shape", "nothing"] = "all"
    nullable: bool = False


Implementation = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Function:
    """``rest`` takes any number of further arguments. ``contextual`` functions are given
    the :class:`Context` first."""

    run: Implementation
    parameters: tuple[Parameter, ...] = ()
    rest: Parameter | None = None
    contextual: bool = False


S = Parameter(STRING)
N = Parameter(NUMBER)
B = Parameter(BOOL)
ANY = Parameter(DYNAMIC)
LIST = Parameter(ListType(DYNAMIC))
SET = Parameter(SetType(DYNAMIC))
STRINGS = Parameter(ListType(STRING))
BOOLS = Parameter(ListType(BOOL), "shape")
STRING_LISTS = Parameter(MapType(ListType(STRING)))
OPEN_VALUE = Parameter(DYNAMIC, "nothing")
SHAPE = Parameter(DYNAMIC, "shape")
SHAPED_LIST = Parameter(ListType(DYNAMIC), "shape")
OPEN = Parameter(DYNAMIC, "nothing", nullable=True)
OPEN_STRING = Parameter(STRING, "nothing")
OPEN_STRINGS = Parameter(ListType(STRING), "nothing")
NULLABLE = Parameter(DYNAMIC, nullable=True)


def apply(name: str, function: Function, args: Sequence[Value], context: Context) -> Value:
    """Result of a call: arguments counted, converted, and known as far as it takes.

    Raises EvaluationError where Terraform does, NotEvaluated when the result is too large.
    """
    count, declared = len(args), len(function.parameters)
    if count < declared or (count > declared and function.rest is None):
        raise EvaluationError(phrase("expr.argument-count", name=name, found=count))
    unknown: Unknown | None = None
    converted: list[Value] = [context] if function.contextual else []  # type: ignore[list-item]
    for position, arg in enumerate(args):
        parameter = function.parameters[position] if position < declared else function.rest
        assert parameter is not None
        if arg is None and not parameter.nullable:
            raise EvaluationError(phrase("expr.null-argument", name=name, position=position + 1))
        if isinstance(arg, Unknown) and arg.error:
            return arg
        value = convert(arg, parameter.type)
        unknown = unknown or _missing(value, parameter)
        converted.append(value)
    if unknown is not None:
        return unknown
    result = function.run(*converted)
    if not isinstance(result, str):
        return result
    if len(result) > MAX_TEXT:
        raise too_large(name, MAX_TEXT)
    return text(result)


def _missing(value: Value, parameter: Parameter) -> Unknown | None:
    """The unknown part that keeps the function from telling its result."""
    if parameter.reads == "nothing":
        return None
    if parameter.reads == "all":
        return first_unknown(value)
    if isinstance(value, Partial):
        return value.unknown
    return value if isinstance(value, Unknown) else None
