"""Output formats: one module each. A format takes a report and returns text; it never writes."""

from __future__ import annotations

from dataclasses import dataclass

from souverain.model import AssetFacts, Finding, Report, Role

PLACED: tuple[Role | None, ...] = ("stores", "processes", None)
"""Roles in the register: what holds or works on data, and what could be doing so."""

_ROLES: tuple[Role, ...] = ("stores", "processes", "transmits", "configures")


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a run. ``undecided`` findings are counted in their severity too."""

    sources: int
    assets: int
    errors: int
    warnings: int
    infos: int
    undecided: int
    suppressed: int


def summarise(report: Report) -> Summary:
    """The counts of a report; suppressed findings count only as such."""
    live = [finding for finding in report.findings if finding.suppressed is None]
    severities = [finding.severity for finding in live]
    return Summary(
        sources=len(report.ledger.entries),
        assets=len(register(report, everything=False)),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
        undecided=sum(finding.verdict == "undecided" for finding in live),
        suppressed=len(report.findings) - len(live),
    )


def register(report: Report, *, everything: bool) -> tuple[AssetFacts, ...]:
    """Assets of the data-location register; ``everything`` adds what transmits or configures."""
    return tuple(a for a in report.assets if everything or role_of(a) in PLACED)


def role_of(asset: AssetFacts) -> Role | None:
    """The weightiest role an asset has in any world; None when it is known in none."""
    roles = {facts.role for _, facts in asset.worlds}
    return next((role for role in _ROLES if role in roles), None)


def placed_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    """Order by place, then rule: the same for every format."""
    span = finding.span
    scenario = finding.scenario or ""
    return (span.file, span.line, span.column, finding.rule, finding.address, scenario)
