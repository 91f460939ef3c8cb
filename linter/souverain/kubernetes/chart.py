"""Charts as they lie in the tree: their files, their subcharts, and the copy a renderer reads.

Subcharts come from ``charts/``, unpacked or as archives, and from ``file://`` repositories
of the project. Nothing is downloaded: what is not there is named in :attr:`Chart.missing`.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from souverain.kubernetes.documents import Problem
from souverain.kubernetes.model import Fields, Items, Node, Scalar
from souverain.kubernetes.reading import below, mapping
from souverain.kubernetes.templates import Template
from souverain.model import Phrase, SourceText, Span, phrase
from souverain.records import dataclass
from souverain.regex import regex
from souverain.sources import Tree

CHART: Final = "Chart.yaml"
VALUES: Final = "values.yaml"
SCHEMA: Final = "values.schema.json"
PARTS: Final = ("templates", "crds", "charts")
"""Directories of a chart that are nothing else."""

MAX_FILES: Final = 5_000
MAX_BYTES: Final = 64 << 20
MAX_DEPTH: Final = 8
"""Charts within charts."""

_OWN: Final = frozenset({CHART, VALUES, SCHEMA, "requirements.yaml", ".helmignore"})
_TEMPLATES: Final = (".yaml", ".yml", ".json", ".txt", ".tpl")
_ESCAPING: Final = frozenset({"", ".", ".."})
_DIALECT = regex(r"https?://json-schema\.org/")


class ChartError(Exception):
    """A chart cannot be prepared; ``reason`` says why, ``span`` where."""

    def __init__(self, reason: Phrase, span: Span | None = None) -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.span = span


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """A subchart that a chart declares."""

    name: str
    key: str
    """Under which the parent's values speak of it: its alias, else its name."""
    repository: str
    conditions: tuple[tuple[str, ...], ...]
    """Paths in the parent's values; the first that is written decides."""
    tags: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A chart with everything a renderer needs of it."""

    name: str
    kind: str
    manifest: Fields
    files: Mapping[str, SourceText]
    """Its own files by path within the chart, those of subcharts left out."""
    dependencies: tuple[Dependency, ...]
    subcharts: tuple[Chart, ...]
    values: Fields | None
    unchecked: bool
    """Its schema refers to other files, so values are not checked against it."""
    packed: bool
    """It lies in an archive, so nobody edits its files."""

    @property
    def span(self) -> Span:
        """Where a finding about the chart as a whole points: its name."""
        return next((e.node.span for e in self.manifest.entries if e.key == "name"), _start(self))

    def subchart(self, key: str) -> Chart | None:
        """The subchart that goes by a name or an alias."""
        name = next((d.name for d in self.dependencies if d.key == key), key)
        return next((chart for chart in self.subcharts if chart.name == name), None)

    def declaration(self, key: str) -> Span:
        """Where a subchart is declared, else where the chart is."""
        return next((d.span for d in self.dependencies if d.key == key), self.span)

    @property
    def missing(self) -> tuple[Dependency, ...]:
        """What it declares and does not hold."""
        held = {chart.name for chart in self.subcharts}
        return tuple(d for d in self.dependencies if d.name not in held)

    def write(self, target: Path, marked: bool, unmarked: frozenset[str], prefix: str = "") -> None:
        """Writes the copy a renderer reads. ``unmarked`` templates never bear marks."""
        prefix = prefix or self.name
        absent = {dependency.name for dependency in self.missing}
        for path, text in self.files.items():
            data = text.data
            if path == SCHEMA and self.unchecked:
                continue
            if absent and path in (CHART, "requirements.yaml"):
                manifest = mapping(text)
                data = _without(manifest, absent) if isinstance(manifest, Fields) else data
            elif marked and _is_template(path) and f"{prefix}/{path}" not in unmarked:
                data = _marked(data)
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        for number, chart in enumerate(self.subcharts):
            chart.write(
                target / "charts" / str(number),
                marked,
                unmarked,
                f"{prefix}/charts/{chart.name}",
            )

    def owner(self, template: str) -> tuple[tuple[str, ...], str]:
        """Keys that lead to the subchart of a rendered template, and its path there.

        Renderers name ``chart/charts/key/templates/x.yaml``.
        """
        _, _, path = template.partition("/")
        keys: tuple[str, ...] = ()
        while path.startswith("charts/") and path.count("/") > 1:
            _, key, path = path.split("/", 2)
            keys = (*keys, key)
        return keys, path

    def texts(self) -> Iterator[SourceText]:
        """Every file that takes part, subcharts included."""
        yield from self.files.values()
        for chart in self.subcharts:
            yield from chart.texts()


def load_chart(tree: Tree, directory: str) -> Chart:
    """Reads the chart of a directory. Raises :class:`ChartError`."""
    return _Loader(tree).load(directory, ())


class _Loader:
    """Reads one chart and its subcharts, within limits over all of them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files = 0
        self._bytes = 0

    def load(self, directory: str, within: tuple[str, ...]) -> Chart:
        files = dict(self._structure(directory))
        if any(b".Files" in text.data for text in files.values()):
            files.update(self._gather(directory, "", skip=frozenset(PARTS)))
        return self._assemble(files, directory, (*within, self._tree.followed(directory)))

    def _structure(self, directory: str) -> Iterator[tuple[str, SourceText]]:
        for name in self._tree.list(directory):
            path = below(directory, name)
            if name in _OWN:
                yield name, self._read(path)
            elif name in PARTS and self._tree.isdir(path):
                yield from self._gather(path, f"{name}/")

    def _gather(
        self, directory: str, prefix: str, skip: frozenset[str] = frozenset(), depth: int = 0
    ) -> Iterator[tuple[str, SourceText]]:
        if depth > 4 * MAX_DEPTH:
            raise ChartError(phrase("kubernetes.chart-too-deep"))
        for name in self._tree.list(directory):
            path = below(directory, name)
            if name in skip:
                continue
            if self._tree.isdir(path):
                yield from self._gather(path, f"{prefix}{name}/", depth=depth + 1)
            else:
                yield prefix + name, self._read(path)

    def _read(self, path: str) -> SourceText:
        text = self._tree.read(path)
        if isinstance(text, Phrase):
            raise ChartError(phrase("kubernetes.chart-file", path=path, reason=text))
        self._count(len(text.data))
        return text

    def _count(self, size: int) -> None:
        self._files += 1
        self._bytes += size
        if self._files > MAX_FILES or self._bytes > MAX_BYTES:
            limit = MAX_BYTES >> 20
            raise ChartError(phrase("kubernetes.chart-too-large", files=MAX_FILES, limit=limit))

    def _assemble(
        self, files: Mapping[str, SourceText], directory: str | None, within: tuple[str, ...]
    ) -> Chart:
        if len(within) > MAX_DEPTH:
            raise ChartError(phrase("kubernetes.chart-too-deep"))
        manifest = _mapping(files, CHART) if CHART in files else None
        if manifest is None:
            raise ChartError(phrase("kubernetes.chart-without-manifest"))
        own = {path: text for path, text in files.items() if not path.startswith("charts/")}
        dependencies = tuple(_dependencies(manifest, own))
        subcharts = list(self._vendored(files, directory, within))
        held = {chart.name for chart in subcharts}
        for dependency in dependencies:
            local = self._local(dependency, directory)
            if dependency.name not in held and local is not None:
                if self._tree.followed(local) in within:
                    raise ChartError(phrase("kubernetes.chart-too-deep"), dependency.span)
                subcharts.append(self.load(local, within))
                held.add(dependency.name)
        return Chart(
            manifest.text("name") or "chart",
            manifest.text("type") or "application",
            manifest,
            own,
            dependencies,
            tuple(subcharts),
            _mapping(own, VALUES) if VALUES in own else None,
            SCHEMA in own and _refers_elsewhere(own[SCHEMA].data),
            directory is None,
        )

    def _vendored(
        self, files: Mapping[str, SourceText], directory: str | None, within: tuple[str, ...]
    ) -> Iterator[Chart]:
        held: dict[str, dict[str, SourceText]] = {}
        for path, text in files.items():
            part, _, inner = path.removeprefix("charts/").partition("/")
            if not path.startswith("charts/") or part.startswith(("_", ".")):
                continue
            if inner:
                held.setdefault(part, {})[inner] = text
            elif part.endswith((".tgz", ".tar.gz")):
                yield self._assemble(self._unpacked(text), None, (*within, text.path))
        for part, inside in held.items():
            if CHART in inside:
                place = directory and below(directory, "charts", part)
                yield self._assemble(inside, place, (*within, f"{within[-1]}/charts/{part}"))

    def _unpacked(self, archive: SourceText) -> dict[str, SourceText]:
        """Files of an archive; each is shown as the archive, which is what lies in the tree."""
        files: dict[str, SourceText] = {}
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(archive.data)) as stream:
                data = stream.read(MAX_BYTES + 1)
            self._count(len(data))
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as packed:
                for member in packed:
                    _, _, path = member.name.partition("/")
                    parts = path.split("/")
                    if not member.isreg() or _ESCAPING & set(parts) or set(path) & set("\\:\0"):
                        continue
                    self._count(0)
                    content = packed.extractfile(member)
                    if content is not None:
                        files[path] = SourceText(archive.path, content.read())
        except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
            reason = phrase("kubernetes.archive-broken", path=archive.path, error=str(error))
            raise ChartError(reason) from error
        return files

    def _local(self, dependency: Dependency, directory: str | None) -> str | None:
        """Directory of a subchart that lies in the project."""
        if directory is None or not dependency.repository.startswith("file://"):
            return None
        place = self._tree.join(directory, dependency.repository.removeprefix("file://"))
        if place is None or not self._tree.exists(below(place, CHART)):
            return None
        return place


