"""What tests of an installation share."""

from __future__ import annotations

import shutil
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
