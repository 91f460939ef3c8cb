"""The JSON contract, version 1: fields may be added, never renamed. Always in English.

Of scanned files it carries places, names and identifiers, and no other attribute value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from json.encoder import encode_basestring_ascii
from typing import TypeAlias, TypeVar

from souverain import __version__
from souverain.model import (
    AssetFacts,
    CertificateStatus,
    CustodyLevel,
    DataFact,
    Evidence,
    Facts,
    Finding,
    Flow,
    LayerPlacement,
    Location,
    Phrase,
    Report,
    SourceEntry,
    Suppression,
    Undecided,
)
from souverain.report import placed_order, register, role_of, summarise
from souverain.text import render

T = TypeVar("T")
K = TypeVar("K")

Json: TypeAlias = (
    "bool | int | float | str | Sequence[Json] | Iterator[Json] | Mapping[str, Json] | None"
)

VERSION = 1
SCHEMES = ("secnumcloud", "hds")

_CERTIFICATES_WORST_FIRST: tuple[CertificateStatus, ...] = (
    "not_qualified",
    "in_progress",
    "unknown",
    "renewal_unconfirmed",
    "qualified",
)
_CUSTODY_WEAKEST_FIRST: tuple[CustodyLevel, ...] = (
    "unknown",
    "none",
    "operator",
    "customer_managed",
    "external",
    "client_side",
)


def check(report: Report) -> str:
    """``check --format json``."""
    findings = sorted(report.findings, key=placed_order)
    return dump(
        {
            **_head(report),
            "summary": asdict(summarise(report)),
            "findings": map(_finding, findings),
            "sources": _sources(report),
        }
    )


def inventory(report: Report, *, everything: bool = False) -> str:
    """``inventory --format json``; ``everything`` is ``--all``."""
    assets = register(report, everything=everything)
    return dump(
        {
            **_head(report),
            "assets": map(register_entry, assets),
            "sources": _sources(report),
        }
    )


def dump(document: Json) -> str:
    """A document as every JSON format writes it; an iterator is a list."""
    return _written(document, "\n") + "\n"


def _written(value: Json, margin: str) -> str:
    """A value as ``json.dumps(value, indent=2)`` has it, after a line break and some spaces.

    That one makes a list of every word first, and takes no iterators: of each finding, only
    what is written of it need be kept.
    """
    if isinstance(value, str):
        # Lone surrogates cannot be written as UTF-8; escaped ASCII is always valid.
        return encode_basestring_ascii(value)
    inner = f"{margin}  "
    if isinstance(value, Mapping):
        members = [
            f"{encode_basestring_ascii(key)}: {_written(item, inner)}"
            for key, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(members)}{margin}}}" if members else "{}"
    if isinstance(value, Iterable):
        items = [_written(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{margin}]" if items else "[]"
    return json.dumps(value)


def _head(report: Report) -> dict[str, Json]:
    return {
        "version": VERSION,
        "tool": {"name": "souverain", "version": __version__},
        "as_of": report.as_of,
        "catalog": {"version": report.catalog_version, "seen_on": report.catalog_seen_on},
    }


def _text(phrase: Phrase) -> str:
    return render(phrase, "en")


def _reason(unknown: Undecided | None) -> str | None:
    return _text(unknown.reason) if unknown else None


# --- findings -----------------------------------------------------------------------------


def _finding(finding: Finding) -> dict[str, Json]:
    span = finding.span
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "verdict": finding.verdict,
        "message": _text(finding.message),
        "address": finding.address,
        "root": finding.root,
        "scenario": finding.scenario,
        "system": finding.system,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "clauses": list(finding.clauses),
        "basis": finding.basis,
        "confidence": finding.confidence,
        "depends_on": list(finding.depends_on),
        "evidence": [{"kind": item.kind, **_evidence(item)} for item in finding.evidence],
        "remediation": _text(finding.remediation),
        "fingerprint": finding.fingerprint,
        "group": finding.group,
        "suppressed": _suppressed(finding.suppressed),
        "suppression": _suppression(finding.suppressed),
    }


def _suppressed(suppression: Suppression | None) -> str | None:
    return f"{suppression.kind}: {_text(suppression.reason)}" if suppression else None


def _suppression(suppression: Suppression | None) -> Json:
    if suppression is None:
        return None
    return {
        "kind": suppression.kind,
        "reason": _text(suppression.reason),
        "until": suppression.until,
        "ref": suppression.ref,
        "contested": suppression.contested,
        "file": suppression.span.file if suppression.span else None,
        "line": suppression.span.line if suppression.span else None,
    }


def _evidence(item: Evidence) -> dict[str, Json]:
    """A link of a chain; catalogue facts are written in no scanned file."""
    span = item.span
    return {
        "text": _text(item.text),
        "file": span.file if span else None,
        "line": span.line if span else None,
    }


def _sources(report: Report) -> Iterator[Json]:
    return map(_source, report.ledger.entries)


def _source(entry: SourceEntry) -> dict[str, Json]:
    return {
        "path": entry.path,
        "kind": entry.kind,
        "status": entry.status,
        "reason": _text(entry.reason) if entry.reason else None,
        "line": entry.span.line if entry.span else None,
        "column": entry.span.column if entry.span else None,
    }


# --- the register -------------------------------------------------------------------------


def register_entry(entry: AssetFacts) -> dict[str, Json]:
    """One asset; what differs between worlds is given as every possible value."""
    asset, worlds = entry.asset, [facts for _, facts in entry.worlds]
    exposures = [exposure for facts in worlds for exposure in facts.exposures]
    return {
        "address": asset.address,
        "type": asset.type,
        "root": asset.root,
        "scenario": asset.scenario,
        "file": asset.span.file,
        "line": asset.span.line,
        "role": role_of(entry),
        "layers": [_layer(layer) for layer in _distinct(worlds, _layers, _layer_key)],
        **_place([facts.location for facts in worlds], _operator_unknown(worlds)),
        "exposed_to": sorted({e.country for e in exposures if e.certain}),
        "possibly_exposed_to": sorted({e.country for e in exposures if not e.certain}),
        "data": [_data(fact) for fact in _distinct(worlds, _data_facts, _data_key)],
        "data_unknown": next((_reason(f.data_unknown) for f in worlds if f.data_unknown), None),
        "custody": _weakest_custody(worlds),
        "certificates": {scheme: _worst_certificate(worlds, scheme) for scheme in SCHEMES},
        "flows": _flows(worlds),
    }


def _place(locations: Sequence[Location], otherwise: Undecided | None = None) -> dict[str, Json]:
    """Every region and country it may be in; ``unknown`` says what could not be decided."""
    regions = {region for location in locations for region in location.regions}
    countries = {country for location in locations for country in location.countries}
    if not regions and any(location.anywhere for location in locations):
        regions = {"global"}
    unknown = next((location.unknown for location in locations if location.unknown), None)
    return {
        "regions": sorted(regions),
        "countries": sorted(countries),
        "unknown": _reason(unknown or (None if regions or countries else otherwise)),
    }


def _operator_unknown(worlds: Sequence[Facts]) -> Undecided | None:
    layers = (layer for facts in worlds for layer in facts.layers)
    return next((layer.unknown for layer in layers if layer.unknown), None)


def _distinct(
    worlds: Iterable[Facts], part: Callable[[Facts], Iterable[T]], key: Callable[[T], K]
) -> list[T]:
    """Parts of all worlds in first-seen order, one per key."""
    found: dict[K, T] = {}
    for facts in worlds:
        for item in part(facts):
            found.setdefault(key(item), item)
    return list(found.values())


def _layers(facts: Facts) -> tuple[LayerPlacement, ...]:
    return facts.layers


def _layer_key(layer: LayerPlacement) -> tuple[str | None, ...]:
    return (layer.operator, layer.service, layer.layer, layer.capability)


def _layer(layer: LayerPlacement) -> dict[str, Json]:
    return {
        "operator": layer.operator,
        "service": layer.service,
        "layer": layer.layer,
        "capability": layer.capability,
        "unknown": _reason(layer.unknown),
        "evidence": [_evidence(item) for item in layer.evidence],
    }


def _data_facts(facts: Facts) -> tuple[DataFact, ...]:
    return facts.data


def _data_key(fact: DataFact) -> tuple[str, str]:
    return (fact.category, fact.certainty)


def _data(fact: DataFact) -> dict[str, Json]:
    return {
        "category": fact.category,
        "certainty": fact.certainty,
        "because": _text(fact.because),
    }


def _weakest_custody(worlds: Sequence[Facts]) -> CustodyLevel:
    levels = {facts.custody.level for facts in worlds}
    return next((level for level in _CUSTODY_WEAKEST_FIRST if level in levels), "unknown")


def _worst_certificate(worlds: Sequence[Facts], scheme: str) -> CertificateStatus:
    found = [facts.certificate(scheme) for facts in worlds]
    statuses = {certificate.status if certificate else "unknown" for certificate in found}
    return next((status for status in _CERTIFICATES_WORST_FIRST if status in statuses), "unknown")


def _flows(worlds: Sequence[Facts]) -> list[Json]:
    shown: list[Json] = []
    for flow in _distinct(worlds, lambda facts: facts.flows, _flow_key):
        everywhere = all(_flow_key(flow) in map(_flow_key, facts.flows) for facts in worlds)
        shown.append(
            {
                "kind": flow.kind,
                "operator": flow.operator,
                "service": flow.service,
                "target": flow.target,
                **_place([flow.location]),
                "certain": flow.certain and everywhere,
                "evidence": [_evidence(item) for item in flow.evidence],
            }
        )
    return shown


def _flow_key(flow: Flow) -> tuple[str | tuple[str, ...] | None, ...]:
    place = flow.location
    # Of companies that are in no list, the host tells one from another.
    unlisted = place.unknown.cause if place.unknown and flow.operator is None else None
    key = (flow.kind, flow.operator, flow.service, flow.target, unlisted)
    return (*key, place.regions, place.countries)
