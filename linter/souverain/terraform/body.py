"""Bodies of configuration, read by path: blocks, ``dynamic`` blocks and objects alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from souverain.hcl import ast
from souverain.model import Attr, Evidence, Position, Ref, Span, phrase
from souverain.records import dataclass, field, replace
from souverain.terraform import provenance
from souverain.terraform.context import Cell, Evaluation
from souverain.terraform.definition import Members
from souverain.terraform.expressions import evaluate
from souverain.terraform.provenance import ANY, BodyScope, Link, Step
from souverain.terraform.scope import Step as ScopeStep
from souverain.values import OpenMap, Partial, SetOf, Unknown, Value
from souverain.worlds import Choice, Worlds

META = frozenset(
    {
        "count",
        "for_each",
        "provider",
        "providers",
        "depends_on",
        "lifecycle",
        "provisioner",
        "connection",
        "dynamic",
    }
)
"""Arguments that say how to create a resource, not what it is."""


@dataclass(eq=False, slots=True)
class WrittenAttr:
    """An attribute as written. Implements :class:`souverain.model.Attr`."""

    path: str
    span: Span
    expr: ast.Expr
    scope: BodyScope
    position: Position = ()
    _cell: Cell = field(default_factory=Cell)

    @property
    def value(self) -> Value:
        return self.scope.evaluation.once(
            self._cell, lambda: evaluate(self.expr, self.scope), self.path, self.span
        )

    def references(self) -> tuple[Ref, ...]:
        """References its value keeps, else those its expression leads to."""
        kept = tuple(dict.fromkeys(provenance.references_in(self.value)))
        return kept or provenance.references(self.expr, self.scope)

    def trace(self) -> tuple[Evidence, ...]:
        return provenance.trace(self.expr, self.scope)


@dataclass(frozen=True, slots=True)
class ElementAttr:
    """A part of an attribute's value, found by walking into it."""

    path: str
    origin: Attr
    value: Value
    position: Position = ()

    @property
    def span(self) -> Span:
        return self.origin.span

    def references(self) -> tuple[Ref, ...]:
        """References the part keeps, else those of the whole attribute."""
        kept = tuple(dict.fromkeys(provenance.references_in(self.value)))
        return kept or self.origin.references()

    def trace(self) -> tuple[Evidence, ...]:
        return self.origin.trace()


@dataclass(frozen=True, slots=True)
class BlockAttr:
    """A nested block read as a whole: its value is an object."""

    path: str
    span: Span
    config: BlockConfig
    position: Position

    @property
    def value(self) -> Value:
        return self.config.as_object()

    def references(self) -> tuple[Ref, ...]:
        """References of all its attributes."""
        names = self.config.keys()
        attributes = (attr for name in names for attr in self.config.read(name))
        return tuple(dict.fromkeys(ref for attr in attributes for ref in attr.references()))

    def trace(self) -> tuple[Evidence, ...]:
        return ()


