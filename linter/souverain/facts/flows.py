"""Where an asset's data goes besides the asset itself: replicas, copies, logs, shares.

A construct is catalogue data (:class:`souverain.catalog.model.FlowSpec`). A resource that
only carries an order (``aws_s3_bucket_replication_configuration``) gives its flows to the
asset whose data it moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from souverain.catalog.model import Condition, FlowSpec
from souverain.facts.exposure import exposures
from souverain.facts.hints import Reader
from souverain.facts.placement import Place
from souverain.facts.places import Places
from souverain.facts.reading import Text, open_part, texts, with_holes
from souverain.facts.survey import PerAsset, Survey
from souverain.model import (
    Asset,
    Attr,
    Evidence,
    Flow,
    LayerPlacement,
    Span,
    phrase,
)
from souverain.values import Unknown


class Flows:
    """Flows of each asset, computed once per world."""

    def __init__(self, survey: Survey, places: Places, assets: Sequence[Asset]) -> None:
        self._survey = survey
        self._places = places
        self._assets = {asset.address: asset for asset in assets}
        self._movers = tuple(asset for asset in assets if self._specs(asset))
        self._carriers = tuple(a for a in self._movers if any(s.subject for s in self._specs(a)))
        self._own = PerAsset(survey.worlds, self._by_subject, lambda _: {})

    def of(self, asset: Asset) -> tuple[Flow, ...]:
        """Flows of the asset's data, whichever resource orders them."""
        return (*self._own(asset).get(asset.address, ()), *self._carried(asset))

    def into(self, asset: Asset) -> Iterator[tuple[Asset, Span]]:
        """Assets whose data flows to this one, and where that is ordered."""
        for mover in self._movers:
            for subject, flows in self._own(mover).items():
                for flow in flows:
                    source = self._assets.get(subject)
                    if flow.target == asset.address and source and self._survey.exists(mover):
                        yield source, flow.span or mover.span

    def _specs(self, asset: Asset) -> tuple[FlowSpec, ...]:
        return self._survey.catalog.flows(asset.type)

    def _carried(self, asset: Asset) -> Iterator[Flow]:
        for carrier in self._carriers:
            if carrier.address == asset.address:
                continue
            flows = self._own(carrier).get(asset.address)
            if flows and self._survey.exists(carrier):
                yield from flows

    def _by_subject(self, asset: Asset) -> dict[str, tuple[Flow, ...]]:
        """Flows that a resource orders, by the address of the asset whose data moves."""
        found: dict[str, tuple[Flow, ...]] = {}
        for spec in self._specs(asset):
            flows = tuple(self._ordered(asset, spec))
            for address in self._subjects(asset, spec) if flows else ():
                found[address] = (*found.get(address, ()), *flows)
        return found

    def _subjects(self, asset: Asset, spec: FlowSpec) -> tuple[str, ...]:
        attrs = asset.config.read(spec.subject) if spec.subject else ()
        led = dict.fromkeys(
            target.address for attr in attrs for target in self._survey.follow(attr, but=asset)
        )
        return tuple(led) or (asset.address,)

    def _ordered(self, asset: Asset, spec: FlowSpec) -> Iterator[Flow]:
        if not spec.path:
            yield from self._one(asset, spec, None, asset.config.read)
            return
        occurrences = asset.config.read(spec.path)
        for index, attr in enumerate(occurrences):
            if _is_written(attr):
                read = _beside(asset, spec.path, occurrences, index)
                yield from self._one(asset, spec, attr, read)

    def _one(self, asset: Asset, spec: FlowSpec, attr: Attr | None, read: Reader) -> Iterator[Flow]:
        met = [_holds(condition, read) for condition in spec.when]
        if False in met:
            return
        target = self._target(asset, spec, read)
        place = self._destination(asset, spec, target, read)
        span = attr.span if attr is not None else asset.span
        said = phrase("facts.flow", kind=phrase(f"facts.flow-{spec.kind}"), address=asset.address)
        yield Flow(
            spec.kind,
            place.operators[0] if place.operators else None,
            spec.service or (place.layers[0].service if place.layers else None),
            place.location,
            exposures(self._survey.catalog, place),
            spec.certain and None not in met,
            (Evidence("flow", said, span), *(attr.trace() if attr is not None else ())),
            span,
            target.address if target is not None else None,
        )

    def _target(self, asset: Asset, spec: FlowSpec, read: Reader) -> Asset | None:
        """The asset of this root that the data goes to, when the destination names one."""
        for alternative in spec.to.alternatives:
            for resolver in alternative:
                if resolver.kind not in ("ref", "arn", "parent"):
                    continue
                for attr in read(resolver.argument):
                    for target in self._survey.follow(attr, but=asset):
                        return target
        return None

    def _destination(
        self, asset: Asset, spec: FlowSpec, target: Asset | None, read: Reader
    ) -> Place:
        if target is not None:
            return self._places.of(target)
        location = self._places.destination(asset, spec.to, read, spec.operator)
        return Place(self._layers(asset, spec), location)

    def _layers(self, asset: Asset, spec: FlowSpec) -> tuple[LayerPlacement, ...]:
        if spec.operator is not None:
            return (LayerPlacement(spec.operator, spec.service, None, None),)
        return self._places.of(asset).layers


def _is_written(attr: Attr) -> bool:
    """Whether an attribute says something: ``null`` and an empty list order nothing."""
    return next(texts(attr.value), None) is not None


def _holds(condition: Condition, read: Reader) -> bool | None:
    """Whether a condition holds; None when an unknown value decides it."""
    values = [text for attr in read(condition.path) for text in texts(attr.value)]
    if condition.set is not None:
        return None if any(open_part(v) for v in values) else bool(values) is condition.set
    if any(_is_like(value, pattern) for value in values for pattern in condition.one_of):
        return True
    return None if any(open_part(value) for value in values) else False


def _is_like(value: Text, pattern: str) -> bool:
    """Whether a text surely matches: what is not written out of it falls under a ``*``."""
    return not isinstance(value, Unknown) and fnmatchcase(with_holes(value), pattern)


def _beside(asset: Asset, path: str, occurrences: Sequence[Attr], index: int) -> Reader:
    """Reads attributes of the same block as one occurrence of ``path``."""

    def read(other: str) -> tuple[Attr, ...]:
        if other == path:
            return (occurrences[index],)
        attrs = asset.config.read(other)
        inside = other.split(".")[0] == path.split(".")[0]
        return (attrs[index],) if inside and len(attrs) == len(occurrences) else attrs

    return read
