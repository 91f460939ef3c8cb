"""Signals: what a piece of a Kubernetes object says about who runs something, and where.

Data: ``policies/catalog/kubernetes/signals`` (one file per subject) and ``reading.yaml``
beside that folder (where things stand in objects). Matched by :mod:`souverain.facts.signals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from souverain.records import TypedDict, dataclass, field

if TYPE_CHECKING:
    from souverain.catalog.model import Provenance
    from souverain.catalog.source import CatalogData
    from souverain.model import Confidence, FlowKind, LayerName
    from souverain.policystore import JsonValue

Says = Literal["cluster", "object", "flow", "data"]
"""``cluster``: who runs the cluster the object is deployed to, or where its nodes are.
``object``: who runs what the object itself is, or the volume it stands for.
``flow``: a company the object's data goes to, or that it calls.
``data``: which data the object works on."""

SignalCertainty = Literal["certain", "strong", "medium", "weak"]

Reads = Literal["", "host", "image", "keys", "encoded"]
"""What the value is: anything, hosts or URLs, the reference of a container image; ``keys``:
a mapping whose keys are hosts; ``encoded``: an id whose last part is a host in base64."""

Listing = Literal["", "listed", "unlisted", "absent"]
"""Of the host that is read: it is in ``hosts.yaml``, is not, or (images) is not written."""

ToldBy = Literal["", "key", "value", "kind"]


def is_like(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern whose ``*`` stand for any text."""
    # Hundreds of patterns would be compiled by fnmatch, and forgotten again.
    head, *rest = pattern.split("*")
    if not rest:
        return head == text
    if not text.startswith(head):
        return False
    at, tail = len(head), rest.pop()
    for part in rest:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(text) - at >= len(tail) and text.endswith(tail)


@dataclass(frozen=True, slots=True)
class Told:
    """Whom one word of a signal stands for; like the same fields of :class:`Signal`."""

    operator: str | None
    candidates: tuple[str, ...] = ()
    service: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. Every test that is written must hold for it to speak.

    ``kinds`` are ``Deployment.apps``-style names; () is any kind, ``values`` a values file.
    ``at`` are the last keys of the path of the mapping the key stands in (``spec.provider``);
    () is any place. ``keys`` are keys, names of environment variables or flags. ``*`` stands
    for any text in all three. ``value`` is searched in the scalar (its named groups: region,
    cloud, account, host, project, partition); without ``keys``, ``value`` or ``reads`` the
    mere kind speaks, without ``value`` the mere key.
    """

    id: str
    says: Says
    kinds: tuple[str, ...]
    at: tuple[str, ...]
    keys: tuple[str, ...]
    value: str | None
    operator: str | None
    """Operator id; None when a host, ``table`` or the candidates must tell. With candidates,
    it is the likely one."""
    candidates: tuple[str, ...]
    """Operators that write the same, likeliest first; a sovereign look-alike wins as soon as
    anything else of its own is seen beside it. Without ``operator``: none is likelier."""
    service: str | None
    layer: LayerName | None
    capability: str | None
    region: str
    """Alternatives, the first known one counts, separated by ``>``: ``value`` (the group
    ``region``), ``host``, ``key``, ``at:PATH`` (beside the key, else around it), ``=CODE``."""
    certainty: SignalCertainty
    flow: FlowKind | None
    overridden_by: tuple[str, ...]
    """Keys that, written in the same block or container, say otherwise (a custom endpoint
    beats a provider word)."""
    when_absent: bool
    """Tells what leaving those keys out means: a silent default."""
    note: str
    provenance: Provenance
    beside: tuple[str, ...] = ()
    """Keys of which one must stand in the same mapping."""
    unless_above: tuple[str, ...] = ()
    """Keys that say otherwise where they stand in the mapping around it."""
    reads: Reads = ""
    listing: Listing = ""
    told_by: ToldBy = ""
    table: Mapping[str, Told] = field(default_factory=dict, hash=False)
    """By the key, the kind, or the word the group ``cloud`` captures (without ``value``: the
    whole scalar)."""
    proves_cluster: bool = False
    """The cluster stands there as well: a volume is attached within its own cloud."""
    texts: tuple[str, ...] = ()
    """For signals without ``keys``: the scalar contains one of them, or none can match."""
    not_at: tuple[str, ...] = ()
    """Places where it does not speak."""
    host: str | None = None
    """Host that is meant when none is written."""
    data: str | None = None
    """Data category, for ``says: data``."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where things stand in objects, whatever they say: ``reading.yaml``. ``*`` in keys and
    kinds stands for any text."""

    never: tuple[str, ...]
    """Keys whose value is never looked into: names, schemas, documentation."""
    skipped: frozenset[str]
    """Keys whose mapping or list says nothing of what is deployed (maintainers, schemas)."""
    labels: frozenset[str]
    """Keys of mappings whose entries only speak by their own key (annotations, labels)."""
    skipped_kinds: tuple[str, ...]
    """Kinds that describe kinds, and hold nothing of their own."""
    values: Mapping[str, tuple[str, ...]]
    """Kind -> paths of values for a chart, read as a values file is."""
    arguments: frozenset[str]
    """Keys whose items are arguments of a command."""
    lookups: frozenset[str]
    """Keys whose value is the name of a label of nodes."""
    schemes_without_host: frozenset[str]
    """What follows ``://`` is no host (``s3://bucket``)."""
    domains: frozenset[str]
    """Top-level domains of more than two letters; ``loki.monitoring`` is a service of the
    cluster, not a host."""
    entry_kinds: frozenset[str]
    """Kinds that say by which names something is reached."""
    entries: tuple[str, ...]
    """Keys of mappings that say so in any kind, and in values."""
    entry_names: frozenset[str]
    """Keys of such names."""
    onward: frozenset[str]
    """Keys below which a call goes on to others."""
    outside_kinds: frozenset[str]
    """Kinds that list names of others."""
    kept: Mapping[str, str]
    """Key of a mapping that names a key of another object -> the kind of that; "" for one that
    stands where the value would."""


