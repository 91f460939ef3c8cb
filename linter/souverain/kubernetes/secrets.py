"""Contents of Secrets: decoded, so that hosts are found in them, and marked, never shown."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from souverain.kubernetes.model import Entry, Fields, Items, Node, Scalar, ScalarValue
from souverain.regex import regex

_PLACES: Final = (
    ("data",),
    ("stringData",),
    # Repeats the whole object.
    ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
)

_KEY: Final = regex(
    r"(?i)pass(?:word|wd|phrase)|secret|token|credential|(?:api|access|account|private|shared)_?key"
)


def names_secret(key: str) -> bool:
    """Whether what is written under a key is likely not to be shown."""
    return _KEY.search(key) is not None


def concealed(secret: Fields) -> Fields:
    """A Secret with all its contents marked, and its ``data`` as text where it is text."""
    node: Node = secret
    for path in _PLACES:
        node = _at(node, path, decode=path == ("data",))
    assert isinstance(node, Fields)
    return node


def _at(node: Node, path: tuple[str, ...], *, decode: bool) -> Node:
    if not path:
        return _marked(node, decode)
    if not isinstance(node, Fields) or path[0] not in node.keys:
        return node
    return Fields(
        (
            Entry(each.key, each.key_span, _at(each.node, path[1:], decode=decode))
            if each.key == path[0]
            else each
            for each in node.entries
        ),
        node.span,
    )


def _marked(node: Node, decode: bool) -> Node:
    if isinstance(node, Fields):
        entries = (Entry(e.key, e.key_span, _marked(e.node, decode)) for e in node.entries)
        return Fields(entries, node.span)
    if isinstance(node, Items):
        return Items((_marked(each, decode) for each in node), node.span)
    return Scalar(_decoded(node.value) if decode else node.value, node.span, secret=True)


def _decoded(value: ScalarValue) -> ScalarValue:
    """The text that base64 stands for; what stands for none stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return value
