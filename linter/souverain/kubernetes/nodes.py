"""YAML events to nodes: one pass, bounded in depth, in size and in what aliases repeat.

PyYAML's composer is not used: libyaml's overflows the stack on deep nesting, and neither of
its two bounds what aliases stand for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from souverain.kubernetes import scalars
from souverain.kubernetes.marks import BrokenError, Marks
from souverain.kubernetes.model import (
    Fields,
    Items,
    Node,
    Scalar,
    ScalarValue,
    key_place,
    key_span,
)
from souverain.model import SourceText, Span, phrase
from souverain.regex import regex

MAX_DEPTH: Final = 200
"""Levels of nesting; definitions of custom resources have about 60."""
MAX_NODES: Final = 2_000_000
"""Nodes of one file, with what aliases repeat."""

_MERGE: Final = "<<"
_BLOCK: Final = frozenset("|>")
_new_scalar, _new_fields, _new_items = Scalar.__new__, Fields.__new__, Items.__new__
_PROPERTIES: Final = regex(rb"(?:(?:&[\w-]+|![^\s,\[\]{}]*)(?:[ \t\r\n]|#[^\n]*)*)+")


class _Parser(Protocol):
    def __init__(self, text: bytes) -> None: ...

    def get_event(self) -> Any:
        """The next event; what it has depends on its class."""


_LOADER: Final[type[_Parser]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The slow one where PyYAML was built without libyaml. Only its events are used."""


class Texts:
    """Texts that were met, each kept once, with its value: manifests repeat themselves."""

    def __init__(self) -> None:
        self.plain: dict[str, ScalarValue] = {}
        self.quoted: dict[str, str] = {}
        self.shapes: dict[tuple[str, ...], tuple[str, ...]] = {}
        """Keys of mappings, each of them once and none a merge key."""


class _Frame:
    """A collection that is being read. ``keys`` is None for a sequence.

    A mapping with as many nodes as keys waits for its next key.
    """

    __slots__ = ("anchor", "before", "flow", "keys", "nodes", "places", "start")

    def __init__(self, keys: list[str] | None, start: int) -> None:
        self.keys = keys
        self.places: list[int | Span] = []
        self.nodes: list[Node] = []
        self.start = start
        self.flow: bool | None = None
        self.anchor: str | None = None
        self.before = 0
        """Nodes read before it."""


