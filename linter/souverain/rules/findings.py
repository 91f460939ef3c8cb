"""Findings made of outcomes: message, chain, fingerprint and group."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from souverain.model import PROJECT_WIDE, Asset, Evidence, Finding, Phrase, Severity, Span, Verdict
from souverain.records import replace
from souverain.rules.model import Context, Rule
from souverain.rules.quantifier import Judged, Outcome
from souverain.rules.severity import eased, ground, severity_of
from souverain.rules.waysout import way_out
from souverain.rules.wording import fill, message, reason_of, words

_DECLARED: Final = "facts.cluster-declared"
"""What is said of an object that stands where the project says its cluster is."""


def finding_of(rule: Rule, asset: Asset, outcome: Outcome, context: Context) -> Finding:
    """The finding of one rule on one asset (or one flow of it)."""
    if asset.library and outcome.verdict == "violation":
        outcome = replace(outcome, verdict="possible")
    shown = outcome.shown
    rests_on = ground(rule, shown.case, shown.when.categories, context)
    severity = severity_of(rule, outcome.verdict, rests_on, shown.when)
    severity, why = eased(rule.eased, severity, shown.case, context)
    fact = _fact(shown)
    cause = _cause(shown, fact)
    home = context.relative(asset.root)
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=severity,
        verdict=outcome.verdict,
        message=message(rule.message, rule.title, outcome, context),
        address=asset.address,
        root=asset.root,
        scenario=asset.scenario,
        system=shown.case.facts.declared.system,
        span=_span(outcome, asset),
        clauses=tuple(clause.id for clause in rests_on.clauses),
        basis=rests_on.basis,
        confidence=rests_on.confidence,
        depends_on=outcome.depends_on,
        evidence=tuple(dict.fromkeys((*why, *_chain(shown)))),
        remediation=_remediation(rule, outcome, context),
        fingerprint=fingerprint(rule.id, home, asset, fact),
        group=group(rule, _asked(shown, asset, cause), outcome.verdict, severity, cause),
        question=cause if outcome.verdict == "undecided" else "",
        rootless=fingerprint(rule.id, "", asset, fact),
        home=home,
    )


def _remediation(rule: Rule, outcome: Outcome, context: Context) -> Phrase:
    """What to change, or, where nothing could be decided, how to decide."""
    if outcome.verdict == "undecided":
        is_object = bool(outcome.shown.case.facts.asset.kind)
        return way_out(reason_of(outcome.shown), is_object=is_object)
    return fill(rule.remediation, words(outcome.shown, context))


def _span(outcome: Outcome, asset: Asset) -> Span:
    """The place that decides; of what is undecided, the place that the sentence speaks of."""
    judged = outcome.shown
    unknown = judged.when.undecided or judged.require.undecided
    if outcome.verdict == "undecided" and judged.when.undecided and judged.when.undecided.span:
        return judged.when.undecided.span
    return judged.require.span or (unknown.span if unknown else None) or asset.span


def _fact(judged: Judged) -> str:
    flow = judged.case.flow
    if flow is None:
        return judged.require.fact
    return f"{flow.kind}>{flow.target or flow.operator or ''}:{judged.require.fact}"


def _asked(judged: Judged, asset: Asset, cause: str) -> str:
    """The root that a question is put to; "" for one that all roots share: what is not known of
    the project, and what the cluster it declares is."""
    is_shared = cause.startswith(PROJECT_WIDE)
    if asset.kind and judged.case.flow is None:
        layers = judged.case.facts.layers
        is_shared |= bool(layers) and all(
            any(said.text.key == _DECLARED for said in layer.evidence) for layer in layers
        )
    return "" if is_shared else asset.root


def _cause(judged: Judged, fact: str) -> str:
    unknown = judged.when.undecided or judged.require.undecided
    if unknown:
        return unknown.cause or unknown.reason.key
    if judged.case.flow is not None:
        return fact
    operators = sorted({layer.operator or "?" for layer in judged.case.facts.layers})
    return f"{fact}@{'+'.join(operators)}"


def _chain(judged: Judged) -> Iterator[Evidence]:
    """What the conclusion rests on: the data, who runs it, then the deciding facts."""
    yield from judged.when.evidence
    for layer in judged.case.facts.layers:
        yield from layer.evidence
    yield from judged.require.evidence


def fingerprint(rule: str, root: str, asset: Asset, fact: str) -> str:
    """Identity of a finding from run to run: no line numbers, no working directory."""
    parts = (rule, root, asset.scenario or "", asset.known_as, asset.address, fact)
    return digest(parts)


def digest(parts: Iterable[str]) -> str:
    """Hash of some texts, 32 hexadecimal digits."""
    # A file name that is not UTF-8 holds lone surrogates.
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def group(rule: Rule, root: str, verdict: Verdict, severity: Severity, cause: str) -> str:
    """Findings that say the same thing for the same reason share it.

    What is only informational, or one question for all, is told once per repository, the
    rest once per root.
    """
    where = () if severity == "info" or not root else (root,)
    return ":".join((rule.id, *where, verdict, severity, cause))
