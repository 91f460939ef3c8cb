"""The page on the clouds' own residency controls names rules that exist, and a reason else."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "residency-controls.md"
ROW = re.compile(r"^\| (?!-|Control \|)(.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
RULE = re.compile(r"\b[A-Z]{3}\d{3}\b")
REASONS = ("none:", "custody", "state", "no clause")


def rows():
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_every_rule_named_exists(bench):
    known = {rule.id for rule in bench.context.rules}
    assert set(RULE.findall(PAGE.read_text(encoding="utf-8"))) <= known


def test_every_control_is_covered_or_says_why_not():
    assert len(rows()) > 50
    for control, _, here in rows():
        assert RULE.search(here) or any(reason in here for reason in REASONS), control


def test_no_control_stands_twice():
    named = [
        word
        for control, _, _ in rows()
        for word in re.findall(r"\b(?:AWS-GR|CT|gcp|compute|iam|storage)[-.\w]+", control)
    ]
    assert len(named) == len(set(named))
