"""What the facts of one root share: its assets, references between them, the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from souverain.catalog.generic import GenericType
from souverain.catalog.model import TypeMapping
from souverain.facts.reading import Text, open_part, texts, top
from souverain.facts.tags import Tags, tags_of
from souverain.model import Asset, Attr, Phrase, Ref, Role, phrase
from souverain.records import replace
from souverain.values import Partial
from souverain.worlds import Memo, Worlds

if TYPE_CHECKING:
    from souverain.catalog import Catalog

T = TypeVar("T")


def name_of(catalog: Catalog, operator: str) -> str:
    """Name of an operator as people know it."""
    known = catalog.operator(operator)
    return known.name if known else operator


def is_data(asset: Asset) -> bool:
    """Whether the asset is a data source: it exists already, and is only read."""
    return f"data.{asset.type}." in asset.address


def is_by_provider(mapping: TypeMapping) -> bool:
    """Whether the provider's configuration may tell the place of a type."""
    return any(r.kind == "provider" for option in mapping.location.alternatives for r in option)


class Surroundings(Protocol):
    """References between the assets of one root. See :class:`souverain.assets.Site`."""

    @property
    def worlds(self) -> Worlds:
        """The alternatives of the root."""

    def find(self, ref: Ref) -> tuple[Asset, ...]:
        """Assets and data sources in the current world that ``ref`` points at."""

    def exists(self, asset: Asset) -> bool:
        """Whether the asset exists in the current world."""


class Survey:
    """The assets of one root and what the catalogue says of their types.

    ``held`` is the kind of the Kubernetes object that a resource holds, if it holds one.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        catalog: Catalog,
        held: Callable[[Asset], str | None] = lambda _: None,
    ) -> None:
        self.catalog = catalog
        self._held = held
        self.worlds = surroundings.worlds
        self._surroundings = surroundings
        words = catalog.sensitivity()
        self._contents = words.contents
        self.tags = PerAsset(self.worlds, lambda asset: tags_of(words, asset), lambda _: Tags(()))
        self._mappings: dict[
            tuple[str, str | None], tuple[TypeMapping | None, GenericType | None]
        ] = {}

    def exists(self, asset: Asset) -> bool:
        """Whether the asset exists in the current world."""
        return self._surroundings.exists(asset)

    def mapping(self, asset: Asset) -> TypeMapping | None:
        """What the catalogue knows of the asset's type, None when it is not listed."""
        source = asset.provider.source if asset.provider else None
        key = (asset.known_as, source)
        if key not in self._mappings:
            found = self.catalog.type(self.kind(asset), source)
            self._mappings[key] = (found, self.catalog.generic(asset.type))
        mapping, generic = self._mappings[key]
        if mapping is None:
            return None
        held = self._held(asset)
        if held is not None:
            return self._holding(asset, mapping, held)
        return mapping if generic is None else self._of(asset, mapping, generic)

    def _holding(self, asset: Asset, mapping: TypeMapping, kind: str) -> TypeMapping:
        """What a resource is that holds an object of a kind (``kubernetes_manifest``)."""
        created = self.catalog.type(kind)
        if created is None or created.family != mapping.family:
            return replace(mapping, matched_by="default")
        return replace(mapping, role=created.role, capability=created.capability)

    def _of(self, asset: Asset, mapping: TypeMapping, generic: GenericType) -> TypeMapping:
        """What a resource creates, in its own place; its provider at large when nothing tells."""
        name = _named(asset, generic)
        like = generic.like(name) if isinstance(name, (str, Partial)) else None
        created = self.catalog.type(like) if like else None
        if created is None:
            return replace(mapping, matched_by="default")
        everywhere = created.location.text == "global"
        return replace(
            created,
            type=asset.type,
            location=created.location if everywhere else mapping.location,
            endpoint_keys=mapping.endpoint_keys,
        )

    def role(self, asset: Asset) -> Role | None:
        """What the asset does with data; None when its type is not listed, or tells nothing
        of what it creates.

        A provider-wide default places a type, but cannot tell that it keeps no data.
        """
        mapping = self.mapping(asset)
        if mapping is None or mapping.matched_by == "default":
            return None
        if mapping.stores_with and asset.config.read(mapping.stores_with):
            return "stores"
        return None if self._deploys(asset, mapping) else mapping.role

    def _deploys(self, asset: Asset, mapping: TypeMapping) -> bool:
        path = mapping.deploys_with
        return path == "*" or bool(path and asset.config.read(path))

    def role_unknown(self, asset: Asset) -> Phrase | None:
        """Why it is not known what an asset does with data, when it creates what it is told to."""
        if self.role(asset) is not None:
            return None
        mapping = self.mapping(asset)
        if mapping is not None and self._deploys(asset, mapping):
            return phrase("facts.deploys-a-chart", address=asset.address)
        if self._held(asset) is not None:
            return phrase("facts.holds-an-object", address=asset.address)
        generic = self.catalog.generic(asset.type)
        if generic is None:
            return None
        if not generic.named_by:
            return phrase("facts.creates-what-a-template-says", type=asset.type)
        name = _named(asset, generic)
        if name is None:
            return phrase("facts.creates-what-is-not-written", type=asset.type)
        if isinstance(name, str):
            return phrase("facts.creates-what-is-unlisted", kind=name)
        unknown = open_part(name)
        return unknown.reason if unknown else None

    def kind(self, asset: Asset) -> str:
        """The resource type an asset is, or is kept in (a state backend)."""
        return self.catalog.equivalent(asset.type) if asset.technical else asset.known_as

    def find(self, refs: Iterable[Ref]) -> tuple[Asset, ...]:
        """Assets that references lead to and that stand somewhere, each once, in order.

        What is read from a parameter or a secret is not where the parameter is kept.
        """
        found = {
            a.address: a
            for ref in refs
            if top(ref.attribute) not in self._contents
            for a in self._surroundings.find(ref)
        }
        return tuple(asset for asset in found.values() if self.is_placed(asset))

    def named(self, ref: Ref) -> tuple[Asset, ...]:
        """What a reference points at, placed or not."""
        return self._surroundings.find(ref)

    def follow(self, attr: Attr, but: Asset | None = None) -> tuple[Asset, ...]:
        """Such assets that an attribute leads to, other than ``but``; null leads to none."""
        if next(texts(attr.value), None) is None:
            return ()
        return tuple(
            asset
            for asset in self.find(attr.references())
            if but is None or asset.address != but.address
        )

    def is_placed(self, asset: Asset) -> bool:
        """Whether the asset stands somewhere.

        ``random_id`` and its like do not, nor does what a data source tells about the
        provider itself (``data.azurerm_client_config``): it is no resource that is listed.
        """
        if asset.provider is not None and self.catalog.is_utility(asset.provider.source):
            return False
        mapping = self.mapping(asset) if is_data(asset) else None
        return mapping is None or mapping.matched_by != "default" or is_by_provider(mapping)


