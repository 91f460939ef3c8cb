"""What is true of every asset: its placement, exposure, certificates, data, keys and flows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from souverain.facts.certificates import Certificates
from souverain.facts.claims import status_claims
from souverain.facts.custody import Custodies
from souverain.facts.declarations import Declarations
from souverain.facts.deployed import NO_OBJECTS, Objects
from souverain.facts.exposure import exposure_unknown, exposures, with_technology
from souverain.facts.flows import Flows
from souverain.facts.places import Places
from souverain.facts.sensitivity import Sensitivities
from souverain.facts.settings import Settings
from souverain.facts.survey import Surroundings, Survey
from souverain.model import Asset, AssetFacts, Facts

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.worlds import Guard

__all__ = ["Declarations", "Surroundings", "establish"]


def establish(
    surroundings: Surroundings,
    assets: Sequence[Asset],
    catalog: Catalog,
    declarations: Declarations,
    as_of: date,
    objects: Objects = NO_OBJECTS,
) -> tuple[AssetFacts, ...]:
    """Facts of each asset of one root, in every world where it exists.

    An asset that exists in no world that could be told apart is left out, and so is what
    stands nowhere (``random_id``). ``objects`` is what Kubernetes objects behind the assets say.
    """
    survey = Survey(surroundings, catalog, objects.kind)
    known = _Known(survey, assets, declarations, as_of, objects)
    found = []
    for asset in filter(survey.is_placed, assets):
        worlds = _told_apart(survey.worlds.explore(lambda a=asset: known.facts(a)))  # type: ignore[misc]
        if worlds:
            found.append(AssetFacts(asset, worlds))
    return tuple(found)


def _told_apart(
    explored: Iterable[tuple[Guard, Facts | None]],
) -> tuple[tuple[Guard, Facts], ...]:
    """The worlds where an asset exists; those whose facts are the same are one.

    Its guard is what they agree on, or that of the first where they agree on nothing.
    """
    merged: list[tuple[Guard, Facts]] = []
    for guard, facts in explored:
        if facts is None:
            continue
        same = next((i for i, (_, known) in enumerate(merged) if known == facts), None)
        if same is None:
            merged.append((guard, facts))
        else:
            agreed = tuple(choice for choice in merged[same][0] if choice in guard)
            merged[same] = (agreed or merged[same][0], facts)
    return tuple(merged)


class _Known:
    """The fact stages of one root, each computed once per asset and world."""

    def __init__(
        self,
        survey: Survey,
        assets: Sequence[Asset],
        declarations: Declarations,
        as_of: date,
        objects: Objects,
    ) -> None:
        self._survey = survey
        self._certificates = Certificates(survey.catalog, as_of)
        self._declarations = declarations
        self._places = Places(survey, objects)
        self._custodies = Custodies(survey, self._places, assets)
        self._flows = Flows(survey, self._places, assets, objects)
        self._settings = Settings(survey, self._places, assets)
        self._sensitivities = Sensitivities(survey, declarations, self._flows, assets, objects)

    def facts(self, asset: Asset) -> Facts | None:
        """Facts in the current world; None when the asset does not exist there."""
        if not self._survey.exists(asset):
            return None
        catalog = self._survey.catalog
        place = self._places.of(asset)
        data = self._sensitivities.of(asset)
        return Facts(
            asset=asset,
            role=self._survey.role(asset),
            role_unknown=self._survey.role_unknown(asset),
            layers=tuple(with_technology(catalog, layer) for layer in place.layers),
            location=place.location,
            exposures=exposures(catalog, place),
            exposure_unknown=exposure_unknown(catalog, place),
            data=data.facts,
            data_unknown=data.unknown,
            certificates=self._certificates.of(asset, place),
            custody=self._custodies.of(asset),
            flows=self._flows.of(asset),
            declared=self._declarations.of(asset).declared,
            claims=status_claims(catalog.sensitivity(), self._survey.tags(asset)),
            settings=self._settings.of(asset),
        )
