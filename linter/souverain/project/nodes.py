"""A declaration file as a tree of values that know where they were written.

YAML goes through PyYAML's event API first, because libyaml's composer overflows the
stack on deep nesting, then through its node API. TOML has no positions of its own: a
value is placed at the line of its key, below the header of its table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from itertools import accumulate
from typing import Protocol

import yaml

from souverain.model import Phrase, SourceText, Span, phrase
from souverain.records import dataclass

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MAX_DEPTH = 20
"""Deeper than any declaration needs to be."""

_CHUNK = 1024

Scalar = bool | int | float | str | None
_CLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a declaration file: where, and what was expected."""

    message: Phrase
    span: Span


class ProjectError(Exception):
    """A declaration file cannot be used; ``problems`` says where and why, in file order."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.message.key for problem in problems))
        self.problems = problems

    @classmethod
    def at(cls, message: Phrase, span: Span) -> ProjectError:
        """One problem."""
        return cls(Problem(message, span))


@dataclass(frozen=True, slots=True)
class Entry:
    """``key: value`` of a mapping."""

    key: str
    span: Span
    """The key."""
    value: Node


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list of nodes, or the entries of a mapping, with its place."""

    content: Scalar | tuple[Node, ...] | tuple[Entry, ...]
    span: Span
    mapping: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Entries of a mapping, () for anything else."""
        if not self.mapping or not isinstance(self.content, tuple):
            return ()
        return tuple(item for item in self.content if isinstance(item, Entry))

    @property
    def items(self) -> tuple[Node, ...] | None:
        """Items of a list, None for anything else."""
        if self.mapping or not isinstance(self.content, tuple):
            return None
        return tuple(item for item in self.content if isinstance(item, Node))

    @property
    def scalar(self) -> Scalar:
        """Value of a scalar, None for anything else."""
        return None if isinstance(self.content, tuple) else self.content


# --- YAML ---------------------------------------------------------------------------------


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


# --- TOML ---------------------------------------------------------------------------------


def read_toml(source: SourceText, table: tuple[str, ...]) -> Node | None:
    """One table of a TOML file (``("tool", "souverain")``); None when it is not there.

    Raises :class:`ProjectError` for what is not TOML.
    """
    try:
        text = source.data.decode("utf-8")
        found: object = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        at = _line_start(source, int(line[1]) if line else 1)
        problem = phrase("project.not-toml", problem=str(error))
        raise ProjectError.at(problem, Span(source, at, at)) from None
    for name in table:
        found = found.get(name) if isinstance(found, dict) else None
    if found is None:
        return None
    header = re.search(r"^\s*\[+\s*" + r"\s*\.\s*".join(map(re.escape, table)), text, re.MULTILINE)
    start = header.start() if header else 0
    return _TomlBuilder(source, text).build(found, start, header.end() if header else start)


@dataclass(frozen=True, slots=True)
class _TomlBuilder:
    source: SourceText
    text: str

    def build(self, value: object, start: int, end: int) -> Node:
        span = self._span(start, end)
        if isinstance(value, dict):
            return Node(tuple(self._entries(value, start)), span, mapping=True)
        if isinstance(value, list):
            return Node(tuple(self.build(item, start, end) for item in value), span)
        if value is None or isinstance(value, (bool, int, float, str)):
            return Node(value, span)
        return Node(str(value), span)

    def _entries(self, table: Mapping[str, object], after: int) -> list[Entry]:
        entries = []
        for key, value in table.items():
            quoted = re.escape(key)
            found = re.compile(rf"""["']?\b{quoted}\b["']?\s*(?:=|\]|\.)""").search(
                self.text, after
            )
            start, end = found.span() if found else (after, after)
            end = start + len(self.text[start:end].rstrip("=]. \t"))
            entries.append(Entry(key, self._span(start, end), self.build(value, start, end)))
        return entries

    def _span(self, start: int, end: int) -> Span:
        before = len(self.text[:start].encode())
        return Span(self.source, before, before + len(self.text[start:end].encode()))


def _line_start(source: SourceText, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = source.data.find(b"\n", at) + 1
    return at
