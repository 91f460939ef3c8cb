"""Sensitivity follows the data: from what is declared to every copy, log, queue and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from souverain.analysis import Request, analyse
from souverain.catalog import load_catalog

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "sensitivity.yaml").read_text(encoding="utf-8"))
AWS = yaml.safe_load((HERE / "movements.yaml").read_text(encoding="utf-8"))["providers"]["aws"]
TYPES = HERE.parent / "data" / "resource-types"


@pytest.mark.parametrize("name", CASES)
def test_data_is_followed(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    header = "" if 'provider "' in case["terraform"] else AWS
    (tmp_path / "main.tf").write_text(header + case["terraform"], encoding="utf-8")
    if "module" in case:
        (tmp_path / "store").mkdir()
        (tmp_path / "store" / "main.tf").write_text(case["module"], encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    found = {
        asset.asset.address: "; ".join(f"{d.category} {d.certainty}" for d in facts.data)
        for asset in report.assets
        for _, facts in asset.worlds
    }
    assert {address: found.get(address) for address in case["holds"]} == case["holds"]


def test_what_design_names_is_followed() -> None:
    named = {"backup", "replica", "snapshot", "index", "log", "queue", "mount", "key"}
    assert named | {"read-replica", "module", "default-tags", "vector-index"} <= set(CASES)


def test_carrying_names_types_that_exist() -> None:
    known = {t for path in TYPES.glob("*.txt") for t in path.read_text("utf-8").split()}
    assert sorted(set(load_catalog().sensitivity().carrying) - known) == []
