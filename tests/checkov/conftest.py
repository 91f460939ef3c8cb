"""Checkov in virtual environments of its own, with Souverain beside it, in either order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
DAY = "2026-11-22"


@dataclass(frozen=True)
class Host:
    """One installation. A run that several tests look at is made once."""

    scripts: Path
    work: Path
    known: dict[object, list[dict[str, Any]]] = field(default_factory=dict)

    def run(
        self, *command: str | Path, where: Path = REPOSITORY, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        name, *arguments = command
        environment = {
            **{k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")},
            "PATH": os.pathsep.join((str(self.scripts), str(self.work), os.environ["PATH"])),
            "XDG_CACHE_HOME": str(self.work / "cache"),
            "SOUVERAIN_CHECKOV_AS_OF": DAY,
            **variables,
        }
        return subprocess.run(
            [self.scripts / name, *arguments],
            cwd=where,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def checkov(self, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """A run with our checks only."""
        directory = self.run("souverain", "checkov-dir").stdout.strip()
        ours = ("--external-checks-dir", directory, "--check", "SOUV_*")
        return self.run("checkov", *arguments, *ours, "--skip-download", "--compact", **variables)

    def records(self, *arguments: str | Path, **variables: str) -> list[dict[str, Any]]:
        """Failed records of such a run."""
        return [r for each in self._results(*arguments, **variables) for r in each["failed_checks"]]

    def skips(self, *arguments: str | Path, **variables: str) -> list[dict[str, Any]]:
        """Skipped records of such a run."""
        found = self._results(*arguments, **variables)
        return [record for each in found for record in each["skipped_checks"]]

    def _results(self, *arguments: str | Path, **variables: str) -> list[dict[str, Any]]:
        """Results of each framework; nothing ever passes."""
        asked = (arguments, tuple(variables.items()))
        if asked not in self.known:
            done = self.checkov(*arguments, "--output", "json", **variables)
            start = min(at for at in (done.stdout.find("["), done.stdout.find("{")) if at >= 0)
            found = json.loads(done.stdout[start:])
            reports = found if isinstance(found, list) else [found]
            self.known[asked] = [r["results"] for r in reports if "results" in r]
        assert not [record for each in self.known[asked] for record in each["passed_checks"]]
        return self.known[asked]

    def findings(self, *paths: str | Path) -> list[dict[str, Any]]:
        """What our own command finds and nothing sets aside, once for all scenarios of a root."""
        done = self.run("souverain", "check", *paths, "--format", "json", "--as-of", DAY)
        found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
        once = ("rule", "root", "address", "file", "line")
        return list({tuple(f[n] for n in once): f for f in found if not f["suppressed"]}.values())


@pytest.fixture(scope="session")
def rendering(host: Host, renderers: Path) -> None:
    """Puts helm and kubectl where the host looks for them: Checkov renders with nothing else."""
    for program in renderers.iterdir():
        (host.work / program.name).symlink_to(program)


def _created(where: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", where], check=True)
    return where / ("Scripts" if os.name == "nt" else "bin")


ORDERS = {"current": ("checkov>=3.3,<3.4", "."), "previous": (".", "checkov>=3.2,<3.3")}
"""What is installed first, and what beside it."""


@pytest.fixture(
    scope="session",
    params=[
        # One worker builds each installation, and all tests on it run there.
        pytest.param(name, marks=pytest.mark.xdist_group(f"checkov-{name}"))
        for name in ORDERS
    ],
)
def host(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    copy_sources: Callable[[Path], None],
) -> Host:
    """Checkov and Souverain together: the current minor first, the previous minor last."""
    work = tmp_path_factory.mktemp("checkov")
    copy_sources(work / "sources")
    scripts = _created(work / "venv")
    for wanted in ORDERS[request.param]:
        subprocess.run(
            [scripts / "pip", "install", "--quiet", "--disable-pip-version-check", wanted],
            cwd=work / "sources",
            check=True,
        )
    return Host(scripts, work)
