"""The examples of every rule, run through the whole pipeline."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.doctrine import load_doctrine
from souverain.rules.load import load_rules
from souverain.rules.model import Rule

PROJECT = Path(__file__).parents[2]
TODAY = "2026-11-22"
RULES = load_rules(load_doctrine())

NOTHING_TO_SHOW = {
    # No HDS certificate of the catalogue has an end date yet: tested on hand-made facts.
    "HDS002",
}


@cache
def verdicts(folder: str, as_of: str, select: tuple[str, ...] = ()) -> frozenset[tuple[str, str]]:
    report = analyse(Request((PROJECT / folder,), date.fromisoformat(as_of), select=select))
    return frozenset((finding.rule, finding.verdict) for finding in report.findings)


def examples(kind: str) -> list:
    return [
        pytest.param(rule, folder, id=f"{rule.id}-{folder.split('/', 2)[2]}")
        for rule in RULES
        for folder in getattr(rule.examples, kind)
    ]


def said(rule: Rule, folder: str, *, alone: bool = False) -> set[str]:
    """``alone``: of rules that ask the same question, one speaks for all."""
    found = verdicts(folder, rule.examples.as_of or TODAY, (rule.id,) if alone else ())
    return {verdict for identifier, verdict in found if identifier == rule.id}


@pytest.mark.parametrize(("rule", "folder"), examples("good"))
def test_good(rule: Rule, folder: str) -> None:
    assert said(rule, folder) == set()


@pytest.mark.parametrize(("rule", "folder"), examples("bad"))
def test_bad(rule: Rule, folder: str) -> None:
    assert said(rule, folder) == {"violation"}


@pytest.mark.parametrize(("rule", "folder"), examples("unknown"))
def test_unknown(rule: Rule, folder: str) -> None:
    assert said(rule, folder, alone=True) == {"undecided"}


def test_every_rule_is_shown() -> None:
    unshown = {r.id for r in RULES if not (r.examples.bad or r.examples.unknown)}
    assert unshown == NOTHING_TO_SHOW


def test_every_rule_that_can_be_undecided_shows_it() -> None:
    shown = {rule.id for rule in RULES if rule.examples.unknown}
    questions = {rule.id for rule in RULES if rule.id.startswith(("EXT", "LOC", "TEC"))}
    assert questions | {"HDS001", "SNC001", "SNC003", "SNC004", "SNC007", "GOV003"} <= shown


def test_every_example_folder_belongs_to_a_rule() -> None:
    used = {
        folder
        for rule in RULES
        for folder in (*rule.examples.good, *rule.examples.bad, *rule.examples.unknown)
    }
    present = {
        path.parent.relative_to(PROJECT).as_posix()
        for kind in ("good", "bad", "unknown")
        for path in (PROJECT / "fixtures" / "rules").glob(f"*/{kind}/souverain.yaml")
    }
    assert present == used
