"""Who can use the keys of an asset, following the key to the resource that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from souverain.catalog.model import CustodySpec
from souverain.facts.conditions import holds
from souverain.facts.places import Places
from souverain.facts.reading import Text, host_of, open_part, ref_of, texts, with_holes
from souverain.facts.survey import Gathered, PerAsset, Survey, name_of
from souverain.model import (
    Asset,
    Attr,
    Custody,
    CustodyLevel,
    Evidence,
    Location,
    Undecided,
    phrase,
)
from souverain.records import replace
from souverain.values import Unknown

_STRONGEST_FIRST: Final[tuple[CustodyLevel, ...]] = (
    "client_side",
    "external",
    "customer_managed",
    "unknown",
    "operator",
    "none",
)

_Key = tuple[CustodySpec, Attr]
"""An attribute that names a key, and what the catalogue says of it."""


class Custodies:
    """Custody of each asset, computed once per world.

    A key may be set by a resource of its own, which names what it protects
    (``aws_s3_bucket_server_side_encryption_configuration``).
    """

    def __init__(self, survey: Survey, places: Places, assets: Sequence[Asset]) -> None:
        self._survey = survey
        self._places = places
        self._carriers = tuple(
            asset for asset in assets if any(s.subject for s in self._specs(asset))
        )
        self._set_by = PerAsset(survey.worlds, self._by_subject, lambda _: {})
        self._set_for = Gathered(survey.worlds, self._set_by_carriers)
        self.of = PerAsset(survey.worlds, self._custody, lambda _: Custody("unknown"))

    def _specs(self, asset: Asset) -> tuple[CustodySpec, ...]:
        return self._survey.catalog.custody(asset.known_as)

    def _custody(self, asset: Asset) -> Custody:
        own = tuple((asset, key) for key in self._set_by(asset).get(asset.address, ()))
        found = [
            custody
            for setter, key in (*own, *self._set_for(asset))
            if setter is asset or self._survey.exists(setter)
            if (custody := self._of_attr(setter, *key)) is not None
        ]
        return min(found, key=_rank, default=self._by_operator(asset))

    def _set_by_carriers(self) -> Iterator[tuple[str, tuple[Asset, _Key]]]:
        """Keys that resources set for others, by the address of the other."""
        for carrier in self._carriers:
            for address, keys in self._set_by(carrier).items():
                if address != carrier.address:
                    yield from ((address, (carrier, key)) for key in keys)

    def _by_subject(self, asset: Asset) -> dict[str, tuple[_Key, ...]]:
        """Keys that a resource sets, by the address of the asset that they protect."""
        found: dict[str, tuple[_Key, ...]] = {}
        for spec in self._specs(asset):
            keys = tuple((spec, attr) for attr in asset.config.read(spec.path))
            for address in self._subjects(asset, spec) if keys else ():
                found[address] = (*found.get(address, ()), *keys)
        return found

    def _subjects(self, asset: Asset, spec: CustodySpec) -> tuple[str, ...]:
        attrs = asset.config.read(spec.subject) if spec.subject else ()
        led = dict.fromkeys(
            target.address for attr in attrs for target in self._survey.follow(attr, but=asset)
        )
        return tuple(led) or (asset.address,)

    def _by_operator(self, asset: Asset) -> Custody:
        operators = self._places.of(asset).operators
        return Custody("operator", operators[0]) if operators else Custody("unknown")

    def _of_attr(self, asset: Asset, spec: CustodySpec, attr: Attr) -> Custody | None:
        values = tuple(texts(attr.value))
        met = {holds(condition, asset.config.read) for condition in spec.when}
        if not values or values[0] == "false" or False in met:
            return None
        keys = self._survey.follow(attr, but=asset)
        unwritten = open_part(values[0]) is not None and ref_of(values[0]) is None
        if None in met or (unwritten and not keys):
            said = phrase("facts.key-undecided", attribute=attr.path)
            where = Location(unknown=Undecided(said, attr.span))
            return Custody("unknown", None, (Evidence("custody", said, attr.span),), None, where)
        said = phrase(f"facts.key-{spec.level.replace('_', '-')}", attribute=attr.path)
        evidence = (Evidence("custody", said, attr.span),)
        if spec.level == "external" and not keys:
            return self._named_by(values[0], evidence)
        # A key outside the operator's service is not kept by who runs what leads to it.
        outside = spec.level == "external"
        operators = () if outside else self._places.of(keys[0] if keys else asset).operators
        own = Custody(
            spec.level,
            operators[0] if operators else None,
            evidence,
            location=self._places.named(asset, attr, keys) or _by_address(values[0], attr),
        )
        # Of equals the one furthest along the chain is meant: it names the last custodian.
        return min([*(self._through(own, key) for key in keys), own], key=_rank)

    def _named_by(self, endpoint: Text, evidence: tuple[Evidence, ...]) -> Custody:
        """Custody of whoever runs the key manager at an endpoint, as far as its name tells."""
        catalog, host = self._survey.catalog, host_of(endpoint)
        found = catalog.host(host) if host else None
        if found is None or found.operator is None:
            return Custody("external", None, evidence)
        region = catalog.region(found.operator, found.region) if found.region else None
        country = region.country if region else found.country
        said = phrase("facts.keeper", host=host or "", operator=name_of(catalog, found.operator))
        shown = (*evidence, Evidence("custody", said, evidence[0].span))
        return Custody("external", found.operator, shown, country)

    def _through(self, own: Custody, key: Asset) -> Custody:
        """A key kept outside its key service protects what it encrypts just as well."""
        held = self.of(key)
        return replace(
            held, evidence=own.evidence + held.evidence, location=held.location or own.location
        )


def _by_address(key: Text, attr: Attr) -> Location | None:
    """The place of a key that is named by a URL: its host does not tell one."""
    if isinstance(key, Unknown) or "://" not in with_holes(key):
        return None
    return Location(unknown=Undecided(phrase("facts.key-without-place"), attr.span))


def _rank(custody: Custody) -> tuple[int, bool]:
    return _STRONGEST_FIRST.index(custody.level), custody.custodian is None
