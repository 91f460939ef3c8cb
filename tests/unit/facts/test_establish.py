"""Worlds of an asset: one for each set of facts, whatever they hang on."""

from __future__ import annotations

import pytest

from souverain.facts import establish
from souverain.worlds import Choice

SIZE, PLACE = Choice(("var.size",), 2, "var.size"), Choice(("var.place",), 2, "var.place")
PARIS = {"region": "eu-west-3"}


def worlds(bench, address):
    return [
        ([(choice.label, option) for choice, option in guard], facts.location.countries)
        for guard, facts in bench.all()[address].worlds
    ]


def test_worlds_with_the_same_facts_are_one(bench, kit):
    source = kit.either(SIZE, ("a", "b"))
    bench.add("aws_object.o", {"bucket": source}, PARIS)
    assert [countries for _, countries in worlds(bench, "aws_object.o")] == [("FR",)]


def test_a_guard_keeps_what_its_worlds_agree_on(bench, kit):
    region = kit.either(PLACE, ("eu-west-3", "us-east-1"))
    bench.add("aws_object.o", {"bucket": kit.either(SIZE, ("a", "b"))}, {"region": region})
    assert worlds(bench, "aws_object.o") == [
        ([("var.place", 0)], ("FR",)),
        ([("var.place", 1)], ("US",)),
    ]


def test_an_asset_that_is_missing_in_a_world_is_left_out_of_it(bench):
    bench.add("aws_bucket.b", {}, PARIS)
    bench.site.existence["aws_bucket.b"] = (PLACE, 1)
    assert worlds(bench, "aws_bucket.b") == [([("var.place", 1)], ("FR",))]
    bench.add("aws_bucket.none", {}, PARIS)
    bench.site.existence["aws_bucket.none"] = (PLACE, 2)
    assert "aws_bucket.none" not in bench.all()


def established(bench, unasked):
    """Worlds of each asset once its root is given up."""
    assets = tuple(bench.site.assets.values())
    found = establish(
        bench.site, assets, bench.catalog, bench.declarations, bench.as_of, unasked=unasked
    )
    bench.site.worlds.close()
    return {each.asset.address: [facts for _, facts in each.worlds] for each in found}


def test_of_what_nobody_asks_for_only_what_was_read_is_established(bench):
    bench.add("aws_object.o", {"bucket": "b"}, PARIS)
    (facts,) = established(bench, lambda facts: facts.role == "stores")["aws_object.o"]
    assert facts.role == "stores"
    with pytest.raises(AttributeError):
        facts.location  # noqa: B018


def test_what_is_asked_for_in_one_world_is_established_in_each(bench, kit):
    region = kit.either(PLACE, ("eu-west-3", "us-east-1"))
    bench.add("aws_object.o", {"bucket": "b"}, {"region": region})
    found = established(bench, lambda facts: facts.location.countries == ("FR",))["aws_object.o"]
    assert [facts.location.countries for facts in found] == [("FR",), ("US",)]
    assert [facts.custody.level for facts in found] == ["operator", "operator"]
