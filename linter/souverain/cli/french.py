"""``--help`` in French: ``policies/help/fr.yaml`` in place of the texts of the commands."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

import click

from souverain import policystore
from souverain.records import TypedDict

_HEADINGS = {"Commands": "Commandes"}
_REMARKS = {"[default: ": "[par défaut : "}


class CommandTexts(TypedDict, total=False):
    """What ``--help`` of one command says; the options by their long name."""

    help: str
    epilog: str
    options: Mapping[str, str]


class Texts(TypedDict):
    """``policies/help/fr.yaml``: shared options, and commands by what is typed to run them."""

    options: Mapping[str, str]
    commands: Mapping[str, CommandTexts]


@cache
def texts() -> Texts:
    """All texts of ``--help``."""
    return cast("Texts", policystore.load("help/fr"))


def in_french(command: click.Command, path: str) -> click.Command:
    """A copy of a command that speaks French; ``path`` is what is typed to run it."""
    spoken = copy.copy(command)
    own = texts()["commands"].get(path, {})
    spoken.help = _text(own["help"]) if "help" in own else command.help
    spoken.epilog = _text(own["epilog"]) if "epilog" in own else command.epilog
    spoken.params = [_option(parameter, path) for parameter in command.params]
    help_option = click.Option(
        ["-h", "--help"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        help=option_text("--help", path),
        callback=_show_help,
    )
    spoken.params.append(help_option)
    spoken.add_help_option = False
    spoken.context_class = FrenchContext
    if isinstance(spoken, click.Group):
        subs = {name: in_french(sub, f"{path} {name}") for name, sub in spoken.commands.items()}
        spoken.commands = subs
    return spoken


def option_text(name: str, path: str) -> str | None:
    """What an option does: said by its command, by a group around it, or by all alike."""
    while path:
        said = texts()["commands"].get(path, {}).get("options", {}).get(name)
        if said is not None:
            return said
        path = path.rpartition(" ")[0]
    return texts()["options"].get(name)


def _option(parameter: click.Parameter, path: str) -> click.Parameter:
    if not isinstance(parameter, click.Option) or parameter.help is None:
        return parameter
    spoken = copy.copy(parameter)
    name = max(spoken.opts, key=len)
    spoken.help = option_text(name, path) or parameter.help
    return spoken


def _text(written: str) -> str:
    return written.replace("\\b\n", "\b\n").strip("\n")


def _show_help(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


class _Formatter(click.HelpFormatter):
    """Headings and remarks that click writes itself."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "Usage : " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)} :\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        super().write_dl([(name, _remarks(said)) for name, said in rows], col_max, col_spacing)


def _remarks(said: str) -> str:
    for english, french in _REMARKS.items():
        said = said.replace(english, french)
    return said


class FrenchContext(click.Context):
    """Of a command that speaks French."""

    formatter_class = _Formatter
