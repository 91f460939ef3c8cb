"""Baselines and suppressed findings on the command line, as a team adopts them."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from souverain.cli.app import run

Cli = Callable[..., int]

BUCKET = 'resource "aws_s3_bucket" "{0}" {{\n  bucket = "{0}"\n}}\n'
VIRGINIA = 'provider "aws" {\n  region = "us-east-1"\n}\n'


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    write("envs/prod/main.tf", VIRGINIA + BUCKET.format("one"))

    def call(*arguments: str) -> int:
        code = run([*arguments, "--as-of", "2026-11-22", "--lang", "en"])
        sys.stdout.flush()
        return code

    yield call
    gc.enable()


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


@pytest.fixture
def found(cli: Cli, capfd: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    def check(*arguments: str) -> dict[str, Any]:
        capfd.readouterr()
        cli("check", *arguments, "--format", "json")
        document: dict[str, Any] = json.loads(capfd.readouterr().out)
        return document

    return check


def live(document: dict[str, Any]) -> list[str]:
    found = (f for f in document["findings"] if f["suppressed"] is None)
    return sorted(f"{f['rule']} {f['address']}".rstrip() for f in found)


def test_a_team_adopts_it(
    cli: Cli, found: Callable[..., dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli("check") == 1
    told = capfd.readouterr().out.splitlines()[-1]
    assert "`souverain init`" in told
    assert "--write-baseline souverain-baseline.json" in told

    assert cli("check", "--write-baseline", "b.json") == 0
    shown = capfd.readouterr()
    assert shown.err == (
        "b.json: 3 findings accepted. From now on: souverain check --baseline b.json\n"
    )
    assert "First run?" not in shown.out
    first = Path("b.json").read_bytes()
    assert cli("check", "--baseline", "b.json") == 0

    # Lines move, files are split: nothing is new.
    write("envs/prod/main.tf", "\n\n" + VIRGINIA)
    write("envs/prod/storage.tf", "# moved\n" + BUCKET.format("one"))
    document = found("--baseline", "b.json")
    assert (live(document), document["summary"]["suppressed"]) == ([], 3)

    # The root is renamed.
    Path("envs/prod").rename("envs/production")
    assert live(found("--baseline", "b.json")) == []

    # Something is added: it is told, and the file does not grow by itself.
    write("envs/production/new.tf", BUCKET.format("two"))
    assert live(found("--baseline", "b.json")) == [
        "EXT004 aws_s3_bucket.two",
        "LOC002 aws_s3_bucket.two",
    ]
    assert Path("b.json").read_bytes() == first

    # Something is mended: its entry is told, until the file is written anew.
    Path("envs/production/new.tf").unlink()
    write("envs/production/main.tf", VIRGINIA.replace("us-east-1", "eu-west-3"))
    document = found("--baseline", "b.json")
    (gone,) = (f for f in document["findings"] if f["rule"] == "GOV040")
    assert (gone["file"], gone["line"], gone["severity"]) == ("b.json", 7, "info")
    assert "LOC002 no longer finds anything at envs/prod: aws_s3_bucket.one" in gone["message"]
    assert cli("check", "--baseline", "b.json", "--write-baseline", "b.json") == 0
    entries = json.loads(Path("b.json").read_bytes())["findings"]
    assert [entry["rule"] for entry in entries] == ["EXT004", "GOV001"]
    assert live(found("--baseline", "b.json")) == []


def test_the_same_input_gives_the_same_bytes(cli: Cli) -> None:
    for name in ("a.json", "b.json"):
        cli("check", "--write-baseline", name)
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()


def test_the_working_directory_does_not_count(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cli("check", "--write-baseline", "b.json")
    monkeypatch.chdir(tmp_path / "envs")
    assert cli("check", "prod", "--baseline", "../b.json") == 0
    assert cli("check", "..", "--write-baseline", "b.json") == 0
    assert Path("b.json").read_bytes() == Path("../b.json").read_bytes()


def test_a_part_of_the_repository(cli: Cli, found: Callable[..., dict[str, Any]]) -> None:
    write("envs/dev/main.tf", VIRGINIA + BUCKET.format("one"))
    cli("check", "--write-baseline", "b.json")
    document = found("envs/dev", "--baseline", "b.json")
    assert live(document) == []
    assert {f["root"] for f in document["findings"]} == {"envs/dev"}


def test_what_was_not_looked_at_stays_in_a_baseline_that_is_written_anew(cli: Cli) -> None:
    write("envs/dev/main.tf", VIRGINIA + BUCKET.format("one"))
    write("envs/gone/main.tf", VIRGINIA + BUCKET.format("one"))
    cli("check", "--write-baseline", "b.json")
    whole = entries("b.json")
    Path("envs/gone/main.tf").unlink()
    Path("envs/gone").rmdir()
    write("envs/dev/main.tf", VIRGINIA + BUCKET.format("two"))

    cli("check", "envs/dev", "--write-baseline", "b.json")
    assert [e for e in entries("b.json") if "envs/dev" not in e] == [
        e for e in whole if "envs/dev" not in e
    ]
    cli("check", "--select", "LOC", "--write-baseline", "b.json")
    dev = {"EXT004 envs/dev aws_s3_bucket.two", "LOC002 envs/dev aws_s3_bucket.two"}
    assert dev < set(entries("b.json"))
    assert {e for e in entries("b.json") if "envs/gone" in e} == {
        "EXT004 envs/gone aws_s3_bucket.one",
        "GOV001 envs/gone",
    }
    cli("check", "--write-baseline", "b.json")
    assert {e for e in entries("b.json") if "envs/gone" in e} == set()
    assert len(entries("b.json")) == 6


def test_nothing_but_a_baseline_is_written_over(
    cli: Cli, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli("check", "--write-baseline", "envs/prod/main.tf") == 2
    assert "envs/prod/main.tf:1:1: This is not a baseline" in capfd.readouterr().err
    assert Path("envs/prod/main.tf").read_text() == VIRGINIA + BUCKET.format("one")


def entries(path: str) -> list[str]:
    listed = json.loads(Path(path).read_bytes())["findings"]
    return [f"{e['rule']} {e['root']} {e['address']}".rstrip() for e in listed]


def test_what_ends_a_run_with_2_is_never_accepted(
    cli: Cli, found: Callable[..., dict[str, Any]]
) -> None:
    write("envs/prod/broken.tf", "a = = 1\n")
    assert cli("check", "--write-baseline", "b.json") == 2
    assert cli("check", "--baseline", "b.json") == 2
    assert [line.split()[0] for line in live(found("--baseline", "b.json"))] == ["SRC001"]


def test_an_ignore_needs_no_entry(cli: Cli) -> None:
    comment = '# souverain: ignore[LOC002] until=2027-03-31 reason="x" ref="y"\n'
    write("envs/prod/main.tf", VIRGINIA + comment + BUCKET.format("one"))
    cli("check", "--write-baseline", "b.json")
    entries = json.loads(Path("b.json").read_bytes())["findings"]
    assert [entry["rule"] for entry in entries] == ["EXT004", "GOV001"]


def test_an_ended_derogation_is_not_accepted_for_ever(
    cli: Cli, found: Callable[..., dict[str, Any]]
) -> None:
    root = Path(__file__).parents[2] / "fixtures" / "rules" / "gov030" / "good"
    for name in ("souverain.yaml", "derogations.yaml", "main.tf"):
        write(name, (root / name).read_text(encoding="utf-8"))
    Path("envs/prod/main.tf").unlink()
    assert cli("check", "--write-baseline", "b.json", "--fail-on", "warning") == 0
    run(["check", "--as-of", "2027-01-16", "--baseline", "b.json", "--format", "json", "-o", "j"])
    errors = [
        f["rule"]
        for f in json.loads(Path("j").read_bytes())["findings"]
        if f["severity"] == "error" and f["suppressed"] is None
    ]
    assert errors == ["EXT001", "SNC001"]


def test_suppressed_findings_are_shown_when_asked(
    cli: Cli, capfd: pytest.CaptureFixture[str]
) -> None:
    cli("check", "--write-baseline", "b.json")
    capfd.readouterr()
    assert cli("check", "--baseline", "b.json", "-q") == 0
    assert "LOC002" not in capfd.readouterr().out
    assert cli("check", "--baseline", "b.json", "--show-suppressed", "-q") == 0
    shown = capfd.readouterr().out
    assert "suppressed[LOC002] aws_s3_bucket.one" in shown
    assert "= note: accepted in b.json" in shown


@pytest.mark.parametrize("arguments", [("--baseline", "none.json"), ("--baseline", "envs")])
def test_a_baseline_must_be_a_file(arguments: tuple[str, ...], cli: Cli) -> None:
    assert cli("check", *arguments) == 2


def test_a_file_that_is_no_baseline(cli: Cli, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli("check", "--baseline", "envs/prod/main.tf") == 2
    assert "envs/prod/main.tf:1:1: This is not a baseline" in capfd.readouterr().err


def test_a_baseline_that_cannot_be_written(cli: Cli, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli("check", "--write-baseline", "envs") == 2
    assert "envs: Is a directory" in capfd.readouterr().err


def test_the_register_has_no_baseline(cli: Cli) -> None:
    assert cli("inventory", "--baseline", "envs/prod/main.tf") == 2
