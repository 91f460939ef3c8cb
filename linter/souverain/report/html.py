"""``--format html``: findings, or the register, as one page without scripts or links to load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from souverain.doctrine import Doctrine
from souverain.model import Phrase, Report, phrase
from souverain.report import aside, level, shown, standing, table, unread
from souverain.report.grouping import Shown, blocks
from souverain.report.markdown import account, others, root_of
from souverain.report.markup import hypertext
from souverain.report.text import Style, causes, note

_FINDING = ("severity", "rule", "place", "finding", "clauses", "help")
_UNREAD = ("status", "source", "reason")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:90em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere;white-space:pre-wrap}"
    "th{background:#8882}"
    ".error{border-left:.4em solid #c00}"
    ".warning{border-left:.4em solid #c80}"
    ".info{border-left:.4em solid #08c}"
    "ul{margin:.3em 0;padding-left:1.2em}"
)


def check(report: Report, doctrine: Doctrine, style: Style) -> str:
    """A page: findings root by root, what was not read, and the account."""
    found = shown(report, suppressed=style.suppressed)
    told = [each for block in blocks(found) for each in block]
    lines: list[str] = []
    if not told:
        lines.append(f"<p>{_say(phrase('report.nothing-found'), style)}</p>")
    for title, members in groupby(told, root_of):
        lines.append(f"<h2>{hypertext(title)}</h2>")
        rows = [_row(each, doctrine, style) for each in members]
        lines += _table(_heads(_FINDING, style), rows)
    return _page(phrase("report.title-check"), lines, report, style, findings=True)


def inventory(report: Report, style: Style, *, everything: bool = False) -> str:
    """The register, root by root."""
    heads = (*map(hypertext, table.header(style)), *_heads(("unknown", "flows"), style))
    lines: list[str] = []
    for section in table.sections(report, style, everything=everything):
        lines.append(f"<h2>{hypertext(section.title)}</h2>")
        rows = [
            _cells((*map(hypertext, line.cells), _list(line.unknowns), _list(line.flows)))
            for line in section.lines
        ]
        lines += _table(heads, rows)
    if not lines:
        lines.append(f"<p>{_say(phrase('report.nothing-placed'), style)}</p>")
    return _page(phrase("report.title-inventory"), lines, report, style, findings=False)


def _page(
    title: Phrase, body: Iterable[str], report: Report, style: Style, *, findings: bool
) -> str:
    heading = _say(title, style)
    lines = (
        "<!DOCTYPE html>",
        f'<html lang="{style.lang}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{heading}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{heading}</h1>",
        *body,
        *_unread(report, style),
        "<ul>",
        *(f"<li>{hypertext(line)}</li>" for line in account(report, style, findings=findings)),
        "</ul>",
        "</body></html>",
    )
    return "\n".join(lines) + "\n"


def _say(sentence: Phrase, style: Style) -> str:
    return hypertext(style.say(sentence))


def _row(told: Shown, doctrine: Doctrine, style: Style) -> str:
    finding = told.finding
    chain = dict.fromkeys(note(link, style) for link in finding.evidence)
    why = [style.say(aside(finding.suppressed))] if finding.suppressed else []
    said = f"<p>{_say(finding.message, style)}</p>{_list((*why, *chain, *others(told, style)))}"
    return f'<td class="{level(finding)}">{_say(standing(finding), style)}</td>' + _cells(
        (
            hypertext(finding.rule),
            hypertext(f"{finding.span.file}:{finding.span.line}"),
            said,
            "<br>".join(_clause(identifier, doctrine) for identifier in finding.clauses),
            _say(finding.remediation, style),
        )
    )


def _clause(identifier: str, doctrine: Doctrine) -> str:
    clause = doctrine.clauses.get(identifier)
    shown, url = hypertext(identifier), clause.text.url if clause else None
    return f'<a href="{hypertext(url)}">{shown}</a>' if url else shown


def _unread(report: Report, style: Style) -> Iterator[str]:
    rows = [
        _cells(
            (
                _say(phrase(f"report.status-{cause.status}"), style).rstrip(" :\xa0\u202f"),
                hypertext(cause.places(style)),
                hypertext(cause.reason),
            )
        )
        for cause in causes(unread(report), style)
    ]
    if rows:
        yield f"<h2>{_say(phrase('report.title-unread'), style)}</h2>"
        yield from _table(_heads(_UNREAD, style), rows)


def _heads(names: Sequence[str], style: Style) -> tuple[str, ...]:
    return tuple(_say(phrase(f"report.head-{name}"), style) for name in names)


def _list(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{hypertext(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _cells(cells: Iterable[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _table(head: Sequence[str], rows: Sequence[str]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
    yield from (f"<tr>{row}</tr>" for row in rows)
    yield "</table>"
