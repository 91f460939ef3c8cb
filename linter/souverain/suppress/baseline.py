"""Baselines: findings that were there on the day one was written, and are accepted.

An entry is matched by fingerprint, then, for roots that were renamed or resources that
moved to another, without the root: as often as there are entries left, and no more. What
has become graver since (a derogation has ended, data were declared) is not what was
accepted. An entry of a root that is still there and was not looked at is left alone, and
kept when the file is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from souverain.model import (
    SEVERITY_ORDER,
    Finding,
    Phrase,
    Report,
    Severity,
    SourceText,
    Span,
    Suppression,
    phrase,
)
from souverain.project import ProjectError
from souverain.records import dataclass, replace
from souverain.rules.model import Rule
from souverain.sources import Tree, read_named
from souverain.suppress.findings import Trouble

VERSION: Final = 1
FIELDS: Final = ("rule", "severity", "root", "address", "fingerprint", "rootless")
ORDER: Final = ("rule", "root", "scenario", "address", "fingerprint")
"""What entries are sorted by."""

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted finding. ``root`` is relative to the repository."""

    fingerprint: str
    rootless: str
    rule: str
    severity: Severity
    root: str
    address: str
    span: Span
    scenario: str | None = None

    def admits(self, finding: Finding) -> bool:
        """Whether a finding is no graver than what was accepted."""
        return SEVERITY_ORDER[finding.severity] <= SEVERITY_ORDER[self.severity]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of one file."""

    source: SourceText
    entries: tuple[Entry, ...]


# --- the file -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a baseline, and the fingerprints it accepts."""

    text: str
    accepts: frozenset[str]


def written(report: Report, kept: Iterable[Entry] = ()) -> Written:
    """A baseline that accepts what a report tells: sorted, one entry on each line.

    What an ignore sets aside needs no entry, and what cannot be ignored has none. ``kept``
    are the entries of an older one that the run says nothing of.
    """
    ignorable = {rule.id for rule in report.rules if rule.ignorable}
    taken = [f for f in report.findings if f.rule in ignorable and _is_open(f)]
    accepts = frozenset(finding.fingerprint for finding in taken)
    rows = [_written(finding) for finding in taken]
    rows += [_written_again(entry) for entry in kept if entry.fingerprint not in accepts]
    rows.sort(key=lambda row: [row[name] or "" for name in ORDER])
    lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    listed = f"[\n{lines}\n  ]" if rows else "[]"
    head = f'  "version": {VERSION},\n  "as_of": {json.dumps(report.as_of)},\n'
    return Written(f'{{\n{head}  "findings": {listed}\n}}\n', accepts)


def unseen(baseline: Baseline, trees: Sequence[Tree], report: Report) -> Iterator[Entry]:
    """Entries that a run says nothing of: of other rules, and of roots it did not look at."""
    applied = {rule.id for rule in report.rules}
    seen = _Seen(trees)
    return (e for e in baseline.entries if e.rule not in applied or not seen.answers_for(e))


def applied(report: Report, written: Written, path: Path) -> Report:
    """The report once a baseline was written: what it accepts is set aside."""
    reason = phrase("suppress.in-baseline", file=path.as_posix())
    suppression = Suppression("baseline", reason)
    findings = (
        _aside(finding, suppression) if finding.fingerprint in written.accepts else finding
        for finding in report.findings
    )
    return replace(report, findings=tuple(findings))


def _is_open(finding: Finding) -> bool:
    return finding.suppressed is None or finding.suppressed.kind == "baseline"


def _written(finding: Finding) -> dict[str, str | None]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "root": finding.home,
        "scenario": finding.scenario,
        "address": finding.address,
        "fingerprint": finding.fingerprint,
        "rootless": finding.rootless,
    }


def _written_again(entry: Entry) -> dict[str, str | None]:
    return {
        "rule": entry.rule,
        "severity": entry.severity,
        "root": entry.root,
        "scenario": entry.scenario,
        "address": entry.address,
        "fingerprint": entry.fingerprint,
        "rootless": entry.rootless,
    }


