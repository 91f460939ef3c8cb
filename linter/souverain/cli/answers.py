"""Answers of ``souverain catalog`` as rows of JSON and as sentences.

Each answer has a ``…_row`` with the fields of the JSON document, and a ``…_lines`` for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from souverain.model import Phrase, phrase
from souverain.text import render

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.catalog.model import HostMatch, Operator, Region
    from souverain.facts.offers import OfferStanding
    from souverain.facts.standing import Scheme

Row: TypeAlias = "dict[str, object]"


# --- offers ---------------------------------------------------------------------------


def offer_row(standing: OfferStanding) -> Row:
    """One offer's standing; machine formats are English."""
    fact = standing.fact
    return {
        "operator": standing.operator.id,
        "offer": standing.offer.id,
        "name": standing.offer.name,
        "service": standing.service,
        "scheme": fact.scheme,
        "status": standing.status,
        "reason": render(standing.reason, "en"),
        "until": fact.end,
        "edition": fact.edition,
        "decision": fact.decision,
        "whole_offer": fact.whole_offer,
        "services_seen": bool(fact.services),
        "services": list(fact.services),
        "regions": list(standing.regions),
        "conditions": list(fact.conditions),
        "remarks": fact.remarks,
        "source": fact.provenance.source,
        "confidence": fact.provenance.confidence,
        "seen": fact.provenance.seen,
    }


def offer_lines(standing: OfferStanding) -> Iterator[Phrase]:
    """The standing, then what limits it and where it was read."""
    said = _said(standing)
    if standing.service is None:
        yield phrase("catalog.answer-offer", **said)
    else:
        yield phrase("catalog.answer-offer-for", service=standing.service, **said)
    yield from _details(standing)


def expiring_lines(standing: OfferStanding, as_of: date) -> Iterator[Phrase]:
    """The end first, with the days left (negative once it is past)."""
    end = standing.fact.end or ""
    left = (date.fromisoformat(end) - as_of).days
    yield phrase("catalog.answer-expiring", end=end, days=left, **_said(standing))
    yield from _details(standing)


def _said(standing: OfferStanding) -> dict[str, str | Phrase]:
    return {
        "operator": standing.operator.name,
        "offer": standing.offer.name,
        "scheme": phrase(f"catalog.scheme-{standing.fact.scheme}"),
        "status": phrase(
            f"catalog.status-{standing.fact.scheme}-{standing.status.replace('_', '-')}"
        ),
    }


def _details(standing: OfferStanding) -> Iterator[Phrase]:
    fact = standing.fact
    yield phrase("catalog.answer-reason", text=standing.reason)
    if fact.status == "qualified" and not fact.services:
        yield phrase("catalog.answer-whole-offer")
    if fact.services and standing.service is None:
        yield phrase("catalog.answer-services", text=", ".join(fact.services))
    if standing.regions:
        yield phrase("catalog.answer-regions", text=", ".join(standing.regions))
    if fact.conditions:
        yield phrase("catalog.answer-conditions", text="; ".join(fact.conditions))
    if fact.remarks:
        yield phrase("catalog.answer-remarks", text=fact.remarks)
    seen = fact.provenance
    yield phrase(
        "catalog.answer-source", source=seen.source, confidence=seen.confidence, seen=seen.seen
    )


Alternatives: TypeAlias = "Mapping[Scheme, Sequence[OfferStanding]]"
"""What is certified for one capability, by scheme."""


def alternatives_row(name: str, capability: str | None, found: Alternatives) -> Row:
    """What does the same as a resource type; a type nobody knows has no schemes."""
    row: Row = {"type": name, "capability": capability}
    for scheme, held in found.items():
        row[scheme] = [offer_row(each) for each in held]
    return row


def alternatives_lines(
    name: str, capability: str | None, found: Alternatives, as_of: date
) -> Iterator[Phrase]:
    """A heading for each scheme, and one offer a line."""
    if capability is None:
        yield phrase("catalog.answer-type-unknown", name=name)
    for scheme, held in found.items():
        yield phrase(
            "catalog.answer-alternatives",
            name=name,
            capability=capability or "",
            scheme=phrase(f"catalog.scheme-{scheme}"),
        )
        yield from map(_alternative, held)
        if not held:
            yield phrase(
                "catalog.answer-no-certified", capability=capability or "", day=as_of.isoformat()
            )


def _alternative(standing: OfferStanding) -> Phrase:
    regions, until = ", ".join(standing.regions), standing.fact.end
    return phrase(
        "catalog.answer-alternative",
        operator=standing.operator.name,
        service=standing.service or "?",
        offer=standing.offer.name,
        regions=phrase("catalog.answer-in-regions", text=regions) if regions else "",
        until=phrase("catalog.answer-until", text=until) if until else "",
        conditions=phrase("catalog.answer-under-conditions") if standing.fact.conditions else "",
    )


