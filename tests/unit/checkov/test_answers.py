"""What the checks in Checkov ask, without Checkov."""

from __future__ import annotations

from pathlib import Path

import pytest

from souverain.checkov.answers import Answer, answers
from souverain.cli.app import run
from souverain.rules.sources import INTERNAL_ERROR

DAY = "2026-11-22"
MAIN = """\
provider "aws" {
  region = "us-east-1"
}
resource "aws_s3_bucket" "b" {
  tags = { data = "health" }
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text(MAIN, encoding="utf-8")
    answers.cache_clear()
    return tmp_path


def said(project: Path, rule: str, baseline: Path | None = None) -> Answer | None:
    known = answers((project,), DAY, "all", baseline)
    place = frozenset((project,))
    return known.terraform(rule, "/main.tf", "aws_s3_bucket.b", place)


def test_a_finding_is_an_answer_about_its_resource(project: Path) -> None:
    assert said(project, "LOC001") == Answer("error", "violation")
    assert said(project, "LOC012") is None


def test_what_a_baseline_accepts_is_set_aside(project: Path) -> None:
    run(["check", "--as-of", "2026-11-22", "--write-baseline", "b.json", "-q"])
    accepted = said(project, "LOC001", project / "b.json")
    assert accepted is not None
    assert accepted.aside is not None
    assert accepted.aside.startswith("accepted in ")
    assert said(project, INTERNAL_ERROR, project / "b.json") is None


def test_a_baseline_that_cannot_be_read_fails(project: Path) -> None:
    assert said(project, "LOC001", project / "none.json") is None
    assert said(project, INTERNAL_ERROR, project / "none.json") == Answer("error", "undecided")


IGNORE = '# souverain: ignore[LOC001] until=2027-03-31 reason="gone \u202e::error" ref="note 1"\n'


def test_what_is_contested_says_why_on_one_clean_line(project: Path) -> None:
    (project / "main.tf").write_text(IGNORE + MAIN, encoding="utf-8")
    contested = said(project, "LOC001")
    assert contested is not None
    assert contested.severity == "error"
    assert contested.aside is not None
    assert contested.aside.startswith("contested in “note 1”, until 2027-03-31: ")
    assert contested.aside.isprintable()


def test_a_day_that_is_none_fails(project: Path) -> None:
    known = answers((project,), "tomorrow", "all")
    place = frozenset((project,))
    failed = known.terraform(INTERNAL_ERROR, "/main.tf", "aws_s3_bucket.b", place)
    assert failed == Answer("error", "undecided")
