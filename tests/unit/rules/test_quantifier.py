"""The quantifier against its definition, over every small set of worlds."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from souverain.model import Undecided, phrase
from souverain.rules.model import NO, YES, Answer, Case, conjunction
from souverain.rules.quantifier import Judged, quantify
from souverain.worlds import Choice

UNKNOWN = Answer(None, undecided=Undecided(phrase("rules.no-reason")))
UNDECLARED = Answer(None, depends_on=("harm",))
WHENS = (YES, UNKNOWN, UNDECLARED)
REQUIRES = (YES, NO, UNKNOWN, Answer(None))


def judged(when: Answer, require: Answer, option: int = 0) -> Judged:
    choice = Choice(("root", "", "var.region"), 2, "var.region")
    return Judged(((choice, option),), Case.__new__(Case), when, require)


def expected(worlds: list[Judged]) -> str | None:
    """The table of DESIGN, read literally."""
    if worlds and all(w.when.truth is True and w.require.truth is False for w in worlds):
        return "violation"
    certain = [w for w in worlds if not w.when.undecided and not w.require.undecided]
    if any(w.require.truth is not True for w in certain):
        return "possible"
    if any(w.require.truth is not True for w in worlds):
        return "undecided"
    return None


@given(
    st.lists(
        st.builds(judged, st.sampled_from(WHENS), st.sampled_from(REQUIRES), st.integers(0, 1)),
        max_size=4,
    )
)
def test_verdicts_follow_the_table(worlds):
    outcome = quantify(worlds)
    assert (outcome.verdict if outcome else None) == expected(worlds)


def test_all_pairs_of_answers_have_a_standing():
    for when, require in itertools.product(WHENS, REQUIRES):
        assert judged(when, require).standing in ("breach", "open", "unknown", "fine")


def test_a_possible_outcome_names_the_choice_that_makes_the_difference():
    outcome = quantify([judged(YES, NO, 0), judged(YES, YES, 1)])
    assert outcome is not None
    assert outcome.verdict == "possible"
    assert outcome.depends_on == ("var.region",)


def test_a_choice_that_makes_no_difference_is_not_named():
    outcome = quantify([judged(UNDECLARED, NO, 0), judged(UNDECLARED, NO, 1)])
    assert outcome is not None
    assert outcome.depends_on == ("harm",)


def test_no_world_where_the_rule_speaks_is_no_outcome():
    assert quantify([]) is None


@given(st.lists(st.sampled_from((YES, NO, UNKNOWN, UNDECLARED)), max_size=4))
def test_conjunction_is_kleene(answers):
    truths = [a.truth for a in answers]
    together = conjunction(answers)
    if False in truths:
        assert together.truth is False
    elif None in truths:
        assert together.truth is None
    else:
        assert together.truth is True
    assert bool(together.undecided) == (
        together.truth is None and any(a is UNKNOWN for a in answers)
    )
