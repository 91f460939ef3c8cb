"""The register of a whole application: overlays for two environments, and a chart in each.

``SNAPSHOTS=write pytest`` writes the snapshots anew, to be reviewed.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from souverain.cli.app import run

REPOSITORY = Path(__file__).parents[2]
APPLICATION = "fixtures/k8s/vaccination-registry"
FOLDER = Path(__file__).parent / "snapshots"


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(REPOSITORY)
    yield
    gc.enable()


def written(command: str, form: str, target: Path) -> str:
    options = ["--format", form, "--lang", "en", "--as-of", "2026-11-22", "--output", str(target)]
    run([command, APPLICATION, *options, *(["--all"] if command == "inventory" else [])])
    return target.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_register(form: str, tmp_path: Path) -> None:
    found = written("inventory", form, tmp_path / "register")
    if form == "json":
        found = json.dumps(json.loads(found)["assets"], indent=1, ensure_ascii=False) + "\n"
    snapshot = FOLDER / f"vaccination-registry.{form}"
    if os.environ.get("SNAPSHOTS") == "write":
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8")


def test_each_environment_is_judged_by_itself(tmp_path: Path) -> None:
    found = json.loads(written("check", "json", tmp_path / "findings"))["findings"]
    said = {
        (Path(f["root"]).name, f["scenario"], f["rule"], f["address"])
        for f in found
        if f["verdict"] == "violation"
    }
    assert said == {
        ("prod", None, "EXT009", "StatefulSet/vaccination/database"),
        ("recette", None, "EXT009", "StatefulSet/vaccination/database"),
        ("recette", None, "EXT007", "CronJob/vaccination/backup"),
        ("recette", None, "LOC013", "CronJob/vaccination/backup"),
        ("recette", None, "EXT007", "DatadogAgent/vaccination/datadog"),
        ("recette", None, "TEC007", "DatadogAgent/vaccination/datadog"),
        ("recette", None, "KEY007", "Secret/vaccination/registry"),
        *(
            ("recette", None, "SNC001", address)
            for address in (
                "CronJob/vaccination/backup",
                "DatadogAgent/vaccination/datadog",
                "Deployment/vaccination/registry",
                "PersistentVolumeClaim/vaccination/attachments",
                "Secret/vaccination/registry",
                "StatefulSet/vaccination/database",
            )
        ),
        ("reminders", "recette", "EXT007", "CronJob/vaccination/release-name"),
    }


def test_findings_point_at_the_files_that_people_change(tmp_path: Path) -> None:
    found = json.loads(written("check", "json", tmp_path / "findings"))["findings"]
    files = {
        f["rule"]: f["file"].removeprefix(f"{APPLICATION}/")
        for f in found
        if f["address"] == "CronJob/vaccination/backup" and f["verdict"] == "violation"
    }
    assert files == {
        "SNC001": "base/backup.yaml",
        "EXT007": "overlays/recette/backup.yaml",
        "LOC013": "overlays/recette/backup.yaml",
    }
