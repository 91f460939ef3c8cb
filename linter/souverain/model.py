"""Vocabulary shared by every layer: the ledger, facts and findings.

Sentences, places in files and evidence are in :mod:`souverain.evidence`, and configuration in
:mod:`souverain.configuration`; both are read from here.

Everything here is an immutable value. Words are those of the glossary in
``docs/glossary.md``; a layer may read any of these types and return new ones,
but none of them knows about a layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from souverain.configuration import Asset as Asset
from souverain.configuration import Attr as Attr
from souverain.configuration import Config as Config
from souverain.configuration import Position as Position
from souverain.configuration import Provider as Provider
from souverain.configuration import Ref as Ref
from souverain.evidence import INLINE as INLINE
from souverain.evidence import Evidence as Evidence
from souverain.evidence import EvidenceKind as EvidenceKind
from souverain.evidence import Lang as Lang
from souverain.evidence import Phrase as Phrase
from souverain.evidence import SourceText as SourceText
from souverain.evidence import Span as Span
from souverain.evidence import inline as inline
from souverain.evidence import phrase as phrase
from souverain.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from souverain.worlds import Guard

Severity = Literal["error", "warning", "info"]
Verdict = Literal["violation", "possible", "undecided"]
Basis = Literal["law", "instruction", "framework", "guidance", "contract", "none"]
Confidence = Literal["P", "S", "W", "GK"]
"""P official text read · S secondary source · W weak source · GK general knowledge."""

Role = Literal["stores", "processes", "transmits", "configures"]
LayerName = Literal["iaas", "caas", "paas", "saas"]
Certainty = Literal["declared", "intrinsic", "propagated", "inferred", "assumed"]
CertificateStatus = Literal[
    "qualified", "not_qualified", "in_progress", "renewal_unconfirmed", "unknown"
]
CustodyLevel = Literal["none", "operator", "customer_managed", "external", "client_side", "unknown"]
SettingName = Literal[
    "encrypted_at_rest",
    "encrypted_in_transit",
    "readable_by_anyone",
    "reachable_from_internet",
    "api_reachable_from_internet",
    "internet_facing",
    "in_several_zones",
    "backed_up",
    "log_retention_days",
    "sealed",
]
SettingValue = bool | int | Literal["forever"]
"""``forever`` is a number of days without end."""
SourceKind = Literal[
    "terraform", "tfvars", "plan", "kubernetes", "helm", "kustomize", "values", "module", "other"
]
SourceStatus = Literal["analysed", "undecided", "skipped", "failed"]
FlowKind = Literal[
    "replication",
    "backup",
    "snapshot",
    "share",
    "log",
    "metric",
    "cache",
    "inference",
    "image",
    "endpoint",
    "identity",
    "secret",
    "state",
]


# --- the ledger -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """Account of one file, document, module call, chart or input that was seen."""

    path: str
    kind: SourceKind
    status: SourceStatus
    reason: Phrase | None = None
    span: Span | None = None
    """Where the problem is, for ``failed`` and ``undecided`` entries."""
    speaks_for: tuple[str, ...] = ()
    """Files of a chart or an overlay that is not read because of it."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was seen, once. The worst status reported for a path and reason wins."""

    entries: tuple[SourceEntry, ...] = ()

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(self.entries + other.entries)


# --- facts of one asset in one world --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why a fact is unknown, and where to look."""

    reason: Phrase
    span: Span | None = None
    cause: str = ""
    """Key under which undecided findings are grouped (``var.region@envs/prod``); what begins
    with :data:`PROJECT_WIDE` is one question for all roots of a project."""


PROJECT_WIDE = "project:"


