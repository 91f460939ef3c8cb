from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.facts.reading import ArnPlace, arn_place, has_hole, host_of, known, texts
from souverain.model import phrase
from souverain.values import OpenMap, Partial, SetOf, Unknown

OPEN = Unknown(phrase("test.open"))


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://S3.example.org/bucket", "s3.example.org"),
        ("s3.example.org:9000", "s3.example.org"),
        ("s3.example.org.", "s3.example.org"),
        ("https://user:secret@s3.example.org?x=1", "s3.example.org"),
        ("https://[2001:DB8::1]:443/x", "2001:db8::1"),
        ("https:///x", None),
        (OPEN, None),
    ],
)
def test_the_host_of_a_text(text, host):
    assert host_of(text) == host


def test_an_unknown_part_is_one_label_that_no_rule_names():
    assert has_hole(host_of(Partial(("https://s3.", OPEN, ".example.org/", OPEN))))
    whole = host_of(Partial(("https://s3.example.org/", OPEN)))
    assert whole == "s3.example.org"
    assert not has_hole(whole)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("arn:aws:rds:eu-west-3:1:db:x", ArnPlace("eu-west-3")),
        ("arn:aws:s3:::x", ArnPlace("")),
        ("arn:aws:rds", None),
        ("bucket", None),
        (OPEN, None),
        (Partial(("arn:aws:rds:eu-west-3:", OPEN)), ArnPlace("eu-west-3")),
        (Partial(("arn:aws:rds:eu-west-", OPEN, ":1:db")), None),
        (Partial((OPEN, ":aws:rds:eu-west-3:1:db")), None),
    ],
)
def test_the_region_of_an_arn(text, place):
    assert arn_place(text) == place


def test_texts_of_a_value_are_walked_in_order():
    value = {"a": ("x", None, " "), "b": SetOf(("y", OPEN)), "c": True, "d": Decimal("1.5"), "e": 2}
    assert list(texts(value)) == ["x", "y", OPEN, "true", "1.5", "2"]
    assert known(value) == "x"
    assert known((OPEN, "x")) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(OPEN),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_any_value_gives_only_texts_that_say_something(value):
    for text in texts(value):
        assert text == OPEN or (isinstance(text, str) and text.strip() == text != "")


@given(st.text())
def test_any_text_has_at_most_one_host_in_lower_case(text):
    host = host_of(text)
    assert host is None or (host == host.lower() and "/" not in host)


def test_the_texts_of_a_map_known_in_part_end_with_what_is_not():
    assert list(texts(OpenMap({"a": "x", "b": ("y",)}, OPEN))) == ["x", "y", OPEN]
    assert known(OpenMap({"a": "x"}, OPEN)) == "x"
