"""The summary of a GitHub job: a Markdown file that the runner names and shows."""

from __future__ import annotations

import os
from pathlib import Path

from souverain.cli.errors import ConfigurationError
from souverain.doctrine import Doctrine
from souverain.model import Lang, Report
from souverain.report.text import Style

VARIABLE = "GITHUB_STEP_SUMMARY"


def append_summary(report: Report, doctrine: Doctrine, language: Lang) -> None:
    """Adds the findings to the summary, when a runner asks for one.

    Raises :class:`ConfigurationError` when its file cannot be written.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return
    # Few runs write one: the others need not wait for its layout.
    from souverain.report import github

    summary = github.summary(report, doctrine, Style(language))
    try:
        with Path(name).open("ab") as file:
            file.write(summary.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigurationError(f"{name}: {error.strerror}") from None
