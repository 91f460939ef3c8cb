"""Charts to objects: every chart of the project in each of its scenarios.

A chart is a directory with ``Chart.yaml`` that is not a vendored subchart. Its scenarios are
those ``souverain.yaml`` names, else the values files beside it, else its own values alone;
values of the command line replace them all.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from souverain.kubernetes import model
from souverain.kubernetes.chart import (
    CHART,
    PARTS,
    SCHEMA,
    VALUES,
    Chart,
    ChartError,
    Dependency,
    load_chart,
)
from souverain.kubernetes.chartscenarios import ChartScenarios
from souverain.kubernetes.chartvalues import Values, enabled
from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.helmrendering import Job, Manifest, Renderer, find_renderer
from souverain.kubernetes.model import KubernetesObject, KubernetesRoot, Renderings
from souverain.kubernetes.objects import distinct, from_document
from souverain.kubernetes.relocation import FixedPlace, Places, relocated
from souverain.kubernetes.rendering import (
    Refused,
    RenderOptions,
    in_parallel,
    workspace,
)
from souverain.kubernetes.templateplaces import TemplateFile, TemplatePlaces
from souverain.model import Phrase, SourceEntry, SourceStatus, SourceText, Span, phrase
from souverain.project import ProjectFile
from souverain.records import dataclass, field, replace
from souverain.regex import regex
from souverain.sources import Tree

_LOCK: Final = "Chart.lock"
_OWN: Final = frozenset({CHART, _LOCK, VALUES, "values.yml", SCHEMA, "requirements.yaml"})
_CI: Final = "ci"
"""Directory of values that only try a chart out."""
_BELOW: Final = (*PARTS, _CI, "files")
"""Directories of a chart whose files belong to it."""

_HOOK: Final = "helm.sh/hook"
_TESTS: Final = frozenset({"test", "test-success", "test-failure"})

_PLACE = regex(
    r"([\w./@+-]+?/(?:charts/[\w.@+-]+/)*templates/[\w/@+-]+(?:\.[\w/@+-]+)*)(?::(\d+))?"
)


def load(
    tree: Tree,
    project: ProjectFile,
    options: RenderOptions,
    inflated: frozenset[str] = frozenset(),
) -> Renderings:
    """Renders the charts that touch what the user asked for, in all their scenarios.

    ``inflated`` are directories of charts that are rendered already, by overlays.
    """
    return _Loader(tree, project, options, inflated).load()


def chart_directories(tree: Tree) -> tuple[str, ...]:
    """Directories of the charts of a project, vendored subcharts left out."""
    paths = [path for path in tree.paths() if posixpath.basename(path) == CHART]
    found = {posixpath.dirname(path) or "." for path in paths}
    return tuple(sorted(each for each in found if not _is_vendored(each, found)))


def _is_vendored(directory: str, charts: set[str]) -> bool:
    """Whether a directory is below ``charts/`` of a chart."""
    parts = directory.split("/")
    return any(
        part == "charts" and ("/".join(parts[:at]) or ".") in charts
        for at, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One chart in one scenario."""

    directory: str
    scenario: str | None
    job: Job
    values: Values


@dataclass(slots=True)
class _Made:
    """What one run gives."""

    run: _Run
    objects: list[KubernetesObject] = field(default_factory=list)
    files: dict[str, TemplateFile] = field(default_factory=dict)


