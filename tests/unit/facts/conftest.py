"""A small made-up catalogue and configurations written as dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from souverain import policystore
from souverain.catalog.generic import GenericType, generic_table
from souverain.catalog.locations import parse_location
from souverain.catalog.model import (
    CertificateFact,
    Control,
    CustodySpec,
    ExposureFact,
    FlowSpec,
    HostMatch,
    Law,
    Offer,
    Operator,
    Provenance,
    Region,
    Service,
    SettingSpec,
    TypeMapping,
)
from souverain.catalog.sensitivity import Sensitivity, decode_sensitivity
from souverain.facts import establish
from souverain.model import (
    Asset,
    AssetFacts,
    Declared,
    Evidence,
    Facts,
    Phrase,
    Provider,
    Ref,
    SourceText,
    Span,
    phrase,
)
from souverain.project import Applied
from souverain.values import Unknown, Value
from souverain.worlds import Choice, Worlds

SEEN = Provenance("test", "S", "2026-11-22")
SOURCE = SourceText("main.tf", b"x = 1\n" * 200)


def span(line: int = 1) -> Span:
    return Span(SOURCE, (line - 1) * 6, (line - 1) * 6 + 5)


# --- configurations -------------------------------------------------------------------


@dataclass(frozen=True)
class To:
    """An attribute value that refers to resources; ``value`` is what it evaluates to."""

    addresses: tuple[str, ...]
    value: Value
    attribute: str


def to(*addresses: str, value: Value | None = None, attribute: str = "id") -> To:
    if value is None:
        ref = Ref(addresses[0], attribute)
        value = Unknown(phrase("test.computed"), span(), ref)
    return To(addresses, value, attribute)


def unset(name: str) -> Unknown:
    return Unknown(phrase("test.unset", name=name), span(9), None, f"var.{name}")


def null(*addresses: str) -> To:
    """A null that is written as a reference (``on ? aws_key.k.arn : null``)."""
    return To(addresses, None, "id")


GAP = object()
"""In a list of blocks: this one does not have the attribute."""


def blocks(*written: Mapping[str, object]) -> dict[str, object]:
    """Attributes of repeated blocks, for :meth:`FakeSite.add`."""
    paths = dict.fromkeys(path for block in written for path in block)
    return {f"{path}*": tuple(block.get(path, GAP) for block in written) for path in paths}


@dataclass(frozen=True)
class Either:
    """A value that hangs on a choice."""

    choice: Choice
    options: tuple[Value, ...]


@dataclass(frozen=True)
class FakeAttr:
    path: str
    span: Span
    written: Value | To | Either
    worlds: Worlds
    position: tuple[tuple[int, ...], ...] = ()

    @property
    def value(self) -> Value:
        if isinstance(self.written, To):
            return self.written.value
        if isinstance(self.written, Either):
            option = self.worlds.choose(self.written.choice)
            return unset("choice") if option is None else self.written.options[option]
        return self.written

    def references(self) -> tuple[Ref, ...]:
        if isinstance(self.written, To):
            return tuple(Ref(a, self.written.attribute) for a in self.written.addresses)
        return ()

    def trace(self) -> tuple[Evidence, ...]:
        return (Evidence("region", phrase("test.trace", path=self.path), self.span),)


@dataclass(frozen=True)
class FakeConfig:
    """Attributes by dotted path; a list value under a path that ends in ``*`` is repeated.

    ``GAP`` in such a list stands for a block without the attribute.
    """

    attributes: Mapping[str, Value | To | Either]
    worlds: Worlds
    span: Span = field(default_factory=span)

    def read(self, path: str) -> tuple[FakeAttr, ...]:
        if f"{path}*" in self.attributes:
            items = self.attributes[f"{path}*"]
            assert isinstance(items, tuple)
            return tuple(
                FakeAttr(path, span(10 + i), item, self.worlds, ((i,),))  # type: ignore[arg-type]
                for i, item in enumerate(items)
                if item is not GAP
            )
        if path not in self.attributes:
            return ()
        line = 2 + list(self.attributes).index(path)
        return (FakeAttr(path, span(line), self.attributes[path], self.worlds),)

    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.rstrip("*").split(".")[0] for p in self.attributes))


class FakeSite:
    """Assets by address; ``absent`` says in which option of a choice an asset is missing."""

    def __init__(self) -> None:
        self.worlds = Worlds()
        self.assets: dict[str, Asset] = {}
        self.existence: dict[str, tuple[Choice, int]] = {}

    def add(
        self,
        address: str,
        attributes: Mapping[str, object] | None = None,
        provider: Mapping[str, object] | None = None,
        source: str | None = None,
        type_: str | None = None,
        technical: bool = False,
        unread: Phrase | None = None,
    ) -> Asset:
        kind = type_ or address.removeprefix("data.").split(".")[0]
        name = source or f"test/{kind.split('_')[0]}"
        config = None
        if provider is not None:
            config = FakeConfig(provider, self.worlds, span(100))  # type: ignore[arg-type]
        asset = Asset(
            address,
            kind,
            ".",
            None,
            span(),
            FakeConfig(attributes or {}, self.worlds),  # type: ignore[arg-type]
            Provider(name, kind.split("_")[0], None, config),
            technical=technical,
            unread=unread,
        )
        self.assets[address] = asset
        return asset

    def find(self, ref: Ref) -> tuple[Asset, ...]:
        asset = self.assets.get(ref.address)
        return (asset,) if asset and self.exists(asset) else ()

    def exists(self, asset: Asset) -> bool:
        if asset.address not in self.existence:
            return True
        choice, option = self.existence[asset.address]
        return self.worlds.choose(choice) == option


# --- the catalogue --------------------------------------------------------------------


def fact(status: str, scheme: str = "secnumcloud", **given: object) -> CertificateFact:
    return CertificateFact(scheme=scheme, status=status, provenance=SEEN, **given)  # type: ignore[arg-type]


def company(
    name: str,
    country: str,
    exposures: Sequence[ExposureFact] = (),
    controlled_by: Sequence[Control] = (),
    software: bool = False,
) -> Operator:
    return Operator(
        name,
        name.title(),
        f"{name.title()} SA",
        country,
        tuple(controlled_by),
        (),
        tuple(exposures),
        (),
        SEEN,
        software=software,
    )


CLOUD_ACT = ExposureFact("US_CLOUD_ACT", "entity", "US company", SEEN)

OPERATORS = {
    "aws": company("aws", "US", [CLOUD_ACT], [Control("Amazon.com", "US", 100.0, SEEN)]),
    "aws-china": company("aws-china", "CN", [ExposureFact("CN_DSL", "entity", "", SEEN)]),
    "scaleway": company("scaleway", "FR", [ExposureFact("NONE_KNOWN", "entity", "", SEEN)]),
    "s3ns": company("s3ns", "FR", [ExposureFact("US_CLOUD_ACT", "argued_technology", "", SEEN)]),
    "ovhcloud": company(
        "ovhcloud", "FR", [ExposureFact("US_CLOUD_ACT", "part", "", SEEN, ("US",))]
    ),
    "subsidiary": company(
        "subsidiary", "FR", [ExposureFact("US_CLOUD_ACT", "argued_parent", "", SEEN)]
    ),
    "atlas": company("atlas", "US", [CLOUD_ACT]),
    "openstack": company("openstack", "FR", software=True),
}

REGIONS = {
    ("aws", "eu-west-3"): Region("eu-west-3", "FR"),
    ("aws", "eu-west-3a"): Region("eu-west-3", "FR"),
    ("aws", "eu-west-2"): Region("eu-west-2", "GB"),
    ("aws", "eu-west-2-cmn"): Region("eu-west-2-cmn", "MA"),
    ("aws", "us-east-1"): Region("us-east-1", "US"),
    ("aws", "multi-eu"): Region("multi-eu", None, parts=("IE", "GB")),
    ("aws", "arn:unknown-part:profile/eu"): Region("multi-eu", None, parts=("IE", "GB")),
    ("aws", "floating"): Region("floating", None),
    ("aws-china", "cn-north-1"): Region("cn-north-1", "CN"),
    ("scaleway", "fr-par"): Region("fr-par", "FR"),
    ("s3ns", "u-france-east1"): Region("u-france-east1", "FR"),
    ("ovhcloud", "GRA9"): Region("GRA", "FR"),
    ("ovhcloud", "VINT"): Region("VINT", "US"),
    ("subsidiary", "paris"): Region("paris", "FR"),
}

HOSTS = {
    "s3.fr-par.scw.cloud": HostMatch("scaleway", "object-storage", "fr-par"),
    "unknown-part.scw.cloud": HostMatch("scaleway", "object-storage", "unknown-part"),
    "vpce-1.s3.eu-west-3.vpce.amazonaws.com": HostMatch("aws", "amazon-s3", "eu-west-3"),
    "auth.cloud.ovh.net": HostMatch("ovhcloud", "openstack"),
    "store.sovereign.fr": HostMatch("scaleway", "object-storage", country="FR"),
    "localhost": HostMatch(None, scope="none"),
    "10.0.0.5": HostMatch(None, scope="private"),
}


def mapping(
    type_: str,
    location: str,
    role: str = "stores",
    family: str | None = None,
    service: str = "",
    **more: object,
) -> TypeMapping:
    family = family or type_.split("_")[0]
    return TypeMapping(
        type_,
        family,
        service or type_.replace("_", "-"),
        "paas",
        "object-storage",
        role,  # type: ignore[arg-type]
        parse_location(location),
        "exact",
        **more,  # type: ignore[arg-type]
    )


TYPES = {
    m.type: m
    for m in (
        mapping("aws_bucket", "own:region>provider", endpoint_keys=("endpoints.s3",)),
        mapping("aws_object", "parent:bucket>provider"),
        mapping("aws_table", "own:region>provider"),
        replace(mapping("aws_secret", "own:region>provider"), capability="secrets"),
        mapping("aws_volume", "own:availability_zone>own:region>provider"),
        mapping("aws_account", "own:location"),
        mapping("aws_pair", "own:location+pair:location"),
        mapping("aws_pair_of", "pair:server"),
        mapping("aws_zone_of", "zone:server"),
        mapping("aws_policy", "parent:bucket", "configures"),
        mapping("aws_replication", "parent:bucket>provider", "configures"),
        mapping("aws_key", "own:region>provider", "configures"),
        mapping("aws_zone", "global", "transmits"),
        mapping("aws_default", "own:location>default:us-east-1"),
        mapping("aws_stream", "arn:source_arn"),
        mapping("aws_site", "host:endpoint"),
        mapping("aws_fhir", "own:region>provider", health=True),
        mapping("aws_function", "own:region>provider", "processes"),
        mapping("aws_a", "parent:other"),
        mapping("aws_any", "own:region", "configures"),
        mapping("aws_order", "own:plan.configuration.value[label=dc]"),
        mapping("aws_elsewhere", "provider:default_region>provider"),
        mapping("aws_template", "own:region", "configures"),
        mapping("google_bucket", "own:location", family="google"),
        mapping("google_topic", "global", family="google"),
        mapping("ovhcloud_bucket", "own:region"),
        mapping("subsidiary_bucket", "own:region"),
        mapping("openstack_volume", "own:region>provider", endpoint_keys=("auth_url",)),
        mapping("atlas_cluster", "own:region", hosting="provider_name"),
        mapping("atlas_topic", "parent:cluster", hosting="provider_name"),
    )
}
GENERIC = generic_table(
    [
        {
            "types": ["aws_any"],
            "named_by": "kind",
            "until": "@",
            "kinds": {"aws_bucket": ["Stores/*"], "aws_zone": ["Names/zones"]},
        },
        {"types": ["aws_template*"]},
    ]
)


class FakeCatalog:
    """The catalogue's interface over the tables above."""

    version, seen_on = "test", "2026-11-22"

    def __init__(self) -> None:
        self.offers: dict[str, Offer] = {}
        self.flow_specs: list[FlowSpec] = []
        self.custody_specs: list[CustodySpec] = []
        self.setting_specs: dict[str, tuple[SettingSpec, ...]] = {}
        self.asked_hosts: list[str | None] = []

    def operator(self, name: str) -> Operator | None:
        return OPERATORS.get(name.lower())

    def family(self, provider_source: str | None, type_: str) -> str | None:
        return {"google": "google", "nobody": None}.get(
            t := type_.split("_")[0], t if t in OPERATORS else None
        )

    def refine(self, family: str, region: str | None, settings: Mapping[str, str]) -> str | None:
        if family == "google":
            universe = settings.get("universe_domain")
            return {"s3nsapis.fr": "s3ns", None: "aws"}.get(universe)
        if family == "aws" and region == "garage":
            return None
        if family == "aws" and region and region.startswith("cn-"):
            return "aws-china"
        return family

    def refine_settings(self, family: str) -> tuple[str, ...]:
        return ("universe_domain",) if family == "google" else ()

    def host(self, host: str) -> HostMatch | None:
        return HOSTS.get(host)

    def region(self, operator: str, code: str, service: str | None = None) -> Region | None:
        return REGIONS.get((operator, code))

    def regions(self, operator: str) -> tuple[str, ...]:
        return tuple(sorted(code for owner, code in REGIONS if owner == operator))

    def countries(self, operator: str) -> frozenset[str | None]:
        return frozenset(r.country for (owner, _), r in REGIONS.items() if owner == operator)

    def pair(self, operator: str, region: str) -> str | None:
        return {"eu-west-3": "us-east-1"}.get(region)

    def zone(self, operator: str, region: str) -> str | None:
        return {"eu-west-3": "eu-west-3"}.get(region)

    def type(self, type_: str, provider_source: str | None = None) -> TypeMapping | None:
        return TYPES.get(type_)

    def generic(self, type_: str) -> GenericType | None:
        found = GENERIC.find(type_)
        return found[0] if found else None

    def equivalent(self, type_: str) -> str:
        return "aws_bucket" if type_ == "backend.s3" else type_

    def is_utility(self, provider_source: str) -> bool:
        return provider_source == "test/random"

    infrastructure = frozenset({"object-storage", "virtual-machine"})

    def services(self, operator: str, capability: str) -> tuple[Service, ...]:
        return ()

    def service(self, operator: str, capability: str) -> str | None:
        return "scaleway-object-storage" if operator == "scaleway" else None

    def law(self, id_: str) -> Law | None:
        country = {"US_CLOUD_ACT": "US", "CN_DSL": "CN", "NONE_KNOWN": None}
        return Law(id_, id_.title(), country[id_]) if id_ in country else None

    def exposures(self, operator: str) -> tuple[ExposureFact, ...]:
        return OPERATORS[operator].exposures

    def control_chain(self, operator: str) -> tuple[Control, ...]:
        return OPERATORS[operator].controlled_by

    def offer(
        self,
        operator: str,
        *,
        type_: str,
        service: str | None,
        region: str | None,
        host: str | None,
        layer: str | None,
    ) -> Offer | None:
        self.asked_hosts.append(host)
        return self.offers.get(operator)

    def certificate_fact(self, offer: Offer, scheme: str) -> CertificateFact | None:
        return next((c for c in offer.certificates if c.scheme == scheme), None)

    def flows(self, type_: str) -> tuple[FlowSpec, ...]:
        return tuple(s for s in self.flow_specs if type_ in s.types)

    def custody(self, type_: str) -> tuple[CustodySpec, ...]:
        return tuple(s for s in self.custody_specs if type_ in s.types)

    def settings(self, type_: str) -> tuple[SettingSpec, ...]:
        return self.setting_specs.get(type_, ())

    def is_technology_of(self, type_: str, operator: str) -> bool:
        technology = {"s3ns": "google"}.get(operator, operator)
        return type_.startswith(f"{technology}_")

    def sensitivity(self) -> Sensitivity:
        return decode_sensitivity(policystore.load("catalog/sensitivity"))  # type: ignore[arg-type]


