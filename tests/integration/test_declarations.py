"""Findings about declarations: one for each place where something is declared badly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse

MAIN = """\
provider "aws" { region = "eu-west-3" }
resource "aws_s3_bucket" "a" {}
resource "aws_s3_bucket" "b" {}
"""
LONG = "by: RSSI, on: 2026-05-01, ref: note 7"

Judge = Callable[..., list[tuple[str, int, tuple[str, ...]]]]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Rule, line in souverain.yaml and names of each finding about a declaration."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.tf").write_text(MAIN, encoding="utf-8")

    def call(*lines: str, day: str = "2026-11-22") -> list[tuple[str, int, tuple[str, ...]]]:
        text = "version: 1\nentity: private_health\n" + "\n".join(lines) + "\n"
        (tmp_path / "souverain.yaml").write_text(text, encoding="utf-8")
        rules = ("GOV010", "GOV011", "HDS010", "HDS011")
        report = analyse(Request((Path(),), date.fromisoformat(day), select=rules))
        assert all(finding.span.file == "souverain.yaml" for finding in report.findings)
        assert len({finding.fingerprint for finding in report.findings}) == len(report.findings)
        return [(f.rule, f.span.line, f.depends_on) for f in report.findings]

    return call


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("harm", "[]"),
        ("environment", "dev"),
        ("environment", "sandbox"),
        ("collected_in_care", "false"),
    ],
)
def test_what_relaxes_says_who_when_and_why(judge: Judge, key: str, value: str) -> None:
    def system(declared: str) -> list[str]:
        return ["systems:", "  - name: s", f"    {key}: {declared}"]

    assert judge(*system(value)) == [("GOV010", 5, (key,))]
    assert judge(*system(f"{{value: {value}, {LONG}}}")) == []
    assert judge(*system(f"{{value: {value}, by: RSSI}}")) == [("GOV010", 5, (key,))]


@pytest.mark.parametrize("value", ["[synthetic]", "[personal, anonymised]"])
def test_the_word_alone_does_not_make_data_harmless(judge: Judge, value: str) -> None:
    assert judge("systems:", f"  - data: {value}") == [("GOV011", 4, ("data",))]
    assert judge("systems:", f"  - data: {{value: {value}, {LONG}}}") == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("harm", "[health_life]"),
        ("environment", "production"),
        ("data", "[health_personal]"),
        ("collected_in_care", "true"),
    ],
)
def test_what_binds_needs_no_reference(judge: Judge, key: str, value: str) -> None:
    assert judge("systems:", "  - name: s", f"    {key}: {value}") == []


def test_each_system_answers_for_itself(judge: Judge) -> None:
    assert judge(
        "systems:",
        "  - {name: a, addresses: [aws_s3_bucket.a], harm: []}",
        "  - {name: b, addresses: [aws_s3_bucket.b], environment: dev}",
    ) == [("GOV010", 4, ("harm",)), ("GOV010", 5, ("environment",))]


def chain(*holders: str) -> list[str]:
    return ["systems:", "  - data: [health_personal]", "hds_chain:", *(f"  - {h}" for h in holders)]


def test_every_activity_has_a_holder(judge: Judge) -> None:
    host = "{activities: [1, 2, 3, 4, 6], holder: x, certificate: c, until: 2027-01-14}"
    assert judge(*chain(host)) == [("HDS010", 5, ("hds_chain.5.holder",))]
    assert judge(*chain(host, "{activities: [5], holder: y}")) == []
    ended = [("HDS011", 6, tuple(f"hds_chain.{n}.until" for n in (1, 2, 3, 4, 6)))]
    assert judge(*chain(host, "{activities: [5], holder: y}"), day="2027-01-15") == ended


def test_a_reference_is_taken_at_its_word(judge: Judge) -> None:
    assert judge("systems:", "  - data: [health_personal]", "hds_chain: contract 7, annex 2") == []
