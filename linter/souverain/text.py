"""Sentences for the user: a :class:`~souverain.model.Phrase` rendered in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from souverain import policystore
from souverain.model import INLINE, Lang, Phrase
from souverain.regex import regex

_PLACE = regex(r"\{\{|\}\}|\{(\w+)\}")


def render(phrase: Phrase, lang: Lang, clean: Callable[[str], str] = str) -> str:
    """The sentence in ``lang``; nested phrases are rendered in the same language.

    ``clean`` is applied to every text that fills a place, since it may come from a scanned
    file. Raises KeyError when the key, the language or an argument is missing: that is a
    fault of the program, and a test holds every key used in the source against the texts.
    """
    arguments = dict(phrase.args)

    def fill(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        value = arguments[found[1]]
        return render(value, lang, clean) if isinstance(value, Phrase) else clean(str(value))

    return _PLACE.sub(fill, _template(phrase, lang))


def _template(phrase: Phrase, lang: Lang) -> str:
    if phrase.key == INLINE:
        return str(dict(phrase.args)[lang])
    area, _, entry = phrase.key.partition(".")
    try:
        return texts()[area][entry][lang]
    except KeyError:
        raise KeyError(f"no {lang} text for {phrase.key}") from None


@cache
def texts() -> Mapping[str, Mapping[str, Mapping[Lang, str]]]:
    """All sentences: file, entry, language."""
    loaded: Mapping[str, Mapping[str, Mapping[Lang, str]]] = policystore.load("text")  # type: ignore[assignment]
    return loaded


@cache
def places(template: str) -> frozenset[str]:
    """Names of the places of a sentence."""
    return frozenset(_PLACE.findall(template)) - {""}
