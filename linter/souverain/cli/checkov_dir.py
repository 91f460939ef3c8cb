"""``souverain checkov-dir``: where Checkov finds our checks."""

from __future__ import annotations

import click

from souverain.checkov import checks_directory
from souverain.cli import EXIT_CLEAN


@click.command(
    "checkov-dir",
    epilog="""\b
Examples:
  pipx inject --include-apps checkov git+<address of the repository>
  checkov -d . --external-checks-dir "$(souverain checkov-dir)"
""",
)
def command() -> int:
    """Print the directory of our checks for Checkov.

    Checkov runs them in its own Python, so Souverain has to be installed beside it.
    """
    click.echo(str(checks_directory()))
    return EXIT_CLEAN
