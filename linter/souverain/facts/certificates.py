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


class Certificates:
    """Certificates at one date; what one asset asked is remembered for its like."""

    def __init__(self, catalog: Catalog, as_of: date) -> None:
        self._catalog = catalog
        self._as_of = as_of
        self._standings: dict[tuple[str | None, ...], Standing] = {}

    def of(self, asset: Asset, place: Place) -> tuple[Certificate, ...]:
        """Standing of the whole stack for each scheme; () for what stands nowhere."""
        if not place.layers:
            return ()
        return tuple(self._whole(asset, place, scheme) for scheme in SCHEMES)

    def _whole(self, asset: Asset, place: Place, scheme: Scheme) -> Certificate:
        standings = [self._of_layer(asset, place, layer, scheme) for layer in place.layers]
        worst = _worst(standings)
        return Certificate(
            scheme,
            worst.status,
            worst.reason,
            worst.offer,
            worst.until,
            sum(standing.status == "qualified" for standing in standings),
            len(standings),
            worst.confidence,
        )

    def _of_layer(
        self, asset: Asset, place: Place, layer: LayerPlacement, scheme: Scheme
    ) -> Standing:
        if layer.operator is None:
            return Standing("unknown", phrase("facts.certificate-no-operator"))
        regions: Sequence[str | None] = place.location.regions or (None,)
        found = []
        for region in regions:
            own = self._own_name(place, layer.operator, region)
            key = (scheme, layer.operator, asset.type, layer.service, own, place.host, layer.layer)
            if key not in self._standings:
                self._standings[key] = self._standing(
                    scheme, layer, layer.operator, asset.type, own, place.host
                )
            found.append(self._standings[key])
        return _worst(found)

    def _own_name(self, place: Place, operator: str, region: str | None) -> str | None:
        """The name of a region at the layer that hosts the one above."""
        top = place.layers[0].operator
        if region is not None and top is not None and top != operator:
            known = self._catalog.region(top, region)
            if known is not None and known.hosted_by == operator:
                return known.hosted_region
        return region

    def _standing(
        self,
        scheme: Scheme,
        layer: LayerPlacement,
        operator: str,
        type_: str,
        region: str | None,
        host: str | None,
    ) -> Standing:
        offer = self._catalog.offer(
            operator,
            type_=type_,
            service=layer.service,
            region=region,
            host=host,
            layer=layer.layer,
        )
        if offer is None:
            name = name_of(self._catalog, operator)
            return Standing("unknown", phrase("facts.certificate-no-offer", operator=name))
        fact = self._catalog.certificate_fact(offer, scheme)
        if fact is None:
            reason = phrase("facts.certificate-no-fact", offer=offer.name)
            return Standing("unknown", reason, offer.id)
        return at_date(offer, fact, layer.service, region, self._as_of)


def _worst(standings: Sequence[Standing]) -> Standing:
    return min(standings, key=lambda standing: _WORST_FIRST.index(standing.status))


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
