"""``check --format sarif``: SARIF 2.1.0 (OASIS standard, errata 01), for code scanning.

Rules are those that were applied, whether or not they found anything, so that two runs
differ in their results only. Texts of the doctrine are taxonomies and clauses their taxa.
Suppressed findings are left out unless asked for: GitHub shows them as open alerts. Those
that are contested are there, as notes that are under review.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from souverain import __version__
from souverain.doctrine import Clause, Doctrine, Text
from souverain.model import (
    CONFIDENCE_ORDER,
    Confidence,
    Evidence,
    Finding,
    Phrase,
    Report,
    RuleCard,
    Severity,
    SourceEntry,
    Span,
    Suppression,
    inline,
    phrase,
)
from souverain.records import dataclass
from souverain.report import aside, level, said, shown, succeeded, unread
from souverain.report.help import address, markdown_help, sentence, text_help
from souverain.report.json import Json, dump
from souverain.report.terminal import clean
from souverain.text import render

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "souverain/v1"
TAGS = 10
"""Tags of a rule that GitHub shows."""
LONGEST: Final = 1024
"""Characters of a description that GitHub takes."""

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "souverain.doctrine")
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_SECURITY: dict[Severity, str] = {"error": "8.0", "warning": "5.0", "info": "2.0"}
_PROBLEMS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
_PRECISION: dict[Confidence, str] = {"P": "high", "S": "medium", "W": "low", "GK": "low"}


def check(report: Report, doctrine: Doctrine, *, suppressed: bool = False) -> str:
    """A log with one run; always in English."""
    findings = shown(report, suppressed=suppressed)
    rules = tuple(_rules(report.rules, findings))
    index = _Index.of(rules, findings, doctrine)
    run: dict[str, Json] = {
        "tool": {"driver": _driver(rules, index)},
        "automationDetails": {"id": "souverain/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "taxonomies": [_taxonomy(text, index) for text in index.texts],
        "results": [_result(finding, index) for finding in findings],
        "properties": {
            "asOf": report.as_of,
            "catalogVersion": report.catalog_version,
            "catalogSeenOn": report.catalog_seen_on,
        },
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _say(sentence_: Phrase) -> str:
    return render(sentence_, "en", clean)


# --- rules, texts and clauses, by their place in the log ---------------------------------


def _rules(applied: Sequence[RuleCard], findings: Sequence[Finding]) -> Iterator[RuleCard]:
    """The rules applied, and what only findings know of (a rule that broke down), by id."""
    known = {finding.rule: _card(finding) for finding in findings}
    known |= {rule.id: rule for rule in applied}
    yield from (rule for _, rule in sorted(known.items()))


def _card(finding: Finding) -> RuleCard:
    name = inline("{name}", "{name}", name=finding.name.replace("-", " "))
    return RuleCard(finding.rule, finding.name, finding.severity, name, name, finding.remediation)


@dataclass(frozen=True, slots=True)
class _Index:
    """Where each rule, text and clause stands in its list."""

    rules: Mapping[str, int]
    texts: tuple[Text, ...]
    clauses: Mapping[str, tuple[Clause, ...]]
    """Clauses cited, by text."""
    doctrine: Doctrine

    @classmethod
    def of(
        cls, rules: Sequence[RuleCard], findings: Iterable[Finding], doctrine: Doctrine
    ) -> _Index:
        cited = {clause for rule in rules for clause in rule.clauses}
        cited |= {clause for finding in findings for clause in finding.clauses}
        clauses: dict[str, list[Clause]] = {}
        for identifier in sorted(cited & doctrine.clauses.keys()):
            clause = doctrine.clauses[identifier]
            clauses.setdefault(clause.text.id, []).append(clause)
        return cls(
            {rule.id: at for at, rule in enumerate(rules)},
            tuple(doctrine.texts[identifier] for identifier in sorted(clauses)),
            {text: tuple(found) for text, found in clauses.items()},
            doctrine,
        )

    def references(self, clauses: Iterable[str]) -> list[Json]:
        """References to taxa, for the clauses the doctrine knows."""
        known = (self.doctrine.clauses[c] for c in clauses if c in self.doctrine.clauses)
        return [self._reference(clause) for clause in known]

    def _reference(self, clause: Clause) -> Json:
        return {
            "id": clause.id,
            "index": self.clauses[clause.text.id].index(clause),
            "toolComponent": self.component(clause.text),
        }

    def component(self, text: Text) -> Json:
        """A reference to the taxonomy of a text."""
        return {"name": text.id, "index": self.texts.index(text), "guid": _guid(text.id)}


def _guid(identifier: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, identifier))


def _driver(rules: Sequence[RuleCard], index: _Index) -> Json:
    return {
        "name": "souverain",
        "version": __version__,
        "semanticVersion": __version__,
        "language": "en",
        "rules": [_rule(rule, index) for rule in rules],
        "supportedTaxonomies": [index.component(text) for text in index.texts],
    }


def _rule(rule: RuleCard, index: _Index) -> Json:
    relationships: list[Json] = [
        {"target": target, "kinds": ["relevant"]} for target in index.references(rule.clauses)
    ]
    url = address(rule.clauses, index.doctrine)
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": sentence(_say(rule.title))},
        "fullDescription": {"text": _short(_say(rule.why))},
        **({"helpUri": url} if url else {}),
        "help": {
            "text": text_help(rule, index.doctrine),
            "markdown": markdown_help(rule, index.doctrine),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        **({"relationships": relationships} if relationships else {}),
        "properties": _properties(rule, index.doctrine),
    }


def _properties(rule: RuleCard, doctrine: Doctrine) -> dict[str, Json]:
    """What GitHub sorts rules by. What rests on no clause is about the files themselves."""
    family = rule.id.rstrip("0123456789")
    if not rule.clauses:
        return {
            "tags": ["sovereignty", family],
            "precision": "very-high",
            "problem.severity": _PROBLEMS[rule.severity],
        }
    clauses = [c.replace(":", "/").lower() for c in rule.clauses]
    known = [doctrine.clauses[c].confidence for c in rule.clauses if c in doctrine.clauses]
    best: Confidence = max(known, key=CONFIDENCE_ORDER.__getitem__, default="GK")
    return {
        "tags": ["security", "sovereignty", family, *clauses][:TAGS],
        "precision": _PRECISION[best],
        "security-severity": _SECURITY[rule.severity],
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _taxonomy(text: Text, index: _Index) -> Json:
    dated: dict[str, Json] = {"releaseDateUtc": text.date} if text.date else {}
    linked: dict[str, Json] = {"informationUri": text.url} if text.url else {}
    return {
        "name": text.id,
        "guid": _guid(text.id),
        "fullName": text.title,
        "organization": text.issuer,
        "shortDescription": {"text": _say(text.short)},
        **dated,
        **linked,
        "isComprehensive": False,
        "taxa": [_taxon(clause) for clause in index.clauses[text.id]],
    }


def _taxon(clause: Clause) -> Json:
    linked: dict[str, Json] = {"helpUri": clause.text.url} if clause.text.url else {}
    return {
        "id": clause.id,
        "guid": _guid(clause.id),
        "name": _say(clause.locator),
        "shortDescription": {"text": _say(clause.summary)},
        **linked,
    }


# --- results ------------------------------------------------------------------------------


def _result(finding: Finding, index: _Index) -> Json:
    """One finding. Possible and undecided ones keep their level: as ``kind: open`` they
    would have none, and code scanning would hide them."""
    chain = [link for link in dict.fromkeys(finding.evidence) if link.span]
    taxa = index.references(finding.clauses)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index.rules[finding.rule],
        "level": _LEVELS[level(finding)],
        "message": {"text": _message(finding, chain)},
        **({"suppressions": [_suppression(finding.suppressed)]} if finding.suppressed else {}),
        "locations": [_primary(finding)],
        **(_chain(chain, finding) if chain else {}),
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        **({"taxa": taxa} if taxa else {}),
        "properties": {
            "verdict": finding.verdict,
            "basis": finding.basis,
            "confidence": finding.confidence,
            "root": clean(finding.root),
            "scenario": finding.scenario and clean(finding.scenario),
            "system": finding.system and clean(finding.system),
            "dependsOn": list(finding.depends_on),
            "group": clean(finding.group),
            "facts": [_say(link.text) for link in finding.evidence if not link.span],
            "remediation": _say(finding.remediation),
        },
    }


def _message(finding: Finding, chain: Sequence[Evidence]) -> str:
    """The sentence, with a link to each place of the chain (SARIF 3.11.6)."""
    message = _unlinked(_say(said(finding)))
    if not chain:
        return message
    links = "; ".join(f"[{_in_link(_say(e.text))}]({at})" for at, e in enumerate(chain, 1))
    return render(phrase("report.because", message=message, links=links), "en")


def _suppression(suppression: Suppression) -> Json:
    """What set it aside (SARIF 3.35). A contested finding has no answer yet."""
    place: dict[str, Json] = {}
    if suppression.span is not None:
        place = {"location": {"physicalLocation": _physical(suppression.span)}}
    return {
        "kind": "inSource" if suppression.kind == "inline" else "external",
        "status": "underReview" if suppression.contested else "accepted",
        "justification": _say(aside(suppression)),
        **place,
    }


def _unlinked(text: str) -> str:
    """Text in which nothing is taken for a link."""
    return text.replace("](", "] (")


def _in_link(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\[]" else c for c in text)


def _primary(finding: Finding) -> Json:
    name = clean(finding.address or finding.root)
    kind = "resource" if finding.address else "namespace"
    return {
        "physicalLocation": _physical(finding.span),
        "logicalLocations": [{"fullyQualifiedName": name, "kind": kind}],
    }


def _chain(chain: Sequence[Evidence], finding: Finding) -> dict[str, Json]:
    """The links as related locations, and as a flow from where a value is written on."""
    steps: list[Json] = [_link(link) for link in reversed(chain)]
    end: Json = {
        "physicalLocation": _physical(finding.span),
        "message": {"text": _unlinked(_say(finding.message))},
    }
    thread: list[Json] = [{"location": location} for location in (*steps, end)]
    related: list[Json] = [{"id": at, **_link(link)} for at, link in enumerate(chain, 1)]
    return {
        "relatedLocations": related,
        "codeFlows": [{"threadFlows": [{"locations": thread}]}],
    }


def _link(link: Evidence) -> dict[str, Json]:
    physical: dict[str, Json] = {"physicalLocation": _physical(link.span)} if link.span else {}
    return {**physical, "message": {"text": _unlinked(_say(link.text))}}


def _physical(span: Span) -> Json:
    return {
        "artifactLocation": {"uri": _uri(span.file)},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }


def _uri(path: str) -> str:
    """The path as the file system spells it, percent-encoded."""
    try:
        return quote(os.fsencode(path))
    except UnicodeEncodeError:  # a name written in JSON, which is that of no file
        return quote(clean(path))


# --- what could not be read -----------------------------------------------------------------


def _invocation(report: Report) -> Json:
    return {
        "executionSuccessful": succeeded(report),
        "toolExecutionNotifications": [_notification(entry) for entry in unread(report)],
    }


def _notification(entry: SourceEntry) -> Json:
    reason = _say(entry.reason or phrase("report.no-reason"))
    place: Json = (
        _physical(entry.span) if entry.span else {"artifactLocation": {"uri": _uri(entry.path)}}
    )
    return {
        "level": "error" if entry.status == "failed" else "warning",
        "message": {"text": _unlinked(f"{clean(entry.path)}: {reason}")},
        "locations": [{"physicalLocation": place}],
    }
