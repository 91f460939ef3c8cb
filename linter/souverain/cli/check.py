"""``souverain check``: the main job."""

from __future__ import annotations

from typing import Any

import click

from souverain.cli.options import (
    Common,
    ReportCommand,
    common_options,
    exception_options,
    targets,
)
from souverain.report import formats as known


@click.command(
    "check",
    cls=ReportCommand,
    epilog="""\b
Exit codes:
  0  no finding at or above --fail-on
  1  findings
  2  wrong usage or configuration, an input that could not be read, or a fault of the tool
  3  nothing was found to analyse

\b
Examples:
  souverain check
  souverain check envs/prod --var-file prod.tfvars
  helm template . | souverain check -      rendered manifests on standard input
  souverain check --select LOC,EXT001 --fail-on warning
  souverain check --format text --format sarif --output souverain.sarif
  souverain check --as-of 2027-01-01       what changes when certificates end
  souverain check --write-baseline b.json  accept what is there; then --baseline b.json
""",
)
@common_options(known.CHECK)
@exception_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    formats: tuple[str, ...],
    outputs: tuple[object, ...],
    **common: Any,
) -> int:
    """Check who holds data, where and under whose law.

    Each finding shows the attribute that decides, the chain that led to its value, the
    clause it breaks and a way out. PATHS are files or directories (default: the current
    directory), or - for manifests on standard input; the rest of their project is read to
    find who calls them.
    """
    from souverain.cli.jobsummary import append_summary
    from souverain.cli.running import end, report_for, write
    from souverain.doctrine import load_doctrine

    wanted = targets(ctx)
    options = Common(**common)
    report = report_for(options)
    doctrine = load_doctrine()
    write(wanted, options, lambda form, style: known.check(form, report, doctrine, style))
    if any(target.format == "github" for target in wanted):
        append_summary(report, doctrine, options.language)
    return end(report, options, "error")
