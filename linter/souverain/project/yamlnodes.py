"""A YAML file as nodes.

It goes through PyYAML's event API first, because libyaml's composer overflows the stack on
deep nesting, then through its node API.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Protocol

import yaml

from souverain.model import SourceText, Span, phrase
from souverain.project.nodes import Entry, Node, ProjectError, Scalar
from souverain.records import dataclass

MAX_DEPTH = 20
"""Deeper than any declaration needs to be."""

_CHUNK = 1024

_CLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(source: SourceText) -> Node | None:
    """The document of a YAML file; None when it is empty.

    Raises :class:`ProjectError` for what is not YAML, is not UTF-8, has several documents, or
    nests deeper than :data:`MAX_DEPTH`.
    """
    try:
        text = source.data.decode("utf-8")
    except UnicodeDecodeError as error:
        span = Span(source, error.start, error.end)
        raise ProjectError.at(phrase("project.not-utf8"), span) from None
    offsets = _Offsets.of(source, text)
    try:
        _bound_depth(text, offsets)
        node = yaml.compose(text, Loader=_CLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = offsets.at(mark)
        problem = phrase("project.not-yaml", problem=error.problem or error.context or "?")
        raise ProjectError.at(problem, Span(source, at, at)) from None
    except yaml.reader.ReaderError as error:
        at = len(text[: error.position].encode())
        raise ProjectError.at(
            phrase("project.not-yaml", problem=error.reason), Span(source, at, at)
        ) from None
    return None if node is None else _Builder(offsets, {}).build(node)


class _Mark(Protocol):
    """A position of PyYAML; its two implementations have no common type."""

    @property
    def index(self) -> int:
        """Code points before it."""


@dataclass(frozen=True, slots=True)
class _Offsets:
    """Turns PyYAML's marks (in code points) into byte offsets."""

    source: SourceText
    text: str
    chunks: tuple[int, ...]
    """Byte offset of every :data:`_CHUNK`-th code point: a whole file stays linear."""

    @classmethod
    def of(cls, source: SourceText, text: str) -> _Offsets:
        sizes = (len(text[at : at + _CHUNK].encode()) for at in range(0, len(text), _CHUNK))
        return cls(source, text, (0, *accumulate(sizes)))

    def at(self, mark: _Mark | None) -> int:
        index = mark.index if mark else 0
        chunk = index // _CHUNK
        return self.chunks[chunk] + len(self.text[chunk * _CHUNK : index].encode())

    def span(self, start: _Mark, end: _Mark) -> Span:
        return Span(self.source, self.at(start), self.at(end))


def _bound_depth(text: str, offsets: _Offsets) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_CLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                at = offsets.at(event.start_mark)
                message = phrase("project.too-deep", limit=MAX_DEPTH)
                raise ProjectError.at(message, Span(offsets.source, at, at))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass
class _Builder:
    """Builds each YAML node once, however many aliases lead to it."""

    offsets: _Offsets
    built: dict[int, Node]

    def build(self, node: yaml.Node) -> Node:
        if id(node) in self.built:
            return self.built[id(node)]
        span = self.offsets.span(node.start_mark, node.end_mark)
        # An alias to a node that is not finished (a cycle) reads as null.
        self.built[id(node)] = Node(None, span)
        result = Node(self._content(node), span, isinstance(node, yaml.MappingNode))
        self.built[id(node)] = result
        return result

    def _content(self, node: yaml.Node) -> Scalar | tuple[Node, ...] | tuple[Entry, ...]:
        if isinstance(node, yaml.MappingNode):
            return tuple(self._entry(key, value) for key, value in node.value)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.build(item) for item in node.value)
        return _scalar(node.tag.rpartition(":")[2], node.value)

    def _entry(self, key: yaml.Node, value: yaml.Node) -> Entry:
        span = self.offsets.span(key.start_mark, key.end_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise ProjectError.at(phrase("project.key-not-text"), span)
        return Entry(key.value, span, self.build(value))


def _scalar(tag: str, text: str) -> Scalar:
    """A plain scalar by its resolved tag. Dates stay text: they are checked where they are used."""
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in {"yes", "true", "on"}
    if tag == "int":
        try:
            return int(text.replace("_", ""))
        except ValueError:
            return text
    return text
