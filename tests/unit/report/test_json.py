"""The JSON contract: every field, exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from souverain import __version__
from souverain.model import Facts, Location, Report
from souverain.report.json import check, inventory

HEAD = {
    "version": 1,
    "tool": {"name": "souverain", "version": __version__},
    "as_of": "2026-11-22",
    "catalog": {"version": "c0ffee", "seen_on": "2026-11-20"},
}


def checked(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(check(report))
    return document


def registered(report: Report, *, everything: bool = False) -> list[dict[str, Any]]:
    document = json.loads(inventory(report, everything=everything))
    assert {key: document[key] for key in HEAD} == HEAD
    assets: list[dict[str, Any]] = document["assets"]
    return assets


def test_head_and_summary(report: Report) -> None:
    document = checked(report)
    assert list(document) == [*HEAD, "summary", "findings", "sources"]
    assert {key: document[key] for key in HEAD} == HEAD
    assert document["summary"] == {
        "sources": 8,
        "assets": 2,
        "errors": 3,
        "warnings": 1,
        "infos": 1,
        "undecided": 1,
        "suppressed": 1,
        "contested": 0,
    }


def test_finding(report: Report) -> None:
    findings = checked(report)["findings"]
    assert [(f["line"], f["column"], f["rule"], f["address"]) for f in findings] == [
        (1, 1, "GOV001", ""),
        (2, 2, "EXT001", "aws_s3_bucket.patients"),
        (2, 2, "EXT002", "aws_s3_bucket.patients"),
        (2, 2, "KEY001", "aws_s3_bucket.patients"),
        (2, 2, "LOC001", "aws_s3_bucket.patients"),
        (5, 1, "LOC001", 'aws_s3_bucket.scans["\x1b[31m"]'),
    ]
    assert findings[4] == {
        "rule": "LOC001",
        "name": "health-data-stored-outside-eea",
        "severity": "error",
        "verdict": "violation",
        "message": "aws_s3_bucket.patients stores health data in us-east-1 (US)",
        "address": "aws_s3_bucket.patients",
        "root": "envs/prod",
        "scenario": None,
        "system": "entrepôt",
        "file": "envs/prod/main.tf",
        "line": 2,
        "column": 2,
        "end_line": 2,
        "end_column": 22,
        "clauses": ["FR-HDS-2.0:EXI28", "OURS:1"],
        "basis": "law",
        "confidence": "P",
        "depends_on": [],
        "evidence": [
            {"kind": "data", "text": "tag data=health", "file": "envs/prod/main.tf", "line": 3},
            {"kind": "operator", "text": "run by AWS", "file": None, "line": None},
        ],
        "remediation": "Move it to an EEA region.",
        "fingerprint": "LOC001:aws_s3_bucket.patients",
        "group": "LOC001:us-east-1",
        "suppressed": None,
        "suppression": None,
    }
    assert findings[3]["suppressed"] == "baseline: accepted in b.json"
    assert findings[1]["depends_on"] == ["entity"]


def test_sources(report: Report) -> None:
    sources = checked(report)["sources"]
    assert len(sources) == 8
    assert sources[:2] == [
        {
            "path": "envs/prod/main.tf",
            "kind": "terraform",
            "status": "analysed",
            "reason": None,
            "line": None,
            "column": None,
        },
        {
            "path": "a.tf",
            "kind": "terraform",
            "status": "failed",
            "reason": "The file does not exist.",
            "line": 3,
            "column": 3,
        },
    ]


def test_asset_is_the_union_of_its_worlds(report: Report) -> None:
    assert registered(report)[0] == {
        "address": "aws_s3_bucket.patients",
        "type": "aws_s3_bucket",
        "root": "envs/prod",
        "scenario": None,
        "file": "envs/prod/main.tf",
        "line": 1,
        "role": "stores",
        "layers": [
            {
                "operator": "aws",
                "service": "amazon-s3",
                "layer": "paas",
                "capability": "object-storage",
                "unknown": None,
                "evidence": [{"text": "provider aws", "file": None, "line": None}],
            }
        ],
        "regions": ["eu-west-3", "us-east-1"],
        "countries": ["FR", "US"],
        "unknown": None,
        "exposed_to": ["US"],
        "possibly_exposed_to": ["CN"],
        "data": [
            {
                "category": "health_personal",
                "certainty": "declared",
                "because": "tag data=health",
            }
        ],
        "data_unknown": "The file does not exist.",
        "custody": "unknown",
        "certificates": {"secnumcloud": "not_qualified", "hds": "in_progress"},
        "flows": [
            {
                "kind": "replication",
                "operator": "aws",
                "service": "amazon-s3",
                "target": None,
                "regions": ["us-west-2"],
                "countries": ["US"],
                "unknown": None,
                "certain": False,
                "evidence": [{"text": "copies", "file": "envs/prod/main.tf", "line": 3}],
            }
        ],
    }


def test_unplaced_asset_says_why(report: Report) -> None:
    entry = registered(report)[1]
    assert (entry["role"], entry["regions"], entry["countries"]) == (None, [], [])
    assert entry["unknown"] == "The file is larger than 10 MB, the limit for one file."
    assert entry["layers"][0]["operator"] is None
    assert entry["layers"][0]["unknown"] == entry["unknown"]
    assert entry["certificates"] == {"secnumcloud": "unknown", "hds": "unknown"}


def test_all_adds_what_only_configures(report: Report) -> None:
    assert len(registered(report)) == 2
    entry = registered(report, everything=True)[0]
    assert (entry["address"], entry["role"]) == ("aws_iam_role.r", "configures")
    assert (entry["regions"], entry["countries"], entry["unknown"]) == (["global"], [], None)


def test_known_part_of_an_unknown_place_is_kept(report: Report) -> None:
    (guard, facts), *_ = report.assets[1].worlds
    unknown = facts.layers[0].unknown
    partly: Facts = replace(facts, location=Location(("eu-west-3",), ("FR",), unknown=unknown))
    one = replace(report.assets[1], worlds=((guard, partly),))
    (entry,) = registered(replace(report, assets=(one,)))
    assert (entry["regions"], entry["unknown"] is not None) == (["eu-west-3"], True)


def test_output_is_the_same_whatever_the_order(report: Report) -> None:
    turned = replace(report, findings=report.findings[::-1], assets=report.assets[::-1])
    assert check(turned) == check(report)
    assert inventory(turned) == inventory(report)
    assert check(report).isascii()
