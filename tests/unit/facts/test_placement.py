from __future__ import annotations

from dataclasses import replace

import pytest

from souverain.model import phrase
from souverain.values import Partial

PARIS = {"region": "eu-west-3"}


def top(facts):
    return facts.layers[0]


def test_the_provider_tells_the_operator(bench):
    facts = bench.of("aws_bucket.b", {}, PARIS)
    assert (top(facts).operator, top(facts).service) == ("aws", "aws-bucket")
    assert (top(facts).layer, top(facts).capability) == ("paas", "object-storage")
    assert facts.role == "stores"


def test_the_region_refines_the_partition(bench):
    facts = bench.of("aws_bucket.b", {}, {"region": "cn-north-1"})
    assert top(facts).operator == "aws-china"
    assert facts.location.countries == ("CN",)


def test_a_region_of_no_partition_goes_with_an_endpoint_given_elsewhere(bench):
    facts = bench.of("aws_bucket.b", {}, {"region": "garage"})
    assert top(facts).operator is None
    assert top(facts).unknown.reason.key == "facts.region-elsewhere"
    assert facts.location.countries == ()


def test_a_setting_moves_the_whole_provider(bench):
    settings = {"universe_domain": "s3nsapis.fr"}
    facts = bench.of("google_bucket.b", {"location": "u-france-east1"}, settings)
    assert (top(facts).operator, top(facts).service) == ("s3ns", "google-bucket")
    assert facts.location.countries == ("FR",)


@pytest.mark.parametrize("domain", ["example.org", "example"])
def test_a_setting_that_is_not_listed_leaves_the_operator_unknown(bench, domain):
    facts = bench.of("google_bucket.b", {"location": "x"}, {"universe_domain": domain})
    assert top(facts).operator is None
    assert top(facts).unknown.reason.key == "facts.settings-unlisted"
    assert facts.location.regions == ("x",)
    assert facts.location.countries == ()
    assert facts.location.unknown == top(facts).unknown


def test_an_unknown_setting_leaves_the_operator_unknown(bench, kit):
    facts = bench.of("google_bucket.b", {}, {"universe_domain": kit.unset("universe")})
    assert top(facts).unknown.cause == "var.universe"


def test_the_endpoint_of_the_service_beats_the_provider_and_its_region(bench):
    provider = {"region": "us-east-1", "endpoints.s3": "https://s3.fr-par.scw.cloud"}
    facts = bench.of("aws_bucket.b", {}, provider)
    assert (top(facts).operator, top(facts).service) == ("scaleway", "scaleway-object-storage")
    assert facts.location.countries == ("FR",)


def test_one_endpoint_does_not_move_the_other_services(bench):
    provider = {"region": "us-east-1", "endpoints.s3": "https://s3.fr-par.scw.cloud"}
    assert top(bench.of("aws_table.t", {}, provider)).operator == "aws"


def test_an_own_network_endpoint_is_the_same_operator_and_service(bench):
    host = "https://vpce-1.s3.eu-west-3.vpce.amazonaws.com"
    facts = bench.of("aws_bucket.b", {}, {**PARIS, "endpoints.s3": host})
    assert (top(facts).operator, top(facts).service) == ("aws", "aws-bucket")


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("http://localhost:4566", "facts.endpoint-local"),
        ("https://10.0.0.5:9000", "facts.endpoint-private"),
        ("https://s3.example.org", "facts.endpoint-unlisted"),
    ],
)
def test_an_endpoint_that_names_no_known_operator(bench, endpoint, reason):
    facts = bench.of("aws_bucket.b", {}, {**PARIS, "endpoints.s3": endpoint})
    assert top(facts).operator is None
    assert top(facts).unknown.reason.key == reason
    assert facts.location.countries == ()
    assert facts.location.unknown.reason.key == reason
    assert facts.role == "stores"


def test_the_suffix_of_a_host_tells_the_operator_but_not_the_region(bench, kit):
    host = Partial(("https://", kit.unset("region"), ".scw.cloud"))
    facts = bench.of("aws_bucket.b", {}, {"region": "fr-par", "endpoints.s3": host})
    assert top(facts).operator == "scaleway"
    assert facts.location.countries == ("FR",)


def test_a_host_whose_suffix_is_unknown_is_unknown(bench, kit):
    host = Partial(("https://s3.", kit.unset("domain")))
    facts = bench.of("aws_bucket.b", {}, {**PARIS, "endpoints.s3": host})
    assert top(facts).unknown.cause == "var.domain"


def test_software_is_run_by_whoever_owns_its_endpoint(bench):
    provider = {"region": "GRA9", "auth_url": "https://auth.cloud.ovh.net/v3"}
    facts = bench.of("openstack_volume.v", {}, provider)
    assert (top(facts).operator, top(facts).service) == ("ovhcloud", "openstack-volume")
    assert (facts.location.regions, facts.location.countries) == (("GRA",), ("FR",))


def test_software_whose_endpoint_is_another_asset_is_run_by_its_operator(bench, kit):
    bench.add("aws_table.cluster", {}, PARIS)
    facts = bench.of("openstack_volume.v", {}, {"auth_url": kit.to("aws_table.cluster")})
    assert top(facts).operator == "aws"
    assert facts.location.countries == ("FR",)
    assert top(facts).evidence[0].text.key == "facts.beside"


