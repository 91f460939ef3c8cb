"""What is in the tree: which files there are, which count, and the only way to read them.

One :class:`Tree` is one project. Nothing outside its root is ever read, and what is left
out is in :attr:`Tree.ledger` with the reason. Paths given and taken are *display paths*:
relative to the working directory, with ``/``.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from pathlib import Path

from souverain.model import Ledger, Phrase, SourceEntry, SourceKind, SourceText, phrase
from souverain.records import dataclass, field, replace
from souverain.sources.reading import MAX_PIPED, in_utf8, leads_outside, read_bytes
from souverain.sources.walk import (
    DEROGATIONS,
    MANIFEST,
    PRUNED,
    Found,
    display_path,
    walk,
)

__all__ = [
    "DEROGATIONS",
    "MANIFEST",
    "MAX_PIPED",
    "PIPED",
    "Exclusion",
    "Found",
    "SourcesError",
    "Tree",
    "discover",
    "in_utf8",
    "piped",
    "project_root",
    "read_named",
]

ROOT_MARKERS = (MANIFEST, ".git")

PIPED = "-"
"""Path of what was piped in."""


class SourcesError(Exception):
    """A path on the command line cannot be used; ``reason`` says why."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(reason.key)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Files taken out by the project, with the reason it gives (``exclude:``).

    ``pattern`` is written as in a ``.gitignore`` at the project root.
    """

    pattern: str
    reason: str


def discover(paths: Sequence[Path], cwd: Path | None = None) -> tuple[Tree, ...]:
    """One tree per project that the given paths touch, ordered by root.

    The project root of a path is its nearest ancestor with ``souverain.yaml`` or
    ``.git``, else the path itself (its directory for a file). A project inside a given
    directory is a tree of its own, so that a run on the whole and a run on one file of
    it agree. What a project says of itself is about all of it: its ``souverain.yaml`` and
    ``derogations.yaml`` stand for its root. Raises :class:`SourcesError` for a path
    that does not exist.
    """
    cwd = _absolute(Path.cwd() if cwd is None else cwd)
    given: dict[Path, set[Path]] = {}
    for path in paths:
        target = _absolute(cwd / path)
        if not target.exists():
            raise SourcesError(phrase("sources.no-such-path", path=display_path(target, cwd)))
        root = project_root(target)
        about_all = target.parent == root and target.name in (MANIFEST, DEROGATIONS)
        given.setdefault(root, set()).add(root if about_all else target)
    trees: dict[Path, Tree] = {}
    # Outer projects first: by then everything that is asked of an inner one is known.
    queue = [(len(root.parts), root) for root in given]
    heapq.heapify(queue)
    while queue:
        _, root = heapq.heappop(queue)
        if root in trees:
            continue
        trees[root] = tree = _scan(root, given[root], cwd)
        for nested in tree.nested:
            asked = {path for path in given[root] if nested.is_relative_to(path)}
            if asked:
                given.setdefault(nested, set()).update(asked)
                heapq.heappush(queue, (len(nested.parts), nested))
    return tuple(trees[root] for root in sorted(trees))


def piped(cwd: Path | None = None) -> Tree:
    """The project of the working directory without its files, for what was piped in."""
    cwd = _absolute(Path.cwd() if cwd is None else cwd)
    return Tree(project_root(cwd), cwd, (PIPED,), (), ())


def project_root(path: Path) -> Path:
    """Nearest ancestor of an absolute path that marks a project, else the path itself."""
    start = path if path.is_dir() else path.parent
    for directory in (start, *start.parents):
        if any((directory / marker).exists() for marker in ROOT_MARKERS):
            return directory
    return start


def read_named(path: Path, cwd: Path | None = None) -> SourceText | Phrase:
    """A file named on the command line (``--config``, ``--var-file``), wherever it is."""
    cwd = _absolute(Path.cwd() if cwd is None else cwd)
    target = _absolute(cwd / path)
    data = read_bytes(target)
    return data if isinstance(data, Phrase) else SourceText(display_path(target, cwd), data)


def _absolute(path: Path) -> Path:
    """Absolute without ``..``; symbolic links are kept, as the user wrote them."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links


def _scan(root: Path, given: set[Path], cwd: Path) -> Tree:
    found = walk(root, cwd, frozenset(given))
    shown = tuple(sorted(display_path(path, cwd) for path in given))
    texts = {each.path: each.text for each in found.inputs if each.text is not None}
    return Tree(root, cwd, shown, found.inputs, found.entries, found.projects, {**texts})


