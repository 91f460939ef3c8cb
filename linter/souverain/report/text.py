"""Findings for people: one block each, with the source, the chain, the clause, the way out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

import click

from souverain.doctrine import Doctrine
from souverain.model import (
    Evidence,
    Finding,
    Lang,
    Phrase,
    Report,
    Severity,
    SourceEntry,
    SourceStatus,
    Span,
    phrase,
)
from souverain.records import dataclass
from souverain.report import Summary, aside, level, live, shown, standing, summarise, told
from souverain.report.grouping import Shown, blocks
from souverain.report.terminal import clean, excerpt
from souverain.text import render

_COLOURS: dict[Severity, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
_STATUSES: tuple[SourceStatus, ...] = ("analysed", "undecided", "skipped", "failed")

UNDECLARED = "context-not-declared"
"""Name of the rule that asks a project to say what it is: the sign of a first run."""

SHOWN_NOTES = 5
SHOWN_CLAUSES = 5
SHOWN_ADDRESSES = 3
SHOWN_PATHS = 3


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: the language, whether with colour, and how much."""

    lang: Lang = "en"
    color: bool = False
    verbosity: int = 0
    """Below 0: one line per finding. 0: as told above. Above 0: nothing is shortened."""
    suppressed: bool = False
    """Whether findings that are set aside are told as well."""

    def say(self, sentence: Phrase) -> str:
        """A sentence in the language, safe for a terminal."""
        return render(sentence, self.lang, clean)

    def paint(self, text: str, color: str | None = None, *, bold: bool = False) -> str:
        """``text`` in a colour, when colours are wanted."""
        return click.style(text, fg=color, bold=bold or None) if self.color else text

    def first(self, items: Sequence[str], count: int) -> Sequence[str]:
        """The first ``count`` items, or all of them when nothing is to be shortened."""
        return items if self.verbosity > 0 else items[:count]


def check(report: Report, doctrine: Doctrine, style: Style) -> str:
    """``check --format text``: findings root by root, then what was and was not checked."""
    lines: list[str] = []
    for block in blocks(shown(report, suppressed=style.suppressed)):
        lines.extend(_asset(block, doctrine, style))
    lines.extend(summary(report, style, told=told(report)))
    return "\n".join(lines) + "\n"


# --- findings -----------------------------------------------------------------------------


def _asset(block: Sequence[Shown], doctrine: Doctrine, style: Style) -> Iterator[str]:
    """Findings of one asset: the source and each link of the chain are shown once."""
    seen_spans: set[Span] = set()
    seen_notes: set[str] = set()
    for each in block:
        finding = each.finding
        yield _headline(finding, style)
        if finding.suppressed is not None:
            yield from _labelled("report.note", style.say(aside(finding.suppressed)), style)
        if style.verbosity < 0 or (level(finding) == "info" and style.verbosity == 0):
            yield from _others(each, style)
            continue
        if finding.span not in seen_spans:
            seen_spans.add(finding.span)
            yield from _excerpt(finding.span, style, _COLOURS[level(finding)])
        yield from _notes(finding.evidence, seen_notes, style)
        yield from _clauses(finding.clauses, doctrine, style)
        yield from _labelled("report.help", style.say(finding.remediation), style)
        yield from _others(each, style)
    yield ""


def _headline(finding: Finding, style: Style) -> str:
    span = finding.span
    place = style.paint(f"{clean(span.file)}:{span.line}:{span.column}:", bold=True)
    word = style.say(standing(finding))
    label = style.paint(f"{word}[{finding.rule}]", _COLOURS[level(finding)], bold=True)
    scenario = f" [{clean(finding.scenario)}]" if finding.scenario else ""
    return f"{place} {label}{scenario} {style.say(finding.message)}"


def _excerpt(span: Span, style: Style, color: str) -> Iterator[str]:
    line, marks = excerpt(span)
    if not line:
        return
    number = str(span.line)
    gutter = style.paint(" " * len(number) + " |", "blue")
    yield gutter
    yield f"{style.paint(f'{number} |', 'blue')} {line}"
    yield f"{gutter} {style.paint(marks, color, bold=True)}"


def _notes(evidence: Iterable[Evidence], seen: set[str], style: Style) -> Iterator[str]:
    notes = [text for text in dict.fromkeys(note(e, style) for e in evidence) if text not in seen]
    kept = style.first(notes, SHOWN_NOTES)
    seen.update(notes)
    for text in kept:
        yield from _labelled("report.note", text, style)
    yield from _more(len(notes) - len(kept), "report.note", style)


def note(item: Evidence, style: Style) -> str:
    """One link of a chain, and where it is written."""
    text = style.say(item.text)
    return f"{text} ← {clean(item.span.file)}:{item.span.line}" if item.span else text


def _clauses(identifiers: Sequence[str], doctrine: Doctrine, style: Style) -> Iterator[str]:
    """The best clause with its title and the ids of the others; all titles when verbose."""
    titles = [_titled(identifier, doctrine, style) for identifier in identifiers]
    if style.verbosity > 0 or len(titles) < 2:
        for title in titles:
            yield from _labelled("report.clause", title, style)
        return
    others = ", ".join(_identifiers(identifiers[1:], style))
    both = style.say(phrase("report.and-also", one=titles[0], others=others))
    yield from _labelled("report.clause", both, style)


