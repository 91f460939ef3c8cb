"""Moves the nodes of a rendered document to the files a person edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from souverain.kubernetes.model import Entry, Fields, Items, Node, Scalar
from souverain.model import Phrase, Span

Path = tuple[str | int, ...]
"""Keys and indices that lead to a node of a document."""


class Filled(Scalar):
    """A leaf whose value another file decides: a values file of a chart, a patch.

    ``span`` is where the object says it, ``origin`` where the value is written.
    """

    __slots__ = ("origin",)

    origin: Span

    def __init__(self, scalar: Scalar, span: Span, origin: Span) -> None:
        super().__init__(scalar.value, span, scalar.secret)
        self.origin = origin


class Open(Scalar):
    """A leaf of which parts stay open although something is known of what fills them in.

    ``causes`` gives the reason for each part, as it is written (``${zone}``).
    """

    __slots__ = ("causes",)

    causes: Mapping[str, Phrase]

    def __init__(self, scalar: Scalar, causes: Mapping[str, Phrase]) -> None:
        super().__init__(scalar.value, scalar.span, scalar.secret)
        self.causes = causes


class Places(Protocol):
    """Where the parts of one rendered document come from."""

    def key(self, path: Path, span: Span) -> Span:
        """Place of the key that ends a path."""

    def node(self, path: Path, node: Node) -> Span:
        """Place of a node."""

    def origin(self, path: Path, leaf: Scalar) -> Span | None:
        """Where the value of a leaf is written, when that is another place than its own."""

    def place(self, span: Span) -> Span:
        """Place of what stands at a stretch of the rendered text."""

    def whole(self, path: Path) -> Node | None:
        """The node of a file that is the same in everything, if there is one."""


class FixedPlace:
    """Everything is at one place: what is rendered lies in no file that people edit."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def key(self, path: Path, span: Span) -> Span:
        return self._span

    def node(self, path: Path, node: Node) -> Span:
        return self._span

    def origin(self, path: Path, leaf: Scalar) -> Span | None:
        return None

    def place(self, span: Span) -> Span:
        return self._span

    def whole(self, path: Path) -> Node | None:
        return None


def relocated(node: Node, places: Places, path: Path = ()) -> Node:
    """The same node, with the places of everything in it."""
    same = places.whole(path)
    if same is not None:
        return same
    span = places.node(path, node)
    if isinstance(node, Fields):
        return Fields(
            (
                Entry(
                    entry.key,
                    places.key((*path, entry.key), entry.key_span),
                    relocated(entry.node, places, (*path, entry.key)),
                )
                for entry in node.entries
            ),
            span,
        )
    if isinstance(node, Items):
        return Items((relocated(each, places, (*path, i)) for i, each in enumerate(node)), span)
    origin = places.origin(path, node)
    if origin is not None and origin != span:
        return Filled(node, span, origin)
    return Scalar(node.value, span, node.secret)


def written(leaf: Scalar) -> str:
    """The text of a leaf: what it says as a string, what is written for anything else."""
    return leaf.value if isinstance(leaf.value, str) else leaf.span.text
