from __future__ import annotations

import pytest

from souverain.catalog.model import Condition, CustodySpec
from souverain.worlds import Choice

PARIS = {"region": "eu-west-3"}


@pytest.fixture
def keyed(bench):
    bench.catalog.custody_specs = [
        CustodySpec(("aws_bucket",), "kms_key", "customer_managed"),
        CustodySpec(("aws_bucket",), "client_key", "client_side"),
        CustodySpec(("aws_key",), "external_store", "external"),
        CustodySpec(("aws_policy",), "rule.key", "customer_managed", subject="bucket"),
    ]
    return bench


def custody(facts):
    return facts.custody.level, facts.custody.custodian


def test_without_a_key_the_operator_holds_it(keyed):
    assert custody(keyed.of("aws_bucket.b", {}, PARIS)) == ("operator", "aws")


def test_a_key_of_the_customer_in_the_operator_s_service(keyed, kit):
    keyed.add("aws_key.k", {}, PARIS)
    facts = keyed.of("aws_bucket.b", {"kms_key": kit.to("aws_key.k")}, PARIS)
    assert custody(facts) == ("customer_managed", "aws")
    assert facts.custody.evidence[0].text.key == "facts.key-customer-managed"


def test_a_key_held_elsewhere_protects_what_it_encrypts(keyed, kit):
    keyed.add("aws_key.k", {"external_store": "cks-1"}, PARIS)
    facts = keyed.of("aws_bucket.b", {"kms_key": kit.to("aws_key.k")}, PARIS)
    assert custody(facts)[0] == "external"
    assert [e.text.key for e in facts.custody.evidence] == [
        "facts.key-customer-managed",
        "facts.key-external",
    ]


def test_the_strongest_key_counts(keyed):
    facts = keyed.of("aws_bucket.b", {"kms_key": "alias/a", "client_key": "mine"}, PARIS)
    assert facts.custody.level == "client_side"


@pytest.mark.parametrize(
    ("protection", "level"),
    [
        ("EXTERNAL", "external"),
        ("EXTERNAL_VPC", "external"),
        ("HSM", "operator"),
        (None, "operator"),
    ],
)
def test_a_value_says_where_a_key_is_held(keyed, protection, level):
    external = Condition("protection", one_of=("EXTERNAL*",))
    keyed.catalog.custody_specs = [
        CustodySpec(("aws_key",), "protection", "external", when=(external,))
    ]
    config = {} if protection is None else {"protection": protection}
    assert keyed.of("aws_key.k", config, PARIS).custody.level == level


def test_an_unknown_value_leaves_open_where_a_key_is_held(keyed, kit):
    external = Condition("protection", one_of=("EXTERNAL*",))
    keyed.catalog.custody_specs = [CustodySpec(("aws_key",), "store", "external", when=(external,))]
    config = {"store": "x", "protection": kit.unset("level")}
    assert keyed.of("aws_key.k", config, PARIS).custody.level == "unknown"


@pytest.mark.parametrize("nothing", [None, "", False])
def test_an_empty_key_is_no_key(keyed, nothing):
    assert keyed.of("aws_bucket.b", {"kms_key": nothing}, PARIS).custody.level == "operator"


def test_a_key_that_is_unknown_leaves_custody_unknown(keyed, kit):
    facts = keyed.of("aws_bucket.b", {"kms_key": kit.unset("key")}, PARIS)
    assert custody(facts) == ("unknown", None)


def test_a_key_set_by_a_resource_of_its_own_reaches_what_it_protects(keyed, kit):
    keyed.add("aws_key.k", {"external_store": "cks-1"}, PARIS)
    keyed.add("aws_bucket.b", {}, PARIS)
    keyed.add("aws_bucket.other", {}, PARIS)
    rule = {"bucket": kit.to("aws_bucket.b"), "rule.key": kit.to("aws_key.k")}
    keyed.add("aws_policy.p", rule, PARIS)
    assert custody(keyed.facts("aws_bucket.b"))[0] == "external"
    assert custody(keyed.facts("aws_bucket.other")) == ("operator", "aws")
    assert custody(keyed.facts("aws_policy.p")) == ("operator", "aws")


def test_a_key_that_may_be_set_by_a_resource_of_its_own_splits_worlds(keyed, kit):
    keyed.add("aws_bucket.b", {}, PARIS)
    rule = {"bucket": kit.to("aws_bucket.b"), "rule.key": "alias/mine"}
    keyed.add("aws_policy.p", rule, PARIS)
    keyed.site.existence["aws_policy.p"] = (Choice(("var.encrypt",), 2), 1)
    assert [f.custody.level for f in keyed.worlds("aws_bucket.b")] == [
        "operator",
        "customer_managed",
    ]


def test_a_null_key_is_no_key_whatever_it_refers_to(keyed, kit):
    keyed.add("aws_key.k", {}, PARIS)
    facts = keyed.of("aws_bucket.b", {"kms_key": kit.null("aws_key.k")}, PARIS)
    assert facts.custody.level == "operator"


def test_the_company_that_runs_an_external_key_manager_is_the_custodian(keyed, kit):
    keyed.add("aws_key.k", {"external_store": "https://s3.fr-par.scw.cloud/xks"}, PARIS)
    facts = keyed.of("aws_bucket.b", {"kms_key": kit.to("aws_key.k")}, PARIS)
    assert custody(facts) == ("external", "scaleway")
    assert facts.custody.country == "FR"
    assert facts.custody.evidence[-1].text.key == "facts.keeper"


def test_a_key_manager_nobody_knows_has_no_custodian(keyed, kit):
    keyed.add("aws_key.k", {"external_store": "cks-1"}, PARIS)
    facts = keyed.of("aws_bucket.b", {"kms_key": kit.to("aws_key.k")}, PARIS)
    assert custody(facts) == ("external", None)


def test_a_key_outside_is_not_kept_by_who_runs_what_leads_to_it(keyed, kit):
    keyed.add("aws_zone.connection", {}, PARIS)
    facts = keyed.of("aws_key.k", {"external_store": kit.to("aws_zone.connection")}, PARIS)
    assert custody(facts) == ("external", None)
