"""Which findings people see together: those of one asset, and one of each group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from souverain.model import Finding, Severity
from souverain.records import dataclass
from souverain.report import level, placed_order


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding, and those of its group that are told with it."""

    finding: Finding
    others: tuple[Finding, ...]


def blocks(findings: Iterable[Finding]) -> Iterator[list[Shown]]:
    """Findings of one asset together, in the order of the files; those on a whole root last."""
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=placed_order):
        groups.setdefault(finding.group or finding.fingerprint, []).append(finding)
    told: dict[_Subject, list[Shown]] = {}
    for group in groups.values():
        # A group is told on an asset that is shown already, if it has one.
        leader = next((f for f in group if _subject(f) in told), group[0])
        others = tuple(f for f in group if f is not leader)
        told.setdefault(_subject(leader), []).append(Shown(leader, others))
    # A stable sort: within a root, assets stay in the order of their first finding.
    for subject in sorted(told, key=lambda subject: subject[:3]):
        yield sorted(told[subject], key=_rule_order)


_Subject = tuple[str, str, bool, str]


def _subject(finding: Finding) -> _Subject:
    """The asset a finding is on, or its whole root."""
    return (finding.root, finding.scenario or "", not finding.address, finding.address)


def _rule_order(shown: Shown) -> tuple[int, tuple[str, int, int, str, str, str]]:
    severities: tuple[Severity, ...] = ("error", "warning", "info")
    return severities.index(level(shown.finding)), placed_order(shown.finding)