class BlockConfig:
    """A body with the names it may use. Implements :class:`souverain.model.Config`."""

    def __init__(self, members: Members, scope: BodyScope, span: Span) -> None:
        self.members = members
        self.scope = scope
        self.span = span
        self._attributes: dict[str, WrittenAttr] = {}
        self._nested: dict[ast.Block, BlockConfig] = {}

    def close(self) -> None:
        """Gives up the body: from here on nothing is written in it."""
        self.members = Members(ast.Body((), (), self.span))
        del self.scope
        self._attributes.clear()
        self._nested.clear()

    def keys(self) -> tuple[str, ...]:
        """Attributes and blocks written at the top, without meta-arguments."""
        members = self.members
        names = (*members.attributes, *members.blocks, *members.dynamics)
        return tuple(dict.fromkeys(name for name in names if name not in META))

    def read(self, path: str) -> tuple[Attr, ...]:
        """Attributes at a dotted path, in source order; () when it is not written."""
        name, _, rest = path.partition(".")
        found: list[tuple[int, Attr]] = []
        attribute = self.attribute(name)
        if attribute is not None:
            parts = walk(attribute, rest) if rest else (attribute,)
            found.extend((attribute.span.start, part) for part in parts)
        index = count()
        for block in self.members.blocks.get(name, ()):
            inside = _descend(self._of(block), path, rest, next(index))
            found.extend((block.span.start, a) for a in inside)
        for block in self.members.dynamics.get(name, ()):
            generated = self._in_dynamic(block, path, rest, index)
            found.extend((block.span.start, a) for a in generated)
        if len(found) > 1:
            found.sort(key=lambda item: item[0])
        return tuple(attr for _, attr in found)

    def attribute(self, name: str) -> WrittenAttr | None:
        """An attribute written at the top."""
        written = self.members.attributes.get(name)
        if written is None:
            return None
        attr = self._attributes.get(name)
        if attr is None:
            attr = WrittenAttr(name, written.span, written.expr, self.scope)
            self._attributes[name] = attr
        return attr

    def blocks(self, name: str) -> tuple[BlockConfig | Unknown, ...]:
        """Nested blocks of a type in the current world; Unknown for open ``dynamic`` ones."""
        found: list[BlockConfig | Unknown] = [
            self._of(block) for block in self.members.blocks.get(name, ())
        ]
        for block in self.members.dynamics.get(name, ()):
            found.extend(_generate(self, block))
        return tuple(found)

    def as_object(self) -> Value:
        """All attributes and blocks as one value."""
        value: dict[str, Value] = {}
        for name in self.keys():
            attribute = self.attribute(name)
            if attribute is not None:
                value[name] = attribute.value
            else:
                blocks = self.blocks(name)
                value[name] = tuple(b if isinstance(b, Unknown) else b.as_object() for b in blocks)
        return value

    def _of(self, block: ast.Block) -> BlockConfig:
        config = self._nested.get(block)
        if config is None:
            config = BlockConfig(self.members.of(block), self.scope, block.header)
            self._nested[block] = config
        return config

    def _in_dynamic(
        self, block: ast.Block, path: str, rest: str, index: Iterator[int]
    ) -> Iterator[Attr]:
        for generated in _generate(self, block):
            if isinstance(generated, Unknown):
                yield from self._in_any(block, generated, path, rest, index)
            else:
                yield from _descend(generated, path, rest, next(index))

    def _in_any(
        self, block: ast.Block, unknown: Unknown, path: str, rest: str, index: Iterator[int]
    ) -> Iterator[Attr]:
        dynamic = _Dynamic.of(self, block)
        if dynamic is not None:
            # As with a resource of unknown count: one stands for however many there are.
            element = unknown if unknown.element is None else unknown.element
            body = dynamic.body(self, block, element, element)
            yield from _descend(body, path, rest, next(index))
            return
        origin = WrittenAttr(path, block.header, ast.Literal(None, block.header), self.scope)
        yield ElementAttr(path, origin, unknown)


def _descend(config: BlockConfig, path: str, rest: str, index: int) -> Iterator[Attr]:
    if not rest:
        yield BlockAttr(path, config.span, config, ((index,),))
        return
    for attr in config.read(rest):
        yield _Renamed(path, attr, ((index,), *attr.position))


@dataclass(frozen=True, slots=True)
class _Renamed:
    """An attribute of a nested body under its whole path."""

    path: str
    attr: Attr
    position: Position

    @property
    def span(self) -> Span:
        return self.attr.span

    @property
    def value(self) -> Value:
        return self.attr.value

    def references(self) -> tuple[Ref, ...]:
        return self.attr.references()

    def trace(self) -> tuple[Evidence, ...]:
        return self.attr.trace()


# --- walking into values --------------------------------------------------------------


def walk(attr: Attr, rest: str, at: tuple[int, ...] = ()) -> Iterator[Attr]:
    """Parts of an attribute's value at a dotted path below it; ``at`` is its place in lists."""
    if isinstance(attr, WrittenAttr) and isinstance(attr.expr, (ast.Object, ast.Tuple)):
        yield from _walk_syntax(attr, rest, at)
    else:
        whole = ElementAttr(f"{attr.path}.{rest}", attr, attr.value, attr.position)
        yield from _walk_value(whole, rest, at)


def _walk_syntax(attr: WrittenAttr, rest: str, at: tuple[int, ...]) -> Iterator[Attr]:
    """Walks literal objects in the syntax, so that positions stay exact."""
    if isinstance(attr.expr, ast.Tuple):
        for index, item in enumerate(attr.expr.items):
            element = WrittenAttr(attr.path, item.span, item, attr.scope, attr.position)
            yield from walk(element, rest, (*at, index))
        return
    assert isinstance(attr.expr, ast.Object)
    if not all(isinstance(item.key, ast.Literal) for item in attr.expr.items):
        whole = ElementAttr(f"{attr.path}.{rest}", attr, attr.value, attr.position)
        yield from _walk_value(whole, rest, at)
        return
    name, _, below = rest.partition(".")
    below_here = (*attr.position, at)
    for member in attr.expr.items:
        if isinstance(member.key, ast.Literal) and member.key.value == name:
            path = f"{attr.path}.{name}"
            inner = WrittenAttr(path, member.span, member.value, attr.scope, below_here)
            if below:
                yield from walk(inner, below)
            else:
                yield inner


