"""Which rules may speak of a case, found without judging each of them.

Rules ask much the same: what an asset does, which data it holds. Each question is put once,
and a no leaves out every rule that asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from souverain.rules.model import Case, Condition, Context, Rule, SubjectKind


class Relevance:
    """Some rules, by their questions. Sets of rules are bits, by the place of each."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._about: dict[SubjectKind, int] = {}
        asked: dict[str, Condition] = {}
        asking: dict[str, int] = {}
        for place, rule in enumerate(rules):
            self._about[rule.subject] = self._about.get(rule.subject, 0) | 1 << place
            for condition in rule.when:
                asked[condition.asks] = condition
                asking[condition.asks] = asking.get(condition.asks, 0) | 1 << place
        questions = ((asked[asks], rules_asking) for asks, rules_asking in asking.items())
        self._questions = sorted(questions, key=lambda question: -question[1].bit_count())

    def of(self, subject: SubjectKind, cases: Iterable[Case], context: Context) -> int:
        """The rules about a kind of subject that may speak of any of some cases."""
        found = 0
        for case in cases:
            found |= self._of_case(self._about.get(subject, 0), case, context)
        return found

    def _of_case(self, left: int, case: Case, context: Context) -> int:
        for condition, asking in self._questions:
            if left & asking and _denied(condition, case, context):
                left &= ~asking
        return left

    def among(self, places: int) -> Iterator[tuple[int, Rule]]:
        """The rules of a set in their order, each as a set of its own."""
        for place, rule in enumerate(self._rules):
            if places >> place & 1:
                yield 1 << place, rule


def _denied(condition: Condition, case: Case, context: Context) -> bool:
    try:
        return case.answer(condition, context).truth is False
    except Exception:  # noqa: BLE001 - the rules that ask it meet the same fault, and tell it
        return False
