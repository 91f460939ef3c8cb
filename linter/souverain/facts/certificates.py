"""How the offers an asset stands on are certified, at a date. The worst layer counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from souverain.catalog.offers import in_scope
from souverain.facts.placement import Place
from souverain.facts.standing import SCHEMES, WORST_FIRST, Scheme, Standing, at_date
from souverain.facts.survey import name_of
from souverain.model import Asset, Certificate, LayerPlacement, phrase

if TYPE_CHECKING:
    from souverain.catalog import Catalog


class Certificates:
    """Certificates at one date; what one asset asked is remembered for its like."""

    def __init__(self, catalog: Catalog, as_of: date) -> None:
        self._catalog = catalog
        self._as_of = as_of
        self._standings: dict[tuple[str | None, ...], Standing] = {}

    def of(self, asset: Asset, place: Place) -> tuple[Certificate, ...]:
        """Standing of the whole stack for each scheme; () for what stands nowhere."""
        if not place.layers:
            return ()
        return tuple(self._whole(asset, place, scheme) for scheme in SCHEMES)

    def _whole(self, asset: Asset, place: Place, scheme: Scheme) -> Certificate:
        standings = [self._of_layer(asset, place, layer, scheme) for layer in place.layers]
        worst = _worst(standings)
        return Certificate(
            scheme,
            worst.status,
            worst.reason,
            worst.offer,
            worst.until,
            sum(standing.status == "qualified" for standing in standings),
            len(standings),
            worst.confidence,
        )

    def _of_layer(
        self, asset: Asset, place: Place, layer: LayerPlacement, scheme: Scheme
    ) -> Standing:
        if layer.operator is None:
            return Standing("unknown", phrase("facts.certificate-no-operator"))
        regions: Sequence[str | None] = place.location.regions or (None,)
        found = []
        for region in regions:
            own = self._own_name(place, layer.operator, region)
            type_ = self._type(asset, layer)
            key = (scheme, layer.operator, type_, layer.service, own, place.host, layer.layer)
            if key not in self._standings:
                self._standings[key] = self._standing(
                    scheme, layer, layer.operator, type_, own, place.host
                )
            found.append(self._standings[key])
        return _worst(found)

    def _type(self, asset: Asset, layer: LayerPlacement) -> str:
        """The resource type by which offers know a layer: of what runs in a cluster, that of
        the service it stands on, as Terraform names it."""
        if layer.operator is None or layer.capability is None or not self._is_inside(asset):
            return asset.type
        alike = self._catalog.services(layer.operator, layer.capability)
        types = next((service.types for service in alike if service.id == layer.service), ())
        return types[0] if types else asset.type

    def _is_inside(self, asset: Asset) -> bool:
        if asset.kind:
            return True
        source = asset.provider.source if asset.provider else None
        mapping = self._catalog.type(asset.type, source)
        family = self._catalog.operator(mapping.family) if mapping else None
        return family is not None and family.software

    def _own_name(self, place: Place, operator: str, region: str | None) -> str | None:
        """The name of a region at the layer that hosts the one above."""
        top = place.layers[0].operator
        if region is not None and top is not None and top != operator:
            known = self._catalog.region(top, region)
            if known is not None and known.hosted_by == operator:
                return known.hosted_region
        return region

    def _standing(
        self,
        scheme: Scheme,
        layer: LayerPlacement,
        operator: str,
        type_: str,
        region: str | None,
        host: str | None,
    ) -> Standing:
        offer = self._catalog.offer(
            operator,
            type_=type_,
            service=layer.service,
            region=region,
            host=host,
            layer=layer.layer,
        )
        if offer is None:
            name = name_of(self._catalog, operator)
            return Standing("unknown", phrase("facts.certificate-no-offer", operator=name))
        fact = self._catalog.certificate_fact(offer, scheme)
        if fact is None:
            reason = phrase("facts.certificate-no-fact", offer=offer.name)
            return Standing("unknown", reason, offer.id)
        scoped = in_scope(offer, layer.layer, layer.capability, self._catalog.infrastructure)
        return at_date(offer, fact, layer.service, region, self._as_of, scoped=scoped)


def _worst(standings: Sequence[Standing]) -> Standing:
    return min(standings, key=lambda standing: WORST_FIRST.index(standing.status))
