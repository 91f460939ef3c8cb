"""Rules on settings: of whom they speak, and what they make of a setting that is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.model import Custody, Declared, Location, Setting, Undecided, phrase
from souverain.rules.model import Case
from souverain.rules.predicates import PREDICATES

STATE = Declared(entity="state_operator", harm=("health_life",))
FAMILIES = ("KEY", "REV", "TEC")


def of(bench, facts):
    return {rule: found for rule, found in bench.outcome(facts).items() if rule[:3] in FAMILIES}


@pytest.fixture
def facts(make):
    """Health data in Paris with settings, as a body declares them."""

    def given(*settings, declared=STATE, **more):
        return replace(make.PARIS_HEALTH, settings=settings, declared=declared, **more)

    return given


def is_set(name, value):
    return Setting(name, value)


def unknown(name, make):
    why = Undecided(phrase("facts.setting-hangs-on-account"), make.REGION_SPAN)
    return Setting(name, None, why, span=make.REGION_SPAN)


def test_without_the_setting_nothing_is_said(bench, facts):
    assert of(bench, facts()) == {}


def test_unencrypted_is_an_error_for_a_state_body_whose_data_may_harm(bench, facts):
    assert of(bench, facts(is_set("encrypted_at_rest", False))) == {
        "KEY001": ("violation", "warning")
    }


def test_for_others_it_is_a_warning(bench, facts):
    found = facts(is_set("encrypted_at_rest", False), declared=Declared(entity="private_company"))
    assert of(bench, found) == {"KEY002": ("violation", "warning")}


def test_what_mirrors_the_provider_waits_for_the_declaration(bench, facts):
    found = facts(is_set("encrypted_at_rest", False), declared=Declared())
    assert of(bench, found) == {"KEY002": ("violation", "warning")}


def test_guessed_data_says_nothing_of_encryption(bench, facts, make):
    guessed = facts(
        is_set("encrypted_at_rest", False),
        is_set("encrypted_in_transit", False),
        is_set("backed_up", False),
        declared=Declared(),
        data=(make.holding("personal", "assumed"),),
    )
    assert of(bench, guessed) == {}


def test_guessed_data_that_anyone_reads_is_information(bench, facts, make):
    found = facts(
        is_set("readable_by_anyone", True),
        declared=Declared(),
        data=(make.holding("personal", "assumed"),),
    )
    assert of(bench, found) == {"TEC005": ("violation", "info")}


def test_declared_data_that_anyone_reads_is_an_error(bench, facts, make):
    found = facts(
        is_set("readable_by_anyone", True),
        declared=Declared(entity="private_company"),
        data=(make.holding("personal"),),
    )
    assert of(bench, found) == {"TEC005": ("violation", "error")}


def test_all_disks_must_be_encrypted(bench, facts):
    disks = (is_set("encrypted_at_rest", True), is_set("encrypted_at_rest", False))
    assert of(bench, facts(*disks)) == {"KEY001": ("violation", "warning")}


def test_an_unknown_setting_is_never_fine(bench, facts, make):
    found = facts(unknown("encrypted_at_rest", make))
    assert of(bench, found) == {"KEY001": ("undecided", "info")}


def test_a_default_that_no_source_confirms_is_held_against_nobody(bench, facts):
    found = facts(Setting("encrypted_at_rest", False, confidence="GK"))
    assert of(bench, found) == {"KEY001": ("undecided", "info")}
    assert of(bench, facts(Setting("encrypted_at_rest", True, confidence="GK"))) == {}


def test_a_known_breach_outweighs_an_unknown(bench, facts, make):
    disks = (unknown("encrypted_at_rest", make), is_set("encrypted_at_rest", False))
    assert of(bench, facts(*disks)) == {"KEY001": ("violation", "warning")}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(30, {"TEC002": ("violation", "warning")}), (180, {}), ("forever", {})],
)
def test_logs_are_kept_for_six_months(bench, facts, days, expected):
    assert of(bench, facts(is_set("log_retention_days", days))) == expected


def test_zones_are_asked_of_state_bodies_only(bench, facts):
    alone = is_set("in_several_zones", False)
    assert of(bench, facts(alone)) == {"REV001": ("violation", "warning")}
    assert of(bench, facts(alone, declared=Declared(entity="private_company"))) == {}
    assert of(bench, facts(alone, declared=Declared())) == {}


def test_gateways_are_asked_of_state_administrations_only(bench, facts):
    front = is_set("internet_facing", True)
    state = Declared(entity="state", harm=())
    assert of(bench, facts(front, declared=state)) == {"TEC006": ("violation", "info")}
    assert of(bench, facts(front)) == {}


def test_development_is_outside_what_mirrors_the_provider(bench, facts):
    sandbox = replace(STATE, environment="dev")
    found = facts(is_set("reachable_from_internet", True), declared=sandbox)
    assert of(bench, found) == {}


# --- keys -----------------------------------------------------------------------------


def key_in(location):
    return Custody("customer_managed", "aws", location=location)


def test_a_key_outside_the_union_is_an_error(bench, facts, make):
    found = facts(custody=key_in(make.located("us-east-1", "US")))
    assert of(bench, found) == {"KEY004": ("violation", "error")}


def test_a_key_beside_data_outside_the_union_is_said_with_the_data(bench, facts, make):
    london = make.located("eu-west-2", "GB")
    found = facts(custody=key_in(london), location=london)
    assert of(bench, found) == {}
    assert bench.outcome(found)["LOC001"] == ("violation", "error")


def test_a_key_that_may_be_anywhere_is_undecided(bench, facts, make):
    nowhere = Location(unknown=Undecided(phrase("facts.key-without-place"), make.REGION_SPAN))
    assert of(bench, facts(custody=key_in(nowhere))) == {"KEY004": ("undecided", "warning")}


# --- the words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "argument", "problem"),
    [
        ("has_setting", "pretty", "expected one of encrypted_at_rest"),
        ("setting", {"pretty": True}, "expected one of encrypted_at_rest"),
        ("setting", {"backed_up": {"at_most": 3}}, "`at_least` is missing"),
        ("setting", {"backed_up": {"at_least": "3"}}, "expected a whole number"),
    ],
)
def test_faults_are_told(name, argument, problem):
    with pytest.raises(InvalidPolicyError, match=problem):
        PREDICATES[name](Node(argument, "rules.x"))


def test_a_number_is_no_answer_to_yes_or_no(bench, facts):
    met = PREDICATES["setting"](Node({"backed_up": True}, "rules.x"))
    assert met(Case(facts(is_set("backed_up", 1))), bench.context).truth is False
