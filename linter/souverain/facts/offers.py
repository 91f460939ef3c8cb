"""Which offers are certified for what at a date: questions about no project in particular.

A service that no source shows inside a perimeter is unknown here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from souverain.catalog.model import CertificateFact, Offer, Operator
from souverain.catalog.offers import in_scope, possible_offers
from souverain.facts.standing import HELD, SCHEMES, Scheme, at_date
from souverain.model import CertificateStatus, Phrase, phrase
from souverain.records import dataclass

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.catalog.model import TypeMapping

_UNNAMED: Final = "other"
"""Capability of what the vocabulary has no word for: two such services share nothing."""


@dataclass(frozen=True, slots=True)
class OfferStanding:
    """One offer's standing for one scheme; with ``service``, for that service of it."""

    operator: Operator
    offer: Offer
    fact: CertificateFact
    status: CertificateStatus
    reason: Phrase
    service: str | None = None
    regions: tuple[str, ...] = ()
    """Regions (globs) it holds in; () when it is not limited to some."""


def standings(
    catalog: Catalog,
    as_of: date,
    schemes: Sequence[Scheme] = SCHEMES,
    capability: str | None = None,
) -> tuple[OfferStanding, ...]:
    """Every offer with a known fact, by operator; with ``capability``, each service that has it.

    An offer none of whose services is listed answers for a capability with "unknown", if it
    is of a kind that could hold it.
    """
    return tuple(
        found
        for operator in catalog.operators()
        for scheme in schemes
        for found in (
            _of_offers(catalog, operator, scheme, as_of)
            if capability is None
            else _of_services(catalog, operator, scheme, as_of, capability)
        )
    )


def comparable(mapping: TypeMapping | None) -> str | None:
    """The capability that other services may have too; None when what it does has no name."""
    return mapping.capability if mapping and mapping.capability != _UNNAMED else None


def certified(
    catalog: Catalog, as_of: date, scheme: Scheme, capability: str
) -> tuple[OfferStanding, ...]:
    """Services with a capability that are shown to be certified, one per offer."""
    held = {
        standing.offer.id: standing
        for operator in catalog.operators()
        if any(f.scheme == scheme and f.status == "qualified" for f in _facts(operator))
        for standing in _of_services(catalog, operator, scheme, as_of, capability)
        if standing.status == "qualified"
    }
    return tuple(sorted(held.values(), key=lambda s: (s.operator.name, s.offer.name)))


def _facts(operator: Operator) -> Iterator[CertificateFact]:
    return (fact for offer in operator.offers for fact in offer.certificates)


def expiring(catalog: Catalog, as_of: date, days: int) -> tuple[OfferStanding, ...]:
    """Certificates that end within some days, and those whose renewal is not confirmed."""
    last = (as_of + timedelta(days=days)).isoformat()
    found = (
        s
        for s in standings(catalog, as_of)
        if s.status in HELD and s.fact.end is not None and s.fact.end <= last
    )
    return tuple(sorted(found, key=lambda s: (s.fact.end or "", s.operator.id, s.offer.id)))


def _of_offers(
    catalog: Catalog, operator: Operator, scheme: Scheme, as_of: date
) -> Iterator[OfferStanding]:
    for offer in operator.offers:
        fact = catalog.certificate_fact(offer, scheme)
        if fact is None:
            continue
        service = fact.services[0] if fact.services else None
        found = at_date(offer, fact, service, _a_region(fact), as_of)
        regions = fact.regions or tuple(
            dict.fromkeys(glob for match in offer.matches for glob in match.regions)
        )
        yield OfferStanding(operator, offer, fact, found.status, found.reason, regions=regions)


def _of_services(
    catalog: Catalog, operator: Operator, scheme: Scheme, as_of: date, capability: str
) -> Iterator[OfferStanding]:
    services = catalog.services(operator.id, capability)
    for service in services:
        for offer, regions in possible_offers(operator.offers, service):
            fact = catalog.certificate_fact(offer, scheme)
            if fact is None:
                continue
            scoped = in_scope(offer, service.layer, capability, catalog.infrastructure)
            found = at_date(offer, fact, service.id, _a_region(fact), as_of, scoped=scoped)
            yield OfferStanding(
                operator,
                offer,
                fact,
                found.status,
                found.reason,
                service.id,
                fact.regions or regions,
            )
    if not services:
        yield from _unlisted(catalog, operator, scheme, as_of, capability)


def _unlisted(
    catalog: Catalog, operator: Operator, scheme: Scheme, as_of: date, capability: str
) -> Iterator[OfferStanding]:
    for found in _of_offers(catalog, operator, scheme, as_of):
        if found.status in HELD and _could_hold(catalog, found.offer, capability):
            why = phrase("facts.services-not-listed", offer=found.offer.name, capability=capability)
            yield OfferStanding(
                operator, found.offer, found.fact, "unknown", why, regions=found.regions
            )


def _could_hold(catalog: Catalog, offer: Offer, capability: str) -> bool:
    if offer.layers == ("saas",):  # a product, not a place to build on
        return False
    layers = catalog.layers(capability)
    return any(in_scope(offer, layer, capability, catalog.infrastructure) for layer in layers)


def _a_region(fact: CertificateFact) -> str | None:
    """A region inside the perimeter: what is asked is where the offer holds."""
    return fact.regions[0] if fact.regions else None
