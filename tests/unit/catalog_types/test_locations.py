from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.catalog.locations import LocationSyntaxError, parse_location
from souverain.catalog.model import LocationSpec, Resolver

KINDS = ("own", "parent", "ref", "arn", "host", "enum", "pair", "multi", "default", "provider")


def test_alternatives_and_places_used_at_once() -> None:
    assert parse_location("own:region+own:replica.region>provider") == LocationSpec(
        "own:region+own:replica.region>provider",
        (
            (Resolver("own", "region"), Resolver("own", "replica.region")),
            (Resolver("provider"),),
        ),
    )


def test_a_place_of_its_own() -> None:
    assert parse_location("global").alternatives == ((Resolver("global"),),)


@pytest.mark.parametrize(
    "text",
    ["", "own", "own:", "region", "own:region>", ">provider", "own:a++own:b", "global:x"],
)
def test_what_does_not_follow_the_language(text: str) -> None:
    with pytest.raises(LocationSyntaxError, match="expected one of own:"):
        parse_location(text)


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(KINDS), st.from_regex(r"[a-z_]+(\.[a-z_]+)?", fullmatch=True))
            | st.sampled_from([("provider", ""), ("global", "")]),
            min_size=1,
            max_size=3,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_what_is_written_is_read(alternatives: list[list[tuple[str, str]]]) -> None:
    text = ">".join(
        "+".join(f"{kind}:{argument}" if argument else kind for kind, argument in places)
        for places in alternatives
    )
    parsed = parse_location(text).alternatives
    assert [[(r.kind, r.argument) for r in places] for places in parsed] == alternatives
