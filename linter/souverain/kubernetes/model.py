"""What the Kubernetes layer gives to the assets layer: objects, as trees of nodes with spans."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from souverain.evidence import SourceText, Span
from souverain.records import dataclass, field

if TYPE_CHECKING:
    from souverain.model import Ledger, SourceEntry

ScalarValue = bool | int | Decimal | str | None

_SIZE_BITS = 16
_MAX_SIZE = (1 << _SIZE_BITS) - 1


def key_place(start: int, size: int) -> int:
    """Offset and size of a key as one number; what is longer than 64 kB ends there."""
    return start << _SIZE_BITS | (size if size < _MAX_SIZE else _MAX_SIZE)


def key_span(source: SourceText, place: int | Span) -> Span:
    """Where a key is, from what :attr:`Fields.places` has of it."""
    if isinstance(place, Span):
        return place
    start = place >> _SIZE_BITS
    return Span(source, start, start + (place & _MAX_SIZE))


class _Placed:
    """What stands at one stretch of a source, in bytes. Never changed once built.

    Nodes are by far the most numerous values of a run: their places are two numbers, and a
    :class:`Span` is made when one is asked for.
    """

    __slots__ = ("size", "source", "start")

    source: SourceText
    start: int
    size: int

    def _place(self, span: Span) -> None:
        self.source = span.source
        self.start = span.start
        self.size = span.end - span.start

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.start + self.size)


class Scalar(_Placed):
    """A leaf. ``value`` is what Kubernetes reads (:mod:`souverain.kubernetes.scalars`); the
    span is the value as written (quotes included). A block scalar's text is its folded value.

    ``secret``: content of a Secret, read to find hosts, never shown.
    """

    __slots__ = ("secret", "value")

    value: ScalarValue
    secret: bool

    def __init__(self, value: ScalarValue, span: Span, secret: bool = False) -> None:
        self.value = value
        self.secret = secret
        self._place(span)

    def __repr__(self) -> str:
        return f"Scalar({self.value!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One member of a mapping. Keys that are not strings were made strings."""

    key: str
    key_span: Span
    node: Node


class Fields(_Placed):
    """A mapping, in source order, merge keys expanded, each key once (the last one written).

    ``keys``, ``nodes`` and ``places`` are parallel. The place of a key is a :class:`Span`, or
    what :func:`key_place` makes of where it is in the source of the mapping.
    """

    __slots__ = ("keys", "nodes", "places")

    keys: tuple[str, ...]
    nodes: tuple[Node, ...]
    places: tuple[int | Span, ...]

    def __init__(self, entries: Iterable[Entry], span: Span) -> None:
        entries = tuple(entries)
        self.keys = tuple(entry.key for entry in entries)
        self.nodes = tuple(entry.node for entry in entries)
        self.places = tuple(entry.key_span for entry in entries)
        self._place(span)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Its members with the places of their keys, made when asked for."""
        return tuple(
            Entry(key, key_span(self.source, place), node)
            for key, place, node in zip(self.keys, self.places, self.nodes, strict=True)
        )

    def get(self, key: str) -> Node | None:
        """The node of a member, None when it is not written."""
        return self.nodes[self.keys.index(key)] if key in self.keys else None

    def text(self, *path: str) -> str | None:
        """The text at a path of keys; None when it is absent or no text."""
        node: Node | None = self
        for key in path:
            node = node.get(key) if isinstance(node, Fields) else None
        return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None

    def __repr__(self) -> str:
        return f"Fields({', '.join(self.keys)})"


class Items(_Placed):
    """A sequence."""

    __slots__ = ("nodes",)

    nodes: tuple[Node, ...]

    def __init__(self, nodes: Iterable[Node], span: Span) -> None:
        self.nodes = tuple(nodes)
        self._place(span)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __repr__(self) -> str:
        return f"Items({len(self.nodes)})"


Node = Scalar | Fields | Items


@lru_cache(maxsize=1024)
def group_kind(api_version: str, kind: str) -> str:
    """``Deployment.apps``, ``Secret``: a kind with its group, without the version."""
    group, slash, _ = api_version.rpartition("/")
    return f"{kind}.{group}" if slash else kind


VALUES: Literal["values"] = "values"
"""Type of a values file that belongs to no chart."""


@dataclass(frozen=True, slots=True, eq=False)
class KubernetesObject:
    """One object of a root, or a values file outside any chart (kind :data:`VALUES`)."""

    api_version: str
    """``apps/v1``; ``v1`` for the core group; "" for a values file."""
    kind: str
    namespace: str | None
    """As the object or its overlay says; None when nothing does, or for what has none."""
    name: str
    """``metadata.name``; ``generateName`` followed by ``*``."""
    address: str
    """``Kind/namespace/name``, ``Kind/name`` for cluster-wide kinds; unique within the root."""
    body: Fields
    span: Span
    """Header: the ``kind`` and its value, in the file a person edits when that is known."""
    origin: str | None = None
    """The template Helm says it was made from, in YAML that was piped in."""
    group_kind: str = field(init=False)
    """``Deployment.apps``, ``Secret``: how Kubernetes and the catalogue name a kind."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "group_kind", group_kind(self.api_version, self.kind))

    @property
    def type(self) -> str:
        """``apiVersion/Kind``, as reports name it."""
        return f"{self.api_version}/{self.kind}" if self.api_version else self.kind


