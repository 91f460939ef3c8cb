from __future__ import annotations

from dataclasses import replace

import pytest

from souverain.catalog.locations import parse_location
from souverain.values import Partial, SetOf
from souverain.worlds import Choice

PARIS = {"region": "eu-west-3"}


def places(facts):
    return facts.location.regions, facts.location.countries


def test_a_resource_stands_in_the_region_of_its_provider(bench):
    facts = bench.of("aws_bucket.b", {}, PARIS)
    assert places(facts) == (("eu-west-3",), ("FR",))
    assert facts.location.unknown is None
    assert facts.location.span.line == 2


def test_its_own_region_beats_the_provider(bench):
    facts = bench.of("aws_bucket.b", {"region": "us-east-1"}, PARIS)
    assert places(facts) == (("us-east-1",), ("US",))


@pytest.mark.parametrize("nothing", [None, "", ()])
def test_an_empty_region_is_not_written(bench, nothing):
    assert places(bench.of("aws_bucket.b", {"region": nothing}, PARIS)) == (("eu-west-3",), ("FR",))


def test_an_own_region_that_is_unknown_never_falls_back_to_the_provider(bench, kit):
    facts = bench.of("aws_bucket.b", {"region": kit.unset("region")}, PARIS)
    assert places(facts) == ((), ())
    assert facts.location.unknown.cause == "var.region"
    assert facts.location.unknown.span.line == 9


def test_no_region_anywhere_asks_for_provider_defaults(bench):
    facts = bench.of("aws_bucket.b", {}, {})
    assert facts.location.unknown.reason.key == "facts.provider-without-region"
    assert facts.location.unknown.cause == "provider.aws@."
    assert facts.location.unknown.span.line == 100


def test_a_provider_without_block_says_so(bench):
    facts = bench.of("aws_bucket.b", {})
    assert facts.location.unknown.reason.key == "facts.provider-not-configured"


def test_the_region_code_belongs_to_its_operator(bench):
    facts = bench.of("ovhcloud_bucket.b", {"region": "eu-west-3"})
    assert facts.location.regions == ("eu-west-3",)
    assert facts.location.countries == ()
    assert facts.location.unknown.reason.key == "facts.region-unlisted"


def test_zones_count_as_their_region(bench):
    facts = bench.of("aws_volume.v", {"availability_zone": "eu-west-3a"}, {"region": "us-east-1"})
    assert places(facts) == (("eu-west-3",), ("FR",))


def test_a_literal_region_before_an_unknown_zone_letter_is_known(bench, kit):
    zone = Partial(("eu-west-3", kit.unset("letter")))
    assert places(bench.of("aws_volume.v", {"availability_zone": zone})) == (
        ("eu-west-3",),
        ("FR",),
    )


def test_a_region_with_a_zone_abroad_is_unknown_while_its_end_is(bench, kit):
    zone = Partial(("eu-west-2", kit.unset("letter")))
    facts = bench.of("aws_volume.v", {"availability_zone": zone}, PARIS)
    assert places(facts) == ((), ())
    assert facts.location.unknown.cause == "var.letter"


def test_the_zones_that_the_operator_lists_are_those_of_the_region(bench, kit):
    bench.add("data.aws_zones.z", {}, PARIS)
    listed = kit.to("data.aws_zones.z", attribute="names").value
    zone = Partial(("eu-west-2", listed))
    facts = bench.of("aws_volume.v", {"availability_zone": zone})
    assert places(facts) == (("eu-west-2",), ("GB",))


def test_a_literal_beginning_that_is_no_region_stays_unknown(bench, kit):
    zone = Partial(("eu-west-", kit.unset("number")))
    facts = bench.of("aws_volume.v", {"availability_zone": zone}, PARIS)
    assert places(facts) == ((), ())
    assert facts.location.unknown.cause == "var.number"


def test_what_is_written_around_an_unknown_part_may_name_the_place(bench, kit):
    profile = Partial(("arn:", kit.unset("account"), ":profile/eu"))
    facts = bench.of("aws_volume.v", {"availability_zone": profile}, {"region": "us-east-1"})
    assert places(facts) == (("multi-eu",), ("GB", "IE"))
    assert facts.location.unknown is None


def test_an_unknown_region_before_a_zone_letter_stays_unknown(bench, kit):
    zone = Partial((kit.unset("region"), "a"))
    facts = bench.of("aws_volume.v", {"availability_zone": zone}, PARIS)
    assert facts.location.unknown.cause == "var.region"


