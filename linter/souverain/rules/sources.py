"""Findings about what could not be analysed, and about rules that failed."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from souverain.model import (
    Asset,
    Finding,
    Ledger,
    Phrase,
    SourceEntry,
    SourceText,
    Span,
    phrase,
)
from souverain.rules.findings import digest
from souverain.rules.model import Context, Rule
from souverain.rules.wording import Words, fill

INTERNAL_ERROR = "SRC900"
"""Rule id of a rule that failed; a run with such a finding exits with 2."""


def source_findings(ledger: Ledger, rules: Sequence[Rule], context: Context) -> list[Finding]:
    """One finding per ledger entry that a rule speaks of."""
    return [
        _finding(rule, entry, context)
        for entry in ledger.entries
        for rule in rules
        if rule.sources
        and entry.kind in rule.sources.kinds
        and entry.status in rule.sources.statuses
    ]


def _finding(rule: Rule, entry: SourceEntry, context: Context) -> Finding:
    reason = entry.reason or phrase("rules.no-reason")
    undecided = entry.status == "undecided"
    words: Words = {"path": lambda: entry.path, "reason": lambda: reason}
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=rule.undecided if undecided else rule.severity,
        verdict="undecided",
        message=fill(rule.message, words),
        address=entry.path,
        root=posixpath.dirname(entry.path) or ".",
        scenario=None,
        system=None,
        span=entry.span or Span(SourceText(entry.path, b""), 0, 0),
        clauses=(),
        basis="none",
        confidence="P",
        depends_on=(),
        evidence=(),
        remediation=fill(rule.remediation, words),
        fingerprint=digest((rule.id, context.relative(entry.path), _normal(reason))),
        group=":".join((rule.id, entry.status, reason.key)),
    )


def _normal(reason: Phrase) -> str:
    """A reason without what changes from line to line: its key and its named things."""
    return ",".join((reason.key, *(str(v) for _, v in reason.args if isinstance(v, str))))


def crash_finding(rule: Rule, asset: Asset, error: Exception, context: Context) -> Finding:
    """The finding for a rule that failed on an asset: our fault, said aloud."""
    return Finding(
        rule=INTERNAL_ERROR,
        name="rule-failed",
        severity="error",
        verdict="undecided",
        message=phrase("rules.rule-failed", rule=rule.id, error=type(error).__name__),
        address=asset.address,
        root=asset.root,
        scenario=asset.scenario,
        system=None,
        span=asset.span,
        clauses=tuple(clause.id for clause in rule.clauses),
        basis="none",
        confidence="P",
        depends_on=(),
        evidence=(),
        remediation=phrase("rules.report-failure"),
        fingerprint=digest((INTERNAL_ERROR, context.relative(asset.root), asset.address, rule.id)),
        group=":".join((INTERNAL_ERROR, rule.id, type(error).__name__)),
    )
