"""Companies that an object talks to: hosts, keys and images in it, and in the configuration
it reads.

What stands in a ConfigMap or a Secret goes where the workload goes that reads it, what the
class of a snapshot says goes with the snapshot; one that nothing reads keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from souverain.facts.clusters import cause_of, region_of
from souverain.facts.deployed import Objects
from souverain.facts.exposure import exposures
from souverain.facts.location import Owners, locate
from souverain.facts.placement import Place
from souverain.facts.signals import unbeaten
from souverain.facts.survey import PerAsset, Survey, name_of
from souverain.model import (
    Asset,
    Evidence,
    Flow,
    LayerPlacement,
    Location,
    Undecided,
    phrase,
)
from souverain.records import replace

if TYPE_CHECKING:
    from souverain.facts.signals import Hit
    from souverain.model import FlowKind

_SECRET: Final = "Secret"  # noqa: S105 - a kind of object
"""The kind whose content is never shown."""

_SURE: Final = ("certain", "strong")


class Exchanges:
    """Flows that signals tell, of each asset of a root."""

    def __init__(
        self,
        survey: Survey,
        objects: Objects,
        assets: Sequence[Asset],
        places: Callable[[Asset], Place],
    ) -> None:
        self._survey = survey
        self._places = places
        self._objects = objects
        self._assets = assets
        self._readers: frozenset[str] | None = None
        self._naming: dict[str, tuple[str, ...]] = {}
        self._read = PerAsset(survey.worlds, self._named, lambda _: ())
        self.of = PerAsset(survey.worlds, self._flows, lambda _: ())

    def _flows(self, asset: Asset) -> tuple[Flow, ...]:
        if asset.kind and self._is_read(asset):
            return ()
        found: dict[tuple[str | None, ...], Flow] = {}
        for hit in self._meant(asset):
            key = (hit.operator or hit.host or hit.shown, _kind(hit), hit.region)
            known = found.get(key)
            if known is None or (not known.certain and _is_sure(hit)):
                found[key] = self._flow(hit)
        placed = {(flow.operator, flow.kind) for flow in found.values() if flow.location.regions}
        return tuple(
            flow
            for flow in found.values()
            if not _is_said(flow, found.values())
            and (
                flow.location.regions
                or flow.location.countries
                or (flow.operator, flow.kind) not in placed
            )
        )

    def _meant(self, asset: Asset) -> Iterator[Hit]:
        """Hits that nothing beats, each with the operator that is meant."""
        met = unbeaten(self._hits(asset))
        if not met:
            return iter(())
        cluster = self._objects.cluster(asset) if asset.kind and self._objects.cluster else None
        seen = {hit.operator for hit in met if not hit.candidates}
        seen.update(cluster.operators if cluster else ())
        return (_settled(hit, seen) for hit in met)

    def _hits(self, asset: Asset) -> Iterator[Hit]:
        """Those of the object itself, then of what it reads."""
        for each in (asset, *self._read(asset)):
            for hit in self._objects.hits(each):
                told = hit.signal.says == "flow" and not self._is_own(hit)
                if told and not self._is_itself(each, hit):
                    # What stands in a Secret is never shown, not even where it stands.
                    yield replace(hit, span=each.span) if each.kind == _SECRET else hit

    def _is_own(self, hit: Hit) -> bool:
        """Whether a call ends where it begins: at a name that the objects are reached by.

        What a foreign law reaches is told all the same: a gateway for calls that leave lists
        the names of others.
        """
        if hit.host is None or not self._objects.is_own(hit.host):
            return False
        return hit.operator is None or not self._survey.catalog.exposed_to(hit.operator)

    def _is_itself(self, asset: Asset, hit: Hit) -> bool:
        """Whether a signal tells where the object itself is kept (a bucket for backups)."""
        mapping = self._survey.mapping(asset)
        named = mapping is not None and mapping.location.text == "signals"
        return named and hit.operator in self._places(asset).operators

    def _named(self, asset: Asset) -> tuple[Asset, ...]:
        """ConfigMaps, Secrets and the like that an object reads, each once."""
        found = {
            target.address: target
            for path in self._paths(asset.kind)
            for attr in asset.config.read(path)
            for target in self._survey.follow(attr, but=asset)
            if target.kind in self._readable
        }
        return tuple(found.values())

    def _is_read(self, asset: Asset) -> bool:
        """Whether others say what an object says."""
        return asset.kind in self._readable and asset.address in self._read_by_others

    @cached_property
    def _readable(self) -> frozenset[str]:
        return self._survey.catalog.kinds().read_by_others

    def _paths(self, kind: str) -> tuple[str, ...]:
        """Where objects of a kind name what they read."""
        if kind not in self._naming:
            references = self._survey.catalog.kinds().references(kind) if kind else ()
            self._naming[kind] = tuple(
                r.at for r in references if not self._readable.isdisjoint(r.to)
            )
        return self._naming[kind]

    @property
    def _read_by_others(self) -> frozenset[str]:
        if self._readers is None:
            self._readers = frozenset(
                read.address for asset in self._assets for read in self._read(asset)
            )
        return self._readers

    def _flow(self, hit: Hit) -> Flow:
        layer = LayerPlacement(hit.operator, hit.service, hit.signal.layer, hit.signal.capability)
        location = self._location(hit)
        kind = _kind(hit)
        said = phrase(
            "facts.exchange-by-signal", kind=phrase(f"facts.flow-{kind}"), shown=hit.shown
        )
        reached = exposures(self._survey.catalog, Place((layer,), location))
        return Flow(
            kind=kind,
            operator=hit.operator,
            service=hit.service,
            location=location,
            exposures=reached,
            certain=_is_sure(hit),
            evidence=(Evidence("flow", said, hit.span), *self._origin(hit)),
            span=hit.span,
        )

    def _origin(self, hit: Hit) -> Iterator[Evidence]:
        origin = self._objects.origin(hit)
        if origin is not None:
            yield Evidence("flow", phrase("assets.written-here"), origin)

    def _location(self, hit: Hit) -> Location:
        catalog = self._survey.catalog
        if hit.operator is None:
            return Location(unknown=_unknown_company(hit))
        if hit.region:
            owners = Owners((hit.operator,), hit.service)
            return locate(catalog, owners, (region_of(hit, hit.operator),))
        country = hit.match.country if hit.match else None
        if country is not None:
            said = phrase("facts.host-in", host=hit.host or hit.shown, country=country)
            evidence = (Evidence("region", said, hit.span),)
            return Location(countries=(country,), evidence=evidence, span=hit.span)
        name = name_of(catalog, hit.operator)
        why = phrase("facts.exchange-without-region", shown=hit.shown, operator=name)
        return Location(unknown=Undecided(why, hit.span, f"host.{hit.host or hit.operator}"))


def _is_said(flow: Flow, others: Iterable[Flow]) -> bool:
    """Whether a mere call is told as more than that: as a copy that goes there."""
    if flow.kind != "endpoint" or not flow.location.regions:
        return False
    return any(
        other.kind != "endpoint"
        and (other.operator, other.location.regions) == (flow.operator, flow.location.regions)
        and other.service in (None, flow.service)
        for other in others
    )


def _kind(hit: Hit) -> FlowKind:
    """What a signal says of the movement; of a mere call, what the host is for."""
    said = hit.signal.flow or "endpoint"
    for_models = hit.match.flow if hit.match else None
    return for_models or said if said == "endpoint" else said


def _settled(hit: Hit, seen: set[str | None]) -> Hit:
    """Of operators that write the same, the one of which something else is seen, else the
    likely one; open while both are seen."""
    others = [one for one in hit.candidates if one in seen and one != hit.operator]
    if others and hit.operator in seen - {None}:
        return hit
    if len(others) == 1:
        return replace(hit, operator=others[0], candidates=())
    return hit if others or hit.operator is None else replace(hit, candidates=())


def _is_sure(hit: Hit) -> bool:
    named = hit.operator is not None and not hit.candidates
    return named and not hit.unresolved and hit.signal.certainty in _SURE


def _unknown_company(hit: Hit) -> Undecided:
    if hit.unresolved:
        why = hit.because or phrase("facts.exchange-left-open", shown=hit.shown)
        return Undecided(why, hit.span, cause_of(hit, "flow.open"))
    if hit.candidates:
        why = phrase(
            "facts.exchange-ambiguous", shown=hit.shown, operators=", ".join(hit.candidates)
        )
        return Undecided(why, hit.span, f"flow.{'+'.join(hit.candidates)}")
    # What is no host is in no list of hosts (`cidr: 0.0.0.0/0`).
    is_host = hit.host or hit.signal.reads
    key = "facts.exchange-unlisted" if is_host else "facts.exchange-unnamed"
    why = phrase(key, shown=hit.shown)
    return Undecided(why, hit.span, f"host.{hit.host or hit.shown}")
