"""Output formats: one module each. A format takes a report and returns text; it never writes."""

from __future__ import annotations

from souverain.model import (
    AssetFacts,
    Finding,
    Phrase,
    Report,
    Role,
    Severity,
    SourceEntry,
    Suppression,
    phrase,
)
from souverain.records import dataclass

PLACED: tuple[Role | None, ...] = ("stores", "processes", None)
"""Roles in the register: what holds or works on data, and what could be doing so."""

_ROLES: tuple[Role, ...] = ("stores", "processes", "transmits", "configures")


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a run. ``undecided`` findings are counted in their severity too, and
    ``contested`` ones are among the ``suppressed``."""

    sources: int
    assets: int
    errors: int
    warnings: int
    infos: int
    undecided: int
    suppressed: int
    contested: int


def summarise(report: Report) -> Summary:
    """The counts of a report; suppressed findings count only as such."""
    counted = live(report)
    severities = [finding.severity for finding in counted]
    aside = [finding.suppressed for finding in report.findings if finding.suppressed]
    return Summary(
        sources=len(report.ledger.entries),
        assets=len(register(report, everything=False)),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
        undecided=sum(finding.verdict == "undecided" for finding in counted),
        suppressed=len(aside),
        contested=sum(suppression.contested for suppression in aside),
    )


def live(report: Report) -> tuple[Finding, ...]:
    """Findings that are not suppressed, in the order of :func:`placed_order`."""
    found = (finding for finding in report.findings if finding.suppressed is None)
    return tuple(sorted(found, key=placed_order))


def shown(report: Report, *, suppressed: bool) -> tuple[Finding, ...]:
    """Findings that a report tells: live and contested ones; with ``suppressed``, all."""
    found = (
        finding
        for finding in report.findings
        if suppressed or finding.suppressed is None or finding.suppressed.contested
    )
    return tuple(sorted(found, key=placed_order))


def level(finding: Finding) -> Severity:
    """How loudly to tell a finding: what is set aside fails nothing, and only informs."""
    return finding.severity if finding.suppressed is None else "info"


def standing(finding: Finding) -> Phrase:
    """The word a finding is headed with: its severity, or that it is set aside."""
    if finding.suppressed is None:
        return phrase(f"report.severity-{finding.severity}")
    contested = finding.suppressed.contested
    return phrase("report.contested") if contested else phrase("report.suppressed")


def aside(suppression: Suppression) -> Phrase:
    """Why a finding is set aside, by what, and until when."""
    reason = suppression.reason
    if suppression.until is None:
        return phrase("report.aside", reason=reason)
    if suppression.ref is None:
        return phrase("report.aside-until", reason=reason, until=suppression.until)
    key = "report.aside-contested" if suppression.contested else "report.aside-with-ref"
    return phrase(key, reason=reason, until=suppression.until, ref=suppression.ref)


def said(finding: Finding) -> Phrase:
    """The sentence of a finding; of one that is set aside, with why, for want of a place."""
    if finding.suppressed is None:
        return finding.message
    return phrase(
        "report.set-aside",
        standing=standing(finding),
        message=finding.message,
        why=aside(finding.suppressed),
    )


def told(report: Report) -> frozenset[str]:
    """Addresses a finding speaks of: for a source that was not read, its path."""
    return frozenset(finding.address for finding in live(report))


def unread(report: Report) -> tuple[SourceEntry, ...]:
    """Sources that failed or stayed undecided, in the order of the ledger."""
    return tuple(e for e in report.ledger.entries if e.status in ("failed", "undecided"))


def succeeded(report: Report) -> bool:
    """Whether every input could be read and no rule broke down."""
    return not report.internal_error and all(e.status != "failed" for e in report.ledger.entries)


def register(report: Report, *, everything: bool) -> tuple[AssetFacts, ...]:
    """The data-location register, by root, scenario and address.

    ``everything`` adds what transmits or configures.
    """
    kept = (entry for entry in report.assets if everything or role_of(entry) in PLACED)
    return tuple(
        sorted(kept, key=lambda e: (e.asset.root, e.asset.scenario or "", e.asset.address))
    )


def role_of(asset: AssetFacts) -> Role | None:
    """The weightiest role an asset has in any world; None when it is known in none."""
    roles = {facts.role for _, facts in asset.worlds}
    return next((role for role in _ROLES if role in roles), None)


def placed_order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    """Order by place, then rule: the same for every format."""
    span = finding.span
    scenario = finding.scenario or ""
    return (span.file, span.line, span.column, finding.rule, finding.address, scenario)
