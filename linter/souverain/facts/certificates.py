"""How the offers an asset stands on are certified, at a date. The worst layer counts.

Unknown is never turned into yes or no: a service that is not shown inside a perimeter is
unknown, and a decision that ended after the edition of the list we hold is "renewal not
confirmed" until a newer list omits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Literal

from souverain.catalog.model import CertificateFact, Offer
from souverain.catalog.offers import certificate_reason
from souverain.facts.placement import Place
from souverain.facts.survey import name_of
from souverain.model import (
    Asset,
    Certificate,
    CertificateStatus,
    Confidence,
    LayerPlacement,
    Phrase,
    phrase,
)

if TYPE_CHECKING:
    from souverain.catalog import Catalog

Scheme = Literal["secnumcloud", "hds"]

SCHEMES: Final[tuple[Scheme, ...]] = ("secnumcloud", "hds")

_WORST_FIRST: Final[tuple[CertificateStatus, ...]] = (
    "not_qualified",
    "in_progress",
    "unknown",
    "renewal_unconfirmed",
    "qualified",
)

_NOT_QUALIFIED: Final[dict[CertificateStatus, str]] = {
    "not_qualified": "facts.certificate-not-qualified",
    "in_progress": "facts.certificate-in-progress",
    "renewal_unconfirmed": "facts.certificate-renewal",
    "unknown": "facts.certificate-unknown",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One layer's standing for one scheme at a date."""

    status: CertificateStatus
    reason: Phrase
    offer: str | None = None
    until: str | None = None
    confidence: Confidence = "S"


def certificates(
    catalog: Catalog, asset: Asset, place: Place, as_of: date
) -> tuple[Certificate, ...]:
    """Standing of the whole stack for each scheme; () for an asset that stands nowhere."""
    if not place.layers:
        return ()
    return tuple(_whole(_Inquiry(catalog, asset, place, as_of, scheme)) for scheme in SCHEMES)


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """What is asked: one scheme, for one asset, at a date."""

    catalog: Catalog
    asset: Asset
    place: Place
    as_of: date
    scheme: Scheme


def _whole(asked: _Inquiry) -> Certificate:
    standings = [_of_layer(asked, layer) for layer in asked.place.layers]
    worst = _worst(standings)
    return Certificate(
        asked.scheme,
        worst.status,
        worst.reason,
        worst.offer,
        worst.until,
        sum(standing.status == "qualified" for standing in standings),
        len(standings),
        worst.confidence,
    )


def _worst(standings: Sequence[Standing]) -> Standing:
    return min(standings, key=lambda standing: _WORST_FIRST.index(standing.status))


def _of_layer(asked: _Inquiry, layer: LayerPlacement) -> Standing:
    if layer.operator is None:
        return Standing("unknown", phrase("facts.certificate-no-operator"))
    regions: Sequence[str | None] = asked.place.location.regions or (None,)
    return _worst([_in_region(asked, layer, layer.operator, region) for region in regions])


def _in_region(
    asked: _Inquiry, layer: LayerPlacement, operator: str, region: str | None
) -> Standing:
    """Standing in one region; a layer that hosts the one above has names of its own."""
    top = asked.place.layers[0].operator
    if region is not None and top is not None and top != operator:
        known = asked.catalog.region(top, region)
        if known is not None and known.hosted_by == operator:
            region = known.hosted_region
    return _of_offer(asked, layer, operator, region)


def _of_offer(
    asked: _Inquiry, layer: LayerPlacement, operator: str, region: str | None
) -> Standing:
    offer = asked.catalog.offer(
        operator,
        type_=asked.asset.type,
        service=layer.service,
        region=region,
        host=asked.place.host,
        layer=layer.layer,
    )
    if offer is None:
        reason = phrase("facts.certificate-no-offer", operator=name_of(asked.catalog, operator))
        return Standing("unknown", reason)
    fact = asked.catalog.certificate_fact(offer, asked.scheme)
    if fact is None:
        reason = phrase("facts.certificate-no-fact", offer=offer.name)
        return Standing("unknown", reason, offer.id)
    return at_date(offer, fact, layer.service, region, asked.as_of)


def at_date(
    offer: Offer, fact: CertificateFact, service: str | None, region: str | None, as_of: date
) -> Standing:
    """Standing that ``fact`` gives to a service in a region at a date."""
    status, reason = _judge(offer, fact, service, region, as_of)
    return Standing(status, reason, offer.id, fact.end, fact.provenance.confidence)


def _judge(
    offer: Offer, fact: CertificateFact, service: str | None, region: str | None, as_of: date
) -> tuple[CertificateStatus, Phrase]:
    said: dict[str, str | Phrase] = {
        "offer": offer.name,
        "list": fact.edition or fact.provenance.seen,
    }
    if fact.status != "qualified":
        key = _NOT_QUALIFIED[fact.status]
        if fact.reason:
            return fact.status, phrase(f"{key}-why", why=certificate_reason(fact), **said)
        return fact.status, phrase(key, **said)
    if fact.start and as_of.isoformat() < fact.start:
        return "not_qualified", phrase("facts.certificate-not-yet", start=fact.start, **said)
    if fact.end and fact.end < as_of.isoformat():
        return _after_end(fact, fact.end, said)
    if not _covers(fact, service, region):
        return "unknown", phrase("facts.certificate-not-shown", service=service or "?", **said)
    key = "facts.certificate-qualified-until" if fact.end else "facts.certificate-qualified"
    return "qualified", phrase(key, end=fact.end or "", **said)


def _after_end(
    fact: CertificateFact, end: str, said: dict[str, str | Phrase]
) -> tuple[CertificateStatus, Phrase]:
    """Past its end: dropped from a newer list, or not yet known to be renewed."""
    if fact.edition and fact.edition > end:
        return "not_qualified", phrase("facts.certificate-ended", end=end, **said)
    return "renewal_unconfirmed", phrase("facts.certificate-renewal-unconfirmed", end=end, **said)


def _covers(fact: CertificateFact, service: str | None, region: str | None) -> bool:
    if fact.regions and (
        region is None or not any(fnmatchcase(region, pattern) for pattern in fact.regions)
    ):
        return False
    return fact.whole_offer or (service is not None and service in fact.services)
