"""The placement of every asset of a root: its layers and its location."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from souverain.catalog.locations import parse_location
from souverain.catalog.model import FlowSpec, LocationSpec, TypeMapping
from souverain.facts.deployed import NO_OBJECTS, Deployed, Objects
from souverain.facts.hints import Hint, Reader, Resolvers, first_code
from souverain.facts.location import Owners, all_of, locate
from souverain.facts.placement import Decision, Operators, Place, backend_without_place, top_layer
from souverain.facts.reading import texts
from souverain.facts.survey import PerAsset, Survey, is_data, name_of
from souverain.model import (
    Asset,
    Attr,
    Evidence,
    LayerPlacement,
    Location,
    Undecided,
    phrase,
)
from souverain.records import replace

_UNLISTED: Final = parse_location("own:region>own:zone>own:location>provider")
"""Where a type that the catalogue does not list says it is, and a module that is not read."""

_LEADING: Final = ("parent", "ref")
"""Resolvers whose attribute leads to another asset."""


class Places:
    """Placements, computed once per asset and world."""

    def __init__(self, survey: Survey, objects: Objects = NO_OBJECTS) -> None:
        self._survey = survey
        self.of = PerAsset(survey.worlds, self._place, _cycle)
        self._operators = Operators(survey, self.of)
        self._deployed = Deployed(survey, objects, self.of)
        self._resolvers = Resolvers(survey, self.of, self._deployed.cluster)

    def location(self, asset: Asset) -> Location:
        """Where an asset is."""
        return self.of(asset).location

    def destination(self, asset: Asset, spec: FlowSpec, read: Reader) -> Place:
        """Where a flow of ``asset`` goes, and who runs that place."""
        hints = self._resolvers.hints(asset, spec.to, read)
        layers = self._reached(asset, spec, hints)
        if not hints:
            return Place(layers, Location(unknown=_not_written(asset, spec.to, read)))
        # Another company's service may stand in a region of the asset's own operator.
        own = () if layers is self.of(asset).layers else self.of(asset).layers
        return Place(layers, locate(self._survey.catalog, self._owners(own + layers), hints))

    def named(self, asset: Asset, attr: Attr, targets: Sequence[Asset]) -> Location | None:
        """Where what an attribute of ``asset`` names is: the assets that it leads to, else the
        region in its text; None when the text has none."""
        if targets:
            where = all_of([self.location(target) for target in targets])
            return replace(where, span=attr.span)
        spec = parse_location(f"ref:{attr.path}")
        hints = self._resolvers.hints(asset, spec, lambda _: (attr,))
        layers = self.of(asset).layers
        return locate(self._survey.catalog, self._owners(layers), hints) if hints else None

    def _reached(
        self, asset: Asset, spec: FlowSpec, hints: tuple[Hint, ...]
    ) -> tuple[LayerPlacement, ...]:
        """The operator a flow names, else that of the host it goes to, else the asset's own."""
        if spec.operator is not None:
            return (LayerPlacement(spec.operator, spec.service, None, None),)
        hosts = dict.fromkeys(
            LayerPlacement(hint.operator, hint.service, None, None, hint.unknown)
            for hint in hints
            if hint.by_host
        )
        return tuple(hosts) or self.of(asset).layers

    def _place(self, asset: Asset) -> Place:
        deployed = self._deployed.place(asset)
        if deployed is not None:
            return self._with_below(deployed)
        mapping = self._survey.mapping(asset)
        spec = mapping.location if mapping else _UNLISTED
        hints = self._resolvers.hints(asset, spec)
        decision = self._operators.decide(asset, first_code(hints))
        told = self._deployed.told(asset) if decision.operator is None else None
        if told is not None:
            return self._with_below(told)
        layers = (
            self._top(decision, mapping),
            *self._operators.hosting(asset, below=next((h.below for h in hints), ())),
        )
        location = self._location(asset, spec, hints, decision, layers)
        return Place((*layers, *self._below(layers, location)), location, decision.host)

    def _top(self, decision: Decision, mapping: TypeMapping | None) -> LayerPlacement:
        """The layer of an asset's own service; of what runs in a cluster, the cluster's."""
        top = top_layer(self._survey.catalog, decision, mapping)
        if decision.beside is None or mapping is None or not self._is_software(mapping.family):
            return top
        below = self.of(decision.beside).layers[0]
        return replace(top, service=below.service, layer=below.layer, capability=below.capability)

    def _is_software(self, family: str) -> bool:
        known = self._survey.catalog.operator(family)
        return known is not None and known.software

    def _with_below(self, place: Place) -> Place:
        return replace(place, layers=(*place.layers, *self._below(place.layers, place.location)))

    def _location(
        self,
        asset: Asset,
        spec: LocationSpec,
        hints: tuple[Hint, ...],
        decision: Decision,
        layers: tuple[LayerPlacement, ...],
    ) -> Location:
        if decision.nowhere:
            return Location(unknown=decision.unknown)
        if decision.beside is not None and not hints:
            return self.location(decision.beside)
        if decision.region is not None and (decision.by_endpoint or not hints):
            span = decision.evidence[0].span
            hints = (Hint(decision.region, decision.operator, span=span),)
        if not hints:
            return _by_host(decision, Location(unknown=_without_hint(asset, spec, decision)))
        location = locate(self._survey.catalog, self._owners(layers), hints)
        if asset.unread is not None and location.regions and location.unknown is not None:
            # An argument of a module means what the module makes of it.
            return Location(unknown=Undecided(asset.unread, asset.span))
        return _by_host(decision, location)

    def _below(
        self, layers: tuple[LayerPlacement, ...], location: Location
    ) -> Iterator[LayerPlacement]:
        """Operators on whose machines the region stands, when they are others."""
        top = layers[0].operator
        hosts = {layer.operator for layer in layers}
        for code in location.regions if top is not None else ():
            region = self._survey.catalog.region(top or "", code)
            if region is None or region.hosted_by is None or region.hosted_by in hosts:
                continue
            hosts.add(region.hosted_by)
            name = name_of(self._survey.catalog, region.hosted_by)
            said = phrase("facts.region-hosted", region=code, operator=name)
            evidence = (Evidence("operator", said, location.span),)
            yield LayerPlacement(region.hosted_by, None, "iaas", None, None, evidence)

    def _owners(self, layers: tuple[LayerPlacement, ...]) -> Owners:
        """Whose region codes count: the lowest layer's first, for it holds the machines."""
        operators = tuple(layer.operator for layer in reversed(layers) if layer.operator)
        unknown = next((layer.unknown for layer in layers if layer.operator is None), None)
        return Owners(operators, layers[0].service if layers else None, unknown)