def _mapping(files: Mapping[str, SourceText], path: str) -> Fields | None:
    found = mapping(files[path])
    if isinstance(found, Problem):
        raise ChartError(found.reason, found.span)
    return found


def _dependencies(manifest: Fields, files: Mapping[str, SourceText]) -> Iterator[Dependency]:
    declaring = [manifest]
    if "requirements.yaml" in files:
        declaring += filter(None, [_mapping(files, "requirements.yaml")])
    for fields in declaring:
        declared = fields.get("dependencies")
        for item in declared.nodes if isinstance(declared, Items) else ():
            if isinstance(item, Fields) and item.text("name"):
                yield _dependency(item)


def _dependency(item: Fields) -> Dependency:
    name = item.text("name") or ""
    tags = item.get("tags")
    conditions = (item.text("condition") or "").split(",")
    return Dependency(
        name,
        item.text("alias") or name,
        item.text("repository") or "",
        tuple(tuple(path.strip().split(".")) for path in conditions if path.strip()),
        tuple(str(tag.value) for tag in tags if isinstance(tag, Scalar))
        if isinstance(tags, Items)
        else (),
        item.span,
    )


def _start(chart: Chart) -> Span:
    return Span(chart.manifest.span.source, 0, 0)


def _is_template(path: str) -> bool:
    name = path.rpartition("/")[2]
    partial = name.startswith("_") or name.endswith((".tpl", "NOTES.txt"))
    return path.startswith("templates/") and not partial and name.endswith(_TEMPLATES)