def load(path: Path) -> Baseline:
    """The baseline in a file named on the command line.

    Raises :class:`~souverain.project.ProjectError` for a file that is none.
    """
    source = read_named(path)
    if isinstance(source, Phrase):
        nowhere = Span(SourceText(path.as_posix(), b""), 0, 0)
        raise ProjectError.at(phrase("suppress.no-baseline", reason=source), nowhere)
    content = _decoded(source)
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(content, dict) or version is True or version != VERSION:
        raise _invalid(source, phrase("suppress.baseline-version", version=VERSION), 0)
    listed = content.get("findings")
    if not isinstance(listed, list):
        raise _invalid(source, phrase("suppress.baseline-findings"), 0)
    return Baseline(source, tuple(_entries(source, listed)))


def _decoded(source: SourceText) -> Json:
    try:
        content: Json = json.loads(source.data.decode("utf-8"))
    except json.JSONDecodeError as error:
        at = len(error.doc[: error.pos].encode())
        raise _invalid(source, phrase("suppress.not-json", problem=error.msg), at) from None
    except (ValueError, RecursionError):
        raise _invalid(source, phrase("suppress.not-json", problem="UTF-8"), 0) from None
    return content


def _entries(source: SourceText, listed: Sequence[Json]) -> Iterator[Entry]:
    at = 0
    for position, item in enumerate(listed, 1):
        texts = _texts(item)
        if texts is None:
            wanted = phrase("suppress.baseline-entry", number=position, fields=", ".join(FIELDS))
            raise _invalid(source, wanted, at)
        # Fingerprints are unique and in the order of the file: each is found after the last.
        fingerprint = texts["fingerprint"].encode("utf-8", "surrogatepass")
        at = max(source.data.find(fingerprint, at), at)
        span = Span(source, at, min(at + len(fingerprint), len(source.data)))
        yield Entry(
            texts["fingerprint"],
            texts["rootless"],
            texts["rule"],
            _severity(texts["severity"]),
            texts["root"],
            texts["address"],
            span,
            _scenario(item),
        )


def _texts(item: Json) -> dict[str, str] | None:
    """The fields of an entry; None when one is missing or is no text."""
    if not isinstance(item, dict):
        return None
    found = {name: value for name in FIELDS if isinstance(value := item.get(name), str)}
    whole = len(found) == len(FIELDS) and found["severity"] in SEVERITY_ORDER
    return found if whole and found["fingerprint"] else None


def _scenario(item: Json) -> str | None:
    name = item.get("scenario") if isinstance(item, dict) else None
    return name if isinstance(name, str) else None


def _severity(name: str) -> Severity:
    return "error" if name == "error" else "warning" if name == "warning" else "info"


def _invalid(source: SourceText, message: Phrase, at: int) -> ProjectError:
    return ProjectError.at(message, Span(source, at, at))


# --- what it accepts ----------------------------------------------------------------------


def accept(
    found: Sequence[Finding],
    baseline: Baseline,
    trees: Sequence[Tree],
    rules: Mapping[str, Rule],
) -> tuple[tuple[Finding, ...], tuple[Trouble, ...]]:
    """Findings with those of the baseline set aside, and entries that match nothing.

    The order stays. ``rules`` are the rules that were applied, by id.
    """
    matching = _Matching(baseline, trees)
    accepted: dict[int, Finding] = {}
    candidates = [
        (at, finding)
        for at, finding in enumerate(found)
        if finding.suppressed is None and finding.rule in rules and rules[finding.rule].ignorable
    ]
    for take in (matching.exactly, matching.elsewhere):
        for at, finding in candidates:
            if at not in accepted and (entry := take(finding)) is not None:
                accepted[at] = _set_aside(finding, entry)
    kept = tuple(accepted.get(at, finding) for at, finding in enumerate(found))
    gone = (_gone(entry, now) for entry, now in matching.gone() if entry.rule in rules)
    return kept, tuple(gone)


