"""Places in files count lines and columns from 1, columns in code points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from souverain.model import SourceText, Span, phrase, worst


def span(text: str, part: str) -> Span:
    data, found = text.encode(), text.encode().index(part.encode())
    return Span(SourceText("main.tf", data), found, found + len(part.encode()))


def test_columns_are_code_points() -> None:
    place = span('été = "Besançon" # x\nb = 1\n', "# x")
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 18, 1, 21)


def test_a_span_over_lines_ends_exclusively() -> None:
    place = span("a {\n  b = 1\n}\n", "a {\n  b = 1\n}")
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 1, 3, 2)


def test_lines_are_given_without_their_ending() -> None:
    source = SourceText("main.tf", b"one\r\ntwo\nlast")
    assert [source.line(n) for n in range(5)] == ["", "one", "two", "last", ""]


def test_equal_phrases_do_not_depend_on_argument_order() -> None:
    assert phrase("x.y", a="1", b=2) == phrase("x.y", b=2, a="1")


def test_worst_severity() -> None:
    assert worst(["info", "error", "warning"]) == "error"
    assert worst([]) is None


@given(st.text(max_size=60), st.integers(0, 60))
def test_positions_agree_with_counting(text: str, at: int) -> None:
    at = min(at, len(text))
    before = text[:at]
    source = SourceText("x", text.encode("utf-8", "surrogatepass"))
    offset = len(before.encode("utf-8", "surrogatepass"))
    line, column = source.position(offset)
    assert line == before.count("\n") + 1
    if not any("\ud800" <= c <= "\udfff" for c in before):
        assert column == len(before.rsplit("\n", 1)[-1]) + 1


@given(st.text(max_size=20), st.text(max_size=20))
def test_long_lines_are_counted_like_others(before: str, after: str) -> None:
    text = f"{before}\n{'Évry, ' * 500}{after}"
    source = SourceText("x", text.encode("utf-8", "replace"))
    end = len(source.data)
    shown = source.data.decode()
    assert source.position(end) == (shown.count("\n") + 1, len(shown.rsplit("\n", 1)[-1]) + 1)
