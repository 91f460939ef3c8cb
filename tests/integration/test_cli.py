"""The command line: exit codes, where reports go, and how mistakes are told."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import souverain
from souverain.cli.app import run
from souverain.cli.locale import default_language, wants_color
from souverain.cli.progress import Progress
from souverain.model import phrase

AWS = 'provider "aws" {\n  region = "%s"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\n  tags = { data = "%s" }\n}\n'
OUTSIDE = AWS % "us-east-1" + BUCKET % "health"
NO_DATA = AWS % "eu-west-3" + 'resource "aws_iam_role" "r" {}\n'


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


Cli = Callable[..., Result]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """Runs a command in a new directory, as a user of an English terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Result:
        code = run(list(arguments))
        sys.stdout.flush()
        return Result(code, *capfd.readouterr())

    yield call
    gc.enable()


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# --- exit codes ---------------------------------------------------------------------------


def test_0_nothing_at_the_threshold(cli: Cli) -> None:
    write("main.tf", NO_DATA)
    result = cli("check")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Sources: 1 (analysed 1,")


def test_1_findings(cli: Cli) -> None:
    write("main.tf", OUTSIDE)
    result = cli("check", "--as-of", "2026-11-22")
    assert result.code == 1
    assert "main.tf:2:3: error[LOC001]" in result.out
    assert '2 |   region = "us-east-1"\n  |   ^^^^^^^^^^^^^^^^^^^^\n' in result.out
    assert cli("check", "--fail-on", "never").code == 0


def test_fail_on_and_strict(cli: Cli) -> None:
    write("main.tf", AWS % "eu-west-3" + BUCKET % "public")
    assert cli("check").code == 0
    write("main.tf", NO_DATA)
    write("pod.yaml", "apiVersion: v1\nkind: Pod\n")
    assert cli("check").code == 0
    assert cli("check", "--strict").code == 1


def test_2_unreadable_input_beats_findings(cli: Cli) -> None:
    write("main.tf", OUTSIDE)
    write("broken.tf", 'resource "aws_s3_bucket" {{{\n')
    result = cli("check")
    assert result.code == 2
    assert "error[LOC001]" in result.out
    assert re.search(r"^broken.tf:1:\d+: error\[SRC001\] broken.tf ", result.out, re.MULTILINE)
    assert "(analysed 1, undecided 0, skipped 0, failed 1)" in result.out
    silent = cli("check", "--ignore", "SRC")
    assert silent.code == 2
    assert re.search(r"^not read: broken.tf:1:\d+: ", silent.out, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", "nowhere"), "'nowhere' does not exist"),
        (("check", "--no-such"), "No such option"),
        (("check", "--format", "sarifx"), "'sarifx' is not one of"),
        (("check", "--as-of", "soon"), "'soon' does not match"),
        (("check", "--var", "region"), "write NAME=VALUE"),
        (("check", "--config", "none.yaml"), "'none.yaml' does not exist"),
        (("check", "--jobs", "0"), "0 is not in the range"),
        (("check", "--select", "NOPE999"), "Families: EXT, GOV, HDS, KEY, LOC, REV, SNC, SRC, TEC"),
        (("check", "--ignore", "LOC01O"), "Did you mean LOC010, LOC011, LOC012?"),
        (("check", "--format", "text", "--format", "json"), "add --output FILE to all but one"),
        (("check", "-o", "a", "--format", "json", "-o", "a"), "the same --output file"),
        (("check", "-o", "no/dir/a"), "no/dir/a: No such file or directory"),
        (("chekc",), "No such command"),
    ],
)
def test_2_usage(cli: Cli, arguments: tuple[str, ...], told: str) -> None:
    write("main.tf", NO_DATA)
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert "Traceback" not in result.err


def test_2_configuration(cli: Cli) -> None:
    write("main.tf", NO_DATA)
    write("souverain.yaml", "version: 1\nentity: stat\nsistems: []\n")
    result = cli("check")
    assert (result.code, result.out) == (2, "")
    first, second = result.err.splitlines()
    assert first.startswith("souverain.yaml:2:9: Expected one of: state,")
    assert second == "souverain.yaml:3:1: Unknown key “sistems”. Did you mean “systems”?"
    french = cli("check", "--lang", "fr").err.splitlines()[1]
    assert french == "souverain.yaml:3:1: Clé inconnue « sistems ». Vouliez-vous dire « systems » ?"


