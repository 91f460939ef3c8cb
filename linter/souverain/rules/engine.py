"""Every rule over every asset, flow, declaration and source: the findings of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

from souverain.model import (
    SEVERITY_ORDER,
    AssetFacts,
    Facts,
    Finding,
    Flow,
    Ledger,
)
from souverain.records import replace
from souverain.rules.declarations import Lacking, declaration_findings
from souverain.rules.findings import digest, finding_of
from souverain.rules.model import Case, Context, Root, Rule, SubjectKind
from souverain.rules.quantifier import Judged, Outcome, ask, ask_all, quantify
from souverain.rules.relevance import Relevance
from souverain.rules.severity import BASIS_ORDER, binding, speaks
from souverain.rules.sources import crash_finding, source_findings
from souverain.worlds import Guard


def evaluate(
    assets: Sequence[AssetFacts],
    ledger: Ledger,
    roots: Sequence[Root],
    context: Context,
) -> tuple[Finding, ...]:
    """All findings worth telling, in a deterministic order, each with its own fingerprint."""
    return told_once(judge(assets, ledger, roots, context), context.rules)


def judge(
    assets: Sequence[AssetFacts],
    ledger: Ledger,
    roots: Sequence[Root],
    context: Context,
) -> tuple[Finding, ...]:
    """What every rule finds, including what another finding says as well.

    A rule that fails becomes a finding of
    :data:`~souverain.rules.sources.INTERNAL_ERROR` and the others go on.
    """
    context = _bound(context)
    live, relevance = _relevance(context)
    lacking: Lacking = {}
    found = [
        finding for asset in assets for finding in _of_asset(asset, relevance, lacking, context)
    ]
    told = told_once(found, context.rules)
    found += declaration_findings(lacking, roots, told, context)
    found += source_findings(ledger, live, context)
    return tuple(found)


def silence(context: Context) -> Callable[[Facts], bool]:
    """Tells of an asset's facts in one world whether no rule may speak of it, whatever is not
    read of them for that."""
    context = _bound(context)
    _, relevance = _relevance(context)

    def is_silent(facts: Facts) -> bool:
        cases = (Case(facts),)
        return not relevance.of(cases, context, *_OF_ASSETS) and not relevance.reaches_flows(
            cases, context
        )

    return is_silent


def _bound(context: Context) -> Context:
    """The context with its rules as they bind on the day of the run."""
    return replace(context, rules=[binding(rule, context.as_of) for rule in context.rules])


def _relevance(context: Context) -> tuple[tuple[Rule, ...], Relevance]:
    """The rules that speak on the day of the run."""
    live = tuple(rule for rule in context.rules if speaks(rule, context.as_of))
    return live, Relevance(sorted(live, key=lambda rule: rule.subject != "declaration"))


_OF_ASSETS: Final[tuple[SubjectKind, ...]] = ("declaration", "asset")
"""Subjects of the rules that are asked about an asset itself."""


def _of_asset(
    asset: AssetFacts, relevance: Relevance, lacking: Lacking, context: Context
) -> list[Finding]:
    """Findings about one asset; what its declarations lack is told of its root as a whole."""
    found: list[Finding] = []
    own = _cases(asset)
    groups: list[tuple[Cases, tuple[SubjectKind, ...]]] = [(own, _OF_ASSETS)]
    if relevance.reaches_flows((case for _, case in own), context):
        groups += ((cases, ("flow",)) for cases in _flow_cases(asset).values())
    heard = [
        (relevance.of((case for _, case in cases), context, *subjects), cases)
        for cases, subjects in groups
    ]
    for one, rule in relevance.among(reduce(or_, (rules for rules, _ in heard))):
        try:
            outcomes = [
                outcome
                for rules, cases in heard
                if rules & one and (outcome := _outcome_of(rule, cases, context))
            ]
            if rule.subject == "declaration":
                place = (asset.asset.root, asset.asset.scenario, rule.id)
                lacking.setdefault(place, []).extend(outcomes)
            else:
                found += [finding_of(rule, asset.asset, each, context) for each in outcomes]
        except Exception as error:  # noqa: BLE001, PERF203 - one faulty rule must not hide the others
            found.append(crash_finding(rule, asset.asset, error, context))
    return found


# --- one rule, one asset --------------------------------------------------------------


Cases = Sequence[tuple[Guard, Case]]
"""A case in each world that has it."""


def _outcome_of(rule: Rule, cases: Cases, context: Context) -> Outcome | None:
    judged = tuple(_judge_all(rule, cases, context))
    return quantify(judged) if judged else None


def _judge_all(rule: Rule, cases: Cases, context: Context) -> Iterator[Judged]:
    """Judgements in the worlds where the rule speaks."""
    for guard, case in cases:
        when = ask(rule.when, case, context)
        if when.truth is not False:
            yield Judged(guard, case, when, ask_all(rule.require, case, context))


def _cases(asset: AssetFacts) -> Cases:
    """The asset itself in each world."""
    return tuple((guard, Case(facts)) for guard, facts in asset.worlds)


FlowKey = tuple[object, ...]


def _flow_cases(asset: AssetFacts) -> dict[FlowKey, list[tuple[Guard, Case]]]:
    """Cases of each flow over the worlds that have it."""
    cases: dict[FlowKey, list[tuple[Guard, Case]]] = {}
    for guard, facts in asset.worlds:
        for key, flow in _numbered(facts):
            cases.setdefault(key, []).append((guard, Case(facts, flow)))
    return cases


def _numbered(facts: Facts) -> Iterator[tuple[FlowKey, Flow]]:
    """Flows with a key that is the same in every world: one attribute can hold several."""
    seen: dict[FlowKey, int] = {}
    for flow in facts.flows:
        place = (flow.span.file, flow.span.start) if flow.span else ()
        key: FlowKey = (flow.kind, flow.operator, *place)
        seen[key] = seen.get(key, 0) + 1
        yield (*key, seen[key]), flow


# --- saying things once ---------------------------------------------------------------


def told_once(found: Sequence[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Findings in order, without those that another one on the same asset says already.

    What is suppressed says nothing for others: they are told in its place.
    """
    by_asset: dict[tuple[str, str | None, str], list[Finding]] = {}
    for finding in found:
        by_asset.setdefault((finding.root, finding.scenario, finding.address), []).append(finding)
    by_id = {rule.id: rule for rule in rules}
    told = (
        finding
        for same in by_asset.values()
        for finding in _once_per_question(_unsaid(same, by_id), by_id)
    )
    return distinct(sorted(told, key=_order))


