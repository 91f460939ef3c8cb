"""How tags declare data and how names suggest it: ``policies/catalog/sensitivity.yaml``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from souverain.catalog.model import Provenance
from souverain.model import Confidence, StatusKind
from souverain.records import TypedDict, dataclass
from souverain.regex import regex

_WORDS: Final = regex(r"[A-Za-z0-9]+")
_CAMEL: Final = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")
_KEY_SEPARATORS: Final = regex(r"[:/.]")
_LISTED: Final = regex(r"[,;/+|&]")
"""What stands between the values of one tag."""

_ENCODED_LENGTH: Final = 20
"""Words this long that mix cases and digits are keys, hashes or identifiers."""


@dataclass(frozen=True, slots=True)
class TagWords:
    """Where tags are, and what their keys and values say (normalised words)."""

    attributes: tuple[str, ...]
    attributes_of: Mapping[str, tuple[str, ...]]
    """First part of a type's name -> the other attributes where its tags are."""
    provider_attributes: tuple[str, ...]
    merged_attributes: tuple[str, ...]
    """Computed attributes of a plan: the tags with the provider's defaults."""
    classifications: frozenset[str]
    flags: Mapping[str, str]
    """Key -> data category."""
    yes: frozenset[str]
    no: frozenset[str]
    values: Mapping[str, str]
    """Value -> data category."""
    claims: Mapping[str, StatusKind]
    """Key (with a yes, or alone), or value of a key of ``labels`` -> status it claims."""
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of names that suggest one category of data."""

    category: str
    strong: frozenset[str]
    weak: frozenset[str]
    not_before: Mapping[str, frozenset[str]]
    denials: frozenset[str]
    """Words before another that say it is not there: ``no_phi``."""

    def hits(self, names: Sequence[str]) -> tuple[str, ...]:
        """The words that suggest the category: one strong word, or two weak ones; else ()."""
        weak: dict[str, None] = {}
        for name in names:
            for word in self._words(name):
                if word in self.strong:
                    return (word,)
                if word in self.weak:
                    weak.setdefault(word)
        return tuple(weak) if len(weak) > 1 else ()

    def _words(self, name: str) -> Iterator[str]:
        words = tokens(name)
        for index, word in enumerate(words):
            if index and words[index - 1] in self.denials:
                continue
            following = words[index + 1] if index + 1 < len(words) else ""
            if following in self.not_before.get(word, ()):
                continue
            yield word
            if word + following in self.strong:
                yield word + following


@dataclass(frozen=True, slots=True)
class Carrying:
    """A resource by which the data of ``source`` reaches ``target``: attributes that lead to
    them, "" the resource itself."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Everything the catalogue knows about recognising data."""

    tags: TagWords
    lifts: frozenset[str]
    """Declared categories that replace what a service is made for."""
    referenced: frozenset[str]
    """Of these, categories that need a reference: a tag cannot declare them."""
    assumed: str
    propagation: tuple[str, ...]
    contents: frozenset[str]
    """Attributes that give what an asset holds: they do not lead to the asset."""
    carrying: Mapping[str, tuple[Carrying, ...]]
    """By resource type, what carries the data of one asset to another."""
    protecting: frozenset[str]
    """Capabilities of what protects data, and is as sensitive as what it protects."""
    names: tuple[str, ...]
    named_for_use: frozenset[str]
    """Capabilities whose names tell what they serve, and not what they hold."""
    lexicon: Lexicon
    provenance: Provenance

    def is_declaring(self, key: str) -> bool:
        """Whether a tag of this key says something about data."""
        return self._key(key) is not None

    def category(self, key: str, value: str) -> str | None:
        """Data category that a tag declares; None when it says nothing of the data."""
        found = self._key(key)
        if found is None:
            return None
        word = normalised(value)
        flagged = self.tags.flags.get(found)
        if flagged is not None and word in self.tags.yes:
            return flagged
        if word in self.tags.no:
            return None
        return self.tags.values.get(word)

    def categories(self, key: str, value: str) -> tuple[str, ...]:
        """Data categories that a tag declares: by its value, else by the values that it lists.

        A list lifts nothing unless all of it does: ``public/internal`` is not public.
        """
        whole = self.category(key, value)
        if whole is not None or not _LISTED.search(value):
            return () if whole is None else (whole,)
        each = [self.category(key, part) for part in _LISTED.split(value) if part.strip()]
        lifted = all(category in self.lifts for category in each)
        return tuple(dict.fromkeys(c for c in each if c and (lifted or c not in self.lifts)))

    def bare(self, word: str) -> str | None:
        """Data category that a tag without a value declares (``hds``)."""
        return self.tags.flags.get(normalised(word))

    def claim(self, key: str, value: str | None) -> StatusKind | None:
        """Status that a tag claims; ``value`` is None for a bare word."""
        for word in _suffixes(key):
            if word in self.tags.labels:
                return self.tags.claims.get(normalised(value or ""))
            claimed = self.tags.claims.get(word)
            if claimed and (value is None or normalised(value) in self.tags.yes):
                return claimed
        return None

    def _key(self, key: str) -> str | None:
        """The known key in ``key``, without its prefixes."""
        for word in _suffixes(key):
            if word in self.tags.classifications or word in self.tags.flags:
                return word
        return None


