"""JSON with the place of every value (RFC 8259)."""

from __future__ import annotations

import json
from bisect import bisect_right
from decimal import Decimal

from souverain.hcl.ast import Diagnostic
from souverain.hcl.numbers import number
from souverain.hcl.reader import MAX_DEPTH
from souverain.model import Phrase, SourceText, Span, phrase
from souverain.records import dataclass, field
from souverain.regex import regex

_SPACE = regex(rb"[ \t\r\n]*")
_STRING = regex(rb'"((?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
_NUMBER = regex(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = regex(rb"[A-Za-z]+")
_WORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}
_ESCAPES = regex(rb"(?:\\u[0-9a-fA-F]{4})+|\\.")
_TEMPLATE = regex(rb"[$%](?:\{|\\u007[bB])|\\u002[45]")

MAX_VALUES = 200_000
"""Values of one file, those inside others included."""

_KEPT_DEPTH = 3
"""A container above this level keeps its members when an error comes after them; below,
an incomplete object is dropped: a resource without its last attributes is another one."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """null, a bool or a number."""

    value: bool | int | Decimal | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class String:
    """A string, quotes included in its place. ``template``: it may hold sequences."""

    template: bool
    escaped: bool
    start: int
    end: int


@dataclass(slots=True)
class Array:
    """A list of values."""

    start: int
    end: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Object:
    """Properties in order, repeated names included."""

    start: int
    end: int
    members: list[tuple[String, Node]] = field(default_factory=list)


Node = Scalar | String | Array | Object


class _WrongError(Exception):
    def __init__(self, message: Phrase, at: int) -> None:
        super().__init__(message.key)
        self.message = message
        self.at = at


def read(source: SourceText) -> tuple[Node | None, Diagnostic | None]:
    """The value of a JSON text, as far as it can be read, and the error that ends it."""
    reader = _Reader(source.data)
    try:
        reader.value(0)
        reader.space()
        if reader.at < len(source.data):
            raise _WrongError(phrase("hcl.json-extra"), reader.at)
    except _WrongError as wrong:
        end = min(wrong.at + 1, len(source.data))
        return reader.root, Diagnostic(wrong.message, Span(source, wrong.at, end))
    return reader.root, None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.count = 0
        self.root: Node | None = None

    def space(self) -> int:
        """Pass over white space; give the next byte, or -1 at the end."""
        found = _SPACE.match(self.data, self.at)
        self.at = found.end() if found else self.at
        return self.data[self.at] if self.at < len(self.data) else -1

    def expected(self, what: str) -> _WrongError:
        return _WrongError(phrase("hcl.json-expected", what=phrase(f"hcl.want-{what}")), self.at)

    def value(self, depth: int, keep: list[Node] | None = None) -> Node:
        """The value at the current position; a container that is kept even when an error
        ends it is put into ``keep`` before it is read."""
        if depth > MAX_DEPTH:
            raise _WrongError(phrase("hcl.too-deep", limit=MAX_DEPTH), self.at)
        self.count += 1
        if self.count > MAX_VALUES:
            raise _WrongError(phrase("hcl.json-too-many", limit=MAX_VALUES), self.at)
        first = self.space()
        if first >= 0 and first in b"{[":
            node: Array | Object
            node = Object(self.at, self.at) if first == 0x7B else Array(self.at, self.at)
            self.at += 1
            if depth == 0:
                self.root = node
            if keep is not None:
                keep.append(node)
            if isinstance(node, Object):
                self.members(node, depth)
            else:
                self.items(node, depth)
            node.end = self.at
            return node
        leaf = self.string() if first == 0x22 else self.scalar()
        if depth == 0:
            self.root = leaf
        return leaf

    def members(self, node: Object, depth: int) -> None:
        if self.space() == 0x7D:
            self.at += 1
            return
        while True:
            if self.space() != 0x22:
                raise self.expected("json-property")
            key = self.string()
            if self.space() != 0x3A:
                raise self.expected("json-colon")
            self.at += 1
            kept: list[Node] = []
            try:
                value = self.value(depth + 1, kept)
            except _WrongError:
                if kept and depth + 1 < _KEPT_DEPTH:
                    kept[0].end = self.at  # type: ignore[misc]
                    node.members.append((key, kept[0]))
                raise
            node.members.append((key, value))
            if self.closed(0x7D, "json-comma-or-brace"):
                return

    def items(self, node: Array, depth: int) -> None:
        if self.space() == 0x5D:
            self.at += 1
            return
        while True:
            node.items.append(self.value(depth + 1))
            if self.closed(0x5D, "json-comma-or-bracket"):
                return

    def closed(self, close: int, what: str) -> bool:
        """Read a comma (False) or the closing mark (True)."""
        following = self.space()
        if following not in (0x2C, close):
            raise self.expected(what)
        self.at += 1
        return following == close

    def string(self) -> String:
        found = _STRING.match(self.data, self.at)
        if found is None:
            raise _WrongError(phrase("hcl.json-string"), self.at)
        start, self.at = found.span()
        raw = found[1]
        return String(_TEMPLATE.search(raw) is not None, b"\\" in raw, start, self.at)

    def scalar(self) -> Scalar:
        start = self.at
        found = _NUMBER.match(self.data, start)
        if found is not None:
            self.at = found.end()
            return Scalar(number(found[0].decode()), start, self.at)
        word = _WORD.match(self.data, start)
        if word is None or word[0] not in _WORDS:
            raise self.expected("json-value")
        self.at = word.end()
        return Scalar(_WORDS[word[0]], start, self.at)


class Decoded(SourceText):
    """The text of an escaped string; its positions are those of the JSON file."""

    __slots__ = ("_marks", "_origin")

    def __init__(self, origin: SourceText, data: bytes, marks: list[tuple[int, int]]) -> None:
        super().__init__(origin.path, data)
        self._origin = origin
        self._marks = marks

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the JSON file of a byte of the decoded text."""
        after, written = self._marks[bisect_right(self._marks, (offset, 1 << 62)) - 1]
        return self._origin.position(written + offset - after)

    def line(self, number: int) -> str:
        """A line of the JSON file."""
        return self._origin.line(number)


def decoded(source: SourceText, node: String) -> tuple[SourceText, int, int]:
    """The text of a string: a source and the place of the text in it."""
    start, end = node.start + 1, node.end - 1
    if not node.escaped:
        return source, start, end
    raw = source.data[start:end]
    pieces: list[bytes] = []
    marks = [(0, start)]
    at = length = 0
    for found in _ESCAPES.finditer(raw):
        text = json.loads(b'"' + found[0] + b'"').encode("utf-8", "replace")
        pieces += (raw[at : found.start()], text)
        length += found.start() - at
        marks.append((length, start + found.start()))
        length += len(text)
        at = found.end()
        marks.append((length, start + at))
    pieces.append(raw[at:])
    data = b"".join(pieces)
    return Decoded(source, data, marks), 0, len(data)
