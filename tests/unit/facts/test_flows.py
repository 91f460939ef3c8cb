from __future__ import annotations

import pytest

from souverain.catalog.locations import parse_location
from souverain.catalog.model import Condition, FlowSpec
from souverain.values import Partial
from souverain.worlds import Choice

PARIS = {"region": "eu-west-3"}


def spec(types="aws_table", to="own:replica.region", path="replica.region", **more):
    return FlowSpec("f", (types,), "replication", parse_location(to), path=path, **more)


def flows(facts):
    return [(f.operator, f.location.countries, f.certain) for f in facts.flows]


def test_each_occurrence_is_a_flow_of_its_own(bench):
    bench.catalog.flow_specs = [spec()]
    facts = bench.of("aws_table.t", {"replica.region*": ("us-east-1", "eu-west-2")}, PARIS)
    assert flows(facts) == [("aws", ("US",), True), ("aws", ("GB",), True)]
    assert [f.span.line for f in facts.flows] == [10, 11]
    assert facts.flows[0].exposures[0].law == "US_CLOUD_ACT"
    assert facts.location.countries == ("FR",)


def test_nothing_written_is_no_flow(bench):
    bench.catalog.flow_specs = [spec()]
    assert bench.of("aws_table.t", {"replica.region*": (None, "")}, PARIS).flows == ()
    assert bench.of("aws_table.u", {}, PARIS).flows == ()


def test_an_unknown_destination_says_why(bench, kit):
    bench.catalog.flow_specs = [spec()]
    facts = bench.of("aws_table.t", {"replica.region*": (kit.unset("dr"),)}, PARIS)
    assert facts.flows[0].location.unknown.cause == "var.dr"


def test_a_carrier_gives_its_flows_to_the_asset_whose_data_it_moves(bench, kit):
    bench.catalog.flow_specs = [
        spec("aws_replication", "ref:dest.bucket", "dest.bucket", subject="bucket")
    ]
    bench.add("aws_bucket.main", {}, PARIS)
    bench.add("aws_bucket.dr", {}, {"region": "us-east-1"})
    bench.add(
        "aws_replication.r",
        {"bucket": kit.to("aws_bucket.main"), "dest.bucket": kit.to("aws_bucket.dr")},
        PARIS,
    )
    facts = bench.facts("aws_bucket.main")
    assert flows(facts) == [("aws", ("US",), True)]
    assert facts.flows[0].target == "aws_bucket.dr"
    assert bench.facts("aws_replication.r").flows == ()
    assert bench.facts("aws_bucket.dr").flows == ()


def test_a_carrier_whose_subject_is_not_here_keeps_its_flows(bench, kit):
    bench.catalog.flow_specs = [
        spec("aws_replication", "arn:dest.bucket", "dest.bucket", subject="bucket")
    ]
    attributes = {"bucket": "elsewhere", "dest.bucket": "arn:aws:x:us-east-1:1:y"}
    facts = bench.of("aws_replication.r", attributes, PARIS)
    assert flows(facts) == [("aws", ("US",), True)]


def test_a_carrier_that_may_not_exist_splits_worlds(bench, kit):
    bench.catalog.flow_specs = [
        spec("aws_replication", "ref:dest.bucket", "dest.bucket", subject="bucket")
    ]
    bench.add("aws_bucket.main", {}, PARIS)
    bench.add("aws_bucket.dr", {}, {"region": "us-east-1"})
    bench.add(
        "aws_replication.r",
        {"bucket": kit.to("aws_bucket.main"), "dest.bucket": kit.to("aws_bucket.dr")},
        PARIS,
    )
    bench.site.existence["aws_replication.r"] = (Choice(("var.dr",), 2), 1)
    assert [len(f.flows) for f in bench.worlds("aws_bucket.main")] == [0, 1]
    assert [len(f.flows) for f in bench.worlds("aws_bucket.dr")] == [0]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("GRS", [True]), ("LRS", []), (None, [])],
)
def test_a_condition_on_the_resource(bench, mode, expected):
    grs = Condition("mode", one_of=("GRS", "RAGRS"))
    bench.catalog.flow_specs = [spec(to="pair:region", path="mode", when=(grs,))]
    facts = bench.of("aws_table.t", {"mode": mode, "region": "eu-west-3"})
    assert [f.certain for f in facts.flows] == expected
    assert [f.location.countries for f in facts.flows] == [("US",)] * len(expected)