def _marked(data: bytes) -> bytes:
    try:
        return Template(data.decode()).marked().encode()
    except UnicodeDecodeError:
        return data


def _without(manifest: Fields, absent: set[str]) -> bytes:
    """A manifest without the subcharts that are not there, which would stop the renderer."""
    kept = {entry.key: _plain(entry.node) for entry in manifest.entries}
    declared = manifest.get("dependencies")
    kept["dependencies"] = [
        _plain(item)
        for item in (declared if isinstance(declared, Items) else ())
        if isinstance(item, Fields) and item.text("name") not in absent
    ]
    return json.dumps(kept).encode()


def _plain(node: Node) -> object:
    """A node as JSON values; numbers stay the text that was written (``version: 1.10``)."""
    if isinstance(node, Fields):
        return {entry.key: _plain(entry.node) for entry in node.entries}
    if isinstance(node, Items):
        return [_plain(item) for item in node]
    return node.value if isinstance(node.value, bool | str | None) else node.span.text


def _refers_elsewhere(schema: bytes) -> bool:
    """Whether checking values against a schema would read or fetch other files."""
    try:
        return _leads_out(json.loads(schema))
    except (ValueError, RecursionError):
        return True  # what cannot be told is not given to the renderer


def _leads_out(node: object) -> bool:
    if isinstance(node, list):
        return any(map(_leads_out, node))
    if not isinstance(node, dict):
        return False
    return any(
        _leads_out(value)
        if not isinstance(value, str)
        else (key in ("$ref", "$dynamicRef", "$recursiveRef") and not value.startswith("#"))
        or (key == "$schema" and not _DIALECT.match(value))
        for key, value in node.items()
    )
