"""Each time a resource orders a flow: one attribute, one item of it, or one host in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from souverain.catalog.model import FlowSpec
from souverain.facts.hints import Reader
from souverain.facts.reading import Text, host_of, ref_of, texts, with_holes
from souverain.model import Asset, Attr, Evidence, Position, Ref, Span
from souverain.records import dataclass
from souverain.regex import regex
from souverain.values import SetOf, Unknown, Value

if TYPE_CHECKING:
    from souverain.catalog import Catalog

_BETWEEN_WORDS: Final = regex(r"[\s\"'`,;=<>\[\]{}()|\\]+")


@dataclass(frozen=True, slots=True)
class Item:
    """One text of an attribute that holds several. Implements :class:`souverain.model.Attr`."""

    whole: Attr
    value: Value

    @property
    def path(self) -> str:
        return self.whole.path

    @property
    def span(self) -> Span:
        return self.whole.span

    @property
    def position(self) -> Position:
        return self.whole.position

    def references(self) -> tuple[Ref, ...]:
        """The reference the text keeps, else those of the whole attribute."""
        text = next(texts(self.value), None)
        kept = ref_of(text) if text is not None else None
        return (kept,) if kept is not None else self.whole.references()

    def trace(self) -> tuple[Evidence, ...]:
        return self.whole.trace()


def occurrences(
    asset: Asset, spec: FlowSpec, catalog: Catalog
) -> Iterator[tuple[Attr | None, Reader]]:
    """Each time a construct is written, and what reads the attributes beside it.

    ``null`` and an empty list order nothing.
    """
    if not spec.path:
        yield None, asset.config.read
        return
    for attr in asset.config.read(spec.path):
        for item in _hosts(attr, catalog) if spec.scan else _items(attr):
            yield item, _beside(asset, spec.path, item)


def _items(attr: Attr) -> Iterator[Attr]:
    several = isinstance(attr.value, (tuple, SetOf))
    found = tuple(dict.fromkeys(texts(attr.value)))
    if len(found) > 1 and several:
        yield from (Item(attr, text) for text in found)
    elif found:
        yield attr


def _hosts(attr: Attr, catalog: Catalog) -> Iterator[Attr]:
    """The hosts of other people's services anywhere in an attribute, each once."""
    words = (word for text in texts(attr.value) for word in _words(text))
    for word in dict.fromkeys(words):
        host = host_of(word)
        match = catalog.host(host) if host else None
        if match is not None and match.operator is not None:
            yield Item(attr, word)


def _words(text: Text) -> Iterator[str]:
    """What may be a host or URL; an e-mail address goes nowhere."""
    if isinstance(text, Unknown):
        return
    for word in _BETWEEN_WORDS.split(with_holes(text)):
        if "." in word and ("@" not in word or "://" in word):
            yield word


def _beside(asset: Asset, path: str, written: Attr) -> Reader:
    """Reads attributes of the same blocks as one that is written at ``path``."""

    def read(other: str) -> tuple[Attr, ...]:
        if other == path:
            return (written,)
        blocks = zip(path.split(".")[:-1], other.split(".")[:-1], strict=False)
        shared = len(list(takewhile(lambda names: names[0] == names[1], blocks)))
        return tuple(attr for attr in asset.config.read(other) if _together(attr, written, shared))

    return read


def _together(one: Attr, other: Attr, shared: int) -> bool:
    """Whether two attributes stand in the same blocks, over the names their paths share."""
    pairs = zip(one.position[:shared], other.position[:shared], strict=False)
    return all(a == b for a, b in pairs)
