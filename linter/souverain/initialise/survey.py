"""What the files of a project show of what a manifest says, and what they do not."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from souverain.model import AssetFacts, Facts, Phrase, Report, SourceEntry, Undecided
from souverain.records import dataclass
from souverain.sources import ROOT_MARKERS, project_root

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.catalog.environments import EnvironmentWords

_CHOSEN_OUTSIDE: Final = ("facts.provider-without-region", "facts.provider-not-configured")
"""Reasons of a place that the environment chooses."""

SHOWN: Final = 12
"""Things of one kind that are listed; more would hide what is to be done."""

_KNOWN: Final = ("declared", "intrinsic", "propagated")


@dataclass(frozen=True, slots=True)
class Place:
    """One root, and what its files show. ``path`` is relative to the project root."""

    path: str
    environment: str | None
    """What its name suggests."""
    operators: tuple[str, ...]
    """Commercial names."""
    regions: tuple[str, ...]
    countries: tuple[str, ...]
    stores: int
    holds: bool
    """Whether anything stores or works on data, or may."""
    data: tuple[str, ...]
    """Categories that tags, or services made for them, tell."""
    guessed: tuple[str, ...]
    """Categories that names suggest."""
    library: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """A variable file that looks like one deployment, with the shared ones before it."""

    root: str
    name: str
    var_files: tuple[str, ...]
    """Relative to ``root``, as the manifest wants them."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything a look at the tree gives; each tuple is sorted."""

    places: tuple[Place, ...]
    scenarios: tuple[Scenario, ...]
    loose_variables: tuple[str, ...]
    """Variable files that Terraform does not load by itself and no scenario takes up."""
    without_region: tuple[str, ...]
    """Providers whose region the environment chooses."""
    manifests: tuple[str, ...]
    """Directories with Kubernetes objects or charts of whose cluster nothing is known."""
    clusters: tuple[tuple[str, str], ...]
    """Root and address of each cluster that Terraform creates."""
    unread: tuple[tuple[Phrase, tuple[str, ...]], ...]
    """Why files could not be read whole, each reason with its files."""
    unknown: tuple[Phrase, ...]
    """Why places or operators are not known otherwise, each reason once."""


def survey(report: Report, catalog: Catalog, project: Path, cwd: Path) -> Survey:
    """What a report on a tree that declares nothing shows of the project at ``project``.

    Projects inside it have manifests of their own. ``cwd`` is what paths of the report are
    relative to; both are absolute.
    """
    here = _Here(project, cwd)
    relative, words = here.relative, catalog.environments()
    assets = [asset for asset in report.assets if here.has(asset.asset.span.file)]
    entries = [entry for entry in report.ledger.entries if here.has(entry.path)]
    within = _scopes({relative(asset.asset.root) for asset in assets if asset.asset.kind})
    by_root: dict[str, list[AssetFacts]] = {}
    for asset in assets:
        root = relative(asset.asset.root)
        by_root.setdefault(within.get(root, root) if asset.asset.kind else root, []).append(asset)
    loose = sorted(relative(e.path) for e in entries if _is_loose(e))
    scenarios = tuple(_scenarios(loose, by_root.keys(), words))
    taken = {_joined(s.root, name) for s in scenarios for name in s.var_files}
    reasons = [why for asset in assets for why in _reasons(asset)]
    unread = _unread(entries, relative)
    told = {reason for reason, _ in unread}
    return Survey(
        places=tuple(_place(path, by_root[path], catalog, words) for path in sorted(by_root)),
        scenarios=scenarios,
        loose_variables=tuple(path for path in loose if path not in taken),
        without_region=tuple(sorted({_provider(w) for w in reasons if _chosen_outside(w)})),
        manifests=tuple(sorted(_without_cluster(assets, within, relative, entries))),
        clusters=tuple(
            (relative(a.asset.root), a.asset.address) for a in assets if _is_cluster(a, catalog)
        ),
        unread=unread,
        unknown=tuple(
            dict.fromkeys(
                w.reason for w in reasons if not _chosen_outside(w) and w.reason not in told
            )
        ),
    )


class _Here:
    """Paths of a report as seen from one project."""

    def __init__(self, project: Path, cwd: Path) -> None:
        self._project = project
        self._cwd = cwd
        self._inside: dict[Path, bool] = {}

    def relative(self, shown: str) -> str:
        """Relative to the project root, with ``/``."""
        return Path(os.path.relpath(self._cwd / shown, self._project)).as_posix()

    def has(self, shown: str) -> bool:
        """Whether a file belongs to this project, and to none inside it."""
        folder = Path(os.path.abspath(self._cwd / shown)).parent  # noqa: PTH100 - keep links
        if folder not in self._inside:
            found = project_root(folder)
            # Without a marker anywhere, every folder is its own answer.
            marked = any((found / marker).exists() for marker in ROOT_MARKERS)
            self._inside[folder] = found == self._project or not marked
        return self._inside[folder]


# --- clusters -------------------------------------------------------------------------


def _scopes(paths: set[str]) -> dict[str, str]:
    """Each directory of manifests, by the one it is told with: its first two names, or its
    first, where there are too many."""
    for depth in (None, 2, 1):
        found = {path: "/".join(path.split("/")[:depth]) for path in paths}
        if len(set(found.values())) <= SHOWN:
            return found
    return found


