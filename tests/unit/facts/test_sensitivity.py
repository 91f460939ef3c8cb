from __future__ import annotations

import pytest

from souverain.catalog.locations import parse_location
from souverain.catalog.model import FlowSpec
from souverain.model import Declared
from souverain.values import OpenMap, Partial

PARIS = {"region": "eu-west-3"}


def data(facts):
    return [(d.category, d.certainty) for d in facts.data]


HEALTH = [("health_personal", "declared")]


@pytest.mark.parametrize(
    "tags",
    [
        {"data": "health"},
        {"Data-Classification": "PHI"},
        {"example-inc:data:classification": "medical"},
        {"team.health/data-classification": "phi"},
        {"sensitivity": "hds"},
        {"donnees": "Santé"},
        {"contains-phi": "true"},
        {"contains_phi": True},
        {"HDS": "oui"},
    ],
)
def test_tags_declare(bench, tags):
    assert data(bench.of("aws_bucket.b", {"tags": tags}, PARIS)) == HEALTH


@pytest.mark.parametrize(
    "tags",
    [
        ["data=health"],
        ["team:core", "data:health"],
        ["hds"],
        [{"key": "data", "value": "health", "propagate_at_launch": True}],
    ],
)
def test_tags_in_lists_declare(bench, tags):
    assert data(bench.of("aws_bucket.b", {"tags": tuple(tags)}, PARIS)) == HEALTH


def test_tags_in_repeated_blocks_declare(bench):
    blocks = ({"key": "name", "value": "x"}, {"key": "data", "value": "health"})
    assert data(bench.of("aws_bucket.b", {"tags*": blocks}, PARIS)) == HEALTH


def test_metadata_declares_where_a_provider_has_no_tags(bench):
    described = {"metadata": {"data": "health"}}
    assert data(bench.of("openstack_blockstorage_volume_v3.v", described, PARIS)) == HEALTH
    assert data(bench.of("aws_bucket.b", described, PARIS)) == [("personal", "assumed")]


@pytest.mark.parametrize(
    "tags",
    [
        {"data": "confidential"},
        {"contains_phi": "false"},
        {"Name": "public"},
        {"metadata": "health"},
        {"sensitivity": "low"},
        {"compliance": "none"},
    ],
)
def test_other_tags_leave_the_data_undeclared(bench, tags):
    assert data(bench.of("aws_bucket.b", {"tags": tags}, PARIS)) == [("personal", "assumed")]


def test_default_tags_of_the_provider_declare_unless_the_resource_says_otherwise(bench):
    provider = {**PARIS, "default_tags.tags": {"data": "health"}}
    assert data(bench.of("aws_bucket.a", {}, provider)) == HEALTH
    own = {"tags": {"data": "public"}}
    assert data(bench.of("aws_bucket.b", own, provider)) == [("non_personal", "declared")]


def test_unknown_tags_are_undecided_not_undeclared(bench, kit):
    facts = bench.of("aws_bucket.b", {"tags": kit.unset("tags")}, PARIS)
    assert data(facts) == []
    assert facts.data_unknown.cause == "var.tags"


def test_known_tags_declare_beside_tags_that_are_not_known(bench, kit):
    tags = OpenMap({"team": "core", "data": "health"}, kit.unset("tags"))
    facts = bench.of("aws_bucket.a", {"tags": tags}, PARIS)
    assert data(facts) == HEALTH
    assert facts.data_unknown is None
    tags = OpenMap({"team": "core"}, kit.unset("tags"))
    facts = bench.of("aws_bucket.b", {"tags": tags}, PARIS)
    assert data(facts) == []
    assert facts.data_unknown.cause == "var.tags"
    tags = OpenMap({"data": kit.unset("data")}, kit.unset("tags"))
    facts = bench.of("aws_bucket.c", {"tags": tags}, PARIS)
    assert facts.data_unknown.cause == "var.data"


def test_default_tags_that_are_known_in_part_declare(bench, kit):
    tags = OpenMap({"data": "health"}, kit.unset("tags"))
    facts = bench.of("aws_bucket.a", {}, {**PARIS, "default_tags.tags": tags})
    assert data(facts) == HEALTH
    assert facts.data_unknown is None
    tags = OpenMap({"team": "core"}, kit.unset("tags"))
    facts = bench.of("aws_bucket.b", {}, {**PARIS, "default_tags.tags": tags})
    assert facts.data_unknown.cause == "var.tags"


