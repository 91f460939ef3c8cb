"""No two rules speak of the same fact for the same reason.

Every scenario of the repository is run, and every kind of body with every kind of data in
places of every kind. Where two rules find a breach in one fact of one resource, one of them
gives way to the other (``yields_to``) or says why both speak (``see_also``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from souverain.analysis import Request, analyse
from souverain.doctrine import load_doctrine
from souverain.model import AssetFacts, Evidence, Finding, Report
from souverain.rules.load import load_rules

if TYPE_CHECKING:
    from tests.rules.conftest import Run

pytestmark = pytest.mark.xdist_group("runs")

PROJECT = Path(__file__).parents[2]
RULES = {rule.id: rule for rule in load_rules(load_doctrine())}
DECIDING = ("region", "exposure", "certificate", "custody", "flow")
"""Kinds of evidence that say what is wrong; the others say of what and of whom."""

Pairs = dict[tuple[str, str], set[str]]
"""Two rules that found the same fact wrong, and where."""


def layers(assets: Iterable[AssetFacts]) -> set[Evidence]:
    """What says who runs something; each finding on it shows the same."""
    return {
        link
        for asset in assets
        for _, facts in asset.worlds
        for layer in facts.layers
        for link in layer.evidence
    }


def shared(report: Report) -> Iterator[tuple[str, str, str]]:
    """Pairs of rules that found one fact of one resource wrong, and its address."""
    beside = layers(report.assets)
    by_fact: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        for link in finding.evidence:
            if finding.verdict == "violation" and link.kind in DECIDING and link not in beside:
                place = (finding.root, finding.scenario, finding.address)
                by_fact[(*place, link)].append(finding)
    for (_, _, address, _), findings in by_fact.items():
        for one, other in combinations(sorted({finding.rule for finding in findings}), 2):
            yield one, other, str(address)


@pytest.fixture(scope="module")
def in_scenarios(scenarios: list[tuple[Path, date]]) -> Pairs:
    found: Pairs = defaultdict(set)
    for folder, day in scenarios:
        for one, other, address in shared(analyse(Request((folder,), day))):
            found[one, other].add(f"{folder.relative_to(PROJECT)}: {address}")
    return found


@pytest.fixture(scope="module")
def in_everything(runs: tuple[Run, ...]) -> Pairs:
    found: Pairs = defaultdict(set)
    for run in runs:
        for one, other, address in shared(run.report):
            found[one, other].add(f"{run.entity}: {address}")
    return found


def explains(one: str, other: str) -> bool:
    """Whether a rule says why it speaks beside another."""
    return any(other.startswith(named) for named, _ in RULES[one].see_also)


def accounted(pair: tuple[str, str]) -> bool:
    one, other = pair
    gives_way = other in RULES[one].yields_to or one in RULES[other].yields_to
    return gives_way or explains(one, other) or explains(other, one)


def test_a_pair_on_one_fact_says_why(in_scenarios: Pairs, in_everything: Pairs) -> None:
    found = {**in_scenarios, **in_everything}
    assert {pair: sorted(at)[:3] for pair, at in found.items() if not accounted(pair)} == {}


def test_reasons_are_given_for_pairs_that_happen(in_scenarios: Pairs, in_everything: Pairs) -> None:
    happen = {*in_scenarios, *in_everything}
    both_ways = happen | {(other, one) for one, other in happen}
    idle = [
        (rule.id, named)
        for rule in RULES.values()
        for named, _ in rule.see_also
        if not any(one == rule.id and other.startswith(named) for one, other in both_ways)
    ]
    assert idle == []


def test_a_reason_is_given_once(in_everything: Pairs) -> None:
    assert [p for p in in_everything if explains(*p) and explains(*reversed(p))] == []
