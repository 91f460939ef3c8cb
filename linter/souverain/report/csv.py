"""``--format csv``: a row for each finding, or for each asset of the register.

For programs and for spreadsheets: always in English, separated by commas (RFC 4180, with
bare line feeds), every cell quoted; lists are separated by spaces or ``; ``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from souverain.model import Finding, Phrase, Report
from souverain.report import aside, placed_order, register
from souverain.report.json import Json, register_entry
from souverain.report.markup import cell
from souverain.report.terminal import clean
from souverain.text import render

_FINDING = (
    "severity",
    "verdict",
    "rule",
    "name",
    "message",
    "address",
    "root",
    "scenario",
    "system",
    "file",
    "line",
    "column",
    "clauses",
    "basis",
    "confidence",
    "depends_on",
    "remediation",
    "fingerprint",
    "group",
    "suppressed",
)
_ASSET = (
    "root",
    "scenario",
    "address",
    "type",
    "role",
    "operators",
    "services",
    "layers",
    "regions",
    "countries",
    "unknown",
    "exposed_to",
    "possibly_exposed_to",
    "data",
    "data_unknown",
    "custody",
    "secnumcloud",
    "hds",
    "flows",
    "file",
    "line",
)


def check(report: Report) -> str:
    """A row for each finding, suppressed ones included."""
    return _written(_FINDING, map(_finding, sorted(report.findings, key=placed_order)))


def inventory(report: Report, *, everything: bool = False) -> str:
    """A row for each asset; where its data go is one of its cells."""
    assets = register(report, everything=everything)
    return _written(_ASSET, (_asset(register_entry(asset)) for asset in assets))


def _say(sentence: Phrase) -> str:
    return render(sentence, "en", clean)


def _finding(finding: Finding) -> Sequence[str | int | None]:
    return (
        finding.severity,
        finding.verdict,
        finding.rule,
        finding.name,
        _say(finding.message),
        finding.address,
        finding.root,
        finding.scenario,
        finding.system,
        finding.span.file,
        finding.span.line,
        finding.span.column,
        " ".join(finding.clauses),
        finding.basis,
        finding.confidence,
        " ".join(finding.depends_on),
        _say(finding.remediation),
        finding.fingerprint,
        finding.group,
        _say(aside(finding.suppressed)) if finding.suppressed else None,
    )


def _asset(entry: Mapping[str, Json]) -> Sequence[str | int | None]:
    layers, certificates = _objects(entry["layers"]), _object(entry["certificates"])
    return (
        *(_text(entry[name]) for name in ("root", "scenario", "address", "type", "role")),
        *(_joined(layer[name] for layer in layers) for name in ("operator", "service", "layer")),
        _listed(entry["regions"]),
        _listed(entry["countries"]),
        _text(entry["unknown"]),
        _listed(entry["exposed_to"]),
        _listed(entry["possibly_exposed_to"]),
        "; ".join(f"{fact['category']} ({fact['certainty']})" for fact in _objects(entry["data"])),
        _text(entry["data_unknown"]),
        _text(entry["custody"]),
        _text(certificates["secnumcloud"]),
        _text(certificates["hds"]),
        "; ".join(map(_flow, _objects(entry["flows"]))),
        _text(entry["file"]),
        _text(entry["line"]),
    )


def _flow(flow: Mapping[str, Json]) -> str:
    """``replication? aws amazon-s3 us-west-2 (US)``; the mark says that it is not certain."""
    kind = f"{flow['kind']}{'' if flow['certain'] else '?'}"
    countries = _listed(flow["countries"])
    parts = [_text(flow[name]) for name in ("operator", "service", "target")]
    place = (_listed(flow["regions"]), f"({countries})" if countries else "")
    return " ".join(part for part in (kind, *parts, *place) if part)


# --- JSON, which is what the register is made of -------------------------------------------


def _text(value: Json) -> str:
    return "" if value is None else str(value)


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Json) -> list[Mapping[str, Json]]:
    return [_object(item) for item in _items(value)]


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _listed(value: Json) -> str:
    return " ".join(map(_text, _items(value)))


def _joined(values: Iterable[Json]) -> str:
    """Each value once; what is not known is a question mark."""
    return " ".join(dict.fromkeys(_text(value) or "?" for value in values))


def _written(head: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(_text(value)) for value in row] for row in rows)
    return text.getvalue()
