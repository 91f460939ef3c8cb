"""Statuses that tags claim for an asset: ``secnumcloud = "yes"``."""

from __future__ import annotations

from souverain.catalog.sensitivity import Sensitivity
from souverain.facts.tags import Tags
from souverain.model import Evidence, StatusClaim, StatusKind


def status_claims(words: Sensitivity, tags: Tags) -> tuple[StatusClaim, ...]:
    """The first claim of each status, in the order of the tags. An unknown tag claims nothing."""
    found: dict[StatusKind, StatusClaim] = {}
    for tag in tags.tags:
        if tag.value is not None and tag.literal is None:
            continue
        status = words.claim(tag.key, tag.literal)
        if status is not None:
            said = Evidence("certificate", tag.said(), tag.span)
            found.setdefault(status, StatusClaim(status, said))
    return tuple(found.values())
