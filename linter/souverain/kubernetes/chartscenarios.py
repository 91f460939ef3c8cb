"""With which values a chart is deployed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Final

from souverain.kubernetes.documents import Problem
from souverain.kubernetes.model import Fields
from souverain.kubernetes.reading import below, mapping
from souverain.kubernetes.rendering import RenderOptions
from souverain.model import Phrase, SourceEntry, SourceText, Span, phrase
from souverain.project import ProjectFile
from souverain.records import dataclass
from souverain.sources import Tree, read_named

_BESIDE: Final = ("values-*", "values_*", "values.*", "*-values", "*.values")
_YAML: Final = (".yaml", ".yml")
_ENVIRONMENTS: Final = "environments"


@dataclass(frozen=True, slots=True, eq=False)
class ChartScenario:
    """One set of values files, over those of the chart itself."""

    name: str | None
    texts: tuple[SourceText, ...]
    fields: tuple[Fields, ...]
    """What each file holds."""


class ChartScenarios:
    """Scenarios of the charts of a project; files that cannot be used go to ``entries``."""

    def __init__(
        self,
        tree: Tree,
        project: ProjectFile,
        options: RenderOptions,
        entries: dict[SourceEntry, None],
    ) -> None:
        self._tree = tree
        self._project = project
        self._entries = entries
        self._replaced = bool(options.values or options.sets)
        given = [read_named(path, tree.cwd) for path in options.values]
        self._given = [
            self._usable(text, str(path)) for text, path in zip(given, options.values, strict=True)
        ]

    def of(self, directory: str) -> Iterator[ChartScenario]:
        """Those of the chart in a directory whose files can all be read."""
        if self._replaced:
            yield from self._scenario(None, self._given)
            return
        found = [*self._declared(directory)] or [*self._beside(directory)]
        for name, paths in found:
            yield from self._scenario(name, [self._read(path) for path in paths])
        if not found:
            yield ChartScenario(None, (), ())

    def files(self, directory: str) -> Iterator[str]:
        """Values files that belong to a chart, whether or not they are used."""
        yield from (path for _, paths in self._beside(directory) for path in paths)
        yield from (path for _, paths in self._declared(directory) for path in paths)

    def _declared(self, directory: str) -> Iterator[tuple[str, list[str]]]:
        for scenario in self._project.scenarios:
            if posixpath.normpath(scenario.root) != self._tree.relative(directory):
                continue
            paths = [self._tree.join(directory, name) for name in scenario.var_files]
            inside = [path for path in paths if path is not None]
            if len(inside) < len(paths):
                reason = phrase("kubernetes.scenario-outside", name=scenario.name)
                self._fail(scenario.span.file, reason, scenario.span)
            else:
                yield scenario.name, inside

    def _beside(self, directory: str) -> Iterator[tuple[str, list[str]]]:
        for name in self._tree.list(directory):
            stem, extension = posixpath.splitext(name)
            path = below(directory, name)
            if extension in _YAML and any(fnmatch(stem, each) for each in _BESIDE):
                yield stem, [path]
            elif name == _ENVIRONMENTS:
                for environment in self._tree.list(path):
                    values = below(path, environment, "values.yaml")
                    if self._tree.exists(values):
                        yield environment, [values]

    def _scenario(
        self, name: str | None, read: list[tuple[SourceText, Fields] | None]
    ) -> Iterator[ChartScenario]:
        usable = [each for each in read if each is not None]
        if len(usable) == len(read):
            texts, fields = [text for text, _ in usable], [fields for _, fields in usable]
            yield ChartScenario(name, tuple(texts), tuple(fields))

    def _read(self, path: str) -> tuple[SourceText, Fields] | None:
        return self._usable(self._tree.read(path), path)

    def _usable(self, text: SourceText | Phrase, path: str) -> tuple[SourceText, Fields] | None:
        if isinstance(text, Phrase):
            self._fail(path, text, None)
            return None
        found = mapping(text)
        if isinstance(found, Problem):
            self._fail(path, found.reason, found.span)
            return None
        return text, found or Fields((), Span(text, 0, 0))

    def _fail(self, path: str, reason: Phrase, span: Span | None) -> None:
        entry = SourceEntry(path, "values", "failed", reason, span)
        self._entries.setdefault(entry)
