"""Which clauses speak, and how severe a finding may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from souverain.doctrine.model import ANY, Clause, in_force
from souverain.model import (
    CONFIDENCE_ORDER,
    SEVERITY_ORDER,
    Basis,
    Confidence,
    Evidence,
    Severity,
    Verdict,
    phrase,
)
from souverain.records import dataclass, replace
from souverain.rules.model import NO, Answer, Case, Condition, Context, Easing, Rule
from souverain.rules.quantifier import ask

BASIS_ORDER: dict[Basis, int] = {
    "law": 5,
    "instruction": 4,
    "framework": 3,
    "guidance": 2,
    "contract": 1,
    "none": 0,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """The clauses a finding rests on, for one entity and day."""

    clauses: tuple[Clause, ...] = ()
    contested: bool = False
    """Sources disagree on whether the entity is bound."""

    @property
    def basis(self) -> Basis:
        """The highest authority among the clauses."""
        found = (c.text.basis for c in self.clauses if c.text.status != "draft")
        return max(found, key=BASIS_ORDER.__getitem__, default="none")

    @property
    def confidence(self) -> Confidence:
        """The best confidence among the clauses; what rests on none is our own accounting."""
        found = (c.confidence for c in self.clauses)
        return max(found, key=CONFIDENCE_ORDER.__getitem__, default="P")

    @property
    def draft(self) -> bool:
        """Whether nothing but drafts supports it."""
        return bool(self.clauses) and all(c.text.status == "draft" for c in self.clauses)


def live(rule: Rule, as_of: date) -> tuple[Clause, ...]:
    """Clauses of the rule in force that day."""
    return tuple(clause for clause in rule.clauses if in_force(clause, as_of))


def speaks(rule: Rule, as_of: date) -> bool:
    """Whether the rule rests on something that day (a rule without clauses always does)."""
    return not rule.clauses or bool(live(rule, as_of))


def binding(rule: Rule, as_of: date) -> Rule:
    """The rule for those whom its clauses oblige that day.

    Whether they oblige the declared entity is open when it is not declared.
    """
    clauses = live(rule, as_of)
    if not clauses or any(ANY in clause.binds for clause in clauses):
        return rule

    def bound(case: Case, context: Context) -> Answer:
        entity = case.facts.declared.entity
        if entity is None:
            return Answer(None, depends_on=("entity",))
        if not any(clause.binding(entity) for clause in clauses):
            return NO
        said = phrase("rules.declared-entity", entity=entity)
        return Answer(True, evidence=(Evidence("declaration", said),))

    asks = f"bound: {' '.join(clause.id for clause in clauses)}"
    return replace(rule, when=(*rule.when, Condition("bound", asks, bound)))


def ground(rule: Rule, case: Case, categories: frozenset[str], context: Context) -> Ground:
    """The clauses of the rule that speak of this entity and data.

    Frameworks bind nobody by themselves: they are cited beside a clause that does.
    """
    clauses = tuple(
        clause for clause in live(rule, context.as_of) if not categories or clause.about(categories)
    )
    entity = case.facts.declared.entity
    if entity is None:
        return Ground(clauses)
    cited = tuple(c for c in clauses if not c.binds or c.binding(entity))
    binding = tuple(c for c in cited if c.binding(entity))
    contested = bool(binding) and all(entity in c.contested for c in binding)
    return Ground(cited, contested)


def severity_of(rule: Rule, verdict: Verdict, ground: Ground, when: Answer) -> Severity:
    """The rule's severity under every cap that applies.

    ``when`` is why the rule speaks: an error needs data that is known to be what it says.
    """
    severity = rule.undecided if verdict == "undecided" else rule.severity
    caps: list[Severity] = []
    if verdict == "possible" or when.undecided or when.certainty in ("inferred", "assumed"):
        caps.append("warning")
    if ground.contested or CONFIDENCE_ORDER[ground.confidence] < CONFIDENCE_ORDER["S"]:
        caps.append("warning")
    if ground.draft:
        caps.append("info")
    return lowest((severity, *caps))


def eased(
    easings: Sequence[Easing], severity: Severity, case: Case, context: Context
) -> tuple[Severity, tuple[Evidence, ...]]:
    """The severity after every circumstance that certainly holds, and why it was lowered."""
    asked = [(easing, ask(easing.when, case, context)) for easing in easings]
    lowering = [
        (easing, answer)
        for easing, answer in asked
        if answer.truth is True and SEVERITY_ORDER[easing.to] < SEVERITY_ORDER[severity]
    ]
    why = tuple(
        link
        for easing, answer in lowering
        for link in (Evidence("declaration", easing.because), *answer.evidence)
    )
    return lowest((severity, *(easing.to for easing, _ in lowering))), why


def lowest(severities: Iterable[Severity]) -> Severity:
    """The least severe of some severities (at least one)."""
    return min(severities, key=SEVERITY_ORDER.__getitem__)
