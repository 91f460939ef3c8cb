"""A Kubernetes object as configuration: its fields read by path, like the arguments of a resource.

A path is keys joined by dots. ``[key]`` stands for a key with dots of its own
(``metadata.annotations[eks.amazonaws.com/role-arn]``), or for the item of a list that has
this ``name`` (``env[AWS_REGION].value``); ``a|b`` for either key. Lists are walked like what
they hold. ``pod`` at the beginning is the pod specification of the kind, ``template`` the
object that it stands in, with labels of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from souverain.kubernetes.model import (
    Fields,
    Items,
    KubernetesObject,
    Node,
    Scalar,
    key_span,
)
from souverain.kubernetes.relocation import Filled, Open
from souverain.model import Evidence, Phrase, Position, Ref, SourceText, Span, phrase
from souverain.records import dataclass
from souverain.regex import regex
from souverain.values import Partial, Unknown, Value

if TYPE_CHECKING:
    from souverain.catalog.kinds import KindTable, Reference

_STEP: Final = regex(r"\[([^\]]*)\]|([^.\[\]]+)")

_PLACEHOLDER: Final = regex(
    r"\$\{[A-Za-z_][^{}]*\}|\$\([A-Za-z_][A-Za-z0-9_.-]*\)|\{\{.*?\}\}|<no value>"
)
"""What something else replaces before or after the object is applied: Flux, envsubst,
Kubernetes itself, a template that another tool renders, a value that Helm did not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of a path: any of some keys, or with ``named`` a key or the item of that name.

    Equal steps are one object, so that they are compared and looked up as fast as can be.
    """

    keys: tuple[str, ...]
    named: bool = False

    def places(self, keys: tuple[str, ...]) -> Sequence[int]:
        """Which of the keys of a mapping it stands for, in their order."""
        if len(self.keys) == 1:
            return (keys.index(self.keys[0]),) if self.keys[0] in keys else ()
        return sorted(keys.index(key) for key in self.keys if key in keys)


@cache
def _step(bracket: str, key: str) -> Step:
    return Step((bracket,), named=True) if bracket else Step(tuple(key.split("|")))


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of a path."""
    return tuple(_step(bracket, key) for bracket, key in _STEP.findall(path))


@dataclass(frozen=True, slots=True)
class Found:
    """A node and how it was reached: as the item of a list, or by the key at ``place`` in
    ``source``."""

    node: Node
    position: Position
    source: SourceText | None = None
    place: int | Span = 0

    @property
    def start(self) -> Span:
        """Where its key, else itself, begins."""
        return self.node.span if self.source is None else key_span(self.source, self.place)


class ObjectConfig:
    """The body of one object. Implements :class:`souverain.model.Config`.

    ``resolve`` gives the addresses of the objects a reference leads to.
    """

    def __init__(
        self,
        subject: KubernetesObject,
        kinds: KindTable,
        resolve: Callable[[Reference, ObjectAttr], tuple[str, ...]],
    ) -> None:
        self.subject = subject
        self._kinds = kinds
        self._resolve = resolve
        self._pod = kinds.pod_spec(subject.group_kind)
        self._read: dict[str, tuple[ObjectAttr, ...]] = {}
        self._inside: dict[tuple[Step, ...], Sequence[Found]] = {(): (Found(subject.body, ()),)}

    @property
    def span(self) -> Span:
        return self.subject.span

    def keys(self) -> tuple[str, ...]:
        """Keys at the top, and ``pod`` and ``template`` where the kind runs pods."""
        written = self.subject.body.keys
        return written if self._pod is None else (*written, "pod", "template")

    def read(self, path: str) -> tuple[ObjectAttr, ...]:
        """Fields at a path, in source order."""
        read = self._read.get(path)
        if read is None:
            whole = _whole(path, self._pod)
            found = () if whole is None else _enter(self._below(whole[:-1]), whole[-1], last=True)
            # Most paths lead nowhere, and an empty tuple takes no place.
            read = tuple([ObjectAttr(self, path, each) for each in found]) if found else ()
            self._read[path] = read
        return read

    def referred(self, attr: ObjectAttr) -> tuple[Ref, ...]:
        """Objects that the field names, when its path is one that names others."""
        return tuple(
            Ref(address)
            for reference in self._references
            if reference.at == attr.path
            for address in self._resolve(reference, attr)
        )

    @cached_property
    def _references(self) -> tuple[Reference, ...]:
        return self._kinds.references(self.subject.group_kind)

    def _below(self, path: tuple[Step, ...]) -> Sequence[Found]:
        """Nodes at a path that others continue: many paths begin alike."""
        reached = self._inside.get(path)
        if reached is None:
            reached = self._inside[path] = _enter(self._below(path[:-1]), path[-1], last=False)
        return reached


@lru_cache(maxsize=4096)
def _whole(path: str, pod: str | None) -> tuple[Step, ...] | None:
    """The steps of a path, with the places of the pod written out; None when there is none."""
    written = steps(path)
    first = written[0].keys[0] if written else ""
    if first == "pod":
        return None if pod is None else (*steps(pod), *written[1:])
    if first == "template" and pod is not None:
        return (*steps(pod)[:-1], *written[1:])
    return written


