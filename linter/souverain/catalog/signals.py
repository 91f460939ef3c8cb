"""Signals: what a piece of a Kubernetes object says about who runs something, and where.

Data: ``policies/catalog/kubernetes/signals`` (one file per subject) and ``reading.yaml``
beside that folder (where things stand in objects). Matched by :mod:`souverain.facts.signals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypedDict, cast

if TYPE_CHECKING:
    from souverain.catalog.model import Provenance
    from souverain.catalog.source import CatalogData
    from souverain.model import FlowKind, LayerName
    from souverain.policystore import JsonValue

Says = Literal["cluster", "object", "flow", "data"]
"""``cluster``: who runs the cluster the object is deployed to, or where its nodes are.
``object``: who runs what the object itself is, or the volume it stands for.
``flow``: a company the object's data goes to, or that it calls.
``data``: which data the object works on."""

SignalCertainty = Literal["certain", "strong", "medium", "weak"]

Reads = Literal["", "host", "image"]
"""What the value is: anything, hosts or URLs, the reference of a container image."""

Registry = Literal["", "listed", "unlisted", "absent"]
"""Of an image reference: its registry is in ``hosts.yaml``, is not, or is not written."""

ToldBy = Literal["", "key", "value", "kind"]


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
    reads: Reads = ""
    registry: Registry = ""
    told_by: ToldBy = ""
    table: Mapping[str, Told] = field(default_factory=dict, hash=False)
    """By the key, the kind, or the word the group ``cloud`` captures (without ``value``: the
    whole scalar)."""
    proves_cluster: bool = False
    """The cluster stands there as well: a volume is attached within its own cloud."""
    texts: tuple[str, ...] = ()
    """For signals without ``keys``: the scalar contains one of them, or none can match."""
    data: str | None = None
    """Data category, for ``says: data``."""
