"""What an ignore must say, and what is said of one that does not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.suppress.dates import day_of, months_after
from souverain.suppress.directive import Directive, Fault, is_meant, parse
from souverain.text import render

WHOLE = 'ignore[LOC001] until=2027-03-31 reason="moving"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WHOLE, Directive(("LOC001",), date(2027, 3, 31), "moving")),
        (
            '  ignore [LOC001, EXT001,SNC001]  ref="note 12" reason=moving until=2027-03-31 ',
            Directive(("LOC001", "EXT001", "SNC001"), date(2027, 3, 31), "moving", "note 12"),
        ),
        (
            r'ignore[LOC001,LOC001] until="2027-03-31" reason="a \"b\" \\ c = d"',
            Directive(("LOC001",), date(2027, 3, 31), r'a "b" \ c = d'),
        ),
        (
            'ignore[health-data-stored-outside-eea] until=2024-02-29 reason="déménagement"',
            Directive(("health-data-stored-outside-eea",), date(2024, 2, 29), "déménagement"),
        ),
    ],
)
def test_whole(text: str, expected: Directive) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ignore", "expected ignore[RULE"),
        ("ignore[]" + WHOLE[14:], "name the rules in the brackets"),
        ("ignore[*,]" + WHOLE[14:], "name the rules in the brackets"),
        ("ignored[LOC001]" + WHOLE[14:], "expected ignore[RULE"),
        ("disable[LOC001]" + WHOLE[14:], "expected ignore[RULE"),
        ('ignore[LOC001] reason="x"', "add until="),
        ("ignore[LOC001] until=2027-03-31", "add reason="),
        ('ignore[LOC001] until=2027-03-31 reason=""', "“reason” is empty"),
        ('ignore[LOC001] until=2027-03-31 reason="  "', "“reason” is empty"),
        (WHOLE + ' ref=""', "“ref” is empty"),
        (WHOLE + " until=2028-01-01", "“until” is written twice"),
        (WHOLE + " why=x", "there is no field “why”; those there are: until, reason, ref"),
        (WHOLE + " because", "“because” is no field"),
        ('ignore[LOC001] until=2027-03-31 reason="x', '“reason="x” is no field'),
        ('ignore[LOC001] until=2027-03-31 reason="x"until=2027-03-31', "is no field"),
        ("ignore[LOC001] until=31/03/2027 reason=x", "“31/03/2027” is no day"),
        ("ignore[LOC001] until=2027-02-29 reason=x", "“2027-02-29” is no day"),
        ("ignore[LOC001] until=2027-3-1 reason=x", "“2027-3-1” is no day"),
        ("ignore[LOC001] until=٢٠٢٧-03-31 reason=x", "is no day"),
    ],
)
def test_faults(text: str, said: str) -> None:
    found = parse(text)
    assert isinstance(found, Fault)
    assert said in render(found.reason, "en")


@pytest.mark.parametrize("text", ["ignore", "Ignore LOC001", "disable[LOC001]", "ignore[X]"])
def test_meant(text: str) -> None:
    assert is_meant(text)


@pytest.mark.parametrize("text", ["hosted in France", "oui", "", "ignorer ce bloc", "voir [1]"])
def test_prose_is_not_meant(text: str) -> None:
    assert not is_meant(text)


@given(st.text(max_size=200))
def test_nothing_crashes(text: str) -> None:
    assert isinstance(parse(text), (Directive, Fault))
    assert isinstance(parse("ignore[" + text), (Directive, Fault))


@given(
    st.lists(st.from_regex(r"[A-Z]{3}[0-9]{3}", fullmatch=True), min_size=1, unique=True),
    st.dates(min_value=date(1000, 1, 1)),
    st.text().filter(str.strip),
)
def test_what_is_written_is_read(rules: list[str], day: date, reason: str) -> None:
    quoted = reason.replace("\\", "\\\\").replace('"', '\\"')
    if "\n" in quoted:
        return
    text = f'ignore[{", ".join(rules)}] until={day.isoformat()} reason="{quoted}"'
    assert parse(text) == Directive(tuple(rules), day, reason.strip())


def test_months() -> None:
    assert months_after(date(2024, 8, 31), 18) == date(2026, 2, 28)
    assert months_after(date(2024, 12, 15), 12) == date(2025, 12, 15)
    assert months_after(date(9999, 6, 1), 12) == date.max
    assert day_of("0000-01-01") is None