class ToldData(TypedDict, total=False):
    """Whom a word stands for, when it takes more than an operator id."""

    operator: str
    candidates: Sequence[str]
    service: str
    region: str


TableData = Mapping[str, "str | ToldData"]


class _Required(TypedDict):
    id: str
    says: Says
    certainty: SignalCertainty
    source: str
    confidence: Confidence


class SignalData(_Required, total=False):
    """One entry of a file of ``signals`` (``policies/schema/signals.schema.json``)."""

    kinds: Sequence[str]
    at: Sequence[str]
    not_at: Sequence[str]
    keys: Sequence[str]
    value: str
    reads: Reads
    listing: Listing
    texts: Sequence[str]
    host: str
    by_key: TableData
    by_value: TableData
    by_kind: TableData
    operator: str
    candidates: Sequence[str]
    service: str
    layer: LayerName
    capability: str
    region: str
    proves_cluster: bool
    flow: FlowKind
    unless: Sequence[str]
    beside: Sequence[str]
    unless_above: Sequence[str]
    default: bool
    data: str
    note: str


class ReadingData(TypedDict):
    """``reading.yaml`` (``policies/schema/reading.schema.json``)."""

    places: Mapping[str, Sequence[str]]
    never: Sequence[str]
    skipped: Sequence[str]
    labels: Sequence[str]
    skipped_kinds: Sequence[str]
    values: Mapping[str, Sequence[str]]
    arguments: Sequence[str]
    lookups: Sequence[str]
    schemes_without_host: Sequence[str]
    domains: Sequence[str]
    entries: EntriesData
    kept: Mapping[str, str]


class EntriesData(TypedDict):
    """``entries`` of ``reading.yaml``: see :class:`Reading`."""

    kinds: Sequence[str]
    keys: Sequence[str]
    names: Sequence[str]
    onward: Sequence[str]
    outside: Sequence[str]


