"""Where an object of a cluster is: on the cluster's nodes, unless it says otherwise itself.

A volume is where its driver keeps it, a store of secrets or of backups where it points, a
workload on the nodes that it selects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from souverain.facts.clusters import Clusters, options, tells_cluster
from souverain.facts.placement import Place
from souverain.facts.survey import Survey, name_of
from souverain.model import (
    PROJECT_WIDE,
    Asset,
    Evidence,
    LayerPlacement,
    Location,
    Undecided,
    phrase,
)
from souverain.records import dataclass, replace

if TYPE_CHECKING:
    from souverain.facts.signals import Hit
    from souverain.model import Span


@dataclass(frozen=True, slots=True)
class Objects:
    """What the objects behind some assets say. Without clusters: they are Terraform's."""

    hits: Callable[[Asset], tuple[Hit, ...]]
    """Signals met in the object of an asset; () when it has none."""
    cluster: Callable[[Asset], Place] | None = None
    """The cluster that an object is deployed to."""
    origin: Callable[[Hit], Span | None] = lambda _: None
    """Where the value is written that a signal was met in, when another file decides it."""
    kind: Callable[[Asset], str | None] = lambda _: None
    """The kind of the one object that a Terraform resource holds, "" when it is not known."""
    clusters: Clusters | None = None
    told: Callable[[Asset], Place | None] = lambda _: None
    """The cluster of a Terraform resource whose provider does not tell it."""
    chart: str = ""
    """The name of the chart that the objects are rendered from."""
    is_own: Callable[[str], bool] = lambda _: False
    """Whether objects are reached by a host themselves."""


NO_OBJECTS: Final = Objects(lambda _: ())

_CLASS: Final = "StorageClass.storage.k8s.io"
_VOLUME: Final = "PersistentVolume"


