"""The name of a chart suggests what all of it holds: releases are named by whoever installs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.test_kubernetes import facts, run

CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: {{ .Release.Name }}-data}\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dossier-patient", [("health_personal", "inferred")]),
        ("health-checker", [("personal", "assumed")]),
    ],
)
def test_a_chart_suggests_its_data(tmp_path: Path, name: str, data: list[tuple[str, str]]) -> None:
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n".replace("shop", name),
        "chart/templates/a.yaml": CLAIM,
    }
    (found,) = facts(run(tmp_path, files)).values()
    assert [(fact.category, fact.certainty) for fact in found.data] == data