def _without_cluster(
    assets: Sequence[AssetFacts],
    within: dict[str, str],
    relative: Callable[[str], str],
    entries: Sequence[SourceEntry],
) -> set[str]:
    """Directories whose cluster is not known; those that could not be read, when none was."""
    read = [asset for asset in assets if asset.asset.kind]
    if not read:
        return {posixpath.dirname(relative(e.path)) or "." for e in entries if _is_manifest(e)}
    return {
        within[relative(asset.asset.root)]
        for asset in read
        for _, facts in asset.worlds
        if facts.layers and facts.layers[0].operator is None
    }


def _is_cluster(asset: AssetFacts, catalog: Catalog) -> bool:
    """Whether a resource is a managed cluster, not a part of one."""
    if asset.asset.kind or not asset.worlds[0][1].layers:
        return False
    layer = asset.worlds[0][1].layers[0]
    if layer.operator is None or layer.capability != "managed-kubernetes":
        return False
    alike = catalog.services(layer.operator, layer.capability)
    return any(asset.asset.type == service.types[0] for service in alike)


# --- roots ----------------------------------------------------------------------------


def _place(
    path: str, assets: Sequence[AssetFacts], catalog: Catalog, words: EnvironmentWords
) -> Place:
    worlds = [facts for asset in assets for _, facts in asset.worlds]
    data = [fact for facts in worlds if facts.role == "stores" for fact in facts.data]
    known = {fact.category for fact in data if fact.certainty in _KNOWN}
    guessed = {fact.category for fact in data if fact.certainty == "inferred"}
    return Place(
        path=path,
        environment=_environment(path, words),
        operators=tuple(sorted({name for facts in worlds for name in _operators(facts, catalog)})),
        regions=tuple(sorted({code for facts in worlds for code in facts.location.regions})),
        countries=tuple(sorted({code for facts in worlds for code in facts.location.countries})),
        stores=sum(any(facts.role == "stores" for _, facts in a.worlds) for a in assets),
        holds=any(facts.role in ("stores", "processes", None) for facts in worlds),
        data=tuple(sorted(known)),
        guessed=tuple(sorted(guessed - known)),
        library=all(asset.asset.library for asset in assets),
    )


def _environment(path: str, words: EnvironmentWords) -> str | None:
    """The innermost directory whose name suggests one."""
    found = (words.suggested(part) for part in reversed(path.split("/")))
    return next((environment for environment in found if environment), None)


def _operators(facts: Facts, catalog: Catalog) -> Iterator[str]:
    for layer in facts.layers:
        known = catalog.operator(layer.operator) if layer.operator else None
        if known is not None and not known.software:
            yield known.name


# --- variable files -------------------------------------------------------------------


def _is_loose(entry: SourceEntry) -> bool:
    return entry.kind == "tfvars" and entry.status == "skipped"


def _scenarios(
    loose: Sequence[str], roots: Iterable[str], words: EnvironmentWords
) -> Iterator[Scenario]:
    """One for each variable file whose name suggests an environment, at the nearest root."""
    known = frozenset(roots)
    for path in loose:
        root = _nearest(path, known)
        name = _stem(path)
        if root is None or words.is_example(name) or words.suggested(name) is None:
            continue
        beside = [p for p in loose if p != path and posixpath.dirname(p) == posixpath.dirname(path)]
        files = [*(p for p in beside if words.is_shared(_stem(p))), path]
        yield Scenario(root, name, tuple(posixpath.relpath(file, root) for file in files))


def _nearest(path: str, roots: frozenset[str]) -> str | None:
    directory = posixpath.dirname(path) or "."
    while directory not in roots:
        if directory == ".":
            return None
        directory = posixpath.dirname(directory) or "."
    return directory


def _stem(path: str) -> str:
    return posixpath.basename(path).removesuffix(".json").removesuffix(".tfvars")


def _joined(root: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(root, name))


def _unread(
    entries: Iterable[SourceEntry], relative: Callable[[str], str]
) -> tuple[tuple[Phrase, tuple[str, ...]], ...]:
    by_reason: dict[Phrase, dict[str, None]] = {}
    for entry in entries:
        if entry.status in ("failed", "undecided") and entry.reason and not _is_manifest(entry):
            by_reason.setdefault(entry.reason, {})[relative(entry.path)] = None
    return tuple((reason, tuple(paths)) for reason, paths in by_reason.items())


# --- what is not known ----------------------------------------------------------------


def _is_manifest(entry: SourceEntry) -> bool:
    return entry.kind in ("kubernetes", "helm", "kustomize")


def _reasons(asset: AssetFacts) -> Iterator[Undecided]:
    for _, facts in asset.worlds:
        if facts.role == "configures":
            continue
        if facts.location.unknown is not None:
            yield facts.location.unknown
        for layer in facts.layers:
            if layer.unknown is not None:
                yield layer.unknown


def _chosen_outside(why: Undecided) -> bool:
    return why.reason.key in _CHOSEN_OUTSIDE


def _provider(why: Undecided) -> str:
    return str(dict(why.reason.args).get("provider", ""))
