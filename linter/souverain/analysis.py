"""From a request to a report: the whole product, read top to bottom.

Every file found is accounted for once. What is reported is what was asked for: a root, a
file, or anything whose chain of evidence passes through one of the given paths.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import Final

from souverain.catalog import Catalog
from souverain.facts.established import Established
from souverain.knowledge import Extends, Knowledge, shared
from souverain.kubernetes import KubernetesOptions
from souverain.kubernetes import load as load_kubernetes
from souverain.kubernetes.model import KubernetesRoot
from souverain.model import (
    Asset,
    AssetFacts,
    Facts,
    Finding,
    Ledger,
    Phrase,
    Report,
    SourceEntry,
    SourceStatus,
    Span,
    phrase,
)
from souverain.project import ProjectFile
from souverain.project import load as load_project
from souverain.records import dataclass, replace
from souverain.rules.cards import card
from souverain.rules.engine import distinct, judge, silence, told_once
from souverain.rules.load import choose
from souverain.rules.model import Context
from souverain.rules.sources import INTERNAL_ERROR
from souverain.sources import PIPED, Tree, discover, piped
from souverain.suppress import Scene, accept, suppress
from souverain.terraform import Roots, TerraformOptions
from souverain.terraform.model import Instance, RootSummary, TerraformRoot, summary


@dataclass(frozen=True)
class Request:
    """What to analyse, and how. Paths are relative to the working directory.

    ``stdin`` is YAML that was piped in, to be read beside the paths.
    """

    paths: tuple[Path, ...]
    as_of: date
    values: tuple[Path | tuple[str, str], ...] = ()
    """Each ``--var-file``, and name and text of each ``--var``, in order: the last wins."""
    workspace: str | None = None
    helm_values: tuple[Path, ...] = ()
    """Each ``--values``, for every chart."""
    helm_sets: tuple[str, ...] = ()
    jobs: int = 2
    """Renderers of charts and overlays that may run at once."""
    stdin: bytes | None = None
    config: Path | None = None
    """A project file to read instead of the project's own."""
    declared: bool = True
    """False to look at the files alone, as if the project declared nothing."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    baseline: Path | None = None
    """A file with findings that are accepted."""
    progress: Callable[[Phrase], None] | None = None
    whole: bool = True
    """Whether all facts of what only transmits or configures are wanted too."""

    def trees(self) -> tuple[Tree, ...]:
        """The files of the projects that the paths touch, and what was piped in."""
        found = discover(self.paths)
        return found if self.stdin is None else (piped(), *found)

    def tell(self, step: Phrase) -> None:
        """Says what is being done, if anyone listens."""
        if self.progress is not None:
            self.progress(step)


def analyse(request: Request) -> Report:
    """The report of a run.

    Raises :class:`~souverain.sources.SourcesError` for a path that does not exist,
    :class:`~souverain.project.ProjectError` for a manifest, derogations or a baseline
    that cannot be used,
    :class:`~souverain.policystore.PolicyError` and
    :class:`~souverain.doctrine.InvalidPolicyError` for policies of the project that
    cannot, and :class:`~souverain.rules.load.UnknownRuleError` for a rule that is not.
    """
    known = shared(request.as_of)
    parts = [_analyse_project(request, tree, known) for tree in request.trees()]
    # Projects with facts of their own are told apart; without a project, ours are meant.
    catalogs = [part.catalog for part in parts] or [known(()).catalog]
    findings = tuple(_reported(request, parts))
    cards = {rule.id: card(rule) for part in parts for rule in part.context.rules}
    return Report(
        as_of=request.as_of.isoformat(),
        catalog_version=", ".join(dict.fromkeys(catalog.version for catalog in catalogs)),
        catalog_seen_on=max(catalog.seen_on for catalog in catalogs),
        ledger=Ledger(tuple(entry for part in parts for entry in part.ledger.entries)),
        assets=tuple(asset for part in parts for asset in part.assets),
        findings=findings,
        internal_error=any(finding.rule == INTERNAL_ERROR for finding in findings),
        rules=tuple(shown for _, shown in sorted(cards.items())),
    )


@dataclass(frozen=True)
class _Analysed:
    """What one project gives to the report."""

    tree: Tree
    context: Context
    catalog: Catalog
    ledger: Ledger
    assets: tuple[AssetFacts, ...]
    findings: tuple[Finding, ...]
    """All of them, whether or not they were asked for."""
    shaped: frozenset[_RootKey]
    made: Mapping[_AssetKey, Span]
    """Headers of assets that are there because of what was asked for."""
    spoken: frozenset[str]
    """Files that speak for what was asked for, when they cannot be read."""

    def tells(self, finding: Finding) -> bool:
        """Whether a finding is on what was asked for, or on what that leads to."""
        root = (finding.root, finding.scenario)
        if root in self.shaped or (*root, finding.address) in self.made:
            return True
        if finding.address in self.spoken:
            return True
        spans = {link.span for link in finding.evidence if link.span is not None}
        if not finding.address and not spans.isdisjoint(self._headers):
            return True
        files = {span.file for span in spans}
        return any(map(self.tree.given_covers, {finding.root, finding.span.file, *files}))

    @cached_property
    def _headers(self) -> frozenset[Span]:
        return frozenset(self.made.values())


def _analyse_project(
    request: Request, found: Tree, knowledge: Callable[[Extends], Knowledge]
) -> _Analysed:
    project = load_project(found, request.config) if request.declared else ProjectFile()
    tree = found.excluding(project.exclude)
    known = knowledge(project.extends)
    catalog = known.catalog
    rules = choose(known.rules, request.select, request.ignore)
    doctrine, offers = known.doctrine, known.offers
    context = Context(request.as_of, catalog, doctrine, rules, tree.in_repository, offers)
    request.tell(phrase("analysis.reading", root=tree.display_root))
    terraform = Roots(tree, project, _terraform_options(request))
    wide = _with_clusters(tree, project)
    kubernetes = load_kubernetes(wide, _kubernetes_options(request, tree), catalog, project)
    established = Established(catalog, project, tree.relative, request.as_of, kubernetes.roots)
    look = partial(_facts, request, wide, established, silence(context))
    # Through map: no name is to keep a root while the next one is evaluated.
    facts = map(look, chain(terraform, kubernetes.roots))
    parts = tuple(filter(None, facts))
    roots = tuple(root for root, _, _ in parts)
    assets = tuple(asset for _, found, _ in parts for asset in found)
    made = {_key(asset): asset.span for _, _, caused in parts for asset in caused}
    ledger = _account(tree, roots, terraform.ledger() + kubernetes.ledger)
    request.tell(phrase("analysis.judging", assets=len(assets)))
    scene = Scene(tree, project, assets, {f for root in roots for f in root.files}, known.rules)
    judged = suppress(judge(assets, ledger, roots, context), scene, context)
    shaped = frozenset(_shaped(tree, roots))
    spoken = {file for root in roots if (root.path, root.scenario) in shaped for file in root.files}
    spoken |= {each.path for each in ledger.entries if _speaks(tree, each)}
    return _Analysed(
        tree,
        context,
        catalog,
        _one_each(ledger),
        tuple(asset for asset in assets if _was_asked(tree, asset, shaped, made)),
        told_once(judged, rules),
        shaped,
        made,
        frozenset(spoken),
    )


Judged = RootSummary | KubernetesRoot
_RootKey = tuple[str, "str | None"]
"""Path and scenario of a root."""
_AssetKey = tuple[str, "str | None", str]
"""Path and scenario of its root, and address."""
_Part = tuple[Judged, tuple[AssetFacts, ...], tuple[Asset, ...]]
"""A root, the facts of its assets, and those that are there because of what was asked for."""


def _facts(
    request: Request,
    tree: Tree,
    established: Established,
    silent: Callable[[Facts], bool],
    root: TerraformRoot | KubernetesRoot,
) -> _Part | None:
    """A root and its assets; None when nothing that was asked for is in it."""
    concerned, creates_cluster = _concerns(tree, root), established.creates_cluster(root)
    if not concerned and not creates_cluster:
        return None
    request.tell(phrase("analysis.evaluating", root=root.path))
    repeated = _repeated(tree, root)
    whole, covered = request.whole or creates_cluster, tree.given_covers(root.path)

    def is_made(asset: Asset) -> bool:
        return asset.address in repeated or _is_written(tree, asset)

    def is_unasked(facts: Facts) -> bool:
        """Whether nothing is said of an asset, neither by rules nor in the register."""
        is_listed = facts.role not in ("transmits", "configures")
        return not (whole or is_listed) and (covered or is_made(facts.asset)) and silent(facts)

    found = established.of(root, is_unasked)
    if not concerned:
        return None
    made = tuple(facts.asset for facts in found if is_made(facts.asset))
    return root if isinstance(root, KubernetesRoot) else summary(root), found, made


def _kubernetes_options(request: Request, tree: Tree) -> KubernetesOptions:
    return KubernetesOptions(
        request.helm_values,
        request.helm_sets,
        request.stdin if tree.given == (PIPED,) else None,
        jobs=request.jobs,
        progress=request.progress,
    )


def _terraform_options(request: Request) -> TerraformOptions:
    return TerraformOptions(request.values, request.workspace)


# --- what was asked for ---------------------------------------------------------------


def _with_clusters(tree: Tree, project: ProjectFile) -> Tree:
    """The tree in which what runs on a cluster is asked for with what creates the cluster."""
    created = [each for each in project.clusters if each.address is not None]
    terraform = [tree.relative(p) for p in tree.paths() if created and _is_asked(tree, p)]
    changed = [
        each for each in created if any(_is_in(each.root or ".", path) for path in terraform)
    ]
    if not changed:
        return tree
    from pathspec import GitIgnoreSpec

    running = GitIgnoreSpec.from_lines(pattern for each in changed for pattern in each.paths)
    files = tuple(path for path in tree.paths() if running.match_file(tree.relative(path)))
    return replace(tree, given=(*tree.given, *files))


def _is_asked(tree: Tree, path: str) -> bool:
    return tree.kind(path) in ("terraform", "tfvars", "plan") and tree.given_covers(path)


def _is_in(directory: str, path: str) -> bool:
    return directory == "." or f"{posixpath.normpath(path)}/".startswith(
        f"{posixpath.normpath(directory)}/"
    )


def _concerns(tree: Tree, root: TerraformRoot | KubernetesRoot) -> bool:
    """Whether anything that was asked for takes part in a root."""
    return tree.given_covers(root.path) or any(map(tree.given_covers, root.files))


def _shaped(tree: Tree, roots: Iterable[Judged]) -> Iterator[_RootKey]:
    """Charts and overlays of which a file was asked for that holds no object of its own.

    Values, helpers and kustomizations decide which objects there are: what they cause
    cannot be told from the rest.
    """
    for root in roots:
        if isinstance(root, KubernetesRoot) and root.kind in ("helm", "kustomize"):
            holding = {each.span.file for each in root.objects}
            if any(map(tree.given_covers, set(root.files) - holding)):
                yield root.path, root.scenario


def _speaks(tree: Tree, entry: SourceEntry) -> bool:
    """Whether an entry is the account of a file that was asked for."""
    return any(map(tree.given_covers, entry.speaks_for))


def _repeated(tree: Tree, root: TerraformRoot | KubernetesRoot) -> frozenset[str]:
    """Addresses of resources of which there are as many as what was asked for decides, where
    it is not a whole root."""
    if isinstance(root, KubernetesRoot) or tree.given_covers(root.path):
        return frozenset()
    elsewhere = (each for each in root.instances() if not _is_written(tree, each))
    return frozenset(
        each.address for each in elsewhere if any(map(tree.given_covers, root.repeated_in(each)))
    )


def _is_written(tree: Tree, resource: Asset | Instance) -> bool:
    """Whether what was asked for writes a resource, or calls the module it is in."""
    spans = (resource.span, *resource.called_at)
    return any(map(tree.given_covers, {span.file for span in spans}))


def _key(asset: Asset) -> _AssetKey:
    return asset.root, asset.scenario, asset.address


def _was_asked(
    tree: Tree, asset: AssetFacts, shaped: frozenset[_RootKey], made: Mapping[_AssetKey, Span]
) -> bool:
    if (asset.asset.root, asset.asset.scenario) in shaped or _key(asset.asset) in made:
        return True
    # Its chain comes last: where an object is takes long to find, and is seldom asked.
    places = chain((asset.asset.root,), _chain(asset))
    return any(map(tree.given_covers, places))


def _chain(asset: AssetFacts) -> Iterator[str]:
    for _, facts in asset.worlds:
        for link in facts.location.evidence:
            if link.span is not None:
                yield link.span.file


def _reported(request: Request, parts: Sequence[_Analysed]) -> Iterator[Finding]:
    """What was found and asked for, as the baseline leaves it."""
    # Projects that no repository holds together may have the same paths.
    found = distinct(finding for part in parts for finding in part.findings)
    if request.baseline is not None and parts:
        trees, contexts = [part.tree for part in parts], [part.context for part in parts]
        found, gone = accept(found, request.baseline, trees, contexts)
        yield from gone
    left = iter(found)
    for part in parts:
        for finding in islice(left, len(part.findings)):
            if part.tells(finding):
                yield finding


# --- the account of what was seen -----------------------------------------------------


def _account(tree: Tree, roots: Sequence[Judged], loaded: Ledger) -> Ledger:
    """Every file that was asked for or takes part in a root that was, with its status."""
    entries = [*tree.ledger.entries, *loaded.entries]
    known = {entry.path for entry in entries}
    entries += _left_over(tree, known)
    taking_part = {file for root in roots for file in root.files}
    return Ledger(
        tuple(
            sorted(
                (e for e in entries if e.path in taking_part or _is_asked_for(tree, e)),
                key=_by_place,
            )
        )
    )


def _is_asked_for(tree: Tree, entry: SourceEntry) -> bool:
    return tree.given_covers(entry.path) or _speaks(tree, entry)


_WORST_FIRST: Final[tuple[SourceStatus, ...]] = ("failed", "undecided", "analysed", "skipped")


def _one_each(ledger: Ledger) -> Ledger:
    """One entry for each file, with its worst status, and for each module call.

    The findings speak of every problem; the account counts files.
    """
    kept: dict[tuple[str, str, Span | None], SourceEntry] = {}
    for entry in sorted(ledger.entries, key=lambda e: _WORST_FIRST.index(e.status)):
        called_at = entry.span if entry.kind == "module" else None
        kept.setdefault((entry.path, entry.kind, called_at), entry)
    return Ledger(tuple(sorted(kept.values(), key=_by_place)))


def _by_place(entry: SourceEntry) -> tuple[str, int]:
    return (entry.path, entry.span.start if entry.span else -1)


def _left_over(tree: Tree, known: Iterable[str]) -> Iterator[SourceEntry]:
    for path in tree.paths():
        if path not in known:
            yield SourceEntry(path, tree.kind(path), "skipped", phrase("analysis.in-no-root"))
