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

KINDS = ("good", "bad", "unknown")
VERDICT = {"bad": "violation", "unknown": "undecided"}


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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_kind_is_shown_or_cannot_be(rule: Rule) -> None:
    """A rule that gives no verdict of a kind says why, and then shows none."""
    shown = {kind for kind in KINDS if getattr(rule.examples, kind)}
    impossible = {kind for kind, _ in rule.examples.never}
    assert shown ^ impossible == set(KINDS)


def test_what_cannot_be_never_is(scenarios: list[tuple[Path, date]]) -> None:
    impossible = {(rule.id, VERDICT[kind]) for rule in RULES for kind, _ in rule.examples.never}
    assert impossible
    for folder, day in scenarios:
        assert verdicts(str(folder.relative_to(PROJECT)), str(day)) & impossible == set()


def test_every_example_folder_belongs_to_a_rule() -> None:
    used = {
        folder
        for rule in RULES
        for folder in (*rule.examples.good, *rule.examples.bad, *rule.examples.unknown)
    }
    present = {
        path.parent.relative_to(PROJECT).as_posix()
        for kind in KINDS
        for path in (PROJECT / "fixtures" / "rules").glob(f"*/{kind}*/souverain.yaml")
    }
    assert present - used == set()
