"""Vocabulary shared by every layer: places in files, evidence, the ledger, facts and findings.

Everything here is an immutable value. Words are those of the glossary in
``docs/glossary.md``; a layer may read any of these types and return new ones,
but none of them knows about a layer.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from souverain.values import Value
    from souverain.worlds import Guard

Lang = Literal["en", "fr"]
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
SourceKind = Literal[
    "terraform", "tfvars", "plan", "kubernetes", "helm", "kustomize", "values", "module", "other"
]
SourceStatus = Literal["analysed", "undecided", "skipped", "failed"]
EvidenceKind = Literal[
    "region", "operator", "exposure", "data", "certificate", "custody", "flow", "declaration"
]
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


# --- text -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence in every language: a key of ``policies/text/*.yaml`` and its arguments.

    ``key`` is ``<file>.<entry>`` (``terraform.variable-without-value``). Arguments are
    strings, numbers, or phrases of their own. :mod:`souverain.text` renders it.
    """

    key: str
    args: tuple[tuple[str, str | int | Phrase], ...] = ()


def phrase(key: str, /, **args: str | int | Phrase) -> Phrase:
    """Build a :class:`Phrase`; arguments are kept in name order so that equal means equal."""
    return Phrase(key, tuple(sorted(args.items(), key=lambda item: item[0])))


INLINE = "inline"
"""Key of a phrase that carries its own sentence, one per language, as arguments ``en`` and
``fr``: sentences of rules and of catalogues that users write. The other arguments fill it."""


def inline(en: str, fr: str, /, **args: str | int | Phrase) -> Phrase:
    """A :class:`Phrase` whose sentences are given; ``{name}`` stands for an argument."""
    return phrase(INLINE, en=en, fr=fr, **args)


# --- places in files ------------------------------------------------------------------


class SourceText:
    """One scanned text: its path as shown to the user and its bytes (UTF-8, no BOM).

    ``path`` is relative to the working directory, with ``/``. Offsets are bytes into
    ``data``; lines and columns count from 1, columns in code points (DESIGN section 10).
    """

    __slots__ = ("__dict__", "data", "path")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        find = self.data.find
        at = find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = find(b"\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1) of a byte offset; offsets past the end are clamped."""
        offset = min(offset, len(self.data))
        row = bisect_right(self._line_starts, offset) - 1
        before = self.data[self._line_starts[row] : offset]
        return row + 1, len(before.decode("utf-8", "replace")) + 1

    def line(self, number: int) -> str:
        """Text of a line (from 1) without its line ending; empty past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        start = self._line_starts[number - 1]
        end = self.data.find(b"\n", start)
        raw = self.data[start : len(self.data) if end < 0 else end]
        return raw.decode("utf-8", "replace").rstrip("\r")

    def __repr__(self) -> str:
        return f"SourceText({self.path!r}, {len(self.data)} bytes)"


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A stretch of one source, ``[start, end)`` in bytes. Positions are computed when asked."""

    source: SourceText
    start: int
    end: int

    @property
    def file(self) -> str:
        return self.source.path

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        return self.source.position(self.end)[1]

    @property
    def text(self) -> str:
        return self.source.data[self.start : self.end].decode("utf-8", "replace")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        return (self.file, self.start, self.end) == (other.file, other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.source.path, self.start, self.end))

    def __repr__(self) -> str:
        return f"Span({self.file}:{self.line}:{self.column})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One link of the chain behind a conclusion. ``span`` is None for catalogue facts."""

    kind: EvidenceKind
    text: Phrase
    span: Span | None = None


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


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was seen, once. The worst status reported for a path and reason wins."""

    entries: tuple[SourceEntry, ...] = ()

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(self.entries + other.entries)


# --- configuration as the facts layer reads it ----------------------------------------


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a resource instance of the same root, e.g. ``module.m.aws_s3_bucket.us``.

    ``address`` is absolute within the root; without an instance key it means every
    instance. ``attribute`` is the path that was read from it ("" for the whole object).
    """

    address: str
    attribute: str = ""


Position = tuple[tuple[int, ...], ...]
"""For each name of a path but the last, which of its blocks or elements: ``()`` where only
one can stand, else its index. Shorter than the path below an unknown container."""


class Attr(Protocol):
    """One attribute as written, read lazily in the current world."""

    @property
    def path(self) -> str:
        """Dotted path that leads to it, without indices: ``rule.destination.bucket``."""

    @property
    def span(self) -> Span:
        """The attribute (name and value) in the source."""

    @property
    def position(self) -> Position:
        """Where it stands on its path, so that attributes of one block can be told together."""

    @property
    def value(self) -> Value:
        """Its value in the current world (evaluated once per world that matters)."""

    def references(self) -> tuple[Ref, ...]:
        """Resource instances its expression leads to, through locals, inputs and outputs."""

    def trace(self) -> tuple[Evidence, ...]:
        """The chain from this attribute to the literals that decide it, nearest first."""


class Config(Protocol):
    """A body of configuration: a resource, a provider block, a Kubernetes object."""

    @property
    def span(self) -> Span:
        """Header of the block or object."""

    def read(self, path: str) -> tuple[Attr, ...]:
        """Attributes at a dotted path, in source order.

        Blocks, ``dynamic`` blocks, lists of objects and objects are walked alike, so
        ``rule.destination.bucket`` gives one Attr per rule. A path that is not written
        gives (). Below an unknown container there is one Attr whose value is Unknown.
        """

    def keys(self) -> tuple[str, ...]:
        """Names of the attributes and blocks that are written at the top."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider configuration a resource is created with.

    ``source`` is namespace/name without host (``hashicorp/aws``), lower case;
    ``config`` is None when no block configures it (or it is inherited from nowhere).
    """

    source: str
    local_name: str
    alias: str | None
    config: Config | None
    version: str | None = None
    """Version constraint as written, or the exact version from a lock file or plan."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A resource instance or object: what facts are established about.

    ``type`` is the Terraform type, ``apiVersion/Kind``, or ``module`` for a module that
    is not installed. ``address`` is unique within (root, scenario).
    """

    address: str
    type: str
    root: str
    """Directory of the Terraform root (or chart, overlay, manifest), relative like paths."""
    scenario: str | None
    span: Span
    config: Config
    provider: Provider | None
    library: bool = False
    """The root looks like a library module: its findings are at most possible."""
    technical: bool = False
    """Holds technical data only (a state backend)."""
    unread: Phrase | None = None
    """Why what it stands for could not be read (a module that is not installed)."""


# --- facts of one asset in one world --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why a fact is unknown, and where to look."""

    reason: Phrase
    span: Span | None = None
    cause: str = ""
    """Key under which undecided findings are grouped (``var.region@envs/prod``)."""


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

    def certificate(self, scheme: str) -> Certificate | None:
        return next((c for c in self.certificates if c.scheme == scheme), None)


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """An asset and its facts in each world where it exists (at least one)."""

    asset: Asset
    worlds: tuple[tuple[Guard, Facts], ...]


# --- findings -------------------------------------------------------------------------


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
    suppressed: str | None = None


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


SEVERITY_ORDER: dict[Severity, int] = {"error": 3, "warning": 2, "info": 1}
CONFIDENCE_ORDER: dict[Confidence, int] = {"P": 4, "S": 3, "W": 2, "GK": 1}


def worst(severities: Iterable[Severity]) -> Severity | None:
    """Highest of some severities; None when there is none."""
    return max(severities, key=SEVERITY_ORDER.__getitem__, default=None)
