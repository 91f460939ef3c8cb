"""The wheel, in a fresh virtual environment, from another directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MAIN = """\
provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "patients" {
  tags = { data = "health" }
}
"""


def run(*command: str | Path, cwd: Path, codes: tuple[int, ...] = (0,)) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["XDG_CACHE_HOME"] = str(cwd / "cache")
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in codes, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, copy_sources: Callable[[Path], None]) -> Path:
    copy = tmp_path_factory.mktemp("sources")
    copy_sources(copy)
    target = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", target, ".", cwd=copy)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory of the commands of a virtual environment that holds the wheel only."""
    place = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", place / "v", cwd=place)
    scripts = place / "v" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=place)
    return scripts


def test_policies_are_in_the_package(installed: Path, tmp_path: Path) -> None:
    code = (
        "from importlib import resources; import souverain;"
        "root = resources.files('souverain.policies');"
        "print(souverain.__file__);"
        "print(root);"
        "print((root / 'text' / 'sources.yaml').is_file());"
        "print((root / 'compiled' / 'digest.json').is_file())"
    )
    *places, yaml, compiled = run(installed / "python", "-c", code, cwd=tmp_path).split()
    assert all(str(installed.parent) in place for place in places)
    assert (yaml, compiled) == ("True", "True")


def test_it_runs_elsewhere(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/main.tf").write_text(MAIN)
    command = (installed / "souverain", "check", "infra", "--as-of", "2026-11-22")
    report = json.loads(run(*command, "--format", "json", cwd=tmp_path, codes=(1,)))
    assert report["sources"][0]["status"] == "analysed"
    found = {(f["rule"], f["file"], f["severity"]) for f in report["findings"]}
    assert ("LOC001", "infra/main.tf", "error") in found
    register = json.loads(
        run(installed / "souverain", "inventory", "--format", "json", cwd=tmp_path)
    )
    assert [(a["address"], a["countries"]) for a in register["assets"]] == [
        ("aws_s3_bucket.patients", ["US"])
    ]


def test_version(installed: Path, wheel: Path, tmp_path: Path) -> None:
    version = run(installed / "souverain", "--version", cwd=tmp_path).strip()
    assert wheel.name.startswith(version.replace(" ", "-"))
    assert (
        run(installed / "python", "-m", "souverain", "--version", cwd=tmp_path).strip() == version
    )
