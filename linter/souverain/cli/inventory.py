"""``souverain inventory``: the data-location register."""

from __future__ import annotations

from typing import Any

import click

from souverain.cli.options import Common, ReportCommand, common_options, targets
from souverain.report import formats as known


@click.command(
    "inventory",
    cls=ReportCommand,
    epilog="""\b
Exit codes: 0 done · 2 wrong usage, or an input that could not be read · 3 nothing to read

\b
Examples:
  souverain inventory
  souverain inventory envs/prod --all
  souverain inventory --format csv --output register.csv
""",
)
@common_options(known.INVENTORY)
@click.option("--all", "everything", is_flag=True, help="Also what only transmits or configures.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    everything: bool,
    formats: tuple[str, ...],
    outputs: tuple[object, ...],
    **common: Any,
) -> int:
    """List who runs what holds data, where and under whose law.

    A register of what the files say, without judging it. What cannot be known is marked
    unknown, with the reason.
    """
    from souverain.cli.running import end, report_for, write

    wanted = targets(ctx)
    options = Common(**common)
    report = report_for(options, whole=everything)
    write(
        wanted,
        options,
        lambda form, style: known.inventory(form, report, style, everything=everything),
    )
    return end(report, options, "never")
