"""What carries the data of one asset to another without moving it: mounts, groups, queues, keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from souverain.catalog.kinds import Reference
from souverain.catalog.model import CustodySpec
from souverain.catalog.sensitivity import Carrying, Sensitivity
from souverain.facts.reading import top
from souverain.facts.survey import Gathered, Survey
from souverain.model import Asset, Span

Edge = tuple[str, tuple[Asset, Asset, Span]]
"""Address of the asset that receives; what carries, whose data it is, where it is written."""


class Carriers:
    """Which assets receive the data of which others. Catalogue data: ``carrying``."""

    def __init__(self, survey: Survey, words: Sensitivity, assets: Sequence[Asset]) -> None:
        self._survey = survey
        self._words = words
        self._kinds: dict[str, tuple[Carrying, ...]] = {}
        self._carriers = tuple(asset for asset in assets if self._written(asset))
        self._received = Gathered(survey.worlds, self._edges)

    def into(self, asset: Asset) -> Iterator[tuple[Asset, Span]]:
        """Assets whose data an asset receives, and where that is written."""
        for carrier, source, span in self._received(asset):
            if self._survey.exists(carrier):
                yield source, span

    def _written(self, asset: Asset) -> tuple[Carrying, ...]:
        """Rules of the asset's type whose attributes are written."""
        rules = (*self._words.carrying.get(asset.type, ()), *self._by_kind(asset.kind))
        if not rules:
            return ()
        names = frozenset(asset.config.keys())
        return tuple(
            rule
            for rule in rules
            if all(top(path) in names for path in (rule.source, rule.target) if path)
        )

    def _by_kind(self, kind: str) -> tuple[Carrying, ...]:
        """The references of a kind of object by which data passes."""
        if kind not in self._kinds:
            references = self._survey.catalog.kinds().references(kind) if kind else ()
            self._kinds[kind] = tuple(rule for each in references for rule in _passing(each))
        return self._kinds[kind]

    def _edges(self) -> Iterator[Edge]:
        for carrier in self._carriers:
            for rule in self._written(carrier):
                for source, _ in self._ends(carrier, rule.source):
                    for target, span in self._ends(carrier, rule.target):
                        if target.address != source.address:
                            yield target.address, (carrier, source, span)

    def _ends(self, asset: Asset, path: str) -> Iterator[tuple[Asset, Span]]:
        """The assets that a path leads to; the resource itself without one."""
        if not path:
            yield asset, asset.span
        for attr in asset.config.read(path) if path else ():
            for found in self._survey.follow(attr, but=asset):
                yield found, attr.span


def _passing(reference: Reference) -> Iterator[Carrying]:
    if reference.data in ("takes", "shares"):
        yield Carrying(source=reference.at, target="")
    if reference.data in ("gives", "shares"):
        yield Carrying(source="", target=reference.at)


class Protected:
    """Which assets a key encrypts: it is as sensitive as they are."""

    def __init__(self, survey: Survey, words: Sensitivity, assets: Sequence[Asset]) -> None:
        self._survey = survey
        self._protectors = words.protecting
        self._users = tuple(
            (asset, paths)
            for asset in assets
            if (paths := _key_paths(asset, survey.catalog.custody(asset.known_as)))
        )
        self._uses = Gathered(survey.worlds, self._all_uses)

    def by(self, key: Asset) -> Iterator[tuple[Asset, Span]]:
        """Assets that ``key`` encrypts, and where that is written; none when it is no key."""
        mapping = self._survey.mapping(key)
        if mapping is None or mapping.capability not in self._protectors:
            return
        for user, span in self._uses(key):
            if self._survey.exists(user):
                yield user, span

    def _all_uses(self) -> Iterator[tuple[str, tuple[Asset, Span]]]:
        for user, paths in self._users:
            for attr in (attr for path in paths for attr in user.config.read(path)):
                for found in self._survey.follow(attr, but=user):
                    yield found.address, (user, attr.span)


def _key_paths(asset: Asset, specs: Sequence[CustodySpec]) -> tuple[str, ...]:
    names = frozenset(asset.config.keys()) if specs else ()
    return tuple(spec.path for spec in specs if not spec.subject and top(spec.path) in names)
