"""``check --format gitlab``: the Code Quality report that GitLab shows in merge requests."""

from __future__ import annotations

from souverain.model import Finding, Report, Severity
from souverain.report import live
from souverain.report.json import Json, dump
from souverain.report.terminal import clean
from souverain.text import render

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "major", "info": "info"}


def check(report: Report) -> str:
    """An array of issues; always in English. GitLab shows one of those that share a
    fingerprint, so each finding has its own."""
    return dump([_issue(finding) for finding in live(report)])


def _issue(finding: Finding) -> Json:
    message = render(finding.message, "en", clean)
    return {
        "description": " ".join(message.split()),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": clean(finding.span.file.removeprefix("./")),
            "lines": {"begin": finding.span.line, "end": finding.span.end_line},
        },
    }