def _enter(above: Sequence[Found], step: Step, *, last: bool) -> Sequence[Found]:
    """What one step leads to from some nodes; of a list, from each of its items. ``last`` when
    nothing is read below it."""
    reached: list[Found] = []
    for found in above:
        node = found.node
        if isinstance(node, Fields):
            for at in step.places(node.keys):
                position = found.position if last else (*found.position, ())
                reached.append(Found(node.nodes[at], position, node.source, node.places[at]))
        elif isinstance(node, Items):
            for inside in _items(node, found.position):
                item = inside.node
                if step.named and isinstance(item, Fields) and item.text("name") == step.keys[0]:
                    reached.append(inside)
                else:
                    reached += _enter((inside,), step, last=last)
    return reached or ()


def _items(items: Items, position: Position) -> Iterator[Found]:
    for index, item in enumerate(items.nodes):
        yield Found(item, (*position[:-1], (*position[-1], index)) if position else ())


@dataclass(frozen=True, slots=True)
class ObjectAttr:
    """One field of an object. Implements :class:`souverain.model.Attr`."""

    config: ObjectConfig
    path: str
    found: Found

    @property
    def node(self) -> Node:
        """The node that it holds."""
        return self.found.node

    @property
    def span(self) -> Span:
        """The key and its value; the value alone where it has another source (an alias). Of
        what a Secret holds, the header of the Secret: it is not shown."""
        if _is_concealed(self.node):
            return self.config.span
        start, node = self.found.start, self.found.node.span
        if start.source is not node.source or node.end < start.start:
            return node
        return Span(start.source, start.start, max(start.end, node.end))

    @property
    def position(self) -> Position:
        """Which item of each list on its path it stands in."""
        return self.found.position

    @property
    def value(self) -> Value:
        """The value; text that something else still fills in is unknown there."""
        return value_of(self.node)

    def references(self) -> tuple[Ref, ...]:
        """Objects of the same root, or near it, that the field names."""
        return self.config.referred(self)

    def trace(self) -> tuple[Evidence, ...]:
        """Where the value is written, when another file decides it."""
        node = self.node
        if not isinstance(node, Filled):
            return ()
        return (Evidence("region", phrase("assets.written-here"), node.origin),)


def written_at(subject: KubernetesObject, span: Span) -> Span | None:
    """Where a leaf of an object that covers a stretch of its source is written, when another
    file decides it."""
    for leaf in _filled(subject.body):
        place = leaf.span
        if place.source is span.source and place.start <= span.start and span.end <= place.end:
            return leaf.origin
    return None


def _filled(node: Node) -> Iterator[Filled]:
    if isinstance(node, Filled):
        yield node
    elif isinstance(node, (Fields, Items)):
        for inner in node.nodes:
            yield from _filled(inner)


def value_of(node: Node) -> Value:
    """A node as a value. The content of a Secret is never one."""
    if isinstance(node, Fields):
        return {k: value_of(inner) for k, inner in zip(node.keys, node.nodes, strict=True)}
    if isinstance(node, Items):
        return tuple(value_of(item) for item in node)
    if node.secret:
        return _concealed(node)
    value = node.value
    if not isinstance(value, str) or not _has_openings(value):
        return value
    return text_value(value, node.span, node.causes if isinstance(node, Open) else _NO_CAUSES)


CONCEALED: Final = "secret"
"""Cause of the unknown that stands for a content that is written, and never shown."""
FILLED_IN: Final = "secret.placeholder"
"""Cause of the unknown that stands for a content that is filled in at deployment."""


def _is_concealed(node: Node) -> bool:
    if isinstance(node, (Fields, Items)):
        return any(_is_concealed(inner) for inner in node.nodes)
    return node.secret


def _concealed(content: Scalar) -> Value:
    written = content.value
    if written is None or written == "":
        return written
    if isinstance(written, str) and not isinstance(text_value(written, content.span), str):
        return Unknown(phrase("assets.secret-filled-in"), content.span, cause=FILLED_IN)
    return Unknown(phrase("assets.secret"), content.span, cause=CONCEALED)


_NO_CAUSES: Final[Mapping[str, Phrase]] = {}


def _has_openings(text: str) -> bool:
    """Whether a text may hold placeholders: seen faster than found."""
    return "$" in text or "{{" in text or "<no" in text


def text_value(text: str, span: Span, causes: Mapping[str, Phrase] = _NO_CAUSES) -> Value:
    """A text, its placeholders unknown; ``causes`` are the reasons for those that have one."""
    if not _has_openings(text):
        return text
    segments: list[str | Unknown] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > end:
            segments.append(text[end : match.start()])
        segments.append(_open(match.group(), span, causes))
        end = match.end()
    if not segments:
        return text
    if end < len(text):
        segments.append(text[end:])
    first = segments[0]
    return first if len(segments) == 1 and isinstance(first, Unknown) else Partial(tuple(segments))


def _open(placeholder: str, span: Span, causes: Mapping[str, Phrase]) -> Unknown:
    shown = placeholder if len(placeholder) <= _LONGEST_NAME else placeholder[:_LONGEST_NAME] + "…"
    why = causes.get(placeholder) or phrase("assets.placeholder", name=shown)
    return Unknown(why, span, cause=f"placeholder.{shown}")


_LONGEST_NAME: Final = 60
"""Characters of a placeholder that are shown."""
