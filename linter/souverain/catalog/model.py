"""What the catalogue knows, as immutable values. Loaded from ``policies/catalog`` by
:mod:`souverain.catalog.store`; format and sources in ``policies/schema``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from souverain.model import (
    CertificateStatus,
    Confidence,
    FlowKind,
    LayerName,
    Role,
    SettingName,
    SettingValue,
)
from souverain.records import dataclass, field

ExposureScope = Literal["entity", "part", "argued_parent", "argued_technology"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact was read: source key, confidence, ISO date it was seen."""

    source: str
    confidence: Confidence
    seen: str


@dataclass(frozen=True, slots=True)
class Control:
    """One link of a control chain. ``share`` in percent of the capital, None = not known."""

    entity: str
    country: str
    share: float | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ExposureFact:
    """A law that reaches an operator. ``countries`` limits a ``part`` scope to data stored
    there (ISO codes); empty = not limited by place."""

    law: str
    scope: ExposureScope
    why: str
    provenance: Provenance
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """A foreign law. ``country`` is None for rows that name no law (NONE_KNOWN, BY_ENDPOINT)."""

    id: str
    name: str
    country: str | None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A region of one operator. ``country`` None = not told by its name (global, unknown).

    ``parts``: countries data is spread over for a multi-region (all used at once).
    """

    code: str
    country: str | None
    city: str | None = None
    parts: tuple[str, ...] = ()
    note: str = ""
    hosted_by: str | None = None
    """Operator whose machines it stands on, when that is another (Scalingo on Outscale)."""
    hosted_region: str | None = None
    """Region of ``hosted_by``."""


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """Standing of one offer for one scheme, before the as-of date is applied.

    ``start``/``end`` are ISO dates or None; ``edition`` is the date of the list it was
    read from; ``reason`` says why ``unknown``, ``in_progress`` or ``not_qualified``: an
    ``reason-`` entry of ``policies/text/catalog.yaml``, or plain text in a user's file
    (:func:`souverain.catalog.offers.certificate_reason` makes a sentence of either).
    """

    scheme: Literal["secnumcloud", "hds"]
    status: CertificateStatus
    provenance: Provenance
    start: str | None = None
    end: str | None = None
    edition: str | None = None
    reason: str = ""
    services: tuple[str, ...] = ()
    """Service ids shown inside the perimeter; empty = the perimeter was not seen."""
    whole_offer: bool = True
    """False when only ``services`` are shown covered and the others are unknown."""
    regions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    decision: str | None = None
    """Number of the decision or certificate."""
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class OfferMatch:
    """When an asset stands on an offer: every non-empty field must match (globs)."""

    types: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    layers: tuple[LayerName, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a certificate names. ``matches`` are tried in catalogue order, first match wins."""

    id: str
    operator: str
    name: str
    layers: tuple[LayerName, ...]
    matches: tuple[OfferMatch, ...]
    certificates: tuple[CertificateFact, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A product of an operator that holds or works on data. ``types`` are resource types, or
    prefixes of them ending in ``*``."""

    id: str
    layer: LayerName
    capability: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """A company that runs a cloud service."""

    id: str
    name: str
    entity: str
    country: str | None
    """Country of the legal entity."""
    controlled_by: tuple[Control, ...]
    minority_holders: tuple[Control, ...]
    exposures: tuple[ExposureFact, ...]
    offers: tuple[Offer, ...]
    provenance: Provenance
    aliases: tuple[str, ...] = ()
    kind: str = ""
    software: bool = False
    """Software without an operator (openstack, vsphere): whoever runs the endpoint decides."""


@dataclass(frozen=True, slots=True)
class HostMatch:
    """What a host name says. ``region`` as written by the vendor; ``scope`` of ``none`` is
    localhost, ``private`` an address of the customer's own network."""

    operator: str | None
    service: str | None = None
    region: str | None = None
    layer: LayerName | None = None
    cloud: str | None = None
    scope: Literal["public", "private", "none"] = "public"
    rule: str = ""
    country: str | None = None
    """Where the host is when no region tells (``*.sovcloud-api.fr``)."""
    flow: FlowKind | None = None
    """What a call to it is, when more is known: the inference of a model."""
    region_beside: tuple[str, ...] = ()
    """Keys beside it that tell the region, where the host does not (``s3.amazonaws.com``)."""


# --- where the location of a type comes from -----------------------------------------

ResolverKind = Literal[
    "own",
    "provider",
    "parent",
    "ref",
    "arn",
    "host",
    "enum",
    "pair",
    "zone",
    "multi",
    "default",
    "global",
    "cluster",
    "signals",
]


@dataclass(frozen=True, slots=True)
class Resolver:
    """One way to find a location.

    Written ``kind:argument`` in the catalogue: ``own:region``, ``parent:bucket``,
    ``ref:cluster_id``, ``arn:kms_key_arn``, ``host:endpoint``, ``enum:sku_name``,
    ``pair:location``, ``zone:account_id``, ``default:US``, ``provider``, ``global``,
    ``cluster`` (where the nodes are that a Kubernetes object is deployed to), ``signals``
    (where what the object names is: a bucket for backups, a vault).
    """

    kind: ResolverKind
    argument: str = ""


@dataclass(frozen=True, slots=True)
class LocationSpec:
    """Alternatives tried in order (``>`` in the catalogue: first known); each is a list of
    resolvers whose places are used at once (``+``: all of). ``text`` is the source form."""

    text: str
    alternatives: tuple[tuple[Resolver, ...], ...]


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """What a resource type is. ``family`` is the operator id its type prefix stands for."""

    type: str
    family: str
    service: str
    layer: LayerName
    capability: str
    role: Role
    location: LocationSpec
    matched_by: Literal["exact", "pattern", "default"]
    hosting: str | None = None
    """Attribute path that names the operator of the layer below (Atlas ``provider_name``)."""
    endpoint_keys: tuple[str, ...] = ()
    """Provider arguments whose host overrides the operator for this service (``endpoints.s3``)."""
    health: bool = False
    """Made for health data (intrinsic sensitivity)."""
    since: Mapping[str, int] = field(default_factory=dict, hash=False)
    """First major version of the provider that reads a location argument."""
    stores_with: str = ""
    """Attribute that, where it is written, makes it store data (claims of a StatefulSet)."""
    deploys_with: str = ""
    """Attribute that, where it is written, makes it deploy what is not in the files (the chart
    of a release); ``*`` always."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on an attribute of the resource: like one of (``*`` stands for any
    text), set, or unset."""

    path: str
    one_of: tuple[str, ...] = ()
    set: bool | None = None


@dataclass(frozen=True, slots=True)
class Grants:
    """How an access policy is read. ``document`` is the data source type that writes one;
    ``own`` names what stands for the owner's account (``aws_caller_identity.account_id``)."""

    document: str
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FlowSpec:
    """A construct that moves data. ``to`` gives the place, like a type's location;
    ``subject`` names the attribute that leads to the asset whose data moves ("" = the
    resource itself). ``operator`` is None when the destination is the same operator."""

    id: str
    types: tuple[str, ...]
    kind: FlowKind
    to: LocationSpec
    subject: str = ""
    when: tuple[Condition, ...] = ()
    operator: str | None = None
    service: str | None = None
    path: str = ""
    """Attribute a finding points at, and whose every occurrence is a flow of its own."""
    certain: bool = True
    note: str = ""
    scan: bool = False
    """Every listed host inside the attribute is a flow of its own (environment variables)."""
    grants: Grants | None = None
    """The attribute is an access policy: ``when`` asks whom it lets in (anyone, others)."""


@dataclass(frozen=True, slots=True)
class CustodySpec:
    """An attribute that names a key. ``level`` applies when it is set; ``subject`` names
    the attribute that leads to the asset it protects ("" = the resource itself)."""

    types: tuple[str, ...]
    path: str
    level: Literal["customer_managed", "external", "client_side"]
    note: str = ""
    subject: str = ""
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Default:
    """What the service does when nothing is written.

    ``value`` None: something that the code does not show decides, ``decides`` names it (a
    ``setting-hangs-on-...`` entry of ``policies/text/facts.yaml``). ``since`` is the first major
    version of the provider that has this default, 0 for any. Another operator that answers to
    the same API may do otherwise, unless the default is one ``everywhere``.
    """

    value: SettingValue | None
    decides: str = ""
    since: int = 0
    everywhere: bool = False
    confidence: Confidence = "S"


TimeUnit = Literal["hours", "days", "months"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One attribute that may give a setting.

    ``values`` are texts it may be like (``*`` stands for any text) and what each means, the
    first that matches; without them it is read as it stands. ``of`` names the type of a
    companion resource that has the attribute: ``through`` leads from it to the asset, ``by``
    from the asset to it; without either it speaks for every asset of the same provider
    configuration. With ``each`` every block at that path has the setting: ``path`` and
    ``when`` are inside it. With ``unit`` it is a length of time, in days; a number alone counts
    in that unit.
    """

    path: str
    values: tuple[tuple[str, SettingValue], ...] = ()
    unit: TimeUnit | None = None
    of: str = ""
    through: str = ""
    by: str = ""
    each: str = ""
    when: tuple[Condition, ...] = ()
    grants: Grants | None = None


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """Where one setting of a type is written: the first reading that says something decides,
    then the default, the first that the version of the provider has."""

    name: SettingName
    readings: tuple[Reading, ...]
    defaults: tuple[Default, ...]
    when: tuple[Condition, ...] = ()
    """The type has the setting only then."""


@dataclass(frozen=True, slots=True)
class GlobalService:
    """A service without a region, or whose control plane or metadata is kept elsewhere.

    ``scope``: ``global`` (data plane worldwide), ``partition`` or ``single-region`` (one
    place for all), ``metadata`` (regional, but names are kept centrally), ``optional``
    (global with some attribute value). ``control_plane`` is a region, None when not known.
    """

    service: str
    types: tuple[str, ...]
    scope: Literal["global", "partition", "single-region", "metadata", "optional"]
    control_plane: str | None
    country: str | None
    holds: str
    """What is kept there, in words."""
    confidence: Confidence