def test_a_condition_that_is_unknown_makes_the_flow_uncertain(bench, kit):
    grs = Condition("mode", one_of=("GRS",))
    bench.catalog.flow_specs = [spec(to="pair:region", path="", when=(grs,))]
    facts = bench.of("aws_table.t", {"mode": kit.unset("mode"), "region": "eu-west-3"})
    assert flows(facts) == [("aws", ("US",), False)]


def test_a_star_in_a_condition_stands_for_any_text(bench, kit):
    profile = Condition("model", one_of=("eu.*", "arn:*:profile/*"))
    bench.catalog.flow_specs = [spec(to="default:eu-west-2", path="model", when=(profile,))]

    def certain(model):
        facts = bench.of("aws_table.t", {"model": model, "region": "us-east-1"})
        return [f.certain for f in facts.flows]

    account = kit.unset("account")
    assert certain("eu.maker.model") == [True]
    assert certain("maker.eu.model") == []
    assert certain(Partial(("arn:aws:", account, ":profile/x"))) == [True]
    assert certain(Partial(("arn:aws:", account))) == [False]
    assert certain(Partial(("us.", account))) == []


def test_what_is_written_of_a_value_can_be_enough_to_deny_a_condition(bench, kit):
    public = Condition("member", one_of=("anyone", "anyone-signed-in"))
    bench.catalog.flow_specs = [spec(to="global", path="member", when=(public,))]
    name = kit.unset("name")

    def certain(*member):
        facts = bench.of("aws_table.t", {"member": Partial(member)}, PARIS)
        return [f.certain for f in facts.flows]

    assert certain("account:", name) == []
    assert certain(name, "@example.org") == []
    assert certain("any", name, "one") == [False]
    assert certain("anyone", name, "anyone-signed-in") == []


def test_conditions_are_asked_of_the_same_block(bench):
    on = Condition("rule.status", one_of=("Enabled",))
    bench.catalog.flow_specs = [spec(to="own:rule.region", path="rule.region", when=(on,))]
    facts = bench.of(
        "aws_table.t",
        {"rule.region*": ("us-east-1", "eu-west-2"), "rule.status*": ("Disabled", "Enabled")},
        PARIS,
    )
    assert flows(facts) == [("aws", ("GB",), True)]


def test_a_flow_to_another_operator(bench):
    bench.catalog.flow_specs = [
        spec(to="default:fr-par", path="sink", operator="scaleway", service="object-storage")
    ]
    facts = bench.of("aws_table.t", {"sink": "on"}, PARIS)
    assert flows(facts) == [("scaleway", ("FR",), True)]
    assert facts.flows[0].exposures == ()
    assert facts.flows[0].service == "object-storage"


def test_conditions_are_asked_of_the_same_block_where_others_lack_them(bench, blocks):
    on = Condition("rule.status", one_of=("Enabled",))
    bench.catalog.flow_specs = [
        spec(to="own:rule.region>own:rule.key.region", path="rule.name", when=(on,))
    ]
    rules = blocks(
        {"rule.name": "a", "rule.status": "Enabled", "rule.region": "us-east-1"},
        {"rule.name": "b", "rule.status": "Enabled", "rule.key.region": "eu-west-2"},
        {"rule.name": "c", "rule.region": "us-east-1"},
    )
    facts = bench.of("aws_table.t", rules, PARIS)
    assert flows(facts) == [("aws", ("US",), True), ("aws", ("GB",), True)]


