"""Tags and labels of an asset, in whichever of their forms they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from souverain.catalog.sensitivity import Sensitivity
from souverain.facts.reading import Text, open_part, texts, undecided, written
from souverain.model import Asset, Attr, Phrase, Span, Undecided, phrase
from souverain.records import dataclass, replace
from souverain.values import OpenMap, Partial, SetOf, Unknown, Value


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag. ``value`` is None for a bare word (``tags = ["hds"]``).

    ``replaceable``: a default, which a tag of the asset that is not known may replace.
    """

    key: str
    value: Text | None
    attr: Attr
    replaceable: bool = False

    @property
    def span(self) -> Span:
        """The attribute that holds it."""
        return self.attr.span

    @property
    def literal(self) -> str | None:
        """Its value where that is wholly known."""
        return self.value if isinstance(self.value, str) else None

    def said(self) -> Phrase:
        """What it says, as a reason."""
        if self.literal is None:
            return phrase("facts.data-tag-word", word=self.key)
        return phrase("facts.data-tag", key=self.key, value=self.literal)


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one asset; ``unknown`` when some could not be read at all."""

    tags: tuple[Tag, ...]
    unknown: Undecided | None = None


def tags_of(words: Sensitivity, asset: Asset) -> Tags:
    """Tags of an asset, its own before the provider's defaults of the same key."""
    paths = words.tags.attributes + words.tags.attributes_of.get(asset.type.partition("_")[0], ())
    own, defaults = _read(written(asset.config, paths)), _defaults(words, asset)
    replaceable = own.unknown is not None
    found: dict[tuple[str, bool], Tag] = {}
    for tag in (*own.tags, *(replace(tag, replaceable=replaceable) for tag in defaults.tags)):
        found.setdefault((tag.key, tag.value is None), tag)
    return Tags(tuple(found.values()), own.unknown or defaults.unknown)


def _read(attributes: Iterable[Attr]) -> Tags:
    items = [item for attr in attributes for item in _items(attr, attr.value)]
    unknown = next((item for item in items if isinstance(item, Undecided)), None)
    return Tags(tuple(item for item in items if isinstance(item, Tag)), unknown)


def _defaults(words: Sensitivity, asset: Asset) -> Tags:
    merged = _read(written(asset.config, words.tags.merged_attributes))
    if merged.tags and merged.unknown is None:
        return merged
    provider = asset.provider.config if asset.provider else None
    if provider is None:
        return Tags(())
    return _read(a for path in words.tags.provider_attributes for a in provider.read(path))


def _items(attr: Attr, value: Value) -> Iterator[Tag | Undecided]:
    if isinstance(value, Unknown):
        yield undecided(value, attr)
    elif isinstance(value, OpenMap):
        yield from _of_mapping(attr, value.known)
        yield undecided(value.rest, attr)
    elif isinstance(value, Mapping):
        yield from _of_mapping(attr, value)
    elif isinstance(value, (tuple, SetOf)):
        for item in value.items if isinstance(value, SetOf) else value:
            yield from _items(attr, item)
    elif isinstance(value, Partial):
        yield from _of_word(attr, value)
    else:
        for text in texts(value):
            yield from _of_word(attr, text)


def _of_mapping(attr: Attr, value: Mapping[str, Value]) -> Iterator[Tag | Undecided]:
    if {"key", "value"} <= value.keys():
        yield from _of_pair(attr, value["key"], value["value"])
        return
    for key, item in value.items():
        text = next(texts(item), None)
        if text is not None:
            yield Tag(key, text, attr)


def _of_pair(attr: Attr, key: Value, value: Value) -> Iterator[Tag | Undecided]:
    if isinstance(key, str):
        yield Tag(key, next(texts(value), ""), attr)
    elif isinstance(key, (Unknown, Partial)):
        yield undecided(key if isinstance(key, Unknown) else key.unknown, attr)


def _of_word(attr: Attr, text: Text) -> Iterator[Tag | Undecided]:
    """``key=value``, ``key:value`` or a bare word. The key must be written out."""
    literal = text if isinstance(text, str) else text.prefix if isinstance(text, Partial) else ""
    at = min((i for i in (literal.find("="), literal.find(":")) if i > 0), default=-1)
    unknown = open_part(text)
    if at > 0:
        key, value = literal[:at].strip(), literal[at + 1 :].strip()
        yield Tag(key, value if unknown is None else unknown, attr)
    elif unknown is not None:
        yield undecided(unknown, attr)
    else:
        yield Tag(literal, None, attr)
