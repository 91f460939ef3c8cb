"""Our findings as custom checks of Checkov: ``checks`` is what Checkov loads, the rest is ours.

Checkov is never imported from here: it is not a dependency, and Souverain is installed beside
it. The checks ask :mod:`souverain.checkov.answers`, which runs one analysis per scan.
"""

from __future__ import annotations

from pathlib import Path


def checks_directory() -> Path:
    """The directory for Checkov's ``--external-checks-dir``."""
    return Path(__file__).parent / "checks"
