"""Which offer an asset stands on, and what a certificate says of it in words."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from souverain.model import Phrase, phrase
from souverain.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from souverain.catalog.model import CertificateFact, Offer, OfferMatch, Service
    from souverain.model import LayerName

_KEY: Final = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def find_offer(
    offers: Sequence[Offer],
    *,
    type_: str,
    service: str | None,
    region: str | None,
    host: str | None,
    layer: LayerName | None,
) -> Offer | None:
    """The first offer with a match: every field a match names must agree, case aside."""
    subject = (type_, service, region, host)
    for offer in offers:
        if any(_agrees(match, subject, layer) for match in offer.matches):
            return offer
    return None


def possible_offers(
    offers: Sequence[Offer], service: Service
) -> Iterator[tuple[Offer, tuple[str, ...]]]:
    """Offers a service may stand on, with the regions (globs) where it does; () is anywhere.

    Like :func:`find_offer` with the region and the host left open: the search ends with the
    first offer that neither decides. A match on nothing but hosts says nothing of a service.
    """
    for offer in offers:
        matches = [match for match in offer.matches if _may_hold(match, service)]
        if matches:
            yield offer, tuple(dict.fromkeys(glob for match in matches for glob in match.regions))
        if any(not match.regions and not match.hosts for match in matches):
            return


def _may_hold(match: OfferMatch, service: Service) -> bool:
    if match.hosts and not (match.types or match.services or match.regions):
        return False
    return (
        (not match.types or any(_any(match.types, type_) for type_ in service.types))
        and (not match.services or _any(match.services, service.id))
        and (not match.layers or service.layer in match.layers)
    )


def in_scope(
    offer: Offer, layer: LayerName | None, capability: str | None, infrastructure: frozenset[str]
) -> bool:
    """Whether a service is of a kind that a qualification of the offer speaks of.

    A qualification is given for IaaS, CaaS, PaaS or SaaS; what runs on a qualified IaaS is
    not qualified with it (FR-SNC-3.2:2). ``infrastructure`` are the capabilities an IaaS gives.
    """
    return layer in offer.layers or ("iaas" in offer.layers and capability in infrastructure)


def certificate_reason(fact: CertificateFact) -> Phrase:
    """Why a certificate is unknown, in progress or refused, as a sentence."""
    if _KEY.fullmatch(fact.reason):
        return phrase(f"catalog.reason-{fact.reason}")
    return phrase("catalog.as-written", text=fact.reason or fact.remarks)


def _agrees(match: OfferMatch, subject: tuple[str | None, ...], layer: LayerName | None) -> bool:
    globs = (match.types, match.services, match.regions, match.hosts)
    named = all(
        not wanted or (value is not None and _any(wanted, value))
        for wanted, value in zip(globs, subject, strict=True)
    )
    return named and (not match.layers or layer in match.layers)


def _any(globs: Sequence[str], value: str) -> bool:
    folded = value.lower()
    return any(fnmatchcase(folded, glob.lower()) for glob in globs)