class _Matching:
    """The entries of a baseline that no finding has taken yet."""

    def __init__(self, baseline: Baseline, trees: Sequence[Tree]) -> None:
        self._left: dict[str, list[Entry]] = {}
        for entry in baseline.entries:
            self._left.setdefault(entry.fingerprint, []).append(entry)
        self._seen = _Seen(trees)
        self._outgrown: dict[str, Finding] = {}
        self._loose: dict[str, list[Entry]] | None = None

    def exactly(self, finding: Finding) -> Entry | None:
        """The entry of the same fingerprint."""
        entries = self._left.get(finding.fingerprint, [])
        for entry in entries:
            if entry.admits(finding):
                entries.remove(entry)
                return entry
            self._outgrown[entry.fingerprint] = finding
        return None

    def elsewhere(self, finding: Finding) -> Entry | None:
        """An entry of another root that says the same; asked once all exact ones are taken."""
        if self._loose is None:
            self._loose = {}
            for entry in self._remaining():
                if entry.fingerprint in self._outgrown:
                    continue
                if self._seen.covers(entry) or not self._seen.is_there(entry):
                    self._loose.setdefault(entry.rootless, []).append(entry)
        entries = self._loose.get(finding.rootless, []) if finding.rootless else []
        taken = next((entry for entry in entries if entry.admits(finding)), None)
        if taken is not None:
            entries.remove(taken)
            self._left[taken.fingerprint].remove(taken)
        return taken

    def gone(self) -> Iterator[tuple[Entry, Finding | None]]:
        """Entries left over of what was looked at, or, in a run on all, of no root there is;
        with what has outgrown them."""
        for entry in self._remaining():
            if self._seen.answers_for(entry):
                yield entry, self._outgrown.get(entry.fingerprint)

    def _remaining(self) -> Iterator[Entry]:
        return (entry for entries in self._left.values() for entry in entries)


class _Seen:
    """What of a repository a run looked at."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self._trees = trees

    def answers_for(self, entry: Entry) -> bool:
        """Whether the run would have found again what an entry accepts: its root was asked
        for, or everything was and its root is no more."""
        return self.covers(entry) or (self._all() and not self.is_there(entry))

    def covers(self, entry: Entry) -> bool:
        """Whether its root is part of what was asked for."""
        return any(tree.given_covers(path) for tree, path in self._places(entry))

    def is_there(self, entry: Entry) -> bool:
        """Whether its root is in one of the projects."""
        return any(tree.exists(path) for tree, path in self._places(entry))

    def _all(self) -> bool:
        return all(tree.given_covers(tree.display_root) for tree in self._trees)

    def _places(self, entry: Entry) -> Iterator[tuple[Tree, str]]:
        for tree in self._trees:
            path = tree.from_repository(entry.root)
            if path is not None:
                yield tree, path


def _set_aside(finding: Finding, entry: Entry) -> Finding:
    reason = phrase("suppress.in-baseline", file=entry.span.file)
    return _aside(finding, Suppression("baseline", reason, span=entry.span))


def _aside(finding: Finding, suppression: Suppression) -> Finding:
    return replace(finding, suppressed=suppression, group=f"{finding.group}:baseline")


def _gone(entry: Entry, now: Finding | None) -> Trouble:
    named = f"{entry.root}: {entry.address}" if entry.address else entry.root
    reason = phrase("suppress.entry-gone", rule=entry.rule, what=named)
    if now is not None:
        reason = phrase(
            "suppress.entry-outgrown",
            rule=entry.rule,
            what=named,
            then=phrase(f"suppress.severity-{entry.severity}"),
            now=phrase(f"suppress.severity-{now.severity}"),
        )
    concerns = (now,) if now is not None else ()
    return Trouble("baseline", "unused", reason, entry.span, entry.fingerprint, concerns)
