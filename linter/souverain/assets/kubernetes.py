"""The assets of one Kubernetes root: its objects, and which of them name which.

A name is looked for in the root itself, then among the other roots of the project, the
nearest directory first: namespaces and storage classes are often kept beside what uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import takewhile
from typing import Final

from souverain.assets.objects import ObjectAttr, ObjectConfig, steps
from souverain.catalog.kinds import KindTable, Reference
from souverain.kubernetes.model import KubernetesObject, KubernetesRoot, UnreadObjects
from souverain.model import Asset, Ref
from souverain.values import Value
from souverain.worlds import OneWorld, Worlds

DEFAULT_NAMESPACE = "default"


class KubernetesSites:
    """The sites of all roots of a project."""

    def __init__(self, roots: Sequence[KubernetesRoot], kinds: KindTable) -> None:
        self._sites = {id(root): KubernetesSite(root, kinds, self) for root in roots}
        self._named = _Named(tuple(self._sites.values()))

    def __getitem__(self, root: KubernetesRoot) -> KubernetesSite:
        """The site of a root that was given."""
        return self._sites[id(root)]

    def near(self, site: KubernetesSite, name: _Name) -> tuple[Asset, ...]:
        """What a name stands for in the nearest other root that has it; nothing when several
        are equally near (one overlay cannot speak for another)."""
        if not self._named.is_known(name):
            return ()
        for directory in site.root.above():
            others = {
                id(other): other
                for kind in name.named_kinds()
                for namespace in ("", name.namespace, *((name.name,) if kind == _NAMESPACE else ()))
                for other in self._named.below((kind, name.name, namespace, directory))
                if other.root.path != site.root.path and not other.root.varies(site.root)
            }
            found = [assets for other in others.values() if (assets := other.called(name))]
            if found:
                return found[0] if len(found) == 1 else ()
        return ()


_Key = tuple[str, str, str, str]
"""Kind, name and namespace of an object, and a directory that it is in."""


class _Named:
    """Sites by what their objects are called.

    Most names are of objects beside, or of none: sites are filed once one is of another. What
    nobody asked for is read where its text may hold a name.
    """

    def __init__(self, sites: Sequence[KubernetesSite]) -> None:
        self._order = {id(site): place for place, site in enumerate(sites)}
        self._unread = [site for site in sites if isinstance(site.root.objects, UnreadObjects)]
        self._unfiled = [s for s in sites if not isinstance(s.root.objects, UnreadObjects)]
        self._names = {name for site in self._unfiled for name in _names(site)}
        self._sought: set[tuple[str, tuple[str, ...]]] = set()
        self._below: dict[_Key, list[KubernetesSite]] = {}

    def is_known(self, name: _Name) -> bool:
        """Whether any object is so called."""
        kinds = name.named_kinds()
        if self._unread and (name.name, kinds) not in self._sought:
            self._sought.add((name.name, kinds))
            for site in [each for each in self._unread if _may_hold(each, name.name, kinds)]:
                self._unread.remove(site)
                self._unfiled.append(site)
                self._names.update(_names(site))
        return any((kind, name.name) in self._names for kind in kinds)

    def below(self, key: _Key) -> Sequence[KubernetesSite]:
        """The sites that have such an object, in their order."""
        for site in self._unfiled:
            self._file(site)
        self._unfiled.clear()
        return self._below.get(key, ())

    def _file(self, site: KubernetesSite) -> None:
        above = tuple(site.root.above())
        for subject in site.root.objects:
            for directory in above:
                key = (subject.kind, subject.name, site.namespace(subject) or "", directory)
                found = self._below.setdefault(key, [])
                if site not in found:
                    found.append(site)
                    found.sort(key=lambda each: self._order[id(each)])
                    del found[_MOST:]


def _names(site: KubernetesSite) -> Iterator[tuple[str, str]]:
    return ((subject.kind, subject.name) for subject in site.root.objects)


def _may_hold(site: KubernetesSite, name: str, kinds: Sequence[str]) -> bool:
    objects = site.root.objects
    return not isinstance(objects, UnreadObjects) or objects.may_hold(name, kinds)


_MOST: Final = 8
"""Roots that are remembered for one name below one directory: two already leave it open."""

_NAMESPACE: Final = "Namespace"


class _Name:
    """What a reference says: a name, the kinds it may be of, and the namespace."""

    def __init__(self, name: str, kinds: Sequence[str], kind: str | None, namespace: str) -> None:
        self.name = name
        self._kinds = tuple(kinds)
        self._kind = kind
        self.namespace = namespace

    def named_kinds(self) -> tuple[str, ...]:
        """Kinds, without group, that may be meant."""
        return (self._kind,) if self._kind else tuple(k.partition(".")[0] for k in self._kinds)

    def means(self, subject: KubernetesObject, kinds: KindTable) -> bool:
        """Whether an object is meant."""
        if subject.name != self.name or not self._is_kind(subject):
            return False
        if kinds.is_cluster_wide(subject.group_kind):
            return True
        return (subject.namespace or DEFAULT_NAMESPACE) == self.namespace

    def _is_kind(self, subject: KubernetesObject) -> bool:
        if self._kind:
            return subject.kind == self._kind
        kind = subject.group_kind
        return kind in self._kinds or any(
            fnmatchcase(kind, glob) for glob in self._kinds if "*" in glob and glob != "*"
        )


class KubernetesSite:
    """Objects of a root and the references between them. A root has one world: what is not
    known of an object is left open where it stands."""

    def __init__(
        self, root: KubernetesRoot, kinds: KindTable, others: KubernetesSites | None = None
    ) -> None:
        self.root = root
        self._kinds = kinds
        self._others = others
        self._made: dict[str, Asset] = {}
        self._borrowed: dict[str, Asset] = {}
        self._worlds = OneWorld()

    @property
    def worlds(self) -> Worlds:
        """The one world there is."""
        return self._worlds

    @cached_property
    def assets(self) -> tuple[Asset, ...]:
        """One asset for each object, in the order of the root."""
        return tuple(self._asset(subject) for subject in self.root.objects)

    def find(self, ref: Ref) -> tuple[Asset, ...]:
        """The asset that ``ref`` points at, here or in the root it was found in."""
        subject = self._by_address.get(ref.address)
        if subject is not None:
            return (self._asset(subject),)
        borrowed = self._borrowed.get(ref.address)
        return (borrowed,) if borrowed is not None else ()

    def exists(self, asset: Asset) -> bool:
        """Always: what may be left out by another scenario is another root."""
        return True

    def called(self, name: _Name) -> tuple[Asset, ...]:
        """Assets of this root that a name stands for."""
        return tuple(
            self._asset(subject)
            for subject in self._by_name.get(name.name, ())
            if name.means(subject, self._kinds)
        )

    def _asset(self, subject: KubernetesObject) -> Asset:
        asset = self._made.get(subject.address)
        if asset is None:
            asset = self._made[subject.address] = Asset(
                address=subject.address,
                type=subject.type,
                root=self.root.path,
                scenario=self.root.scenario,
                span=subject.span,
                config=ObjectConfig(subject, self._kinds, self._resolve),
                provider=None,
                kind=subject.group_kind,
                namespace=self.namespace(subject),
            )
        return asset

    def namespace(self, subject: KubernetesObject) -> str | None:
        """The namespace an object is in, or is; None for what is in none."""
        if subject.group_kind == _NAMESPACE:
            return subject.name
        if not subject.api_version or self._kinds.is_cluster_wide(subject.group_kind):
            return None
        return subject.namespace or DEFAULT_NAMESPACE

    def _resolve(self, reference: Reference, attr: ObjectAttr) -> tuple[str, ...]:
        value = attr.value
        names = tuple(_texts(value if isinstance(value, tuple) else (value,)))
        return tuple(address for name in names for address in self._named(reference, attr, name))

    def _named(self, reference: Reference, attr: ObjectAttr, name: str) -> tuple[str, ...]:
        meant = _Name(
            name,
            reference.to,
            _beside(attr, reference.kind),
            _beside(attr, reference.namespace)
            or attr.config.subject.namespace
            or DEFAULT_NAMESPACE,
        )
        found = self.called(meant)
        if not found and self._others is not None:
            found = self._others.near(self, meant)
            self._borrowed.update({asset.address: asset for asset in found})
        return tuple(asset.address for asset in found)

    @cached_property
    def _by_address(self) -> dict[str, KubernetesObject]:
        return {subject.address: subject for subject in self.root.objects}

    @cached_property
    def _by_name(self) -> dict[str, list[KubernetesObject]]:
        found: dict[str, list[KubernetesObject]] = {}
        for subject in self.root.objects:
            found.setdefault(subject.name, []).append(subject)
        return found


def _beside(attr: ObjectAttr, path: str) -> str | None:
    """Text at another path, in the same items of lists as a field; None when not written."""
    if not path:
        return None
    pairs = zip(steps(attr.path)[:-1], steps(path)[:-1], strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    return next(_texts(a.value for a in attr.config.read(path) if _together(a, attr, shared)), None)


def _together(one: ObjectAttr, other: ObjectAttr, shared: int) -> bool:
    return one.position[:shared] == other.position[:shared]


def _texts(values: Iterable[Value]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str) and value)
