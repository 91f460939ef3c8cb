"""No finding goes beyond the dates, the bodies and the data of the clauses it cites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from souverain.doctrine import load_doctrine
from souverain.doctrine.model import ANY, Clause, in_force
from souverain.model import Facts, Finding, Report
from souverain.rules.load import load_rules

if TYPE_CHECKING:
    from tests.rules.conftest import Run

pytestmark = pytest.mark.xdist_group("runs")

DOCTRINE = load_doctrine()
RULES = {rule.id: rule for rule in load_rules(DOCTRINE)}


def cited(run: Run) -> list[tuple[Finding, tuple[Clause, ...]]]:
    """Findings that rest on clauses, and which."""
    return [
        (finding, tuple(DOCTRINE.clause(identifier) for identifier in finding.clauses))
        for finding in run.report.findings
        if finding.clauses
    ]


@pytest.fixture(scope="module")
def judged(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    assert {finding.rule for run in runs for finding, _ in cited(run)} >= {"LOC001", "SNC006"}
    return runs


def test_every_clause_is_in_force_on_the_day(judged: tuple[Run, ...]) -> None:
    late = [
        (run.day, finding.rule, clause.id)
        for run in judged
        for finding, clauses in cited(run)
        for clause in clauses
        if not in_force(clause, run.day)
    ]
    assert late == []


def test_some_clause_binds_the_body(judged: tuple[Run, ...]) -> None:
    free = {
        (run.entity, finding.rule)
        for run in judged
        for finding, clauses in cited(run)
        if not any(ANY in clause.binds or clause.binding(run.entity) for clause in clauses)
    }
    assert free == set()


def test_some_clause_is_about_the_data(judged: tuple[Run, ...]) -> None:
    beside = {
        (finding.rule, tuple(sorted(data)))
        for run in judged
        for finding, clauses in cited(run)
        if (data := categories(run.report, finding.address))
        and not any(clause.about(frozenset(data)) for clause in clauses)
    }
    assert beside == set()


def categories(report: Report, address: str) -> set[str]:
    """Data that an asset holds, in any world."""
    held: list[Facts] = [
        facts
        for asset in report.assets
        if asset.asset.address == address
        for _, facts in asset.worlds
    ]
    return {fact.category for facts in held for fact in facts.data}
