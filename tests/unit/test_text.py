"""Sentences: how they are rendered, and that every one used exists in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import souverain
from souverain.model import Lang, inline, phrase
from souverain.text import places, render, texts

SOURCE = Path(souverain.__file__).parent
LANGUAGES: tuple[Lang, ...] = get_args(Lang)


def test_arguments_fill_their_places() -> None:
    assert render(phrase("sources.too-large", limit=10), "en") == (
        "The file is larger than 10 MB, the limit for one file."
    )
    assert render(phrase("sources.too-large", limit=10), "fr") == (
        "Le fichier dépasse 10 Mo, la limite pour un fichier."
    )


def test_phrases_nest_in_the_same_language() -> None:
    nothing = phrase("project.found-nothing")
    expected = phrase("project.expected", what=phrase("project.a-list"), found=nothing)
    assert render(expected, "en") == "Expected a list, found nothing."
    assert render(expected, "fr") == "Attendu : une liste ; trouvé : rien."


def test_inline_sentences_and_doubled_braces() -> None:
    given = inline("{{a}} {name}", "{name} {{b}}", name="{x}")
    assert render(given, "en") == "{a} {x}"
    assert render(given, "fr") == "{x} {b}"


def test_only_arguments_are_cleaned() -> None:
    given = inline("one\n{name}", "un\n{name}", name=phrase("sources.outside", root="a\nb"))
    assert render(given, "en", lambda text: text.replace("\n", "?")) == (
        "one\nThe path leads outside the project (a?b) and is not read."
    )


@pytest.mark.parametrize("key", ["nowhere.nothing", "sources.nothing", "nothing"])
def test_missing_sentence_is_a_fault(key: str) -> None:
    with pytest.raises(KeyError, match=key):
        render(phrase(key), "en")


def test_missing_argument_is_a_fault() -> None:
    with pytest.raises(KeyError, match="limit"):
        render(phrase("sources.too-large"), "en")


# --- the texts against the source ---------------------------------------------------------


def all_entries() -> Iterator[tuple[str, dict[str, str]]]:
    for area, entries in texts().items():
        for entry, sentences in entries.items():
            yield f"{area}.{entry}", {str(lang): text for lang, text in sentences.items()}


ENTRIES = dict(all_entries())


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_both_languages_say_the_same(key: str) -> None:
    sentences = ENTRIES[key]
    assert set(sentences) == set(LANGUAGES)
    assert places(sentences["en"]) == places(sentences["fr"])
    assert all(text.strip() for text in sentences.values())


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every ``phrase(...)`` of the source, with its place."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) == "phrase" and node.args:
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


CALLS = list(calls())


def test_the_source_is_searched() -> None:
    assert len(CALLS) > 50


@pytest.mark.parametrize(("where", "call"), CALLS, ids=[where for where, _ in CALLS])
def test_every_sentence_used_exists(where: str, call: ast.Call) -> None:
    key = call.args[0]
    given = {keyword.arg for keyword in call.keywords}
    for name in _keys(key):
        assert name in ENTRIES, f"{where}: no sentence {name}"
        if None not in given:
            missing = places(ENTRIES[name]["en"]) - given
            assert not missing, f"{where}: {name} needs {sorted(missing)}"


def _keys(key: ast.expr) -> list[str]:
    """Keys an expression can name: a constant, a choice of two, or a family ``f"area.x-{y}"``."""
    if isinstance(key, ast.Constant):
        return [str(key.value)]
    if isinstance(key, ast.IfExp):
        return _keys(key.body) + _keys(key.orelse)
    if isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
        prefix = str(key.values[0].value)
        return [name for name in ENTRIES if name.startswith(prefix)] or [prefix]
    return []


def test_every_sentence_is_used() -> None:
    """By a constant, or by an f-string that gives its beginning or its end."""
    nodes = [
        node
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]
    named = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    ends = [(n.values[0], n.values[-1]) for n in nodes if isinstance(n, ast.JoinedStr) and n.values]
    beginnings = tuple(
        str(first.value)
        for first, _ in ends
        if isinstance(first, ast.Constant) and str(first.value).partition(".")[0] in texts()
    )
    endings = tuple(
        str(last.value)
        for first, last in ends
        if isinstance(last, ast.Constant)
        and isinstance(first, ast.FormattedValue)
        and str(last.value).startswith("-")
    )
    unused = {
        key
        for key in ENTRIES
        if key not in named and not key.startswith(beginnings) and not key.endswith(endings)
    }
    assert sorted(unused) == []