class SignalTable:
    """All signals, in the order of the files' names; decoded when first asked for."""

    def __init__(self, data: CatalogData) -> None:
        self._data = data

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal; of two with one id, the first: a user's, in a file named as ours."""
        files = cast(
            "Mapping[str, Mapping[str, Sequence[SignalData]]]",
            self._data.mapping("kubernetes/signals"),
        )
        found: dict[str, SignalData] = {}
        for name in sorted(files):
            for data in files[name].get("signals", ()):
                found.setdefault(data["id"], data)
        return tuple(map(self._signal, found.values()))

    def of_kind(self, kind: str) -> Iterator[Signal]:
        """The signals that objects of a kind (``Deployment.apps``, ``values``) can give."""
        for signal in self.signals:
            if not signal.kinds or any(is_like(glob, kind) for glob in signal.kinds):
                yield signal

    @cached_property
    def reading(self) -> Reading:
        """Where things stand in objects."""
        data = self._reading
        return Reading(
            never=tuple(data["never"]),
            skipped=frozenset(data["skipped"]),
            labels=frozenset(data["labels"]),
            skipped_kinds=tuple(data["skipped_kinds"]),
            values={kind: tuple(paths) for kind, paths in data["values"].items()},
            arguments=frozenset(data["arguments"]),
            lookups=frozenset(data["lookups"]),
            schemes_without_host=frozenset(data["schemes_without_host"]),
            domains=frozenset(data["domains"]),
            entry_kinds=frozenset(data["entries"]["kinds"]),
            entries=tuple(data["entries"]["keys"]),
            entry_names=frozenset(data["entries"]["names"]),
            onward=frozenset(data["entries"]["onward"]),
            outside_kinds=frozenset(data["entries"]["outside"]),
            kept=data["kept"],
        )

    @property
    def _reading(self) -> ReadingData:
        return cast("ReadingData", self._data.mapping("kubernetes/reading"))

    def _signal(self, data: SignalData) -> Signal:
        told_by, table = _table(data)
        kinds, keys = tuple(data.get("kinds", ())), tuple(data.get("keys", ()))
        places = self._reading["places"]
        return Signal(
            id=data["id"],
            says=data["says"],
            kinds=kinds or (tuple(table) if told_by == "kind" else ()),
            at=tuple(path for place in data.get("at", ()) for path in places.get(place, (place,))),
            keys=keys or (tuple(table) if told_by == "key" else ()),
            value=data.get("value"),
            operator=data.get("operator"),
            candidates=tuple(data.get("candidates", ())),
            service=data.get("service"),
            layer=data.get("layer"),
            capability=data.get("capability"),
            region=data.get("region", ""),
            certainty=data["certainty"],
            flow=data.get("flow"),
            overridden_by=tuple(data.get("unless", ())),
            beside=tuple(data.get("beside", ())),
            unless_above=tuple(data.get("unless_above", ())),
            when_absent=data.get("default", False),
            note=data.get("note", ""),
            provenance=self._data.provenance(cast("Mapping[str, JsonValue]", data)),
            reads=data.get("reads", ""),
            listing=data.get("listing", ""),
            told_by=told_by,
            table=table,
            proves_cluster=data.get("proves_cluster", False),
            texts=tuple(data.get("texts", ())),
            not_at=tuple(data.get("not_at", ())),
            host=data.get("host"),
            data=data.get("data"),
        )


def _table(data: SignalData) -> tuple[ToldBy, Mapping[str, Told]]:
    tables: tuple[tuple[ToldBy, TableData | None], ...] = (
        ("key", data.get("by_key")),
        ("value", data.get("by_value")),
        ("kind", data.get("by_kind")),
    )
    for told_by, table in tables:
        if table is not None:
            return told_by, {word: _told(told) for word, told in table.items()}
    return "", {}


def _told(data: str | ToldData) -> Told:
    if isinstance(data, str):
        return Told(data)
    return Told(
        data.get("operator"),
        tuple(data.get("candidates", ())),
        data.get("service"),
        data.get("region"),
    )
