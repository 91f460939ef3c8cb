"""What data an asset holds, and how that is known.

Declared (manifest, tags) before intrinsic (services made for health data) before
propagated (copies of a sensitive asset) before inferred (names) before assumed. Tags that
cannot be read leave the data undecided: they may declare what nothing else says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from souverain.catalog.sensitivity import Sensitivity
from souverain.facts.declarations import Declarations
from souverain.facts.reading import open_part, texts, undecided
from souverain.facts.survey import PerAsset, Survey
from souverain.facts.tags import Tags, tags_of
from souverain.model import Asset, DataFact, Role, Undecided, phrase


@dataclass(frozen=True, slots=True)
class Data:
    """The data of one asset; ``unknown`` when a declaration could not be read."""

    facts: tuple[DataFact, ...] = ()
    unknown: Undecided | None = None

    @property
    def certain(self) -> tuple[DataFact, ...]:
        """Facts that hold for copies of the data too."""
        return tuple(f for f in self.facts if f.certainty not in ("inferred", "assumed"))


class Sensitivities:
    """Data of each asset, computed once per world."""

    def __init__(self, survey: Survey, declarations: Declarations) -> None:
        self._survey = survey
        self._declarations = declarations
        self._words: Sensitivity = survey.catalog.sensitivity()
        self.of = PerAsset(survey.worlds, self._data, lambda _: Data())

    def _data(self, asset: Asset) -> Data:
        tags = tags_of(self._words, asset)
        declared = tuple(self._unique(self._declared(asset, tags)))
        categories = {fact.category for fact in declared}
        intrinsic = () if categories & self._words.lifts else tuple(self._intrinsic(asset))
        sure = declared + tuple(f for f in intrinsic if f.category not in categories)
        if declared:
            return Data(sure)
        sure += tuple(self._propagated(asset, {fact.category for fact in sure}))
        unknown = self._unread(tags)
        if sure or unknown:
            return Data(sure or tuple(self._inferred(asset, tags)), unknown)
        return Data(tuple(self._inferred(asset, tags)) or tuple(self._assumed(asset)))

    # --- declared ---------------------------------------------------------------------

    def _declared(self, asset: Asset, tags: Tags) -> Iterator[DataFact]:
        context = self._declarations.of(asset)
        for category in context.declared.data or ():
            text = phrase("facts.data-declared", category=category)
            yield DataFact(category, "declared", text, context.spans.get("data"))
        for tag in tags.tags:
            if tag.value is None:
                category_ = self._words.bare(tag.key)
                text = phrase("facts.data-tag-word", word=tag.key)
            elif isinstance(tag.value, str):
                category_ = self._words.category(tag.key, tag.value)
                text = phrase("facts.data-tag", key=tag.key, value=tag.value)
            else:
                continue
            if category_ is not None:
                yield DataFact(category_, "declared", text, tag.span)

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

    def _propagated(self, asset: Asset, known: set[str]) -> Iterator[DataFact]:
        written = set(asset.config.keys())
        for path in self._words.propagation:
            for attr in asset.config.read(path) if path in written else ():
                for source in self._survey.follow(attr, but=asset):
                    for fact in self.of(source).certain:
                        if fact.category not in known:
                            known.add(fact.category)
                            text = phrase("facts.data-propagated", address=source.address)
                            yield DataFact(fact.category, "propagated", text, attr.span)

    # --- guessed ----------------------------------------------------------------------

    def _inferred(self, asset: Asset, tags: Tags) -> Iterator[DataFact]:
        if self._role(asset) not in ("stores", "processes", None) or asset.technical:
            return
        words = self._words.lexicon.hits(tuple(self._names(asset, tags)))
        if words:
            text = phrase("facts.data-inferred", words=", ".join(words))
            yield DataFact(self._words.lexicon.category, "inferred", text, asset.span)

    def _names(self, asset: Asset, tags: Tags) -> Iterator[str]:
        """Names given by the project: the address without types, name arguments, bare tags."""
        for part in asset.address.split("."):
            if part not in ("module", "data", asset.type):
                yield part
        written = set(asset.config.keys())
        for path in self._words.names:
            if path.split(".")[0] in written:
                for attr in asset.config.read(path):
                    yield from (text for text in texts(attr.value) if isinstance(text, str))
        yield from (tag.key for tag in tags.tags if tag.value is None)

    def _assumed(self, asset: Asset) -> Iterator[DataFact]:
        if self._role(asset) == "stores" and not asset.technical:
            text = phrase("facts.data-assumed")
            yield DataFact(self._words.assumed, "assumed", text, asset.span)

    def _role(self, asset: Asset) -> Role | None:
        mapping = self._survey.mapping(asset)
        return mapping.role if mapping else None

    def _unique(self, facts: Iterator[DataFact]) -> Iterator[DataFact]:
        seen: set[str] = set()
        for fact in facts:
            if fact.category not in seen:
                seen.add(fact.category)
                yield fact
