"""Reads fields of objects by a path: keys joined by dots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from souverain.kubernetes.model import Fields, Items, Node, Scalar
from souverain.regex import regex

_PLACEHOLDER: Final = regex(r"\{\{|\$\{|\*")


def node_at(node: Node, path: str) -> Node | None:
    """The node at a path of mappings; None for no path."""
    found: Node | None = node if path else None
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Fields) else None
    return found


def items_of(node: Node | None) -> Sequence[Node]:
    """The items of a list, or the one node that is no list."""
    if isinstance(node, Items):
        return node.nodes
    return () if node is None else (node,)


def leaves_of(node: Node | None) -> list[Scalar]:
    """The leaf that a node is, or those that it lists; nulls are none."""
    return [one for one in items_of(node) if isinstance(one, Scalar) and one.value is not None]


def leaves_at(node: Node, path: str) -> list[Scalar]:
    """The leaves at a path that leads through lists as well."""
    found: list[Node] = [node]
    for key in path.split("."):
        inner = (
            one.get(key) for above in found for one in items_of(above) if isinstance(one, Fields)
        )
        found = [one for one in inner if one is not None]
    return [leaf for one in found for leaf in leaves_of(one)]


def leaf_at(node: Node, path: str) -> Scalar | None:
    """The leaf at a path of mappings."""
    found = node_at(node, path)
    return found if isinstance(found, Scalar) else None


def is_open(text: str) -> bool:
    """Whether something fills in a text when it runs."""
    return _PLACEHOLDER.search(text) is not None
