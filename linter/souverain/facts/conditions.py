"""Whether the attributes of a resource meet what the catalogue asks of them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from souverain.catalog.model import Condition
from souverain.facts.hints import Reader
from souverain.facts.reading import Text, open_part, texts, with_holes
from souverain.values import Unknown


def holds(condition: Condition, read: Reader) -> bool | None:
    """Whether a condition holds; None when an unknown value decides it."""
    values = [text for attr in read(condition.path) for text in texts(attr.value)]
    if condition.set is not None:
        return None if any(open_part(v) for v in values) else bool(values) is condition.set
    if any(_is_like(value, pattern) for value in values for pattern in condition.one_of):
        return True
    return None if any(open_part(value) for value in values) else False


def _is_like(value: Text, pattern: str) -> bool:
    """Whether a text surely matches: what is not written out of it falls under a ``*``."""
    return not isinstance(value, Unknown) and fnmatchcase(with_holes(value), pattern)
