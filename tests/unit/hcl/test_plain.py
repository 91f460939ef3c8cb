"""Plain expressions, read from the bytes alone, are what the grammar makes of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from souverain.hcl import ast, plain, treesitter
from souverain.model import SourceText, Span


def source_of(text: str) -> SourceText:
    return SourceText("main.tf", text.encode())


def read(text: str) -> ast.Expr | None:
    source = source_of(text)
    return plain.read(source, 0, len(source.data))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"fr-par"', "fr-par"),
        ('""', ""),
        ("3", 3),
        ("007", 7),
        ("true", True),
        ("false", False),
        ("null", None),
    ],
)
def test_literals(text: str, value: str | int | bool | None) -> None:
    found = read(text)
    assert isinstance(found, ast.Literal)
    assert found.value == value
    assert type(found.value) is type(value)


def test_empty_collections() -> None:
    source = source_of("[]{}")
    assert plain.read(source, 0, 2) == ast.Tuple((), Span(source, 0, 2))
    assert plain.read(source, 2, 4) == ast.Object((), Span(source, 2, 4))


def test_names_are_accesses_with_their_spans() -> None:
    source = source_of("var.a-b.c")
    variable = ast.Variable("var", Span(source, 0, 3))
    inner = ast.GetAttr(variable, "a-b", Span(source, 0, 7))
    assert plain.read(source, 0, 9) == ast.GetAttr(inner, "c", Span(source, 0, 9))


@pytest.mark.parametrize(
    "text",
    [
        '"${a}"',
        '"100%"',
        r'"a\n"',
        '"é"',
        "1.5",
        "1e3",
        "a.0",
        "a[0]",
        "a.*.b",
        "-1",
        "(a)",
        "f(x)",
        "a .b",
        "a // b",
        "",
        '"a" "b"',
        "9" * 19,
    ],
)
def test_anything_else_is_left_to_the_grammar(text: str) -> None:
    assert read(text) is None


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,5}", fullmatch=True)


@settings(deadline=None)
@given(
    st.one_of(
        st.lists(NAMES, min_size=1, max_size=4).map(".".join),
        st.integers(0, 10**18).map(str),
        st.text(st.characters(codec="ascii"), max_size=8).map(lambda text: f'"{text}"'),
    )
)
@example("[]")
@example("{}")
@example("true.a")
@example("for")
@example("null")
@example('"#{}"')
@example('"//"')
def test_agrees_with_the_grammar(text: str) -> None:
    found = read(text)
    if found is not None:
        source = source_of(text)
        expected = treesitter.expression(source, 0, len(source.data))
        if expected is not None:
            assert repr(found) == repr(expected)
            assert found == expected
