"""Derogations applied: an error that one covers is a warning until it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from souverain.doctrine.model import Clause, in_force
from souverain.model import Evidence, Finding, Phrase, phrase
from souverain.records import dataclass, replace
from souverain.rules.model import Context, SuppressionProblem
from souverain.suppress.dates import months_after
from souverain.suppress.derogations import Grant
from souverain.suppress.findings import Trouble

PlaceOf = Callable[[Finding], tuple[str, ...]]
"""Paths of what a finding is on, relative to the project: its file, and its root's."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one derogation says of one finding under one clause."""

    grant: Grant
    clause: Clause
    runs: bool
    said: Phrase
    added: bool = False
    """The asset is not among those that existed on the day of the decision."""

    @property
    def evidence(self) -> Evidence:
        return Evidence("declaration", self.said, self.grant.span)


def lower(
    found: Sequence[Finding], grants: Sequence[Grant], context: Context, place_of: PlaceOf
) -> tuple[tuple[Finding, ...], tuple[Trouble, ...]]:
    """Findings with those that derogations cover as warnings, and what is wrong with them."""
    if not grants:
        return tuple(found), ()
    court = _Court(grants, context, place_of)
    lowered = tuple(map(court.lowered, found))
    return lowered, tuple(court.troubles())


class _Court:
    """The derogations of a project on one day."""

    def __init__(self, grants: Sequence[Grant], context: Context, place_of: PlaceOf) -> None:
        self._grants = grants
        self._today = context.as_of
        self._place_of = place_of
        clauses = context.doctrine.clauses.values()
        self._allowing = {c.id: c for c in clauses if c.derogation}
        self._answering = [c for c in clauses if c.answer_months and in_force(c, self._today)]
        self._left: dict[str, list[tuple[Ruling, Finding]]] = {}
        """By derogation, what it is about and lowers nothing of."""

    def lowered(self, finding: Finding) -> Finding:
        """The finding as a warning where a derogation runs under each clause that it needs.

        A finding may rest on a circular and on a law: an exception to one is none to the
        other, and the first that ends ends both.
        """
        needed = [clause for clause in self._in_force() if _allows(clause, finding)]
        if finding.severity != "error" or not needed:
            return finding
        rulings = [ruling for clause in needed for ruling in self._best(clause, finding)]
        evidence = (*(ruling.evidence for ruling in rulings), *finding.evidence)
        if sum(ruling.runs for ruling in rulings) < len(needed):
            for ruling in rulings:
                self._left.setdefault(ruling.grant.id, []).append((ruling, finding))
            return replace(finding, evidence=evidence)
        granted = ",".join(dict.fromkeys(ruling.grant.id for ruling in rulings))
        group = f"{finding.group}:{granted}"
        return replace(finding, severity="warning", evidence=evidence, group=group)

    def _in_force(self) -> Iterator[Clause]:
        return (c for c in self._allowing.values() if in_force(c, self._today))

    def _best(self, clause: Clause, finding: Finding) -> tuple[Ruling, ...]:
        """The ruling that helps most under a clause; () when no derogation is about it."""
        rulings = [
            self._ruling(grant, clause, finding)
            for grant in self._grants
            if clause.id in grant.under and self._is_about(grant, finding)
        ]
        return tuple(sorted(rulings, key=_helpfulness)[-1:])

    def _is_about(self, grant: Grant, finding: Finding) -> bool:
        if grant.rules and finding.rule not in grant.rules:
            return False
        paths = self._place_of(finding)
        return any(grant.in_scope(finding.address, path, finding.system) for path in paths)

    def _ruling(self, grant: Grant, clause: Clause, finding: Finding) -> Ruling:
        starts, ends = grant.starts(clause), grant.ends(clause)
        lacking = grant.lacks(clause)
        if lacking or starts is None or ends is None:
            return Ruling(grant, clause, False, _lacks(grant, lacking))
        if finding.address not in grant.assets:
            day = str(grant.decided_on)
            said = phrase("suppress.derogation-added", id=grant.id, day=day)
            return Ruling(grant, clause, False, said, added=True)
        if self._today < starts:
            day = starts.isoformat()
            said = phrase("suppress.derogation-not-yet", id=grant.id, day=day)
            return Ruling(grant, clause, False, said)
        if ends < self._today:
            return Ruling(grant, clause, False, _ended(grant, clause, ends))
        left, end = (ends - self._today).days, ends.isoformat()
        said = phrase("suppress.derogation-runs", id=grant.id, clause=clause.id, end=end, days=left)
        return Ruling(grant, clause, True, said)

    # --- what is wrong with them --------------------------------------------------------

    def troubles(self) -> Iterator[Trouble]:
        """What each derogation claims and cannot have, lacks, or no longer does."""
        for grant in self._grants:
            under = [clause for clause in self._in_force() if clause.id in grant.under]
            yield from self._beyond(grant)
            yield from self._awaited(grant)
            lacking = tuple(dict.fromkeys(key for clause in under for key in grant.lacks(clause)))
            if lacking:
                reason = _lacks(grant, lacking)
                yield _trouble("incomplete", grant, reason, f"lacks {lacking}", self._about(grant))
            else:
                yield from self._ends(grant, under)

    def _beyond(self, grant: Grant) -> Iterator[Trouble]:
        """Clauses and rules it names that no derogation is about, and assets added since."""
        allowing = [self._allowing[name] for name in grant.under if name in self._allowing]
        for name in grant.under:
            if name not in self._allowing:
                known = ", ".join(clause.id for clause in self._in_force())
                reason = phrase(
                    "suppress.derogation-no-clause", id=grant.id, clause=name, known=known
                )
                yield _trouble("forbidden", grant, reason, name)
        for rule in grant.rules:
            if not any(_restrains(clause, rule) for clause in allowing):
                reason = phrase("suppress.derogation-no-rule", id=grant.id, rule=rule)
                yield _trouble("forbidden", grant, reason, rule)
        if added := self._about(grant, added=True):
            addresses = tuple(dict.fromkeys(finding.address for finding in added))
            reason = phrase(
                "suppress.derogation-covers-not",
                id=grant.id,
                day=str(grant.decided_on),
                assets=", ".join(addresses),
            )
            yield _trouble("forbidden", grant, reason, "added", added)

    def _ends(self, grant: Grant, under: Iterable[Clause]) -> Iterator[Trouble]:
        for clause in under:
            end = grant.ends(clause)
            if end is not None and end < self._today:
                about = self._about(grant, clause)
                yield _trouble("expired", grant, _ended(grant, clause, end), clause.id, about)

    def _awaited(self, grant: Grant) -> Iterator[Trouble]:
        """Requests that should have been answered by now."""
        if grant.requested_on is None or grant.decided_on is not None:
            return
        for clause in self._answering:
            due = months_after(grant.requested_on, clause.answer_months or 0)
            if due < self._today:
                reason = phrase(
                    "suppress.derogation-unanswered",
                    id=grant.id,
                    day=grant.requested_on.isoformat(),
                    due=due.isoformat(),
                )
                yield _trouble("unanswered", grant, reason, clause.id)

    def _about(
        self, grant: Grant, clause: Clause | None = None, *, added: bool = False
    ) -> tuple[Finding, ...]:
        """What a derogation does not lower, under one clause or any: what was added since,
        or all the rest."""
        return tuple(
            finding
            for ruling, finding in self._left.get(grant.id, ())
            if ruling.added == added and not ruling.runs and clause in (None, ruling.clause)
        )


