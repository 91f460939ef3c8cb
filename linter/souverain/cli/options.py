"""Options that ``check`` and ``inventory`` share, and their values in typed form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from souverain.cli.locale import default_language
from souverain.model import Lang
from souverain.records import dataclass

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Common:
    """What was asked for, whatever the command. Fields are named after the options."""

    paths: tuple[Path, ...]
    as_of: datetime | None
    config: Path | None
    values: tuple[Path | tuple[str, str], ...]
    """``--var-file`` and ``--var`` (name and text), in the order written."""
    workspace: str | None
    helm_values: tuple[Path, ...]
    helm_sets: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    strict: bool
    allow_empty: bool
    lang: Lang | None
    color: str
    verbose: int
    quiet: int
    jobs: int
    baseline: Path | None = None
    write_baseline: Path | None = None
    show_suppressed: bool = False

    @property
    def day(self) -> date:
        """The day whose law counts: ``--as-of``, else today."""
        return self.as_of.date() if self.as_of else date.today()

    @property
    def language(self) -> Lang:
        """``--lang``, else what the locale says."""
        return self.lang or default_language()

    @property
    def verbosity(self) -> int:
        """Above 0 for more, below 0 for less."""
        return self.verbose - self.quiet


@dataclass(frozen=True)
class Target:
    """One report: its format, and the file it goes to (None: standard output)."""

    format: str
    output: Path | None


class ReportCommand(click.Command):
    """A command for which the order between some options counts.

    Click keeps the values of each option in order, but not the order between options.
    ``--output`` belongs to the ``--format`` before it; the last of ``--var`` and
    ``--var-file`` wins, as for Terraform.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses as usual, then joins the options whose order counts."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        rest = super().parse_args(ctx, args)
        written = [parameter.name or "" for parameter in order]
        ctx.meta[__name__] = tuple(_pairs(_in_order(ctx, written, "formats", "outputs")))
        ctx.params["values"] = tuple(
            value for _, value in _in_order(ctx, written, "var_file", "var")
        )
        del ctx.params["var_file"], ctx.params["var"]
        return rest


def targets(ctx: click.Context) -> tuple[Target, ...]:
    """The reports to write. Raises a usage error when two go to the same place."""
    found: tuple[Target, ...] = ctx.meta[__name__] or (Target("text", None),)
    outputs = [target.output for target in found]
    if outputs.count(None) > 1:
        raise click.UsageError(
            "several --format go to standard output: add --output FILE to all but one", ctx
        )
    if len(set(outputs)) < len(outputs):
        raise click.UsageError("two reports go to the same --output file", ctx)
    return found


def _in_order(ctx: click.Context, written: Sequence[str], *names: str) -> Iterator[tuple[str, Any]]:
    """Name and value of each of some repeatable options, in the order of the command line."""
    values = {name: iter(ctx.params[name]) for name in names}
    return ((name, next(values[name])) for name in written if name in values)


def _pairs(options: Iterable[tuple[str, Any]]) -> list[Target]:
    pairs: list[Target] = []
    for name, value in options:
        if name == "formats":
            pairs.append(Target(value, None))
        elif not pairs or pairs[-1].output is not None:
            pairs.append(Target("text", value))
        else:
            pairs[-1] = Target(pairs[-1].format, value)
    return pairs


def _variable(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = [value.partition("=") for value in values]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise click.BadParameter("write NAME=VALUE", ctx, param)
    return tuple((name.strip(), value) for name, _, value in pairs)


def _settings(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    if not all("=" in value.lstrip("=") for value in values):
        raise click.BadParameter("write KEY=VALUE", ctx, param)
    return values


def _names(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

_OPTIONS = (
    click.argument(
        "paths", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True)
    ),
    click.option(
        "--output",
        "-o",
        "outputs",
        type=_PATH,
        multiple=True,
        metavar="FILE",
        help="Where the report of the --format before it goes. Default: standard output.",
    ),
    click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="Apply the law and the certificates of that day (2026-11-22). Default: today.",
    ),
    click.option(
        "--config",
        type=_FILE,
        metavar="FILE",
        help="Read this souverain.yaml instead of the project's own.",
    ),
    click.option(
        "--var-file",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="Values of Terraform variables, as for terraform plan. Replaces scenarios.",
    ),
    click.option(
        "--var",
        multiple=True,
        callback=_variable,
        metavar="NAME=VALUE",
        help="Value of one Terraform variable, as for terraform plan.",
    ),
    click.option("--workspace", metavar="NAME", help="Value of terraform.workspace."),
    click.option(
        "--values",
        "helm_values",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="Values of Helm charts, as for helm template. Replaces scenarios.",
    ),
    click.option(
        "--set",
        "helm_sets",
        multiple=True,
        callback=_settings,
        metavar="KEY=VALUE",
        help="One value of Helm charts, as for helm template.",
    ),
    click.option(
        "--select",
        multiple=True,
        callback=_names,
        metavar="RULE",
        help="Apply only these rules (LOC001) or families (LOC). Repeat, or separate by commas.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        callback=_names,
        metavar="RULE",
        help="Leave these rules or families out.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(["error", "warning", "info", "never"]),
        help="Least severity that gives exit code 1. Default: error (inventory: never).",
    ),
    click.option("--strict", is_flag=True, help="Exit with 1 also when something is undecided."),
    click.option(
        "--allow-empty",
        is_flag=True,
        help="Exit with 0 when nothing was found to analyse, as a hook should.",
    ),
    click.option(
        "--lang",
        type=click.Choice(["en", "fr"]),
        help="Language of the reports for people. Default: from the locale.",
    ),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colours on a terminal. NO_COLOR turns them off too.",
    ),
    click.option("-v", "--verbose", count=True, help="Shorten nothing."),
    click.option("-q", "--quiet", count=True, help="One line per finding."),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=2,
        show_default=True,
        metavar="N",
        help="Charts and overlays that may be rendered at once.",
    ),
)


_EXCEPTIONS = (
    click.option(
        "--baseline",
        type=_FILE,
        metavar="FILE",
        help="Set aside the findings that this file accepts; tell of entries without use.",
    ),
    click.option(
        "--write-baseline",
        type=_PATH,
        metavar="FILE",
        help="Accept what is found today: write it to this file, and set it aside.",
    ),
    click.option(
        "--show-suppressed",
        is_flag=True,
        help="Also tell what ignores and the baseline set aside, with the reason.",
    ),
)


def exception_options(command: F) -> F:
    """Adds the options about findings that are set aside."""
    for option in reversed(_EXCEPTIONS):
        command = option(command)
    return command


def common_options(formats: Sequence[str]) -> Callable[[F], F]:
    """Adds the shared options; the command takes them as keyword arguments.

    ``formats`` are those a report of the command can be written in.
    """
    choice = click.option(
        "--format",
        "formats",
        type=click.Choice(formats),
        multiple=True,
        help="How to write the report; repeat it with --output for several. Default: text.",
    )
    arguments, *others = _OPTIONS

    def add(command: F) -> F:
        for option in reversed((arguments, choice, *others)):
            command = option(command)
        return command

    return add
