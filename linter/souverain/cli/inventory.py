"""``souverain inventory``: the data-location register."""

from __future__ import annotations

from typing import Any

import click

from souverain.cli.options import Common, ReportCommand, common_options, targets


@click.command(
    "inventory",
    cls=ReportCommand,
    epilog="""\b
Exit codes: 0 done · 2 wrong usage, or an input that could not be read · 3 nothing to read

\b
Examples:
  souverain inventory
  souverain inventory envs/prod --all
  souverain inventory --format json --output register.json
""",
)
@common_options
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
    """List who runs each resource that holds or works on data, where, and under whose law.

    A register of what the files say, without judging it. What cannot be known is marked
    unknown, with the reason.
    """
    from souverain.cli.running import exit_code, report_for, write
    from souverain.report import json, table, text

    wanted = targets(ctx)
    options = Common(**common)
    report = report_for(options)

    def render_as(format_: str, style: text.Style) -> str:
        if format_ == "json":
            return json.inventory(report, everything=everything)
        return table.inventory(report, style, everything=everything)

    write(wanted, options, render_as)
    return exit_code(report, options.fail_on or "never", strict=options.strict)