@dataclass(frozen=True, slots=True)
class LayerPlacement:
    """One layer of the stack an asset stands on; ``None`` with ``unknown`` when not known."""

    operator: str | None
    service: str | None
    layer: LayerName | None
    capability: str | None
    unknown: Undecided | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Where one placement is. All ``regions`` are used at once (Kleene AND over them).

    ``countries`` has the country of each region that has one, sorted and without
    duplicates; ``anywhere`` is a service without a region (any country). ``unknown`` may
    stand beside known regions: a part could not be decided.
    """

    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    anywhere: bool = False
    unknown: Undecided | None = None
    evidence: tuple[Evidence, ...] = ()
    span: Span | None = None
    """The attribute that decides (primary location of a finding), else None."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A foreign law that reaches the asset through control of an operator."""

    law: str
    country: str
    operator: str
    certain: bool
    """False for part-of-group, argued-parent and unproved control: *possible* exposure."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class DataFact:
    """What data the asset holds and how we know."""

    category: str
    certainty: Certainty
    because: Phrase
    span: Span | None = None


StatusKind = Literal["secnumcloud", "hds", "sovereign"]


@dataclass(frozen=True, slots=True)
class StatusClaim:
    """A status that the project claims for an asset, in a tag: the catalogue may disagree."""

    status: StatusKind
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Certificate:
    """Standing of the whole stack for one scheme at the as-of date: the worst layer counts."""

    scheme: Literal["secnumcloud", "hds"]
    status: CertificateStatus
    reason: Phrase
    offer: str | None = None
    until: str | None = None
    """ISO date."""
    layers_qualified: int = 0
    layers_total: int = 1
    confidence: Confidence = "S"


@dataclass(frozen=True, slots=True)
class Custody:
    """Who can use the keys."""

    level: CustodyLevel
    custodian: str | None = None
    """Operator id of the key holder when known."""
    evidence: tuple[Evidence, ...] = ()
    country: str | None = None
    """Where an external key manager is, when its name tells."""
    location: Location | None = None
    """Where the key is kept, when a key is named."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How an asset is set, by what is written or by what the service does otherwise.

    Several of one name hold at once (each disk of a machine). ``value`` is None when
    ``unknown`` says why.
    """

    name: SettingName
    value: SettingValue | None
    unknown: Undecided | None = None
    evidence: tuple[Evidence, ...] = ()
    span: Span | None = None
    """The attribute that decides, when one does."""
    confidence: Confidence = "P"
    """P when it is written; how well the default of the service is known otherwise."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Movement of an asset's data to another placement."""

    kind: FlowKind
    operator: str | None
    service: str | None
    location: Location
    exposures: tuple[Exposure, ...] = ()
    certain: bool = True
    evidence: tuple[Evidence, ...] = ()
    span: Span | None = None
    target: str | None = None
    """Address of the asset of the same root it goes to, when there is one."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the project declares for an asset; None means undeclared, never a default.

    ``harm`` is () when it was assessed and there is none.
    """

    entity: str | None = None
    data: tuple[str, ...] | None = None
    harm: tuple[str, ...] | None = None
    environment: str | None = None
    hosting_role: str | None = None
    system: str | None = None
    inputs: tuple[tuple[str, str | bool], ...] = ()
    """Further declared inputs (``eds``, ``transfer_basis``...), sorted by name. ``harm.ref``
    is the reference of a declaration that says who took it, when and on what ground."""
    spans: tuple[tuple[str, Span], ...] = field(default=(), compare=False)
    """Where each name is declared."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one asset in one world. Rules read nothing else."""

    asset: Asset
    role: Role | None
    layers: tuple[LayerPlacement, ...]
    location: Location
    exposures: tuple[Exposure, ...]
    exposure_unknown: Undecided | None
    data: tuple[DataFact, ...]
    data_unknown: Undecided | None
    certificates: tuple[Certificate, ...]
    custody: Custody
    flows: tuple[Flow, ...]
    declared: Declared
    claims: tuple[StatusClaim, ...] = ()
    role_unknown: Phrase | None = None
    """Why ``role`` is None, when the type is listed and creates what it is told to."""
    settings: tuple[Setting, ...] = ()

    def certificate(self, scheme: str) -> Certificate | None:
        return next((c for c in self.certificates if c.scheme == scheme), None)


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """An asset and its facts in each world where it exists (at least one)."""

    asset: Asset
    worlds: tuple[tuple[Guard, Facts], ...]


# --- findings -------------------------------------------------------------------------


SuppressionKind = Literal["inline", "baseline"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding is set aside: an ignore beside what it is about, or a baseline."""

    kind: SuppressionKind
    reason: Phrase
    until: str | None = None
    """ISO date of the last day on which it counts."""
    ref: str | None = None
    """The assessment that contests the finding."""
    contested: bool = False
    """The finding rests on law: it is still told, as contested."""
    span: Span | None = None
    """Where it is written."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not satisfied by one asset, flow, declaration or source."""

    rule: str
    name: str
    severity: Severity
    verdict: Verdict
    message: Phrase
    address: str
    root: str
    scenario: str | None
    system: str | None
    span: Span
    clauses: tuple[str, ...]
    basis: Basis
    confidence: Confidence
    depends_on: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    remediation: Phrase
    fingerprint: str
    group: str
    suppressed: Suppression | None = None
    question: str = ""
    """What leaves it undecided: of the findings on one asset with the same, one is told."""
    rootless: str = ""
    """Its fingerprint but for the root: the same after the root was renamed."""
    home: str = ""
    """Its root as seen from the repository, whatever the working directory."""


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule as a report presents it, whether or not it found anything."""

    id: str
    name: str
    severity: Severity
    title: Phrase
    why: Phrase
    remediation: Phrase | None
    """What to change; None when that hangs on each finding."""
    clauses: tuple[str, ...] = ()
    ignorable: bool = True
    """Whether an ignore or a baseline may set its findings aside."""


@dataclass(frozen=True, slots=True)
class Report:
    """Result of one run, in a deterministic order."""

    as_of: str
    catalog_version: str
    catalog_seen_on: str
    ledger: Ledger
    assets: tuple[AssetFacts, ...]
    findings: tuple[Finding, ...]
    internal_error: bool = False
    rules: tuple[RuleCard, ...] = ()
    """Rules that were applied, by id."""


SEVERITY_ORDER: dict[Severity, int] = {"error": 3, "warning": 2, "info": 1}
CONFIDENCE_ORDER: dict[Confidence, int] = {"P": 4, "S": 3, "W": 2, "GK": 1}


def worst(severities: Iterable[Severity]) -> Severity | None:
    """Highest of some severities; None when there is none."""
    return max(severities, key=SEVERITY_ORDER.__getitem__, default=None)