@dataclass(frozen=True, eq=False)
class Tree:
    """The files of one project."""

    root: Path
    """Absolute."""
    cwd: Path
    given: tuple[str, ...]
    """What the user asked for, of this project."""
    found: tuple[Found, ...]
    """Inputs that a later stage accounts for."""
    entries: tuple[SourceEntry, ...]
    nested: tuple[Path, ...] = ()
    """Roots of projects below this one; their files belong to them."""
    _texts: dict[str, SourceText | Phrase] = field(default_factory=dict, repr=False)

    # --- what there is ----------------------------------------------------------------

    def paths(self) -> tuple[str, ...]:
        """Files to analyse, sorted: Terraform, variables, plans, manifests, charts, overlays.

        Every one of them must end in the ledger; what is not here is in :attr:`ledger`.
        """
        return tuple(self._kinds)

    def kind(self, path: str) -> SourceKind:
        """Kind of one of :meth:`paths`; ``other`` for any other path."""
        return self._kinds.get(path, "other")

    @property
    def ledger(self) -> Ledger:
        """What was seen here and is not for a later stage: skipped, or not read yet."""
        return Ledger(self.entries)

    def excluding(self, exclusions: Sequence[Exclusion]) -> Tree:
        """The same tree without the excluded files, which go to the ledger as skipped."""
        if not exclusions:
            return self
        from pathspec import GitIgnoreSpec

        specs = [(GitIgnoreSpec.from_lines([e.pattern]), e.reason) for e in exclusions]

        def excluded(item: Found | SourceEntry) -> SourceEntry | None:
            relative = self.relative(item.path)
            for spec, reason in specs:
                if spec.match_file(relative):
                    why = phrase("sources.excluded", reason=reason)
                    return SourceEntry(item.path, item.kind, "skipped", why)
            return None

        entries = [excluded(entry) or entry for entry in self.entries]
        kept = []
        for item in self.found:
            entry = excluded(item)
            if entry is None:
                kept.append(item)
            else:
                entries.append(entry)
        entries.sort(key=lambda entry: entry.path)
        return replace(self, found=tuple(kept), entries=tuple(entries))

    @cached_property
    def _kinds(self) -> dict[str, SourceKind]:
        return {item.path: item.kind for item in self.found}

    # --- reading ----------------------------------------------------------------------

    def read(self, path: str) -> SourceText | Phrase:
        """A file of the project without its byte order mark, or why it cannot be read."""
        known = self._texts.get(path)
        if known is None:
            known = self._texts[path] = self._read(path)
        return known

    def _read(self, path: str) -> SourceText | Phrase:
        target = self._locate(path)
        if target is None:
            return phrase("sources.outside", root=self.display_root)
        data = read_bytes(target)
        return data if isinstance(data, Phrase) else SourceText(path, data)

    def exists(self, path: str) -> bool:
        """Whether a file or directory of the project is there."""
        target = self._locate(path)
        return target is not None and target.exists()

    def isdir(self, path: str) -> bool:
        """Whether ``path`` is a directory of the project."""
        target = self._locate(path)
        return target is not None and target.is_dir()

    def list(self, directory: str) -> tuple[str, ...]:
        """Names in a directory of the project, sorted; () when it cannot be listed."""
        target = self._locate(directory)
        if target is None:
            return ()
        try:
            return tuple(sorted({item.name for item in target.iterdir()} - PRUNED))
        except OSError:
            return ()

    # --- paths ------------------------------------------------------------------------

    def join(self, directory: str, relative: str) -> str | None:
        """``relative`` seen from ``directory``; None when it leaves the project."""
        if "\0" in relative:
            return None
        target = _absolute(self._absolute(directory) / relative)
        return display_path(target, self.cwd) if target.is_relative_to(self.root) else None

    def followed(self, path: str) -> str:
        """Where a path leads through symbolic links; itself when that is outside the project."""
        target = self._locate(path)
        if target is None:
            return path
        return display_path(self.root / target.resolve().relative_to(self._real_root), self.cwd)

    def given_covers(self, path: str) -> bool:
        """Whether ``path`` is what the user asked for, or lies below it."""
        return self._covers(path)

    def relative(self, path: str) -> str:
        """``path`` as seen from the project root (for patterns)."""
        return self._seen_from(self.root, path)

    def in_repository(self, path: str) -> str:
        """``path`` as seen from the repository, else from the project root.

        For fingerprints: those of two projects of one repository must differ.
        """
        return self._seen_from(self._repository, path)

    def from_repository(self, path: str) -> str | None:
        """The reverse of :meth:`in_repository`; None when it leads outside the project."""
        return self.join(display_path(self._repository, self.cwd), path)

    @cached_property
    def _repository(self) -> Path:
        """Nearest ancestor of the project with ``.git``, else the project itself."""
        ancestors = (self.root, *self.root.parents)
        return next((path for path in ancestors if (path / ".git").exists()), self.root)

    def installed(self, path: str) -> bool:
        """Whether ``path`` belongs to a module that ``terraform init`` downloaded."""
        # Most paths can be told without taking them apart.
        below = ".terraform" in path or ".terraform" in self.cwd.parts
        return below and ".terraform" in self.relative(path).split("/")

    @property
    def display_root(self) -> str:
        """The project root as shown to the user."""
        return display_path(self.root, self.cwd)

    def _absolute(self, path: str) -> Path:
        return _absolute(self.cwd / path)

    @cached_property
    def _seen_from(self) -> Callable[[Path, str], str]:
        # A run asks for the same few files again for each asset and finding.
        here = str(self.cwd)
        return cache(lambda base, path: display_path(os.path.join(here, path), base))  # noqa: PTH118

    @cached_property
    def _covers(self) -> Callable[[str], bool]:
        # As text: a run asks for every file that it found, and pathlib takes its time.
        def directory(path: str) -> str:
            whole = os.path.abspath(os.path.join(self.cwd, path))  # noqa: PTH100, PTH118
            return os.path.join(os.path.normcase(whole), "")  # noqa: PTH118

        given = tuple(map(directory, self.given))
        return cache(lambda path: directory(path).startswith(given))

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def _locate(self, path: str) -> Path | None:
        """Absolute path; None when it is, or leads by a symbolic link, outside the root."""
        if "\0" in path:
            return None
        target = self._absolute(path)
        if not target.is_relative_to(self.root):
            return None
        if target == self.root:
            return target
        # Directories are shared: only what is a link itself is followed each time.
        outside = self._leads_outside(target if target.is_symlink() else target.parent)
        return None if outside else target

    @cached_property
    def _leads_outside(self) -> Callable[[Path], bool]:
        return cache(lambda path: leads_outside(path, self._real_root))
