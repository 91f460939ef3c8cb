"""Syntax tree of HCL 2: what both back ends and the JSON syntax produce.

Bodies are built at once, expressions when :attr:`Attribute.expr` is first read, since
most attributes of a repository are never asked for. Every node has a span. Source: HCL
native syntax specification and HCL JSON syntax specification (hashicorp/hcl, ``spec.md``).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Literal as Word
from typing import get_args

from souverain.model import Phrase, SourceText, Span
from souverain.records import dataclass, field

UNREADABLE = "<syntax error>"
"""Name of the :class:`Variable` that stands for an expression which could not be read: no
scope has it, so its value is unknown. A fatal diagnostic always goes with it."""

UnaryOperator = Word["-", "!"]
BinaryOperator = Word["||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]

BINARY_OPERATORS: tuple[BinaryOperator, ...] = get_args(BinaryOperator)


@dataclass(frozen=True, slots=True)
class Literal:
    """null, a bool, a number, or a string without interpolation (escapes resolved)."""

    value: bool | int | Decimal | str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Interpolation:
    """``${expr}`` inside a template (strip markers already applied to the literals)."""

    expr: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateIf:
    """``%{if test}…%{else}…%{endif}``."""

    test: Expr
    then: tuple[TemplatePart, ...]
    otherwise: tuple[TemplatePart, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateFor:
    """``%{for key, value in collection}…%{endfor}``; ``key`` is None when not named."""

    key: str | None
    value: str
    collection: Expr
    body: tuple[TemplatePart, ...]
    span: Span


TemplatePart = Literal | Interpolation | TemplateIf | TemplateFor


@dataclass(frozen=True, slots=True)
class Template:
    """Quoted or heredoc template with at least one non-literal part.

    Heredoc flush (``<<-``) and strip markers are applied. A template that is exactly one
    interpolation (``"${x}"``) keeps this node: its value is that of ``x``, unconverted.
    """

    parts: tuple[TemplatePart, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Tuple:
    """``[a, b]``."""

    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ObjectItem:
    """``key = value``. A bare identifier key is a string Literal; ``(expr)`` is that expr."""

    key: Expr
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Object:
    """``{a = b}``."""

    items: tuple[ObjectItem, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """A root name: ``var``, ``local``, ``aws_s3_bucket``, ``each``, a ``for`` variable."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class GetAttr:
    """``of.name``; legacy index ``of.0`` is an :class:`Index` with a literal number."""

    of: Expr
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """``of[key]``."""

    of: Expr
    key: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class SplatItem:
    """The element a splat is at, inside :attr:`Splat.each`."""

    span: Span


@dataclass(frozen=True, slots=True)
class Splat:
    """``of.*.a`` and ``of[*].a[0]``; ``each`` is the traversal with SplatItem as its root.

    After ``.*`` only attribute accesses belong to ``each``; after ``[*]`` indices too.
    """

    of: Expr
    each: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``name(args...)``; ``expand`` when the last argument is followed by ``...``.

    ``name`` may be namespaced (``provider::aws::arn_parse``).
    """

    name: str
    args: tuple[Expr, ...]
    expand: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    """``-a`` and ``!a``."""

    op: UnaryOperator
    operand: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``a + b`` and the other operators with two sides."""

    op: BinaryOperator
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """``test ? then : otherwise``."""

    test: Expr
    then: Expr
    otherwise: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class For:
    """``[for k, v in c : e if t]``, or ``{for k, v in c : key => e... if t}``.

    ``result_key`` is None for the tuple form; ``grouped`` is the ``...`` of the object form.
    """

    key: str | None
    value: str
    collection: Expr
    result_key: Expr | None
    result: Expr
    grouped: bool
    condition: Expr | None
    span: Span


Expr = (
    Literal
    | Template
    | Tuple
    | Object
    | Variable
    | GetAttr
    | Index
    | Splat
    | SplatItem
    | Call
    | Unary
    | Binary
    | Conditional
    | For
)


@dataclass(slots=False, eq=False)
class Attribute:
    """``name = expr``. The expression is converted when first read."""

    name: str
    span: Span
    """Name and value: what a finding underlines."""
    name_span: Span
    convert: Callable[[], Expr] = field(repr=False)

    @cached_property
    def expr(self) -> Expr:
        """The value's expression."""
        return self.convert()


@dataclass(frozen=True, eq=False)
class Block:
    """``type "label" … { body }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    span: Span
    """From the type to the closing brace."""
    header: Span
    """Type and labels: where a finding about the whole block points."""


@dataclass(frozen=True, eq=False)
class Body:
    """Attributes and blocks in source order.

    In the JSON syntax a body cannot tell attributes from blocks without a schema: all its
    members are attributes, ``json`` is True, and :mod:`souverain.hcl.jsonsyntax` splits
    it on request.
    """

    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    span: Span
    json: bool = False


@dataclass(frozen=True)
class Diagnostic:
    """Something wrong in one file: what was expected, and where."""

    message: Phrase
    span: Span
    fatal: bool = True
    """A fatal diagnostic makes the file ``failed``; what could be read is still used."""


@dataclass(frozen=True)
class File:
    """One parsed file. ``body`` holds what could be read, whatever ``diagnostics`` says."""

    source: SourceText
    body: Body
    diagnostics: tuple[Diagnostic, ...] = ()