class Deployed:
    """Places of the objects of one root. ``place_of`` gives that of another object."""

    def __init__(
        self, survey: Survey, objects: Objects, place_of: Callable[[Asset], Place]
    ) -> None:
        self._survey = survey
        self._objects = objects
        self._place_of = place_of

    def cluster(self, asset: Asset) -> Place | None:
        """The cluster of an object; None for what is no object."""
        cluster = self._objects.cluster
        return cluster(asset) if cluster is not None and asset.kind else None

    def told(self, asset: Asset) -> Place | None:
        """The cluster that a resource is in, when something but its provider tells it."""
        return self._objects.told(asset)

    def place(self, asset: Asset) -> Place | None:
        """Where an object of the cluster is; None when its kind is not kept in clusters."""
        cluster = self.cluster(asset)
        if cluster is None or not self._is_inside(asset):
            return None
        stated = self._stated(asset, cluster)
        if stated is not None:
            return stated
        if self.is_elsewhere(asset):
            return self._unnamed(asset)
        return (
            self._kept(asset) or self._suggested(asset, cluster) or self._on_nodes(asset, cluster)
        )

    def is_elsewhere(self, asset: Asset) -> bool:
        """Whether an object stands for something outside that it names: a bucket, a vault."""
        mapping = self._survey.mapping(asset)
        return mapping is not None and mapping.location.text == "signals"

    def _is_inside(self, asset: Asset) -> bool:
        mapping = self._survey.mapping(asset)
        return mapping is None or mapping.location.text in ("cluster", "signals")

    def _unnamed(self, asset: Asset) -> Place:
        mapping = self._survey.mapping(asset)
        assert mapping is not None
        why = Undecided(phrase("facts.object-names-nothing", address=asset.address), asset.span)
        layer = LayerPlacement(None, mapping.service, mapping.layer, mapping.capability, why)
        return Place((layer,), Location(unknown=why))

    # --- what the object says of itself -----------------------------------------------

    def _stated(self, asset: Asset, cluster: Place) -> Place | None:
        """Who keeps what the object stands for, as its own signals tell."""
        says = ("object", "flow") if self.is_elsewhere(asset) else ("object",)
        told = [h for h in self._objects.hits(asset) if h.signal.says in says and options(h)]
        for hit in told:
            operator = self._meant(hit, cluster)
            if operator is not None:
                return self._at(asset, hit, operator, told, cluster)
        return None

    def _meant(self, hit: Hit, cluster: Place) -> str | None:
        """The operator of a signal: that of the cluster where it may be, else the likely one.

        A weak sign (the name of a class) never tells alone.
        """
        own = next((o for o in cluster.operators if o in options(hit)), None)
        return own or (None if hit.signal.certainty == "weak" else hit.operator)

    def _suggested(self, asset: Asset, cluster: Place) -> Place | None:
        """A place left open, with what a weak sign would say of it."""
        open_layer = cluster.unknown_layer
        if open_layer is None or open_layer.cause != f"{PROJECT_WIDE}cluster":
            return None
        signs = (h for h in self._objects.hits(asset) if h.signal.says == "object")
        hit = next((h for h in signs if h.operator), None)
        if hit is None or hit.operator is None:
            return None
        name = name_of(self._survey.catalog, hit.operator)
        why = phrase("facts.object-suggested", shown=hit.shown, operator=name)
        unknown = Undecided(why, hit.span, f"{PROJECT_WIDE}cluster")
        layers = (replace(layer, unknown=unknown) for layer in cluster.layers)
        return Place(tuple(layers), Location(unknown=unknown))

    def _at(self, asset: Asset, hit: Hit, operator: str, told: list[Hit], cluster: Place) -> Place:
        catalog, clusters = self._survey.catalog, self._objects.clusters
        name = name_of(catalog, operator)
        said = phrase("facts.object-by-signal", shown=hit.shown, operator=name)
        evidence = (Evidence("operator", said, hit.span),)
        mapping = self._survey.mapping(asset)
        capability = hit.signal.capability or (mapping.capability if mapping else None)
        alike = catalog.service(operator, capability) if capability else None
        layer = LayerPlacement(
            operator,
            hit.service or alike,
            hit.signal.layer or (mapping.layer if mapping else None),
            capability,
            None,
            evidence,
        )
        regions = [h for h in told if h.region and operator in options(h)]
        if regions and clusters is not None:
            return Place((layer,), clusters.where(operator, hit.service, regions), hit.host)
        if operator in cluster.operators:
            return Place((layer,), cluster.location, hit.host)
        why = phrase("facts.object-without-region", shown=hit.shown, operator=name)
        cause = f"{PROJECT_WIDE}cluster" if not cluster.operators else f"object.{operator}"
        return Place((layer,), Location(unknown=Undecided(why, hit.span, cause)), hit.host)

    # --- what it is kept on -----------------------------------------------------------

    def _kept(self, asset: Asset) -> Place | None:
        """Where the volume or the class of volumes that a claim names is kept."""
        mapping = self._survey.mapping(asset)
        if mapping is None or self._survey.role(asset) != "stores":
            return None
        for target in self._volumes(asset):
            place = self._place_of(target)
            if place.operators and any(
                h.signal.says == "object" for h in self._objects.hits(target)
            ):
                link = Evidence(
                    "operator", phrase("facts.beside", address=target.address), target.span
                )
                return replace(place, layers=tuple(_with(layer, link) for layer in place.layers))
        return None

    def _volumes(self, asset: Asset) -> Iterator[Asset]:
        for reference in self._survey.catalog.kinds().references(asset.kind):
            if _CLASS in reference.to or _VOLUME in reference.to:
                for attr in asset.config.read(reference.at):
                    yield from self._survey.follow(attr, but=asset)

    # --- the nodes --------------------------------------------------------------------

    def _on_nodes(self, asset: Asset, cluster: Place) -> Place:
        """The nodes a workload selects, else all those of the cluster."""
        clusters = self._objects.clusters
        if clusters is None or self._survey.catalog.kinds().pod_spec(asset.kind) is None:
            return cluster
        hits = [h for h in self._objects.hits(asset) if h.region and tells_cluster(h)]
        operator = cluster.operators[0] if cluster.operators else None
        selected = [h for h in hits if operator in options(h) or not options(h)]
        if operator is None or not selected:
            return cluster
        service = cluster.layers[0].service
        return replace(cluster, location=clusters.where(operator, service, selected))


def _with(layer: LayerPlacement, link: Evidence) -> LayerPlacement:
    return replace(layer, evidence=(link, *layer.evidence))
