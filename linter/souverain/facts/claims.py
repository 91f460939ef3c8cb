"""Statuses that tags claim for an asset: ``secnumcloud = "yes"``."""

from __future__ import annotations

from souverain.catalog.sensitivity import Sensitivity
from souverain.facts.tags import Tags
from souverain.model import Evidence, StatusClaim, StatusKind, phrase


def status_claims(words: Sensitivity, tags: Tags) -> tuple[StatusClaim, ...]:
    """The first claim of each status, in the order of the tags. An unknown tag claims nothing."""
    found: dict[StatusKind, StatusClaim] = {}
    for tag in tags.tags:
        if tag.value is None:
            text = phrase("facts.data-tag-word", word=tag.key)
        elif isinstance(tag.value, str):
            text = phrase("facts.data-tag", key=tag.key, value=tag.value)
        else:
            continue
        status = words.claim(tag.key, tag.value)
        if status is not None:
            found.setdefault(status, StatusClaim(status, Evidence("certificate", text, tag.span)))
    return tuple(found.values())
