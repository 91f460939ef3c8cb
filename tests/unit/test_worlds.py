"""Worlds are consistent: what was chosen once holds everywhere in the same world."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from souverain.worlds import Choice, Memo, Worlds, compatible

REGION = Choice(("root", "", "var.region"), 3, "var.region")
PROD = Choice(("root", "", "var.prod"), 2, "var.prod")


def test_a_computation_without_alternatives_runs_once() -> None:
    runs: list[int] = []
    results = Worlds().explore(lambda: runs.append(1) or "only")
    assert results == (((), "only"),)
    assert runs == [1]


def test_every_option_is_met_once_and_in_order() -> None:
    worlds = Worlds()
    results = worlds.explore(lambda: worlds.choose(REGION))
    assert [value for _, value in results] == [0, 1, 2]
    assert [guard for guard, _ in results] == [((REGION, n),) for n in range(3)]


def test_the_same_choice_met_twice_agrees() -> None:
    worlds = Worlds()
    results = worlds.explore(lambda: (worlds.choose(REGION), worlds.choose(REGION)))
    assert [value for _, value in results] == [(0, 0), (1, 1), (2, 2)]


def test_independent_choices_are_combined() -> None:
    worlds = Worlds()
    results = worlds.explore(lambda: (worlds.choose(REGION), worlds.choose(PROD)))
    assert sorted(value for _, value in results) == [(r, p) for r in range(3) for p in range(2)]


def test_a_choice_that_only_one_world_needs_does_not_split_the_others() -> None:
    worlds = Worlds()

    def compute() -> str:
        if worlds.choose(PROD) == 0:
            return f"region {worlds.choose(REGION)}"
        return "none"

    values = [value for _, value in worlds.explore(compute)]
    assert values == ["region 0", "region 1", "region 2", "none"]


def test_outside_an_exploration_a_choice_is_refused() -> None:
    worlds = Worlds()
    assert worlds.choose(REGION) is None
    assert worlds.refusals == 1


def test_past_the_limit_choices_are_refused_and_one_result_is_left() -> None:
    worlds = Worlds(limit=4)
    many = [Choice((str(n),), 2) for n in range(5)]
    results = worlds.explore(lambda: tuple(worlds.choose(choice) for choice in many))
    assert results == (((), (None,) * 5),)


def test_a_memo_is_computed_once_per_world_that_matters_to_it() -> None:
    worlds, memo, runs = Worlds(), Memo[str](), []

    def region() -> str:
        runs.append(1)
        return f"region-{worlds.choose(REGION)}"

    results = worlds.explore(lambda: (worlds.choose(PROD), memo.get(worlds, region)))
    assert len(runs) == 3
    assert sorted(value for _, value in results) == [
        (p, f"region-{r}") for p in range(2) for r in range(3)
    ]


def test_a_memo_read_again_still_rests_on_its_choices() -> None:
    worlds, memo = Worlds(), Memo[int]()
    worlds.explore(lambda: memo.get(worlds, lambda: worlds.choose(REGION) or 0))
    again = worlds.explore(lambda: memo.get(worlds, lambda: worlds.choose(REGION) or 0))
    assert [(len(guard), value) for guard, value in again] == [(1, 0), (1, 1), (1, 2)]


def test_a_refused_choice_is_never_remembered() -> None:
    worlds, memo = Worlds(), Memo[int | None]()
    assert memo.get(worlds, lambda: worlds.choose(PROD)) is None
    results = worlds.explore(lambda: memo.get(worlds, lambda: worlds.choose(PROD)))
    assert [value for _, value in results] == [0, 1]


def test_a_refused_value_is_computed_once_and_taints_what_rests_on_it() -> None:
    worlds, inner, outer = Worlds(), Memo[int | None](), Memo[int | None]()
    runs: list[int] = []

    def compute() -> int | None:
        runs.append(1)
        return worlds.choose(PROD)

    assert [inner.get(worlds, compute) for _ in range(3)] == [None] * 3
    assert len(runs) == 1
    assert outer.get(worlds, lambda: inner.get(worlds, compute)) is None
    results = worlds.explore(lambda: outer.get(worlds, lambda: inner.get(worlds, compute)))
    assert [value for _, value in results] == [0, 1]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), max_size=5))
def test_guards_are_disjoint_and_results_cover_every_combination(
    draws: list[tuple[int, int]],
) -> None:
    worlds = Worlds(limit=1000)
    sizes: dict[int, int] = {}
    for name, size in draws:
        sizes.setdefault(name, size)
    choices = [Choice((str(name),), sizes[name]) for name, _ in draws]
    results = worlds.explore(lambda: tuple(worlds.choose(choice) for choice in choices))
    expected = 1
    for size in sizes.values():
        expected *= size
    assert len(results) == expected
    assert len({value for _, value in results}) == expected
    guards = [guard for guard, _ in results]
    for n, guard in enumerate(guards):
        assert not any(compatible(guard, other) for other in guards[n + 1 :])
