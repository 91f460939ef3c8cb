"""Kustomizations as they lie in the tree, read whole before any renderer runs.

A renderer would fetch what is remote and read what lies anywhere. So every reference is
followed here first: what is remote, outside the project or a plugin is an :class:`Obstacle`,
and the copy a renderer gets holds nothing but files that were read through the tree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from souverain.kubernetes.chart import CHART, Chart, ChartError, load_chart
from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.model import Fields, Items, Node, Scalar
from souverain.kubernetes.reading import below, mapping
from souverain.model import Phrase, SourceStatus, SourceText, Span, phrase
from souverain.records import dataclass, field
from souverain.regex import regex
from souverain.sources import Tree

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
API: Final = "kustomize.config.k8s.io/"

_PARTS: Final = ("resources", "bases", "components")
_CONFIGURED: Final = ("generators", "transformers", "validators")
_FILES: Final = ("crds", "configurations", "patchesStrategicMerge")
_WITH_PATH: Final = ("patches", "patchesJson6902", "replacements")
_SOURCES: Final = ("configMapGenerator", "secretGenerator")
_INFLATED: Final = "helmCharts"
_INFLATOR: Final = "HelmChartInflationGenerator"
_STAND_IN: Final = "remote-resources-left-out.yaml"
"""An empty file that stands for remote resources in the copy."""

_REMOTE = regex(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:/|:)"  # a scheme, `git::`
    r"|[^/\s]+@[^/\s]+:"  # user@host:path
    r"|.*(?:\.git(?:[/?]|$)|/_git/|[?&](?:ref|version|timeout|submodules)=)"
)
_HOST = regex(r"[\w-]+:[\w.-]+/|(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?/")
"""Looks like a host or a short name of one: remote, unless it is there."""

_FUNCTION: Final = "config.kubernetes.io/function"


@dataclass(frozen=True, slots=True, eq=False)
class Obstacle:
    """Why a kustomization cannot be rendered, or only in part."""

    status: SourceStatus
    reason: Phrase
    span: Span


@dataclass(slots=True, eq=False)
class Kustomization:
    """One kustomization, and what it refers to."""

    directory: str
    text: SourceText
    fields: Fields
    below: list[str] = field(default_factory=list)
    """Directories of the kustomizations it uses."""
    files: dict[str, SourceText] = field(default_factory=dict)
    """Other files it uses, by display path."""
    patches: list[SourceText] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    """Where a path it writes leads by symbolic links."""
    obstacles: list[Obstacle] = field(default_factory=list)
    """Why it cannot be rendered."""
    left_out: list[Obstacle] = field(default_factory=list)
    """What the rendering does without."""
    remote: list[Span] = field(default_factory=list)
    """Remote resources, which the copy does without."""
    absent: list[str] = field(default_factory=list)
    """Sources of generators that are not there, empty in the copy."""
    charts: dict[str, Chart] = field(default_factory=dict)
    """Charts of the project that it renders, by directory."""

    @property
    def component(self) -> bool:
        """Whether it only counts as a part of others."""
        return self.fields.text("kind") == "Component"

    @property
    def paths(self) -> tuple[str, ...]:
        """Display paths of every file it is made of, itself first."""
        charts = (text.path for chart in self.charts.values() for text in chart.texts())
        return tuple(dict.fromkeys((self.text.path, *self.files, *charts)))

    @property
    def span(self) -> Span:
        """Where a finding about it as a whole points: its first line."""
        keys = self.fields.entries
        return keys[0].key_span if keys else Span(self.text, 0, 0)

    def write(self, tree: Tree, target: Path) -> None:
        """Adds it to the copy a renderer reads; ``target`` stands for the project root."""
        directory = target / tree.relative(self.directory)
        data = self.text.data
        for span in sorted(self.remote, key=lambda each: -each.start):
            data = data[: span.start] + _STAND_IN.encode() + data[span.end :]
        _put(directory / posixpath.basename(self.text.path), data)
        if self.remote:
            _put(directory / _STAND_IN, b"")
        for path, text in self.files.items():
            _put(target / tree.relative(path), text.data)
        for path, chart in self.charts.items():
            chart.write(target / tree.relative(path), marked=False, unmarked=frozenset())
        for path in self.absent:
            _put(target / tree.relative(path), b"")
        for path, real in self.links.items():
            link = target / tree.relative(path)
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.exists() and not link.is_symlink():
                link.symlink_to(target / tree.relative(real), target_is_directory=True)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


class Kustomizations:
    """The kustomizations of a project, each read once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[str, Kustomization | Obstacle | None] = {}

    def read(self, directory: str) -> Kustomization | Obstacle | None:
        """That of a directory; None when there is none, or why it cannot be read."""
        if directory not in self._known:
            self._known[directory] = self._read(directory)
        return self._known[directory]

    def graph(self, root: Kustomization) -> tuple[Kustomization, ...]:
        """A kustomization and all it uses, itself first."""
        found: dict[str, Kustomization] = {}
        pending = [root.directory]
        while pending:
            directory = pending.pop()
            each = self.read(directory)
            if directory not in found and isinstance(each, Kustomization):
                found[directory] = each
                pending.extend(reversed(each.below))
        return tuple(found.values())

    def _read(self, directory: str) -> Kustomization | Obstacle | None:
        names = set(self._tree.list(directory))
        name = next((name for name in NAMES if name in names), None)
        if name is None:
            return None
        path = posixpath.normpath(posixpath.join(directory, name))
        text = self._tree.read(path)
        if isinstance(text, Phrase):
            return Obstacle("failed", text, Span(SourceText(path, b""), 0, 0))
        fields = mapping(text)
        if isinstance(fields, Problem):
            return Obstacle("failed", fields.reason, fields.span)
        if fields is None:
            return Obstacle("failed", phrase("kubernetes.overlay-empty"), Span(text, 0, 0))
        if not _is_kustomization(fields):
            return None
        found = Kustomization(directory, text, fields)
        _References(self._tree, found).follow()
        return found


