"""What a project says of itself: ``souverain.yaml``, or ``[tool.souverain]`` in pyproject.toml.

Nothing here has a default that stands for a legal fact: what is not declared stays
undeclared.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from souverain.model import Declared, Phrase, SourceText, Span, phrase
from souverain.project import vocabulary as words
from souverain.project.model import (
    Applied,
    Cluster,
    Context,
    Declaration,
    Input,
    Scenario,
    System,
)
from souverain.project.nodes import Node, Problem, ProjectError
from souverain.records import dataclass, field
from souverain.sources import MANIFEST, Exclusion, Tree, read_named

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from souverain.project.decode import Decoder

__all__ = [
    "Applied",
    "Cluster",
    "Context",
    "Declaration",
    "Exclusion",
    "Problem",
    "ProjectError",
    "ProjectFile",
    "Scenario",
    "System",
    "load",
]

PYPROJECT = "pyproject.toml"
TABLE = ("tool", "souverain")


@dataclass(frozen=True, eq=False)
class ProjectFile:
    """Everything a project declares. Without a file: nothing."""

    source: SourceText | None = None
    context: Context = field(default_factory=Context)
    """What holds everywhere: the entity, and further inputs."""
    systems: tuple[System, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    provider_defaults: Mapping[str, Mapping[str, Declaration[str]]] = field(default_factory=dict)
    exclude: tuple[Exclusion, ...] = ()
    extends: tuple[Path, ...] = ()
    """Folders of the project with policies of its own, absolute."""
    derogations: tuple[str, Span] | None = None
    """File with the derogations granted to the project, where it is named."""

    @property
    def entity(self) -> Declaration[str] | None:
        """Who carries the project."""
        return self.context.entity

    def context_for(self, address: str, path: str, namespace: str | None = None) -> Applied:
        """What is declared for a resource or object.

        ``path`` is its file relative to the project root. The most specific system wins
        whole: an address beats a namespace, which beats a path, which beats a system
        that names no place; then the longer pattern; then the one written first.
        """
        best: tuple[int, int] | None = None
        chosen: System | None = None
        for system in self.systems:
            rank = self._rank(system, address, path, namespace)
            if rank is not None and (best is None or rank > best):
                best, chosen = rank, system
        return _apply(self.context, chosen)

    def _rank(
        self, system: System, address: str, path: str, namespace: str | None
    ) -> tuple[int, int] | None:
        """How closely a system names a place; None when it is another place."""
        by_address = [p for p in system.addresses if _address_matches(p, address)]
        by_namespace = [p for p in system.namespaces if namespace and fnmatchcase(namespace, p)]
        by_path = [p for p in system.paths if self._specs[p].match_file(path)]
        for level, matching in ((3, by_address), (2, by_namespace), (1, by_path)):
            if matching:
                return level, max(map(_literal_length, matching))
        if system.addresses or system.namespaces or system.paths:
            return None
        return 0, 0

    @cached_property
    def _specs(self) -> dict[str, GitIgnoreSpec]:
        from pathspec import GitIgnoreSpec

        patterns = {pattern for system in self.systems for pattern in system.paths}
        return {pattern: GitIgnoreSpec.from_lines([pattern]) for pattern in patterns}


def load(tree: Tree, config: Path | None = None) -> ProjectFile:
    """Declarations of a project; ``config`` names another file to read instead.

    Raises :class:`ProjectError` with every problem of the file.
    """
    found = _find(tree, config)
    if found is None:
        return ProjectFile()
    # Most projects declare nothing: what reads declarations is imported where there are some.
    from souverain.project.decode import Decoder

    source, node = found
    decoder = Decoder()
    project = _decode(decoder, source, node, tree)
    if decoder.problems:
        raise ProjectError(*sorted(decoder.problems, key=lambda p: p.span.start))
    return project


def _find(tree: Tree, config: Path | None) -> tuple[SourceText, Node] | None:
    """The file that declares, read as nodes; None when the project declares nothing."""
    if config is not None:
        return _required(read_named(config, tree.cwd), config.as_posix())
    manifest = tree.join(tree.display_root, MANIFEST) or MANIFEST
    pyproject = tree.join(tree.display_root, PYPROJECT) or PYPROJECT
    table = _table(tree.read(pyproject)) if tree.exists(pyproject) else None
    if not tree.exists(manifest):
        return table
    if table is not None:
        raise ProjectError.at(phrase("project.declared-twice"), table[1].span)
    return _required(tree.read(manifest), manifest)


def _required(source: SourceText | Phrase, path: str) -> tuple[SourceText, Node]:
    if isinstance(source, Phrase):
        raise ProjectError.at(source, Span(SourceText(path, b""), 0, 0))
    if source.path.endswith(".toml"):
        table = _table(source)
        if table is None:
            raise ProjectError.at(phrase("project.no-table"), Span(source, 0, 0))
        return table
    from souverain.project.yamlnodes import read_yaml

    return source, read_yaml(source) or Node((), Span(source, 0, 0), mapping=True)


def _table(source: SourceText | Phrase) -> tuple[SourceText, Node] | None:
    # Someone else's file: when it cannot be read, that is not ours to report.
    if isinstance(source, Phrase) or b"souverain" not in source.data:
        return None
    from souverain.project.tomlnodes import read_toml

    node = read_toml(source, TABLE)
    return None if node is None else (source, node)


def _decode(decoder: Decoder, source: SourceText, node: Node, tree: Tree) -> ProjectFile:
    # pyproject.toml says its own version elsewhere; souverain.yaml must say which it follows.
    needed = () if source.path.endswith(".toml") else ("version",)
    fields = decoder.fields(node, words.TOP, needed)
    decoder.one(fields, "version", decoder.version)

    def folder(node: Node) -> Path:
        name = decoder.text(node)
        inside = tree.join(tree.display_root, name)
        if inside is None or not tree.isdir(inside):
            decoder.problems.append(Problem(phrase("project.no-folder", path=name), node.span))
        return tree.root / name

    return ProjectFile(
        source=source,
        context=decoder.context(fields),
        systems=decoder.each(fields, "systems", decoder.system),
        clusters=decoder.each(fields, "clusters", decoder.cluster),
        scenarios=decoder.each(fields, "scenarios", decoder.scenario),
        provider_defaults=decoder.one(fields, "provider_defaults", decoder.defaults) or {},
        exclude=decoder.each(fields, "exclude", decoder.exclusion),
        extends=decoder.each(fields, "extends", folder),
        derogations=decoder.one(fields, "derogations", lambda n: (decoder.text(n), n.span)),
    )


def _apply(everywhere: Context, system: System | None) -> Applied:
    local = system.context if system else Context()
    inputs: dict[str, Declaration[Input]] = {**everywhere.inputs, **local.inputs}
    named = {
        "entity": everywhere.entity,
        "data": local.data,
        "harm": local.harm,
        "environment": local.environment,
        "hosting_role": local.hosting_role,
    }
    declarations = {name: d for name, d in named.items() if d is not None} | inputs
    values: dict[str, Input] = {name: d.value for name, d in inputs.items()}
    for name, declaration in declarations.items():
        if declaration.justified and declaration.ref is not None:
            values[f"{name}.ref"] = declaration.ref
    spans = {name: declaration.span for name, declaration in declarations.items()}
    return Applied(
        Declared(
            entity=everywhere.entity.value if everywhere.entity else None,
            data=local.data.value if local.data else None,
            harm=local.harm.value if local.harm else None,
            environment=local.environment.value if local.environment else None,
            hosting_role=local.hosting_role.value if local.hosting_role else None,
            system=system.name if system else None,
            inputs=tuple(sorted(values.items())),
            spans=tuple(spans.items()),
        ),
        spans,
    )


def _address_matches(pattern: str, address: str) -> bool:
    """``*`` and ``?`` only: brackets are instance keys in an address, not sets.

    A pattern without instance key covers every instance, and everything below a module.
    """
    literal = pattern.replace("[", "[[]")
    return any(fnmatchcase(address, literal + tail) for tail in ("", "[[]*", ".*"))


def _literal_length(pattern: str) -> int:
    return sum(character not in "*?/" for character in pattern)
