"""The cases whose legal outcome is fixed, each a folder: Terraform, manifest and outcome.

``expected.yaml`` says the day, the exit code and every finding: rule, verdict, severity,
address (none for a finding about the whole root).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from souverain.analysis import Request, analyse
from souverain.cli.running import exit_code
from souverain.model import Report

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/expected.yaml"))


def outcome(report: Report) -> list[str]:
    found = sorted(report.findings, key=lambda f: (f.address, f.rule))
    return [f"{f.rule} {f.verdict} {f.severity} {f.address}".rstrip() for f in found]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    as_of: date = expected["as_of"]
    report = analyse(Request((folder,), as_of))
    assert outcome(report) == expected["findings"], expected["situation"]
    assert exit_code(report) == expected["exit"]


def test_every_folder_has_an_outcome() -> None:
    folders = {path.parent for path in HERE.glob("*/*.tf")}
    assert folders == set(CASES)


def test_every_row_is_there() -> None:
    rows = {
        yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))["row"]
        for folder in CASES
    }
    assert rows == set(range(1, 36))
