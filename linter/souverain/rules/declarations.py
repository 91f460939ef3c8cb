"""What a project has not said: one blocking finding per root asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce

from souverain.model import Evidence, Finding, Phrase, Span, phrase
from souverain.rules.findings import digest
from souverain.rules.model import Context, Root, Rule
from souverain.rules.quantifier import Outcome
from souverain.rules.severity import Ground, live, lowest
from souverain.rules.wording import Words, counted, fill, unique

CONTEXT = ("entity", "data", "harm", "hosting_role")
"""Facts only the project knows, in the order people answer them."""

Lacking = dict[tuple[str, str | None, str], list[Outcome]]
"""Outcomes of the rules about declarations, by root, scenario and rule, in the order of assets."""


def declaration_findings(
    lacking: Lacking, roots: Sequence[Root], found: Sequence[Finding], context: Context
) -> list[Finding]:
    """One finding per root and rule about declarations, over the assets that lack them.

    ``found`` are the other findings: those that are only possible are what would apply.
    """
    waiting: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in filter(_waits, found):
        waiting.setdefault((finding.root, finding.scenario), []).append(finding)
    return [
        _finding(rule, root, outcomes, waiting.get((root.path, root.scenario), ()), context)
        for root in roots
        for rule in context.rules
        for outcomes in _by_place(lacking.get((root.path, root.scenario, rule.id), ()))
    ]


def _by_place(outcomes: Iterable[Outcome]) -> Iterable[Sequence[Outcome]]:
    """What a rule misses of each declaration that is there, and of those that are not."""
    found: dict[Span | None, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.shown.require.truth is False:
            found.setdefault(outcome.shown.require.span, []).append(outcome)
    return found.values()


def _finding(
    rule: Rule,
    root: Root,
    lacking: Sequence[Outcome],
    waiting: Sequence[Finding],
    context: Context,
) -> Finding:
    written = lacking[0].shown.require.span
    asked = {name for outcome in lacking for name in outcome.shown.require.depends_on}
    pending = waiting if asked & set(CONTEXT) else ()
    missing = _missing(asked, pending)
    words: Words = {
        "missing": lambda: ", ".join(missing),
        "stores": lambda: counted("rules.stores", len(lacking)),
        "apply": lambda: _would_apply(pending),
        "lines": lambda: _lines(missing),
    }
    home = context.relative(root.path)
    rests_on = Ground(live(rule, context.as_of))
    place = (root.scenario or "", *(missing if written else ()))
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=lowest((rule.severity, "warning")) if root.library else rule.severity,
        verdict="possible" if root.library else "violation",
        message=fill(rule.message, words),
        address="",
        root=root.path,
        scenario=root.scenario,
        system=lacking[0].shown.case.facts.declared.system if written else None,
        span=written or _place(root, lacking),
        clauses=tuple(clause.id for clause in rests_on.clauses),
        basis=rests_on.basis,
        confidence=rests_on.confidence,
        depends_on=missing,
        evidence=tuple(_evidence(outcome) for outcome in lacking[:SHOWN]),
        remediation=fill(rule.remediation, words),
        fingerprint=digest((rule.id, home, *place)),
        rootless=digest((rule.id, *place)),
        home=home,
        group=f"{rule.id}:{','.join(missing)}",
    )


def _place(root: Root, lacking: Sequence[Outcome]) -> Span:
    """Where the root begins, or its first store when nothing stands for the whole."""
    span = root.span
    return span if span.start < span.end else lacking[0].shown.case.facts.asset.span


def _waits(finding: Finding) -> bool:
    """Whether a finding is only possible for want of the context of its root."""
    return finding.verdict == "possible" and not set(CONTEXT).isdisjoint(finding.depends_on)


SHOWN = 3
"""Stores named as examples."""


def _missing(asked: AbstractSet[str], pending: Sequence[Finding]) -> tuple[str, ...]:
    """Names of what is missing: those of the context first, in their order."""
    named = asked | {name for finding in pending for name in finding.depends_on}
    context = tuple(name for name in CONTEXT if name in named)
    return (*context, *sorted(asked - set(CONTEXT)))


def _would_apply(pending: Sequence[Finding]) -> str | Phrase:
    named = ", ".join(sorted(unique(f.rule for f in pending)))
    return phrase("rules.may-apply", rules=named) if named else ""


def _lines(missing: Sequence[str]) -> str | Phrase:
    """The lines to add to souverain.yaml, each with its choices."""
    each = [phrase(f"rules.line-{name.replace('_', '-')}") for name in missing]
    return reduce(lambda one, other: phrase("rules.lines", one=one, other=other), each)


def _evidence(outcome: Outcome) -> Evidence:
    facts = outcome.shown.case.facts
    said = "rules.store" if facts.role == "stores" else "rules.maybe-store"
    return Evidence("data", phrase(said, address=facts.asset.address), facts.asset.span)