def _by_host(decision: Decision, location: Location) -> Location:
    """The country of the host that decided, where nothing says more."""
    if decision.country is None or location.countries or location.anywhere:
        return location
    said = phrase("facts.host-in", host=decision.host or "?", country=decision.country)
    span = decision.evidence[0].span
    return Location(
        location.regions, (decision.country,), evidence=(Evidence("region", said, span),), span=span
    )


def _cycle(asset: Asset) -> Place:
    why = Undecided(phrase("facts.place-cycle", address=asset.address), asset.span)
    return Place((), Location(unknown=why))


def _without_hint(asset: Asset, spec: LocationSpec, decision: Decision) -> Undecided:
    """Why nothing tells the place: most often because nothing tells who runs the asset.

    Software has no region of its own (a Helm release is where its cluster is), and of a
    provider that is not listed it is not known whether it takes one.
    """
    if asset.technical:
        return backend_without_place(asset)
    if asset.unread is not None:
        return Undecided(asset.unread, asset.span)
    return decision.unknown or _not_written(asset, spec, asset.config.read)


def _not_written(asset: Asset, spec: LocationSpec, read: Reader) -> Undecided:
    """Why no hint was found: the provider block has no region, the asset no place, or it only
    names, as text, what is placed elsewhere."""
    if is_data(asset):
        return Undecided(phrase("facts.existing-not-written", address=asset.address), asset.span)
    provider = asset.provider
    resolvers = tuple(r for alternative in spec.alternatives for r in alternative)
    if provider is None or not any(r.kind == "provider" for r in resolvers):
        for attr in (a for r in resolvers if r.kind in _LEADING for a in read(r.argument)):
            if isinstance(next(texts(attr.value), None), str):
                reason = phrase("facts.named-without-place", attribute=attr.path)
                return Undecided(reason, attr.span)
        return Undecided(phrase("facts.place-not-written", address=asset.address), asset.span)
    name = provider.local_name
    key = "facts.provider-without-region" if provider.config else "facts.provider-not-configured"
    span = provider.config.span if provider.config else asset.span
    return Undecided(phrase(key, provider=name), span, f"provider.{name}@{asset.root}")
