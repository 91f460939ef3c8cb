"""What a project has not said: one blocking finding per root asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from souverain.model import AssetFacts, Evidence, Finding, Phrase, Span, phrase
from souverain.rules.findings import digest
from souverain.rules.model import Context, Root, Rule
from souverain.rules.quantifier import Outcome
from souverain.rules.severity import lowest
from souverain.rules.wording import Words, counted, fill, unique

CONTEXT = ("entity", "data", "harm", "hosting_role")
"""Facts only the project knows, in the order people answer them."""

Judge = Callable[[Rule, AssetFacts, Context], "Outcome | None"]


def declaration_findings(
    assets: Sequence[AssetFacts],
    roots: Sequence[Root],
    found: Sequence[Finding],
    judge: Judge,
    context: Context,
) -> list[Finding]:
    """One finding per root and rule about declarations, over the assets that lack them.

    ``found`` are the other findings: those that are only possible are what would apply.
    """
    rules = tuple(rule for rule in context.rules if rule.subject == "declaration")
    return [
        _finding(rule, root, lacking, found, context)
        for root in roots
        for rule in rules
        for lacking in _lacking(rule, root, assets, judge, context)
    ]


def _lacking(
    rule: Rule, root: Root, assets: Sequence[AssetFacts], judge: Judge, context: Context
) -> list[tuple[Outcome, ...]]:
    """What a rule misses of each declaration that is there, and of those that are not."""
    mine = (a for a in assets if a.asset.root == root.path and a.asset.scenario == root.scenario)
    by_place: dict[Span | None, list[Outcome]] = {}
    for outcome in (judge(rule, asset, context) for asset in mine):
        if outcome and outcome.shown.require.truth is False:
            by_place.setdefault(outcome.shown.require.span, []).append(outcome)
    return [tuple(outcomes) for outcomes in by_place.values()]


def _finding(
    rule: Rule,
    root: Root,
    lacking: Sequence[Outcome],
    found: Sequence[Finding],
    context: Context,
) -> Finding:
    written = lacking[0].shown.require.span
    pending = () if written else tuple(f for f in found if _waits(f, root))
    missing = _missing(lacking, pending)
    words: Words = {
        "missing": lambda: ", ".join(missing),
        "stores": lambda: counted("rules.stores", len(lacking)),
        "apply": lambda: _would_apply(pending),
        "lines": lambda: _lines(missing),
    }
    home = context.relative(root.path)
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
        span=written or root.span,
        clauses=tuple(clause.id for clause in rule.clauses),
        basis="none",
        confidence="P",
        depends_on=missing,
        evidence=tuple(_evidence(outcome) for outcome in lacking[:SHOWN]),
        remediation=fill(rule.remediation, words),
        fingerprint=digest((rule.id, home, *place)),
        rootless=digest((rule.id, *place)),
        home=home,
        group=f"{rule.id}:{','.join(missing)}",
    )


def _waits(finding: Finding, root: Root) -> bool:
    """Whether a finding of the root is only possible for want of its context."""
    here = finding.root == root.path and finding.scenario == root.scenario
    return here and finding.verdict == "possible" and bool(set(finding.depends_on) & set(CONTEXT))


SHOWN = 3
"""Stores named as examples."""


def _missing(lacking: Sequence[Outcome], pending: Sequence[Finding]) -> tuple[str, ...]:
    """Names of what is missing: those of the context first, in their order."""
    asked = {name for o in lacking for name in o.shown.require.depends_on}
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