@pytest.mark.parametrize("merged", ["tags_all", "effective_labels"])
def test_tags_of_a_plan_with_the_defaults_in_them_need_no_other(bench, kit, merged):
    provider = {**PARIS, "default_tags.tags": kit.unset("tags")}
    assert data(bench.of("aws_bucket.a", {merged: {"data": "health"}}, provider)) == HEALTH
    facts = bench.of("aws_bucket.b", {merged: {"team": "core"}}, provider)
    assert data(facts) == [("personal", "assumed")]
    assert facts.data_unknown is None
    both = {"tags": {"data": "public"}, merged: {"data": "public", "team": "core"}}
    assert data(bench.of("aws_bucket.c", both, provider)) == [("non_personal", "declared")]


def test_merged_tags_that_a_plan_does_not_know_leave_the_defaults_to_declare(bench, kit):
    provider = {**PARIS, "default_tags.tags": {"data": "health"}}
    facts = bench.of("aws_bucket.a", {"tags_all": kit.unset("tags")}, provider)
    assert data(facts) == HEALTH


def test_a_default_that_lifts_is_not_taken_where_unknown_tags_may_replace_it(bench, kit):
    provider = {**PARIS, "default_tags.tags": {"data": "public"}}
    for number, tags in enumerate((kit.unset("tags"), OpenMap({"team": "x"}, kit.unset("tags")))):
        facts = bench.of(f"aws_bucket.b{number}", {"tags": tags}, provider)
        assert data(facts) == []
        assert facts.data_unknown.cause == "var.tags"
    health = {**PARIS, "default_tags.tags": {"data": "health"}}
    assert data(bench.of("aws_bucket.c", {"tags": kit.unset("tags")}, health)) == HEALTH
    known = OpenMap({"data": "public"}, kit.unset("tags"))
    facts = bench.of("aws_bucket.d", {"tags": known}, provider)
    assert data(facts) == [("non_personal", "declared")]


def test_an_unknown_value_matters_only_under_a_key_that_declares(bench, kit):
    facts = bench.of("aws_bucket.a", {"tags": {"Name": kit.unset("name")}}, PARIS)
    assert facts.data_unknown is None
    facts = bench.of("aws_bucket.b", {"tags": {"data": kit.unset("data")}}, PARIS)
    assert facts.data_unknown.cause == "var.data"
    listed = (Partial(("data=", kit.unset("data"))), Partial(("team=", kit.unset("team"))))
    facts = bench.of("aws_bucket.c", {"tags": listed}, PARIS)
    assert facts.data_unknown.cause == "var.data"


def test_the_manifest_declares_and_settles_unknown_tags(bench, kit):
    bench.declarations.declared = Declared(data=("personal",))
    facts = bench.of("aws_bucket.b", {"tags": kit.unset("tags")}, PARIS)
    assert data(facts) == [("personal", "declared")]
    assert facts.data_unknown is None
    assert facts.data[0].span.line == 50


def test_what_the_manifest_and_the_tags_declare_both_hold(bench):
    bench.declarations.declared = Declared(data=("personal",))
    facts = bench.of("aws_bucket.b", {"tags": {"data": "health"}}, PARIS)
    assert data(facts) == [("personal", "declared"), ("health_personal", "declared")]


def test_a_health_service_holds_health_data(bench):
    assert data(bench.of("aws_fhir.f", {}, PARIS)) == [("health_personal", "intrinsic")]


def test_a_declaration_adds_to_what_a_health_service_is_made_for(bench):
    facts = bench.of("aws_fhir.f", {"tags": {"data": "personal"}}, PARIS)
    assert data(facts) == [("personal", "declared"), ("health_personal", "intrinsic")]


def test_declared_synthetic_data_replaces_what_a_health_service_is_made_for(bench):
    bench.declarations.declared = Declared(data=("synthetic",))
    facts = bench.of("aws_fhir.f", {}, PARIS)
    assert data(facts) == [("synthetic", "declared")]


def test_a_tag_carries_no_reference_and_lifts_nothing_that_needs_one(bench):
    assert data(bench.of("aws_fhir.f", {"tags": {"data": "synthetic"}}, PARIS)) == [
        ("health_personal", "intrinsic")
    ]
    assert data(bench.of("aws_bucket.b", {"tags": {"data": "anonymised"}}, PARIS)) == [
        ("personal", "assumed")
    ]


def test_a_copy_holds_the_data_of_its_source(bench, kit):
    bench.add("aws_bucket.b", {"tags": {"data": "health"}}, PARIS)
    bench.add("aws_table.copy", {"source_table_name": kit.to("aws_bucket.b")}, PARIS)
    bench.add("aws_table.copy2", {"snapshot_id": kit.to("aws_table.copy")}, PARIS)
    assert data(bench.facts("aws_table.copy")) == [("health_personal", "propagated")]
    assert data(bench.facts("aws_table.copy2")) == [("health_personal", "propagated")]


