"""Patterns behave as compiled ones do, and are compiled by their first use."""

from __future__ import annotations

import re

import pytest

from souverain.regex import regex


def test_a_pattern_is_compiled_when_it_is_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    really = re.compile

    def compile_(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(pattern)
        return really(pattern, flags)

    monkeypatch.setattr(re, "compile", compile_)
    letters = regex("[a-z]+")
    assert compiled == []
    assert letters.match("ab1") is not None
    assert letters.match("1ab") is None
    assert compiled == ["[a-z]+"]


def test_it_has_all_that_a_compiled_pattern_has() -> None:
    word = regex(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
    same = re.compile(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
    assert word.sub("_", "Ab 1 c") == "_ 1 _"
    assert [found["first"] for found in word.finditer("Ab 1 c")] == ["A", "c"]
    assert word.fullmatch("Ab 1 c") is None
    assert (word.pattern, word.flags, word.groups) == (same.pattern, same.flags, same.groups)
    assert word.groupindex == same.groupindex


def test_bytes_are_searched_as_bytes() -> None:
    found = regex(rb"[0-9]+").search(b"a12", 1, 2)
    assert found is not None
    assert found[0] == b"1"


def test_what_patterns_lack_is_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'matches'"):
        regex("a").matches  # type: ignore[attr-defined]  # noqa: B018


def test_a_pattern_that_cannot_be_read_says_so() -> None:
    with pytest.raises(re.error, match="unterminated"):
        regex("(a").match("a")
