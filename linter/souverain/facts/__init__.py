"""What is true of every asset: its placement, exposure, certificates, data, keys and flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING

from souverain.facts.certificates import Certificates
from souverain.facts.claims import status_claims
from souverain.facts.custody import Custodies
from souverain.facts.declarations import Declarations
from souverain.facts.deployed import NO_OBJECTS, Objects
from souverain.facts.exposure import exposure_unknown, exposures, with_technology
from souverain.facts.flows import Flows
from souverain.facts.placement import Place
from souverain.facts.places import Places
from souverain.facts.sensitivity import Sensitivities
from souverain.facts.settings import Settings
from souverain.facts.survey import Surroundings, Survey
from souverain.model import (
    Asset,
    AssetFacts,
    Certificate,
    Custody,
    DataFact,
    Declared,
    Exposure,
    Facts,
    Flow,
    LayerPlacement,
    Location,
    Phrase,
    Role,
    Setting,
    StatusClaim,
    Undecided,
)

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
    unasked: Callable[[Facts], bool] = lambda _: False,
) -> tuple[AssetFacts, ...]:
    """Facts of each asset of one root, in every world where it exists.

    An asset that exists in no world that could be told apart is left out, and so is what
    stands nowhere (``random_id``). ``objects`` is what Kubernetes objects behind the assets say.
    Of facts that are ``unasked``, those are established that it takes to tell.
    """
    survey = Survey(surroundings, catalog, objects.kind)
    known = _Known(survey, assets, declarations, as_of, objects)
    survey.worlds.on_closing(known.close)
    explore = survey.worlds.explore
    found = []
    for asset in filter(survey.is_placed, assets):
        explored = explore(partial(known.facts, asset, unasked))
        if len({type(facts) for _, facts in explored if facts is not None}) > 1:
            # What is asked of an asset in one world is asked in each.
            explored = explore(partial(known.facts, asset))
        worlds = _told_apart(explored)
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
        self.survey = survey
        self.catalog = survey.catalog
        self.certificates = Certificates(survey.catalog, as_of)
        self.declarations = declarations
        self.places = Places(survey, objects)
        self.custodies = Custodies(survey, self.places, assets)
        self.flows = Flows(survey, self.places, assets, objects)
        self.settings = Settings(survey, self.places, assets)
        self.sensitivities = Sensitivities(survey, declarations, self.flows, assets, objects)

    def facts(
        self, asset: Asset, unasked: Callable[[Facts], bool] = lambda _: False
    ) -> Facts | None:
        """Facts in the current world; None when the asset does not exist there."""
        if not self.survey.exists(asset):
            return None
        found = _WhenRead(asset, self)
        return found if self.survey.worlds.single or unasked(found) else found.all()

    def close(self) -> None:
        """Gives up the stages: what was not read until now can no longer be."""
        vars(self).clear()


class _WhenRead(Facts):
    """Facts of an asset, each established when it is first read.

    Of what holds no data, rules read little: where it is, for one, they never ask.
    """

    def __init__(self, asset: Asset, known: _Known) -> None:
        object.__setattr__(self, "asset", asset)
        self._known = known

    # What was not read may not be readable any more.
    __eq__ = object.__eq__
    __hash__ = object.__hash__
    __repr__ = object.__repr__

    def all(self) -> Facts:
        """All of them, as they are in the current world.

        Places and data come first: the order in which choices are met is that of the worlds.
        """
        return Facts(
            layers=self.layers,
            location=self.location,
            data=self.data,
            data_unknown=self.data_unknown,
            asset=self.asset,
            role=self.role,
            role_unknown=self.role_unknown,
            exposures=self.exposures,
            exposure_unknown=self.exposure_unknown,
            certificates=self.certificates,
            custody=self.custody,
            flows=self.flows,
            declared=self.declared,
            claims=self.claims,
            settings=self.settings,
        )

    @cached_property
    def role(self) -> Role | None:
        return self._known.survey.role(self.asset)

    @cached_property
    def role_unknown(self) -> Phrase | None:
        return self._known.survey.role_unknown(self.asset)

    @cached_property
    def layers(self) -> tuple[LayerPlacement, ...]:
        return tuple(with_technology(self._known.catalog, layer) for layer in self._place.layers)

    @cached_property
    def location(self) -> Location:
        return self._place.location

    @cached_property
    def exposures(self) -> tuple[Exposure, ...]:
        return exposures(self._known.catalog, self._place)

    @cached_property
    def exposure_unknown(self) -> Undecided | None:
        return exposure_unknown(self._known.catalog, self._place)

    @cached_property
    def data(self) -> tuple[DataFact, ...]:
        return self._known.sensitivities.of(self.asset).facts

    @cached_property
    def data_unknown(self) -> Undecided | None:
        return self._known.sensitivities.of(self.asset).unknown

    @cached_property
    def certificates(self) -> tuple[Certificate, ...]:
        return self._known.certificates.of(self.asset, self._place)

    @cached_property
    def custody(self) -> Custody:
        return self._known.custodies.of(self.asset)

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        return self._known.flows.of(self.asset)

    @cached_property
    def declared(self) -> Declared:
        return self._known.declarations.of(self.asset).declared

    @cached_property
    def claims(self) -> tuple[StatusClaim, ...]:
        tags = self._known.survey.tags(self.asset)
        return status_claims(self._known.catalog.sensitivity(), tags)

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        return self._known.settings.of(self.asset)

    @cached_property
    def _place(self) -> Place:
        return self._known.places.of(self.asset)
