"""The derogations file: what it may say, and the schema that editors check it with."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from souverain.doctrine import load_doctrine
from souverain.project import ProjectError, load
from souverain.sources import discover
from souverain.suppress import derogations
from souverain.suppress.derogations import Act, Grant
from souverain.text import render

SCHEMA: dict[str, Any] = json.loads(
    (resources.files("souverain.policies") / "schema" / "derogations.schema.json").read_text(
        "utf-8"
    )
)
R9, A31 = (
    load_doctrine().clause(name) for name in ("FR-CIRC-6404-2023:R9.5", "FR-LOI-SREN-2024:A31-III")
)

WHOLE = """\
version: 1
derogations:
  - id: eds
    under: [FR-CIRC-6404-2023:R9.5]
    authority: ministre
    decided_on: 2026-06-01
    prime_minister: {on: 2026-06-08, ref: note 1}
    publication: {on: 2026-06-15, ref: JO}
    offer_available_since: 2026-01-15
    rules: [SNC001]
    scope: {paths: ["infra/**"], systems: [eds]}
    assets: [aws_s3_bucket.b, 'aws_s3_bucket.c["x"]']
"""


def read(root: Path, text: str, manifest: str = "version: 1\n") -> tuple[Grant, ...]:
    (root / "souverain.yaml").write_text(manifest, encoding="utf-8")
    (root / "derogations.yaml").write_text(text, encoding="utf-8")
    (tree,) = discover([root], cwd=root)
    return derogations.load(tree, load(tree))


def problems(root: Path, text: str, manifest: str = "version: 1\n") -> list[str]:
    with pytest.raises(ProjectError) as raised:
        read(root, text, manifest)
    return [
        f"{p.span.file}:{p.span.line}:{p.span.column} {render(p.message, 'en')}"
        for p in raised.value.problems
    ]


def test_everything(tmp_path: Path) -> None:
    (grant,) = read(tmp_path, WHOLE)
    assert (grant.id, grant.span.line, grant.under) == ("eds", 3, ("FR-CIRC-6404-2023:R9.5",))
    assert grant.prime_minister == Act(date(2026, 6, 8), "note 1")
    assert (grant.rules, grant.paths, grant.systems) == (("SNC001",), ("infra/**",), ("eds",))
    assert grant.assets == ("aws_s3_bucket.b", 'aws_s3_bucket.c["x"]')
    assert (grant.lacks(R9), grant.lacks(A31)) == ((), ())
    assert (grant.starts(R9), grant.ends(R9)) == (date(2026, 6, 8), date(2027, 1, 15))
    assert (grant.starts(A31), grant.ends(A31)) == (date(2026, 6, 15), date(2027, 7, 15))


@pytest.mark.parametrize(
    ("without", "by_circular", "by_law"),
    [
        ("authority", True, True),
        ("decided_on", True, True),
        ("prime_minister", True, True),
        ("publication", False, True),
        ("offer_available_since", True, True),
        ("assets", True, True),
        ("rules", False, False),
        ("scope", False, False),
    ],
)
def test_what_it_lacks(without: str, by_circular: bool, by_law: bool, tmp_path: Path) -> None:
    text = "".join(
        line for line in WHOLE.splitlines(keepends=True) if not line.strip().startswith(without)
    )
    (grant,) = read(tmp_path, text)
    assert grant.lacks(R9) == ((without,) if by_circular else ())
    assert grant.lacks(A31) == ((without,) if by_law else ())


def test_scope(tmp_path: Path) -> None:
    (grant,) = read(tmp_path, WHOLE)
    assert grant.in_scope("x.y", "infra/eds/main.tf", None)
    assert grant.in_scope("x.y", "main.tf", "eds")
    assert not grant.in_scope("aws_s3_bucket.b", "main.tf", "other")
    (loose,) = read(tmp_path, WHOLE.replace("    scope", "    # scope"))
    assert loose.in_scope("aws_s3_bucket.b", "main.tf", None)
    assert not loose.in_scope("aws_s3_bucket.c", "infra/main.tf", "eds")


def test_no_file_is_no_derogation(tmp_path: Path) -> None:
    (tree,) = discover([tmp_path], cwd=tmp_path)
    assert derogations.load(tree, load(tree)) == ()


def test_another_file(tmp_path: Path) -> None:
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "d.yaml").write_text(WHOLE, encoding="utf-8")
    manifest = "version: 1\nderogations: legal/d.yaml\n"
    (grant,) = read(tmp_path, "not: read", manifest)
    assert grant.span.file == "legal/d.yaml"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("nowhere.yaml", "The file does not exist."),
        ("../d.yaml", "The path leads outside the project (.) and is not read."),
    ],
)
def test_a_named_file_must_be_there(named: str, said: str, tmp_path: Path) -> None:
    manifest = f"version: 1\nderogations: {named}\n"
    assert problems(tmp_path, WHOLE, manifest) == [
        f"souverain.yaml:2:14 The file with the derogations cannot be read. {said}"
    ]


def test_a_link_is_not_followed_out_of_the_project(tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "d.yaml").write_text(WHOLE, encoding="utf-8")
    (inside / "derogations.yaml").symlink_to(tmp_path / "d.yaml")
    (inside / "souverain.yaml").write_text("version: 1\nderogations: derogations.yaml\n")
    (tree,) = discover([inside], cwd=inside)
    with pytest.raises(ProjectError) as raised:
        derogations.load(tree, load(tree))
    assert "leads outside" in render(raised.value.problems[0].message, "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1 The key “version” is missing."),
        ("[", "1:2 This is not valid YAML"),
        ("version: 2\nderogations: []", "1:10 Expected 1"),
        ("version: 1\nderogations: {}", "2:14 Expected a list"),
        (WHOLE.replace("authority:", "authorty:"), "5:5 Unknown key “authorty”. Did you mean"),
        (WHOLE.replace("2026-06-01", "2026-02-30"), "6:17 Expected a date"),
        (WHOLE.replace(", ref: note 1", ""), "7:21 The key “ref” is missing."),
        (WHOLE.replace("id: eds", "under: [x]"), "3:5 The key “id” is missing."),
        (WHOLE.replace("[SNC001]", "SNC001"), "10:12 Expected a list"),
        (WHOLE.replace('"infra/**"', "'!x'"), "11:21 Expected a path pattern"),
        (WHOLE + "  - {id: eds, under: []}\n", "13:10 There are two derogations “eds”."),
        ("version: 1\nderogations: [" + "[" * 30, "Nested more than 20 levels"),
    ],
)
def test_problems_have_their_place(text: str, said: str, tmp_path: Path) -> None:
    assert any(said in problem for problem in problems(tmp_path, text)), problems(tmp_path, text)


# --- the schema ---------------------------------------------------------------------------


def test_same_keys() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    grant = SCHEMA["$defs"]["derogation"]["properties"]
    assert set(SCHEMA["properties"]) == set(derogations.TOP)
    assert set(grant) == set(derogations.KEYS)
    assert set(grant["scope"]["properties"]) == set(derogations.SCOPE)
    assert set(SCHEMA["$defs"]["act"]["properties"]) == set(derogations.ACT)


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
    "[7]",
    "['!word']",
    "{}",
    "{on: 2026-05-01, ref: b}",
    "{on: 2026-05-01}",
    "{on: soon, ref: b}",
    "{paths: [a], systems: [b]}",
    "{paths: a}",
    "{paths: ['!a']}",
    "{addresses: [a]}",
)


class Plain(yaml.SafeLoader):
    """YAML as JSON has it: dates are text, and the key ``on`` is not a boolean."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if first not in "oO"
}


@pytest.mark.parametrize("key", derogations.KEYS)
def test_same_documents(key: str, tmp_path: Path) -> None:
    """Each key with each value: the schema and the decoder accept the same."""
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    needed = {"id": "a", "under": "[b]"}
    verdicts = set()
    for value in VALUES:
        keys = {**needed, key: value}
        body = "".join(f"\n    {name}: {given}" for name, given in keys.items())
        text = f"version: 1\nderogations:\n  -{body[4:]}\n"
        by_schema = validator.is_valid(yaml.load(text, Loader=Plain))  # noqa: S506
        verdicts.add(by_schema)
        try:
            read(tmp_path, text)
            accepted = True
        except ProjectError:
            accepted = False
        assert accepted == by_schema, text
    assert verdicts == {True, False}