# --- establishing ---------------------------------------------------------------------


@dataclass
class FakeDeclarations:
    declared: Declared = field(default_factory=Declared)

    def of(self, asset: Asset) -> Applied:
        return Applied(self.declared, {"data": span(50)} if self.declared.data else {})


@dataclass
class Bench:
    """Adds assets and establishes their facts."""

    site: FakeSite = field(default_factory=FakeSite)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    declarations: FakeDeclarations = field(default_factory=FakeDeclarations)
    as_of: date = date(2026, 11, 22)

    @property
    def add(self) -> Callable[..., Asset]:
        return self.site.add

    def all(self) -> dict[str, AssetFacts]:
        known = establish(
            self.site,
            tuple(a for a in self.site.assets.values() if not a.address.startswith("data.")),
            self.catalog,  # type: ignore[arg-type]
            self.declarations,  # type: ignore[arg-type]
            self.as_of,
        )
        return {asset.asset.address: asset for asset in known}

    def worlds(self, address: str) -> list[Facts]:
        return [facts for _, facts in self.all()[address].worlds]

    def facts(self, address: str) -> Facts:
        (only,) = self.worlds(address)
        return only

    def of(self, address: str, *args: object, **more: object) -> Facts:
        """Facts of one asset added alone."""
        self.add(address, *args, **more)
        return self.facts(address)


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture(name="blocks")
def _blocks() -> Callable[..., dict[str, object]]:
    return blocks


class Kit:
    """What tests use to write values."""

    to = staticmethod(to)
    unset = staticmethod(unset)
    null = staticmethod(null)
    blocks = staticmethod(blocks)
    fact = staticmethod(fact)
    either = Either


@pytest.fixture
def kit() -> Kit:
    return Kit()