def test_a_host_says_who_runs_the_destination(bench):
    bench.catalog.flow_specs = [spec(to="host:url", path="url")]
    facts = bench.of("aws_table.t", {"url": "https://s3.fr-par.scw.cloud/x"}, PARIS)
    assert flows(facts) == [("scaleway", ("FR",), True)]
    assert facts.flows[0].service == "object-storage"
    assert facts.flows[0].exposures == ()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://nobody.example", "facts.endpoint-unlisted"),
        ("https://10.0.0.5/logs", "facts.endpoint-private"),
        ("http://localhost:80", "facts.endpoint-local"),
    ],
)
def test_a_host_nobody_is_known_to_run_leaves_the_operator_open(bench, url, reason):
    bench.catalog.flow_specs = [spec(to="host:url", path="url")]
    (flow,) = bench.of("aws_table.t", {"url": url}, PARIS).flows
    assert (flow.operator, flow.location.countries) == (None, ())
    assert flow.location.unknown.reason.key == reason


def test_a_host_without_region_keeps_its_operator(bench):
    bench.catalog.flow_specs = [spec(to="host:url", path="url")]
    (flow,) = bench.of("aws_table.t", {"url": "https://auth.cloud.ovh.net"}, PARIS).flows
    assert flow.operator == "ovhcloud"
    assert flow.location.unknown.reason.key == "facts.host-without-region"


def test_the_first_region_of_a_list_of_replicas_is_no_flow(bench):
    bench.catalog.flow_specs = [spec()]
    facts = bench.of("aws_table.t", {"replica.region*": ("eu-west-3a", "eu-west-2")}, PARIS)
    assert flows(facts) == [("aws", ("GB",), True)]


def test_what_takes_in_the_data_of_another_is_the_target(bench, kit):
    bench.catalog.flow_specs = [
        spec("aws_table", "own:region>provider", "source", subject="source")
    ]
    bench.add("aws_table.main", {}, PARIS)
    bench.add("aws_table.copy", {"source": kit.to("aws_table.main")}, {"region": "us-east-1"})
    bench.add("aws_table.other", {"source": "arn:of-another-account"}, PARIS)
    (flow,) = bench.facts("aws_table.main").flows
    assert (flow.target, flow.location.countries) == ("aws_table.copy", ("US",))
    assert bench.facts("aws_table.copy").flows == ()
    assert bench.facts("aws_table.other").flows == ()


def test_each_block_names_the_asset_whose_data_moves(bench, blocks, kit):
    bench.catalog.flow_specs = [
        spec("aws_policy", "own:rule.region", "rule.region", subject="rule.of")
    ]
    bench.add("aws_table.a", {}, PARIS)
    bench.add("aws_table.b", {}, PARIS)
    rules = blocks(
        {"rule.of": kit.to("aws_table.a"), "rule.region": "us-east-1"},
        {"rule.of": kit.to("aws_table.b"), "rule.region": "eu-west-2"},
    )
    bench.add("aws_policy.p", rules, PARIS)
    assert flows(bench.facts("aws_table.a")) == [("aws", ("US",), True)]
    assert flows(bench.facts("aws_table.b")) == [("aws", ("GB",), True)]


def test_a_destination_that_is_only_named_is_not_known(bench):
    bench.catalog.flow_specs = [spec(to="ref:sink", path="sink")]
    (flow,) = bench.of("aws_table.t", {"sink": "/groups/ours/sinks/main"}, PARIS).flows
    unknown = flow.location.unknown
    assert (unknown.reason.key, unknown.reason.args) == (
        "facts.named-without-place",
        (("attribute", "sink"),),
    )


def test_a_null_destination_that_refers_to_an_asset_is_no_flow(bench, kit):
    bench.catalog.flow_specs = [spec(to="ref:dr", path="on", subject="of")]
    bench.add("aws_bucket.dr", {}, {"region": "us-east-1"})
    null = kit.null("aws_bucket.dr")
    facts = bench.of("aws_table.t", {"on": "yes", "dr": null, "of": null}, PARIS)
    assert [f.target for f in facts.flows] == [None]
    assert facts.flows[0].location.unknown.reason.key == "facts.place-not-written"


