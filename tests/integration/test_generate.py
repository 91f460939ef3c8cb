"""docs/generate.py: what is out of date is seen, and the numbers are those of the tables."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

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
