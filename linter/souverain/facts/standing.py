"""What a certificate says of a service at a date.

Unknown is never turned into yes or no: a service that is not shown inside a perimeter is
unknown, and a decision that ended after the edition of the list we hold is "renewal not
confirmed" until a newer list omits it.
"""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import Final, Literal

from souverain.catalog.model import CertificateFact, Offer
from souverain.catalog.offers import certificate_reason
from souverain.model import CertificateStatus, Confidence, LayerName, Phrase, phrase
from souverain.records import dataclass

Scheme = Literal["secnumcloud", "hds"]

SCHEMES: Final[tuple[Scheme, ...]] = ("secnumcloud", "hds")

WORST_FIRST: Final[tuple[CertificateStatus, ...]] = (
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


HELD: Final = ("qualified", "renewal_unconfirmed")

_SCOPES: Final[dict[LayerName, str]] = {
    "iaas": "IaaS",
    "caas": "CaaS",
    "paas": "PaaS",
    "saas": "SaaS",
}


def at_date(
    offer: Offer,
    fact: CertificateFact,
    service: str | None,
    region: str | None,
    as_of: date,
    *,
    scoped: bool = True,
) -> Standing:
    """Standing that ``fact`` gives to a service in a region at a date.

    ``scoped`` is whether the service is of a kind the offer is qualified for. A certificate
    for health data hosting is given for activities, so it does not ask.
    """
    status, reason = _judge(offer, fact, service, region, as_of)
    if status in HELD and fact.scheme == "secnumcloud" and not scoped:
        status, reason = "unknown", _out_of_scope(offer, fact, service)
    return Standing(status, reason, offer.id, fact.end, fact.provenance.confidence)


def _out_of_scope(offer: Offer, fact: CertificateFact, service: str | None) -> Phrase:
    return phrase(
        "facts.certificate-other-scope",
        offer=offer.name,
        list=fact.edition or fact.provenance.seen,
        scopes=", ".join(map(_SCOPES.__getitem__, offer.layers)),
        service=service or phrase("facts.this-service"),
    )


def _judge(
    offer: Offer, fact: CertificateFact, service: str | None, region: str | None, as_of: date
) -> tuple[CertificateStatus, Phrase]:
    said: dict[str, str | Phrase] = {
        "offer": offer.name,
        "list": fact.edition or fact.provenance.seen,
    }
    if fact.status != "qualified":
        key = _NOT_QUALIFIED[fact.status]
        if fact.reason and fact.scheme == "hds" and fact.status == "not_qualified":
            # The host may well be listed: the reason says what its certificate leaves out.
            why = certificate_reason(fact)
            return fact.status, phrase("facts.certificate-left-out", why=why, **said)
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
