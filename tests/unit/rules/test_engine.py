"""The engine on hand-made facts: who gets which finding, how severe, and why."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from souverain.model import (
    Declared,
    Evidence,
    Facts,
    Flow,
    LayerPlacement,
    Ledger,
    Location,
    SourceEntry,
    StatusClaim,
    Undecided,
    phrase,
)
from souverain.rules import waysout
from souverain.rules.model import Condition
from souverain.text import render, texts

STATE = Declared(entity="state_operator", harm=("health_life",))


@pytest.fixture
def paris(make):
    return make.PARIS_HEALTH


@pytest.fixture
def virginia(make):
    return replace(make.PARIS_HEALTH, location=make.located("us-east-1", "US"))


def test_health_data_in_virginia_of_an_unknown_entity(bench, virginia, make):
    assert bench.outcome(virginia, roots=[make.Place()]) == {
        "LOC001": ("violation", "error"),
        "SNC001": ("possible", "warning"),
        "EXT001": ("possible", "warning"),
        "EXT002": ("violation", "warning"),
        "GOV001": ("violation", "error"),
    }


def test_possible_findings_name_what_is_undeclared(bench, virginia):
    found = {f.rule: f for f in bench.findings(virginia)}
    assert found["SNC001"].depends_on == ("entity", "harm")
    assert found["EXT001"].depends_on == ("entity", "harm")
    assert found["LOC001"].depends_on == ()


def test_a_state_operator_with_harm_gets_errors(bench, virginia):
    outcome = bench.outcome(replace(virginia, declared=STATE))
    assert outcome["LOC001"] == ("violation", "error")
    assert outcome["SNC001"] == ("violation", "error")
    assert outcome["EXT001"] == ("violation", "error")


def test_law_is_cited_before_the_circular_and_the_framework(bench, paris):
    found = {f.rule: f for f in bench.findings(replace(paris, declared=STATE))}
    assert found["SNC001"].clauses[:3] == (
        "FR-LOI-SREN-2024:A31-I",
        "FR-DEC-2026-272:PROOF",
        "FR-ARR-2026-08-12:REF",
    )
    assert (found["SNC001"].basis, found["SNC001"].confidence) == ("law", "P")


def test_before_the_order_only_the_circular_binds(bench, paris):
    found = {f.rule: f for f in bench.on("2025-01-01").findings(replace(paris, declared=STATE))}
    assert found["SNC001"].clauses == (
        "FR-CIRC-6404-2023:R9.2",
        "FR-SNC-3.2:2",
        "FR-SNC-3.2:3.2-perimeter",
    )
    assert found["SNC001"].basis == "instruction"


def test_a_private_clinic_in_paris_gets_the_disclosure_only(bench, paris, make):
    facts = replace(paris, declared=Declared(entity="private_health"))
    assert bench.outcome(facts, roots=[make.Place()]) == {"EXT002": ("violation", "warning")}


def test_a_public_hospital_is_contested_and_never_cites_article_31(bench, paris):
    facts = replace(paris, declared=Declared(entity="public_hospital", harm=("health_life",)))
    found = {f.rule: f for f in bench.findings(facts)}
    assert found["SNC001"].severity == "warning"
    assert "FR-CIRC-6404-2023:R9.2" in found["SNC001"].clauses
    assert not any(c.startswith("FR-LOI-SREN") for f in found.values() for c in f.clauses)


def test_assessed_harm_of_none_silences_the_state_doctrine(bench, paris):
    facts = replace(paris, declared=Declared(entity="state_operator", harm=()))
    assert set(bench.outcome(facts)) == {"EXT002", "EXT005"}


def test_development_lifts_secnumcloud_and_nothing_else(bench, virginia):
    outcome = bench.outcome(replace(virginia, declared=replace(STATE, environment="dev")))
    assert "SNC001" not in outcome
    assert "EXT001" not in outcome
    assert outcome["LOC001"] == ("violation", "error")


def test_norway_passes_the_eea_and_fails_the_union(bench, paris, make):
    facts = replace(paris, location=make.located("norwayeast", "NO"), declared=STATE)
    outcome = bench.outcome(facts)
    assert "LOC001" not in outcome
    assert outcome["SNC003"] == ("violation", "error")


def test_zurich_fails_health_and_passes_personal(bench, paris, make):
    zurich = replace(paris, location=make.located("eu-central-2", "CH"))
    assert bench.outcome(zurich)["LOC001"] == ("violation", "error")
    personal = replace(zurich, data=(make.holding("personal"),))
    assert not [rule for rule in bench.outcome(personal) if rule.startswith("LOC")]


def test_assumed_data_is_at_most_a_warning(bench, virginia, make):
    facts = replace(virginia, data=(make.holding("personal", "assumed"),))
    assert bench.outcome(facts, roots=[make.Place()]) == {
        "LOC002": ("violation", "warning"),
        "EXT004": ("violation", "info"),
        "GOV001": ("violation", "error"),
    }


def test_a_declared_transfer_basis_leaves_an_information(bench, virginia, make):
    facts = replace(virginia, data=(make.holding("personal"),))
    assert bench.outcome(facts)["LOC002"] == ("violation", "error")
    declared = Declared(inputs=(("transfer_basis", "standard contractual clauses"),))
    assert bench.outcome(replace(facts, declared=declared))["LOC002"] == ("violation", "info")


def test_data_not_gathered_in_care_follows_the_gdpr_not_hds(bench, virginia):
    declared = Declared(entity="private_company", inputs=(("collected_in_care", False),))
    outcome = bench.outcome(replace(virginia, declared=declared))
    assert outcome == {"LOC002": ("violation", "error"), "EXT004": ("violation", "info")}


def test_a_warehouse_under_the_cnil_framework(bench, paris):
    claimed = replace(paris, declared=Declared(entity="private_health", inputs=(("eds", True),)))
    assert bench.outcome(claimed)["EXT003"] == ("violation", "error")
    inputs = (("cnil_authorisation", "2026-001"), ("eds", True))
    allowed = replace(paris, declared=Declared(entity="private_health", inputs=inputs))
    assert bench.outcome(allowed)["EXT003"] == ("violation", "warning")


def test_keys_held_by_an_independent_company_mitigate_storage_only(bench, paris):
    from souverain.model import Custody

    stored = replace(paris, declared=STATE, custody=Custody("external", "ovhcloud"))
    assert bench.outcome(stored)["EXT001"] == ("violation", "warning")
    assert bench.outcome(replace(stored, role="processes"))["EXT001"] == ("violation", "error")
    theirs = replace(stored, custody=Custody("external", "aws"))
    assert bench.outcome(theirs)["EXT001"] == ("violation", "error")
    argued = replace(stored, custody=Custody("external", "halfus"))
    assert bench.outcome(argued)["EXT001"] == ("violation", "error")


def test_exposure_that_is_only_argued_is_possible(bench, paris, make):
    argued = replace(make.CLOUD_ACT, certain=False)
    outcome = bench.outcome(replace(paris, declared=STATE, exposures=(argued,)))
    assert outcome["EXT001"] == ("possible", "warning")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("qualified", None),
        ("in_progress", ("violation", "error")),
        ("not_qualified", ("violation", "error")),
        ("unknown", ("undecided", "warning")),
        ("renewal_unconfirmed", None),
    ],
)
def test_standing_of_the_qualification(bench, paris, make, status, expected):
    certificates = (make.certified("secnumcloud", status), make.certified("hds", "qualified"))
    facts = replace(paris, declared=STATE, certificates=certificates, exposures=())
    assert bench.outcome(facts).get("SNC001") == expected


def test_a_qualification_that_ends_is_a_warning_never_an_error(bench, paris, make):
    def standing(status):
        secnumcloud = make.certified("secnumcloud", status, until="2026-11-30")
        certificates = (secnumcloud, make.certified("hds", "qualified"))
        return replace(paris, declared=STATE, certificates=certificates, exposures=())

    assert bench.outcome(standing("qualified")) == {"SNC002": ("violation", "warning")}
    assert bench.on("2026-09-01").outcome(standing("qualified")).keys() == {"SNC002"}
    assert bench.on("2026-08-31").outcome(standing("qualified")) == {}
    later = bench.on("2026-12-15").outcome(standing("renewal_unconfirmed"))
    assert later == {"SNC002": ("violation", "warning")}


def test_the_2021_circular_has_a_wider_trigger(bench, paris, make):
    facts = replace(paris, data=(make.holding("personal"),), declared=Declared(entity="state"))
    outcome = bench.on("2022-01-01").outcome(facts)
    assert outcome["SNC006"] == ("violation", "error")
    assert outcome["EXT006"] == ("violation", "error")
    assert "SNC006" not in bench.outcome(facts)


def test_clauses_of_later_years_are_silent_in_2022(bench, virginia):
    outcome = bench.on("2022-01-01").outcome(replace(virginia, declared=STATE))
    assert not {"LOC001", "SNC001", "EXT001", "EXT002"} & set(outcome)
    assert outcome["LOC002"] == ("violation", "error")


def test_a_local_authority_hears_of_the_bill_only(bench, paris):
    declared = Declared(entity="local_authority", harm=("health_life",))
    outcome = bench.outcome(replace(paris, declared=declared))
    assert outcome == {"SNC007": ("violation", "info"), "EXT002": ("violation", "warning")}


def test_the_health_data_platform_before_and_after_its_authorisation(bench, paris):
    azure = (LayerPlacement("azure", "azure-storage", "paas", "object-storage"),)
    facts = replace(paris, layers=azure, declared=Declared(entity="hdh"))
    assert bench.outcome(facts)["SNC004"] == ("violation", "warning")
    assert bench.outcome(facts)["EXT008"] == ("violation", "warning")
    assert bench.on("2026-12-21").outcome(facts)["SNC004"] == ("violation", "error")


def test_a_sensitive_store_without_a_place_is_an_error_told_once(bench, paris, make):
    facts = replace(
        paris, location=make.nowhere(), declared=Declared(entity="private_health"), exposures=()
    )
    (finding,) = bench.findings(facts)
    assert (finding.rule, finding.verdict, finding.severity) == ("LOC003", "undecided", "error")
    assert finding.span == make.REGION_SPAN
    assert "FR-HDS-2.0:EXI28" in finding.clauses


def test_a_guess_about_data_never_blocks_on_an_unknown_place(bench, paris, make):
    guessed = replace(
        paris, location=make.nowhere(), data=(make.holding("health_personal", "inferred"),)
    )
    assert bench.outcome(guessed)["LOC003"] == ("undecided", "warning")


def test_unknown_tags_are_undecided_not_absent(bench, virginia):
    unknown = Undecided(phrase("rules.no-reason"), cause="var.tags")
    outcome = bench.outcome(replace(virginia, data=(), data_unknown=unknown))
    assert set(outcome.values()) == {("undecided", "warning")}
    assert len(outcome) == 1


def test_what_is_asked_for_all_rules_is_asked_in_the_name_of_the_law(bench, paris):
    unknown = Undecided(phrase("rules.no-reason"), cause="var.tags")
    free = replace(paris, data=(), data_unknown=unknown, exposures=())
    (asked,) = (f for f in bench.findings(free) if f.verdict == "undecided")
    assert (asked.rule, asked.basis) == ("SNC001", "law")


def test_an_unknown_place_of_data_that_may_be_anything_does_not_block(bench, paris, make):
    unknown = Undecided(phrase("rules.no-reason"), cause="var.tags")
    nowhere = replace(paris, location=make.nowhere(), data=(), data_unknown=unknown)
    assert set(bench.outcome(nowhere).values()) == {("undecided", "warning")}


def test_a_breach_in_some_worlds_is_possible(bench, paris, virginia):
    assert bench.outcome(paris, virginia)["LOC001"] == ("possible", "warning")
    assert "LOC001" not in bench.outcome(paris, paris)


def test_a_world_where_the_rule_does_not_speak_is_dropped(bench, virginia, make):
    empty = replace(virginia, data=(make.holding("non_personal"),))
    assert bench.outcome(empty, virginia)["LOC001"] == ("violation", "error")


def test_places_used_at_once_must_all_be_allowed(bench, paris):
    both = Location(("eu-west-3", "us-east-1"), ("FR", "US"))
    assert bench.outcome(replace(paris, location=both))["LOC001"] == ("violation", "error")


def test_a_known_foreign_place_beside_an_unknown_one_is_a_breach(bench, paris, make):
    unknown = make.nowhere().unknown
    both = Location(("us-east-1",), ("US",), unknown=unknown)
    assert bench.outcome(replace(paris, location=both))["LOC001"] == ("violation", "error")


def test_a_global_service_may_be_anywhere(bench, paris):
    everywhere = replace(paris, location=Location(anywhere=True))
    assert bench.outcome(everywhere)["LOC001"] == ("possible", "warning")


def test_library_modules_give_possible_findings_only(bench, virginia, make):
    library = replace(virginia, asset=make.bucket(library=True))
    found = bench.findings(library, roots=[make.Place(library=True)])
    assert {(f.verdict, f.severity) for f in found} == {("possible", "warning")}
    [located] = [f for f in found if f.rule == "LOC001"]
    assert located.message.key == "rules.possible-library"


def test_technical_data_is_left_to_rules_that_name_it(bench, virginia, make):
    assert bench.outcome(replace(virginia, asset=make.bucket(technical=True))) == {}


def test_configuration_without_data_says_nothing(bench, virginia, make):
    policy = replace(virginia, role="configures", data=())
    assert bench.outcome(policy, roots=[make.Place()]) == {}


def test_one_context_finding_per_root_lists_what_is_missing(bench, virginia, make):
    other = replace(virginia, asset=make.bucket("aws_s3_bucket.c"))
    found = bench.findings(virginia, other, roots=[make.Place()])
    (asked,) = [f for f in found if f.rule == "GOV001"]
    assert asked.depends_on == ("entity", "harm")
    assert render(asked.message, "en") == (
        "2 data stores have no declared context (missing: entity, harm); may apply: EXT001, SNC001"
    )
    assert "souverain.yaml, or add to yours:\nentity: " in render(asked.remediation, "en")
    assert "souverain.yaml, ou ajoutez au vôtre :\nentity: " in render(asked.remediation, "fr")


def test_one_store_is_told_in_the_singular_and_nothing_pending_is_not_told(bench, make):
    unclear = replace(make.PARIS_HEALTH, data=(make.holding("personal", "assumed"),), exposures=())
    (asked,) = bench.findings(unclear, roots=[make.Place()])
    assert render(asked.message, "en") == (
        "1 data store has no declared context (missing: entity, data)"
    )
    assert render(asked.message, "fr") == (
        "1 stockage de données n’a pas de contexte déclaré (manque : entity, data)"
    )


def test_what_is_certain_is_not_hidden_by_what_is_possible(bench, paris):
    declared = Declared(entity="state_operator")
    outcome = bench.outcome(replace(paris, declared=declared))
    assert outcome["EXT001"] == ("possible", "warning")
    assert outcome["EXT005"] == ("violation", "warning")
    assert "EXT004" not in outcome


@pytest.mark.parametrize(
    ("reason", "way"),
    [
        (phrase("terraform.variable-without-value", name="x"), "Give the variable a value"),
        (
            phrase("terraform.repetition-unknown", name="x", reason=phrase("terraform.workspace")),
            "Name the workspace with --workspace",
        ),
        (phrase("facts.provider-without-region", provider="x"), "Write the region in the provider"),
        (phrase("terraform.computed", name="x"), "Write the value out, or check a plan"),
        (
            phrase(
                "facts.certificate-unknown-why",
                offer="x",
                list="2026",
                why=phrase("catalog.reason-region-decides"),
            ),
            "Write the region or location",
        ),
    ],
)
def test_what_cannot_be_decided_says_how_to_decide_it(bench, paris, reason, way):
    unknown = Location(unknown=Undecided(reason))
    found = bench.findings(replace(paris, location=unknown))
    (undecided,) = [f for f in found if f.verdict == "undecided"]
    assert render(undecided.remediation, "en").startswith(way)


def test_ways_out_answer_reasons_that_exist():
    for reasons in waysout._WAYS.values():
        for reason in reasons:
            area, _, entry = reason.partition(".")
            assert entry in texts()[area], reason


def test_a_copy_that_leaves_the_eea(bench, paris, make):
    flow = Flow("replication", "aws", "amazon-s3", make.located("us-east-1", "US"))
    declared = Declared(entity="private_health")
    outcome = bench.outcome(replace(paris, flows=(flow,), declared=declared))
    assert outcome["LOC010"] == ("violation", "error")
    assert "LOC011" not in outcome
    stays = replace(flow, location=make.located("eu-north-1", "SE"))
    assert "LOC010" not in bench.outcome(replace(paris, flows=(stays,), declared=declared))
    maybe = replace(flow, certain=False)
    assert bench.outcome(replace(paris, flows=(maybe,)))["LOC010"] == ("possible", "warning")


def test_every_copy_is_a_finding_of_its_own(bench, paris, make):
    flows = tuple(
        Flow("replication", "aws", "amazon-s3", make.located(region, "US"))
        for region in ("us-east-1", "us-east-1", "us-west-2")
    )
    found = [f for f in bench.findings(replace(paris, flows=flows)) if f.rule == "LOC010"]
    assert len(found) == 3
    assert len({f.fingerprint for f in found}) == 3


def test_sources_that_could_not_be_read(bench):
    ledger = Ledger(
        (
            SourceEntry("a.tf", "terraform", "failed", phrase("rules.no-reason")),
            SourceEntry("module.m", "module", "undecided", phrase("rules.no-reason")),
            SourceEntry("b.tf", "terraform", "analysed"),
        )
    )
    found = bench.findings(ledger=ledger)
    assert [(f.rule, f.address, f.severity) for f in found] == [
        ("SRC001", "a.tf", "error"),
        ("SRC003", "module.m", "warning"),
    ]


def test_a_rule_that_fails_is_a_finding_and_the_others_go_on(bench, virginia):
    def fails(case, context):
        raise RuntimeError("boom")

    rules = {rule.id: rule for rule in bench.context.rules}
    failing = Condition("certificate", "certificate: fails", fails)
    broken = replace(rules["SNC001"], require=(failing,))
    outcome = bench.only(broken, rules["LOC001"]).outcome(virginia)
    assert outcome == {"LOC001": ("violation", "error"), "SRC900": ("undecided", "error")}


def test_a_rule_about_declarations_may_fail_too(bench, virginia, make):
    def fails(case, context):
        raise RuntimeError("boom")

    rules = {rule.id: rule for rule in bench.context.rules}
    failing = Condition("declared", "declared: fails", fails)
    broken = replace(rules["GOV001"], require=(failing,))
    outcome = bench.only(broken, rules["LOC001"]).outcome(virginia, roots=[make.Place()])
    assert outcome == {"LOC001": ("violation", "error"), "SRC900": ("undecided", "error")}


def test_fingerprints_hold_no_place_in_files(bench, virginia, make):
    moved = replace(virginia, location=replace(virginia.location, span=None))
    before = {f.rule: f.fingerprint for f in bench.findings(virginia)}
    after = {f.rule: f.fingerprint for f in bench.findings(moved)}
    assert before == after
    elsewhere = replace(virginia, location=make.located("us-west-2", "US"))
    assert {f.rule: f.fingerprint for f in bench.findings(elsewhere)}["LOC001"] != before["LOC001"]


def test_the_finding_points_at_the_deciding_attribute(bench, virginia, make):
    found = {f.rule: f for f in bench.findings(virginia)}
    assert found["LOC001"].span == make.REGION_SPAN
    assert found["SNC001"].span == virginia.asset.span


def test_messages_say_what_where_and_who_in_both_languages(bench, virginia):
    found = {f.rule: f for f in bench.findings(replace(virginia, declared=STATE))}
    assert render(found["LOC001"].message, "en") == (
        "aws_s3_bucket.b stores health data in us-east-1 (US), outside the European Economic Area"
    )
    assert render(found["LOC001"].message, "fr") == (
        "aws_s3_bucket.b stocke des données de santé dans us-east-1 (US), "
        "hors de l’Espace économique européen"
    )
    assert render(found["EXT001"].message, "en") == (
        "aws_s3_bucket.b holds health data with Amazon Web Services, within reach of the CLOUD Act"
    )


def test_informational_findings_share_a_group_over_the_repository(bench, paris, make):
    facts = [
        replace(paris, asset=make.bucket(f"b.{root}", root=root), data=(make.holding("personal"),))
        for root in ("one", "two")
    ]
    groups = [f.group for f in bench.findings(*facts) if f.rule == "EXT004"]
    assert groups == ["EXT004:violation:info:US-CLOUDACT@aws"] * 2


def test_a_store_of_unknown_data_still_needs_an_owner(bench, paris, make):
    unknown = Undecided(phrase("rules.no-reason"), cause="var.tags")
    facts = replace(paris, data=(), data_unknown=unknown)
    found = {f.rule: f for f in bench.findings(facts, roots=[make.Place()])}
    assert found["GOV001"].depends_on == ("entity", "data")
    assert "cannot decide which rules" in render(
        next(f.message for f in found.values() if f.verdict == "undecided"), "en"
    )


@pytest.mark.parametrize(
    ("status", "standing", "expected"),
    [
        ("secnumcloud", "not_qualified", ("violation", "warning")),
        ("secnumcloud", "in_progress", ("violation", "warning")),
        ("secnumcloud", "unknown", ("undecided", "warning")),
        ("secnumcloud", "renewal_unconfirmed", None),
    ],
)
def test_a_claim_is_held_against_the_catalogue(bench, paris, make, status, standing, expected):
    claim = StatusClaim(status, Evidence("certificate", phrase("rules.no-reason")))
    certificates = (make.certified("secnumcloud", standing), make.certified("hds", "qualified"))
    tagged = replace(paris, claims=(claim,), certificates=certificates, data=())
    assert bench.outcome(tagged).get("GOV005") == expected


def test_a_claim_of_sovereignty_is_about_control(bench, paris):
    claim = StatusClaim("sovereign", Evidence("certificate", phrase("rules.no-reason")))
    assert bench.outcome(replace(paris, claims=(claim,), data=()))["GOV007"][0] == "violation"
    free = replace(paris, claims=(claim,), data=(), exposures=())
    assert "GOV007" not in bench.outcome(free)


@pytest.mark.parametrize(
    ("said", "severity"), [(None, "warning"), (True, "info"), (False, "error")]
)
def test_national_territory_hangs_on_the_homologation_decision(bench, paris, make, said, severity):
    inputs = () if said is None else (("homologation.derogation_location", said),)
    declared = Declared(entity="state", harm=(), inputs=inputs)
    frankfurt = replace(paris, location=make.located("eu-central-1", "DE"), declared=declared)
    assert bench.outcome(frankfurt)["LOC005"] == ("violation", severity)


def test_an_unknown_operator_is_one_question_for_all_that_hangs_on_it(bench, paris, make):
    why = Undecided(phrase("rules.no-reason"), cause="host.x")
    nobody = LayerPlacement(None, None, "iaas", None, why)
    unknown = tuple(make.certified(scheme, "unknown") for scheme in ("secnumcloud", "hds"))
    declared = Declared(entity="private_health", hosting_role="hosted_by_processor")
    found = bench.findings(
        replace(paris, layers=(nobody,), certificates=unknown, exposures=(),
                exposure_unknown=why, declared=declared)
    )  # fmt: skip
    (asked,) = (f for f in found if f.verdict == "undecided")
    assert asked.rule == "HDS001"
    assert {"FR-CSP:L1111-8", "FR-HDS-2.0:EXI30"} <= set(asked.clauses)


class NeverAsked(Facts):
    """Facts whose flows nobody may ask for."""

    def __init__(self, facts):
        for field in fields(facts):
            if field.name != "flows":
                setattr(self, field.name, getattr(facts, field.name))

    @property
    def flows(self):
        raise AssertionError("no rule speaks of flows here")


def test_flows_are_looked_for_where_a_rule_may_speak_of_them(bench, paris):
    quiet = replace(paris, role="configures", declared=Declared(harm=("health_life",)))
    assert bench.outcome(NeverAsked(quiet)) == bench.outcome(quiet)
    with pytest.raises(AssertionError, match="no rule speaks of flows here"):
        bench.outcome(NeverAsked(replace(paris, declared=STATE)))