# --- operators ------------------------------------------------------------------------


def operator_row(catalog: Catalog, operator: Operator) -> Row:
    """An operator, who controls it, and the laws that reach it or are argued to."""
    return {
        "id": operator.id,
        "name": operator.name,
        "entity": operator.entity,
        "country": operator.country,
        "kind": operator.kind,
        "software": operator.software,
        "controlled_by": [
            {"entity": link.entity, "country": link.country, "share": link.share}
            for link in operator.controlled_by
        ],
        "exposures": [
            {
                "law": fact.law,
                "country": law.country if law else None,
                "scope": fact.scope,
                "where": list(fact.countries),
                "why": fact.why,
            }
            for fact in operator.exposures
            for law in (catalog.law(fact.law),)
            if law is not None and law.country is not None
        ],
    }


def operator_lines(catalog: Catalog, operator: Operator) -> Iterator[Phrase]:
    """The company, its control chain, and each law."""
    yield phrase(
        "catalog.answer-operator",
        id=operator.id,
        name=operator.name,
        entity=operator.entity,
        country=operator.country or "?",
    )
    if operator.controlled_by:
        chain = ", ".join(_holder(link.entity, link.share) for link in operator.controlled_by)
        yield phrase("catalog.answer-controlled", text=chain)
    for fact in operator.exposures:
        law = catalog.law(fact.law)
        if law is not None and law.country is not None:
            scope = phrase(f"catalog.scope-{fact.scope.replace('_', '-')}")
            yield phrase("catalog.answer-exposed", law=law.name, country=law.country, scope=scope)


def _holder(entity: str, share: float | None) -> str:
    return entity if share is None else f"{entity} ({share:g} %)"


# --- places ---------------------------------------------------------------------------


def region_row(operator: Operator, code: str, region: Region | None, pair: str | None) -> Row:
    """A region; nulls when it is not listed."""
    return {
        "operator": operator.id,
        "asked": code,
        "code": region.code if region else None,
        "country": region.country if region else None,
        "city": region.city if region else None,
        "parts": list(region.parts) if region else [],
        "pair": pair,
        "hosted_by": region.hosted_by if region else None,
        "hosted_region": region.hosted_region if region else None,
        "note": region.note if region else "",
    }


def region_lines(
    operator: Operator, code: str, region: Region | None, pair: str | None, close: Sequence[str]
) -> Iterator[Phrase]:
    """The country, and what else the region stands for."""
    if region is None:
        yield phrase(
            "catalog.answer-region-unknown", operator=operator.name, code=code, close=near(close)
        )
        return
    country = region.country or phrase("catalog.answer-country-unknown")
    yield phrase("catalog.answer-region", operator=operator.name, code=region.code, country=country)
    if region.city:
        yield phrase("catalog.answer-city", text=region.city)
    if region.parts:
        yield phrase("catalog.answer-parts", text=", ".join(region.parts))
    if region.hosted_by:
        yield phrase(
            "catalog.answer-hosted", text=f"{region.hosted_by} {region.hosted_region or ''}".strip()
        )
    if pair:
        yield phrase("catalog.answer-pair", text=pair)
    if region.note:
        yield phrase("catalog.answer-remarks", text=region.note)


def near(names: Sequence[str]) -> Phrase | str:
    """A hint at what was meant, "" when nothing is close."""
    return phrase("catalog.answer-close", text=", ".join(names)) if names else ""


def host_row(host: str, match: HostMatch | None) -> Row:
    """Who runs a host; ``scope`` is null for a public host that nobody lists."""
    return {
        "host": host,
        "operator": match.operator if match else None,
        "service": match.service if match else None,
        "layer": match.layer if match else None,
        "region": match.region if match else None,
        "country": match.country if match else None,
        "scope": match.scope if match else None,
    }


def host_lines(catalog: Catalog, host: str, match: HostMatch | None) -> Iterator[Phrase]:
    """The company, the service and the place."""
    if match is None or (match.operator is None and match.scope == "public"):
        yield phrase("catalog.answer-host-unknown", host=host)
        return
    if match.operator is None:
        yield phrase(f"catalog.answer-host-{match.scope}", host=host)
        return
    operator = catalog.operator(match.operator)
    name = operator.name if operator else match.operator
    yield phrase("catalog.answer-host", host=host, operator=name)
    if match.service:
        yield phrase("catalog.answer-service", text=match.service)
    place = " ".join(part for part in (match.region, match.country) if part)
    if place:
        yield phrase("catalog.answer-place", text=place)
