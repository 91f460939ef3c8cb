"""Where deliveries take variables from: objects of the project that hold them.

An object is looked for in the root of what names it, then in those nearest to it that are for
no other environment. What a Secret holds is never read: only its keys tell which variables it
gives. A source that is not there may give anything, so nothing named before it is known.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from souverain.catalog.environments import EnvironmentWords
from souverain.kubernetes.model import (
    Fields,
    KubernetesObject,
    KubernetesRoot,
    Node,
    Scalar,
    UnreadObjects,
)
from souverain.kubernetes.paths import items_of, leaf_at, node_at
from souverain.kubernetes.relocation import written
from souverain.model import Phrase, phrase
from souverain.records import dataclass

_NOTHING: Final[Mapping[str, Scalar]] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """An object that holds variables, as a delivery names it."""

    kind: str
    name: str
    namespace: str | None
    at: tuple[str, ...]
    """Mappings of the object that hold them."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a kind of object names others, and which of their mappings hold something."""

    at: str
    kind: str
    name: str
    holds: Mapping[str, Sequence[str]]

    def of(self, place: Fields, namespace: str | None) -> Iterator[Source]:
        """What is named there, in order."""
        for one in items_of(node_at(place, self.at)):
            kind, name = leaf_at(one, self.kind), leaf_at(one, self.name)
            if kind is not None and name is not None:
                at = tuple(self.holds.get(written(kind), ()))
                yield Source(written(kind), written(name), namespace, at)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why variables stay open."""

    key: str
    args: tuple[tuple[str, str], ...]

    def of(self, variable: str) -> Phrase:
        """The reason for one of them, as it is written (``${zone}``)."""
        return phrase(self.key, variable=variable, **dict(self.args))


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The variables that one delivery gives, as far as the project tells."""

    by: str
    """The name of the object that has something deployed."""
    known: Mapping[str, Scalar]
    hidden: Mapping[str, Cause]
    """Those that are given, and not to be read."""
    others: Cause | None
    """Why there may be more of them."""

    def cause(self, name: str) -> Cause | None:
        """Why a variable stays open; None when it is known, or is not given."""
        return None if name in self.known else self.hidden.get(name, self.others)


class Holders:
    """The objects of a project, by what they are called."""

    def __init__(self, roots: Sequence[KubernetesRoot], environments: EnvironmentWords) -> None:
        self._environments = environments
        self._unread = [root for root in roots if isinstance(root.objects, UnreadObjects)]
        self._found: dict[tuple[str, str], list[tuple[KubernetesRoot, KubernetesObject]]] = {}
        for root in roots:
            if not isinstance(root.objects, UnreadObjects):
                self._file(root)
        self.named = cache(self._named)

    def given(
        self,
        root: KubernetesRoot,
        by: KubernetesObject,
        sources: Sequence[Source],
        own: Mapping[str, Scalar],
    ) -> Given:
        """What a delivery of a root gives: its sources in order, the last one wins, and over
        all what it says itself."""
        known: dict[str, Scalar] = {}
        hidden: dict[str, Cause] = {}
        others: Cause | None = None
        for source in sources:
            holders = self.named(root, source)
            if not holders:
                others = _cause("elsewhere", source)
                known.clear()
                hidden.clear()
            for name, leaf in _variables(holders, source).items():
                if leaf is None or leaf.secret:
                    hidden[name] = _cause("several" if leaf is None else "secret", source)
                    known.pop(name, None)
                else:
                    known[name] = leaf
                    hidden.pop(name, None)
        return Given(by.name, {**known, **own}, hidden, others)

    def _named(self, root: KubernetesRoot, source: Source) -> tuple[KubernetesObject, ...]:
        """The objects nearest to a root that a source may mean."""
        return self.meant(root, source.kind, source.name, source.namespace)

    def meant(
        self, root: KubernetesRoot, kind: str, name: str, namespace: str | None
    ) -> tuple[KubernetesObject, ...]:
        """The objects nearest to a root that a kind (without group) and a name stand for."""
        meant = [
            (other, subject)
            for other, subject in self._called(kind, name)
            if namespace in (None, subject.namespace) or subject.namespace is None
        ]
        own = tuple(subject for other, subject in meant if other is root)
        if own:
            return own
        meant = [each for each in meant if self._are_together(each[0], root)]
        for directory in root.above():
            near = tuple(subject for other, subject in meant if _is_in(other.path, directory))
            if near:
                return near
        return ()

    def _are_together(self, one: KubernetesRoot, other: KubernetesRoot) -> bool:
        """Whether two roots may be for one environment."""
        both = {self._environments.of_path(root.path) for root in (one, other)}
        return len(both - {None}) < 2

    def _called(self, kind: str, name: str) -> Sequence[tuple[KubernetesRoot, KubernetesObject]]:
        for root in [each for each in self._unread if _may_hold(each, kind, name)]:
            self._unread.remove(root)
            self._file(root)
        return self._found.get((kind, name), ())

    def _file(self, root: KubernetesRoot) -> None:
        for subject in root.objects:
            found = self._found.setdefault((subject.kind, subject.name), [])
            found.append((root, subject))


def _may_hold(root: KubernetesRoot, kind: str, name: str) -> bool:
    objects = root.objects
    return not isinstance(objects, UnreadObjects) or objects.may_hold(name, (kind,))


def _variables(holders: Sequence[KubernetesObject], source: Source) -> Mapping[str, Scalar | None]:
    """Variables that objects of one name give; None for those that they do not give alike."""
    said = [dict(_entries(holder, source)) for holder in holders]
    if len(said) < 2:
        return said[0] if said else _NOTHING
    return {
        name: leaf if len({_text(one.get(name)) for one in said}) == 1 else None
        for each in said
        for name, leaf in each.items()
    }


def _entries(holder: KubernetesObject, source: Source) -> Iterator[tuple[str, Scalar]]:
    for key in source.at:
        node: Node | None = holder.body.get(key)
        if isinstance(node, Fields):
            for name, inner in zip(node.keys, node.nodes, strict=True):
                if isinstance(inner, Scalar):
                    yield name, inner


def _text(leaf: Scalar | None) -> str | None:
    return None if leaf is None else written(leaf)


def _cause(key: str, source: Source) -> Cause:
    return Cause(f"kubernetes.variable-{key}", (("kind", source.kind), ("name", source.name)))


def _is_in(path: str, directory: str) -> bool:
    return not directory or f"{posixpath.normpath(path)}/".startswith(f"{directory}/")
