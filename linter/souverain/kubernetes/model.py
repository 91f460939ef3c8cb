"""What the Kubernetes layer gives to the assets layer: objects, as trees of nodes with spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

    from souverain.model import Ledger, Span


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A leaf. ``value`` follows YAML 1.2's core schema, as Kubernetes reads it; the span is
    the value as written (quotes included). A block scalar's text is its folded value."""

    value: bool | int | Decimal | str | None
    span: Span
    secret: bool = False
    """Content of a Secret: read to find hosts, never shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One member of a mapping. Keys that are not strings were made strings."""

    key: str
    key_span: Span
    node: Node


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """A mapping, in source order, merge keys expanded, each key once (the last one written)."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The node of a member, None when it is not written."""
        return next((entry.node for entry in self.entries if entry.key == key), None)

    def text(self, *path: str) -> str | None:
        """The text at a path of keys; None when it is absent or no text."""
        node: Node | None = self
        for key in path:
            node = node.get(key) if isinstance(node, Fields) else None
        return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A sequence."""

    nodes: tuple[Node, ...]
    span: Span

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)


Node = Scalar | Fields | Items

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

    @property
    def type(self) -> str:
        """``apiVersion/Kind``, as reports name it."""
        return f"{self.api_version}/{self.kind}" if self.api_version else self.kind

    @property
    def group_kind(self) -> str:
        """``Deployment.apps``, ``Secret``: how Kubernetes and the catalogue name a kind."""
        group, slash, _ = self.api_version.rpartition("/")
        return f"{self.kind}.{group}" if slash else self.kind


RootKind = Literal["manifests", "helm", "kustomize", "values", "stdin"]


@dataclass(frozen=True, slots=True, eq=False)
class KubernetesRoot:
    """What is deployed together: the manifests of one directory, a chart, an overlay."""

    path: str
    """Directory, relative to the working directory (``.`` for itself, ``-`` for stdin)."""
    scenario: str | None
    """The values file a chart is rendered with, as named in ``souverain.yaml`` or by its stem."""
    kind: RootKind
    span: Span
    """Where a finding about the root as a whole points."""
    files: tuple[str, ...]
    """Every file that takes part."""
    objects: tuple[KubernetesObject, ...]


@dataclass(frozen=True, slots=True)
class KubernetesResult:
    """All roots of a project, and the account of every file, document and chart seen."""

    roots: tuple[KubernetesRoot, ...]
    ledger: Ledger
