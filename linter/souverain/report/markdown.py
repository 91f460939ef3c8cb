"""``--format markdown``: findings, or the register, as tables; for merge requests and wikis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from souverain.doctrine import Doctrine
from souverain.model import Phrase, Report, phrase
from souverain.report import aside, shown, standing, table, unread
from souverain.report.grouping import Shown, blocks
from souverain.report.markup import safe
from souverain.report.text import (
    SHOWN_ADDRESSES,
    SHOWN_CLAUSES,
    SHOWN_NOTES,
    Style,
    causes,
    note,
    summary,
)

_FINDING = ("severity", "rule", "place", "finding", "clauses", "help")
_UNREAD = ("status", "source", "reason")


def check(report: Report, doctrine: Doctrine, style: Style) -> str:
    """A document: findings root by root, what was not read, and the account."""
    found = shown(report, suppressed=style.suppressed)
    told = [each for block in blocks(found) for each in block]
    lines = [f"# {_say(phrase('report.title-check'), style)}", ""]
    if not told:
        lines += [_say(phrase("report.nothing-found"), style), ""]
    for title, members in groupby(told, root_of):
        rows = [_row(each, doctrine, style) for each in members]
        lines += [f"## {safe(title)}", "", *_table(_heads(_FINDING, style), rows)]
    lines += _unread(report, style)
    lines += [f"- {safe(line)}" for line in account(report, style, findings=True)]
    return "\n".join(lines) + "\n"


def inventory(report: Report, style: Style, *, everything: bool = False) -> str:
    """The register, root by root."""
    lines = [f"# {_say(phrase('report.title-inventory'), style)}", ""]
    heads = (*table.header(style), *_heads(("unknown", "flows"), style))
    sections = list(table.sections(report, style, everything=everything))
    if not sections:
        lines += [_say(phrase("report.nothing-placed"), style), ""]
    for section in sections:
        rows = [
            (*map(safe, line.cells), _list(line.unknowns), _list(line.flows))
            for line in section.lines
        ]
        lines += [f"## {safe(section.title)}", "", *_table(heads, rows)]
    lines += _unread(report, style)
    lines += [f"- {safe(line)}" for line in account(report, style, findings=False)]
    return "\n".join(lines) + "\n"


def _say(sentence: Phrase, style: Style) -> str:
    return safe(style.say(sentence))


def root_of(told: Shown) -> str:
    """The root of a finding, with its scenario, as a title."""
    finding = told.finding
    return f"{finding.root} [{finding.scenario}]" if finding.scenario else finding.root


def _row(told: Shown, doctrine: Doctrine, style: Style) -> tuple[str, ...]:
    finding = told.finding
    chain = tuple(dict.fromkeys(note(link, style) for link in finding.evidence))
    said = (
        style.say(finding.message),
        *([style.say(aside(finding.suppressed))] if finding.suppressed else []),
        *_first(chain, SHOWN_NOTES, style),
        *others(told, style),
    )
    clauses = _first(finding.clauses, SHOWN_CLAUSES, style)
    return (
        _say(standing(finding), style),
        safe(finding.rule),
        safe(f"{finding.span.file}:{finding.span.line}"),
        _list(said),
        "<br>".join(_clause(identifier, doctrine) for identifier in clauses),
        _list([style.say(finding.remediation)]),
    )


def _first(lines: tuple[str, ...], count: int, style: Style) -> tuple[str, ...]:
    """The first lines, and how many there are beside them."""
    kept = style.first(lines, count)
    rest = len(lines) - len(kept)
    return (*kept, style.say(phrase("report.more", count=rest))) if rest else lines


def others(told: Shown, style: Style) -> Iterator[str]:
    """How many findings are told with this one, and on what."""
    names = tuple(dict.fromkeys(f.address or f.root for f in told.others))
    if names:
        more = style.say(phrase("report.more-like-it", count=len(told.others)))
        kept = style.first(names, SHOWN_ADDRESSES)
        yield f"{more} {', '.join(kept)}{', …' if len(kept) < len(names) else ''}"


def _clause(identifier: str, doctrine: Doctrine) -> str:
    clause = doctrine.clauses.get(identifier)
    url = clause.text.url if clause else None
    return f"[{safe(identifier)}]({url})" if url else safe(identifier)


def _unread(report: Report, style: Style) -> Iterator[str]:
    rows = [
        (
            _say(phrase(f"report.status-{cause.status}"), style).rstrip(" :"),
            safe(cause.places(style)),
            safe(cause.reason),
        )
        for cause in causes(unread(report), style)
    ]
    if rows:
        yield from (f"## {_say(phrase('report.title-unread'), style)}", "")
        yield from _table(_heads(_UNREAD, style), rows)


def account(report: Report, style: Style, *, findings: bool) -> Iterator[str]:
    """The closing lines of the text report; what was not read is told apart."""
    everywhere = {entry.path for entry in report.ledger.entries}
    return summary(report, Style(style.lang), findings=findings, told=everywhere)


def _heads(names: Sequence[str], style: Style) -> tuple[str, ...]:
    return tuple(_say(phrase(f"report.head-{name}"), style) for name in names)


def _list(lines: Sequence[str]) -> str:
    """Lines of one cell, which keep their indentation."""
    return "<br>".join(
        "&nbsp;" * (len(line) - len(line.lstrip(" "))) + safe(line)
        for text in lines
        for line in text.split("\n")
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
