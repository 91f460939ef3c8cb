"""The schema for editors says what the decoder accepts: the same words, the same shapes."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from souverain.project import ProjectError, load
from souverain.project import vocabulary as words
from souverain.sources import discover

SCHEMA: dict[str, Any] = json.loads(
    (resources.files("souverain.policies") / "schema" / "souverain.schema.json").read_text("utf-8")
)
SYSTEM = SCHEMA["$defs"]["system"]["properties"]


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_same_keys() -> None:
    assert set(SCHEMA["properties"]) == set(words.TOP)
    assert set(SYSTEM) == set(words.SYSTEM)
    for name, keys in (
        ("clusters", words.CLUSTER),
        ("scenarios", words.SCENARIO),
        ("exclude", words.EXCLUDE),
    ):
        assert set(SCHEMA["properties"][name]["items"]["properties"]) == set(keys)
    holder = SYSTEM["hds_chain"]["oneOf"][-1]["items"]["properties"]
    assert set(holder) == set(words.HOLDER)
    assert holder["activities"]["items"]["maximum"] == words.HDS_ACTIVITIES
    assert set(SYSTEM["homologation"]["properties"]) == set(words.HOMOLOGATION)


def test_same_words() -> None:
    entity, long_form = SCHEMA["properties"]["entity"]["oneOf"]
    assert tuple(entity["enum"]) == words.ENTITIES
    assert set(long_form["properties"]) == set(words.JUSTIFICATION)
    assert tuple(SYSTEM["data"]["oneOf"][0]["items"]["enum"]) == words.DATA
    assert tuple(SYSTEM["harm"]["oneOf"][0]["items"]["enum"]) == words.HARM
    assert tuple(SYSTEM["environment"]["oneOf"][0]["enum"]) == words.ENVIRONMENTS
    assert tuple(SYSTEM["hosting_role"]["oneOf"][0]["enum"]) == words.HOSTING_ROLES


VALUES = (
    "null",
    "true",
    "7",
    "''",
    "word",
    "2026-05-01",
    "2026-02-30",
    "[]",
    "[word]",
    "{}",
    "{value: true}",
    "{value: word, by: a, on: 2026-05-01, ref: b}",
    "{value: word, on: soon}",
    "{value: state}",
    "{value: [health_life]}",
    "{level: a, derogation_location: 1}",
    "{path: a, reason: b}",
    "[{path: a, reason: b}]",
    "[{path: '!a', reason: b}]",
    "[{path: a}]",
    "[{paths: [a], operator: b}]",
    "[{paths: a, operator: b}]",
    "[{name: a, operator: b}]",
    "[{name: a}]",
    "[{operator: b}]",
    "[{root: a, name: b, var_files: []}]",
    "[{activities: [1, 6], holder: a, certificate: b, until: 2026-05-01}]",
    "[{activities: [], holder: a}]",
    "[{activities: [7], holder: a}]",
    "[{activities: [true], holder: a}]",
    "[{activities: [1]}]",
    "{aws: {region: eu-west-3}}",
    "{aws: eu-west-3}",
    "state",
    "[health_life]",
    "[personal]",
    "[FR, DE]",
    "[FR, NO]",
    "[policies]",
    "dev",
    "self_hosted",
)


@pytest.mark.parametrize("key", [*words.TOP, *(f"systems.{key}" for key in words.SYSTEM)])
def test_same_documents(tmp_path: Path, key: str) -> None:
    """Each key with each value: the schema and the decoder accept the same."""
    (tmp_path / "policies").mkdir()
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    verdicts = set()
    for value in VALUES:
        inner = key.removeprefix("systems.")
        body = f"{key}: {value}" if inner == key else f"systems: [{{{inner}: {value}}}]"
        text = f"{'' if key == 'version' else 'version: 1'}\n{body}\n"
        by_schema = validator.is_valid(yaml.load(text, Loader=Plain))  # noqa: S506
        verdicts.add(by_schema)
        # The decoder also looks whether a folder is there.
        by_decoder = by_schema and not (
            key == "extends" and value in ("[word]", "[personal]", "[health_life]", "[FR, DE]")
        )
        assert accepts(tmp_path, text) == by_decoder, text
    assert verdicts == ({False} if key == "version" else {True, False})


def accepts(root: Path, text: str) -> bool:
    (root / "souverain.yaml").write_text(text, encoding="utf-8")
    (tree,) = discover([root], cwd=root)
    try:
        load(tree)
    except ProjectError:
        return False
    return True


class Plain(yaml.SafeLoader):
    """YAML as JSON has it: dates are text, and the key ``on`` is not a boolean."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if first not in "oO"
}