def test_all_members_of_a_list_are_used_at_once(bench):
    facts = bench.of("aws_account.a", {"location": SetOf(("us-east-1", "eu-west-3"))})
    assert facts.location.regions == ("us-east-1", "eu-west-3")
    assert facts.location.countries == ("FR", "US")


def test_a_multi_region_is_in_all_its_countries(bench):
    facts = bench.of("aws_account.a", {"location": "multi-eu"})
    assert places(facts) == (("multi-eu",), ("GB", "IE"))


def test_a_region_without_country_says_so(bench):
    facts = bench.of("aws_account.a", {"location": "floating"})
    assert facts.location.unknown.reason.key == "facts.region-without-country"


def test_a_pair_adds_the_region_the_operator_chose(bench):
    facts = bench.of("aws_pair.p", {"location": "eu-west-3"})
    assert facts.location.regions == ("eu-west-3", "us-east-1")
    assert facts.location.countries == ("FR", "US")


def test_a_missing_pair_is_unknown_beside_the_known_region(bench):
    facts = bench.of("aws_pair.p", {"location": "us-east-1"})
    assert facts.location.countries == ("US",)
    assert facts.location.unknown.reason.key == "facts.region-without-pair"


def test_the_pair_of_a_parent_follows_the_reference(bench, kit):
    bench.add("aws_bucket.b", {"region": "eu-west-3"})
    facts = bench.of("aws_pair_of", {"server": kit.to("aws_bucket.b")}, type_="aws_pair_of")
    assert (facts.location.regions, facts.location.countries) == (("us-east-1",), ("US",))


def test_the_zone_of_a_parent_is_where_the_data_may_be(bench, kit):
    bench.add("aws_bucket.b", {"region": "eu-west-3"})
    facts = bench.of("aws_zone_of.z", {"server": kit.to("aws_bucket.b")})
    assert (facts.location.regions, facts.location.unknown) == (("eu-west-3",), None)
    bench.add("aws_bucket.us", {"region": "us-east-1"})
    facts = bench.of("aws_zone_of.us", {"server": kit.to("aws_bucket.us")})
    assert facts.location.unknown.reason.key == "facts.region-without-zone"


def test_a_host_without_region_may_still_tell_the_country(bench, kit):
    endpoint = {"endpoints.s3": "https://store.sovereign.fr"}
    facts = bench.of("aws_bucket.b", {}, endpoint)
    assert (facts.location.regions, facts.location.countries) == ((), ("FR",))
    assert facts.location.unknown is None
    assert [e.text.key for e in facts.location.evidence] == ["facts.host-in"]
    facts = bench.of("aws_bucket.v", {"region": kit.unset("region")}, endpoint)
    assert (facts.location.countries, facts.location.unknown) == (("FR",), None)


def test_a_region_says_more_than_its_host(bench):
    endpoint = {"endpoints.s3": "https://store.sovereign.fr"}
    facts = bench.of("aws_bucket.b", {"region": "fr-par"}, endpoint)
    assert (facts.location.regions, facts.location.countries) == (("fr-par",), ("FR",))


def test_a_global_service_is_anywhere_and_in_no_country(bench):
    facts = bench.of("aws_zone.z", {})
    assert facts.location.regions == ("global",)
    assert facts.location.countries == ()
    assert facts.location.anywhere


def test_a_global_service_stays_at_home_when_its_operator_is_nowhere_else(bench):
    facts = bench.of("google_topic.t", {}, {"universe_domain": "s3nsapis.fr"})
    assert places(facts) == (("global",), ("FR",))
    assert not facts.location.anywhere


def test_a_default_place_is_used_when_nothing_is_written(bench):
    facts = bench.of("aws_default.d", {})
    assert places(facts) == (("us-east-1",), ("US",))
    assert [e.text.key for e in facts.location.evidence] == [
        "facts.region-in",
        "facts.default-place",
    ]


# --- following references -------------------------------------------------------------


def test_a_child_is_where_its_parent_is(bench, kit):
    bench.add("aws_bucket.b", {"region": "us-east-1"})
    facts = bench.of("aws_object.o", {"bucket": kit.to("aws_bucket.b")}, PARIS)
    assert places(facts) == (("us-east-1",), ("US",))
    assert facts.location.span == facts.asset.config.read("bucket")[0].span
    assert facts.location.evidence[0].text.key == "facts.beside"


