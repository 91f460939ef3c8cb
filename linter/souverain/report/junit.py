"""``check --format junit``: a suite for each rule, and one for what was read.

A rule that found nothing is one passing case, so that trends count rules and not files.
Findings that only inform pass, with their sentence as output; suppressed ones are skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

from souverain.model import Finding, Phrase, Report, SourceEntry, Span, phrase
from souverain.records import dataclass
from souverain.report import placed_order, said
from souverain.report.markup import xml
from souverain.report.terminal import clean
from souverain.text import render

_Outcome = Literal["failure", "error", "skipped", "system-out"]


@dataclass(frozen=True, slots=True)
class _Case:
    """A case; ``outcome`` is the element that tells how it ended (None: passed in silence)."""

    name: str
    suite: str
    file: str | None = None
    outcome: _Outcome | None = None
    kind: str = ""
    message: str = ""
    text: str = ""


def check(report: Report) -> str:
    """An XML document; always in English."""
    suites = [*_rules(report), ("souverain.sources", _sources(report.ledger.entries))]
    cases = [case for _, members in suites for case in members]
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="souverain" {_counts(cases)}>',
        *(line for name, members in suites for line in _suite(name, members)),
        "</testsuites>",
    )
    return "\n".join(lines) + "\n"


def _say(sentence: Phrase) -> str:
    return render(sentence, "en", clean)


def _rules(report: Report) -> list[tuple[str, list[_Case]]]:
    """Cases of every rule that was applied or found something, by rule."""
    names = {rule.id: rule.name for rule in report.rules}
    names |= {finding.rule: finding.name for finding in report.findings}
    ordered = sorted(report.findings, key=lambda f: (f.rule, placed_order(f)))
    found = {rule: list(members) for rule, members in groupby(ordered, lambda f: f.rule)}
    return [(f"souverain.{rule}", _cases(rule, names[rule], found)) for rule in sorted(names)]


def _cases(rule: str, name: str, found: dict[str, list[Finding]]) -> list[_Case]:
    if rule not in found:
        nothing = _say(phrase("report.no-finding"))
        return [_Case(name, f"souverain.{rule}", text=nothing, outcome="system-out")]
    return [_finding(finding) for finding in found[rule]]


def _finding(finding: Finding) -> _Case:
    scenario = f" [{finding.scenario}]" if finding.scenario else ""
    case = f"{finding.address or finding.root}{scenario}"
    where = f"{finding.span.file}:{finding.span.line}:{finding.span.column}"
    message = _say(finding.message)
    outcome: _Outcome = "system-out" if finding.severity == "info" else "failure"
    if finding.suppressed is not None:
        outcome, message = "skipped", _say(said(finding))
    chain = (f"- {_say(link.text)}{_at(link.span)}" for link in dict.fromkeys(finding.evidence))
    clauses = [", ".join(finding.clauses)] if finding.clauses else []
    text = (where, _say(finding.message), *chain, *clauses, _say(finding.remediation))
    return _Case(
        name=f"{case} ({finding.fingerprint})",
        suite=f"souverain.{finding.rule}",
        file=finding.span.file,
        outcome=outcome,
        kind=f"{finding.severity} {finding.verdict}",
        message=message,
        text="\n".join(text),
    )


def _at(span: Span | None) -> str:
    return f" ({clean(span.file)}:{span.line})" if span else ""


def _sources(entries: Iterable[SourceEntry]) -> list[_Case]:
    return [_source(entry) for entry in entries]


def _source(entry: SourceEntry) -> _Case:
    outcome: _Outcome | None = None
    if entry.status != "analysed":
        outcome = "error" if entry.status == "failed" else "skipped"
    reason = _say(entry.reason or phrase("report.no-reason"))
    at = f":{entry.span.line}:{entry.span.column}" if entry.span else ""
    return _Case(
        name=f"{entry.path}{at}",
        suite="souverain.sources",
        file=entry.path,
        outcome=outcome,
        kind=f"{entry.kind} {entry.status}",
        message=f"{entry.status}: {reason}",
    )


# --- XML ----------------------------------------------------------------------------------


def _counts(cases: Sequence[_Case]) -> str:
    outcomes = [case.outcome for case in cases]
    failures, errors = outcomes.count("failure"), outcomes.count("error")
    skipped = outcomes.count("skipped")
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'


def _suite(name: str, cases: Sequence[_Case]) -> Iterator[str]:
    yield f'  <testsuite name="{xml(name)}" {_counts(cases)}>'
    for case in cases:
        file = f' file="{xml(case.file)}"' if case.file else ""
        head = f'    <testcase name="{xml(case.name)}" classname="{xml(case.suite)}"{file}'
        if case.outcome is None:
            yield f"{head}/>"
        else:
            yield f"{head}>"
            yield f"      {_outcome(case)}"
            yield "    </testcase>"
    yield "  </testsuite>"


def _outcome(case: _Case) -> str:
    text = xml(case.text)
    if case.outcome == "system-out":
        return f"<system-out>{text}</system-out>"
    if case.outcome == "skipped":
        return f'<skipped message="{xml(case.message)}"/>'
    head = f'<{case.outcome} type="{xml(case.kind)}" message="{xml(case.message)}"'
    return f"{head}>{text}</{case.outcome}>" if text else f"{head}/>"
