"""Who runs an asset: the operator of each layer, from the service's own endpoint down.

Order of DESIGN section 5: the endpoint of this very service, then arguments that move the
whole provider (``universe_domain``...), then the provider's address and the type's prefix;
the region at last tells the partition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from souverain.catalog.model import HostMatch, TypeMapping
from souverain.facts.reading import Text, has_hole, host_of, open_part, texts, undecided
from souverain.facts.survey import Survey, is_by_provider, name_of
from souverain.model import (
    Asset,
    Attr,
    Evidence,
    LayerPlacement,
    Location,
    Phrase,
    Undecided,
    phrase,
)
from souverain.records import dataclass
from souverain.values import Partial, Unknown

if TYPE_CHECKING:
    from souverain.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Place:
    """The stack of layers an asset stands on, top first, and where it is.

    ``host`` is the endpoint that decided the operator, when one did.
    """

    layers: tuple[LayerPlacement, ...]
    location: Location
    host: str | None = None

    @property
    def operators(self) -> tuple[str, ...]:
        """Known operators, top first."""
        return tuple(layer.operator for layer in self.layers if layer.operator)

    @property
    def unknown_layer(self) -> Undecided | None:
        """Why a layer's operator is unknown, if one is."""
        return next((layer.unknown for layer in self.layers if layer.operator is None), None)


@dataclass(frozen=True, slots=True)
class Decision:
    """The operator of an asset's top layer, or why it is unknown.

    ``host`` and ``match`` are set when a host decided, ``beside`` when the endpoint is that
    of another asset, ``nowhere`` when it is this machine.
    """

    operator: str | None
    unknown: Undecided | None = None
    evidence: tuple[Evidence, ...] = ()
    host: str | None = None
    match: HostMatch | None = None
    by_endpoint: bool = False
    """The host is where this very service is called, so its region is where the data goes."""
    beside: Asset | None = None
    nowhere: bool = False

    @property
    def region(self) -> str | None:
        """The region that the deciding host names."""
        region = self.match.region if self.match else None
        return region if region and not has_hole(region) else None

    @property
    def country(self) -> str | None:
        """The country of the deciding host, when it names no region."""
        return self.match.country if self.match else None


