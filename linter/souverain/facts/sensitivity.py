"""What data an asset holds, and how that is known.

Declared (manifest, tags) before intrinsic (services made for health data) before
propagated (copies of a sensitive asset) before inferred (names) before assumed. Tags that
cannot be read leave the data undecided: they may declare what nothing else says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from souverain.catalog.sensitivity import Sensitivity
from souverain.facts.carriers import Carriers, Protected
from souverain.facts.declarations import Declarations
from souverain.facts.deployed import NO_OBJECTS, Objects
from souverain.facts.flows import Flows
from souverain.facts.reading import open_part, texts, undecided, written
from souverain.facts.survey import PerAsset, Survey
from souverain.facts.tags import Tag, Tags
from souverain.model import Asset, DataFact, Span, Undecided, phrase
from souverain.records import dataclass


@dataclass(frozen=True, slots=True)
class Data:
    """The data of one asset; ``unknown`` when a declaration could not be read."""

    facts: tuple[DataFact, ...] = ()
    unknown: Undecided | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of an asset itself; ``declared`` when a person said it."""

    facts: tuple[DataFact, ...] = ()
    declared: bool = False


class Sensitivities:
    """Data of each asset, computed once per world."""

    def __init__(
        self,
        survey: Survey,
        declarations: Declarations,
        flows: Flows,
        assets: Sequence[Asset],
        objects: Objects = NO_OBJECTS,
    ) -> None:
        self._survey = survey
        self._objects = objects
        self._declarations = declarations
        self._flows = flows
        self._words: Sensitivity = survey.catalog.sensitivity()
        self._carriers = Carriers(survey, self._words, assets)
        self._protected = Protected(survey, self._words, assets)
        self.of = PerAsset(survey.worlds, self._data, lambda _: Data())
        self._said = PerAsset(survey.worlds, self._own, lambda _: _Said())
        self._sources = PerAsset(survey.worlds, self._taken_from, lambda _: ())

    def _data(self, asset: Asset) -> Data:
        if self._survey.role(asset) in ("transmits", "configures"):
            kept = self._of_all(asset, self._protected.by(asset))
            return Data(tuple(_unique((*self._said(asset).facts, *kept))))
        said = self._said(asset)
        if said.declared:
            return Data(said.facts)
        sure = tuple(_unique((*said.facts, *self._propagated(asset))))
        tags = self._survey.tags(asset)
        unknown = self._unread(tags)
        guessed = () if sure else tuple(_unique(self._inferred(asset, tags)))
        if sure or guessed or unknown:
            return Data(sure or guessed, unknown)
        return Data(tuple(self._assumed(asset)))

    def _own(self, asset: Asset) -> _Said:
        """What is said of this asset itself, by a declaration or by its type."""
        declared = tuple(_unique(self._declared(asset, self._survey.tags(asset))))
        lifted = any(fact.category in self._words.lifts for fact in declared)
        intrinsic = () if lifted else tuple(self._intrinsic(asset))
        return _Said(tuple(_unique((*declared, *intrinsic))), bool(declared))

    # --- declared ---------------------------------------------------------------------

    def _declared(self, asset: Asset, tags: Tags) -> Iterator[DataFact]:
        context = self._declarations.of(asset)
        for category in context.declared.data or ():
            text = phrase("facts.data-declared", category=category)
            yield DataFact(category, "declared", text, context.spans.get("data"))
        for tag in tags.tags:
            for named in self._named(tag):
                if not self._lifts_too_easily(named, tag):
                    yield DataFact(named, "declared", tag.said(), tag.span)

    def _named(self, tag: Tag) -> tuple[str, ...]:
        """The categories of data that a tag names."""
        if tag.value is None:
            bare = self._words.bare(tag.key)
            return () if bare is None else (bare,)
        return () if tag.literal is None else self._words.categories(tag.key, tag.literal)

    def _lifts_too_easily(self, category: str, tag: Tag) -> bool:
        """Whether a tag is not enough to lift the rules.

        A default that may be replaced proves nothing, and a tag cannot carry the reference
        that anonymised and synthetic data need (DESIGN section 7).
        """
        return category in self._words.referenced or (
            tag.replaceable and category in self._words.lifts
        )

    def _unread(self, tags: Tags) -> Undecided | None:
        """Why a tag that may declare data is unknown."""
        for tag in tags.tags:
            unknown = open_part(tag.value) if tag.value is not None else None
            if unknown is not None and self._words.is_declaring(tag.key):
                return undecided(unknown, tag.attr)
        return tags.unknown

    # --- known otherwise --------------------------------------------------------------

    def _intrinsic(self, asset: Asset) -> Iterator[DataFact]:
        mapping = self._survey.mapping(asset)
        if mapping is not None and mapping.health:
            text = phrase("facts.data-intrinsic", service=mapping.service)
            yield DataFact(self._words.lexicon.category, "intrinsic", text, asset.span)

    def _propagated(self, asset: Asset) -> Iterator[DataFact]:
        """Data of everything it takes its content from, however many copies lie between."""
        return self._of_all(asset, self._sources(asset))

    def _of_all(self, asset: Asset, sources: Iterable[tuple[Asset, Span]]) -> Iterator[DataFact]:
        seen = {asset.address}
        queue = list(sources)
        while queue:
            source, span = queue.pop(0)
            if source.address in seen:
                continue
            seen.add(source.address)
            said = self._said(source)
            for fact in said.facts:
                text = phrase("facts.data-propagated", address=source.address)
                yield DataFact(fact.category, "propagated", text, span)
            if not said.declared:
                queue += [(beyond, span) for beyond, _ in self._sources(source)]

    def _taken_from(self, asset: Asset) -> tuple[tuple[Asset, Span], ...]:
        """Assets whose content this one takes, and the attribute that says so."""
        paths = dict.fromkeys((*self._words.propagation, *self._parents(asset)))
        named = (
            (source, attr.span)
            for attr in written(asset.config, paths)
            for source in self._survey.follow(attr, but=asset)
        )
        return (*named, *self._flows.into(asset), *self._carriers.into(asset))

    def _parents(self, asset: Asset) -> Iterator[str]:
        """Attributes that name what the asset is a part of."""
        mapping = self._survey.mapping(asset)
        for alternative in mapping.location.alternatives if mapping else ():
            yield from (r.argument for r in alternative if r.kind == "parent")

    # --- guessed ----------------------------------------------------------------------

    def _suggested(self, asset: Asset) -> Iterator[DataFact]:
        """What signals of its object suggest: health software, ports of its protocols."""
        for hit in self._objects.hits(asset):
            if hit.signal.says == "data" and hit.signal.data:
                text = phrase("facts.data-suggested", shown=hit.shown)
                yield DataFact(hit.signal.data, "inferred", text, hit.span)

    def _inferred(self, asset: Asset, tags: Tags) -> Iterator[DataFact]:
        if self._survey.role(asset) not in ("stores", "processes", None) or asset.technical:
            return
        yield from self._suggested(asset)
        mapping = self._survey.mapping(asset)
        if mapping is not None and mapping.capability in self._words.named_for_use:
            return
        words = self._words.lexicon.hits(tuple(self._names(asset, tags)))
        if words:
            text = phrase("facts.data-inferred", words=", ".join(words))
            yield DataFact(self._words.lexicon.category, "inferred", text, asset.span)

    def _names(self, asset: Asset, tags: Tags) -> Iterator[str]:
        """Names given by the project: the address without types, name arguments, bare tags, and
        the chart that objects are rendered from."""
        yield self._objects.chart
        # The address of an object begins with its kind, which the project did not choose.
        given = asset.address.partition("/")[2] if asset.kind else asset.address
        for part in given.split("."):
            if part not in ("module", "data", asset.type):
                yield part
        for attr in written(asset.config, self._words.names):
            yield from (text for text in texts(attr.value) if isinstance(text, str))
        yield from (tag.key for tag in tags.tags if tag.value is None)

    def _assumed(self, asset: Asset) -> Iterator[DataFact]:
        if self._survey.role(asset) in ("stores", "processes") and not asset.technical:
            text = phrase("facts.data-assumed")
            yield DataFact(self._words.assumed, "assumed", text, asset.span)


def _unique(facts: Iterable[DataFact]) -> Iterator[DataFact]:
    """The first fact of each category, in order."""
    first: dict[str, DataFact] = {}
    for fact in facts:
        first.setdefault(fact.category, fact)
    return iter(first.values())
