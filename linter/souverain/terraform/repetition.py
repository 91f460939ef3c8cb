"""``count``, ``for_each`` and ``enabled``: which instances a block has in the current world.

Source: Terraform, "The count meta-argument", "The for_each meta-argument"; OpenTofu, "The
enabled meta-argument".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from souverain.hcl import ast
from souverain.model import Phrase, Ref, Span, phrase
from souverain.records import dataclass, field, replace
from souverain.terraform import conditions
from souverain.terraform.body import element_steps
from souverain.terraform.context import MAX_INSTANCES, Evaluation
from souverain.terraform.conversions import convert
from souverain.terraform.definition import Members
from souverain.terraform.errors import EvaluationError
from souverain.terraform.expressions import evaluate
from souverain.terraform.provenance import BodyScope, Link, Step
from souverain.terraform.scope import Step as ScopeStep
from souverain.terraform.typesystem import BOOL, NUMBER, STRING, SetType
from souverain.values import OpenMap, Partial, SetOf, Unknown, Untyped, Value
from souverain.worlds import Choice, Memo, Worlds

Key = int | str | None
"""Instance key; None without repetition, and for the one instance whose key is not known."""

Kind = Literal["single", "count", "for_each"]


@dataclass(frozen=True, slots=True)
class Expansion:
    """The instances of a block in one world. ``unknown`` says why there may be others, for
    which the key None stands."""

    kind: Kind
    keys: tuple[Key, ...]
    values: Mapping[Key, Value] = field(default_factory=dict)
    unknown: Unknown | None = None


_SINGLE = Expansion("single", (None,))


class Repetition:
    """The ``count``, ``for_each`` or ``enabled`` of one block of one module instance."""

    def __init__(self, members: Members, scope: BodyScope, name: str) -> None:
        self._scope = scope
        self.name = name
        self._memo: Memo[Expansion] = Memo()
        self._running = False
        count, each = members.attributes.get("count"), members.attributes.get("for_each")
        self.attribute: ast.Attribute | None = count or each or _enabled(members)
        self.kind: Kind = "count" if count else "for_each" if each else "single"

    def current(self) -> Expansion:
        """Instances in the current world."""
        if self.attribute is None:
            return _SINGLE
        if self._running:
            return self._open(Unknown(phrase("terraform.cycle", name=self.name), self.span))
        self._running = True
        try:
            return self._memo.get(self._scope.worlds, self._expand)
        finally:
            self._running = False

    @property
    def span(self) -> Span:
        """The argument that repeats the block."""
        assert self.attribute is not None
        return self.attribute.span

    @cached_property
    def decided_in(self) -> frozenset[str]:
        """Files of the argument that repeats the block, and of what its value rests on."""
        if self.attribute is None:
            return frozenset()
        grounds = self._scope.evaluation.grounds.of(self.attribute.expr, self._scope)
        return grounds | {self.span.file}

    def _expand(self) -> Expansion:
        assert self.attribute is not None
        value = evaluate(self.attribute.expr, self._scope)
        if self.kind == "single":
            return self._enabled(value)
        return self._counted(value) if self.kind == "count" else self._for_each(value)

    def _enabled(self, value: Value) -> Expansion:
        try:
            enabled = convert(value, BOOL)
        except EvaluationError:
            return self._refused("terraform.enabled-invalid")
        if isinstance(enabled, Unknown):
            return self._open(enabled)
        return _SINGLE if enabled else Expansion("single", ())

    def _counted(self, value: Value) -> Expansion:
        try:
            number = convert(value, NUMBER)
        except EvaluationError:
            return self._refused("terraform.count-invalid")
        if isinstance(number, Unknown):
            return self._open(number)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            return self._refused("terraform.count-invalid")
        if number > MAX_INSTANCES:
            return self._refused("terraform.too-many-instances", limit=MAX_INSTANCES)
        return Expansion("count", tuple(range(number)))

    def _for_each(self, value: Value) -> Expansion:
        if isinstance(value, Untyped):
            value = self._as_set(value)
        if isinstance(value, (Unknown, Partial)):
            return self._open(value if isinstance(value, Unknown) else value.unknown)
        if isinstance(value, SetOf):
            unknown = next((i for i in value.items if isinstance(i, (Unknown, Partial))), None)
            if unknown is not None:
                return self._open(unknown.unknown if isinstance(unknown, Partial) else unknown)
            items: dict[Key, Value] = {i: i for i in value.items if isinstance(i, str)}
        elif isinstance(value, Mapping):
            items = {}
            items.update(value.items())
        else:
            return self._refused("terraform.for-each-invalid")
        if len(items) > MAX_INSTANCES:
            return self._refused("terraform.too-many-instances", limit=MAX_INSTANCES)
        keys = tuple(sorted(items, key=str))
        if isinstance(value, OpenMap):
            others = self._open(value.rest)
            return replace(others, keys=(*keys, *others.keys), values=items)
        return Expansion("for_each", keys, items)

    def _as_set(self, value: Untyped) -> Value:
        """The texts of a branch whose other is not known: only as a set they can be meant."""
        try:
            return convert(value, SetType(STRING))
        except EvaluationError:
            return value

    def _refused(self, key: str, /, **args: str | int | Phrase) -> Expansion:
        reason = phrase(key, **args)
        self._scope.evaluation.note(reason, self.span)
        return self._open(Unknown(reason, self.span))

    def _open(self, why: Unknown) -> Expansion:
        reason = phrase("terraform.repetition-unknown", name=self.name, reason=why.reason)
        unknown = replace(why, reason=reason, span=why.span or self.span, error=False)
        return Expansion(self.kind, (None,), {}, unknown)


def _enabled(members: Members) -> ast.Attribute | None:
    nested = (members.of(block) for block in members.blocks.get("lifecycle", ()))
    return next((found for body in nested if (found := body.attributes.get("enabled"))), None)


class InstanceScope:
    """The surroundings of one instance: ``each`` and ``count``, then those of its module."""

    def __init__(self, parent: BodyScope, repetition: Repetition, key: Key) -> None:
        self._parent = parent
        self._repetition = repetition
        self._name = repetition.name
        self._key = key

    @property
    def evaluation(self) -> Evaluation:
        return self._parent.evaluation

    @property
    def address(self) -> str:
        return self._parent.address

    @property
    def place(self) -> str:
        return f"{self._name}{key_text(self._key)}"

    @property
    def worlds(self) -> Worlds:
        return self._parent.worlds

    def resolve(self, root: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        if root == "count" and self._repetition.kind == "count" and steps[:1] == ("index",):
            return self._index(span), 1
        if root == "each" and self._repetition.kind == "for_each":
            if steps[:1] == ("key",):
                return self._index(span), 1
            if steps[:1] == ("value",):
                return self._each_value(span), 1
        return self._parent.resolve(root, steps, span)

    def _index(self, span: Span) -> Value:
        return self._key if self._key is not None else self._open(span)

    def _open(self, span: Span) -> Value:
        """The key or value of an instance whose collection is unknown."""
        unknown = self._repetition.current().unknown
        if unknown is None:
            return Unknown(phrase("terraform.instance-absent"), span)
        return unknown if unknown.element is None else unknown.element

    def _each_value(self, span: Span) -> Value:
        expansion = self._repetition.current()
        if self._key in expansion.values:
            return expansion.values[self._key]
        return self._open(span)

    def links(self, root: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        attribute = self._repetition.attribute
        if root == self._repetition.kind.removeprefix("for_") and attribute is not None:
            rest = element_steps(self._key, steps) if root == "each" else ()
            return (Link(attribute.expr, self._parent, rest),)
        return self._parent.links(root, steps)

    def condition(self, expr: ast.Expr, span: Span) -> Choice | None:
        return conditions.choice_of(self, expr, span)

    def read_file(self, path: str, span: Span) -> bytes | Value:
        return self._parent.read_file(path, span)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        return self._parent.file_names(directory, span)

    def path_value(self, name: str) -> str | None:
        return self._parent.path_value(name)


def key_text(key: Key) -> str:
    """Instance key as addresses show it: ``""``, ``[0]``, ``["a"]``."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{json.dumps(key, ensure_ascii=False)}]"
