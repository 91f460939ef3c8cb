"""Walks a project once and says what each file is.

Contents are read only of YAML and JSON, to tell Kubernetes objects, values of Helm and
Terraform plans from the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from souverain.model import Phrase, SourceEntry, SourceKind, SourceStatus, SourceText, phrase
from souverain.records import dataclass, field, replace
from souverain.sources.content import Other, kind_of, of_template
from souverain.sources.reading import leads_outside, read_bytes

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MANIFEST = "souverain.yaml"
DEROGATIONS = "derogations.yaml"
PRUNED = frozenset({".git", ".hg", ".svn", "node_modules", ".terragrunt-cache"})
"""Never entered: version control, installed packages, generated copies."""

_TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json")
_VARIABLES = (".tfvars", ".tfvars.json")
_STACKS = (".tfcomponent.hcl", ".tfdeploy.hcl", ".tfstack.hcl")
_YAML = (".yaml", ".yml")
_TEMPLATES = (".gotmpl", ".j2")
_WORTH_A_LOOK = (*_YAML, *_STACKS, ".json")
_KUSTOMIZE = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_CHART = "Chart.yaml"
_SUBCHARTS = "charts"
_CHART_PARTS = frozenset({"templates", "crds", _SUBCHARTS})
"""Directories of a chart that hold nothing else."""
_CHART_FILES = frozenset(
    {_CHART, "Chart.lock", "requirements.yaml", "requirements.lock", "values.schema.json"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """One input, by display path."""

    path: str
    kind: SourceKind
    text: SourceText | None = None
    """What is in it, when that told what it is."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Result of a walk, sorted by path."""

    inputs: tuple[Found, ...]
    entries: tuple[SourceEntry, ...]
    projects: tuple[Path, ...]


def display_path(path: str | Path, cwd: Path) -> str:
    """``path`` relative to ``cwd`` with ``/`` (absolute when on another drive)."""
    try:
        shown = os.path.relpath(path, cwd)
    except ValueError:
        shown = os.fspath(path)
    return shown.replace(os.sep, "/")


