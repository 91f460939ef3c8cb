"""Sentences for the user: a :class:`~souverain.model.Phrase` rendered in one language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from souverain import policystore
from souverain.model import INLINE, Lang, Phrase


def render(phrase: Phrase, lang: Lang) -> str:
    """The sentence in ``lang``; nested phrases are rendered in the same language.

    Raises KeyError when the key, the language or an argument is missing: that is a fault
    of the program, and a test holds every key used in the source against the texts.
    """
    arguments = {
        name: render(value, lang) if isinstance(value, Phrase) else value
        for name, value in phrase.args
    }
    template = str(arguments[lang]) if phrase.key == INLINE else _template(phrase.key, lang)
    return template.format_map(arguments)


def _template(key: str, lang: Lang) -> str:
    area, _, entry = key.partition(".")
    try:
        return texts()[area][entry][lang]
    except KeyError:
        raise KeyError(f"no {lang} text for {key}") from None


@cache
def texts() -> Mapping[str, Mapping[str, Mapping[Lang, str]]]:
    """All sentences: file, entry, language."""
    loaded: Mapping[str, Mapping[str, Mapping[Lang, str]]] = policystore.load("text")  # type: ignore[assignment]
    return loaded