def _unsaid(found: Sequence[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """Findings without those that another finding on the asset says more precisely."""
    loudest: dict[str, tuple[int, bool]] = {}
    for finding in found:
        if not finding.question and finding.suppressed is None:
            loudest[finding.rule] = max(_loudness(finding), loudest.get(finding.rule, SILENT))
    return [
        finding
        for finding in found
        if finding.question
        or all(
            loudest.get(other, SILENT) < _loudness(finding) for other in _yields_to(finding, rules)
        )
    ]


def _yields_to(finding: Finding, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    rule = rules.get(finding.rule)
    return rule.yields_to if rule is not None else ()


SILENT = (0, False)


def _loudness(finding: Finding) -> tuple[int, bool]:
    """Severity, then certainty: what is only possible never stands for what is certain."""
    return SEVERITY_ORDER[finding.severity], finding.verdict == "violation"


def _once_per_question(found: Sequence[Finding], rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """One undecided finding per asset and cause: it takes the clauses of the others."""
    open_: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.question and finding.suppressed is None:
            open_.setdefault(finding.question, []).append(finding)
        else:
            yield finding
    for same in open_.values():
        kept = max(same, key=lambda f: _gravity(f, rules[f.rule]))
        clauses = tuple(dict.fromkeys(c for f in (kept, *same) for c in f.clauses))
        yield replace(kept, clauses=clauses)


def _gravity(finding: Finding, rule: Rule) -> tuple[int, ...]:
    """What counts most; of equals, what rests on the highest authority, then on most clauses."""
    return (
        SEVERITY_ORDER[finding.severity],
        SEVERITY_ORDER[rule.undecided],
        SEVERITY_ORDER[rule.severity],
        BASIS_ORDER[finding.basis],
        len(finding.clauses),
    )


def _order(finding: Finding) -> tuple[str, str, str, int, str, str, str]:
    return (
        finding.root,
        finding.scenario or "",
        finding.span.file,
        finding.span.start,
        finding.address,
        finding.rule,
        finding.fingerprint,
    )


def distinct(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings with unique fingerprints: equals are numbered in order."""
    seen: dict[str, int] = {}
    kept: list[Finding] = []
    for finding in found:
        seen[finding.fingerprint] = count = seen.get(finding.fingerprint, 0) + 1
        if count > 1:
            own = digest((finding.fingerprint, str(count)))
            finding = replace(finding, fingerprint=own)  # noqa: PLW2901 - most stay as they are
        kept.append(finding)
    return tuple(kept)