def test_the_reference_counts_even_when_the_name_is_known(bench, kit):
    bench.add("aws_bucket.b", {"region": "us-east-1"})
    facts = bench.of("aws_object.o", {"bucket": kit.to("aws_bucket.b", value="data")}, PARIS)
    assert facts.location.countries == ("US",)


def test_a_parent_known_by_name_only_leaves_the_provider_to_decide(bench):
    facts = bench.of("aws_object.o", {"bucket": "somewhere"}, PARIS)
    assert places(facts) == (("eu-west-3",), ("FR",))


def test_a_parent_known_by_name_only_is_the_reason_where_no_provider_decides(bench):
    facts = bench.of("aws_policy.p", {"bucket": "somewhere"}, PARIS)
    assert facts.location.unknown.reason.key == "facts.named-without-place"


def test_a_parent_that_is_unknown_leaves_the_place_unknown(bench, kit):
    facts = bench.of("aws_object.o", {"bucket": kit.unset("bucket")}, PARIS)
    assert facts.location.unknown.cause == "var.bucket"


def test_a_parent_may_be_a_data_source(bench, kit):
    bench.add("data.aws_bucket.b", {}, {"region": "us-east-1"})
    bench.add("aws_object.o", {"bucket": kit.to("data.aws_bucket.b")}, PARIS)
    assert bench.facts("aws_object.o").location.countries == ("US",)


def test_a_data_source_without_place_says_that_it_exists_already(bench, kit):
    bench.add("data.aws_a.x", {}, type_="aws_a")
    facts = bench.of("aws_a.child", {"other": kit.to("data.aws_a.x")})
    assert facts.location.unknown.reason.key == "facts.existing-not-written"


def test_resources_that_stand_nowhere_are_not_parents(bench, kit):
    bench.add("random_id.r")
    bucket = kit.to("random_id.r", value=Partial(("data-", kit.unset("hex"))))
    facts = bench.of("aws_object.o", {"bucket": bucket}, PARIS)
    assert facts.location.unknown.cause == "var.hex"


def test_what_tells_of_the_provider_itself_is_not_a_parent(bench, kit, monkeypatch):
    own = parse_location("own:location")
    who = replace(bench.catalog.type("aws_a"), matched_by="default", location=own)
    listed = bench.catalog.type
    monkeypatch.setattr(bench.catalog, "type", lambda t, s: who if t == "aws_who" else listed(t, s))
    bench.add("data.aws_who.me", {}, PARIS)
    account = kit.to("data.aws_who.me", value=kit.unset("account"))
    facts = bench.of("aws_a.child", {"other": account})
    assert facts.location.unknown.cause == "var.account"


def test_two_assets_that_point_at_each_other_are_undecided(bench, kit):
    bench.add("aws_a.one", {"other": kit.to("aws_a.two")})
    bench.add("aws_a.two", {"other": kit.to("aws_a.one")})
    for address in ("aws_a.one", "aws_a.two"):
        assert bench.facts(address).location.unknown.reason.key == "facts.place-cycle"


def test_a_long_chain_ends_undecided_instead_of_failing(bench, kit):
    bench.add("aws_a.n0", {"other": "arn:aws:x:eu-west-3:1:y"})
    for i in range(1, 400):
        bench.add(f"aws_a.n{i}", {"other": kit.to(f"aws_a.n{i - 1}")})
    bench.site.assets = dict(reversed(bench.site.assets.items()))
    known = bench.all()
    ((_, near),), ((_, far),) = known["aws_a.n9"].worlds, known["aws_a.n399"].worlds
    assert near.location.countries == ("FR",)
    assert far.location.unknown.reason.key == "facts.place-cycle"


def test_a_place_read_from_another_asset_is_that_asset_s_place(bench, kit):
    bench.add("aws_volume.v", {}, PARIS)
    zone = kit.to("aws_volume.v", attribute="availability_zone")
    facts = bench.of("aws_volume.w", {"availability_zone": zone}, {"region": "us-east-1"})
    assert facts.location.countries == ("FR",)


