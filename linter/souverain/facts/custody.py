"""Who can use the keys of an asset, following the key to the resource that holds it."""

from __future__ import annotations

from typing import Final

from souverain.catalog.model import CustodySpec
from souverain.facts.places import Places
from souverain.facts.reading import open_part, ref_of, texts
from souverain.facts.survey import PerAsset, Survey
from souverain.model import Asset, Attr, Custody, CustodyLevel, Evidence, phrase

_STRONGEST_FIRST: Final[tuple[CustodyLevel, ...]] = (
    "client_side",
    "external",
    "customer_managed",
    "unknown",
    "operator",
    "none",
)


class Custodies:
    """Custody of each asset, computed once per world."""

    def __init__(self, survey: Survey, places: Places) -> None:
        self._survey = survey
        self._places = places
        self.of = PerAsset(survey.worlds, self._custody, lambda _: Custody("unknown"))

    def _custody(self, asset: Asset) -> Custody:
        found = [
            custody
            for spec in self._survey.catalog.custody(asset.type)
            for attr in asset.config.read(spec.path)
            if (custody := self._of_attr(asset, spec, attr)) is not None
        ]
        return min(found, key=_rank, default=self._by_operator(asset))

    def _by_operator(self, asset: Asset) -> Custody:
        operators = self._places.of(asset).operators
        return Custody("operator", operators[0]) if operators else Custody("unknown")

    def _of_attr(self, asset: Asset, spec: CustodySpec, attr: Attr) -> Custody | None:
        values = tuple(texts(attr.value))
        if not values or values[0] == "false":
            return None
        keys = self._survey.follow(attr, but=asset)
        if not keys and open_part(values[0]) is not None and ref_of(values[0]) is None:
            said = phrase("facts.key-undecided", attribute=attr.path)
            return Custody("unknown", None, (Evidence("custody", said, attr.span),))
        said = phrase(f"facts.key-{spec.level.replace('_', '-')}", attribute=attr.path)
        own = Custody(
            spec.level, self._holder(asset, keys), (Evidence("custody", said, attr.span),)
        )
        return min([own, *(self._through(own, key) for key in keys)], key=_rank)

    def _holder(self, asset: Asset, keys: tuple[Asset, ...]) -> str | None:
        operators = self._places.of(keys[0] if keys else asset).operators
        return operators[0] if operators else None

    def _through(self, own: Custody, key: Asset) -> Custody:
        """A key kept outside its key service protects what it encrypts just as well."""
        held = self.of(key)
        return Custody(held.level, held.custodian, own.evidence + held.evidence)


def _rank(custody: Custody) -> int:
    return _STRONGEST_FIRST.index(custody.level)
