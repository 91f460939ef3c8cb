"""Files of manifests to roots: the objects of a directory, a values file, what was piped in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby

from souverain.catalog.kinds import KindTable
from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.model import (
    VALUES,
    Fields,
    KubernetesObject,
    KubernetesRoot,
    UnreadObjects,
)
from souverain.kubernetes.nodes import Texts
from souverain.kubernetes.objects import distinct, from_document
from souverain.model import Phrase, SourceKind, SourceText, Span, phrase
from souverain.records import replace
from souverain.sources import MAX_PIPED, Tree, in_utf8
from souverain.sources.account import Account


class Manifests:
    """Reads manifests and values files of a project, and accounts for them."""

    def __init__(self, tree: Tree, kinds: KindTable, account: Account) -> None:
        self._tree = tree
        self._kinds = kinds
        self._account = account
        self._texts = Texts()

    def directories(self, paths: Iterable[str]) -> Iterator[KubernetesRoot]:
        """One root for each directory that holds objects, or that nobody asked for."""
        for directory, inside in groupby(sorted(paths, key=posixpath.split), posixpath.dirname):
            sources = [source for path in inside if (source := self._read(path)) is not None]
            files = tuple(source.path for source in sources)
            read = partial(self._together, sources)
            asked = any(map(self._tree.given_covers, (directory or ".", *files)))
            texts = (source.data for source in sources)
            objects = read() if asked else UnreadObjects(texts, read)
            if sources and objects:
                start = Span(sources[0], 0, 0)
                yield KubernetesRoot(directory or ".", None, "manifests", start, files, objects)

    def values(self, paths: Iterable[str]) -> Iterator[KubernetesRoot]:
        """One root for each values file: a deployment of its own."""
        for path in paths:
            source = self._read(path)
            found = self._values(source) if source is not None else None
            if found is not None:
                directory = posixpath.dirname(path) or "."
                yield KubernetesRoot(directory, None, VALUES, found.span, (path,), (found,))

    def piped(self, path: str, data: bytes) -> KubernetesRoot:
        """What was written to the standard input."""
        source = SourceText(path, in_utf8(data))
        if len(data) > MAX_PIPED:
            reason = phrase("sources.too-large", limit=MAX_PIPED >> 20)
            self._account.file(path, "kubernetes", "failed", reason)
            source = SourceText(path, b"")
        objects = distinct(self._objects(source))
        return KubernetesRoot(path, None, "stdin", Span(source, 0, 0), (path,), objects)

    # --- one file ---------------------------------------------------------------------

    def _read(self, path: str) -> SourceText | None:
        text = self._tree.read(path)
        if isinstance(text, Phrase):
            self._account.file(path, self._tree.kind(path), "failed", text)
            return None
        return text

    def _together(self, sources: Iterable[SourceText]) -> tuple[KubernetesObject, ...]:
        return distinct(each for source in sources for each in self._objects(source))

    def _objects(self, source: SourceText) -> list[KubernetesObject]:
        objects: list[KubernetesObject] = []
        found = parse(source, self._texts)
        problems = list(found.problems)
        for document in found.documents:
            for each in from_document(document.body, self._kinds):
                if isinstance(each, Problem):
                    problems.append(each)
                elif document.origin is not None:
                    objects.append(replace(each, origin=document.origin))
                else:
                    objects.append(each)
        self._settle(source, "kubernetes", problems, used=bool(objects))
        return objects

    def _values(self, source: SourceText) -> KubernetesObject | None:
        found = parse(source, self._texts)
        problems = list(found.problems)
        body = found.documents[0].body if found.documents else None
        for other in found.documents[1:]:
            reason = phrase("kubernetes.values-several")
            problems.append(Problem("undecided", reason, other.body.span))
        if body is not None and not isinstance(body, Fields):
            problems.append(Problem("skipped", phrase("kubernetes.not-values"), body.span))
        self._settle(source, "values", problems, used=isinstance(body, Fields))
        if not isinstance(body, Fields):
            return None
        name = posixpath.basename(source.path)
        return KubernetesObject(
            api_version="",
            kind=VALUES,
            namespace=None,
            name=name,
            address=f"{VALUES}/{name}",
            body=body,
            span=Span(source, body.start, body.start),
        )

    def _settle(
        self, source: SourceText, kind: SourceKind, problems: Iterable[Problem], *, used: bool
    ) -> None:
        """Accounts for a file as a whole, and for each problem where it is."""
        untold = True
        for problem in problems:
            self._account.note(kind, problem.status, problem.reason, problem.span)
            untold = False
        if used:
            self._account.file(source.path, kind, "analysed")
        elif untold:
            self._account.file(source.path, kind, "skipped", phrase("kubernetes.empty"))
