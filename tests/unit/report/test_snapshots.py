"""Exact output of every format. ``SNAPSHOTS=write pytest`` writes them anew, to be reviewed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from souverain import __version__
from souverain.doctrine import Doctrine
from souverain.model import Lang, Report
from souverain.report import formats, github
from souverain.report.text import Style

FOLDER = Path(__file__).parent / "snapshots"
LANGUAGES: tuple[Lang, ...] = ("en", "fr")
FOR_PEOPLE = {"text", "github", "markdown", "html"}


def held(name: str, written: str) -> None:
    """Compares with the snapshot of that name, whatever the version of the program."""
    path = FOLDER / name
    shown = written.replace(f'"{__version__}"', '"VERSION"')
    if os.environ.get("SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(shown.encode())
    assert shown == path.read_bytes().decode()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", formats.CHECK)
def test_findings(form: str, lang: Lang, report: Report, doctrine: Doctrine) -> None:
    suffix = f".{lang}" if form in FOR_PEOPLE else ""
    held(f"check{suffix}.{form}", formats.check(form, report, doctrine, Style(lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", formats.INVENTORY)
def test_register(form: str, lang: Lang, report: Report) -> None:
    suffix = f".{lang}" if form in FOR_PEOPLE else ""
    written = formats.inventory(form, report, Style(lang), everything=True)
    held(f"inventory{suffix}.{form}", written)


def test_the_summary_of_a_job_is_the_markdown_report(report: Report, doctrine: Doctrine) -> None:
    style = Style("en")
    assert github.summary(report, doctrine, style) == formats.check(
        "markdown", report, doctrine, style
    )


def test_no_snapshot_is_left_over() -> None:
    known = {f"check{s}.{f}" for f in formats.CHECK for s in suffixes(f)}
    known |= {f"inventory{s}.{f}" for f in formats.INVENTORY for s in suffixes(f)}
    assert {path.name for path in FOLDER.iterdir()} == known


def suffixes(form: str) -> tuple[str, ...]:
    return (".en", ".fr") if form in FOR_PEOPLE else ("",)