def _walk_value(attr: ElementAttr, rest: str, at: tuple[int, ...]) -> Iterator[Attr]:
    value = attr.value
    if not rest or isinstance(value, (Unknown, Partial)):
        yield attr
    elif isinstance(value, Mapping):
        name, _, below = rest.partition(".")
        if name in value:
            inner = replace(attr, value=value[name], position=(*attr.position, at))
            yield from _walk_value(inner, below, ())
    elif isinstance(value, (tuple, SetOf)):
        for index, item in enumerate(value.items if isinstance(value, SetOf) else value):
            yield from _walk_value(replace(attr, value=item), rest, (*at, index))


# --- dynamic blocks -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Dynamic:
    """What a ``dynamic`` block is written with."""

    content: Members
    for_each: ast.Attribute
    iterator: str

    @staticmethod
    def of(parent: BlockConfig, block: ast.Block) -> _Dynamic | None:
        """None when the block lacks its ``for_each`` or its ``content``."""
        members = parent.members.of(block)
        content = members.blocks.get("content", ())
        for_each = members.attributes.get("for_each")
        if for_each is None or not content:
            return None
        iterator = members.attributes.get("iterator")
        name = _iterator_name(iterator.expr) if iterator is not None else block.labels[0]
        return _Dynamic(members.of(content[0]), for_each, name)

    def body(self, parent: BlockConfig, block: ast.Block, key: Value, item: Value) -> BlockConfig:
        """The body generated for one element."""
        element = {"key": key, "value": item}
        scope = IteratorScope(parent.scope, self.iterator, element, self.for_each.expr)
        return BlockConfig(self.content, scope, block.header)


def _generate(parent: BlockConfig, block: ast.Block) -> tuple[BlockConfig | Unknown, ...]:
    """Bodies that a ``dynamic`` block generates in the current world; Unknown for any number.

    Source: Terraform, "dynamic blocks": one ``content`` per element of ``for_each``; the
    iterator is named by ``iterator``, else by the block's label.
    """
    dynamic = _Dynamic.of(parent, block)
    if dynamic is None:
        reason = phrase("terraform.dynamic-incomplete", type=block.labels[0])
        return (Unknown(reason, block.header),)
    value = evaluate(dynamic.for_each.expr, parent.scope)
    bodies = (dynamic.body(parent, block, key, item) for key, item in _elements(value))
    unknown = value.rest if isinstance(value, OpenMap) else value
    if not isinstance(unknown, Unknown):
        return tuple(bodies)
    reason = phrase("terraform.dynamic-unknown", type=block.labels[0], reason=unknown.reason)
    span = unknown.span or dynamic.for_each.span
    return (*bodies, replace(unknown, reason=reason, span=span, error=False))


def _iterator_name(expr: ast.Expr) -> str:
    if isinstance(expr, ast.Variable):
        return expr.name
    return str(expr.value) if isinstance(expr, ast.Literal) else ""


def _elements(value: Value) -> Iterator[tuple[Value, Value]]:
    if isinstance(value, Mapping):
        yield from ((key, value[key]) for key in sorted(value))
    elif isinstance(value, SetOf):
        yield from ((item, item) for item in value.items)
    elif isinstance(value, tuple):
        yield from enumerate(value)


class IteratorScope:
    """The surroundings of one generated block: its iterator, then those of the resource."""

    def __init__(
        self, parent: BodyScope, name: str, element: Mapping[str, Value], for_each: ast.Expr
    ) -> None:
        self._parent = parent
        self._name = name
        self._element = element
        self._for_each = for_each

    @property
    def evaluation(self) -> Evaluation:
        return self._parent.evaluation

    @property
    def address(self) -> str:
        return self._parent.address

    @property
    def place(self) -> str:
        return self._parent.place

    @property
    def worlds(self) -> Worlds:
        return self._parent.worlds

    def resolve(self, root: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        if root == self._name:
            return self._element, 0
        return self._parent.resolve(root, steps, span)

    def links(self, root: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        if root != self._name:
            return self._parent.links(root, steps)
        return (Link(self._for_each, self._parent, element_steps(self._element["key"], steps)),)

    def condition(self, expr: ast.Expr, span: Span) -> Choice | None:
        return self._parent.condition(expr, span)

    def read_file(self, path: str, span: Span) -> bytes | Value:
        return self._parent.read_file(path, span)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        return self._parent.file_names(directory, span)

    def path_value(self, name: str) -> str | None:
        return self._parent.path_value(name)


def element_steps(key: Value, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps into a ``for_each`` collection that ``.value`` followed by the rest stands for."""
    if not steps or steps[0] != "value":
        return ()
    first: Step = key if isinstance(key, (str, int)) and not isinstance(key, bool) else ANY
    return (first, *steps[1:])
