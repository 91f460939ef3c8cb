"""From answers in each world to one verdict.

========================================  =====================================
in the worlds where ``when`` is not false  verdict
========================================  =====================================
``require`` false and ``when`` true in all  violation
false in some, or ``when`` open             possible
otherwise unknown in some                   undecided
otherwise                                   satisfied (no outcome)
========================================  =====================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from souverain.model import AssetFacts, Facts, Flow, Verdict
from souverain.records import dataclass
from souverain.rules.model import Answer, Case, Condition, Context, conjunction
from souverain.worlds import Guard

Standing = Literal["breach", "open", "unknown", "fine"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One case in one world: whether the rule speaks of it, and whether it is met."""

    guard: Guard
    case: Case
    when: Answer
    require: Answer

    @property
    def standing(self) -> Standing:
        """Where the case stands in this world."""
        if self.require.truth is True:
            return "fine"
        if self.when.undecided or self.require.undecided:
            return "unknown"
        certain = self.when.truth is True and self.require.truth is False
        return "breach" if certain else "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict over all worlds and the world that shows it best."""

    verdict: Verdict
    shown: Judged
    depends_on: tuple[str, ...]


def ask(conditions: Sequence[Condition], case: Case, context: Context) -> Answer:
    """Kleene AND of conditions, stopping at the first that is false."""
    answers: list[Answer] = []
    for condition in conditions:
        answer = case.answer(condition, context)
        if answer.truth is False:
            return answer
        answers.append(answer)
    return conjunction(answers)


def ask_all(conditions: Sequence[Condition], case: Case, context: Context) -> Answer:
    """Kleene AND of conditions, all of them asked: a finding shows everything that fails."""
    return conjunction(case.answer(condition, context) for condition in conditions)


def quantify(judged: Sequence[Judged]) -> Outcome | None:
    """The outcome of a rule over the worlds where it speaks; None when it is satisfied."""
    by_standing: dict[Standing, list[Judged]] = {}
    for each in judged:
        by_standing.setdefault(each.standing, []).append(each)
    breaches, opens = by_standing.get("breach", []), by_standing.get("open", [])
    unknowns = by_standing.get("unknown", [])
    if breaches and len(breaches) == len(judged):
        return Outcome("violation", breaches[0], ())
    if breaches or opens:
        failing = [*breaches, *opens]
        return Outcome("possible", failing[0], _hangs_on(failing, len(judged)))
    if unknowns:
        return Outcome("undecided", unknowns[0], ())
    return None


def _hangs_on(failing: Sequence[Judged], worlds: int) -> tuple[str, ...]:
    """Undeclared facts, and the alternatives whose choice makes the difference."""
    names = {name for each in failing for name in (*each.when.depends_on, *each.require.depends_on)}
    if len(failing) < worlds:
        names |= {choice.label for each in failing for choice, _ in each.guard if choice.label}
    return tuple(sorted(names))


Flows = Callable[[Facts], Sequence[Flow | None]]


def cases(asset: AssetFacts, flows: Flows) -> tuple[tuple[Guard, Case], ...]:
    """Every case of an asset: one per world, and per flow where rules are about flows."""
    return tuple(
        (guard, Case(facts, flow)) for guard, facts in asset.worlds for flow in flows(facts)
    )
