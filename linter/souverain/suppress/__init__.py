"""Exceptions with discipline: ignores beside the code, derogations, baselines.

None of them makes a finding vanish. An ignore and a baseline set it aside with their
reason; a derogation makes an error a warning for as long as it runs. What is wrong with one
of them is a finding of its own, which nothing suppresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from souverain.model import Asset, AssetFacts, Finding, SourceText, Span
from souverain.project import ProjectFile
from souverain.records import dataclass
from souverain.rules.model import Context, Rule
from souverain.sources import DEROGATIONS, Tree

if TYPE_CHECKING:
    from souverain.suppress.findings import Trouble
    from souverain.suppress.ignores import Key

__all__ = ["ANNOTATION", "Scene", "accept", "annotated", "suppress"]

MARK: Final = b"souverain:"
"""What a file must hold for its comments to be looked at."""

ANNOTATION: Final = "souverain.dev/ignore"
"""Annotation of a Kubernetes object that holds ignores, one on each line."""


@dataclass(frozen=True)
class Scene:
    """What exceptions to the findings of one project are read from."""

    tree: Tree
    project: ProjectFile
    assets: Sequence[AssetFacts]
    files: Iterable[str]
    """Files that were analysed: the comments of others ask for nothing."""
    known: Sequence[Rule]
    """All rules, whether or not they were applied."""


def suppress(found: Sequence[Finding], scene: Scene, context: Context) -> tuple[Finding, ...]:
    """What was judged as ignores and derogations leave it, and what is wrong with them.

    Raises :class:`~souverain.project.ProjectError` for a derogations file that is none.
    """
    assets = {
        (facts.asset.root, facts.asset.scenario, facts.asset.address): facts.asset
        for facts in scene.assets
    }
    troubles: list[Trouble] = []
    # Most projects have no exception: what reads them is imported for those that do.
    marked = tuple(path for path in scene.files if _is_marked(scene.tree, path))
    annotations = tuple(annotated(assets.values()))
    if marked or annotations:
        from souverain.suppress.ignores import set_aside, written_in, written_on

        ignores = (*written_in(scene.tree, marked), *written_on(annotations))
        found, wrong = set_aside(found, ignores, assets, scene.known, context)
        troubles += wrong
    if _has_derogations(scene):
        from souverain.suppress.derogations import load
        from souverain.suppress.lowering import lower

        places = _Places(scene.tree, assets)
        found, wrong = lower(found, load(scene.tree, scene.project), context, places.of)
        troubles += wrong
    return (*found, *_told(troubles, context))


def _is_marked(tree: Tree, path: str) -> bool:
    """Whether a file may hold ignores. Modules that were downloaded have no say."""
    source = tree.read(path)
    return isinstance(source, SourceText) and MARK in source.data and not tree.installed(path)


def _has_derogations(scene: Scene) -> bool:
    path = scene.tree.join(scene.tree.display_root, DEROGATIONS)
    return scene.project.derogations is not None or bool(path and scene.tree.exists(path))


def _told(troubles: Sequence[Trouble], context: Context) -> tuple[Finding, ...]:
    if not troubles:
        return ()
    from souverain.suppress.findings import findings_about

    return findings_about(troubles, context)


def accept(
    found: Sequence[Finding], path: Path, trees: Sequence[Tree], contexts: Sequence[Context]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings with those that a baseline accepts set aside, in their order; and what of
    the baseline has no use any more.

    ``contexts`` are those of the projects in ``trees`` (at least one). Raises
    :class:`~souverain.project.ProjectError` for a file that is no baseline.
    """
    from souverain.suppress import baseline

    rules = {rule.id: rule for context in contexts for rule in context.rules}
    accepted, gone = baseline.accept(found, baseline.load(path), trees, rules)
    return accepted, _told(gone, contexts[0])


def annotated(assets: Iterable[Asset]) -> Iterator[tuple[Asset, str, Span]]:
    """Kubernetes objects with the annotation that holds ignores: its text and its place."""
    for asset in assets:
        # The type of an object is apiVersion/Kind; no type of Terraform has a slash.
        path = f"metadata.annotations[{ANNOTATION}]"
        for attribute in asset.config.read(path) if "/" in asset.type else ():
            if isinstance(attribute.value, str):
                yield asset, attribute.value, attribute.span


@dataclass(frozen=True)
class _Places:
    """Where findings are, as the patterns of a derogation see it."""

    tree: Tree
    assets: Mapping[Key, Asset]

    def of(self, finding: Finding) -> tuple[str, ...]:
        """The file a finding's asset is written in, and its root as a file in it would be.

        A module that several roots share holds what each of them puts there.
        """
        asset = self.assets.get((finding.root, finding.scenario, finding.address))
        file = asset.span.file if asset is not None else finding.span.file
        name = file.rpartition("/")[2]
        return self.tree.relative(file), self.tree.relative(f"{finding.root}/{name}")
