"""``check --format gitlab-sast``: the security report of GitLab, version 15.0.1.

The times a report must carry are those of ``--as-of`` at midnight, so that the same input
gives the same report.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from souverain import __version__
from souverain.doctrine import Doctrine
from souverain.model import Finding, Phrase, Report, RuleCard, Severity, SourceEntry, phrase
from souverain.report import level, said, shown, succeeded, unread
from souverain.report.help import sentence
from souverain.report.json import Json, dump
from souverain.report.markup import safe
from souverain.report.terminal import clean
from souverain.text import render

VERSION = "15.0.1"
LONGEST_NAME = 255
LONGEST_SOLUTION = 7000
LONGEST_DESCRIPTION = 1_048_576
"""GitLab reads nothing of a report that has one text over these."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "souverain.finding")
_SEVERITIES: dict[Severity, str] = {"error": "High", "warning": "Medium", "info": "Info"}


def check(report: Report, doctrine: Doctrine, *, suppressed: bool = False) -> str:
    """A report of type ``sast``; always in English."""
    cards = {rule.id: rule for rule in report.rules}
    midnight = f"{report.as_of}T00:00:00"
    tool: dict[str, Json] = {
        "id": "souverain",
        "name": "Souverain",
        "version": __version__,
        "vendor": {"name": "Souverain"},
    }
    return dump(
        {
            "version": VERSION,
            "scan": {
                "analyzer": tool,
                "scanner": tool,
                "type": "sast",
                "start_time": midnight,
                "end_time": midnight,
                "status": "success" if succeeded(report) else "failure",
                "messages": [_unread(entry) for entry in unread(report)],
            },
            "vulnerabilities": [
                _vulnerability(finding, cards, doctrine)
                for finding in shown(report, suppressed=suppressed)
            ],
        }
    )


def _say(sentence_: Phrase) -> str:
    return render(sentence_, "en", clean)


def _unread(entry: SourceEntry) -> Json:
    reason = _say(entry.reason or phrase("report.no-reason"))
    level = "warn" if entry.status == "failed" else "info"
    return {"level": level, "value": f"{clean(entry.path)}: {reason}"}


def _vulnerability(finding: Finding, cards: dict[str, RuleCard], doctrine: Doctrine) -> Json:
    card = cards.get(finding.rule)
    title = sentence(_say(card.title)) if card else finding.name
    return {
        "id": str(uuid.uuid5(_NAMESPACE, finding.fingerprint)),
        "name": title[:LONGEST_NAME],
        "description": _description(finding)[:LONGEST_DESCRIPTION],
        "severity": _SEVERITIES[level(finding)],
        "solution": _say(finding.remediation)[:LONGEST_SOLUTION],
        "identifiers": [_rule(finding), *_clauses(finding.clauses, doctrine)],
        "links": _links(finding.clauses, doctrine),
        "location": _location(finding),
        "tracking": _tracking(finding),
    }


def _location(finding: Finding) -> dict[str, Json]:
    return {
        "file": clean(finding.span.file.removeprefix("./")),
        "start_line": finding.span.line,
        "end_line": finding.span.end_line,
    }


def _tracking(finding: Finding) -> Json:
    """What makes it the same vulnerability after lines moved. Without it, GitLab takes findings
    of one rule at one place (a region that many resources have from one provider) for one."""
    signature: Json = {"algorithm": "hash", "value": finding.fingerprint}
    return {"type": "source", "items": [{**_location(finding), "signatures": [signature]}]}


def _description(finding: Finding) -> str:
    """The sentence and its chain, in Markdown: GitLab renders it."""
    lines = [safe(_say(said(finding)))]
    for link in dict.fromkeys(finding.evidence):
        at = f" ({link.span.file}:{link.span.line})" if link.span else ""
        lines.append(f"- {safe(_say(link.text) + at)}")
    return "\n".join([lines[0], "", *lines[1:]]).strip("\n")


def _rule(finding: Finding) -> Json:
    name = f"{finding.rule} {finding.name}"
    return {"type": "souverain_rule", "name": name, "value": finding.rule}


def _clauses(clauses: Iterable[str], doctrine: Doctrine) -> list[Json]:
    return [_clause(identifier, doctrine) for identifier in clauses]


def _clause(identifier: str, doctrine: Doctrine) -> Json:
    text = identifier.partition(":")[0]
    url = _url(identifier, doctrine)
    linked: dict[str, Json] = {"url": url} if url else {}
    return {"type": text.lower(), "name": identifier, "value": identifier, **linked}


def _links(clauses: Iterable[str], doctrine: Doctrine) -> list[Json]:
    """The texts of the clauses, once each."""
    named: dict[str, Json] = {}
    for identifier in clauses:
        url = _url(identifier, doctrine)
        if url:
            named.setdefault(url, {"name": doctrine.clauses[identifier].text.title, "url": url})
    return list(named.values())


def _url(identifier: str, doctrine: Doctrine) -> str | None:
    """Where the text of a clause is; GitLab takes no other scheme."""
    clause = doctrine.clauses.get(identifier)
    url = clause.text.url if clause else None
    return url if url and url.startswith(("https://", "http://")) else None