class Operators:
    """Decides who runs each asset. ``place_of`` gives the placement of those referred to."""

    def __init__(self, survey: Survey, place_of: Callable[[Asset], Place]) -> None:
        self._survey = survey
        self._place_of = place_of
        self._catalog = survey.catalog

    def decide(self, asset: Asset, region: str | None) -> Decision:
        """Operator of the top layer; ``region`` is a code that tells the partition."""
        by_endpoint = self._by_endpoint(asset)
        if by_endpoint is not None:
            return by_endpoint
        mapping = self._survey.mapping(asset)
        if region is None and _may_be_elsewhere(asset, mapping):
            return _unknown(backend_without_place(asset))
        source = asset.provider.source if asset.provider else None
        kind = self._survey.kind(asset)
        family = self._catalog.family(source, kind) or (mapping.family if mapping else None)
        decision = (
            _unlisted(asset, source) if family is None else self._refined(asset, family, region)
        )
        if asset.unread is not None and decision.operator is None:
            return _unknown(Undecided(asset.unread, asset.span))
        return decision

    def _by_endpoint(self, asset: Asset) -> Decision | None:
        mapping = self._survey.mapping(asset)
        config = asset.provider.config if asset.provider else None
        if mapping is None or config is None:
            return None
        for key in mapping.endpoint_keys:
            for attr in config.read(key):
                for text in texts(attr.value):
                    return self._of_endpoint(attr, text)
        return None

    def _of_endpoint(self, attr: Attr, text: Text) -> Decision:
        host = host_of(text)
        match = self._catalog.host(host) if host else None
        if match is not None and match.scope == "none":
            return _unknown(_at(attr, "facts.endpoint-local", host or ""), nowhere=True)
        if match is not None and match.operator is not None:
            name = name_of(self._catalog, match.operator)
            text_ = phrase("facts.operator-by-endpoint", operator=name, host=host or "")
            return Decision(
                match.operator,
                evidence=(Evidence("operator", text_, attr.span), *attr.trace()),
                host=host,
                match=match,
                by_endpoint=True,
            )
        unknown = open_part(text)
        if unknown is not None:
            return self._of_asset(attr) or _unknown(undecided(unknown, attr))
        key = "facts.endpoint-private" if match else "facts.endpoint-unlisted"
        return _unknown(_at(attr, key, host or ""))

    def _of_asset(self, attr: Attr) -> Decision | None:
        """The operator of the asset whose endpoint an attribute takes (a cluster)."""
        for target in self._survey.follow(attr):
            top = self._place_of(target).layers[:1]
            if top and top[0].operator is not None:
                link = Evidence(
                    "operator", phrase("facts.beside", address=target.address), target.span
                )
                evidence = (link, *top[0].evidence)
                return Decision(top[0].operator, evidence=evidence, beside=target)
        return None

    def _refined(self, asset: Asset, family: str, region: str | None) -> Decision:
        settings: dict[str, tuple[Attr, str]] = {}
        for attr in self._settings(asset, family):
            for text in texts(attr.value):
                if not isinstance(text, str):
                    return self._open_setting(attr, text)
                settings[attr.path] = (attr, text)
        values = {path: value for path, (_, value) in settings.items()}
        operator = self._catalog.refine(family, region, values)
        if operator is None:
            if not settings:
                return _unknown(self._elsewhere(asset, family, region))
            return self._astray(asset, family, tuple(settings.values()))
        known = self._catalog.operator(operator)
        if known is not None and known.software:
            return _unknown(self._software(asset, known.name))
        evidence = (
            *(_setting(*s) for s in settings.values()),
            _by_provider(asset, name_of(self._catalog, operator)),
        )
        for _, value in settings.values():
            host = host_of(value)
            match = self._catalog.host(host) if host else None
            if match is not None and match.operator == operator:
                return Decision(operator, None, evidence, host, match)
        return Decision(operator, evidence=evidence)

    def _open_setting(self, attr: Attr, text: Partial | Unknown) -> Decision:
        """A setting with unknown parts decides only by the host it ends with."""
        host = host_of(text)
        match = self._catalog.host(host) if host else None
        if match is not None and match.operator is not None:
            return self._of_endpoint(attr, text)
        unknown = text if isinstance(text, Unknown) else text.unknown
        return self._of_asset(attr) or _unknown(undecided(unknown, attr))

    def _astray(
        self, asset: Asset, family: str, settings: tuple[tuple[Attr, str], ...]
    ) -> Decision:
        """A setting that leads to no listed operator: this machine, a private one, or any."""
        for attr, value in settings:
            host = host_of(value)
            match = self._catalog.host(host) if host else None
            # A bare word is a name that is not listed (environment = "x"), not a private host.
            is_word = not any(mark in value for mark in ".:/")
            scopes = ("none",) if is_word else ("none", "private")
            if match is not None and match.scope in scopes:
                return self._of_endpoint(attr, value)
        reason = phrase("facts.settings-unlisted", family=family)
        return _unknown(Undecided(reason, settings[0][0].span, f"settings.{family}"))

    def _elsewhere(self, asset: Asset, family: str, region: str | None) -> Undecided:
        config = asset.provider.config if asset.provider else None
        written = config.read("region") if config else ()
        span = next((attr.span for attr in written), asset.span)
        name = name_of(self._catalog, family)
        reason = phrase("facts.region-elsewhere", region=region or "", operator=name)
        return Undecided(reason, span, f"region.{region}")

    def _settings(self, asset: Asset, family: str) -> Iterator[Attr]:
        config = asset.provider.config if asset.provider else None
        if config is not None:
            for key in self._catalog.refine_settings(family):
                yield from config.read(key)

    def hosting(
        self, asset: Asset, below: tuple[LayerPlacement, ...] = ()
    ) -> tuple[LayerPlacement, ...]:
        """The layers below the service, as an attribute names their operators; else ``below``,
        those of the asset it is part of."""
        mapping = self._survey.mapping(asset)
        if mapping is None or mapping.hosting is None:
            return ()
        found = {
            layer.operator or "": layer
            for attr in asset.config.read(mapping.hosting)
            for text in texts(attr.value)
            for layer in (self._host_layer(attr, text),)
        }
        return tuple(found.values()) or below or (self._hidden_host(asset, mapping),)

    def _host_layer(self, attr: Attr, text: Text) -> LayerPlacement:
        unknown = open_part(text)
        name = text if isinstance(text, str) else ""
        operator = self._catalog.operator(name) or self._catalog.operator(name.split("-")[0])
        if operator is not None:
            said = phrase("facts.operator-hosts", operator=operator.name, attribute=attr.path)
            evidence = (Evidence("operator", said, attr.span), *attr.trace())
            return LayerPlacement(operator.id, None, "iaas", None, None, evidence)
        why = (
            undecided(unknown, attr)
            if unknown is not None
            else Undecided(phrase("facts.host-unlisted", name=name), attr.span, f"host.{name}")
        )
        return LayerPlacement(None, None, "iaas", None, why)

    def _hidden_host(self, asset: Asset, mapping: TypeMapping) -> LayerPlacement:
        reason = phrase("facts.host-not-written", attribute=mapping.hosting or "")
        return LayerPlacement(None, None, "iaas", None, Undecided(reason, asset.span))

    def _software(self, asset: Asset, name: str) -> Undecided:
        config = asset.provider.config if asset.provider else None
        span = config.span if config else asset.span
        reason = phrase("facts.software-without-endpoint", software=name)
        return Undecided(reason, span, f"software.{name}")


