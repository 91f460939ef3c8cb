"""Objects of Argo CD, Flux and the like that have something else deployed.

What they point at is analysed when it is a directory of the project: it is a root already,
and an overlay that others use becomes one. What lies elsewhere is accounted for where they
name it. Which kinds these are is data: ``policies/catalog/kubernetes/deliveries.yaml``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Final

from souverain import policystore
from souverain.catalog.environments import EnvironmentWords
from souverain.catalog.kinds import KindTable
from souverain.kubernetes.destinations import Destinations
from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.model import (
    Fields,
    KubernetesObject,
    KubernetesRoot,
    Node,
    Scalar,
    Sending,
    UnreadObjects,
)
from souverain.kubernetes.objects import from_document
from souverain.kubernetes.paths import is_open, items_of, leaf_at, leaves_of, node_at
from souverain.kubernetes.relocation import written
from souverain.kubernetes.substitution import filled
from souverain.kubernetes.variables import Holders, Source, Sources
from souverain.model import Phrase, SourceEntry, SourceText, phrase
from souverain.records import dataclass, replace
from souverain.sources import Tree

_LOCAL: Final = (".", "/")


def deployed(tree: Tree, kinds: KindTable) -> frozenset[str]:
    """Directories of the project that an object in one of its manifests deploys."""
    places = _Places(tree)
    found = (
        directory
        for text in _mentioning(tree)
        for document in parse(text).documents
        for each in from_document(document.body, kinds)
        if not isinstance(each, Problem)
        for delivery in _deliveries(each)
        for directory in places.of(delivery)
    )
    return frozenset(found)


def delivered(
    tree: Tree, roots: Sequence[KubernetesRoot], environments: EnvironmentWords
) -> list[KubernetesRoot]:
    """The roots, each with the objects that have it deployed, and what these fill in."""
    places, holders = _Places(tree), Holders(roots, environments)
    destinations = Destinations(roots)
    by_directory: dict[str, dict[str, _Sent]] = {}
    for root in roots:
        for each in _delivering(root):
            for delivery in _deliveries(each):
                for directory in places.of(delivery):
                    found = by_directory.setdefault(directory, {})
                    found[f"{root.path} {root.scenario} {each.address}"] = (root, delivery)
    if not by_directory:
        return list(roots)
    return [_with(root, by_directory, holders, destinations) for root in roots]


def _with(
    root: KubernetesRoot,
    by_directory: Mapping[str, Mapping[str, _Sent]],
    holders: Holders,
    destinations: Destinations,
) -> KubernetesRoot:
    """A root that is delivered; of loose manifests, with the directories that hold them."""
    path = posixpath.normpath(root.path)
    found = by_directory.get(path)
    while found is None and root.kind == "manifests" and path not in ("", ".", "/"):
        path = posixpath.dirname(path)
        found = by_directory.get(path or ".")
    if found is None:
        return root
    fill = partial(_filled, sent=tuple(found.values()), holders=holders)
    objects = root.objects
    objects = objects.changed(fill) if isinstance(objects, UnreadObjects) else fill(objects)
    sent = tuple(
        Sending(delivery.by, other.path, to)
        for other, delivery in found.values()
        for to in destinations.of(delivery.by, delivery.sent_to)
    )
    return replace(root, objects=objects, delivered_by=sent)


def _filled(
    objects: tuple[KubernetesObject, ...], sent: Sequence[_Sent], holders: Holders
) -> tuple[KubernetesObject, ...]:
    """Objects with what those that have them deployed fill in."""
    given = [
        holders.given(root, delivery.by, delivery.sources, delivery.variables)
        for root, delivery in sent
    ]
    return filled(objects, given)


def _delivering(root: KubernetesRoot) -> Iterable[KubernetesObject]:
    """The objects of a root, those that may have something else deployed among them."""
    objects = root.objects
    return () if isinstance(objects, UnreadObjects) and not objects.may_say(_groups()) else objects


def account(tree: Tree, roots: Iterable[KubernetesRoot]) -> tuple[SourceEntry, ...]:
    """An entry for everything that is deployed from elsewhere, where it is named: in what was
    asked for."""
    places = _Places(tree)
    entries: dict[SourceEntry, None] = {}
    for root in roots:
        for each in () if isinstance(root.objects, UnreadObjects) else root.objects:
            for delivery in _deliveries(each):
                reasons = [(delivery.leaf, _missing(delivery, places))]
                reasons += [(leaf, _unread_values(leaf, tree)) for leaf in delivery.values]
                for leaf, reason in reasons:
                    if reason is not None:
                        kind = tree.kind(leaf.span.file)
                        kind = "kubernetes" if kind == "other" else kind
                        entry = SourceEntry(leaf.span.file, kind, "undecided", reason, leaf.span)
                        entries.setdefault(entry)
    return tuple(entries)


def _unread_values(leaf: Scalar, tree: Tree) -> Phrase | None:
    """Why a values file of this project that a chart is given is not read; None when it is, or
    is elsewhere."""
    repository, _, inside = written(leaf).partition("/")
    path = tree.from_repository(inside) if repository.startswith("$") else None
    if path is None or not tree.exists(path) or tree.kind(path) == "values":
        return None
    return phrase("kubernetes.delivery-values", path=path)


@dataclass(frozen=True, slots=True, eq=False)
class _Delivery:
    """One thing that an object has deployed."""

    leaf: Scalar
    """The directory, or the name of the chart."""
    chart: bool
    repository: str
    whole: bool
    """The directory is seen from the root of the repository."""
    by: KubernetesObject
    variables: Mapping[str, Scalar]
    """Variables that it fills in."""
    sources: tuple[Source, ...]
    """Where it takes others from, the last one over those before."""
    sent_to: Sequence[str]
    """Where the object names the cluster that this goes to."""
    changes: Sequence[str]
    """Keys of what the object changes in what it deploys."""
    values: Sequence[Scalar]
    """Values files that a chart is given."""


_Sent = tuple[KubernetesRoot, _Delivery]
"""A delivery, and the root it is in."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where one kind of object says what it has deployed."""

    at: tuple[str, ...]
    directory: str
    chart: str
    repository: str
    source: str
    variables: str
    more_variables: Sources | None
    sent_to: Sequence[str]
    changes: Sequence[str]
    values: str


