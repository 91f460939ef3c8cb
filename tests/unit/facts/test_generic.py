"""Types that create what they are told to: what they are, and why that is not known."""

from __future__ import annotations

import pytest

from souverain.model import phrase
from souverain.values import Partial
from souverain.worlds import Choice

HERE = {"region": "eu-west-3"}


def facts(bench, **attributes):
    bench.add("aws_any.it", {**HERE, **attributes})
    return bench.facts("aws_any.it")


def test_a_resource_is_what_it_creates_where_it_is_itself(bench):
    found = facts(bench, kind="Stores/buckets@2024-01-01")
    assert (found.role, found.layers[0].service) == ("stores", "aws-bucket")
    assert (found.asset.type, found.location.countries) == ("aws_any", ("FR",))
    assert found.role_unknown is None


def test_names_are_compared_case_aside(bench):
    assert facts(bench, kind="stores/BUCKETS").role == "stores"


def test_what_is_everywhere_stays_everywhere(bench):
    found = facts(bench, kind="Names/zones@1")
    assert (found.role, found.location.anywhere) == ("transmits", True)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"kind": "Other/x@1"}, phrase("facts.creates-what-is-unlisted", kind="Other/x@1")),
        ({}, phrase("facts.creates-what-is-not-written", type="aws_any")),
    ],
)
def test_what_is_not_known_may_hold_data(bench, attributes, reason):
    found = facts(bench, **attributes)
    assert (found.role, found.role_unknown) == (None, reason)
    assert found.location.countries == ("FR",)


def test_an_unknown_name_says_why(bench, kit):
    found = facts(bench, kind=kit.unset("kind"))
    assert (found.role, found.role_unknown) == (None, phrase("test.unset", name="kind"))


def test_what_follows_the_name_may_be_unknown(bench, kit):
    open_ = kit.unset("version")
    assert facts(bench, kind=Partial(("Stores/x@", open_))).role == "stores"
    assert facts(bench, kind=Partial(("Stores/", open_, "@1"))).role is None


def test_alternatives_are_worlds(bench, kit):
    which = Choice(("var.which",), 2, "var.which")
    bench.add("aws_any.it", {**HERE, "kind": kit.either(which, ("Stores/a", "Names/zones"))})
    assert [f.role for _, f in bench.all()["aws_any.it"].worlds] == ["stores", "transmits"]


def test_a_template_is_not_read(bench):
    bench.add("aws_template.it", HERE)
    found = bench.facts("aws_template.it")
    assert found.role is None
    assert found.role_unknown == phrase("facts.creates-what-a-template-says", type="aws_template")
