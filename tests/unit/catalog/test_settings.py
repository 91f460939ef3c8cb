"""The settings of resource types: data that is sound, sourced, and said in words."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from souverain import policystore
from souverain.catalog import load_catalog
from souverain.model import SettingName
from souverain.text import texts

FILES = policystore.load_mapping("catalog/settings")
ENTRIES = [entry for file in FILES.values() for entry in file["settings"]]
TYPES = Path(__file__).parents[2] / "data" / "resource-types"
NAMES = get_args(SettingName)


def schema():
    path = resources.files("souverain.policies") / "schema" / "settings.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("stem", sorted(FILES))
def test_files_follow_the_schema(stem):
    jsonschema.validate(FILES[stem], schema())


def test_the_schemas_know_every_setting():
    entry = schema()["properties"]["settings"]["items"]["properties"]
    path = resources.files("souverain.policies") / "schema" / "rule.schema.json"
    rule = json.loads(path.read_text(encoding="utf-8"))
    assert tuple(entry["setting"]["enum"]) == NAMES
    assert tuple(rule["$defs"]["setting"]["enum"]) == NAMES


def test_every_setting_is_known_of_some_type():
    assert {entry["setting"] for entry in ENTRIES} == set(NAMES)


def listed(stem):
    return set((TYPES / f"{stem}.txt").read_text(encoding="utf-8").split())


def kinds():
    files = policystore.load_mapping("catalog/kubernetes/kinds").values()
    services = [service for file in files for service in file.get("services", ())]
    roles = ("stores", "processes", "transmits", "configures")
    listed = [service.get(role, ()) for service in services for role in roles]
    created = [kinds for file in files for kinds in file.get("creates", {}).values()]
    return {kind for kinds in (*listed, *created) for kind in kinds}


@pytest.mark.parametrize("stem", sorted(FILES))
def test_types_exist_and_stand_in_the_file_of_their_prefix(stem):
    known = kinds() if stem == "kubernetes" else listed(stem)
    for entry in FILES[stem]["settings"]:
        companions = {reading["of"] for reading in entry.get("read", ()) if "of" in reading}
        for named in (*entry["types"], *companions):
            assert any(fnmatchcase(named, each) for each in known), named


def test_the_last_default_holds_for_any_version():
    for entry in ENTRIES:
        since = [default.get("since", 0) for default in entry["otherwise"]]
        assert since == sorted(since, reverse=True), entry["types"]
        assert since[-1] == 0, entry["types"]


def test_values_fit_the_setting():
    for entry in ENTRIES:
        given = [d["value"] for d in entry["otherwise"] if "value" in d]
        given += [v for r in entry.get("read", ()) for v in r.get("values", {}).values()]
        in_days = entry["setting"] == "log_retention_days"
        assert all(isinstance(value, bool) is not in_days for value in given), entry["types"]


def test_everything_is_said_in_words():
    said = texts()["facts"]
    for name in NAMES:
        key = f"setting-{name.replace('_', '-')}"
        ends = ("", "-forever") if name == "log_retention_days" else ("-yes", "-no")
        assert all(key + end in said for end in ends), name
    decides = schema()["properties"]["settings"]["items"]["properties"]["otherwise"]
    for word in decides["items"]["properties"]["decides"]["enum"]:
        assert f"setting-hangs-on-{word}" in said


def test_the_catalogue_answers_by_type():
    catalog = load_catalog()
    names = {spec.name for spec in catalog.settings("aws_db_instance")}
    assert names == {
        "encrypted_at_rest",
        "encrypted_in_transit",
        "reachable_from_internet",
        "in_several_zones",
        "backed_up",
    }
    assert catalog.settings("aws_iam_role") == ()
    assert catalog.settings("unheard_of") == ()


@pytest.mark.parametrize(
    ("type_", "operator", "expected"),
    [
        ("aws_s3_bucket", "aws", True),
        ("aws_s3_bucket", "scaleway", False),
        ("google_storage_bucket", "s3ns", True),
        ("azurerm_storage_account", "bleu", True),
        ("openstack_objectstorage_container_v1", "ovhcloud", True),
    ],
)
def test_defaults_are_those_of_the_technology(type_, operator, expected):
    assert load_catalog().is_technology_of(type_, operator) is expected