class _Loader:
    """One call of :func:`load`."""

    def __init__(
        self,
        tree: Tree,
        project: ProjectFile,
        options: RenderOptions,
        inflated: frozenset[str],
    ) -> None:
        self._tree = tree
        self._inflated = inflated
        self._options = options
        self._renderer: Renderer | None = find_renderer()
        self._entries: dict[SourceEntry, None] = {}
        self._spoken_for: dict[SourceEntry, dict[str, None]] = {}
        """Files that an entry is the account of, beside its own."""
        self._scenarios = ChartScenarios(tree, project, options, self._entries)
        self._parts: Mapping[str, tuple[str, ...]] = {}

    def load(self) -> Renderings:
        directories = [d for d in chart_directories(self._tree) if d not in self._inflated]
        self._parts = self._parts_of(directories)
        wanted = [each for each in directories if self._is_wanted(each)]
        runs = [run for directory in wanted for run in self._runs(directory)]
        found = in_parallel(self._options.jobs, self._render, runs)
        roots = [self._root(run, made) for run, made in zip(runs, found, strict=True)]
        done = [r for r, made in zip(runs, found, strict=True) if not isinstance(made, Refused)]
        loose = self._loose_values(runs, done)
        self._account_for_parts(runs, done, loose)
        self._account_for_missing(done)
        return Renderings(
            tuple(root for root in roots if root is not None),
            tuple(replace(e, speaks_for=tuple(self._spoken_for.get(e, ()))) for e in self._entries),
            frozenset(p for parts in self._parts.values() for p in parts if p not in loose),
        )

    def _loose_values(self, runs: Iterable[_Run], done: Iterable[_Run]) -> frozenset[str]:
        """Values files of charts that gave nothing: read by themselves, they still tell hosts,
        registries and regions."""
        refused = {run.directory for run in runs} - {run.directory for run in done}
        return frozenset(
            path
            for directory in refused
            for path in self._parts[directory]
            if self._tree.kind(path) == "values" and f"/{_CI}/" not in path
        )

    def _is_wanted(self, directory: str) -> bool:
        covers = self._tree.given_covers
        return covers(directory) or any(map(covers, self._parts[directory]))

    def _parts_of(self, directories: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Files of the project that belong to each chart."""
        parts = {each: dict.fromkeys(self._scenarios.files(each)) for each in directories}
        known = frozenset(self._tree.paths())
        for path in self._tree.paths():
            directory = path
            while directory not in (".", "") and directory not in parts:
                directory = posixpath.dirname(directory) or "."
            if directory in parts:
                inside = path if directory == "." else path.removeprefix(f"{directory}/")
                part, _, inner = inside.partition("/")
                if part in (_BELOW if inner else _OWN):
                    parts[directory][path] = None
        return {each: tuple(p for p in paths if p in known) for each, paths in parts.items()}

    # --- what there is to render ------------------------------------------------------

    def _runs(self, directory: str) -> Iterator[_Run]:
        try:
            chart = load_chart(self._tree, directory)
        except ChartError as error:
            self._set_aside(directory, "failed", error.reason, error.span)
            return
        if chart.kind == "library":
            self._set_aside(directory, "skipped", phrase("kubernetes.chart-library"), chart.span)
            return
        if "name" not in chart.manifest.keys:
            self._set_aside(directory, "undecided", phrase("kubernetes.chart-nameless"), chart.span)
            return
        if self._renderer is None:
            reason = phrase("kubernetes.no-helm", command=f"helm template {directory}")
            self._set_aside(directory, "undecided", reason, chart.span)
            return
        runs = [
            _Run(
                directory,
                scenario.name,
                Job(chart, scenario.texts, self._options.sets),
                Values.of(chart, scenario.fields),
            )
            for scenario in self._scenarios.of(directory)
        ]
        if chart.unchecked:
            reason = phrase("kubernetes.schema-elsewhere")
            self._account(chart.files[SCHEMA].path, "skipped", reason)
        yield from runs

    def _render(self, run: _Run) -> tuple[Manifest, ...] | Refused:
        self._options.tell(phrase("kubernetes.rendering", path=run.directory))
        assert self._renderer is not None
        try:
            with workspace() as home:
                return self._renderer.render(run.job, home)
        except OSError as error:
            return Refused(error.strerror or type(error).__name__)

    # --- what it gives ----------------------------------------------------------------

    def _root(self, run: _Run, found: tuple[Manifest, ...] | Refused) -> KubernetesRoot | None:
        chart = run.job.chart
        if isinstance(found, Refused):
            self._account_for_refusal(run, found)
            return None
        made = _Made(run)
        for manifest in found:
            self._read(manifest, made)
        for text in _definitions(chart, run.values):
            self._collect(text, None, made)
        made.objects += _for_missing(run)
        if not made.objects and not any(_missing(run)):
            reason = phrase("kubernetes.chart-empty", command=run.job.command(run.directory))
            self._account(chart.span.file, "undecided", reason, chart.span)
        files = set(_read_by(run))
        return KubernetesRoot(
            path=run.directory,
            scenario=run.scenario,
            kind="helm",
            span=chart.span,
            files=tuple(sorted(files)),
            objects=distinct(sorted(made.objects, key=_by_place)),
            chart=chart.name,
        )

    def _read(self, manifest: Manifest, made: _Made) -> None:
        """Objects of one rendered text, at their places in the template."""
        chart, values = made.run.job.chart, made.run.values
        keys, path = chart.owner(manifest.template)
        packed: Span | None = None
        for key in keys:
            below = chart.subchart(key)
            if below is None:
                break
            if below.packed and packed is None:
                packed = chart.declaration(key)
            chart, values = below, values.below(key, below)
        source = chart.files.get(path)
        if source is None or packed is not None:
            place = packed or made.run.job.chart.span
            rendered = SourceText(place.file, manifest.text.encode())
            self._collect(rendered, FixedPlace(place), made)
            return
        file = made.files.get(source.path)
        if file is None:
            file = made.files[source.path] = TemplateFile(source)
        rendered = SourceText(source.path, manifest.text.encode())
        self._collect(rendered, TemplatePlaces(rendered, file, manifest.lines, values), made)

    def _collect(self, text: SourceText, places: Places | None, made: _Made) -> None:
        parsed = parse(text)
        for document in parsed.documents:
            body = relocated(document.body, places) if places else document.body
            for each in from_document(body, self._options.kinds):
                if isinstance(each, Problem):
                    self._account(each.span.file, each.status, each.reason, each.span)
                elif _is_test(each):
                    reason = phrase("kubernetes.chart-test", address=each.address)
                    self._account(each.span.file, "skipped", reason, each.span)
                else:
                    made.objects.append(each)
        for problem in parsed.problems:
            # What a template writes twice has one value all the same: the last.
            if places is not None and problem.reason.key == "kubernetes.key-twice":
                continue
            span = places.place(problem.span) if places else problem.span
            self._account(span.file, problem.status, problem.reason, span)

    # --- the account ------------------------------------------------------------------

    def _account(
        self,
        path: str,
        status: SourceStatus,
        reason: Phrase | None,
        span: Span | None = None,
        speaks_for: tuple[str, ...] = (),
    ) -> None:
        kind = "helm" if self._tree.kind(path) == "other" else self._tree.kind(path)
        entry = SourceEntry(path, kind, status, reason, span)
        self._entries.setdefault(entry)
        self._spoken_for.setdefault(entry, {}).update(dict.fromkeys(speaks_for))

    def _set_aside(
        self, directory: str, status: SourceStatus, reason: Phrase, span: Span | None
    ) -> None:
        """A chart that is not rendered: one entry tells why, the others lead to it."""
        manifest = posixpath.normpath(posixpath.join(directory, CHART))
        parts = self._parts[directory]
        self._account(span.file if span else manifest, status, reason, span, parts)
        for path in self._parts[directory]:
            self._account(path, "skipped", phrase("kubernetes.chart-part", chart=directory))

    def _account_for_parts(
        self, runs: Iterable[_Run], done: Iterable[_Run], loose: frozenset[str]
    ) -> None:
        """What became of each file of the charts that Helm was given; of loose values, those
        tell who read them."""
        rendered = {run.directory: set[str]() for run in runs}
        given = {path for run in runs for path in _read_by(run)}
        for run in done:
            rendered[run.directory].update(_read_by(run))
        for directory, used in rendered.items():
            for path in self._parts[directory]:
                if path in loose:
                    continue
                if path in used or (used and posixpath.basename(path) == _LOCK):
                    self._account(path, "analysed", None)
                elif path in given or self._tree.kind(path) != "values":
                    reason = phrase("kubernetes.chart-part", chart=directory)
                    self._account(path, "skipped", reason)
                else:
                    self._account(path, "skipped", phrase("kubernetes.values-unused"))

    def _account_for_missing(self, runs: Sequence[_Run]) -> None:
        """One entry for each chart that was rendered without subcharts it should have."""
        names: dict[str, dict[str, None]] = {}
        charts = {run.directory: run.job.chart for run in runs}
        for run in runs:
            for each in _missing(run):
                names.setdefault(run.directory, {})[each.name] = None
        for directory, missing in names.items():
            chart = charts[directory]
            command = f"helm dependency build {directory}"
            reason = phrase(
                "kubernetes.subchart-missing", names=", ".join(missing), command=command
            )
            parts = self._parts[directory]
            self._account(chart.span.file, "undecided", reason, chart.missing[0].span, parts)

    def _account_for_refusal(self, run: _Run, refused: Refused) -> None:
        chart = run.job.chart
        span = _place(chart, refused.message) or chart.span
        message = run.values.without_secrets(refused.message)
        command = run.job.command(run.directory)
        parts = self._parts[run.directory]
        if chart.missing:
            names = ", ".join(each.name for each in chart.missing)
            first = f"helm dependency build {run.directory}"
            reason = phrase(
                "kubernetes.subchart-needed", names=names, command=first, message=message
            )
            self._account(chart.span.file, "undecided", reason, chart.missing[0].span, parts)
        else:
            reason = phrase("kubernetes.render-failed", message=message, command=command)
            self._account(span.file, "failed", reason, span, parts)


def _missing(run: _Run) -> Iterator[Dependency]:
    """Subcharts that take part and are not there."""
    for each in run.job.chart.missing:
        if enabled(run.values, each.conditions, each.tags):
            yield each


def _for_missing(run: _Run) -> Iterator[KubernetesObject]:
    """Values written for subcharts that are not there: they still tell hosts and regions."""
    for each in _missing(run):
        body = run.values.of_subchart(each.key)
        if body is not None:
            span = Span(body.span.source, body.start, body.start)
            address = f"{model.VALUES}/{each.key}"
            yield KubernetesObject("", model.VALUES, None, each.key, address, body, span)


def _is_test(each: KubernetesObject) -> bool:
    """Whether an object is only made by ``helm test``, and is no part of what is deployed."""
    hooks = (each.body.text("metadata", "annotations", _HOOK) or "").split(",")
    return {hook.strip() for hook in hooks} <= _TESTS


def _read_by(run: _Run) -> Iterator[str]:
    """Paths of the files that a renderer reads in one run."""
    return (text.path for text in (*run.job.chart.texts(), *run.job.values))


def _definitions(chart: Chart, values: Values) -> Iterator[SourceText]:
    """Definitions of custom resources, which are not templates, of all that takes part."""
    for path, text in chart.files.items():
        if path.startswith("crds/") and path.endswith((".yaml", ".yml", ".json")):
            yield text
    for dependency in chart.dependencies:
        below = chart.subchart(dependency.key)
        if below is not None and enabled(values, dependency.conditions, dependency.tags):
            yield from _definitions(below, values.below(dependency.key, below))


def _place(chart: Chart, message: str) -> Span | None:
    """The template line a renderer complains of: the innermost it names."""
    found: list[tuple[str, str]] = _PLACE.findall(message)
    found.reverse()
    found.sort(key=lambda each: not each[1])
    for template, line in found:
        keys, path = chart.owner(template)
        owner: Chart | None = chart
        for key in keys:
            owner = owner.subchart(key) if owner is not None else None
        if owner is not None and path in owner.files and not owner.packed:
            return TemplateFile(owner.files[path]).line(int(line or 1))
    return None


def _by_place(each: KubernetesObject) -> tuple[str, int, str]:
    return (each.span.file, each.span.start, each.address)
