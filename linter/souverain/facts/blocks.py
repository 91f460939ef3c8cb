"""What is written around a key: places, keys that say otherwise, and where a value stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from souverain.facts.hostnames import without_openings
from souverain.facts.reading import HOLE
from souverain.kubernetes.model import Fields, Items, Scalar
from souverain.model import Span

if TYPE_CHECKING:
    from souverain.kubernetes.model import Node

_MOST_MISSED: Final = 20
"""Words that are not found in a text as it is written: it is folded, or encoded."""

_NEAR: Final = 300
"""Bytes before a value in which its key is sought."""

_LONGEST_CODE: Final = 100
"""No code of a region is longer."""


def codes(path: str, around: Iterable[Node | None]) -> Iterator[tuple[str, Node]]:
    """Short texts and their leaves at a path of the first node that has any: the node of a
    key, the mapping it is in, those around. What is kept elsewhere is open."""
    keys = path.split(".")
    for start in around:
        found = False
        for each in _texts(start, keys):
            found = True
            yield each
        if found:
            return


def _texts(node: Node | None, keys: list[str]) -> Iterator[tuple[str, Node]]:
    """Texts at a path; a name of the path may be a key with dots, ``*``, the name of a
    variable or a flag."""
    if isinstance(node, Items):
        yield from _after_flag(node, keys)
        for item in node.nodes:
            yield from _texts(item, keys)
    elif isinstance(node, Fields):
        for length in range(len(keys), 0, -1):
            yield from _texts(node.get(".".join(keys[:length])), keys[length:])
        if keys[:1] == ["*"]:
            for inner in node.nodes:
                yield from _texts(inner, keys[1:])
        if keys and node.text("name") == keys[0]:
            yield from _texts(node.get("value") or node.get("valueFrom"), keys[1:])
        if not keys and kept_at(node) is not None:
            yield HOLE, node
    elif node is not None and not keys and isinstance(node.value, (str, int)):
        text = without_openings(str(node.value)).strip()
        if text and len(text) <= _LONGEST_CODE:
            yield text, node


def kept_at(node: Fields) -> tuple[str, str, str] | None:
    """How a mapping names a key of another object that keeps the value, the name of the object
    and the key; None when it names none. ``""`` when the mapping itself is the reference."""
    for how, inner in (("", node), *zip(node.keys, node.nodes, strict=True)):
        if isinstance(inner, Fields):
            name, key = inner.text("name"), inner.text("key")
            if name and key:
                return how, name, key
    return None


def _after_flag(items: Items, keys: list[str]) -> Iterator[tuple[str, Node]]:
    if keys and keys[0].startswith("-"):
        for flag, after in pairwise(items.nodes):
            if isinstance(flag, Scalar) and flag.value == keys[0]:
                yield from _texts(after, keys[1:])


def names(node: Node) -> Iterator[str]:
    """Every key, name of a variable and flag in a block that something is written for."""
    if isinstance(node, Fields):
        yield from filled(node)
        for inner in node.nodes:
            yield from names(inner)
        name = node.text("name")
        if name is not None and not (_is_empty(node.get("value")) and not node.get("valueFrom")):
            yield name
    elif isinstance(node, Items):
        for item in node.nodes:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                if item.value.startswith("-"):
                    yield item.value.partition("=")[0]
            else:
                yield from names(item)


def filled(fields: Fields) -> Iterator[str]:
    """The keys of a mapping that something is written for."""
    for key, node in zip(fields.keys, fields.nodes, strict=True):
        if not _is_empty(node):
            yield key


def _is_empty(node: Node | None) -> bool:
    """Whether nothing is set: charts list keys that nobody has filled in."""
    return node is None or (isinstance(node, Scalar) and node.value in (None, ""))


def name_place(value: Span, key: str, text: str) -> Span:
    """Where the key of a value is written, just before it or in it (``--key=value``). When it
    is nowhere there, the place as it is told, or only its start where that holds the text."""
    data, wanted = value.source.data, key.encode()
    at = data.rfind(wanted, max(0, value.start - _NEAR), value.start) if key else -1
    if at < 0 and key:
        at = data.find(wanted, value.start, value.end)
    if at >= 0:
        return Span(value.source, at, at + len(wanted))
    is_written = text.encode() in data[value.start : value.end]
    return Span(value.source, value.start, value.start) if is_written else value


class Closer:
    """Places of words inside the texts of one object, met in the order they are written."""

    def __init__(self) -> None:
        self._reached: dict[int, int] = {}
        self._missed: dict[int, int] = {}

    def place(self, span: Span, key: str, word: str) -> Span:
        """Where a word stands after its key; the whole text when it is not written there."""
        if not word or span.end - span.start <= len(word) + 2:
            return span
        # Each text is searched once from end to end, however many words are looked for.
        if self._missed.get(span.start, 0) >= _MOST_MISSED:
            return span
        data, wanted = span.source.data, word.encode()
        start = self._reached.get(span.start, span.start)
        after = data.find(key.encode(), start, span.end) if key else start
        at = data.find(wanted, max(after, start), span.end)
        if after < 0 or at < 0:
            self._missed[span.start] = self._missed.get(span.start, 0) + 1
        if at < 0:
            return span
        # From the key on: another signal may tell of the same word.
        self._reached[span.start] = after if after >= 0 else at
        return Span(span.source, at, at + len(wanted))
