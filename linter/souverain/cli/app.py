"""The group of commands, and what every command has in common: encodings and exit codes."""

from __future__ import annotations

import importlib
import io
import re
import sys
from collections.abc import Sequence
from typing import cast

import click

from souverain import __version__
from souverain.cli import EXIT_CLEAN, EXIT_ERROR
from souverain.cli.locale import default_language
from souverain.model import Lang

_COMMANDS = {
    "check": "souverain.cli.check",
    "inventory": "souverain.cli.inventory",
    "explain": "souverain.cli.explain",
    "trace": "souverain.cli.trace",
    "init": "souverain.cli.init",
    "catalog": "souverain.cli.catalog",
    "checkov-dir": "souverain.cli.checkov_dir",
}


class _LazyGroup(click.Group):
    """Imports a command's module when it is run or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return _spoken(command, f"souverain {cmd_name}") if _is_french(ctx) else command


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  souverain check                      what the current project does, and what forbids it
  souverain check envs/prod --strict   also fail on what cannot be decided
  souverain inventory --format json    where all data are, for a register
""",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Says, before anything is deployed, who will run each resource, where, under whose
    law, and whether French cloud-sovereignty doctrine allows it for the data it holds.

    Reads Terraform files, Kubernetes manifests, charts and overlays. Sends nothing,
    runs nothing of them, changes nothing.
    """


def _is_french(context: click.Context) -> bool:
    return bool(context.obj == "fr")


def _spoken(command: click.Command, path: str) -> click.Command:
    from souverain.cli.french import in_french

    return in_french(command, path)


def _help_language(arguments: Sequence[str]) -> Lang:
    """Language of the help that is asked for: ``--lang`` wherever it stands, else the locale.

    English when none is asked for, since nothing has to be read for that.
    """
    if len(arguments) > 1 and not {"-h", "--help"} & set(arguments):
        return "en"
    written = " ".join(arguments).replace("--lang=", "--lang ")
    found = re.search(r"--lang (en|fr)\b", written)
    return default_language() if found is None else cast("Lang", found[1])


def run(arguments: list[str] | None = None) -> int:
    """Runs a command and gives its exit code; a fault of our own gives 2, with its trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Reports are UTF-8 whatever the locale; a strange file name is escaped.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        language = _help_language(given)
        command = _spoken(app, "souverain") if language == "fr" else app
        result = command.main(given, prog_name="souverain", standalone_mode=False, obj=language)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return EXIT_ERROR
    except Exception:  # noqa: BLE001 - the exit code 1 means findings, never a crash
        import traceback

        traceback.print_exc()
        click.echo("souverain: internal error; please report the trace above.", err=True)
        return EXIT_ERROR
    return result if isinstance(result, int) else EXIT_CLEAN
