"""Every scenario of the repository."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)

Scenarios = list[tuple[Path, date]]
"""Folders, and the day each is judged on."""


@pytest.fixture(scope="session")
def scenarios() -> Scenarios:
    cases = sorted((PROJECT / "tests" / "cases").glob("*/expected.yaml"))
    dated = [(path.parent, yaml.safe_load(path.read_text("utf-8"))["as_of"]) for path in cases]
    shown = sorted(path.parent for path in (PROJECT / "fixtures").glob("**/souverain.yaml"))
    return dated + [(folder, TODAY) for folder in shown]
