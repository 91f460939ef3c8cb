"""Mistakes of the user, told without a trace."""

from __future__ import annotations

import click

from souverain.cli import EXIT_ERROR


class ConfigurationError(click.ClickException):
    """Something the user wrote cannot be used; shown without a trace."""

    exit_code = EXIT_ERROR

    def show(self, file: object = None) -> None:
        """One problem per line, on standard error."""
        click.echo(self.message, err=True)
