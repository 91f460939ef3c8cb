"""The policy files that facts are read with."""

from __future__ import annotations

import json

import jsonschema
import pytest

from souverain import policystore
from souverain.catalog import load_catalog
from souverain.catalog.sensitivity import normalised, tokens


@pytest.mark.parametrize("area", ["sensitivity", "backends", "utilities"])
def test_files_follow_their_schema(area):
    text = (policystore.root() / "schema" / f"{area}.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(
        policystore.load(f"catalog/{area}"), schema, cls=jsonschema.Draft202012Validator
    )


def test_no_word_says_two_things():
    tags = policystore.load("catalog/sensitivity")["tags"]
    for words in (tags["flags"], tags["values"]):
        listed = [word for group in words.values() for word in group]
        assert sorted(listed) == sorted(set(listed))
    lexicon = policystore.load("catalog/sensitivity")["lexicon"]
    assert set(lexicon["strong"]) & set(lexicon["weak"]) == set()
    assert set(tags["yes"]) & set(tags["no"]) == set()


@pytest.mark.parametrize(
    ("key", "value", "category"),
    [
        ("data", "health", "health_personal"),
        ("DATA", "Santé", "health_personal"),
        ("data-classification", "hds", "health_personal"),
        ("classification", "phi", "health_personal"),
        ("sensitivity", "personal", "personal"),
        ("donnees", "dcp", "personal"),
        ("donnees", "données personnelles", "personal"),
        ("data", "public", "non_personal"),
        ("data", "synthetic", "synthetic"),
        ("data", "diffusion-restreinte", "diffusion_restreinte"),
        ("data", "health_personal", "health_personal"),
        ("data", "personal_art9_10", "personal_art9_10"),
        ("data", "snds", "snds"),
        ("pii", "yes", "personal"),
        ("pii", "no", None),
        ("phi", "health", "health_personal"),
        ("Name", "health", None),
        ("app.kubernetes.io/component", "health", None),
        ("data", "internal", None),
    ],
)
def test_tags(key, value, category):
    assert load_catalog().sensitivity().category(key, value) == category


def test_every_category_can_be_declared_by_its_own_name():
    words = load_catalog().sensitivity()
    for category in set(words.tags.values.values()):
        assert words.category("data", category) == category


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dossier-patient", ("dossier", "patient")),
        ("DossierPatient", ("dossier", "patient")),
        ("FHIRStore", ("fhir", "store")),
        ("données_santé", ("donnees", "sante")),
        ("icd10", ("icd10",)),
        ("hl7v2Feed", ("hl7v2", "feed")),
        ("AKIAq8phi7ZEHRx1medicalQQ9", ()),
        ("", ()),
    ],
)
def test_words_of_names(name, words):
    assert tokens(name) == words


def test_normalised_words_have_no_accents_or_separators():
    assert normalised("Données à caractère_personnel") == "donneesacaracterepersonnel"


@pytest.mark.parametrize(
    ("backend", "type_"),
    [("backend.s3", "aws_s3_bucket"), ("backend.http", "backend.http"), ("aws_x", "aws_x")],
)
def test_backends_keep_state_where_a_resource_type_does(backend, type_):
    assert load_catalog().equivalent(backend) == type_


def test_an_imitated_service_has_the_operator_s_own_name():
    catalog = load_catalog()
    assert catalog.service("scaleway", "object-storage") == "scaleway-object-storage"
    assert catalog.service("scaleway", "no-such-capability") is None
    assert catalog.service("nobody", "object-storage") is None


def test_utilities_create_nothing():
    assert load_catalog().is_utility("hashicorp/random")
    assert not load_catalog().is_utility("hashicorp/aws")
    assert load_catalog().is_utility("backend.local")
    assert not load_catalog().is_utility("backend.http")


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("secnumcloud", "yes", "secnumcloud"),
        ("SecNumCloud", "oui", "secnumcloud"),
        ("secnumcloud", "no", None),
        ("secnumcloud", "in progress", None),
        ("acme:qualification", "SecNumCloud", "secnumcloud"),
        ("label", "Souverain", "sovereign"),
        ("label", "blue", None),
        ("cloud-de-confiance", None, "sovereign"),
        ("hds", "yes", None),
        ("hds-certified", "true", "hds"),
        ("team", "secnumcloud", None),
        ("hebergement", "SecNumCloud", "secnumcloud"),
        ("compliance", "secnumcloud", "secnumcloud"),
        ("Type-Hébergement", "cloud de confiance", "sovereign"),
        ("compliance", "gdpr", None),
    ],
)
def test_statuses_that_tags_claim(key, value, status):
    assert load_catalog().sensitivity().claim(key, value) == status


@pytest.mark.parametrize(
    ("value", "categories"),
    [
        ("HDS, RGPD", ("health_personal", "personal")),
        ("pii+phi", ("personal", "health_personal")),
        ("health/team-a", ("health_personal",)),
        ("public/internal", ()),
        ("public/health", ("health_personal",)),
        ("public|open", ("non_personal",)),
        ("n/a", ()),
        ("santé", ("health_personal",)),
    ],
)
def test_a_tag_may_list_what_is_held(value, categories):
    assert load_catalog().sensitivity().categories("data", value) == categories


@pytest.mark.parametrize("value", ["sante-pseudonymisee", "Health pseudonymised"])
def test_pseudonymised_health_data_stays_health_data(value):
    assert load_catalog().sensitivity().category("data", value) == "health_personal"