def test_2_fault_of_our_own(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: object) -> None:
        raise RuntimeError("broken inside")

    write("main.tf", NO_DATA)
    monkeypatch.setattr("souverain.cli.running.analyse", fail)
    result = cli("check")
    assert result.code == 2
    assert "RuntimeError: broken inside" in result.err
    assert "internal error" in result.err


def test_3_nothing_to_analyse(cli: Cli) -> None:
    write("README.md", "x")
    assert cli("check").code == 3
    write("ci.yaml", "jobs: {}\n")
    result = cli("check")
    assert result.code == 3
    assert result.out.startswith("Sources: 1 (analysed 0, undecided 0, skipped 1, failed 0).")
    assert cli("inventory").code == 3
    allowed = cli("check", "--allow-empty")
    assert (allowed.code, allowed.err) == (0, "")


def test_what_is_undecided_is_something(cli: Cli) -> None:
    write("terragrunt.hcl", 'include "root" {}\n')
    result = cli("check")
    assert (result.code, result.err) == (0, "")
    assert "Sources: 1 (analysed 0, undecided 1, skipped 0, failed 0)." in result.out
    assert cli("check", "--strict").code == 1


def test_strange_file_names_and_files(cli: Cli) -> None:
    """Names that are not UTF-8 or drive a terminal, a pipe, links that lead away or nowhere."""
    Path("d.tf").mkdir()
    for name, text in (
        (b"a\x1b[2J\n.tf", OUTSIDE),
        (b"bad\xe9.tf", "resource {{{"),
        (b"n.tf", "\0"),
    ):
        with open(name, "w") as file:  # noqa: PTH123 - Path takes no bytes
            file.write(text)
    os.mkfifo("pipe.tf")
    Path("etc").symlink_to("/etc")
    Path("passwd.tf").symlink_to("/etc/passwd")
    Path("loop.tf").symlink_to("loop.tf")
    shown = cli("check")
    assert (shown.code, shown.err) == (2, "")
    assert "\x1b" not in shown.out
    assert "a\\x1b[2J\\x0a.tf:2:3: error[LOC001]" in shown.out
    assert "root:" not in shown.out
    sources = {s["path"]: s["status"] for s in cli("check", "--format", "json").json["sources"]}
    assert sources == {
        "a\x1b[2J\n.tf": "analysed",
        "bad\udce9.tf": "failed",
        "etc": "undecided",
        "loop.tf": "failed",
        "n.tf": "failed",
        "passwd.tf": "failed",
        "pipe.tf": "failed",
    }


# --- reports ------------------------------------------------------------------------------


def test_json_alone_on_standard_output(cli: Cli) -> None:
    write("main.tf", OUTSIDE)
    result = cli("check", "--format", "json", "--as-of", "2026-11-22", "--color", "always")
    assert (result.code, result.err) == (1, "")
    assert (result.json["version"], result.json["as_of"]) == (1, "2026-11-22")
    assert "\x1b" not in result.out


def test_output_belongs_to_the_format_before_it(cli: Cli) -> None:
    write("main.tf", OUTSIDE)
    result = cli("check", "--format", "text", "--format=json", "--output", "a.json")
    assert result.out.startswith("main.tf:")
    assert json.loads(Path("a.json").read_text())["version"] == 1
    result = cli("check", "--format", "json", "-o", "b.json", "--format", "text", "--output=c.txt")
    assert result.out == ""
    assert Path("b.json").read_text() == Path("a.json").read_text()
    assert Path("c.txt").read_text(encoding="utf-8").startswith("main.tf:")


def test_same_input_same_bytes(cli: Cli) -> None:
    write("main.tf", OUTSIDE)
    write("b/main.tf", OUTSIDE)
    arguments = ("check", "--format", "json", "--as-of", "2026-11-22")
    assert cli(*arguments).out == cli(*arguments).out


def test_select_and_ignore(cli: Cli) -> None:
    write("main.tf", OUTSIDE)
    rules = lambda *arguments: {  # noqa: E731
        f["rule"] for f in cli("check", "--format", "json", *arguments).json["findings"]
    }
    assert rules("--select", "LOC001") == {"LOC001"}
    assert "LOC001" not in rules("--ignore", "LOC,GOV001")
    assert {"EXT001", "SNC001"} <= rules("--ignore", "LOC001", "--ignore", "GOV")


