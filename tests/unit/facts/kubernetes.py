"""Signals made up in a test: what an object is told to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.unit.manifests import CATALOG

from souverain.assets import KubernetesSites
from souverain.catalog.model import HostMatch, Provenance
from souverain.catalog.signals import Says, Signal, SignalCertainty
from souverain.facts import Declarations, establish
from souverain.facts.clusters import Clusters, Declared, Spoken
from souverain.facts.deployed import Objects
from souverain.facts.signals import Hit
from souverain.kubernetes.model import KubernetesObject, KubernetesRoot
from souverain.model import AssetFacts, Facts, FlowKind, LayerName
from souverain.project import Cluster, ProjectFile

SEEN = Provenance("test", "GK", "2026-11-22")


def hit(
    subject: KubernetesObject,
    says: Says = "cluster",
    operator: str | None = None,
    *,
    candidates: tuple[str, ...] = (),
    region: str | None = None,
    certainty: SignalCertainty = "certain",
    shown: str = "",
    flow: FlowKind | None = None,
    host: str | None = None,
    match: HostMatch | None = None,
    service: str | None = None,
    layer: LayerName | None = None,
    capability: str | None = None,
    data: str | None = None,
    proves_cluster: bool = False,
) -> Hit:
    """A signal met in an object, at its header."""
    signal = Signal(
        id=f"{says}-{operator or '+'.join(candidates)}-{shown}",
        says=says,
        kinds=(),
        at=(),
        keys=(),
        value=None,
        operator=operator,
        candidates=candidates,
        service=service,
        layer=layer,
        capability=capability,
        region="",
        certainty=certainty,
        flow=flow,
        overridden_by=(),
        when_absent=False,
        note="",
        provenance=SEEN,
        proves_cluster=proves_cluster,
        data=data,
    )
    return Hit(
        signal=signal,
        path="",
        span=subject.span,
        operator=operator,
        candidates=candidates,
        region=region,
        host=host,
        match=match,
        shown=shown or f"{operator} here",
        service=service,
    )


Saying = Callable[[KubernetesObject], tuple[Hit, ...]]


def saying(said: Mapping[str, Mapping[str, Any]]) -> Saying:
    """What objects say, by address: the arguments of :func:`hit`."""

    def hits(subject: KubernetesObject) -> tuple[Hit, ...]:
        told = said.get(subject.address, {})
        return tuple(
            hit(subject, **one) for one in (told if isinstance(told, list) else [told]) if one
        )

    return hits


def clusters(
    roots: list[KubernetesRoot],
    says: Saying,
    declared: tuple[Cluster, ...] = (),
    created: Callable[[str, str], AssetFacts | None] = lambda root, address: None,
) -> Clusters:
    """The clusters of some roots; paths are relative to the project root already."""
    return Clusters(CATALOG, Declared(declared, str, created), roots, Spoken(says))


def facts(
    roots: list[KubernetesRoot],
    says: Saying = lambda subject: (),
    project: ProjectFile | None = None,
) -> dict[str, Facts]:
    """Facts of the assets of the first root, by address."""
    project = project or ProjectFile()
    found = clusters(roots, says, project.clusters)
    spoken = Spoken(says)
    root = roots[0]
    site = KubernetesSites(roots, CATALOG.kinds())[root]
    objects = Objects(
        lambda asset: spoken.of(asset.config.subject),  # type: ignore[attr-defined]
        lambda asset: found.of(root, asset.span.file),
        clusters=found,
    )
    declarations = Declarations(project, root.span.file, str)
    established = establish(site, site.assets, CATALOG, declarations, date(2026, 11, 22), objects)
    return {each.asset.address: each.worlds[0][1] for each in established}
