"""``contract_countries``: what a financial entity’s contract says of places (DORA, art. 30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.model import Finding
from souverain.project import ProjectError

MAIN = """\
provider "aws" { region = "eu-west-3" }
provider "aws" {
  alias  = "north"
  region = "eu-north-1"
}
resource "aws_s3_bucket" "a" {}
resource "aws_s3_bucket" "b" { provider = aws.north }
"""

Judge = Callable[..., list[Finding]]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(MAIN, encoding="utf-8")

    def call(
        *lines: str, entity: str = "financial_entity", day: str = "2026-11-22"
    ) -> list[Finding]:
        text = f"version: 1\nentity: {entity}\n" + "\n".join(lines) + "\n"
        (tmp_path / "souverain.yaml").write_text(text, encoding="utf-8")
        rules = ("GOV012", "LOC007", "LOC014")
        return list(analyse(Request((Path(),), date.fromisoformat(day), select=rules)).findings)

    return call


def test_it_is_asked_for_once_for_the_whole(judge: Judge) -> None:
    (found,) = judge()
    assert (found.rule, found.severity, found.address) == ("GOV012", "info", "")
    assert found.depends_on == ("contract_countries",)
    assert (found.basis, found.confidence) == ("law", "P")


@pytest.mark.parametrize(
    ("entity", "day"), [("state", "2026-11-22"), ("financial_entity", "2025-01-16")]
)
def test_nobody_else_is_asked_nor_anybody_before_its_day(
    judge: Judge, entity: str, day: str
) -> None:
    assert judge(entity=entity, day=day) == []


def test_a_country_that_is_not_named_is_told(judge: Judge) -> None:
    found = judge("contract_countries: [FR]")
    assert [(f.rule, f.severity, f.address, f.clauses) for f in found] == [
        ("LOC007", "warning", "aws_s3_bucket.b", ("EU-DORA:A30.2.b",))
    ]
    assert judge("contract_countries: [FR, SE]") == []
    assert judge("contract_countries: {value: [SE, FR], by: CISO, on: 2026-05-01, ref: c}") == []


def test_another_body_may_name_countries_and_is_asked_nothing(judge: Judge) -> None:
    assert judge("contract_countries: [FR]", entity="private_company") == []


@pytest.mark.parametrize("value", ["[FR, NO]", "[fr]", "FR", "[]", "[France]"])
def test_what_is_no_code_says_how_to_write_it(judge: Judge, value: str) -> None:
    with pytest.raises(ProjectError) as raised:
        judge(f"contract_countries: {value}")
    (problem,) = raised.value.problems
    assert problem.span.line == 3
    assert judge('contract_countries: [FR, SE, "NO"]') == []
