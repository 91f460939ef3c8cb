"""Derogations through the whole pipeline: what they lower, until when, and what never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.model import Finding, Report
from souverain.text import render

Run = Callable[..., Report]

MANIFEST = """\
version: 1
entity: state_operator
systems:
  - name: eds
    paths: ["eds/**"]
    data: [health_personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
"""
MAIN = """\
provider "aws" {
  region = "eu-west-3"
}
resource "aws_s3_bucket" "b" {}
"""
BOTH = "FR-CIRC-6404-2023:R9.5, FR-LOI-SREN-2024:A31-III"
WHOLE = {
    "id": "eds",
    "under": f"[{BOTH}]",
    "authority": "ministre",
    "decided_on": "2026-06-01",
    "prime_minister": "{on: 2026-06-08, ref: note 1}",
    "publication": "{on: 2026-06-15, ref: JO}",
    "offer_available_since": "2026-01-15",
    "assets": "[aws_s3_bucket.b]",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "eds").mkdir()

    def check(
        *grants: dict[str, str], day: str = "2026-11-22", manifest: str = MANIFEST, main: str = MAIN
    ) -> Report:
        (tmp_path / "souverain.yaml").write_text(manifest, encoding="utf-8")
        (tmp_path / "eds" / "main.tf").write_text(main, encoding="utf-8")
        listed = "".join(
            "  - " + "\n    ".join(f"{key}: {value}" for key, value in grant.items()) + "\n"
            for grant in grants
        )
        text = f"version: 1\nderogations:\n{listed}" if grants else "version: 1\nderogations: []\n"
        (tmp_path / "derogations.yaml").write_text(text, encoding="utf-8")
        return analyse(Request((Path(),), date.fromisoformat(day)))

    return check


def severities(report: Report) -> dict[str, str]:
    rules = ("SNC001", "EXT001", "LOC001")
    return {f.rule: f.severity for f in report.findings if f.rule in rules}


def said(report: Report) -> list[str]:
    found = (f for f in report.findings if f.rule.startswith("GOV03"))
    return sorted(f"{f.rule} {render(f.message, 'en')}" for f in found)


def notes(finding: Finding) -> list[str]:
    return [render(link.text, "en") for link in finding.evidence]


ERRORS = {"SNC001": "error", "EXT001": "error"}
WARNINGS = {"SNC001": "warning", "EXT001": "warning"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-06-14", ERRORS),  # not published yet
        ("2026-06-15", WARNINGS),
        ("2027-01-15", WARNINGS),
        ("2027-01-16", ERRORS),  # the circular's twelve months are over
    ],
)
def test_it_counts_from_its_last_act_until_the_shortest_term(
    day: str, expected: dict[str, str], run: Run
) -> None:
    assert severities(run(WHOLE, day=day)) == expected


def test_days_left_come_first(run: Run) -> None:
    found = {f.rule: f for f in run(WHOLE).findings}
    for rule in ("SNC001", "EXT001"):
        assert notes(found[rule])[:2] == [
            "derogation “eds” (FR-CIRC-6404-2023:R9.5): a warning until 2027-01-15, 54 days left",
            "derogation “eds” (FR-LOI-SREN-2024:A31-III): "
            "a warning until 2027-07-15, 235 days left",
        ]
        span = found[rule].evidence[0].span
        assert span is not None
        assert (span.file, span.line) == ("derogations.yaml", 3)


def test_an_end_is_told(run: Run) -> None:
    report = run(WHOLE, day="2027-01-16")
    assert said(report) == [
        "GOV031 derogation “eds” ended under FR-CIRC-6404-2023:R9.5 on 2027-01-15, "
        "12 months after an acceptable offer became available"
    ]
    assert notes({f.rule: f for f in report.findings}["SNC001"])[0].startswith(
        "derogation “eds” ended"
    )
    both = said(run(WHOLE, day="2027-07-16"))
    assert [line.split(" on ")[0].split()[-1] for line in both] == [
        "FR-CIRC-6404-2023:R9.5",
        "FR-LOI-SREN-2024:A31-III",
    ]


@pytest.mark.parametrize("day", ["2027-08-01", "2026-11-22"], ids=["ended", "incomplete"])
def test_a_part_of_the_project_tells_what_it_is_about(day: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "main.tf").write_text(MAIN, encoding="utf-8")
    lacking = () if day == "2027-08-01" else ("authority",)
    whole = said(run({k: v for k, v in WHOLE.items() if k not in lacking}, day=day))

    here = analyse(Request((Path("eds"),), date.fromisoformat(day)))
    assert whole == said(here) != []
    assert {f.root for f in here.findings} == {"eds", "."}
    told = {
        link.span.file for f in here.findings if f.root == "." for link in f.evidence if link.span
    }
    assert told == {"eds/main.tf"}
    assert said(analyse(Request((Path("other"),), date.fromisoformat(day)))) == []


def test_an_exception_to_the_circular_is_none_to_the_law(run: Run) -> None:
    circular = {**WHOLE, "under": "[FR-CIRC-6404-2023:R9.5]"}
    assert severities(run(circular)) == ERRORS
    law = {**WHOLE, "id": "law", "under": "[FR-LOI-SREN-2024:A31-III]"}
    assert severities(run(law)) == ERRORS
    assert severities(run(circular, law)) == WARNINGS


def test_before_the_law_was_in_force_the_circular_is_enough(run: Run) -> None:
    early = {
        **WHOLE,
        "under": "[FR-CIRC-6404-2023:R9.5]",
        "decided_on": "2025-06-01",
        "prime_minister": "{on: 2025-06-08, ref: note 1}",
        "offer_available_since": "2025-05-01",
    }
    assert severities(run(early, day="2025-12-01")) == WARNINGS


@pytest.mark.parametrize(
    "lacking", ["authority", "decided_on", "prime_minister", "publication",
                "offer_available_since", "assets"]
)  # fmt: skip
def test_what_lacks_something_lowers_nothing(lacking: str, run: Run) -> None:
    grant = {key: value for key, value in WHOLE.items() if key != lacking}
    if lacking == "assets":
        grant["scope"] = "{systems: [eds]}"
    report = run(grant)
    assert severities(report) == ERRORS
    assert said(report) == [
        f"GOV030 derogation “eds” lowers nothing, as it does not give: {lacking}"
    ]


def test_what_was_added_since_is_not_covered(run: Run) -> None:
    more = MAIN + 'resource "aws_s3_bucket" "new" {}\n'
    found = run({**WHOLE, "scope": "{paths: ['eds/**']}"}, main=more).findings
    by_address = {f.address: f.severity for f in found if f.rule == "SNC001"}
    assert by_address == {"aws_s3_bucket.b": "warning", "aws_s3_bucket.new": "error"}
    (told,) = (f for f in found if f.rule == "GOV032")
    assert render(told.message, "en") == (
        "derogation “eds” covers only what existed on 2026-06-01, "
        "and does not list: aws_s3_bucket.new"
    )
    new = next(f for f in found if f.rule == "SNC001" and f.address == "aws_s3_bucket.new")
    assert "not among the assets that existed on 2026-06-01" in notes(new)[0]


def test_instances_are_listed_one_by_one(run: Run) -> None:
    many = MAIN.replace('"b" {}', '"b" {\n  for_each = toset(["x", "y"])\n}')
    grant = {**WHOLE, "assets": "['aws_s3_bucket.b[\"x\"]', aws_s3_bucket.b]"}
    found = run({**grant, "scope": "{systems: [eds]}"}, main=many).findings
    assert {f.address: f.severity for f in found if f.rule == "SNC001"} == {
        'aws_s3_bucket.b["x"]': "warning",
        'aws_s3_bucket.b["y"]': "error",
    }


@pytest.mark.parametrize(
    ("scope", "covered"),
    [("{paths: ['eds/']}", True), ("{systems: [eds]}", True), ("{paths: ['other/**']}", False)],
)
def test_scope(scope: str, covered: bool, run: Run) -> None:
    report = run({**WHOLE, "scope": scope})
    assert severities(report) == (WARNINGS if covered else ERRORS)
    assert said(report) == []


def test_rules_narrow_it(run: Run) -> None:
    report = run({**WHOLE, "rules": "[SNC001]"})
    assert severities(report) == {"SNC001": "warning", "EXT001": "error"}


def test_it_never_lowers_localisation_or_hosting(run: Run) -> None:
    virginia = MAIN.replace("eu-west-3", "us-east-1")
    greedy = {**WHOLE, "under": f"[{BOTH}, FR-HDS-2.0:EXI28]", "rules": "[SNC001, EXT001, LOC001]"}
    report = run(greedy, main=virginia)
    assert severities(report) == {**WARNINGS, "LOC001": "error"}
    assert said(report) == [
        "GOV032 derogation “eds”: FR-HDS-2.0:EXI28 allows no derogation; those that do: "
        "FR-CIRC-6404-2023:R9.5, FR-LOI-SREN-2024:A31-III",
        "GOV032 derogation “eds”: no clause it is granted under is about LOC001",
    ]


def test_a_question_about_the_place_is_not_lowered(run: Run) -> None:
    unknown = 'variable "r" {}\n' + MAIN.replace('"eu-west-3"', "var.r")
    with_grant, without = run(WHOLE, main=unknown), run(main=unknown)
    asked = {f.rule: f.severity for f in without.findings if f.rule.startswith("LOC")}
    assert "error" in asked.values()
    assert {f.rule: f.severity for f in with_grant.findings if f.rule.startswith("LOC")} == asked


def test_what_a_derogation_lowers_is_told_apart(run: Run) -> None:
    more = MAIN + 'resource "aws_s3_bucket" "new" {}\n'
    found = [f for f in run({**WHOLE, "scope": "{systems: [eds]}"}, main=more).findings
             if f.rule == "SNC001"]  # fmt: skip
    assert len({f.group for f in found}) == 2


def test_a_file_that_is_none_ends_the_run(
    run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from souverain.cli.app import run as cli

    run(WHOLE)
    (tmp_path / "derogations.yaml").write_text("version: 1\nderogations: [{id: x}]\n")
    assert cli(["check", "--lang", "en"]) == 2
    assert "derogations.yaml:2:15: The key “under” is missing." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("requested", "decided", "day", "overdue"),
    [
        ("2026-07-01", None, "2026-09-01", False),
        ("2026-07-01", None, "2026-09-02", True),
        ("2026-12-31", None, "2027-03-01", True),  # 28 February was the last day
        ("2026-07-01", "2026-10-01", "2026-11-22", False),
    ],
)
def test_an_answer_that_is_late_is_told(
    requested: str, decided: str | None, day: str, overdue: bool, run: Run
) -> None:
    asked = {"id": "eds", "under": f"[{BOTH}]", "requested_on": requested}
    answered = {**asked, "decided_on": decided} if decided else asked
    report = run(answered, day=day)
    found = [f for f in report.findings if f.rule == "GOV033"]
    assert [(f.severity, f.confidence, f.basis, f.clauses) for f in found] == (
        [("info", "W", "law", ("FR-ARR-2026-04-14:PROC",))] if overdue else []
    )
    assert severities(report) == ERRORS


def test_a_late_answer_says_since_when(run: Run) -> None:
    (found,) = (
        f
        for f in run({"id": "eds", "under": f"[{BOTH}]", "requested_on": "2026-07-01"}).findings
        if f.rule == "GOV033"
    )
    assert render(found.message, "en") == (
        "derogation “eds” was asked for on 2026-07-01, an answer was due by 2026-09-01, "
        "and no decision is declared"
    )
