from __future__ import annotations


def seen(facts):
    return [(e.law, e.country, e.operator, e.certain) for e in facts.exposures]


def test_control_of_the_operator_exposes(bench):
    facts = bench.of("aws_bucket.b", {"region": "eu-west-3"})
    assert seen(facts) == [("US_CLOUD_ACT", "US", "aws", True)]
    assert [e.text.key for e in facts.exposures[0].evidence] == [
        "facts.operator-is",
        "facts.controlled-by-share",
        "facts.law-reaches",
    ]
    assert facts.exposure_unknown is None


def test_technology_is_told_but_exposes_nothing(bench):
    settings = {"universe_domain": "s3nsapis.fr"}
    facts = bench.of("google_bucket.b", {"location": "u-france-east1"}, settings)
    assert facts.exposures == ()
    assert facts.layers[0].evidence[-1].text.key == "facts.technology-only"


def test_a_law_argued_because_of_the_parent_is_possible_only(bench):
    facts = bench.of("subsidiary_bucket.b", {"region": "paris"})
    assert seen(facts) == [("US_CLOUD_ACT", "US", "subsidiary", False)]


def test_a_part_of_the_operator_is_exposed_only_in_its_countries(bench):
    assert seen(bench.of("ovhcloud_bucket.fr", {"region": "GRA9"})) == []
    facts = bench.of("ovhcloud_bucket.us", {"region": "VINT"})
    assert seen(facts) == [("US_CLOUD_ACT", "US", "ovhcloud", True)]


def test_an_unknown_place_leaves_the_exposed_part_unknown(bench, kit):
    facts = bench.of("ovhcloud_bucket.b", {"region": kit.unset("region")})
    assert facts.exposures == ()
    assert facts.exposure_unknown.cause == "var.region"


def test_every_layer_counts(bench):
    facts = bench.of("atlas_cluster.c", {"provider_name": "aws", "region": "eu-west-3"})
    assert seen(facts) == [
        ("US_CLOUD_ACT", "US", "atlas", True),
        ("US_CLOUD_ACT", "US", "aws", True),
    ]


def test_an_unknown_operator_is_an_unknown_exposure(bench):
    facts = bench.of("nobody_store.s")
    assert facts.exposure_unknown.reason.key == "facts.provider-unlisted"