class UnreadObjects:
    """Objects of manifests that nobody asked for, read once something hangs on them: they may
    tell of the cluster, or be what another object names."""

    def __init__(
        self, texts: Iterable[bytes], read: Callable[[], tuple[KubernetesObject, ...]]
    ) -> None:
        self._texts = tuple(texts)
        self._read = read
        self._found: tuple[KubernetesObject, ...] | None = None

    def __iter__(self) -> Iterator[KubernetesObject]:
        if self._found is None:
            self._found = self._read()
        return iter(self._found)

    def changed(
        self, change: Callable[[tuple[KubernetesObject, ...]], tuple[KubernetesObject, ...]]
    ) -> UnreadObjects:
        """The same with a change to what they hold, made when they are read."""
        return UnreadObjects(self._texts, lambda: change(tuple(self)))

    def may_hold(self, name: str, kinds: Iterable[str]) -> bool:
        """Whether one of them may have a name and one of some kinds."""
        if name.split() != [name]:
            return True
        return self.may_say(kinds) and self.may_say((name.removesuffix("*"),))

    def may_say(self, words: Iterable[str]) -> bool:
        """Whether one of some words may be in them: what YAML says stands in its text as it
        is, unless it is escaped, tagged or folded."""
        sought = (*(word.encode("utf-8", "surrogatepass") for word in words), b"\\", b"!")
        return any(word in text for text in self._texts for word in sought)


@dataclass(frozen=True, slots=True, eq=False)
class Destination:
    """A cluster that something is sent to, as it is written where that is done."""

    leaf: Scalar
    names: frozenset[str]
    """All that it is called, addresses too; none while something else fills it in."""
    registered: tuple[KubernetesObject, ...] = ()
    """Objects of the project that tell of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sending:
    """That an object has a root deployed."""

    by: KubernetesObject
    root: str
    """Path of the root that the object is in."""
    to: Destination | None = None
    """The cluster that this goes to; None for the one that the object is in."""


RootKind = Literal["manifests", "helm", "kustomize", "values", "stdin", "set"]
"""``set``: what is handed to clusters elsewhere (:mod:`souverain.kubernetes.resourcesets`)."""


@dataclass(frozen=True, slots=True, eq=False)
class KubernetesRoot:
    """What is deployed together: the manifests of one directory, a chart, an overlay."""

    path: str
    """Directory, relative to the working directory (``.`` for itself, ``-`` for stdin)."""
    scenario: str | None
    """The values file a chart is rendered with, as named in ``souverain.yaml`` or by its stem;
    the object that hands over a set."""
    kind: RootKind
    span: Span
    """Where a finding about the root as a whole points."""
    files: tuple[str, ...]
    """Every file that takes part."""
    objects: tuple[KubernetesObject, ...] | UnreadObjects
    chart: str = ""
    """The name of the chart that it is rendered from."""
    delivered_by: tuple[Sending, ...] = ()
    """What Argo CD, Flux and the like do to have it deployed."""

    def varies(self, other: KubernetesRoot) -> bool:
        """Whether two overlays stand for different deployments: side by side, with different
        names. What is so in one need not be so in the other."""
        if not self.kind == other.kind == "kustomize":
            return False
        one, two = self.path, other.path
        nested = one.startswith(f"{two}/") or two.startswith(f"{one}/")
        return not nested and one.rpartition("/")[2] != two.rpartition("/")[2]

    def above(self) -> Iterator[str]:
        """Its directory and those that is in, nearest first; the last is "" for all."""
        path = posixpath.normpath(self.path)
        while path not in ("", ".", "/"):
            yield path
            path = posixpath.dirname(path)
        yield ""

    @property
    def library(self) -> bool:
        """Never: what is only a part of others is no root."""
        return False


@dataclass(frozen=True, slots=True)
class KubernetesResult:
    """All roots of a project, and the account of every file, document and chart seen."""

    roots: tuple[KubernetesRoot, ...]
    ledger: Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Renderings:
    """What renderers made of a project."""

    roots: tuple[KubernetesRoot, ...] = ()
    entries: tuple[SourceEntry, ...] = ()
    """The account of the files in ``taken``, and of every problem."""
    taken: frozenset[str] = frozenset()
    """Files of charts and overlays: they are not read again as loose files."""
    inflated: frozenset[str] = frozenset()
    """Directories of charts that overlays render: they are what these make of them."""

    def __add__(self, other: Renderings) -> Renderings:
        return Renderings(
            self.roots + other.roots,
            self.entries + other.entries,
            self.taken | other.taken,
            self.inflated | other.inflated,
        )
