"""Whether the attributes of a resource meet what the catalogue asks of them."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

from souverain.catalog.model import Condition
from souverain.facts.hints import Reader
from souverain.facts.reading import Text, open_part, texts, with_holes
from souverain.regex import regex
from souverain.values import Partial, Unknown

_WILDCARD: Final = regex(r"[*?[]")


def holds(condition: Condition, read: Reader) -> bool | None:
    """Whether a condition holds; None when an unknown value decides it."""
    values = [text for attr in read(condition.path) for text in texts(attr.value)]
    if condition.set is not None:
        return None if any(open_part(v) for v in values) else bool(values) is condition.set
    if any(_is_like(value, pattern) for value in values for pattern in condition.one_of):
        return True
    may = any(_may_be_like(value, pattern) for value in values for pattern in condition.one_of)
    return None if may else False


def _is_like(value: Text, pattern: str) -> bool:
    """Whether a text surely matches: what is not written out of it falls under a ``*``."""
    return not isinstance(value, Unknown) and fnmatchcase(with_holes(value), pattern)


def _may_be_like(value: Text, pattern: str) -> bool:
    """Whether what is not written out of a text may make it match: its ends must agree."""
    if isinstance(value, Unknown):
        return True
    if not isinstance(value, Partial):
        return False
    head, tail = _WILDCARD.split(pattern)[0], _WILDCARD.split(pattern)[-1]
    if head == pattern and len(value.prefix) + len(value.suffix) > len(pattern):
        return False
    return _agree(value.prefix, head, str.startswith) and _agree(value.suffix, tail, str.endswith)


def _agree(written: str, asked: str, begins: Callable[[str, str], bool]) -> bool:
    return begins(written, asked) or begins(asked, written)
