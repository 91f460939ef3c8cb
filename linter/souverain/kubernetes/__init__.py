"""YAML to Kubernetes objects with spans: manifests, Helm charts, Kustomize overlays.

:func:`load` finds what is deployed together in a project, reads or renders it, and accounts
for every file and document it saw.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from souverain.kubernetes.model import KubernetesResult, KubernetesRoot, Renderings
from souverain.model import Ledger, Phrase, SourceKind
from souverain.records import dataclass
from souverain.sources import PIPED, Tree
from souverain.sources.account import Account

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.project import ProjectFile

__all__ = ["KubernetesOptions", "load"]

_RENDERED: Final[frozenset[SourceKind]] = frozenset({"helm", "kustomize"})
_KINDS: Final[frozenset[SourceKind]] = _RENDERED | {"kubernetes", "values"}


@dataclass(frozen=True, slots=True)
class KubernetesOptions:
    """What the command line says of Kubernetes; it holds for every chart.

    ``values`` are values files, relative to the working directory and possibly outside the
    project; ``sets`` are ``name=value``; ``stdin`` is what was piped in, for one tree only.
    """

    values: tuple[Path, ...] = ()
    sets: tuple[str, ...] = ()
    stdin: bytes | None = None
    jobs: int = 1
    """Renderers that may run at once."""
    progress: Callable[[Phrase], None] | None = None


def load(
    tree: Tree, options: KubernetesOptions, catalog: Catalog, project: ProjectFile
) -> KubernetesResult:
    """Reads everything of a project that is deployed to clusters.

    Nothing is read when the user asked for none of it.
    """
    ours = [path for path in tree.paths() if tree.kind(path) in _KINDS]
    asked = any(map(tree.given_covers, ours))
    if not asked and options.stdin is None:
        return KubernetesResult((), Ledger())
    # PyYAML takes longer to import than a small project takes to check.
    from souverain.kubernetes import gitops, resourcesets
    from souverain.kubernetes.manifests import Manifests

    account = Account()
    manifests = Manifests(tree, catalog.kinds(), account)
    roots: list[KubernetesRoot] = []
    if options.stdin is not None:
        roots.append(manifests.piped(PIPED, options.stdin))
    if asked:
        rendered = _render(tree, options, catalog, project)
        loose = [path for path in ours if path not in rendered.taken]
        roots += rendered.roots
        roots += manifests.directories(p for p in loose if tree.kind(p) == "kubernetes")
        roots += manifests.values(p for p in loose if tree.kind(p) == "values")
        for entry in (*rendered.entries, *gitops.account(tree, roots)):
            account.add(entry)
        roots = gitops.delivered(tree, roots, catalog.environments())
    handed = resourcesets.handed_over(roots, catalog.kinds(), catalog.environments())
    for entry in handed.entries:
        account.add(entry)
    return KubernetesResult(handed.roots, account.ledger())


def _render(
    tree: Tree, options: KubernetesOptions, catalog: Catalog, project: ProjectFile
) -> Renderings:
    """What charts and overlays give."""
    if not any(tree.kind(path) in _RENDERED for path in tree.paths()):
        return Renderings()
    # Renderers bring in subprocesses and archives, which a run without them can do without.
    from souverain.kubernetes import gitops, helm, kustomize
    from souverain.kubernetes.rendering import RenderOptions

    kinds = catalog.kinds()
    asked = RenderOptions(kinds, options.values, options.sets, options.jobs, options.progress)
    overlays = kustomize.load(tree, asked, gitops.deployed(tree, kinds))
    return helm.load(tree, project, asked, overlays.inflated) + overlays
