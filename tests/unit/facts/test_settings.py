"""How assets are set: what is written, by whom, and what holds when nothing is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from souverain.catalog.model import (
    Condition,
    CustodySpec,
    Default,
    Grants,
    Reading,
    SettingSpec,
)
from souverain.model import Setting
from souverain.records import replace
from souverain.text import render
from souverain.worlds import Choice

ENCRYPTED = Reading("encrypted")
NO = (Default(False),)
YES = (Default(True),)


@pytest.fixture
def set_by(bench):
    """Gives ``aws_bucket`` settings."""

    def given(*readings, otherwise=NO, when=(), name="encrypted_at_rest", type_="aws_bucket"):
        spec = SettingSpec(name, readings, otherwise, when)
        known = bench.catalog.setting_specs.get(type_, ())
        bench.catalog.setting_specs[type_] = (*known, spec)

    return given


HERE = {"region": "eu-west-3"}


def settings(bench, attributes=None, **more) -> tuple[Setting, ...]:
    bench.add("aws_bucket.b", attributes, HERE, **more)
    return bench.facts("aws_bucket.b").settings


def values(found):
    return [setting.value for setting in found]


def why(setting):
    assert setting.value is None
    return setting.unknown.reason.key


def test_a_type_that_is_not_listed_has_none(bench):
    assert settings(bench) == ()


def test_what_is_written_decides_and_is_shown(bench, set_by):
    set_by(ENCRYPTED)
    (found,) = settings(bench, {"encrypted": True})
    assert (found.name, found.value) == ("encrypted_at_rest", True)
    assert found.span is not None
    shown = found.evidence[0]
    assert (shown.kind, shown.span) == ("custody", found.span)
    assert render(shown.text, "en") == "encrypted at rest (encrypted)"


def test_what_is_not_written_is_as_the_service_does(bench, set_by):
    set_by(ENCRYPTED)
    (found,) = settings(bench)
    assert found.value is False
    said = render(found.evidence[0].text, "en")
    assert said == "not encrypted at rest, since nothing else is written"


def test_a_type_that_leaves_no_choice_says_so(bench, set_by):
    set_by(otherwise=YES)
    (found,) = settings(bench)
    said = render(found.evidence[0].text, "fr")
    assert said == "chiffré au repos, comme toute ressource aws_bucket"


@pytest.mark.parametrize("written", [None, "", ()])
def test_null_and_empty_are_not_written(bench, set_by, written):
    set_by(ENCRYPTED)
    assert values(settings(bench, {"encrypted": written})) == [False]


def test_an_unknown_value_is_unknown_where_it_is_written(bench, set_by, kit):
    set_by(ENCRYPTED)
    (found,) = settings(bench, {"encrypted": kit.unset("on")})
    assert why(found) == "test.unset"
    assert found.unknown.cause == "var.on"
    assert found.span is not None


def test_alternatives_are_worlds_of_their_own(bench, set_by, kit):
    set_by(ENCRYPTED)
    choice = Choice((".", "var.on"), 2, "var.on")
    bench.add("aws_bucket.b", {"encrypted": kit.either(choice, (True, False))}, HERE)
    found = [facts.settings for facts in bench.worlds("aws_bucket.b")]
    assert sorted(values(one)[0] for one in found) == [False, True]


def test_texts_mean_what_the_catalogue_says_the_first_that_matches(bench, set_by):
    set_by(Reading("acl", (("public-*", True), ("*", False))), name="readable_by_anyone")
    assert values(settings(bench, {"acl": "public-read"})) == [True]


def test_one_text_of_a_list_is_enough(bench, set_by):
    open_to = (("0.0.0.0/0", True), ("*", False))
    set_by(Reading("ranges", open_to), name="reachable_from_internet", otherwise=YES)
    assert values(settings(bench, {"ranges": ("192.0.2.0/24", "0.0.0.0/0")})) == [True]


def test_a_text_without_a_meaning_leaves_it_to_what_comes_next(bench, set_by):
    set_by(Reading("mode", (("off", False),)), ENCRYPTED)
    assert values(settings(bench, {"mode": "other", "encrypted": True})) == [True]


def test_an_unknown_that_changes_nothing_is_no_question(bench, set_by, kit):
    block = Reading("block", (("true", False),))
    set_by(block, name="readable_by_anyone")
    assert values(settings(bench, {"block": kit.unset("block")})) == [False]


def test_an_unknown_that_may_change_it_is_one(bench, set_by, kit):
    block = Reading("block", (("true", False),))
    acl = Reading("acl", (("public-*", True),))
    set_by(block, acl, name="readable_by_anyone")
    written = {"block": kit.unset("block"), "acl": "public-read"}
    assert why(settings(bench, written)[0]) == "test.unset"


def test_what_a_resource_gives_is_something(bench, set_by, kit):
    bench.add("aws_key.k", {}, HERE)
    set_by(Reading("key", (("*", True),)))
    assert values(settings(bench, {"key": kit.to("aws_key.k")})) == [True]


def test_days_are_counted(bench, set_by):
    forever = Reading("days", (("0", "forever"),))
    set_by(forever, Reading("days"), name="log_retention_days", otherwise=(Default(30),))
    assert values(settings(bench, {"days": 90})) == [90]


@pytest.mark.parametrize(("written", "expected"), [("9" * 5000, "forever"), ("soon", 30)])
def test_days_that_are_no_number_of_days(bench, set_by, written, expected):
    set_by(Reading("days"), name="log_retention_days", otherwise=(Default(30),))
    assert values(settings(bench, {"days": written})) == [expected]


def test_days_without_end(bench, set_by):
    forever = Reading("days", (("0", "forever"),))
    set_by(forever, Reading("days"), name="log_retention_days", otherwise=(Default(30),))
    (found,) = settings(bench, {"days": 0})
    assert found.value == "forever"
    assert render(found.evidence[0].text, "en") == "logs kept without end (days)"


# --- companions -----------------------------------------------------------------------


def test_a_companion_that_points_at_it_decides(bench, set_by, kit):
    set_by(Reading("acl", (("public-*", True),), of="aws_policy", through="bucket"))
    bench.add("aws_policy.p", {"bucket": kit.to("aws_bucket.b"), "acl": "public-read"}, HERE)
    bench.add("aws_policy.q", {"bucket": kit.to("aws_bucket.c"), "acl": "private"}, HERE)
    bench.add("aws_bucket.c", {}, HERE)
    assert values(settings(bench)) == [True]
    assert values(bench.facts("aws_bucket.c").settings) == [False]


def test_a_companion_that_does_not_exist_decides_nothing(bench, set_by, kit):
    set_by(Reading("on", of="aws_policy", through="bucket"))
    bench.add("aws_policy.p", {"bucket": kit.to("aws_bucket.b"), "on": True}, HERE)
    choice = Choice((".", "aws_policy.p"), 2, "count")
    bench.site.existence["aws_policy.p"] = (choice, 1)
    bench.add("aws_bucket.b", {}, HERE)
    found = [facts.settings for facts in bench.worlds("aws_bucket.b")]
    assert sorted(values(one)[0] for one in found) == [False, True]


def test_a_companion_that_it_names_decides(bench, set_by, kit):
    set_by(Reading("tls", of="aws_policy", by="group"), name="encrypted_in_transit")
    bench.add("aws_policy.p", {"tls": True}, HERE)
    assert values(settings(bench, {"group": kit.to("aws_policy.p")})) == [True]


def test_a_companion_may_speak_for_all_of_its_provider(bench, set_by):
    set_by(Reading("enabled", of="aws_policy"))
    mine = bench.add("aws_policy.p", {"enabled": True}, HERE)
    other = bench.add("aws_bucket.other", {}, {"region": "us-east-1"})
    bucket = bench.add("aws_bucket.b", {}, HERE)
    bench.site.assets["aws_bucket.b"] = bucket = _with_provider(bucket, mine)
    found = bench.all()
    assert values(found[bucket.address].worlds[0][1].settings) == [True]
    assert values(found[other.address].worlds[0][1].settings) == [False]


def _with_provider(asset, other):
    return replace(asset, provider=other.provider)


# --- blocks and conditions ------------------------------------------------------------


def test_each_block_has_its_own(bench, set_by, blocks):
    set_by(Reading("encrypted", each="disk"))
    disks = blocks({"disk": {}, "disk.encrypted": True}, {"disk": {}})
    assert values(settings(bench, disks)) == [True, False]


def test_a_condition_is_asked_of_the_same_block(bench, set_by, blocks):
    tls = Reading(
        "value",
        (("0", False), ("1", True)),
        each="parameter",
        when=(Condition("name", ("force_ssl",)),),
    )
    set_by(tls, name="encrypted_in_transit", otherwise=(Default(None, "engine"),))
    parameters = blocks(
        {"parameter": {}, "parameter.name": "timeout", "parameter.value": "0"},
        {"parameter": {}, "parameter.name": "force_ssl", "parameter.value": "1"},
    )
    assert values(settings(bench, parameters)) == [True]


def test_without_the_condition_the_type_has_no_such_setting(bench, set_by):
    set_by(ENCRYPTED, when=(Condition("engine", ("postgres",)),))
    assert settings(bench, {"engine": "redis"}) == ()


def test_an_unknown_condition_leaves_it_open(bench, set_by, kit):
    set_by(ENCRYPTED, when=(Condition("engine", ("postgres",)),))
    (found,) = settings(bench, {"engine": kit.unset("engine"), "encrypted": True})
    assert why(found) == "facts.setting-applies"


def test_an_empty_block_is_written(bench, set_by):
    set_by(Reading("balancer", (("*", True),)), name="reachable_from_internet")
    assert values(settings(bench, {"balancer": {}})) == [True]


def test_a_policy_is_read_for_whom_it_lets_in(bench, set_by):
    grants = Grants("aws_iam_policy_document")
    set_by(Reading("policy", (("anyone", True),), grants=grants), name="readable_by_anyone")
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Condition": {"a": "b"}}]}'
    assert why(settings(bench, {"policy": policy})[0]) == "facts.grant-conditional"


def test_a_policy_without_a_condition_lets_anyone_in(bench, set_by):
    grants = Grants("aws_iam_policy_document")
    set_by(Reading("policy", (("anyone", True),), grants=grants), name="readable_by_anyone")
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*"}]}'
    assert values(settings(bench, {"policy": policy})) == [True]


# --- defaults -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "expected"), [("~> 2.99", False), (">= 3.0", True), (None, True), ("2.1.0", False)]
)
def test_a_default_may_come_with_a_version(bench, set_by, version, expected):
    set_by(otherwise=(Default(True, since=3), Default(False)))
    bucket = bench.add("aws_bucket.b", {}, HERE)
    provider = replace(bucket.provider, version=version)
    bench.site.assets["aws_bucket.b"] = replace(bucket, provider=provider)
    assert values(bench.facts("aws_bucket.b").settings) == [expected]


def test_the_last_default_holds_when_no_version_reaches_one(bench, set_by):
    set_by(otherwise=(Default(True, since=3), Default(False, since=2)))
    bucket = bench.add("aws_bucket.b", {}, HERE)
    provider = replace(bucket.provider, version="~> 1.0")
    bench.site.assets["aws_bucket.b"] = replace(bucket, provider=provider)
    assert values(bench.facts("aws_bucket.b").settings) == [False]


def test_what_the_code_does_not_show_is_unknown_and_named(bench, set_by):
    set_by(otherwise=(Default(None, "account"),))
    assert why(settings(bench)[0]) == "facts.setting-hangs-on-account"


def test_another_operator_may_do_otherwise(bench, set_by):
    set_by(ENCRYPTED, otherwise=YES)
    elsewhere = {**HERE, "endpoints.s3": "https://s3.fr-par.scw.cloud"}
    bench.add("aws_bucket.b", {}, elsewhere)
    (found,) = bench.facts("aws_bucket.b").settings
    assert why(found) == "facts.setting-default-elsewhere"


def test_unless_it_is_the_api_that_does(bench, set_by):
    set_by(otherwise=(Default(False, everywhere=True),), name="readable_by_anyone")
    bench.add("aws_bucket.b", {}, {**HERE, "endpoints.s3": "https://s3.fr-par.scw.cloud"})
    assert values(bench.facts("aws_bucket.b").settings) == [False]


def test_a_state_backend_has_none(bench, set_by):
    set_by(ENCRYPTED)
    assert settings(bench, technical=True) == ()


# --- where a key is -------------------------------------------------------------------


@pytest.fixture
def key_place(bench):
    """Where the key of a bucket is: regions, countries and why it is not known."""
    bench.catalog.custody_specs.append(CustodySpec(("aws_bucket",), "key", "customer_managed"))

    def place(key):
        bench.add("aws_bucket.b", {"key": key}, HERE)
        kept = bench.facts("aws_bucket.b").custody.location
        return kept and (kept.regions, kept.countries, kept.unknown and kept.unknown.reason.key)

    return place


def test_a_key_is_where_its_resource_is(bench, key_place, kit):
    bench.add("aws_key.k", {}, {"region": "us-east-1"})
    assert key_place(kit.to("aws_key.k")) == (("us-east-1",), ("US",), None)


def test_a_key_is_where_its_arn_says(key_place):
    arn = "arn:aws:kms:us-east-1:111122223333:key/1"
    assert key_place(arn) == (("us-east-1",), ("US",), None)


def test_a_key_named_without_a_place_is_with_the_data(key_place):
    assert key_place("alias/records") is None


def test_a_key_named_by_a_url_may_be_anywhere(key_place):
    found = key_place("https://records.vault.example/keys/k")
    assert found == ((), (), "facts.key-without-place")


def test_an_unknown_key_may_be_anywhere(key_place, kit):
    assert key_place(kit.unset("key")) == ((), (), "facts.key-undecided")


def test_keys_of_the_operator_have_no_place_of_their_own(bench):
    bench.add("aws_bucket.b", {}, HERE)
    assert bench.facts("aws_bucket.b").custody.location is None


# --- what is known of an unknown ------------------------------------------------------

TEXTS = ("on", "off", "other")
MEANINGS = st.dictionaries(st.sampled_from(("on", "off", "o*", "*")), st.booleans(), min_size=1)


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    readings=st.lists(st.tuples(st.sampled_from("pq"), MEANINGS), min_size=1, max_size=3),
    default=st.booleans(),
)
def test_an_unknown_is_known_only_where_nothing_it_may_be_says_else(bench, kit, readings, default):
    def outcome(**written):
        one = type(bench)()
        spec = SettingSpec(
            "backed_up",
            tuple(Reading(path, tuple(values.items())) for path, values in readings),
            (Default(default),),
        )
        one.catalog.setting_specs["aws_bucket"] = (spec,)
        one.add("aws_bucket.b", {**written, "q": "off"}, HERE)
        return values(one.facts("aws_bucket.b").settings)

    found = outcome(p=kit.unset("p"))
    if None not in found:
        assert all(outcome(p=text) == found for text in TEXTS)
        assert outcome() == found
