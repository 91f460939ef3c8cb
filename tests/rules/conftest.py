"""Every scenario of the repository, and every kind of body with every kind of data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from souverain.analysis import Request, analyse
from souverain.model import Report
from souverain.project.vocabulary import DATA, ENTITIES

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


PLACES = {
    "here": 'provider "aws" {\n  alias  = "here"\n  region = "eu-west-3"\n}\n',
    "away": 'provider "aws" {\n  alias  = "away"\n  region = "us-east-1"\n}\n',
    "near": 'provider "aws" {\n  alias  = "near"\n  region = "eu-central-2"\n}\n',
}


def everything(entity: str) -> dict[str, str]:
    """A project of ``entity`` that keeps and copies data of every category in every place."""
    names = [(category, place) for category in DATA for place in PLACES]
    system = "  - {{name: {0}, addresses: ['*.{0}_*'], data: [{0}], harm: [health_life]}}"
    manifest = [
        "version: 1",
        f"entity: {entity}",
        "eds: true",
        "systems:",
        *(system.format(category) for category in DATA),
    ]
    store = (
        'resource "aws_db_instance" "{0}_{1}" {{\n  provider = aws.{1}\n'
        '  tags = {{ secnumcloud = "yes", hds-certified = "yes", label = "souverain" }}\n}}\n'
    )
    copy = (
        'resource "aws_db_instance_automated_backups_replication" "{0}_copy" {{\n'
        "  provider               = aws.away\n"
        "  source_db_instance_arn = aws_db_instance.{0}_here.arn\n}}\n"
    )
    blocks = (
        *PLACES.values(),
        *(store.format(*name) for name in names),
        *(copy.format(category) for category in DATA),
    )
    return {"souverain.yaml": "\n".join(manifest) + "\n", "main.tf": "".join(blocks)}


@dataclass(frozen=True)
class Run:
    """What was found of a body that keeps everything everywhere, on one day."""

    entity: str
    day: date
    report: Report


DAYS = (date(2016, 1, 1), date(2022, 1, 1), date(2024, 6, 1), TODAY)
"""Before any text but those of 2014 and 2015, then after each wave of them."""


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, ...]:
    return tuple(_runs(tmp_path_factory))


def _runs(folders: pytest.TempPathFactory) -> Iterator[Run]:
    for entity in ENTITIES:
        folder = folders.mktemp(entity)
        for name, text in everything(entity).items():
            (folder / name).write_text(text, "utf-8")
        for day in DAYS:
            report = analyse(Request((folder,), day))
            assert report.findings
            yield Run(entity, day, report)
