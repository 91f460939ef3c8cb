"""Reading places and hosts out of configuration values.

Nothing here knows a provider: a value is text, text with unknown parts, or unknown, and
a list of values stands for all its members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final

from souverain.model import Attr, Config, Ref, Undecided
from souverain.records import dataclass
from souverain.regex import regex
from souverain.values import OpenMap, Partial, SetOf, Unknown, Value

Text = str | Partial | Unknown

HOLE = "unknown-part"
"""Stands for an unknown part while a host or a code is matched: a word no rule names."""


def texts(value: Value) -> Iterator[Text]:
    """Every text in a value, containers walked in order; null and "" say nothing."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, (Partial, Unknown)):
        yield value
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, (int, Decimal)):
        yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
        if isinstance(value, OpenMap):
            yield value.rest
    elif isinstance(value, (tuple, SetOf)):
        for item in value.items if isinstance(value, SetOf) else value:
            yield from texts(item)


def written(config: Config, paths: Iterable[str]) -> Iterator[Attr]:
    """Attributes at some paths, in their order; most of the paths are those of other types."""
    for path in _of_names(config.keys(), tuple(paths)):
        yield from config.read(path)


@lru_cache(maxsize=4096)
def _of_names(names: tuple[str, ...], paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths that begin with one of some names: resources of a type mostly have the same."""
    return tuple(path for path in paths if top(path) in names)


@lru_cache(maxsize=4096)
def top(path: str) -> str:
    """The name that a path begins with."""
    return path.partition(".")[0]


def known(value: Value) -> str | None:
    """The first text of a value when it is wholly known."""
    first = next(texts(value), None)
    return first if isinstance(first, str) else None


def open_part(text: Text) -> Unknown | None:
    """The unknown part of a text, None when it is wholly known."""
    if isinstance(text, Partial):
        return text.unknown
    return text if isinstance(text, Unknown) else None


def undecided(unknown: Unknown, attr: Attr) -> Undecided:
    """Why an attribute is undecided, pointing at the place that leaves it open."""
    return Undecided(unknown.reason, unknown.span or attr.span, unknown.cause)


def ref_of(text: Text) -> Ref | None:
    """The resource attribute an unknown text would be read from."""
    unknown = open_part(text)
    return unknown.ref if unknown is not None else None


@dataclass(frozen=True, slots=True)
class ArnPlace:
    """The region field of an ARN: ``region`` is "" when the ARN names none."""

    region: str


def arn_place(text: Text) -> ArnPlace | None:
    """Region of ``arn:partition:service:region:...``, from the left over literal text only.

    None when the text is no ARN, or when the field itself is not written out.
    """
    literal = text if isinstance(text, str) else text.prefix if isinstance(text, Partial) else ""
    fields = literal.split(":")
    if fields[0] != "arn" or len(fields) < 5:
        return None
    return ArnPlace(fields[3])


_CHOSEN: Final = regex(r"(?P<blocks>.+)\.(?P<name>\w+)\[(?P<by>\w+)=(?P<label>[^]]+)\]")


def chosen(read: Callable[[str], tuple[Attr, ...]], path: str) -> tuple[Attr, ...]:
    """Attributes at a path; of ``blocks.value[label=x]``, those in blocks labelled ``x``."""
    match = _CHOSEN.fullmatch(path) if path.endswith("]") else None
    if match is None:
        return read(path)
    blocks, label = match["blocks"], match["label"]
    labels = read(f"{blocks}.{match['by']}")
    at = {attr.position for attr in labels if known(attr.value) == label}
    return tuple(attr for attr in read(f"{blocks}.{match['name']}") if attr.position in at)


_PLACES: Final = ("locations", "regions", "zones")


def path_place(text: Text) -> str | None:
    """Region code in a resource path (``projects/p/locations/europe-west9/datasets/d``).

    None when there is none, or when it is not written out.
    """
    if isinstance(text, Unknown):
        return None
    parts = with_holes(text).split("/")
    after = (code for word, code in pairwise(parts) if word in _PLACES)
    return next((code for code in after if code and not has_hole(code)), None)


def host_of(text: Text) -> str | None:
    """Host of a URL or bare host, lower case, without port; unknown parts become one label.

    An unknown part can only replace whole labels: in ``https://${x}example.org`` nothing
    is known of the host, in ``https://${x}.example.org`` its suffix is.
    """
    if isinstance(text, Unknown):
        return None
    rest = with_holes(text).split("://", 1)[-1]
    authority = rest.split("/", 1)[0].split("?", 1)[0].rsplit("@", 1)[-1]
    if authority.startswith("["):
        return authority[1:].split("]", 1)[0].lower() or None
    return authority.split(":", 1)[0].rstrip(".").lower() or None


def with_holes(text: str | Partial) -> str:
    """A text whose unknown parts are replaced by a word that stands for none in particular."""
    if isinstance(text, str):
        return text
    return "".join(part if isinstance(part, str) else HOLE for part in text.segments)


def has_hole(text: str) -> bool:
    """Whether a captured name covers an unknown part of the text it was captured from."""
    return HOLE in text
