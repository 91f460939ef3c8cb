"""``check --format gitlab``: the Code Quality report that GitLab shows in merge requests."""

from __future__ import annotations

from souverain.model import Finding, Report, Severity
from souverain.report import level, said, shown
from souverain.report.json import Json, dump
from souverain.report.terminal import clean
from souverain.text import render

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "major", "info": "info"}


def check(report: Report, *, suppressed: bool = False) -> str:
    """An array of issues; always in English. GitLab shows one of those that share a
    fingerprint, so each finding has its own."""
    return dump([_issue(finding) for finding in shown(report, suppressed=suppressed)])


def _issue(finding: Finding) -> Json:
    message = render(said(finding), "en", clean)
    return {
        "description": " ".join(message.split()),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[level(finding)],
        "location": {
            "path": clean(finding.span.file.removeprefix("./")),
            "lines": {"begin": finding.span.line, "end": finding.span.end_line},
        },
    }
