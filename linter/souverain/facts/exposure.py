"""Which foreign laws reach an asset through control of the operators it stands on.

Only control exposes. A law argued because of a parent company is a possible exposure; one
argued because of the technology is told beside the operator and exposes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from souverain.catalog.model import Control, ExposureFact, Law, Operator
from souverain.facts.placement import Place
from souverain.facts.survey import name_of
from souverain.model import Evidence, Exposure, LayerPlacement, Location, Phrase, Undecided, phrase
from souverain.records import replace

if TYPE_CHECKING:
    from souverain.catalog import Catalog


def exposures(catalog: Catalog, place: Place) -> tuple[Exposure, ...]:
    """Every law that reaches any layer, certain ones first for each law and operator."""
    found = (
        exposure
        for operator in dict.fromkeys(place.operators)
        for fact in catalog.exposures(operator)
        for exposure in _of_fact(catalog, operator, fact, place.location)
    )
    best: dict[tuple[str, str], Exposure] = {}
    for exposure in found:
        key = (exposure.law, exposure.operator)
        if key not in best or (exposure.certain and not best[key].certain):
            best[key] = exposure
    return tuple(best.values())


def exposure_unknown(catalog: Catalog, place: Place) -> Undecided | None:
    """Why exposure cannot be told: a layer without a known operator, or a place that decides."""
    if place.unknown_layer is not None:
        return place.unknown_layer
    for name in place.operators:
        operator = catalog.operator(name)
        if operator is None or operator.software:
            return Undecided(phrase("facts.control-unlisted", operator=name_of(catalog, name)))
        if place.location.unknown and any(f.countries for f in catalog.exposures(name)):
            return place.location.unknown
    return None


def with_technology(catalog: Catalog, layer: LayerPlacement) -> LayerPlacement:
    """The layer with what is argued from its technology, as text only."""
    if layer.operator is None:
        return layer
    argued = tuple(
        Evidence(
            "exposure",
            phrase(
                "facts.technology-only", operator=name_of(catalog, layer.operator), law=law.name
            ),
        )
        for fact in catalog.exposures(layer.operator)
        if fact.scope == "argued_technology" and (law := catalog.law(fact.law)) is not None
    )
    return replace(layer, evidence=layer.evidence + argued) if argued else layer


def _of_fact(
    catalog: Catalog, operator: str, fact: ExposureFact, location: Location
) -> Iterator[Exposure]:
    law = catalog.law(fact.law)
    if law is None or law.country is None or fact.scope == "argued_technology":
        return
    certain = fact.scope == "entity"
    if fact.scope == "part" and fact.countries:
        if not set(fact.countries) & set(location.countries):
            return
        certain = True
    chain = (*_control(catalog, operator), _reach(law))
    yield Exposure(fact.law, law.country, operator, certain, chain)


def _reach(law: Law) -> Evidence:
    return Evidence("exposure", phrase("facts.law-reaches", law=law.name))


def _control(catalog: Catalog, operator: str) -> Iterator[Evidence]:
    known = catalog.operator(operator)
    if known is not None:
        yield Evidence("exposure", _entity(known))
    for link in catalog.control_chain(operator):
        yield Evidence("exposure", _link(link))


def _entity(operator: Operator) -> Phrase:
    return phrase(
        "facts.operator-is",
        operator=operator.name,
        entity=operator.entity,
        country=operator.country or "?",
    )


def _link(link: Control) -> Phrase:
    key = "facts.controlled-by" if link.share is None else "facts.controlled-by-share"
    return phrase(
        key,
        entity=link.entity,
        country=link.country,
        share=f"{link.share:g}" if link.share is not None else "",
    )