def _named(asset: Asset, generic: GenericType) -> Text | None:
    """What an asset says it creates."""
    named = asset.config.read(generic.named_by) if generic.named_by else ()
    return next((text for attr in named for text in texts(attr.value)), None)


LONGEST_CHAIN = 40
"""Assets that may rest on one another in a row; real chains have fewer than ten."""


class PerAsset(Generic[T]):
    """A fact of each asset, computed once per world.

    ``cycle`` answers when an asset needs itself, or rests on too long a chain of others.
    """

    def __init__(
        self, worlds: Worlds, compute: Callable[[Asset], T], cycle: Callable[[Asset], T]
    ) -> None:
        self._worlds = worlds
        self._compute = compute
        self._cycle = cycle
        self._cells: dict[str, Memo[T]] = {}
        self._only: dict[str, T] = {}
        """Facts where there is one world."""
        self._running: set[str] = set()
        worlds.on_closing(self._close)

    def _close(self) -> None:
        self._cells.clear()
        del self._compute, self._cycle

    def __call__(self, asset: Asset) -> T:
        """The fact of ``asset`` in the current world."""
        if self._worlds.single:
            return self._in_one_world(asset)
        known = self._cells.get(asset.address)
        settled = known.settled if known is not None else None
        if settled is not None:
            return settled[0]
        if asset.address in self._running or len(self._running) >= LONGEST_CHAIN:
            return self._cycle(asset)
        cell = self._cells.setdefault(asset.address, Memo())
        self._running.add(asset.address)
        try:
            return cell.get(self._worlds, lambda: self._compute(asset))
        finally:
            self._running.discard(asset.address)

    def _in_one_world(self, asset: Asset) -> T:
        address = asset.address
        if address in self._only:
            return self._only[address]
        if address in self._running or len(self._running) >= LONGEST_CHAIN:
            return self._cycle(asset)
        self._running.add(address)
        try:
            found = self._only[address] = self._compute(asset)
        finally:
            self._running.discard(address)
        return found


class Gathered(Generic[T]):
    """What many assets say of others, by the address of the other.

    Gathered once per world, so that asking for each asset does not ask every other again.
    """

    def __init__(self, worlds: Worlds, gather: Callable[[], Iterable[tuple[str, T]]]) -> None:
        self._worlds = worlds
        self._gather = gather
        self._memo: Memo[dict[str, list[T]]] = Memo()
        worlds.on_closing(self._close)

    def _close(self) -> None:
        del self._gather, self._memo

    def __call__(self, asset: Asset) -> Sequence[T]:
        """What is said of ``asset`` in the current world, in order."""
        return self._memo.get(self._worlds, self._by_address).get(asset.address, ())

    def _by_address(self) -> dict[str, list[T]]:
        found: dict[str, list[T]] = {}
        for address, said in self._gather():
            found.setdefault(address, []).append(said)
        return found