class _Places:
    """Directories of the project, as deliveries name them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @cached_property
    def _directories(self) -> frozenset[str]:
        return frozenset(
            "/".join(parts[:size])
            for path in self._tree.paths()
            for parts in (self._tree.in_repository(path).split("/"),)
            for size in range(1, len(parts))
        )

    def of(self, delivery: _Delivery) -> tuple[str, ...]:
        """Display paths of the directories that a delivery may mean."""
        text = posixpath.normpath(written(delivery.leaf).strip().lstrip("/") or ".")
        if delivery.chart and not written(delivery.leaf).startswith(_LOCAL):
            return ()
        if text == ".":
            return (self._tree.display_root,)
        named = [text] if text in self._directories else []
        if not delivery.whole and not named:
            named = [each for each in self._directories if each.endswith(f"/{text}")]
        shown = (self._tree.from_repository(each) for each in sorted(named))
        return tuple(each for each in shown if each is not None)

    def is_unread(self, delivery: _Delivery) -> bool:
        """Whether a delivery names a directory of the project that holds nothing we read."""
        path = self._tree.from_repository(written(delivery.leaf).strip().lstrip("/"))
        return path is not None and not delivery.chart and self._tree.isdir(path)


def _missing(delivery: _Delivery, places: _Places) -> Phrase | None:
    """Why what is deployed is not in this run; None when it is."""
    text = written(delivery.leaf)
    if is_open(text):
        return phrase("kubernetes.delivery-variable", path=text)
    if places.of(delivery):
        if not delivery.changes:
            return None
        changes = ", ".join(delivery.changes)
        return phrase("kubernetes.delivery-changed", path=text, changes=changes)
    if places.is_unread(delivery):
        return phrase("kubernetes.delivery-unread", path=text)
    key = "kubernetes.delivery-chart" if delivery.chart else "kubernetes.delivery-elsewhere"
    return phrase(key, path=text, repository=delivery.repository or "?")


def _deliveries(each: KubernetesObject) -> Iterator[_Delivery]:
    for rule in _rules().get(each.group_kind, ()):
        for place in (node for path in rule.at for node in items_of(node_at(each.body, path))):
            if not isinstance(place, Fields):
                continue
            repository = leaf_at(place, rule.repository)
            source = leaf_at(place, rule.source)
            said = written(repository) if repository is not None else ""
            whole = source is None or written(source) in _whole()
            charts = leaves_of(node_at(place, rule.chart))
            named = charts or leaves_of(node_at(place, rule.directory))
            variables = _entries(node_at(place, rule.variables))
            more = rule.more_variables
            sources = tuple(more.of(place, each.namespace)) if more is not None else ()
            changes = tuple(key for key in rule.changes if any(items_of(node_at(place, key))))
            values = leaves_of(node_at(place, rule.values))
            for one in named:
                yield _Delivery(
                    one,
                    bool(charts),
                    said,
                    whole,
                    each,
                    variables,
                    sources,
                    rule.sent_to,
                    changes,
                    values,
                )


def _entries(node: Node | None) -> Mapping[str, Scalar]:
    if not isinstance(node, Fields):
        return {}
    pairs = zip(node.keys, node.nodes, strict=True)
    return {key: inner for key, inner in pairs if isinstance(inner, Scalar)}


def _mentioning(tree: Tree) -> Iterator[SourceText]:
    groups = tuple(group.encode() for group in _groups())
    for path in tree.paths():
        text = tree.read(path) if tree.kind(path) == "kubernetes" else None
        if isinstance(text, SourceText) and any(group in text.data for group in groups):
            yield text


def _groups() -> frozenset[str]:
    return frozenset(kind.partition(".")[2] for kind in _rules())


_PATHS: Final = ("directory", "chart", "repository", "source", "variables", "values")


@cache
def _rules() -> Mapping[str, Sequence[_Rule]]:
    raw = policystore.load_mapping("catalog/kubernetes/deliveries")["deliveries"]
    found: dict[str, list[_Rule]] = {}
    for each in raw if isinstance(raw, list) else ():
        said = {name: each.get(name, "") for name in _PATHS}
        more = each.get("more_variables")
        sources = Sources(**more) if more else None
        sent_to = tuple(each.get("sent_to", ()))
        changes = tuple(each.get("changes", ()))
        rule = _Rule(
            tuple(each["at"]), **said, more_variables=sources, sent_to=sent_to, changes=changes
        )
        for kind in each["kinds"]:
            found.setdefault(kind, []).append(rule)
    return found


@cache
def _whole() -> frozenset[str]:
    raw = policystore.load_mapping("catalog/kubernetes/deliveries")["whole"]
    return frozenset(map(str, raw if isinstance(raw, list) else ()))
