"""What a project has not said: one blocking finding per root asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from souverain.model import AssetFacts, Evidence, Finding, Phrase, phrase
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
        if (lacking := _lacking(rule, root, assets, judge, context))
    ]


def _lacking(
    rule: Rule, root: Root, assets: Sequence[AssetFacts], judge: Judge, context: Context
) -> tuple[Outcome, ...]:
    mine = (a for a in assets if a.asset.root == root.path and a.asset.scenario == root.scenario)
    outcomes = (judge(rule, asset, context) for asset in mine)
    return tuple(o for o in outcomes if o and o.shown.require.truth is False)


def _finding(
    rule: Rule,
    root: Root,
    lacking: Sequence[Outcome],
    found: Sequence[Finding],
    context: Context,
) -> Finding:
    pending = [f for f in found if f.root == root.path and f.scenario == root.scenario]
    pending = [f for f in pending if f.verdict == "possible" and set(f.depends_on) & set(CONTEXT)]
    asked = unique(name for o in lacking for name in o.shown.require.depends_on)
    about_context = any(name in CONTEXT for name in asked) and not _bare(lacking)
    missing = _missing(lacking, pending) if about_context else tuple(sorted(asked))
    words: Words = {
        "missing": lambda: ", ".join(missing),
        "stores": lambda: counted("rules.stores", len(lacking)),
        "apply": lambda: _would_apply(pending),
        "lines": lambda: _lines(missing),
    }
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=lowest((rule.severity, "warning")) if root.library else rule.severity,
        verdict="possible" if root.library else "violation",
        message=fill(rule.message, words),
        address="",
        root=root.path,
        scenario=root.scenario,
        system=None,
        span=root.span,
        clauses=tuple(clause.id for clause in rule.clauses),
        basis="none",
        confidence="P",
        depends_on=missing,
        evidence=tuple(_evidence(outcome) for outcome in lacking[:SHOWN]),
        remediation=fill(rule.remediation, words),
        fingerprint=digest((rule.id, context.relative(root.path), root.scenario or "")),
        group=f"{rule.id}:{','.join(missing)}",
    )


SHOWN = 3
"""Stores named as examples."""


def _missing(lacking: Sequence[Outcome], pending: Sequence[Finding]) -> tuple[str, ...]:
    named = {name for o in lacking for name in o.shown.require.depends_on}
    named |= {name for finding in pending for name in finding.depends_on}
    return tuple(name for name in CONTEXT if name in named)


def _would_apply(pending: Sequence[Finding]) -> str | Phrase:
    named = ", ".join(sorted(unique(f.rule for f in pending)))
    return phrase("rules.may-apply", rules=named) if named else ""


def _lines(missing: Sequence[str]) -> str | Phrase:
    """The lines to add to souverain.yaml, each with its choices."""
    each = [phrase(f"rules.line-{name.replace('_', '-')}") for name in missing]
    return reduce(lambda one, other: phrase("rules.lines", one=one, other=other), each)


def _evidence(outcome: Outcome) -> Evidence:
    asset = outcome.shown.case.facts.asset
    return Evidence("data", phrase("rules.store", address=asset.address), asset.span)
