"""docs/generate.py: what is out of date is seen, and the numbers are those of the tables."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from souverain.doctrine import load_doctrine
from souverain.rules.load import load_rules

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_page_that_differs_and_one_left_over_are_seen(generate: ModuleType) -> None:
    types = DOCS / "coverage/types.md"
    missing = DOCS / "coverage/missing.md"
    found = set(generate.stale({types: "something else\n", missing: ""}))
    assert {types, missing, DOCS / "coverage/operators.md"} <= found


def test_no_type_is_without_a_role(generate: ModuleType) -> None:
    rows = re.findall(r"^\| (?:`\w+`|\*\*All\*\*) \| (.*) \|$", _types(generate), re.MULTILINE)
    assert len(rows) > 40
    for row in rows:
        total, exact, pattern, default, *roles = map(int, row.split(" | "))
        assert exact + pattern + default == total == sum(roles)
        assert default <= 0.02 * total


def _types(generate: ModuleType) -> str:
    text: str = generate.wanted()[DOCS / "coverage/types.md"]
    return text


def test_every_rule_has_a_page_that_the_index_leads_to(generate: ModuleType) -> None:
    pages = {p.name: text for p, text in generate.wanted().items() if p.parent == DOCS / "rules"}
    ids = {rule.id for rule in load_rules(load_doctrine())}
    assert {name.removesuffix(".md") for name in pages} == ids | {"index"}
    assert set(re.findall(r"\]\((\w+)\.md\)", pages["index.md"])) == ids


def test_a_rule_page_shows_the_law_and_what_its_examples_give(generate: ModuleType) -> None:
    page = generate.wanted()[DOCS / "rules/LOC010.md"]
    assert "| `FR-HDS-2.0:EXI28`: [HDS certification framework 2.0](https://" in page
    assert "), EXI 28 | " in page
    assert "\n> error (violation): " in page
    assert "- Checkov (CKV_AWS_144, " in page
