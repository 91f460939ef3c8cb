"""docs/extending.md: its files, written out, do what it says they do."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from souverain.cli.app import run

TEXT = (Path(__file__).parents[2] / "docs/extending.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', TEXT, re.MULTILINE | re.DOTALL))
SESSIONS = re.findall(
    r"^```console\n\$ souverain (.*?)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project of the page, as the working directory."""
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    yield tmp_path
    gc.enable()


def test_the_rule_speaks(capfd: pytest.CaptureFixture[str]) -> None:
    arguments, shown = SESSIONS[0]
    assert run([*arguments.split(), "--color", "never", "--as-of", "2026-11-22"]) == 1
    assert shown.strip() in capfd.readouterr().out


def test_the_operator_and_its_certificate_are_known(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    main = project / "main.tf"
    main.write_text(main.read_text().replace("antwerp", "lille-health"))
    assert run(["inventory", "--format", "json", "--as-of", "2026-11-22"]) == 0
    (asset,) = json.loads(capfd.readouterr().out)["assets"]
    assert [layer["operator"] for layer in asset["layers"]] == ["example-cloud"]
    assert [layer["service"] for layer in asset["layers"]] == ["example-storage"]
    assert (asset["regions"], asset["countries"]) == (["lille-health"], ["FR"])
    assert asset["certificates"] == {"hds": "qualified", "secnumcloud": "unknown"}
    assert run(["check", "--select", "OURS", "--as-of", "2026-11-22"]) == 0


def test_a_wrong_fact_is_told_with_its_place(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = project / "policies/catalog/regions/example-cloud.yaml"
    file.write_text(file.read_text().replace("country: BE, ", ""))
    arguments, shown = SESSIONS[1]
    assert run(arguments.split()) == 2
    assert capfd.readouterr().err == shown


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("country_in: FR", "country_is: FR", r":12:12: .*'country_is' .*; allowed: .*country_in"),
        ("country_in: FR", "country_in: Gaul", r":12:25: "),
        ("clauses: []", "clauses: [FR-X:1]", r":9:12: no such clause: FR-X:1$"),
    ],
)
def test_a_wrong_rule_is_told_with_its_place(
    project: Path, right: str, wrong: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = project / "policies/rules/ours.yaml"
    file.write_text(file.read_text().replace(right, wrong))
    assert run(["check"]) == 2
    assert re.match("policies/rules/ours.yaml" + told, capfd.readouterr().err)


def test_a_rule_takes_the_place_of_a_built_in_one(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = project / "policies/rules/ours.yaml"
    file.write_text(file.read_text().replace("OURS001", "LOC001"))
    assert run(["check", "--select", "LOC001", "--format", "json", "--as-of", "2026-11-22"]) == 1
    (finding,) = json.loads(capfd.readouterr().out)["findings"]
    assert finding["name"] == "customer-data-outside-france"


@pytest.mark.parametrize("place", ["operators/x.yaml", "x.yaml", "rules/x.yml"])
def test_what_is_never_read_is_refused(
    project: Path, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    stray = project / "policies" / place
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("{}")
    assert run(["check"]) == 2
    assert re.match(
        r"policies/\S+:1:1: (move it|expected a file whose name)", capfd.readouterr().err
    )


def test_a_link_out_of_the_project_is_refused(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = project.parent / "secret.yaml"
    secret.write_text("root: x\n")
    (project / "policies/catalog/hosts.yaml").symlink_to(secret)
    assert run(["check"]) == 2
    assert capfd.readouterr().err == (
        "policies/catalog/hosts.yaml:1:1: expected a file of the project, not a symbolic link\n"
    )


@pytest.mark.parametrize(
    ("area", "text", "told"),
    [
        (
            "hosts",
            '- {id: x, regex: "^($", operator: aws, source: x, confidence: S}',
            "is not a 'regex'",
        ),
        (
            "regions/x",
            'source: x\nconfidence: S\nregions: {}\npatterns: [{match: "["}]',
            "is not a",
        ),
        ("laws", f"- {'x' * 5000}", "…"),
    ],
)
def test_what_would_fail_later_is_told_at_once(
    project: Path, area: str, text: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = project / f"policies/catalog/{area}.yaml"
    file.write_text(text + "\n")
    assert run(["check"]) == 2
    message = capfd.readouterr().err
    assert re.match(rf"policies/catalog/{area}\.yaml:\d+:\d+: ", message)
    assert told in message
    assert len(message) < 400


def test_the_report_says_that_facts_were_added(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def version() -> str:
        run(["check", "--format", "json"])
        found: str = json.loads(capfd.readouterr().out)["catalog"]["version"]
        return found

    ours = version()
    assert re.fullmatch(r"[0-9a-f]{12}\+[0-9a-f]{12}", ours)
    rule = project / "policies/rules/ours.yaml"
    rule.write_text(rule.read_text().replace("severity: error", "severity: info"))
    assert version() != ours
    (project / "souverain.yaml").write_text("version: 1\n")
    assert version() == ours.partition("+")[0]
