"""Which directories of a project are roots, and in which scenarios each is evaluated.

A root is a directory with Terraform files that nothing in the project calls as a module,
or a called one with a backend or variable files of its own. Callers are sought in the
whole project, so that a run on one file and a run on everything agree; what cannot have to
do with what was asked for is told by a look at the text, and not parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from souverain.model import SourceText
from souverain.records import dataclass
from souverain.regex import regex
from souverain.terraform.calls import is_local
from souverain.terraform.definition import Members, top_blocks
from souverain.terraform.files import ModuleFiles, directory_of, is_variables

_LOCAL_SOURCE = regex(rb'"(?=\.{1,2}["/\\])')
"""Start of a quoted relative path: without one, a file calls no module of the project."""

_SPELLED_OUT = regex(rb'"(?=(\.{1,2}(?:/[^"\\$%\r\n\x80-\xff]*)?)")')
"""Start of a quoted relative path that means what is written."""

_BACKEND = regex(rb"\b(?:backend|cloud)\b")
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
        self._found: dict[str, frozenset[str]] = {}

    @cached_property
    def directories(self) -> tuple[str, ...]:
        """Directories that may be roots: not those of installed modules."""
        return tuple(sorted(d for d in self._files.by_directory if not self._tree.installed(d)))

    @cached_property
    def _mentions(self) -> Mapping[str, frozenset[str]]:
        """The directories that each may call, and others: all that its files mention."""
        return {d: frozenset(self._mentioned_by(d)) for d in self.directories}

    def _mentioned_by(self, directory: str) -> Iterator[str]:
        for path in self._files.by_directory[directory]:
            text = self._text(path)
            sources = _SPELLED_OUT.findall(text)
            if len(sources) < len(_LOCAL_SOURCE.findall(text)):
                yield from self._called_in(path)
            else:
                yield from self._targets(directory, map(bytes.decode, sources))

    def _calls(self, directory: str) -> frozenset[str]:
        """The directories that one really calls."""
        if directory not in self._found:
            found = self._called_by(directory) if self._mentions.get(directory) else ()
            self._found[directory] = frozenset(found)
        return self._found[directory]

    def _called_by(self, directory: str) -> Iterator[str]:
        for path in self._files.by_directory[directory]:
            yield from self._called_in(path)

    def _called_in(self, path: str) -> Iterator[str]:
        if _LOCAL_SOURCE.search(self._text(path)) is None:
            return
        file = self._files.parse(path)
        blocks = top_blocks(file) if file is not None else ()
        sources = (Members(b.body).text("source") for b in blocks if b.type == "module")
        yield from self._targets(directory_of(path), filter(None, sources))

    def _targets(self, directory: str, sources: Iterable[str]) -> Iterator[str]:
        for source in sources:
            target = is_local(source) and self._files.called(directory, source)
            if target:
                yield target

    def _text(self, path: str) -> bytes:
        """A file as it is; nothing when it cannot be read."""
        text = self._tree.read(path)
        return text.data if isinstance(text, SourceText) else b""

    @cached_property
    def variable_files(self) -> Mapping[str, tuple[str, ...]]:
        """tfvars files by directory."""
        found: dict[str, list[str]] = {}
        for path in self._tree.paths():
            if is_variables(path):
                found.setdefault(directory_of(path), []).append(path)
        return {directory: tuple(paths) for directory, paths in found.items()}

    def roots(self, asked: Collection[str]) -> tuple[Found, ...]:
        """Roots that may reach one of some directories, by directory: no other does.

        Whether a directory is a root depends on its callers only, and these lead to the same.
        """
        leading = self._leading_to(asked)
        called = {target for directory in leading for target in self._calls(directory)}
        chosen = [d for d in leading if d not in called or self._stands_alone(d)]
        reached = set(_reach(chosen, self._calls))
        for directory in leading:
            # Modules that only call one another: nothing deploys them, but they are seen.
            if directory not in reached:
                chosen.append(directory)
                reached |= set(_reach([directory], self._calls))
        return tuple(Found(d, frozenset(_reach([d], self._calls))) for d in sorted(chosen))

    def _leading_to(self, asked: Collection[str]) -> list[str]:
        """Directories that may reach one of ``asked``, themselves included, sorted."""
        callers: dict[str, list[str]] = {}
        for directory, targets in self._mentions.items():
            for target in targets:
                callers.setdefault(target, []).append(directory)
        leading = set(_reach(asked, lambda directory: callers.get(directory, ())))
        return [directory for directory in self.directories if directory in leading]

    def _stands_alone(self, directory: str) -> bool:
        if directory in self.variable_files:
            return True
        if not any(map(_BACKEND.search, map(self._text, self._files.by_directory[directory]))):
            return False
        definition = self._files.definition(directory)
        return definition is not None and definition.backend is not None

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


def _reach(starts: Iterable[str], following: Callable[[str], Iterable[str]]) -> Iterator[str]:
    seen: set[str] = set()
    pending = list(starts)
    while pending:
        directory = pending.pop()
        if directory not in seen:
            seen.add(directory)
            yield directory
            pending.extend(following(directory))
