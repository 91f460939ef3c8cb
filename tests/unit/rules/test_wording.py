"""What the sentences of findings say of an asset."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from souverain.analysis import Request, analyse
from souverain.model import phrase
from souverain.rules.waysout import way_out
from souverain.text import render

PARIS = """
provider "aws" { region = "eu-west-3" }
resource "aws_s3_bucket" "b" { bucket = "example-patients" }
module "patients" { source = "example/bucket/aws" }
"""


@pytest.mark.parametrize(
    ("role", "verb", "verbe"),
    [("stores", "keeps", "conserve"), ("processes", "processes", "traite")],
)
def test_a_function_does_not_keep_what_it_processes(bench, make, role, verb, verbe):
    personal = (make.holding("personal"),)
    virginia = make.located("us-east-1", "US")
    facts = replace(make.PARIS_HEALTH, role=role, location=virginia, data=personal)
    (found,) = (f for f in bench.findings(facts) if f.rule == "LOC002")
    english, french = render(found.message, "en"), render(found.message, "fr")
    assert english.startswith(f"aws_s3_bucket.b {verb} personal data in us-east-1 (US)")
    assert french.startswith(f"aws_s3_bucket.b {verbe} des données personnelles dans us-east-1")


def test_what_is_not_read_may_store_data(tmp_path):
    (tmp_path / "main.tf").write_text(PARIS, encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    said = {
        (evidence.text.key, dict(evidence.text.args)["address"])
        for finding in report.findings
        if finding.rule == "GOV001"
        for evidence in finding.evidence
    }
    assert said == {
        ("rules.store", "aws_s3_bucket.b"),
        ("rules.maybe-store", "module.patients"),
    }


def test_the_way_out_of_an_unplaced_state_is_no_argument_of_its_backend():
    state = phrase("facts.backend-without-place", backend="backend.azurerm")
    part = phrase("facts.place-not-written", address="azurerm_storage_container.c")
    assert [way_out(reason).key for reason in (state, part)] == [
        "rules.way-look-up-state",
        "rules.way-write-place",
    ]


TWO_UNKNOWNS = """
variable "tags" {}
variable "where" {}
provider "azurerm" { features {} }
resource "azurerm_storage_account" "a" {
  location = var.where
  tags     = var.tags
}
"""


def test_the_place_underlined_is_the_one_the_reason_speaks_of(tmp_path):
    (tmp_path / "main.tf").write_text(TWO_UNKNOWNS, encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    undecided = [f for f in report.findings if f.verdict == "undecided"]
    about_tags = [f for f in undecided if "`tags`" in render(f.message, "en")]
    assert about_tags
    assert {f.span.line for f in about_tags} == {2}
