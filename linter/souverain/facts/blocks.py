"""What else is written in the block a key stands in: places, and keys that say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from souverain.facts.hostnames import without_openings
from souverain.facts.reading import HOLE
from souverain.kubernetes.model import Fields, Items, Scalar

if TYPE_CHECKING:
    from souverain.kubernetes.model import Node

_LONGEST_CODE: Final = 100
"""No code of a region is longer."""


def codes(path: str, around: Iterable[Node | None]) -> Iterator[str]:
    """Short texts at a path of the first node that has any: the node of a key, the mapping it
    is in, those around."""
    keys = path.split(".")
    for start in around:
        found = False
        for text in _texts(start, keys):
            found = True
            yield text
        if found:
            return


def _texts(node: Node | None, keys: list[str]) -> Iterator[str]:
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
            yield from _texts(node.get("value"), keys[1:])
    elif node is not None and not keys and isinstance(node.value, (str, int)):
        text = without_openings(str(node.value)).strip()
        if text and HOLE not in text and len(text) <= _LONGEST_CODE:
            yield text


def _after_flag(items: Items, keys: list[str]) -> Iterator[str]:
    if keys and keys[0].startswith("-"):
        for flag, after in pairwise(items.nodes):
            if isinstance(flag, Scalar) and flag.value == keys[0]:
                yield from _texts(after, keys[1:])


def names(node: Node) -> Iterator[str]:
    """Every key, name of a variable and flag written in a block."""
    if isinstance(node, Fields):
        yield from node.keys
        for inner in node.nodes:
            yield from names(inner)
        name = node.text("name")
        if name is not None and (node.get("value") or node.get("valueFrom")):
            yield name
    elif isinstance(node, Items):
        for item in node.nodes:
            if isinstance(item, Scalar) and isinstance(item.value, str):
                if item.value.startswith("-"):
                    yield item.value.partition("=")[0]
            else:
                yield from names(item)
