"""Which offer an asset stands on, and what a certificate says of it in words."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from souverain.model import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from souverain.catalog.model import CertificateFact, Offer, OfferMatch
    from souverain.model import LayerName

_KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


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
