"""``check --format github``: annotations of a GitHub job, and its summary.

GitHub shows ten annotations of each level per step: the most severe come first, and those
of one group are told once.
"""

from __future__ import annotations

from collections.abc import Iterator

from souverain.doctrine import Doctrine
from souverain.model import SEVERITY_ORDER, Report, Severity, Span, phrase
from souverain.report import aside, level, markdown, placed_order, shown, standing, told, unread
from souverain.report.grouping import Shown, blocks
from souverain.report.markup import safe
from souverain.report.terminal import clean
from souverain.report.text import Cause, Style, causes

SUMMARY_BYTES = 1 << 20
"""What GitHub takes of the summary of a step."""

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def check(report: Report, style: Style) -> str:
    """Workflow commands, one on each line."""
    found = shown(report, suppressed=style.suppressed)
    told_first = sorted((each for block in blocks(found) for each in block), key=_worst_first)
    lines = [_annotation(each, style) for each in told_first]
    lines.extend(_unread(report, style))
    return "".join(f"{line}\n" for line in lines)


def _worst_first(each: Shown) -> tuple[int, tuple[str, int, int, str, str, str]]:
    return -SEVERITY_ORDER[level(each.finding)], placed_order(each.finding)


def _annotation(each: Shown, style: Style) -> str:
    finding = each.finding
    title = f"{finding.rule} {finding.name}"
    lines = [style.say(finding.message), style.say(finding.remediation)]
    if finding.suppressed is not None:
        title = f"{title} ({style.say(standing(finding))})"
        lines.insert(1, style.say(aside(finding.suppressed)))
    if each.others:
        names = ", ".join(dict.fromkeys(clean(f.address or f.root) for f in each.others))
        more = style.say(phrase("report.more-like-it", count=len(each.others)))
        lines.append(f"{more} {names}")
    place = _place(finding.span)
    return _command(_COMMANDS[level(finding)], place, title, "\n".join(lines))


def _place(span: Span) -> dict[str, str]:
    """Where an annotation stands. Columns are refused when it has several lines."""
    lines = {"file": span.file, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line != span.end_line:
        return lines
    return {**lines, "col": str(span.column), "endColumn": str(span.end_column)}


def _unread(report: Report, style: Style) -> Iterator[str]:
    """What could not be read and no finding speaks of, a reason at a time."""
    spoken_of = told(report)
    entries = (entry for entry in unread(report) if entry.path not in spoken_of)
    return (_cause(cause, style) for cause in causes(entries, style))


def _cause(cause: Cause, style: Style) -> str:
    command = "error" if cause.status == "failed" else "notice"
    first = cause.entries[0]
    place = _place(first.span) if first.span else {"file": first.path}
    title = style.say(phrase("report.title-unread"))
    return _command(command, place, title, f"{cause.places(style)}: {cause.reason}")


def _command(name: str, place: dict[str, str], title: str, message: str) -> str:
    properties = {**place, "title": title}
    written = ",".join(f"{key}={_property(clean(text))}" for key, text in properties.items())
    return f"::{name} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(report: Report, doctrine: Doctrine, style: Style) -> str:
    """The summary of the job, in Markdown, cut to what GitHub takes."""
    whole = markdown.check(report, doctrine, style)
    if len(whole.encode("utf-8", "backslashreplace")) <= SUMMARY_BYTES:
        return whole
    note = f"\n{safe(style.say(phrase('report.cut-short')))}\n"
    room = SUMMARY_BYTES - len(note.encode())
    kept = whole.encode("utf-8", "backslashreplace")[:room]
    return kept[: kept.rfind(b"\n") + 1].decode() + note
