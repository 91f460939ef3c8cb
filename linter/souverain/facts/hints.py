"""Where a configuration says that an asset is, before the operator is known.

A hint is a region code as written, the place of another asset, or the reason why an
attribute that is set says nothing. Resolvers are the closed list of
:class:`souverain.catalog.model.Resolver`: the first alternative that is written decides,
even when it is undecided; the resolvers of one alternative hold at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal

from souverain.catalog.model import HostMatch, LocationSpec, Resolver, ResolverKind
from souverain.facts.placement import Place
from souverain.facts.reading import (
    HOLE,
    Text,
    arn_place,
    chosen,
    has_hole,
    host_of,
    known,
    open_part,
    path_place,
    ref_of,
    texts,
    undecided,
    with_holes,
)
from souverain.facts.survey import Survey, is_data
from souverain.facts.versions import stays_below
from souverain.model import (
    Asset,
    Attr,
    Evidence,
    LayerPlacement,
    Location,
    Ref,
    Span,
    Undecided,
    phrase,
)
from souverain.records import dataclass, replace
from souverain.values import Partial, Unknown

PROVIDER_PLACES: Final = ("region", "zone", "location")
"""Provider arguments that say where resources go, when the catalogue names none."""

_WITHOUT_OPERATOR: Final = {
    "public": "facts.endpoint-unlisted",
    "private": "facts.endpoint-private",
    "none": "facts.endpoint-local",
}

GLOBAL: Final = Location(regions=("global",), anywhere=True)


@dataclass(frozen=True, slots=True)
class Hint:
    """One place an asset is in, as one attribute gives it.

    ``code`` is a region code of ``operator`` (None: of the asset's own operator). With
    ``prefix`` only the beginning of the code is written out, and ``around`` is the whole
    with holes; ``listed`` when the rest is read from what the operator lists (the zones of
    a region). With ``linked`` the place is the one the operator pairs with it, or the zone
    it is in. With ``by_host`` a host says who runs the place (``operator`` None: unlisted)
    and which ``service`` it is. ``location`` is another asset's place, or one without a region;
    ``below`` the layers that the other asset stands on.
    """

    code: str = ""
    operator: str | None = None
    prefix: Undecided | None = None
    around: str = ""
    listed: bool = False
    linked: Literal["", "pair", "zone"] = ""
    by_host: bool = False
    service: str | None = None
    location: Location | None = None
    below: tuple[LayerPlacement, ...] = ()
    unknown: Undecided | None = None
    span: Span | None = None
    evidence: tuple[Evidence, ...] = ()


Reader = Callable[[str], "tuple[Attr, ...]"]
"""Attributes of an asset at a path: all of them, or those of one block (a flow's)."""


class Resolvers:
    """Reads hints off assets. ``place_of`` gives the placement of the assets referred to."""

    def __init__(
        self,
        survey: Survey,
        place_of: Callable[[Asset], Place],
        cluster_of: Callable[[Asset], Place | None],
    ) -> None:
        self._survey = survey
        self._place_of = place_of
        self._cluster_of = cluster_of

    def hints(
        self, asset: Asset, spec: LocationSpec, read: Reader | None = None
    ) -> tuple[Hint, ...]:
        """Hints of the first alternative that is written; () when none is."""
        reader = read or asset.config.read
        for alternative in spec.alternatives:
            found = tuple(
                hint
                for resolver in alternative
                if read is not None or not self._is_unread(resolver, asset)
                for hint in _BY_KIND[resolver.kind](self, resolver, asset, reader)
            )
            if found:
                return found
        return ()

    def _is_unread(self, resolver: Resolver, asset: Asset) -> bool:
        """Whether the version of the provider is too old to read an argument."""
        mapping = self._survey.mapping(asset)
        since = mapping.since.get(resolver.argument) if mapping else None
        version = asset.provider.version if asset.provider else None
        return since is not None and stays_below(version, since)

    def _own(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        for attr in chosen(read, resolver.argument):
            yield from self._codes(attr, asset)

    def _linked(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        for attr in read(resolver.argument):
            known_ = known(attr.value) is not None
            targets = () if known_ else self._survey.follow(attr, but=asset)
            beside = (self._beside(attr, target) for target in targets)
            for hint in beside if targets else self._codes(attr, asset):
                yield replace(hint, linked="zone" if resolver.kind == "zone" else "pair")

    def _provider(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        config = asset.provider.config if asset.provider else None
        if config is None:
            return
        names = (resolver.argument,) if resolver.argument else PROVIDER_PLACES
        for name in names:
            found = tuple(h for attr in config.read(name) for h in self._codes(attr, asset))
            if found:
                yield from found
                return

    def _parent(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        for attr in read(resolver.argument):
            targets = self._survey.follow(attr, but=asset)
            if targets:
                yield from (self._beside(attr, target) for target in targets)
                continue
            for text in texts(attr.value):
                place = arn_place(text)
                code = place.region if place is not None else path_place(text)
                unknown = open_part(text)
                if code:
                    yield Hint(code, span=attr.span, evidence=attr.trace())
                elif unknown is not None:
                    yield _open(attr, unknown)

    def _arn(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        for attr in read(resolver.argument):
            targets = self._survey.follow(attr, but=asset)
            if targets:
                yield from (self._beside(attr, target) for target in targets)
            else:
                yield from (self._of_arn(attr, text) for text in texts(attr.value))

    def _of_arn(self, attr: Attr, text: Text) -> Hint:
        place = arn_place(text)
        if place is not None and place.region:
            return Hint(place.region, span=attr.span, evidence=attr.trace())
        unknown = open_part(text)
        if unknown is not None:
            return _open(attr, unknown)
        reason = phrase("facts.arn-without-region", attribute=attr.path)
        return Hint(unknown=Undecided(reason, attr.span), span=attr.span)

    def _host(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        for attr in read(resolver.argument):
            for text in texts(attr.value):
                yield self._of_host(attr, text)

    def _of_host(self, attr: Attr, text: Text) -> Hint:
        host = host_of(text)
        match = self._survey.catalog.host(host) if host else None
        if match is None or match.operator is None:
            return replace(_open_host(attr, text, host, match), by_host=True)
        reached = Hint(
            operator=match.operator,
            by_host=True,
            service=match.service,
            span=attr.span,
            evidence=attr.trace(),
        )
        if match.region and not has_hole(match.region):
            return replace(reached, code=match.region)
        if match.country:
            return replace(reached, location=Location(countries=(match.country,)))
        unknown = open_part(text)
        if unknown is not None:
            return replace(reached, unknown=undecided(unknown, attr))
        shown = (host or "?").replace(HOLE, "…")
        reason = phrase("facts.host-without-region", attribute=attr.path, host=shown)
        return replace(reached, unknown=Undecided(reason, attr.span))

    def _default(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        text = phrase("facts.default-place", type=asset.type, region=resolver.argument)
        yield Hint(resolver.argument, evidence=(Evidence("region", text),))

    def _global(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        yield Hint(location=GLOBAL)

    def _cluster(self, resolver: Resolver, asset: Asset, read: Reader) -> Iterator[Hint]:
        cluster = self._cluster_of(asset)
        if cluster is not None:
            yield Hint(location=cluster.location)

    def _codes(self, attr: Attr, asset: Asset) -> Iterator[Hint]:
        for text in texts(attr.value):
            yield self._code(attr, text, asset)

    def _code(self, attr: Attr, text: Text, asset: Asset) -> Hint:
        if isinstance(text, str):
            return Hint(text, span=attr.span, evidence=attr.trace())
        if isinstance(text, Partial) and text.prefix:
            prefix, around = undecided(text.unknown, attr), with_holes(text)
            return Hint(
                text.prefix,
                prefix=prefix,
                around=around,
                listed=any(is_data(a) for a in self._survey.find(_read_from(text))),
                span=attr.span,
                evidence=attr.trace(),
            )
        beside = self._place_read_from(attr, text, asset)
        return beside or _open(attr, text if isinstance(text, Unknown) else text.unknown)

    def _place_read_from(self, attr: Attr, text: Text, asset: Asset) -> Hint | None:
        """The place of the asset whose own place an unknown attribute is read from.

        ``availability_zone = aws_subnet.a.availability_zone`` is where that subnet is; a
        region read from a parameter store is not where the parameter is.
        """
        ref = ref_of(text)
        if ref is None:
            return None
        for target in self._survey.find((ref,)):
            if target.address != asset.address and self._names_place(target, ref.attribute):
                return self._beside(attr, target)
        return None

    def _names_place(self, target: Asset, attribute: str) -> bool:
        mapping = self._survey.mapping(target)
        spec = mapping.location if mapping else None
        arguments = {r.argument for option in spec.alternatives for r in option} if spec else set()
        return attribute in arguments or attribute in PROVIDER_PLACES

    def _beside(self, attr: Attr, target: Asset) -> Hint:
        place = self._place_of(target)
        link = Evidence("region", phrase("facts.beside", address=target.address), target.span)
        below = place.layers[1:]
        return Hint(location=place.location, below=below, span=attr.span, evidence=(link,))


_BY_KIND: Final[
    Mapping[ResolverKind, Callable[[Resolvers, Resolver, Asset, Reader], Iterator[Hint]]]
] = {
    "own": Resolvers._own,
    "enum": Resolvers._own,
    "multi": Resolvers._own,
    "pair": Resolvers._linked,
    "zone": Resolvers._linked,
    "provider": Resolvers._provider,
    "parent": Resolvers._parent,
    "ref": Resolvers._parent,
    "arn": Resolvers._arn,
    "host": Resolvers._host,
    "default": Resolvers._default,
    "global": Resolvers._global,
    "cluster": Resolvers._cluster,
    "signals": Resolvers._cluster,
}


def _read_from(text: Text) -> tuple[Ref, ...]:
    ref = ref_of(text)
    return (ref,) if ref is not None else ()


def _open_host(attr: Attr, text: Text, host: str | None, match: HostMatch | None) -> Hint:
    """A host nobody is known to run: what is open of it, or the host itself, is the reason."""
    unknown = open_part(text)
    if unknown is not None:
        return _open(attr, unknown)
    scope = match.scope if match else "public"
    said = phrase(_WITHOUT_OPERATOR[scope], host=host or "?", attribute=attr.path)
    return Hint(unknown=Undecided(said, attr.span, f"host.{host}"), span=attr.span)


def _open(attr: Attr, unknown: Unknown) -> Hint:
    return Hint(unknown=undecided(unknown, attr), span=attr.span, evidence=attr.trace())


def first_code(hints: tuple[Hint, ...]) -> str | None:
    """A region code that tells the operator's partition, if any hint has one."""
    for hint in hints:
        if hint.location is not None and hint.location.regions:
            return hint.location.regions[0]
        if hint.code and hint.prefix is None:
            return hint.code
    return None