def _helpfulness(ruling: Ruling) -> tuple[bool, date]:
    return ruling.runs, ruling.grant.ends(ruling.clause) or date.min


def _allows(clause: Clause, finding: Finding) -> bool:
    """Whether a clause allows a derogation from what a finding rests on."""
    derogation = clause.derogation
    return (
        derogation is not None
        and _restrains(clause, finding.rule)
        and not set(derogation.clauses).isdisjoint(finding.clauses)
    )


def _restrains(clause: Clause, rule: str) -> bool:
    return rule.startswith(clause.ending.restrains)


def _lacks(grant: Grant, keys: Sequence[str]) -> Phrase:
    return phrase("suppress.derogation-lacks", id=grant.id, keys=", ".join(keys))


def _ended(grant: Grant, clause: Clause, end: date) -> Phrase:
    months = clause.derogation.months if clause.derogation else 0
    return phrase(
        "suppress.derogation-ended",
        id=grant.id,
        clause=clause.id,
        end=end.isoformat(),
        months=months,
    )


def _trouble(
    problem: SuppressionProblem,
    grant: Grant,
    reason: Phrase,
    about: str,
    concerns: tuple[Finding, ...] = (),
) -> Trouble:
    return Trouble("derogation", problem, reason, grant.span, f"{grant.id}:{about}", concerns)