def test_a_part_holds_the_data_of_its_parent(bench, kit):
    bench.add("aws_bucket.b", {"tags": {"data": "health"}}, PARIS)
    bench.add("aws_a.part", {"other": kit.to("aws_bucket.b")}, PARIS)
    assert data(bench.facts("aws_a.part")) == [("health_personal", "propagated")]


def test_guesses_do_not_propagate(bench, kit):
    bench.add("aws_bucket.patients", {}, PARIS)
    bench.add("aws_table.copy", {"source_table_name": kit.to("aws_bucket.patients")}, PARIS)
    assert data(bench.facts("aws_bucket.patients")) == [("health_personal", "inferred")]
    assert data(bench.facts("aws_table.copy")) == [("personal", "assumed")]


def test_a_flow_carries_the_data_to_its_target(bench, kit):
    replica = FlowSpec(
        "f", ("aws_table",), "replication", parse_location("ref:replica"), path="replica"
    )
    bench.catalog.flow_specs = [replica]
    bench.add("aws_table.first", {"replica": kit.to("aws_table.second")}, PARIS)
    bench.add("aws_table.second", {"replica": kit.to("aws_table.first")}, PARIS)
    bench.add(
        "aws_table.source", {"tags": {"data": "health"}, "replica": kit.to("aws_table.second")}
    )
    for address in ("aws_table.first", "aws_table.second"):
        facts = bench.facts(address)
        assert data(facts) == [("health_personal", "propagated")]
        assert dict(facts.data[0].because.args) == {"address": "aws_table.source"}


def test_a_declaration_on_a_copy_stops_propagation(bench, kit):
    bench.add("aws_bucket.b", {"tags": {"data": "health"}}, PARIS)
    public = {"snapshot_id": kit.to("aws_bucket.b"), "tags": {"data": "public"}}
    bench.add("aws_table.copy", public, PARIS)
    bench.add("aws_table.export", {"snapshot_id": kit.to("aws_table.copy")}, PARIS)
    assert data(bench.facts("aws_table.copy")) == [("non_personal", "declared")]
    assert data(bench.facts("aws_table.export")) == [("non_personal", "propagated")]


def test_copies_in_a_circle_end(bench, kit):
    bench.add("aws_table.a", {"snapshot_id": kit.to("aws_table.b")}, PARIS)
    bench.add("aws_table.b", {"snapshot_id": kit.to("aws_table.a")}, PARIS)
    assert data(bench.facts("aws_table.a")) == [("personal", "assumed")]


@pytest.mark.parametrize(
    "attributes",
    [{"name": "dossier_patient"}, {"bucket": "acme-dicom-archive"}, {"name": "ght-chu-export"}],
)
def test_names_suggest_health_data(bench, attributes):
    facts = bench.of("aws_bucket.b", attributes, PARIS)
    assert data(facts) == [("health_personal", "inferred")]


@pytest.mark.parametrize(
    "name",
    [
        "health-check-logs",
        "healthz",
        "machine_health_check",
        "instance-install",
        "gitlab-runner",
        "care",
        "weights",
        "AKIAq8phi7ZEHRx1medicalQQ9",
    ],
)
def test_names_about_something_else_suggest_nothing(bench, name):
    assert data(bench.of("aws_bucket.b", {"name": name}, PARIS)) == [("personal", "assumed")]


def test_a_secret_is_named_for_what_it_opens(bench):
    facts = bench.of("aws_secret.patients", {"name": "patients-database"}, PARIS)
    assert data(facts) == [("personal", "assumed")]
    declared = bench.of("aws_secret.declared", {"tags": {"data": "health"}}, PARIS)
    assert data(declared) == HEALTH


def test_resource_types_are_not_names(bench):
    assert data(bench.of("aws_fhir.f", {}, PARIS))[0][1] == "intrinsic"
    facts = bench.of("module.patients.aws_table.t", {}, PARIS, type_="aws_table")
    assert data(facts) == [("health_personal", "inferred")]


def test_what_only_configures_is_not_assumed_to_hold_data(bench):
    assert data(bench.of("aws_policy.patients", {}, PARIS)) == []
    assert data(bench.of("aws_zone.z", {}, PARIS)) == []


@pytest.mark.parametrize("address", ["aws_bucket.b", "aws_function.f"])
def test_undeclared_stores_and_processes_are_assumed_to_hold_personal_data(bench, address):
    assert data(bench.of(address, {}, PARIS)) == [("personal", "assumed")]


def test_technical_stores_hold_technical_data(bench):
    assert data(bench.of("aws_bucket.patients", {}, PARIS, technical=True)) == []
