from __future__ import annotations

from datetime import date

import pytest

from souverain.catalog.model import Offer
from souverain.catalog.offers import in_scope
from souverain.facts.standing import at_date

LIST = "2026-09-15"


def offer(kit, layers=("iaas", "paas"), **given):
    return Offer("cloud", "aws", "Trusted Cloud", layers, (), (kit.fact(**given),))


def standing(bench, kit, as_of="2026-11-22", region="eu-west-3", **given):
    bench.as_of = date.fromisoformat(as_of)
    bench.catalog.offers["aws"] = offer(kit, **{"edition": LIST, **given})
    return bench.of("aws_bucket.b", {"region": region}).certificate("secnumcloud")


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({"status": "qualified"}, "qualified", "facts.certificate-qualified"),
        ({"status": "in_progress"}, "in_progress", "facts.certificate-in-progress"),
        ({"status": "not_qualified"}, "not_qualified", "facts.certificate-not-qualified"),
        (
            {"status": "unknown", "reason": "annex not seen"},
            "unknown",
            "facts.certificate-unknown-why",
        ),
    ],
)
def test_the_standing_of_the_offer_is_kept(bench, kit, given, status, reason):
    certificate = standing(bench, kit, **given)
    assert (certificate.status, certificate.reason.key) == (status, reason)
    assert certificate.offer == "cloud"


def test_a_qualification_has_not_begun_before_its_start(bench, kit):
    given = {"status": "qualified", "start": "2026-03-01"}
    assert standing(bench, kit, as_of="2026-02-28", **given).status == "not_qualified"
    assert standing(bench, kit, as_of="2026-03-01", **given).status == "qualified"


def test_an_end_after_the_edition_of_the_list_is_a_renewal_not_confirmed(bench, kit):
    given = {"status": "qualified", "end": "2026-11-30"}
    assert standing(bench, kit, as_of="2026-11-30", **given).status == "qualified"
    after = standing(bench, kit, as_of="2026-12-15", **given)
    assert (after.status, after.until) == ("renewal_unconfirmed", "2026-11-30")


def test_an_end_that_a_newer_list_confirms_is_the_end(bench, kit):
    ended = standing(bench, kit, status="qualified", end="2026-06-30")
    assert (ended.status, ended.reason.key) == ("not_qualified", "facts.certificate-ended")


def test_a_service_that_is_not_shown_inside_is_unknown(bench, kit):
    given = {"status": "qualified", "whole_offer": False}
    assert standing(bench, kit, services=("other",), **given).status == "unknown"
    assert standing(bench, kit, services=("aws-bucket",), **given).status == "qualified"


def test_a_region_outside_the_perimeter_is_unknown(bench, kit):
    given = {"status": "qualified", "regions": ("eu-*",)}
    assert standing(bench, kit, **given).status == "qualified"
    assert standing(bench, kit, region="us-east-1", **given).status == "unknown"


@pytest.mark.parametrize(
    ("layer", "capability", "scopes", "status"),
    [
        ("caas", "managed-kubernetes", ("iaas",), "unknown"),
        ("caas", "managed-kubernetes", ("iaas", "caas"), "qualified"),
        ("paas", "managed-database", ("iaas",), "unknown"),
        ("paas", "object-storage", ("iaas",), "qualified"),
        ("saas", "object-storage", ("caas",), "unknown"),
        (None, None, ("iaas", "caas", "paas", "saas"), "unknown"),
    ],
)
def test_what_runs_on_a_qualified_iaas_is_not_qualified_with_it(
    kit, layer, capability, scopes, status
):
    """FR-SNC-3.2:2."""
    fact = kit.fact("qualified", edition=LIST)
    held = offer(kit, scopes, status="qualified")
    scoped = in_scope(held, layer, capability, frozenset({"object-storage"}))
    found = at_date(held, fact, "x", None, date(2026, 11, 22), scoped=scoped)
    assert found.status == status
    assert (found.reason.key == "facts.certificate-other-scope") == (status == "unknown")


def test_the_worst_layer_counts(bench, kit):
    bench.catalog.offers["aws"] = offer(kit, status="qualified")
    bench.catalog.offers["atlas"] = offer(kit, status="not_qualified")
    facts = bench.of("atlas_cluster.c", {"provider_name": "aws", "region": "eu-west-3"})
    certificate = facts.certificate("secnumcloud")
    assert certificate.status == "not_qualified"
    assert (certificate.layers_qualified, certificate.layers_total) == (1, 2)


def test_an_unknown_operator_never_becomes_a_no(bench):
    facts = bench.of("nobody_store.s")
    assert {c.scheme: c.status for c in facts.certificates} == {
        "secnumcloud": "unknown",
        "hds": "unknown",
    }


def test_the_host_that_decided_helps_to_find_the_offer(bench):
    provider = {"endpoints.s3": "https://s3.fr-par.scw.cloud"}
    bench.of("aws_bucket.b", {}, provider)
    assert set(bench.catalog.asked_hosts) == {"s3.fr-par.scw.cloud"}


@pytest.mark.parametrize(
    ("scheme", "key"),
    [
        ("hds", "facts.certificate-left-out"),
        ("secnumcloud", "facts.certificate-not-qualified-why"),
    ],
)
def test_a_host_that_is_listed_is_not_said_to_be_absent_from_the_list(bench, kit, scheme, key):
    given = {"scheme": scheme, "status": "not_qualified", "reason": "hds-outside-eea"}
    bench.catalog.offers["aws"] = offer(kit, **given)
    reason = bench.of("aws_bucket.b", {"region": "eu-west-2"}).certificate(scheme).reason
    assert reason.key == key
    assert dict(reason.args)["offer"] == "Trusted Cloud"