def walk(root: Path, cwd: Path, given: frozenset[Path] = frozenset()) -> Walk:
    """Everything below ``root`` that is an input, or would be one if it were not left out.

    What the user gave by name is never left out because of a ``.gitignore``.
    """
    walker = _Walker(root, cwd, given, root.resolve())
    walker.run()
    return Walk(
        inputs=tuple(sorted(walker.inputs, key=lambda item: item.path)),
        entries=tuple(sorted(walker.entries, key=lambda entry: entry.path)),
        projects=tuple(sorted(walker.projects)),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A directory and what its ancestors say about it."""

    path: Path
    ignores: tuple[tuple[int, GitIgnoreSpec], ...] = ()
    """Rules of ``.gitignore`` files, nearest first, with the length of their directory."""
    ignored: bool = False
    chart: bool = False
    """A chart begins here."""
    part: bool = False
    """Below a directory of a chart that holds nothing else."""
    vendored: bool = False
    """Below what ``helm dependency build`` fills: a ``.gitignore`` hides nothing there."""
    installed: bool = False
    """Below ``.terraform``: only what ``terraform init`` put in ``modules`` counts."""


@dataclass
class _Walker:
    root: Path
    cwd: Path
    given: frozenset[Path]
    real_root: Path
    inputs: list[Found] = field(default_factory=list)
    entries: list[SourceEntry] = field(default_factory=list)
    projects: list[Path] = field(default_factory=list)

    def run(self) -> None:
        pending = [_Place(self.root)]
        while pending:
            place = pending.pop()
            try:
                with os.scandir(place.path) as listing:
                    items = list(listing)
            except OSError as error:
                reason = phrase("sources.unreadable", error=error.strerror or "?")
                self._account(self._shown(place.path), "other", "failed", reason)
                continue
            names = {item.name for item in items}
            if self._is_project(place, names):
                self.projects.append(place.path)
            elif "pyvenv.cfg" not in names:
                pending.extend(self._directory(_enriched(place, names), items))

    def _is_project(self, place: _Place, names: set[str]) -> bool:
        if place.path == self.root or place.ignored or place.installed:
            return False
        return MANIFEST in names or ".git" in names

    def _directory(self, place: _Place, items: list[os.DirEntry[str]]) -> Iterator[_Place]:
        shown = self._shown(place.path)
        prefix = "" if shown == "." else f"{shown}/"
        for item in items:
            if item.is_symlink() and Path(item.path).is_dir():
                self._linked_directory(item.name, prefix + item.name, place)
            elif item.is_dir(follow_symlinks=False):
                if item.name not in PRUNED and _is_entered(item.name, place):
                    yield self._below(place, item)
            else:
                self._file(item, prefix + item.name, place)

    def _below(self, place: _Place, item: os.DirEntry[str]) -> _Place:
        path = Path(item.path)
        if place.installed or item.name == ".terraform":
            return _Place(path, installed=True)
        part = place.part or (place.chart and item.name in _CHART_PARTS)
        if place.vendored or (place.chart and item.name == _SUBCHARTS and not place.ignored):
            return replace(place, path=path, chart=False, part=True, vendored=True)
        ignored = place.ignored or _matches(place.ignores, item.path + "/")
        if ignored and any(given.is_relative_to(path) for given in self.given):
            return _Place(path, part=part)
        return replace(place, path=path, ignored=ignored, chart=False, part=part)

    def _file(self, item: os.DirEntry[str], shown: str, place: _Place) -> None:
        kind = _kind_by_name(item.name, place)
        if place.installed:
            if kind == "terraform":
                self.inputs.append(Found(shown, kind))
        elif kind == "tfvars":
            self.inputs.append(Found(shown, kind))
        elif kind is None and item.name.endswith(_TEMPLATES):
            self._template(shown)
        elif kind is None and not item.name.endswith(_WORTH_A_LOOK):
            return
        elif self._left_out(item, place):
            if not item.name.endswith((".json", ".tpl")) or kind is not None:
                self._account(shown, kind or "other", "skipped", phrase("sources.ignored"))
        elif kind is not None:
            self.inputs.append(Found(shown, kind))
        elif item.name.endswith(_STACKS):
            self._account(shown, "other", "undecided", phrase("sources.stacks-not-read"))
        elif item.name not in (MANIFEST, DEROGATIONS):
            self._by_content(item, shown)

    def _template(self, shown: str) -> None:
        found = of_template(shown)
        if found is not None:
            self._account(shown, "other", found.status, found.reason)

    def _left_out(self, item: os.DirEntry[str], place: _Place) -> bool:
        if place.vendored or not (place.ignored or _matches(place.ignores, item.path)):
            return False
        return Path(item.path) not in self.given

    def _by_content(self, item: os.DirEntry[str], shown: str) -> None:
        outside = item.is_symlink() and leads_outside(Path(item.path), self.real_root)
        data = phrase("sources.link-outside") if outside else read_bytes(item.path)
        if isinstance(data, Phrase):
            self._account(shown, "other", "undecided", data)
            return
        kind = kind_of(shown, data)
        if isinstance(kind, Other):
            self._account(shown, "other", kind.status, kind.reason)
        elif kind is not None:
            self.inputs.append(Found(shown, kind, SourceText(shown, data)))

    def _linked_directory(self, name: str, shown: str, place: _Place) -> None:
        if name in PRUNED or place.installed:
            return
        if leads_outside(place.path / name, self.real_root):
            self._account(shown, "other", "undecided", phrase("sources.link-outside"))
        else:
            self._account(shown, "other", "skipped", phrase("sources.link-inside"))

    def _account(self, shown: str, kind: SourceKind, status: SourceStatus, reason: Phrase) -> None:
        self.entries.append(SourceEntry(shown, kind, status, reason))

    def _shown(self, path: Path) -> str:
        return display_path(path, self.cwd)


def _enriched(place: _Place, names: set[str]) -> _Place:
    """The place with what its own files say: a chart begins here, more is ignored here."""
    if _CHART in names:
        place = replace(place, chart=True)
    if ".gitignore" in names and not place.ignored and not place.installed:
        rules = _ignore_rules(place.path / ".gitignore")
        if rules is not None:
            place = replace(place, ignores=((len(str(place.path)) + 1, rules), *place.ignores))
    return place


def _ignore_rules(path: Path) -> GitIgnoreSpec | None:
    """Rules of one file; None when it cannot be read or understood: then nothing is hidden."""
    from pathspec import GitIgnoreSpec

    data = read_bytes(path)
    if isinstance(data, Phrase):
        return None
    try:
        return GitIgnoreSpec.from_lines(data.decode("utf-8", "replace").splitlines())
    except ValueError:
        return None


def _matches(ignores: tuple[tuple[int, GitIgnoreSpec], ...], path: str) -> bool:
    for length, spec in ignores:
        included = spec.check_file(path[length:].replace(os.sep, "/")).include
        if included is not None:
            return included
    return False


def _is_entered(name: str, place: _Place) -> bool:
    """Of ``.terraform`` only ``modules`` is entered; providers are large and not sources."""
    return place.path.name != ".terraform" or name == "modules"


def _kind_by_name(name: str, place: _Place) -> SourceKind | None:
    if name.endswith(_TERRAFORM):
        return "terraform"
    if name.endswith(_VARIABLES):
        return "tfvars"
    if name == "terragrunt.hcl":
        return "other"
    if name in _KUSTOMIZE:
        return "kustomize"
    return _kind_in_chart(name, place) if place.chart or place.part else None


def _kind_in_chart(name: str, place: _Place) -> SourceKind | None:
    if place.chart and name in _CHART_FILES:
        return "helm"
    if place.chart and name.startswith("values") and name.endswith(_YAML):
        return "values"
    if place.part and name.endswith((*_YAML, ".tpl", ".json")):
        return "helm"
    return None
