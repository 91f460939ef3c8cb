"""The data-location register for people: one line per asset, its flows below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from souverain.model import AssetFacts, Facts, Flow, Location, Phrase, Report, phrase
from souverain.records import dataclass
from souverain.report import register, role_of
from souverain.report.terminal import clean, width
from souverain.report.text import Style, summary

_COLUMNS = ("address", "role", "operator", "place", "data", "exposed", "certificates")
_SCHEMES = ("secnumcloud", "hds")
_NOTHING = "-"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An asset: a cell for each column, why something is unknown, and where its data go."""

    cells: Row
    unknowns: tuple[str, ...]
    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The assets of one root in one scenario."""

    title: str
    lines: tuple[Line, ...]


def header(style: Style) -> Row:
    """The titles of the columns."""
    return tuple(style.say(Phrase(f"report.column-{name}")) for name in _COLUMNS)


def sections(report: Report, style: Style, *, everything: bool) -> Iterator[Section]:
    """The register, root by root; ``everything`` is ``--all``."""
    assets = register(report, everything=everything)
    for (root, scenario), group in groupby(assets, key=lambda a: (a.asset.root, a.asset.scenario)):
        title = clean(root) + (f" [{clean(scenario)}]" if scenario else "")
        yield Section(title, tuple(_entry(asset, style) for asset in group))


def _entry(asset: AssetFacts, style: Style) -> Line:
    return Line(
        _row(asset, style),
        tuple(_unknowns(asset, style)),
        tuple(dict.fromkeys(_flows(asset, style))),
    )


def inventory(report: Report, style: Style, *, everything: bool = False) -> str:
    """``inventory --format text``; ``everything`` is ``--all``."""
    lines: list[str] = []
    for section in sections(report, style, everything=everything):
        lines.append(style.paint(section.title, bold=True))
        lines.extend(_table(section, style))
        lines.append("")
    if not lines:
        lines.append(style.say(phrase("report.nothing-placed")))
    lines.extend(summary(report, style, findings=False))
    return "\n".join(lines) + "\n"


def _table(section: Section, style: Style) -> Iterator[str]:
    rows = [header(style), *(line.cells for line in section.lines)]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    yield style.paint(_line(header(style), widths), bold=True)
    for line in section.lines:
        yield _line(line.cells, widths)
        yield from (f"    ? {reason}" for reason in line.unknowns)
        yield from (f"    → {flow}" for flow in line.flows)


def _line(cells: Row, widths: Sequence[int]) -> str:
    padded = (cell + " " * (room - width(cell)) for cell, room in zip(cells, widths, strict=True))
    return f"  {'  '.join(padded)}".rstrip()


def _row(entry: AssetFacts, style: Style) -> Row:
    worlds = [facts for _, facts in entry.worlds]
    return (
        clean(entry.asset.address),
        style.say(Phrase(f"report.role-{role_of(entry) or 'unknown'}")),
        _alternatives(_operators(facts, style) for facts in worlds),
        _alternatives(_place(facts.location, style) for facts in worlds),
        _alternatives(_data(facts, style) for facts in worlds),
        _alternatives(_exposed(facts) for facts in worlds),
        _alternatives(_certificates(facts, style) for facts in worlds),
    )


def _alternatives(texts: Iterable[str]) -> str:
    """What it is in one world or another, each said once."""
    return " | ".join(dict.fromkeys(texts))


def _operators(facts: Facts, style: Style) -> str:
    unknown = style.say(phrase("report.unknown"))
    named = (
        " ".join((layer.operator or unknown, layer.service or "")).strip() for layer in facts.layers
    )
    return clean(" / ".join(dict.fromkeys(named))) or unknown


def _place(location: Location, style: Style) -> str:
    regions, countries = ", ".join(location.regions), ", ".join(location.countries)
    known = f"{regions} ({countries})" if regions and countries else regions or countries
    parts = [clean(known)] if known else []
    if location.anywhere and not countries:
        parts.append(style.say(phrase("report.anywhere")))
    if location.unknown:
        parts.append(style.say(phrase("report.unknown")))
    return "; ".join(parts) or _NOTHING


def _unknowns(entry: AssetFacts, style: Style) -> Iterable[str]:
    """Why the operator, the place or the data are not known, in any world."""
    reasons = (
        unknown.reason
        for _, facts in entry.worlds
        for unknown in (
            *(layer.unknown for layer in facts.layers),
            facts.location.unknown,
            facts.data_unknown,
        )
        if unknown
    )
    return dict.fromkeys(map(style.say, reasons))


def _data(facts: Facts, style: Style) -> str:
    certainties = (style.say(Phrase(f"report.certainty-{fact.certainty}")) for fact in facts.data)
    held = zip((fact.category for fact in facts.data), certainties, strict=True)
    return ", ".join(f"{category} ({certainty})" for category, certainty in held) or _NOTHING


def _exposed(facts: Facts) -> str:
    certain = {exposure.country for exposure in facts.exposures if exposure.certain}
    possible = {exposure.country for exposure in facts.exposures} - certain
    return ", ".join([*sorted(certain), *(f"{c}?" for c in sorted(possible))]) or _NOTHING


def _certificates(facts: Facts, style: Style) -> str:
    found = (facts.certificate(scheme) for scheme in _SCHEMES)
    statuses = (certificate.status if certificate else "unknown" for certificate in found)
    return " / ".join(style.say(Phrase(f"report.certificate-{status}")) for status in statuses)


def _flows(entry: AssetFacts, style: Style) -> Iterator[str]:
    return (_flow(flow, style) for _, facts in entry.worlds for flow in facts.flows)


def _flow(flow: Flow, style: Style) -> str:
    target = clean(" ".join(part for part in (flow.operator, flow.service, flow.target) if part))
    reason = f" ({style.say(flow.location.unknown.reason)})" if flow.location.unknown else ""
    sure = "report.flow-ordered" if flow.certain else "report.flow-possible"
    head = style.say(phrase(sure, kind=Phrase(f"report.flow-{flow.kind}")))
    return " ".join(filter(None, (head, target, _place(flow.location, style)))) + reason