@lru_cache(maxsize=4096)
def _suffixes(key: str) -> tuple[str, ...]:
    """A key as a word, whole, then without its first part, and so on."""
    parts = _KEY_SEPARATORS.split(key)
    return tuple(normalised("".join(parts[start:])) for start in range(len(parts)))


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """Lower-case letters and digits of a text, accents removed."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain.lower() if c.isascii() and c.isalnum())


def tokens(name: str) -> tuple[str, ...]:
    """Words of a name, lower case: split at separators and at camelCase humps."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(
        part.lower()
        for word in _WORDS.findall(plain)
        if not _is_encoded(word)
        for part in _humps(word)
    )


def _humps(word: str) -> list[str]:
    return [word] if word.islower() or word.isupper() else _CAMEL.findall(word)


def _is_encoded(word: str) -> bool:
    kinds = (str.islower, str.isupper, str.isdigit)
    return len(word) >= _ENCODED_LENGTH and (
        sum(any(test(c) for c in word) for test in kinds) == len(kinds)
    )


class _Tags(TypedDict):
    attributes: Sequence[str]
    attributes_of: Mapping[str, Sequence[str]]
    provider_attributes: Sequence[str]
    merged_attributes: Sequence[str]
    classifications: Sequence[str]
    flags: Mapping[str, Sequence[str]]
    yes: Sequence[str]
    no: Sequence[str]
    values: Mapping[str, Sequence[str]]
    claims: Mapping[StatusKind, Sequence[str]]
    labels: Sequence[str]


class _Lexicon(TypedDict):
    category: str
    strong: Sequence[str]
    weak: Sequence[str]
    not_before: Mapping[str, Sequence[str]]
    denials: Sequence[str]


class _Provenance(TypedDict):
    source: str
    confidence: Confidence
    seen: str


class _Types(TypedDict):
    types: Sequence[str]


class _Carrying(_Types, total=False):
    source: str
    target: str


class SensitivityData(TypedDict):
    """``policies/catalog/sensitivity.yaml`` (``policies/schema/sensitivity.schema.json``)."""

    provenance: _Provenance
    tags: _Tags
    lifts: Sequence[str]
    referenced: Sequence[str]
    assumed: str
    propagation: Sequence[str]
    contents: Sequence[str]
    carrying: Sequence[_Carrying]
    protecting: Sequence[str]
    names: Sequence[str]
    named_for_use: Sequence[str]
    lexicon: _Lexicon


def decode_sensitivity(data: SensitivityData) -> Sensitivity:
    """The words as sets and tables. Raises :class:`KeyError` on data the schema refuses."""
    tags, lexicon = data["tags"], data["lexicon"]
    return Sensitivity(
        TagWords(
            tuple(tags["attributes"]),
            {prefix: tuple(paths) for prefix, paths in tags["attributes_of"].items()},
            tuple(tags["provider_attributes"]),
            tuple(tags["merged_attributes"]),
            frozenset(tags["classifications"]),
            _inverted(tags["flags"]),
            frozenset(tags["yes"]),
            frozenset(tags["no"]),
            _inverted(tags["values"]),
            {word: status for status, words in tags["claims"].items() for word in words},
            frozenset(tags["labels"]),
        ),
        frozenset(data["lifts"]),
        frozenset(data["referenced"]),
        data["assumed"],
        tuple(data["propagation"]),
        frozenset(data["contents"]),
        _carrying(data["carrying"]),
        frozenset(data["protecting"]),
        tuple(data["names"]),
        frozenset(data["named_for_use"]),
        Lexicon(
            lexicon["category"],
            frozenset(lexicon["strong"]),
            frozenset(lexicon["weak"]),
            {word: frozenset(after) for word, after in lexicon["not_before"].items()},
            frozenset(lexicon["denials"]),
        ),
        Provenance(**data["provenance"]),
    )


def _carrying(rules: Sequence[_Carrying]) -> dict[str, tuple[Carrying, ...]]:
    found: dict[str, tuple[Carrying, ...]] = {}
    for rule in rules:
        carrying = Carrying(rule.get("source", ""), rule.get("target", ""))
        for type_ in rule["types"]:
            found[type_] = (*found.get(type_, ()), carrying)
    return found


def _inverted(by_category: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {word: category for category, words in by_category.items() for word in words}