def test_what_a_parameter_holds_does_not_lead_to_the_parameter(bench, kit):
    bench.catalog.flow_specs = [spec(to="arn:vault", path="vault")]
    bench.add("data.aws_table.p", {}, PARIS)
    read = kit.to("data.aws_table.p", attribute="value")
    (flow,) = bench.of("aws_table.t", {"vault": read}, PARIS).flows
    assert (flow.target, flow.location.countries) == (None, ())
    assert flow.location.unknown.reason.key == "test.computed"
    named = kit.to("data.aws_table.p", attribute="arn")
    (flow,) = bench.of("aws_table.u", {"vault": named}, PARIS).flows
    assert (flow.target, flow.location.countries) == ("data.aws_table.p", ("FR",))


def test_each_text_of_a_list_is_a_flow_of_its_own(bench):
    bench.catalog.flow_specs = [spec(to="own:regions", path="regions")]
    regions = ("eu-west-3", "us-east-1", "eu-west-2", "us-east-1")
    facts = bench.of("aws_table.t", {"regions": regions}, PARIS)
    assert flows(facts) == [("aws", ("US",), True), ("aws", ("GB",), True)]


def test_the_hosts_that_settings_name_are_flows(bench):
    named = spec("aws_function", to="host:env", path="env", scan=True)
    bench.catalog.flow_specs = [named]
    env = {
        "SINK": "https://s3.fr-par.scw.cloud/logs",
        "ALSO": '{"url": "https://s3.fr-par.scw.cloud/logs"}',
        "MAIL": "ops@s3.fr-par.scw.cloud",
        "DEBUG": "true",
        "OURS": "https://intranet.example",
        "LOCAL": "http://localhost:8080",
    }
    (flow,) = bench.of("aws_function.f", {"env": env}, PARIS).flows
    assert (flow.operator, flow.location.countries) == ("scaleway", ("FR",))


def test_a_copy_made_by_default_needs_a_pair(bench):
    bench.catalog.flow_specs = [spec(to="pair:region", path="")]
    assert bench.of("aws_table.t", {"region": "us-east-1"}).flows == ()
    (flow,) = bench.of("aws_table.u", {"region": "eu-west-3"}).flows
    assert flow.location.countries == ("US",)


def test_a_copy_that_is_ordered_says_that_its_place_is_not_known(bench):
    bench.catalog.flow_specs = [spec(to="pair:region", path="mode")]
    (flow,) = bench.of("aws_table.t", {"mode": "GRS", "region": "us-east-1"}).flows
    assert flow.location.unknown.reason.key == "facts.region-without-pair"


def test_another_company_s_service_may_stand_in_a_region_of_the_asset_s_operator(bench):
    bench.catalog.flow_specs = [spec(to="own:region", path="sink", operator="atlas")]
    facts = bench.of("aws_table.t", {"sink": "on", "region": "eu-west-3"})
    assert flows(facts) == [("atlas", ("FR",), True)]


def test_what_an_unknown_value_might_order_and_might_not_do_is_not_told(bench, kit):
    public = Condition("policy", one_of=("*everyone*",))
    maybe = spec(to="global", path="policy", when=(public,), certain=False)
    bench.catalog.flow_specs = [maybe]
    assert bench.of("aws_table.t", {"policy": kit.unset("policy")}, PARIS).flows == ()
    (flow,) = bench.of("aws_table.u", {"policy": "to everyone"}, PARIS).flows
    assert (flow.location.anywhere, flow.certain) == (True, False)


def test_a_resource_path_names_its_region(bench):
    bench.catalog.flow_specs = [spec(to="ref:sink", path="sink")]
    facts = bench.of("aws_table.t", {"sink": "x/projects/p/locations/us-east-1/b/c"}, PARIS)
    assert flows(facts) == [("aws", ("US",), True)]