def _unknown(why: Undecided, nowhere: bool = False) -> Decision:
    return Decision(None, unknown=why, nowhere=nowhere)


def _may_be_elsewhere(asset: Asset, mapping: TypeMapping | None) -> bool:
    """Whether a state backend without region may get its endpoint from the command line too.

    What speaks S3 is not always Amazon's, and ``-backend-config`` gives both together.
    """
    return (
        asset.technical
        and mapping is not None
        and bool(mapping.endpoint_keys)
        and is_by_provider(mapping)
    )


def backend_without_place(asset: Asset) -> Undecided:
    """Why the place of a state is unknown when its backend says nothing of it."""
    return Undecided(phrase("facts.backend-without-place", backend=asset.type), asset.span)


def _unlisted(asset: Asset, source: str | None) -> Decision:
    name = source or asset.type
    reason = phrase("facts.provider-unlisted", provider=name)
    return _unknown(Undecided(reason, asset.span, f"provider.{name}"))


def _at(attr: Attr, key: str, host: str) -> Undecided:
    return Undecided(phrase(key, host=host, attribute=attr.path), attr.span, f"host.{host}")


def _setting(attr: Attr, value: str) -> Evidence:
    text = phrase("facts.operator-by-setting", setting=attr.path, value=value)
    return Evidence("operator", text, attr.span)


def _by_provider(asset: Asset, operator: str) -> Evidence:
    provider = asset.provider
    if asset.kind:
        said = phrase("facts.operator-by-kind", operator=operator, kind=asset.kind)
        return Evidence("operator", said, asset.span)
    text: Phrase = phrase(
        "facts.operator-by-provider",
        operator=operator,
        provider=provider.source if provider else asset.type,
    )
    config = provider.config if provider else None
    return Evidence("operator", text, config.span if config else None)


def top_layer(catalog: Catalog, decision: Decision, mapping: TypeMapping | None) -> LayerPlacement:
    """The layer the asset's own service is."""
    if mapping is None:
        return LayerPlacement(
            decision.operator, None, None, None, decision.unknown, decision.evidence
        )
    return LayerPlacement(
        decision.operator,
        _service(catalog, decision, mapping),
        mapping.layer,
        mapping.capability,
        decision.unknown,
        decision.evidence,
    )


def _service(catalog: Catalog, decision: Decision, mapping: TypeMapping) -> str | None:
    """The service of the type, or what takes its place at an operator that imitates it.

    An operator that runs the same technology (S3NS, a partition) keeps its names.
    """
    operator = decision.operator
    family = catalog.operator(mapping.family)
    if operator is None or not decision.by_endpoint or (family is not None and family.software):
        return mapping.service
    imitated = catalog.service(operator, mapping.capability)
    return imitated or mapping.service if operator != mapping.family else mapping.service