def test_software_without_endpoint_has_no_known_operator(bench):
    facts = bench.of("openstack_volume.v", {}, {"region": "GRA9"})
    assert top(facts).unknown.reason.key == "facts.software-without-endpoint"


def test_the_hosting_layer_comes_from_an_attribute(bench):
    facts = bench.of("atlas_cluster.c", {"provider_name": "AWS", "region": "eu-west-3"})
    assert [layer.operator for layer in facts.layers] == ["atlas", "aws"]
    assert [layer.layer for layer in facts.layers] == ["paas", "iaas"]
    assert facts.location.countries == ("FR",)


def test_a_hosting_layer_that_is_not_written_is_unknown(bench):
    facts = bench.of("atlas_cluster.c", {"region": "eu-west-3"})
    assert [layer.operator for layer in facts.layers] == ["atlas", None]
    assert facts.exposure_unknown.reason.key == "facts.host-not-written"


def test_a_part_of_a_service_is_hosted_as_the_service_is(bench, kit):
    bench.add("atlas_cluster.c", {"provider_name": "AWS", "region": "eu-west-3"})
    facts = bench.of("atlas_topic.t", {"cluster": kit.to("atlas_cluster.c")})
    assert [layer.operator for layer in facts.layers] == ["atlas", "aws"]
    assert facts.location.countries == ("FR",)


def test_a_type_outside_the_catalogue_keeps_its_operator_and_says_nothing_else(bench):
    facts = bench.of("aws_novelty.n", {}, PARIS)
    assert facts.role is None
    assert (top(facts).operator, top(facts).service) == ("aws", None)


def test_the_state_is_where_its_backend_keeps_it(bench):
    bench.add(
        "terraform.backend.s3",
        {"region": "us-east-1"},
        {"region": "us-east-1"},
        source="backend.s3",
        type_="backend.s3",
        technical=True,
    )
    facts = bench.facts("terraform.backend.s3")
    assert (top(facts).operator, top(facts).service) == ("aws", "aws-bucket")
    assert facts.location.countries == ("US",)
    assert facts.role == "stores"


def test_a_backend_without_region_says_so_in_its_own_words(bench):
    backend = {"source": "backend.s3", "type_": "backend.s3", "technical": True}
    bench.add("terraform.backend.s3", {}, {}, **backend)
    facts = bench.facts("terraform.backend.s3")
    assert facts.location.unknown.reason.key == "facts.backend-without-place"
    assert (top(facts).operator, top(facts).unknown) == (None, facts.location.unknown)


def test_what_stands_nowhere_is_no_asset(bench):
    bench.add("random_id.r")
    assert bench.all() == {}


def test_a_provider_outside_the_catalogue_is_an_unknown_operator(bench):
    facts = bench.of("nobody_store.s", {}, {})
    assert top(facts).unknown.reason.key == "facts.provider-unlisted"


def test_a_module_that_is_not_installed_stands_where_its_provider_does(bench):
    facts = bench.of("module.m", {}, PARIS, source="hashicorp/aws", type_="module")
    assert facts.role is None
    assert facts.location.regions == ("eu-west-3",)


def test_a_module_that_is_not_installed_may_be_told_where_to_be(bench):
    facts = bench.of("module.m", {"region": "us-east-1"}, PARIS, "test/aws", "module")
    assert facts.location.regions == ("us-east-1",)


def test_a_word_that_is_no_region_is_the_module_s_own(bench):
    missing = phrase("test.not-installed")
    bench.add("module.m", {"location": "remote"}, PARIS, "test/aws", "aws_", unread=missing)
    location = bench.facts("module.m").location
    assert (location.regions, location.unknown.reason) == ((), missing)


def test_a_module_that_is_not_installed_and_has_no_region_asks_for_itself(bench):
    missing = phrase("test.not-installed")
    bench.add("module.m", {}, {}, "test/aws", "aws_", unread=missing)
    facts = bench.facts("module.m")
    assert top(facts).operator == "aws"
    assert facts.location.unknown.reason == missing


def test_software_without_endpoint_is_nowhere_known_for_the_same_reason(bench):
    facts = bench.of("openstack_volume.v", {}, {})
    assert facts.location.unknown == top(facts).unknown
    assert facts.location.unknown.reason.key == "facts.software-without-endpoint"


def test_a_provider_that_is_not_listed_is_not_said_to_lack_a_region(bench):
    facts = bench.of("widget_thing.w", {}, {"uri": "https://example.org"}, source="acme/widget")
    assert facts.location.unknown == top(facts).unknown
    assert facts.location.unknown.reason.key == "facts.provider-unlisted"


@pytest.mark.parametrize("provider", [PARIS, {}])
def test_a_module_that_is_not_read_says_so(bench, provider):
    module = bench.add("module.m", {}, provider, source="test/openstack", type_="module")
    bench.site.assets["module.m"] = replace(module, unread=phrase("test.unread"))
    facts = bench.facts("module.m")
    assert top(facts).unknown.reason.key == "test.unread"
    assert facts.location.unknown.reason.key == "test.unread"