def _is_kustomization(fields: Fields) -> bool:
    """Not an object of a cluster that has the same kind (Flux)."""
    version = fields.text("apiVersion") or ""
    return not version or version.startswith(API)


class _References:
    """Follows what one kustomization refers to."""

    def __init__(self, tree: Tree, found: Kustomization) -> None:
        self._tree = tree
        self._found = found

    def follow(self) -> None:
        fields = self._found.fields
        for name in _PARTS:
            for leaf in _leaves(fields.get(name)):
                self._part(leaf, may_be_left_out=name != "components")
        for name in _CONFIGURED:
            for leaf in _leaves(fields.get(name)):
                self._configured(leaf)
        self._named_in(fields)

    def _named_in(self, fields: Fields) -> None:
        """Files that a kustomization names, or the configuration of a builtin plugin."""
        for name in _FILES:
            for leaf in _leaves(fields.get(name)):
                self._file(leaf, patch=name == "patchesStrategicMerge")
        for name in _WITH_PATH:
            for item in _mappings(fields.get(name)):
                self._file(item.get("path"), patch=name != "replacements")
        openapi = fields.get("openapi")
        if isinstance(openapi, Fields):
            self._file(openapi.get("path"))
        for name in _SOURCES:
            for item in _mappings(fields.get(name)):
                self._sources(item)
        home = fields.text("helmGlobals", "chartHome") or "charts"
        for item in _mappings(fields.get(_INFLATED)):
            self._chart(item, home)
        for item in _mappings(fields.get("helmChartInflationGenerator")):
            self._inflated_elsewhere(item)

    def _chart(self, item: Fields, home: str) -> None:
        """A chart that the overlay renders: of the project, never fetched."""
        name = item.text("name") or ""
        versions = tuple(map(_text, _leaves(item.get("version")))) if item.get("repo") else ()
        parts = (home, *(f"{name}-{version}" for version in versions), name)
        path = self._tree.join(self._found.directory, "/".join(parts))
        if not name or path is None or not self._tree.exists(below(path, CHART)):
            self._inflated_elsewhere(item)
            return
        try:
            chart = load_chart(self._tree, path)
        except ChartError as error:
            self._stop("failed", error.reason, item)
            return
        self._found.charts[path] = chart
        if chart.missing:
            names = ", ".join(each.name for each in chart.missing)
            command = f"helm dependency build {path}"
            reason = phrase("kubernetes.subchart-missing", names=names, command=command)
            self._found.left_out.append(Obstacle("undecided", reason, item.span))
        self._file(item.get("valuesFile"))
        for leaf in _leaves(item.get("additionalValuesFiles")):
            self._file(leaf)

    def _inflated_elsewhere(self, node: Node) -> None:
        command = f"kustomize build --enable-helm {self._found.directory}"
        self._stop("undecided", phrase("kubernetes.overlay-helm", command=command), node)

    def _part(self, leaf: Scalar, may_be_left_out: bool) -> None:
        """A directory with a kustomization, or a file of objects."""
        path = self._path(leaf, may_be_left_out)
        if path is None:
            return
        if not self._tree.isdir(path):
            self._add(path, leaf)
            return
        real = self._tree.followed(path)
        if real != path:
            self._found.links[path] = real
        if not set(NAMES) & set(self._tree.list(real)):
            reason = phrase("kubernetes.overlay-no-kustomization", path=path)
            self._stop("failed", reason, leaf)
        elif real == self._found.directory:
            self._stop("failed", phrase("kubernetes.overlay-cycle"), leaf)
        else:
            self._found.below.append(real)

    def _configured(self, leaf: Scalar) -> None:
        """The configuration of a generator or transformer: builtin ones only."""
        text = _text(leaf)
        if "\n" in text:
            if _FUNCTION in text:
                self._stop("undecided", phrase("kubernetes.overlay-plugin", name="?"), leaf)
            elif _INFLATOR in text:
                self._inflated_elsewhere(leaf)
            return
        path = self._path(leaf)
        if path is None:
            return
        if self._tree.isdir(path):
            self._part(leaf, may_be_left_out=False)
            return
        source = self._add(path, leaf)
        for document in parse(source).documents if source is not None else ():
            body = document.body
            if isinstance(body, Fields):
                self._plugin(body, leaf)

    def _plugin(self, body: Fields, leaf: Scalar) -> None:
        kind = body.text("kind") or "?"
        if body.text("apiVersion") != "builtin" or body.text("metadata", "annotations", _FUNCTION):
            self._stop("undecided", phrase("kubernetes.overlay-plugin", name=kind), leaf)
        elif kind == _INFLATOR:
            self._inflated_elsewhere(leaf)
        else:
            self._sources(body)
            self._named_in(body)
            self._file(body.get("path"), patch=True)
            for each in _leaves(body.get("paths")):
                self._file(each, patch=True)

    def _sources(self, generator: Fields) -> None:
        """Files whose contents go into a generated object."""
        named = [(leaf, _text(leaf).rpartition("=")[2]) for leaf in _leaves(generator.get("files"))]
        for name in ("envs", "env"):
            named += [(leaf, _text(leaf)) for leaf in _leaves(generator.get(name))]
        for leaf, text in named:
            path = self._path(leaf, text=text, may_be_absent=True)
            if path is not None:
                self._add(path, leaf)

    def _file(self, node: Node | None, patch: bool = False) -> None:
        if not isinstance(node, Scalar) or not _text(node) or "\n" in _text(node):
            return
        path = self._path(node)
        source = self._add(path, node) if path is not None else None
        if patch and source is not None:
            self._found.patches.append(source)

    def _add(self, path: str, leaf: Scalar) -> SourceText | None:
        text = self._tree.read(path)
        if isinstance(text, Phrase):
            reason = phrase("kubernetes.overlay-file", path=path, reason=text)
            self._stop("failed", reason, leaf)
            return None
        self._found.files[path] = text
        return text

    def _path(
        self,
        leaf: Scalar,
        may_be_left_out: bool = False,
        *,
        text: str | None = None,
        may_be_absent: bool = False,
    ) -> str | None:
        """Display path of what a reference names, if it is there and may be read."""
        text = _text(leaf) if text is None else text
        directory = self._found.directory
        path = None if text.startswith("/") else self._tree.join(directory, text)
        there = path is not None and self._tree.exists(path)
        if _REMOTE.match(text) or (not there and _HOST.match(text)):
            self._remote(leaf, text, may_be_left_out)
            return None
        if path is None or self._is_outside(path):
            self._stop("undecided", phrase("kubernetes.overlay-outside", path=text), leaf)
            return None
        if there:
            return path
        if may_be_absent:
            self._found.absent.append(path)
            reason = phrase("kubernetes.overlay-absent", path=path)
            self._found.left_out.append(Obstacle("undecided", reason, leaf.span))
        else:
            self._stop("failed", phrase("kubernetes.overlay-missing", path=path), leaf)
        return None

    def _is_outside(self, path: str) -> bool:
        """Whether symbolic links lead a path out of the project."""
        content = self._tree.read(path)
        return isinstance(content, Phrase) and content.key == "sources.outside"

    def _remote(self, leaf: Scalar, text: str, may_be_left_out: bool) -> None:
        command = f"kustomize build {self._found.directory}"
        reason = phrase("kubernetes.overlay-remote", source=text, command=command)
        obstacle = Obstacle("undecided", reason, leaf.span)
        if may_be_left_out:
            self._found.remote.append(leaf.span)
            self._found.left_out.append(obstacle)
        else:
            self._found.obstacles.append(obstacle)

    def _stop(self, status: SourceStatus, reason: Phrase, node: Node) -> None:
        self._found.obstacles.append(Obstacle(status, reason, node.span))


def _text(leaf: Scalar) -> str:
    return leaf.value if isinstance(leaf.value, str) else leaf.span.text


def _leaves(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield from (node,) if node.value is not None else ()
    elif isinstance(node, Items):
        yield from (each for each in node if isinstance(each, Scalar) and each.value is not None)


def _mappings(node: Node | None) -> tuple[Fields, ...]:
    items = node.nodes if isinstance(node, Items) else (node,)
    return tuple(each for each in items if isinstance(each, Fields))
