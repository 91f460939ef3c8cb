"""Which rules may speak of a case, found without judging each of them.

Rules ask much the same: what an asset does, which data it holds. Each question is put once,
and a no leaves out every rule that asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Final

from souverain.rules.model import Case, Condition, Context, Rule, SubjectKind


class Relevance:
    """Some rules, by their questions. Sets of rules are bits, by the place of each."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._about: dict[SubjectKind, int] = {}
        asked: dict[str, Condition] = {}
        asking: dict[str, int] = {}
        first: dict[str, int] = {}
        for place, rule in enumerate(rules):
            self._about[rule.subject] = self._about.get(rule.subject, 0) | 1 << place
            for index, condition in enumerate(rule.when):
                asks = condition.asks
                asked[asks] = condition
                asking[asks] = asking.get(asks, 0) | 1 << place
                first[asks] = min(index, first.get(asks, index))

        def worth(asks: str) -> tuple[bool, int, int]:
            """What takes long to answer last; rules ask first what leaves out most."""
            return asked[asks].name in _DEAR, first[asks], -asking[asks].bit_count()

        self._questions = [(asked[asks], asking[asks]) for asks in sorted(asked, key=worth)]

    def of(self, cases: Iterable[Case], context: Context, *subjects: SubjectKind) -> int:
        """The rules about some kinds of subjects that may speak of any of some cases."""
        about = reduce(or_, (self._about.get(subject, 0) for subject in subjects))
        found = 0
        for case in cases:
            found |= self._of_case(about, case, context)
        return found

    def _of_case(self, left: int, case: Case, context: Context) -> int:
        for condition, asking in self._questions:
            if not left:
                break
            if left & asking and _denied(condition, case, context):
                left &= ~asking
        return left

    def among(self, places: int) -> Iterator[tuple[int, Rule]]:
        """The rules of a set in their order, each as a set of its own."""
        for place, rule in enumerate(self._rules):
            if places >> place & 1:
                yield 1 << place, rule


_DEAR: Final = frozenset({"data", "data_known"})
"""Predicates that ask which data an asset holds, which may hang on every other asset."""


def _denied(condition: Condition, case: Case, context: Context) -> bool:
    try:
        return case.answer(condition, context).truth is False
    except Exception:  # noqa: BLE001 - the rules that ask it meet the same fault, and tell it
        return False