class Builder:
    """Builds the nodes of one source, a part at a time. ``texts`` may serve a whole run."""

    def __init__(self, source: SourceText, texts: Texts) -> None:
        self.duplicates: list[tuple[str, Span]] = []
        """Keys that their mapping has already, where they are written again."""
        self._source = source
        self._plain, self._quoted, self._shapes = texts.plain, texts.quoted, texts.shapes
        self._read = 0
        # In proportion to the file, so that the time of a run is.
        self._repeats_left = 20_000 + len(source.data) // 2
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        """Nodes by anchor, and for how many nodes each stands; None while it is read."""
        self._heights: dict[Node, int] = {}

    @property
    def is_full(self) -> bool:
        """Whether the file holds more than is read of one."""
        return self._read > MAX_NODES

    def documents(self, start: int, end: int) -> Iterator[Node]:
        """Roots of the documents in a part of the source.

        A document without content gives none. Raises :class:`BrokenError` at the first problem,
        after the documents before it.
        """
        self._marks = marks = Marks(self._source, start, end)
        try:
            yield from self._documents(_LOADER(marks.chunk))
        except yaml.MarkedYAMLError as error:
            raise marks.not_yaml(error) from None
        except yaml.reader.ReaderError as error:
            raise marks.not_text(error) from None

    def _documents(self, parser: _Parser) -> Iterator[Node]:
        get, scalar = parser.get_event, self._scalar
        self._offset = self._marks.offset
        self._anchors.clear()
        outer: list[_Frame] = []
        frame = _Frame(None, 0)
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent:
                scalar(event, frame)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                outer.append(frame)
                frame = self._opened(event, frame, len(outer))
            elif kind is AliasEvent:
                self._alias(event, frame, len(outer))
            elif outer:
                if frame.flow:
                    self._last = self._offset(event.end_mark.index)
                node = self._closed(frame)
                frame = outer.pop()
                frame.nodes.append(node)
            elif kind is DocumentEndEvent:
                root = frame.nodes.pop()
                self._anchors.clear()
                if not (isinstance(root, Scalar) and root.value is None):
                    yield root
            elif kind is StreamEndEvent:
                return

    def _scalar(self, event: Any, frame: _Frame) -> None:
        """Adds a key or a leaf. The hot path: called for nine nodes in ten."""
        text, tag, anchor = event.value, event.tag, event.anchor
        start, end = self._offset(event.start_mark.index), self._offset(event.end_mark.index)
        if tag is not None or anchor is not None:
            start = self._after_properties(start, end)
        value: ScalarValue
        if tag is not None:
            value = self._tagged(tag, text, start, end)
        elif event.style:
            value = self._quoted.setdefault(text, text)
            if event.style in _BLOCK:
                end = start + len(self._source.data[start:end].rstrip())
        elif text in self._plain:
            value = self._plain[text]
        else:
            value = self._plain[text] = scalars.plain(text)
        self._last = end
        self._read += 1
        if self._read > MAX_NODES:
            raise self._too_many(start)
        nodes, keys = frame.nodes, frame.keys
        if keys is None or len(keys) > len(nodes):
            node = _new_scalar(Scalar)
            node.value = value
            node.secret = False
            node.source = self._source
            node.start = start
            node.size = end - start
            nodes.append(node)
            if anchor is not None:
                self._anchors[anchor] = (node, 1)
        else:
            keys.append(value if value.__class__ is str else self._key(value, start, end))
            frame.places.append(key_place(start, end - start))
            if anchor is not None:
                span = Span(self._source, start, end)
                self._anchors[anchor] = (Scalar(value, span), 1)

    def _add(self, node: Node, frame: _Frame, start: int, end: int) -> None:
        """Adds a node where one is due, or makes it a key."""
        if frame.keys is None or len(frame.keys) > len(frame.nodes):
            frame.nodes.append(node)
        elif isinstance(node, Scalar):
            frame.keys.append(self._key(node.value, start, end))
            frame.places.append(key_place(start, end - start))
        else:
            raise BrokenError(phrase("kubernetes.key-not-scalar"), start, end)

    def _too_many(self, at: int) -> BrokenError:
        return BrokenError(phrase("kubernetes.too-many-nodes", limit=MAX_NODES), at, at + 1)

    def _opened(self, event: Any, around: _Frame, depth: int) -> _Frame:
        start = self._offset(event.start_mark.index)
        if event.tag is not None or event.anchor is not None:
            start = self._after_properties(start, len(self._source.data))
        if around.keys is not None and len(around.keys) == len(around.nodes):
            raise BrokenError(phrase("kubernetes.key-not-scalar"), start, start + 1)
        if depth > MAX_DEPTH:
            raise BrokenError(phrase("kubernetes.too-deep", limit=MAX_DEPTH), start, start + 1)
        self._read += 1
        if self._read > MAX_NODES:
            raise self._too_many(start)
        frame = _Frame([] if event.__class__ is MappingStartEvent else None, start)
        frame.flow = event.flow_style
        frame.before = self._read
        if event.anchor is not None:
            frame.anchor = event.anchor
            self._anchors[event.anchor] = None
        return frame

    def _closed(self, frame: _Frame) -> Node:
        node: Fields | Items
        if frame.keys is None:
            node = _new_items(Items)
        else:
            node = _new_fields(Fields)
            keys = tuple(frame.keys)
            shape = self._shapes.get(keys)
            if shape is None:
                shape = self._joined(frame, keys)
            node.keys = shape
            node.places = tuple(frame.places)
        node.nodes = tuple(frame.nodes)
        node.source = self._source
        node.start = frame.start
        node.size = self._last - frame.start
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, self._read - frame.before + 1)
        return node

    # --- what few files have ----------------------------------------------------------

    def _after_properties(self, start: int, end: int) -> int:
        """Where a node is written after its anchor and its tag."""
        found = _PROPERTIES.match(self._source.data, start, end)
        return found.end() if found else start

    def _tagged(self, tag: str, text: str, start: int, end: int) -> ScalarValue:
        try:
            return scalars.tagged(tag, text)
        except ValueError:
            name = tag.rpartition(":")[2]
            raise BrokenError(phrase("kubernetes.wrong-tag", tag=name), start, end) from None

    def _key(self, value: ScalarValue, start: int, end: int) -> str:
        try:
            return scalars.key(value)
        except ValueError:
            raise BrokenError(phrase("kubernetes.key-null"), start, end) from None

    def _alias(self, event: Any, frame: _Frame, depth: int) -> None:
        start, end = self._offset(event.start_mark.index), self._offset(event.end_mark.index)
        name = event.anchor
        if name not in self._anchors:
            raise BrokenError(phrase("kubernetes.alias-undefined", name=name), start, end)
        found = self._anchors[name]
        if found is None:
            raise BrokenError(phrase("kubernetes.alias-recursive", name=name), start, end)
        node, size = found
        self._read += size
        if self._read > MAX_NODES:
            raise self._too_many(start)
        self._repeats_left -= size
        if self._repeats_left < 0:
            raise BrokenError(phrase("kubernetes.alias-bomb"), start, end)
        if depth + self._height(node) > MAX_DEPTH:
            raise BrokenError(phrase("kubernetes.too-deep", limit=MAX_DEPTH), start, end)
        self._last = end
        self._add(node, frame, start, end)

    def _height(self, node: Node) -> int:
        if isinstance(node, Scalar):
            return 0
        if node not in self._heights:
            self._heights[node] = 1 + max(map(self._height, node.nodes), default=0)
        return self._heights[node]

    def _joined(self, frame: _Frame, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Keeps each key of a mapping once, and puts what it merges where it says so.

        What is written in a mapping comes before what it merges, an earlier merged mapping
        before a later one (https://yaml.org/type/merge.html).
        """
        if len(set(keys)) == len(keys) and _MERGE not in keys:
            return self._shapes.setdefault(keys, keys)
        members = list(zip(keys, frame.places, frame.nodes, strict=True))
        written: dict[str, int | Span] = {}
        for key, place, _ in members:
            if not self._merges(key, place):
                if key in written:
                    self.duplicates.append((key, key_span(self._source, place)))
                written[key] = place
        joined: dict[str, tuple[int | Span, Node]] = {}
        for key, place, node in members:
            if self._merges(key, place):
                for merged in self._merged(node):
                    for name, at, value in zip(
                        merged.keys, merged.places, merged.nodes, strict=True
                    ):
                        if name not in written:
                            joined.setdefault(name, (at, value))
            elif written[key] == place:
                joined[key] = (place, node)
        frame.places = [place for place, _ in joined.values()]
        frame.nodes = [node for _, node in joined.values()]
        return tuple(joined)

    def _merges(self, key: str, place: int | Span) -> bool:
        """Whether a key is the merge key: written plain."""
        return key == _MERGE and key_span(self._source, place).text == _MERGE

    def _merged(self, node: Node) -> tuple[Fields, ...]:
        nodes = node.nodes if isinstance(node, Items) else (node,)
        fields = tuple(each for each in nodes if isinstance(each, Fields))
        if len(fields) < len(nodes):
            raise BrokenError(
                phrase("kubernetes.merge-not-mapping"), node.start, node.start + node.size
            )
        return fields