def test_a_region_computed_from_any_other_attribute_is_unknown(bench, kit):
    bench.add("aws_table.t", {}, PARIS)
    region = kit.to("aws_table.t", attribute="stream_label")
    facts = bench.of("aws_bucket.b", {"region": region}, PARIS)
    assert facts.location.unknown.reason.key == "test.computed"


@pytest.mark.parametrize(
    ("arn", "countries", "reason"),
    [
        ("arn:aws:kinesis:us-east-1:123:stream/s", ("US",), None),
        ("arn:aws:s3:::bucket", (), "facts.arn-without-region"),
        ("not-an-arn", (), "facts.arn-without-region"),
    ],
)
def test_the_region_of_an_arn(bench, arn, countries, reason):
    facts = bench.of("aws_stream.s", {"source_arn": arn})
    assert facts.location.countries == countries
    assert (facts.location.unknown.reason.key if facts.location.unknown else None) == reason


def test_an_arn_is_read_from_the_left_over_literal_text_only(bench, kit):
    arn = Partial(("arn:aws:kinesis:us-east-1:", kit.unset("account"), ":stream/s"))
    assert bench.of("aws_stream.s", {"source_arn": arn}).location.countries == ("US",)
    cut = Partial(("arn:aws:kinesis:us-", kit.unset("rest")))
    assert bench.of("aws_stream.t", {"source_arn": cut}).location.unknown.cause == "var.rest"


def test_the_region_of_a_host_belongs_to_the_host_s_operator(bench):
    facts = bench.of("aws_site.s", {"endpoint": "https://s3.fr-par.scw.cloud/bucket"})
    assert places(facts) == (("fr-par",), ("FR",))


# --- worlds ---------------------------------------------------------------------------


def test_alternatives_are_worlds_and_never_mixed(bench, kit):
    choice = Choice(("var.env",), 2, "var.env")
    bench.add(
        "aws_bucket.b",
        {
            "region": kit.either(choice, ("us-east-1", "eu-west-3")),
            "tags": kit.either(choice, ({"data": "public"}, {"data": "health"})),
        },
    )
    worlds = bench.worlds("aws_bucket.b")
    assert [(f.location.countries, f.data[0].category) for f in worlds] == [
        (("US",), "non_personal"),
        (("FR",), "health_personal"),
    ]


def test_worlds_where_the_asset_does_not_exist_are_dropped(bench, kit):
    choice = Choice(("var.create",), 2, "var.create")
    bench.add("aws_bucket.b", {}, PARIS)
    bench.site.existence["aws_bucket.b"] = (choice, 1)
    ((guard, facts),) = bench.all()["aws_bucket.b"].worlds
    assert guard == ((choice, 1),)
    assert facts.location.countries == ("FR",)


# --- what the catalogue does not list -------------------------------------------------


def test_an_unlisted_type_is_where_it_says_before_where_its_provider_is(bench):
    assert places(bench.of("aws_newest.n", {"region": "us-east-1"}, PARIS)) == (
        ("us-east-1",),
        ("US",),
    )
    assert places(bench.of("aws_newest.m", {"location": "eu-west-2"}, PARIS)) == (
        ("eu-west-2",),
        ("GB",),
    )
    assert places(bench.of("aws_newest.z", {"zone": "eu-west-3a"}, {"region": "us-east-1"})) == (
        ("eu-west-3",),
        ("FR",),
    )
    assert places(bench.of("aws_newest.o", {}, PARIS)) == (("eu-west-3",), ("FR",))


ORDER = (
    {"plan.configuration.label": "os", "plan.configuration.value": "us-east-1"},
    {"plan.configuration.label": "dc", "plan.configuration.value": "eu-west-3"},
    {"plan.configuration.label": "dc"},
)


def test_a_labelled_block_says_the_place(bench, kit):
    facts = bench.of("aws_order.o", kit.blocks(*ORDER))
    assert places(facts) == (("eu-west-3",), ("FR",))


def test_no_block_of_that_label_says_nothing(bench, kit):
    facts = bench.of("aws_order.o", kit.blocks(ORDER[0]))
    assert facts.location.unknown.reason.key == "facts.place-not-written"


def test_a_provider_argument_of_another_name_is_read_first(bench):
    provider = {"default_region": "us-east-1", **PARIS}
    assert places(bench.of("aws_elsewhere.e", {}, provider)) == (("us-east-1",), ("US",))
    assert places(bench.of("aws_elsewhere.f", {}, PARIS)) == (("eu-west-3",), ("FR",))
