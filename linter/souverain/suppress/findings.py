"""Findings about suppressions themselves, made by the rules that speak of them."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from souverain.model import Evidence, Finding, Phrase, Span
from souverain.records import dataclass
from souverain.rules.findings import digest
from souverain.rules.model import Context, SuppressionForm, SuppressionProblem
from souverain.rules.severity import Ground
from souverain.rules.wording import fill


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with one ignore, derogation or baseline."""

    kind: SuppressionForm
    problem: SuppressionProblem
    reason: Phrase
    span: Span
    key: str
    """What it is about, without line numbers: for its fingerprint."""
    concerns: tuple[Finding, ...] = ()
    """Findings that it leaves as they are."""


def findings_about(troubles: Sequence[Trouble], context: Context) -> tuple[Finding, ...]:
    """One finding for each trouble, where a rule that was chosen speaks of it."""
    return tuple(finding for trouble in troubles for finding in _findings(trouble, context))


def _findings(trouble: Trouble, context: Context) -> list[Finding]:
    asked = (trouble.kind, trouble.problem)
    rules = (rule for rule in context.rules if rule.suppression == asked)
    return [
        Finding(
            rule=rule.id,
            name=rule.name,
            severity=rule.severity,
            verdict="violation",
            message=fill(rule.message, {"reason": lambda: trouble.reason}),
            address="",
            root=posixpath.dirname(trouble.span.file) or ".",
            scenario=None,
            system=None,
            span=trouble.span,
            clauses=tuple(clause.id for clause in rule.clauses),
            basis=Ground(rule.clauses).basis,
            confidence=Ground(rule.clauses).confidence,
            depends_on=(),
            evidence=_places(trouble.concerns),
            remediation=fill(rule.remediation, {}),
            fingerprint=digest((rule.id, context.relative(trouble.span.file), trouble.key)),
            group=digest((rule.id, trouble.span.file, str(trouble.span.start), trouble.key)),
        )
        for rule in rules
    ]


def _places(findings: Sequence[Finding]) -> tuple[Evidence, ...]:
    """What stays reported, and where."""
    return tuple(
        dict.fromkeys(Evidence("declaration", found.message, found.span) for found in findings)
    )