def _identifiers(identifiers: Sequence[str], style: Style) -> Iterator[str]:
    """The ids, as many as a reader takes in."""
    yield from map(clean, identifiers[:SHOWN_CLAUSES])
    if len(identifiers) > SHOWN_CLAUSES:
        yield style.say(phrase("report.more", count=len(identifiers) - SHOWN_CLAUSES))


def _titled(identifier: str, doctrine: Doctrine, style: Style) -> str:
    clause = doctrine.clauses.get(identifier)
    if clause is None:
        return clean(identifier)
    return f"{clean(identifier)} ({style.say(clause.text.short)}, {style.say(clause.locator)})"


def _more(count: int, label: str, style: Style) -> Iterator[str]:
    if count > 0:
        yield from _labelled(label, style.say(phrase("report.more", count=count)), style)


def _others(told: Shown, style: Style) -> Iterator[str]:
    addresses = [clean(f.address or f.root) for f in told.others]
    if not addresses:
        return
    distinct = tuple(dict.fromkeys(addresses))
    kept = style.first(distinct, SHOWN_ADDRESSES)
    names = ", ".join(kept) + (", …" if len(kept) < len(distinct) else "")
    more = style.say(phrase("report.more-like-it", count=len(addresses)))
    yield from _labelled("report.also", f"{more} {names}", style)


def _labelled(label: str, text: str, style: Style) -> Iterator[str]:
    """``  = label: text``; further lines are indented below the first."""
    head = style.paint("  = ", "blue") + style.paint(f"{style.say(Phrase(label))}", bold=True)
    first, *rest = text.splitlines() or [""]
    yield f"{head} {first}".rstrip()
    yield from (f"      {line}" for line in rest)


# --- what was and was not checked -----------------------------------------------------------


def summary(
    report: Report, style: Style, *, findings: bool = True, told: Container[str] = ()
) -> Iterator[str]:
    """The closing lines; they never say that all is well, only what was looked at.

    ``told`` are the sources that a finding speaks of already.
    """
    if style.verbosity >= 0:
        untold = (entry for entry in report.ledger.entries if entry.path not in told)
        yield from _unread(untold, style)
    counts = summarise(report)
    statuses = [entry.status for entry in report.ledger.entries]
    by_status = {status: statuses.count(status) for status in _STATUSES}
    yield style.say(phrase("report.sources", count=counts.sources, **by_status))
    yield style.say(phrase("report.assets", count=counts.assets))
    if findings:
        yield _counted(counts, style)
        if counts.contested:
            yield style.say(phrase("report.contested-count", count=counts.contested))
    if style.verbosity >= 0:
        facts = phrase("report.facts", day=report.as_of, seen=report.catalog_seen_on)
        yield style.say(facts)
        yield style.say(phrase("report.limits"))
    # Hooks are quiet, and where most people meet the tool for the first time.
    if findings and any(finding.name == UNDECLARED for finding in live(report)):
        yield style.say(phrase("report.first-run"))


def _counted(counts: Summary, style: Style) -> str:
    color: Severity | None = "error" if counts.errors else "warning" if counts.warnings else None
    text = phrase(
        "report.findings",
        total=counts.errors + counts.warnings + counts.infos,
        errors=counts.errors,
        warnings=counts.warnings,
        infos=counts.infos,
        undecided=counts.undecided,
        suppressed=counts.suppressed,
    )
    return style.paint(style.say(text), _COLOURS[color] if color else None, bold=True)


def _unread(entries: Iterable[SourceEntry], style: Style) -> Iterator[str]:
    """Sources that failed or stayed undecided, by reason; skipped ones when asked for."""
    wanted: tuple[SourceStatus, ...] = ("failed", "undecided")
    if style.verbosity > 0:
        wanted = (*wanted, "skipped")
    for cause in causes(entries, style, wanted):
        label = style.say(phrase(f"report.status-{cause.status}"))
        color = _COLOURS["error"] if cause.status == "failed" else None
        yield f"{style.paint(label, color, bold=True)} {cause.places(style)}: {cause.reason}"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why sources were not read, and which."""

    status: SourceStatus
    reason: str
    entries: tuple[SourceEntry, ...]

    def places(self, style: Style) -> str:
        """Where they are: the first of them, and how many more."""
        kept = style.first(list(map(_where, self.entries)), SHOWN_PATHS)
        more = len(self.entries) - len(kept)
        rest = style.say(phrase("report.and-more", count=more)) if more else ""
        return f"{', '.join(kept)}{rest}"


def causes(
    entries: Iterable[SourceEntry],
    style: Style,
    wanted: Sequence[SourceStatus] = ("failed", "undecided"),
) -> Iterator[Cause]:
    """Sources of some statuses, by status and reason."""
    found: dict[tuple[SourceStatus, str], list[SourceEntry]] = {}
    for entry in entries:
        found.setdefault((entry.status, _reason(entry, style)), []).append(entry)
    for status in wanted:
        for (its, reason), members in found.items():
            if its == status:
                yield Cause(status, reason, tuple(members))


def _reason(entry: SourceEntry, style: Style) -> str:
    return style.say(entry.reason or phrase("report.no-reason"))


def _where(entry: SourceEntry) -> str:
    path = clean(entry.path)
    return f"{path}:{entry.span.line}:{entry.span.column}" if entry.span else path
