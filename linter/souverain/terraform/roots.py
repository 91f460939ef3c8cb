"""Which directories of a project are roots, and in which scenarios each is evaluated.

A root is a directory with Terraform files that nothing in the project calls as a module,
or a called one with a backend or variable files of its own. Callers are sought in the
whole project, so that a run on one file and a run on everything agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from souverain.model import SourceText
from souverain.records import dataclass
from souverain.terraform.calls import is_local
from souverain.terraform.definition import Members, top_blocks
from souverain.terraform.files import ModuleFiles, directory_of, is_variables

_LOCAL_SOURCE = re.compile(rb'"(?:\.{1,2}[/\\]|\.{1,2}")')
"""A quoted relative path: without one, a file calls no module of the project."""

_BACKEND = re.compile(rb"\b(?:backend|cloud)\b")
"""Without either word, a file says nothing of where the state is kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """A root, and the directories it reaches through module calls, itself included."""

    directory: str
    reached: frozenset[str]


class RootFinder:
    """Call graph of the module directories of one project."""

    def __init__(self, files: ModuleFiles) -> None:
        self._files = files
        self._tree = files.tree

    @cached_property
    def directories(self) -> tuple[str, ...]:
        """Directories that may be roots: not those of installed modules."""
        return tuple(sorted(d for d in self._files.by_directory if not self._tree.installed(d)))

    @cached_property
    def _calls(self) -> Mapping[str, frozenset[str]]:
        return {d: frozenset(self._called_by(d)) for d in self.directories}

    def _called_by(self, directory: str) -> Iterator[str]:
        for path in self._files.by_directory[directory]:
            if not self._mentions(path, _LOCAL_SOURCE):
                continue
            file = self._files.parse(path)
            for block in top_blocks(file) if file is not None else ():
                source = Members(block.body).text("source") if block.type == "module" else None
                target = source and is_local(source) and self._files.called(directory, source)
                if target:
                    yield target

    @cached_property
    def variable_files(self) -> Mapping[str, tuple[str, ...]]:
        """tfvars files by directory."""
        found: dict[str, list[str]] = {}
        for path in self._tree.paths():
            if is_variables(path):
                found.setdefault(directory_of(path), []).append(path)
        return {directory: tuple(paths) for directory, paths in found.items()}

    @cached_property
    def roots(self) -> tuple[Found, ...]:
        """All roots of the project, by directory."""
        called = {target for targets in self._calls.values() for target in targets}
        chosen = [d for d in self.directories if d not in called or self._stands_alone(d)]
        reached = set(self._reach(chosen))
        for directory in self.directories:
            # Modules that only call one another: nothing deploys them, but they are seen.
            if directory not in reached:
                chosen.append(directory)
                reached |= set(self._reach([directory]))
        return tuple(Found(d, frozenset(self._reach([d]))) for d in sorted(chosen))

    def _stands_alone(self, directory: str) -> bool:
        if directory in self.variable_files:
            return True
        if not any(self._mentions(p, _BACKEND) for p in self._files.by_directory[directory]):
            return False
        definition = self._files.definition(directory)
        return definition is not None and definition.backend is not None

    def _mentions(self, path: str, words: re.Pattern[bytes]) -> bool:
        text = self._tree.read(path)
        return isinstance(text, SourceText) and words.search(text.data) is not None

    def _reach(self, starts: Iterable[str]) -> Iterator[str]:
        seen: set[str] = set()
        pending = list(starts)
        while pending:
            directory = pending.pop()
            if directory not in seen:
                seen.add(directory)
                yield directory
                pending.extend(self._calls.get(directory, ()))

    def wanted(self, root: Found) -> bool:
        """Whether any file the root reads lies under what the user asked for."""
        paths = (
            path
            for directory in sorted(root.reached)
            for path in (
                *self._files.by_directory.get(directory, ()),
                *self.variable_files.get(directory, ()),
            )
        )
        return any(self._tree.given_covers(path) for path in paths)
