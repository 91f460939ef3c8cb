"""Signals: what a piece of a Kubernetes object says about who runs something, and where.

Data under ``policies/catalog/kubernetes/signals``; read by :mod:`souverain.facts.signals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from souverain.catalog.model import Provenance
    from souverain.model import FlowKind, LayerName

Says = Literal["cluster", "object", "flow"]
"""``cluster``: who runs the cluster the object is deployed to, or where its nodes are.
``object``: who runs what the object itself is, or the volume it stands for.
``flow``: a company the object's data goes to, or that it calls."""

SignalCertainty = Literal["certain", "strong", "medium", "weak"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. ``key`` is searched on the last key of the path, ``value`` on the scalar;
    named groups of ``value``: region, cloud, account, host, project, partition.

    ``kinds`` are ``Deployment.apps``-style names with ``*``; () is any kind. ``at`` are
    paths or names of path sets; () is any place of the object.
    """

    id: str
    says: Says
    kinds: tuple[str, ...]
    at: tuple[str, ...]
    key: str | None
    value: str | None
    operator: str | None
    """Operator id; None when a host, a named group or the candidates must tell."""
    candidates: tuple[str, ...]
    """Operators that write the same; the catalogue's order is the order of likelihood, and a
    sovereign look-alike wins as soon as anything else of its own is seen beside it."""
    service: str | None
    layer: LayerName | None
    capability: str | None
    region: str
    """``value`` (its group), ``host``, ``at:PATH`` in the same object, ``=CODE``, or ""."""
    certainty: SignalCertainty
    flow: FlowKind | None
    overridden_by: tuple[str, ...]
    """Keys or paths that, written in the same object or container, say otherwise (a custom
    endpoint beats a provider word)."""
    when_absent: bool
    """Speaks when the place is *not* written: a silent default."""
    note: str
    provenance: Provenance