def test_variables(cli: Cli) -> None:
    write("main.tf", 'variable "r" {}\n' + AWS.replace('"%s"', "var.r") + BUCKET % "health")
    write("prod.tfvars", 'r = "us-west-2"\n')

    def places(*arguments: str) -> list[str]:
        (asset,) = cli("inventory", "--format", "json", *arguments).json["assets"]
        return [*asset["regions"], *(["?"] if asset["unknown"] else [])]

    assert places() == ["?"]
    assert places("--var", "r=eu-west-3") == ["eu-west-3"]
    assert places("--var-file", "prod.tfvars") == ["us-west-2"]
    both = (("--var", "r=eu-west-3"), ("--var-file", "prod.tfvars"))
    assert places(*both[0], *both[1]) == ["us-west-2"]
    assert places(*both[1], *both[0]) == ["eu-west-3"]


def test_config_replaces_the_project_file(cli: Cli) -> None:
    write("p/main.tf", OUTSIDE)
    write("ours.yaml", "version: 1\nentity: private_company\nsystems: [{name: ours}]\n")
    findings = cli("check", "p", "--config", "ours.yaml", "--format", "json").json["findings"]
    assert {f["system"] for f in findings if f["rule"] == "LOC001"} == {"ours"}


def test_inventory(cli: Cli) -> None:
    write("main.tf", OUTSIDE + 'resource "aws_iam_role" "r" {}\n')
    result = cli("inventory")
    assert result.code == 0
    assert re.search(
        r"^  aws_s3_bucket\.b +stores +aws amazon-s3 +us-east-1 \(US\)", result.out, re.M
    )
    assert "aws_iam_role.r" not in result.out
    assert "aws_iam_role.r" in cli("inventory", "--all").out


def test_catalog_type(cli: Cli) -> None:
    result = cli("catalog", "type", "aws_s3_bucket", "nobody_knows", "--format", "json")
    assert result.json == {
        "version": 1,
        "types": [
            {
                "type": "aws_s3_bucket",
                "operator": "aws",
                "service": "amazon-s3",
                "layer": "paas",
                "capability": "object-storage",
                "role": "stores",
                "location": "own:region>provider",
                "matched_by": "exact",
            },
            {
                "type": "nobody_knows",
                "operator": None,
                "service": None,
                "layer": None,
                "capability": None,
                "role": None,
                "location": None,
                "matched_by": None,
            },
        ],
    }
    assert "location: own:region>provider" in cli("catalog", "type", "aws_s3_bucket").out


@pytest.mark.parametrize("command", ["check", "inventory"])
def test_help_teaches(cli: Cli, command: str) -> None:
    result = cli(command, "--help")
    assert result.code == 0
    assert "Examples:" in result.out
    assert "Exit codes:" in result.out


# --- the environment ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_CA"}, "fr"),
    ],
)
def test_language_of_the_locale(environment: dict[str, str], lang: str) -> None:
    assert default_language(environment) == lang


class Terminal:
    """A stream that is, or is not, a terminal, and keeps what is written."""

    def __init__(self, *, tty: bool = True) -> None:
        self.tty = tty
        self.written = ""

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""


@pytest.mark.parametrize(
    ("choice", "environment", "tty", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(choice: str, environment: dict[str, str], tty: bool, wanted: bool) -> None:
    stream: Any = Terminal(tty=tty)
    assert wants_color(choice, stream, environment) is wanted


def test_progress_is_for_long_runs_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    streams: tuple[Any, Any] = Terminal(), Terminal(tty=False)
    progresses = [Progress(stream, "en") for stream in streams]
    for later in (0.5, 2.0):
        now = 100.0 + later
        for progress in progresses:
            progress(phrase("analysis.reading", root="a\x1b[2Jb"))
    for progress in progresses:
        progress.close()
    assert streams[0].written == "\r\x1b[2KReading a\\x1b[2Jb\r\x1b[2K"
    assert streams[1].written == ""


def test_version_starts_fast() -> None:
    """Neither click nor YAML is imported to say a version: both would double the start."""
    code = (
        "import sys; sys.argv = ['souverain', '--version'];"
        "from souverain.cli import main; main();"
        "print(sorted({'click', 'yaml', 'souverain.model'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"souverain {souverain.__version__}", "[]"]
