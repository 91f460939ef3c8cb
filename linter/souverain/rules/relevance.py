"""Which rules may speak of a case, found without judging each of them.

Rules ask much the same: what an asset does, which data it holds. Each question is put once,
and a no leaves out every rule that asks it. Of an asset that has none of something (no
setting, no claim), it is not asked which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

from souverain.model import Facts
from souverain.rules.model import NO, YES, Answer, Case, Condition, Context, Rule, SubjectKind


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
                for question in filter(None, (condition, _ANY.get(condition.name))):
                    asks = question.asks
                    asked[asks] = question
                    asking[asks] = asking.get(asks, 0) | 1 << place
                    first[asks] = min(index, first.get(asks, index))

        def worth(asks: str) -> tuple[bool, int, int]:
            """What takes long to answer last; rules ask first what leaves out most."""
            return asked[asks].name in _DEAR, first[asks], -asking[asks].bit_count()

        questions = [(asked[asks], asking[asks]) for asks in sorted(asked, key=worth)]
        self._questions = questions
        self._before_flows = [
            (question, rules)
            for question, rules in questions
            if question.name not in _DEAR and not question.name.startswith(_OF_FLOWS)
        ]

    def of(self, cases: Iterable[Case], context: Context, *subjects: SubjectKind) -> int:
        """The rules about some kinds of subjects that may speak of any of some cases."""
        about = reduce(or_, (self._about.get(subject, 0) for subject in subjects))
        found = 0
        for case in cases:
            found |= _left(about, self._questions, case, context)
        return found

    def reaches_flows(self, cases: Iterable[Case], context: Context) -> bool:
        """Whether any rule may speak of a flow of an asset, whatever its flows are: ``cases``
        are those of the asset itself. To find its flows takes longer than to ask."""
        about = self._about.get("flow", 0)
        return any(_left(about, self._before_flows, case, context) for case in cases)

    def among(self, places: int) -> Iterator[tuple[int, Rule]]:
        """The rules of a set in their order, each as a set of its own."""
        while places:
            first = places & -places
            yield first, self._rules[first.bit_length() - 1]
            places ^= first


_DEAR: Final = frozenset({"data", "data_known"})
"""Predicates that ask which data an asset holds, which may hang on every other asset."""

_OF_FLOWS: Final = "flow_"
"""How the names of predicates begin that ask about one flow."""


def _any(name: str, listed: Callable[[Facts], Sequence[object]]) -> Condition:
    def holds(case: Case, context: Context) -> Answer:
        return YES if listed(case.facts) else NO

    return Condition(name, f"{name}: any", holds)


_ANY: Final[Mapping[str, Condition]] = {
    "has_setting": _any("has_setting", lambda facts: facts.settings),
    "claimed": _any("claimed", lambda facts: facts.claims),
}
"""Of predicates that ask for one of a list, whether there is any."""


def _left(
    rules: int, questions: Sequence[tuple[Condition, int]], case: Case, context: Context
) -> int:
    """The rules that no answer leaves out."""
    for question, asking in questions:
        if rules & asking:
            try:
                if case.answer(question, context).truth is False:
                    rules &= ~asking
            except Exception:  # noqa: BLE001, S112 - rules that ask meet the same fault
                continue
        elif not rules:
            break
    return rules
