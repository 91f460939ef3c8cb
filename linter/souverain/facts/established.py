"""Facts of every root of a project: Terraform's first, for they may create the clusters that
Kubernetes objects are deployed to."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING

from souverain.assets import KubernetesSites, TerraformSite
from souverain.assets.objects import ObjectConfig
from souverain.facts import establish
from souverain.facts.clusters import Clusters, Declared, Spoken, tells_cluster
from souverain.facts.declarations import Declarations
from souverain.facts.deployed import NO_OBJECTS, Objects
from souverain.facts.entries import Entries
from souverain.facts.placement import Place
from souverain.facts.signals import signals_of
from souverain.facts.survey import PerAsset
from souverain.facts.terraformobjects import TerraformObjects
from souverain.kubernetes.model import KubernetesRoot
from souverain.model import Asset, AssetFacts, Facts
from souverain.terraform.model import TerraformRoot

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.facts.signals import Hit, Signals
    from souverain.project import ProjectFile


class Established:
    """Facts of the roots of one project, Terraform's to be asked for before those of Kubernetes.

    ``relative`` gives a path as seen from the project root.
    """

    def __init__(
        self,
        catalog: Catalog,
        project: ProjectFile,
        relative: Callable[[str], str],
        as_of: date,
        kubernetes: Sequence[KubernetesRoot] = (),
    ) -> None:
        self._catalog = catalog
        self._project = project
        self._relative = relative
        self._as_of = as_of
        self._kubernetes = tuple(kubernetes)
        self._terraform: dict[str, list[AssetFacts]] = {}
        """Facts of Terraform assets, by root as seen from the project root."""

    def of(
        self,
        root: TerraformRoot | KubernetesRoot,
        unasked: Callable[[Facts], bool] = lambda _: False,
    ) -> tuple[AssetFacts, ...]:
        """Facts of each asset of a root; one of Terraform is closed by this.

        Facts that are ``unasked`` can then be read as far as it took to tell.
        """
        if isinstance(root, KubernetesRoot):
            return self._of_objects(root)
        found = self._of_terraform(root, unasked)
        root.close()
        self._terraform.setdefault(self._place(root.path), []).extend(found)
        return found

    def creates_cluster(self, root: TerraformRoot | KubernetesRoot) -> bool:
        """Whether the project declares that a root creates a cluster."""
        declared = (cluster for cluster in self._project.clusters if cluster.address is not None)
        return any(posixpath.normpath(c.root or ".") == self._place(root.path) for c in declared)

    def _place(self, path: str) -> str:
        return posixpath.normpath(self._relative(path))

    # --- Terraform --------------------------------------------------------------------

    def _of_terraform(
        self, root: TerraformRoot, unasked: Callable[[Facts], bool]
    ) -> tuple[AssetFacts, ...]:
        site = TerraformSite(root)
        return establish(
            site,
            site.assets,
            self._catalog,
            self._declarations(root),
            self._as_of,
            self._objects_in(site),
            unasked,
        )

    def _objects_in(self, site: TerraformSite) -> Objects:
        """What objects inside resources say; most roots have none."""
        holding = TerraformObjects(self._catalog.embedding())
        if not any(map(holding.may_hold, site.assets)):
            return NO_OBJECTS

        def met(asset: Asset) -> tuple[Hit, ...]:
            return tuple(h for subject in holding.of(asset) for h in self._signals.hits(subject))

        hits = PerAsset(site.worlds, met, lambda _: ())
        holders = tuple(filter(holding.may_hold, site.assets))

        def told(asset: Asset) -> Place | None:
            if not holding.may_hold(asset):
                return None
            declared = self._clusters.declared(asset.root, asset.span.file)
            said = [hit for each in holders if site.exists(each) for hit in hits(each)]
            return declared or self._clusters.infer([h for h in said if tells_cluster(h)], said)

        return Objects(
            hits,
            kind=PerAsset(site.worlds, holding.kind, lambda _: None),
            told=PerAsset(site.worlds, told, lambda _: None),
        )

    def _created(self, root: str, address: str) -> AssetFacts | None:
        """Facts of what creates a cluster. Of several scenarios, the first that has it."""
        here = self._terraform.get(posixpath.normpath(root), ())
        return next((facts for facts in here if facts.asset.address == address), None)

    # --- Kubernetes -------------------------------------------------------------------

    def _of_objects(self, root: KubernetesRoot) -> tuple[AssetFacts, ...]:
        site = self._sites[root]

        def cluster(asset: Asset) -> Place:
            return self._clusters.of(root, asset.span.file)

        @cache
        def entries() -> Entries:
            return Entries(self._signals.reading, root.objects)

        objects = Objects(
            self._said,
            cluster,
            self._spoken.origin,
            clusters=self._clusters,
            chart=root.chart,
            is_own=lambda host: entries().has(host),
        )
        return establish(
            site, site.assets, self._catalog, self._declarations(root), self._as_of, objects
        )

    def _said(self, asset: Asset) -> tuple[Hit, ...]:
        config = asset.config
        return self._spoken.of(config.subject) if isinstance(config, ObjectConfig) else ()

    @cached_property
    def _clusters(self) -> Clusters:
        declared = Declared(self._project.clusters, self._relative, self._created)
        return Clusters(self._catalog, declared, self._kubernetes, self._spoken)

    @cached_property
    def _sites(self) -> KubernetesSites:
        return KubernetesSites(self._kubernetes, self._catalog.kinds())

    @cached_property
    def _spoken(self) -> Spoken:
        return Spoken(self._signals.hits)

    @property
    def _signals(self) -> Signals:
        return signals_of(self._catalog)

    def _declarations(self, root: TerraformRoot | KubernetesRoot) -> Declarations:
        return Declarations(self._project, root.span.file, self._relative)
