"""``souverain check -``: rendered manifests on standard input, beside files or alone."""

from __future__ import annotations

import gc
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from souverain.cli.app import run
from souverain.sources import MAX_PIPED

Check = Callable[..., tuple[int, Any, str]]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec: {containers: [{name: a, image: registry.example.org/a:1}]}
"""


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Check]:
    """Runs a check with what is piped in; its code, its report, and what it says beside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def call(piped: bytes, *arguments: str) -> tuple[int, Any, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
        code = run(["check", *arguments, "--format", "json", "--fail-on", "never"])
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return code, json.loads(out) if out else None, err

    yield call
    gc.enable()


def sources(report: Any) -> list[tuple[str, str, str]]:
    return [(entry["path"], entry["kind"], entry["status"]) for entry in report["sources"]]


def test_alone(check: Check) -> None:
    Path("beside.yaml").write_text(POD % "beside")
    code, report, _ = check(b"# Source: x/y.yaml\n" + (POD % "piped").encode(), "-")
    assert code == 0
    assert sources(report) == [("-", "kubernetes", "analysed")]
    assert {(f["address"], f["root"], f["file"]) for f in report["findings"]} <= {
        ("Pod/default/piped", "-", "-")
    }


def test_beside_files(check: Check) -> None:
    Path("beside.yaml").write_text(POD % "beside")
    code, report, _ = check((POD % "piped").encode(), "-", ".")
    assert code == 0
    assert sources(report) == [
        ("-", "kubernetes", "analysed"),
        ("beside.yaml", "kubernetes", "analysed"),
    ]


def test_declarations_of_the_project_hold(check: Check) -> None:
    Path("souverain.yaml").write_text("version: 2\n")
    code, _, err = check((POD % "piped").encode(), "-")
    assert code == 2
    assert "souverain.yaml:1:10" in err


def test_nothing_was_piped_in(check: Check) -> None:
    assert check(b"", "-")[0] == 3


def test_what_cannot_be_read(check: Check) -> None:
    code, report, _ = check(b"a: [\n---\n" + (POD % "piped").encode(), "-")
    assert code == 2
    assert sources(report) == [("-", "kubernetes", "failed")]
    assert check(b"#" * (MAX_PIPED + 1), "-")[0] == 2


def test_manifests_alone_are_something_to_check(check: Check) -> None:
    Path("pod.yaml").write_text(POD % "beside")
    assert check(b"")[0] == 0


def test_options_of_charts(check: Check) -> None:
    Path("a.yaml").write_text("a: 1\n")
    code, _, err = check(b"", ".", "--set", "a")
    assert (code, "write KEY=VALUE" in err) == (2, True)
    assert check(b"", ".", "--values", "none.yaml")[0] == 2
    assert check((POD % "a").encode(), "-", "--values", "a.yaml", "--set", "a=1,b=2")[0] == 0
