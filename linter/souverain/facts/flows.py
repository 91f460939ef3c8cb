"""Where an asset's data goes besides the asset itself: replicas, copies, logs, shares.

A construct is catalogue data (:class:`souverain.catalog.model.FlowSpec`). A resource that
only carries an order (``aws_s3_bucket_replication_configuration``) gives its flows to the
asset whose data it moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from souverain.catalog.model import FlowSpec, ResolverKind
from souverain.facts.conditions import holds
from souverain.facts.deployed import NO_OBJECTS, Objects
from souverain.facts.exchanges import Exchanges
from souverain.facts.exposure import exposures
from souverain.facts.grants import Granted
from souverain.facts.hints import Reader
from souverain.facts.location import UNPAIRED
from souverain.facts.occurrences import Item, occurrences
from souverain.facts.places import Places
from souverain.facts.reading import host_of, known, texts, top
from souverain.facts.survey import Gathered, PerAsset, Survey
from souverain.model import (
    Asset,
    Attr,
    Evidence,
    Flow,
    FlowKind,
    Location,
    Span,
    phrase,
)


class Flows:
    """Flows of each asset, computed once per world."""

    def __init__(
        self,
        survey: Survey,
        places: Places,
        assets: Sequence[Asset],
        objects: Objects = NO_OBJECTS,
    ) -> None:
        self._survey = survey
        self._places = places
        self._assets = {asset.address: asset for asset in assets}
        orders = [(asset, specs) for asset in assets if (specs := self._orders(asset))]
        self._carriers = tuple(a for a, specs in orders if any(s.subject for s in specs))
        self._feeders = tuple(a for a, specs in orders if any(map(_may_name_target, specs)))
        self._exchanges = Exchanges(survey, objects, assets, places.of)
        self._own = PerAsset(survey.worlds, self._by_subject, lambda _: {})
        self._arriving = Gathered(survey.worlds, self._arrivals)
        self._ordered_for = Gathered(survey.worlds, self._ordered_by_carriers)

    def of(self, asset: Asset) -> tuple[Flow, ...]:
        """Flows of the asset's data, whichever resource orders them."""
        found = (
            *self._own(asset).get(asset.address, ()),
            *self._carried(asset),
            *self._exchanges.of(asset),
        )
        return tuple(flow for flow in found if not self._stays(asset, flow))

    def into(self, asset: Asset) -> Iterator[tuple[Asset, Span]]:
        """Assets whose data flows to this one, and where that is ordered."""
        for mover, source, span in self._arriving(asset):
            if self._survey.exists(mover):
                yield source, span

    def _arrivals(self) -> Iterator[tuple[str, tuple[Asset, Asset, Span]]]:
        for mover in self._feeders:
            for subject, flows in self._own(mover).items():
                source = self._assets.get(subject)
                for flow in flows:
                    if source and flow.target:
                        yield flow.target, (mover, source, flow.span or mover.span)

    def _specs(self, asset: Asset) -> tuple[FlowSpec, ...]:
        return self._survey.catalog.flows(asset.known_as)

    def _orders(self, asset: Asset) -> tuple[FlowSpec, ...]:
        """Constructs of the asset's type that are written, in whichever world."""
        specs = self._specs(asset)
        names = frozenset(asset.config.keys()) if specs else ()
        return tuple(spec for spec in specs if not spec.path or top(spec.path) in names)

    def _carried(self, asset: Asset) -> Iterator[Flow]:
        for carrier, flows in self._ordered_for(asset):
            if carrier.address != asset.address and self._survey.exists(carrier):
                yield from flows

    def _ordered_by_carriers(self) -> Iterator[tuple[str, tuple[Asset, tuple[Flow, ...]]]]:
        for carrier in self._carriers:
            for address, flows in self._own(carrier).items():
                yield address, (carrier, flows)

    def _by_subject(self, asset: Asset) -> dict[str, tuple[Flow, ...]]:
        """Flows that a resource orders, by the address of the asset whose data moves."""
        found: dict[str, tuple[Flow, ...]] = {}
        for spec in self._specs(asset):
            for attr, read in occurrences(asset, spec, self._survey.catalog):
                for flow in self._one(asset, spec, attr, read):
                    for address in self._subjects(asset, spec, read):
                        found[address] = _with(found.get(address, ()), flow)
        return found

    def _subjects(self, asset: Asset, spec: FlowSpec, read: Reader) -> tuple[str, ...]:
        attrs = read(spec.subject) if spec.subject else ()
        led = dict.fromkeys(
            target.address for attr in attrs for target in self._survey.follow(attr, but=asset)
        )
        return tuple(led) or (asset.address,)

    def _stays(self, asset: Asset, flow: Flow) -> bool:
        """Whether a flow ends where it begins: a first region listed among the replicas, a
        service called in the region it is called from."""
        if flow.target == asset.address:
            return True
        here, there = self._places.of(asset), flow.location
        return (
            flow.kind in ("replication", "endpoint")
            and flow.target is None
            and flow.operator in here.operators
            and there.unknown is None
            and bool(there.regions)
            and set(there.regions) <= set(here.location.regions)
        )

    def _one(self, asset: Asset, spec: FlowSpec, attr: Attr | None, read: Reader) -> Iterator[Flow]:
        asked = self._granting(spec, read) if spec.grants else read
        met = [holds(condition, asked) for condition in spec.when]
        if False in met or (None in met and not spec.certain):
            return  # what an unknown value might order, and might not do then, is not told
        target = self._target(asset, spec, read)
        place = (
            self._places.destination(asset, spec, read)
            if target is None or target is asset
            else self._places.of(target)
        )
        if attr is None and _is_unpaired(place.location):
            return
        span = attr.span if attr is not None else asset.span
        kind = self._kind(spec, attr)
        said = phrase("facts.flow", kind=phrase(f"facts.flow-{kind}"), address=asset.address)
        yield Flow(
            kind,
            place.operators[0] if place.operators else None,
            spec.service or (place.layers[0].service if place.layers else None),
            place.location,
            exposures(self._survey.catalog, place),
            spec.certain and None not in met,
            (Evidence("flow", said, span), *(attr.trace() if attr is not None else ())),
            span,
            target.address if target is not None else None,
        )

    def _kind(self, spec: FlowSpec, attr: Attr | None) -> FlowKind:
        """What a construct says of the movement; of a mere call, what the host is for."""
        if spec.kind != "endpoint" or not spec.scan or attr is None:
            return spec.kind
        host = next((host_of(text) for text in texts(attr.value)), None)
        match = self._survey.catalog.host(host) if host else None
        return match.flow if match and match.flow else spec.kind

    def _granting(self, spec: FlowSpec, read: Reader) -> Reader:
        """Reads whom the access policy of a flow lets in, in its place."""
        assert spec.grants is not None
        granted = Granted(self._survey, spec.grants)

        def asked(path: str) -> tuple[Attr, ...]:
            attrs = read(path)
            return tuple(Item(a, granted.by(a)) for a in attrs) if path == spec.path else attrs

        return asked

    def _target(self, asset: Asset, spec: FlowSpec, read: Reader) -> Asset | None:
        """The asset of this root that the data goes to: one that the destination names, or
        the resource itself when it takes in the data of another (a read replica)."""
        resolvers = [resolver for option in spec.to.alternatives for resolver in option]
        for resolver in resolvers:
            for attr in read(resolver.argument) if resolver.kind in _NAMING else ():
                if resolver.kind == "host" and known(attr.value) is not None:
                    continue
                for target in self._survey.follow(attr, but=asset):
                    return target
        takes_in = spec.subject == spec.path != "" and self._holds_data(asset)
        return asset if takes_in else None

    def _holds_data(self, asset: Asset) -> bool:
        mapping = self._survey.mapping(asset)
        return mapping is not None and mapping.role in ("stores", "processes")


_NAMING: Final[tuple[ResolverKind, ...]] = ("ref", "arn", "parent", "host")
"""Resolvers whose attribute may lead to the asset that the data goes to."""


def _may_name_target(spec: FlowSpec) -> bool:
    """Whether a flow may end at an asset of the root, not at a place that is only named."""
    kinds = {resolver.kind for option in spec.to.alternatives for resolver in option}
    return not spec.scan and (not kinds.isdisjoint(_NAMING) or spec.subject == spec.path != "")


def _with(flows: tuple[Flow, ...], flow: Flow) -> tuple[Flow, ...]:
    return flows if flow in flows else (*flows, flow)


def _is_unpaired(place: Location) -> bool:
    """Whether a copy that is made unless told otherwise has nowhere to go."""
    return place.unknown is not None and place.unknown.cause.startswith(UNPAIRED)
