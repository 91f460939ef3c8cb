"""Module directories of a project: which files Terraform would load, parsed once.

Source: Terraform, "Files and directories", "Override files"; OpenTofu, ``.tofu`` files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from functools import cached_property

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceKind, SourceText, phrase
from souverain.sources import Tree
from souverain.sources.account import Account
from souverain.terraform.definition import Definition, module_of, top_blocks
from souverain.terraform.overrides import merge

_SUFFIXES = (".tf.json", ".tofu.json", ".tf", ".tofu")

MAX_FILES = 10_000
"""Files below one directory that ``fileset`` may look at."""


class ModuleFiles:
    """Reads and parses module directories; keeps the account of their files."""

    def __init__(self, tree: Tree, account: Account) -> None:
        self.tree = tree
        self.account = account
        self._parsed: dict[str, ast.File | None] = {}
        self._definitions: dict[str, Definition | None] = {}
        self._below: dict[str, tuple[str, ...] | None] = {}

    @cached_property
    def by_directory(self) -> Mapping[str, tuple[str, ...]]:
        """Terraform files of the tree by directory (display paths), sorted by name."""
        found: dict[str, list[str]] = {}
        for path in self.tree.paths():
            if is_terraform(path):
                found.setdefault(directory_of(path), []).append(path)
        return {directory: tuple(sorted(paths)) for directory, paths in found.items()}

    def parse(self, path: str, kind: SourceKind | None = None) -> ast.File | None:
        """Syntax tree of a file, without accounting for it; None when it cannot be read.

        ``kind`` says what the file is read as, when its name may not.
        """
        if path not in self._parsed:
            text = self.tree.read(path)
            if isinstance(text, SourceText):
                self._parsed[path] = hcl.parse(text)
            else:
                self._parsed[path] = None
                self.account.file(path, kind or self.tree.kind(path), "failed", text)
        return self._parsed[path]

    def below(self, directory: str) -> tuple[str, ...] | None:
        """Files at any depth below a directory, relative to it, sorted; None when too many."""
        if directory not in self._below:
            self._below[directory] = self._list_below(directory)
        return self._below[directory]

    def _list_below(self, directory: str) -> tuple[str, ...] | None:
        found: list[str] = []
        pending = [""]
        while pending:
            below = pending.pop()
            for name in self.tree.list(posixpath.join(directory, below)):
                relative = posixpath.join(below, name)
                is_directory = self.tree.isdir(posixpath.join(directory, relative))
                (pending if is_directory else found).append(relative)
            if len(found) + len(pending) > MAX_FILES:
                return None
        return tuple(sorted(found))

    def called(self, directory: str, source: str) -> str | None:
        """Directory of a local module called from another; None when outside the project."""
        target = self.tree.join(directory, source)
        if target is None or target in self.by_directory:
            return target
        return self.tree.followed(target)

    def definition(self, directory: str) -> Definition | None:
        """What a directory declares; None when it holds no Terraform file."""
        if directory not in self._definitions:
            self._definitions[directory] = self._define(directory)
        return self._definitions[directory]

    def forget(self, directories: Iterable[str]) -> None:
        """Drops what was read of directories, and of modules installed for a root."""
        installed = filter(self.tree.installed, tuple(self._definitions))
        for directory in (*directories, *installed):
            self._definitions.pop(directory, None)
            for path in self.by_directory.get(directory, ()):
                self._parsed.pop(path, None)

    def _define(self, directory: str) -> Definition | None:
        paths = self.by_directory.get(directory)
        if not paths:
            return None
        used, shadowed = without_shadowed(paths)
        for path, by in shadowed:
            reason = phrase("terraform.shadowed-by-tofu", file=by)
            self.account.file(path, "terraform", "skipped", reason)
        base = [b for path in used if not is_override(path) for b in self._blocks(path)]
        overrides = [b for path in used if is_override(path) for b in self._blocks(path)]
        blocks, problems = merge(base, overrides)
        definition = module_of(directory, used, blocks)
        definition.problems.extend(problems)
        for problem in definition.problems:
            self.account.note("terraform", "failed", problem.reason, problem.span)
        return definition

    def _blocks(self, path: str) -> tuple[ast.Block, ...]:
        file = self.parse(path)
        if file is None:
            return ()
        self.read_report(path, file, "terraform")
        return top_blocks(file)

    def read_report(self, path: str, file: ast.File, kind: SourceKind) -> None:
        """Accounts for a file that takes part in an evaluation."""
        fatal = next((d for d in file.diagnostics if d.fatal), None)
        if fatal is None:
            self.account.file(path, kind, "analysed")
        else:
            self.account.file(path, kind, "failed", fatal.message, fatal.span)


def directory_of(path: str) -> str:
    """Directory of a display path, ``.`` for the working directory."""
    return posixpath.dirname(path) or "."


def is_terraform(path: str) -> bool:
    """Whether Terraform or OpenTofu loads a file of this name as configuration."""
    name = posixpath.basename(path)
    hidden = name.startswith((".", "#")) or name.endswith("~")
    return name.endswith(_SUFFIXES) and not hidden


def is_variables(path: str) -> bool:
    """Whether a file holds values of variables."""
    return path.endswith((".tfvars", ".tfvars.json"))


def is_override(path: str) -> bool:
    """Whether a configuration file is merged into the others after them."""
    stem, _ = split_suffix(path)
    return stem == "override" or stem.endswith("_override")


def split_suffix(path: str) -> tuple[str, str]:
    """Name of a configuration file and its suffix (``main``, ``.tf.json``)."""
    name = posixpath.basename(path)
    suffix = next((s for s in _SUFFIXES if name.endswith(s)), "")
    return name[: len(name) - len(suffix)], suffix


def without_shadowed(
    paths: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Files that are loaded, and (file, by) for each ``.tf`` that a ``.tofu`` stands in for.

    OpenTofu ignores ``x.tf`` beside ``x.tofu``; a project that keeps both is deployed
    with OpenTofu, so its reading wins.
    """
    names = {posixpath.basename(path): path for path in paths}
    shadowed = []
    for path in paths:
        stem, suffix = split_suffix(path)
        by = names.get(stem + suffix.replace(".tf", ".tofu", 1)) if ".tf" in suffix else None
        if by is not None:
            shadowed.append((path, by))
    hidden = {path for path, _ in shadowed}
    return tuple(path for path in paths if path not in hidden), tuple(shadowed)
