"""From hints to a location: regions of operators become countries.

The region is not the country: a code means nothing without its operator (``eu-west-2`` is
London on AWS and Paris on Outscale).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from souverain.catalog.model import Region
from souverain.facts.hints import GLOBAL, Hint
from souverain.facts.reading import has_hole
from souverain.facts.survey import name_of
from souverain.model import Evidence, Location, Undecided, phrase
from souverain.records import dataclass, replace

if TYPE_CHECKING:
    from souverain.catalog import Catalog

T = TypeVar("T")


UNPAIRED = "pair."
"""How the cause begins where a region has no pair."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Operators whose region codes may be meant, most likely first; or why none is known.

    ``service`` tells codes apart that mean different places by service.
    """

    operators: tuple[str, ...]
    service: str | None = None
    unknown: Undecided | None = None


def locate(catalog: Catalog, owners: Owners, hints: tuple[Hint, ...]) -> Location:
    """Location of all hints at once."""
    return all_of([_one(catalog, owners, hint) for hint in hints])


def all_of(locations: Sequence[Location]) -> Location:
    """The places of several locations, all used at once."""
    return Location(
        regions=_union(location.regions for location in locations),
        countries=tuple(sorted({c for location in locations for c in location.countries})),
        anywhere=any(location.anywhere for location in locations),
        unknown=next((location.unknown for location in locations if location.unknown), None),
        evidence=_union(location.evidence for location in locations),
        span=next((location.span for location in locations if location.span), None),
    )


def _union(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _one(catalog: Catalog, owners: Owners, hint: Hint) -> Location:
    if hint.location is not None:
        beside = replace(
            hint.location,
            span=hint.span or hint.location.span,
            evidence=hint.evidence + hint.location.evidence,
        )
        if hint.linked:
            return _linked(catalog, owners, hint, beside)
        return _confined(catalog, owners, beside) if hint.location.anywhere else beside
    if hint.unknown is not None:
        return Location(unknown=hint.unknown, evidence=hint.evidence, span=hint.span)
    if hint.operator is not None:
        owners = Owners((hint.operator,), owners.service)
    return _of_code(catalog, owners, hint)


def _confined(catalog: Catalog, owners: Owners, location: Location) -> Location:
    """A service without region stays at home when its operator is nowhere else (S3NS)."""
    for name in owners.operators[:1]:
        home = operator.country if (operator := catalog.operator(name)) else None
        if home is not None and catalog.countries(name) == {home}:
            said = phrase("facts.confined", operator=name_of(catalog, name), country=home)
            evidence = (*location.evidence, Evidence("region", said))
            return replace(location, countries=(home,), anywhere=False, evidence=evidence)
    return location


def _of_code(catalog: Catalog, owners: Owners, hint: Hint) -> Location:
    if not owners.operators:
        return Location(
            (hint.code,), unknown=owners.unknown, evidence=hint.evidence, span=hint.span
        )
    found = _look_up(catalog, owners, hint)
    if found is None and hint.code == GLOBAL.regions[0]:
        return replace(GLOBAL, evidence=hint.evidence, span=hint.span)
    if found is None:
        unknown = hint.prefix or _unlisted(catalog, owners.operators[0], hint)
        regions = () if hint.prefix else (hint.code,)
        return Location(regions, unknown=unknown, evidence=hint.evidence, span=hint.span)
    operator, region = found
    located = _of_region(catalog, operator, region, hint)
    return (
        _linked(catalog, Owners((operator,), owners.service), hint, located)
        if hint.linked
        else located
    )


def _look_up(catalog: Catalog, owners: Owners, hint: Hint) -> tuple[str, Region] | None:
    """The first owner that knows the code.

    A code with unknown parts counts when its beginning is a whole region, or when what is
    written out around them names one (the account in the ARN of an inference profile).
    """
    codes = (hint.code.rstrip("-_"), hint.around) if hint.prefix else (hint.code,)
    for operator in owners.operators:
        for code in codes:
            region = catalog.region(operator, code, owners.service)
            if region is None or has_hole(region.code):
                continue
            if code == hint.around or _keeps_country(catalog, operator, hint, region):
                return operator, region
    return None


def _keeps_country(catalog: Catalog, operator: str, hint: Hint, region: Region) -> bool:
    """Whether whatever follows what is written out leaves the country of the region.

    ``eu-west-3${x}`` may name a zone in Casablanca. What the operator lists of a region
    may not: zones abroad are listed only once they were asked for.
    """
    if hint.prefix is None or hint.listed:
        return True
    start = hint.code.casefold()
    longer = (c for c in catalog.regions(operator) if c.casefold().startswith(start))
    found = (catalog.region(operator, code) for code in longer)
    return {other.country for other in found if other is not None} <= {region.country}


def _unlisted(catalog: Catalog, operator: str, hint: Hint) -> Undecided:
    reason = phrase("facts.region-unlisted", region=hint.code, operator=name_of(catalog, operator))
    return Undecided(reason, hint.span, f"region.{operator}.{hint.code}")


def _of_region(catalog: Catalog, operator: str, region: Region, hint: Hint) -> Location:
    countries = tuple(sorted({*region.parts, *([region.country] if region.country else [])}))
    anywhere = region.code.rstrip(".") == "global"
    name = name_of(catalog, operator)
    unknown = None
    if not countries and not anywhere:
        reason = phrase("facts.region-without-country", region=region.code, operator=name)
        unknown = Undecided(reason, hint.span, f"region.{operator}.{region.code}")
    key = "facts.region-in" if countries else "facts.region-nowhere"
    text = phrase(key, region=region.code, operator=name, countries=", ".join(countries))
    evidence = (Evidence("region", text, hint.span), *hint.evidence)
    return Location((region.code,), countries, anywhere, unknown, evidence, hint.span)


def _linked(catalog: Catalog, owners: Owners, hint: Hint, source: Location) -> Location:
    """The places that the operator pairs with those of ``source``, or the zones they are in."""
    if source.unknown or not source.regions:
        return source
    return all_of([_linked_to(catalog, owners, hint, region) for region in source.regions])


def _linked_to(catalog: Catalog, owners: Owners, hint: Hint, region: str) -> Location:
    for operator in owners.operators:
        linked = catalog.zone if hint.linked == "zone" else catalog.pair
        code = linked(operator, region)
        if code is not None:
            owner = Owners((operator,), owners.service)
            return _of_code(catalog, owner, replace(hint, code=code, location=None, linked=""))
    operator = owners.operators[0] if owners.operators else "?"
    reason = phrase(
        f"facts.region-without-{hint.linked}", region=region, operator=name_of(catalog, operator)
    )
    why = Undecided(reason, hint.span, f"{UNPAIRED}{operator}.{region}")
    return Location(unknown=why, evidence=hint.evidence, span=hint.span)
