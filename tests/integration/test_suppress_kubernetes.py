"""Ignores of Kubernetes objects: comments above or beside, and an annotation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.model import Report
from souverain.text import render

Project = Callable[[str], Report]

FIELDS = 'until=2027-03-31 reason="emptied by then" ref="note 12"'
MANIFEST = """\
version: 1
entity: private_health
clusters: [{paths: ["**"], operator: aws, service: amazon-eks, region: us-east-1}]
systems: [{name: all, paths: ["**"], data: [health_personal], hosting_role: hosted_by_processor}]
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {name}
spec:
  accessModes: [ReadWriteOnce]
  resources: {{requests: {{storage: 1Gi}}}}
"""


def claim(name: str) -> str:
    return CLAIM.format(name=name)


def annotated(name: str, *lines: str) -> str:
    text = "".join(f"      {line}\n" for line in lines)
    return claim(name).replace(
        "spec:\n", f"  annotations:\n    souverain.dev/ignore: |\n{text}spec:\n"
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)

    def check(text: str) -> Report:
        (tmp_path / "souverain.yaml").write_text(MANIFEST, encoding="utf-8")
        (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
        return analyse(Request((Path(),), date(2026, 11, 22)))

    return check


def contested(report: Report) -> list[str]:
    return sorted(
        f.address.rpartition("/")[2]
        for f in report.findings
        if f.rule == "LOC001" and f.suppressed is not None and f.suppressed.contested
    )


def said(report: Report) -> list[str]:
    return sorted(
        f"{f.rule} {f.span.line} {render(f.message, 'en')}"
        for f in report.findings
        if f.rule.startswith("GOV02")
    )


COMMENT = f"# souverain: ignore[LOC001] {FIELDS}"


@pytest.mark.parametrize(
    "one",
    [
        f"{COMMENT}\n{claim('one')}",
        f"--- {COMMENT}\n{claim('one')}",
        claim("one").replace("Claim\n", f"Claim {COMMENT}\n"),
        annotated("one", f"ignore[LOC001] {FIELDS}"),
        annotated("one", f"ignore[LOC001] {FIELDS}", "", f"ignore[EXT002] {FIELDS}"),
    ],
    ids=["above", "separator", "kind", "annotation", "two-lines"],
)
def test_one_object_is_covered_and_no_other(one: str, project: Project) -> None:
    report = project(f"{claim('other')}---\n{one}---\n{claim('last')}")
    assert contested(report) == ["one"]
    assert said(report) == []


def test_a_comment_elsewhere_in_the_object_covers_what_is_there(project: Project) -> None:
    report = project(claim("one").replace("spec:\n", f"spec: {COMMENT}\n"))
    assert contested(report) == []
    assert said(report) == [
        "GOV022 5 this ignore sets nothing aside: nothing for LOC001 to find here"
    ]


def test_text_is_no_comment(project: Project) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  x: |\n    {COMMENT}\n"
    report = project(f"{text}---\n{claim('one')}")
    assert (contested(report), said(report)) == ([], [])


def test_an_annotation_that_lacks_something_is_told(project: Project) -> None:
    report = project(annotated("one", "ignore[LOC001] reason=x", "please", f"ignore[X] {FIELDS}"))
    assert contested(report) == []
    assert [line.split(": ", 1)[1] for line in said(report)] == [
        "add until= with the last day on which it counts, such as until=2027-03-31",
        'expected ignore[RULE, …] until=2027-03-31 reason="…"',
        "there is no rule “X”",
    ]


def test_an_annotation_of_no_use_is_told(project: Project) -> None:
    report = project(annotated("one", f"ignore[LOC001, SNC001] {FIELDS}"))
    assert contested(report) == ["one"]
    assert [line.split(": ", 1)[1] for line in said(report)] == ["nothing for SNC001 to find here"]


def test_what_overlays_share_is_used_when_one_of_them_needs_it(
    project: Project, tmp_path: Path
) -> None:
    for name in ("us", "fr"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kustomization.yaml").write_text("resources: [../base]\n")
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "kustomization.yaml").write_text("resources: [claim.yaml]\n")
    shared = annotated("shared", f"ignore[LOC001] {FIELDS}")
    (tmp_path / "base" / "claim.yaml").write_text(shared, encoding="utf-8")
    clusters = ", ".join(
        f'{{paths: ["{name}/**"], operator: aws, service: amazon-eks, region: {region}}}'
        for name, region in (("us", "us-east-1"), ("fr", "eu-west-3"))
    )
    kept = next(line for line in MANIFEST.splitlines() if line.startswith("clusters"))
    global_manifest = MANIFEST.replace(kept, f"clusters: [{clusters}]")
    (tmp_path / "souverain.yaml").write_text(global_manifest, encoding="utf-8")
    report = analyse(Request((Path(),), date(2026, 11, 22)))
    roots = {f.root for f in report.findings if f.rule == "LOC001" and f.suppressed}
    assert roots == {"us"}
    assert said(report) == []
