"""Manifests in texts of other objects, which are handed to other clusters: Cluster API.

They are deployed where the clusters are that a selector matches, not where the objects are that
hold them. What a Secret holds is not listed. Which objects these are is data:
``policies/catalog/kubernetes/deliveries.yaml``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Final

from souverain import policystore
from souverain.catalog.environments import EnvironmentWords
from souverain.catalog.kinds import KindTable
from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.model import (
    Destination,
    Fields,
    KubernetesObject,
    KubernetesRoot,
    Node,
    Scalar,
    Sending,
    UnreadObjects,
)
from souverain.kubernetes.objects import distinct, from_document
from souverain.kubernetes.paths import items_of, node_at
from souverain.kubernetes.relocation import FixedPlace, Path, Places, relocated, written
from souverain.kubernetes.variables import Holders, Source, Sources
from souverain.model import Phrase, SourceEntry, SourceText, Span, phrase
from souverain.records import dataclass, replace

MAX_HANDED: Final = 10_000
"""Objects that sets hand over in one project: many may name the same."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Roots, with those that are handed to other clusters, and what could not be read."""

    roots: tuple[KubernetesRoot, ...]
    entries: tuple[SourceEntry, ...] = ()


def handed_over(
    roots: Sequence[KubernetesRoot], kinds: KindTable, environments: EnvironmentWords
) -> HandedOver:
    """What sets of resources in some roots hand over, each set as a root of its own."""
    sets = [(root, each) for root in roots for each in _sets(root)]
    if not sets:
        return HandedOver(tuple(roots))
    reader = _Reader(roots, kinds, Holders(roots, environments))
    made = [reader.root(root, each) for root, each in sets]
    left = [reader.without_texts(root) for root in roots]
    return HandedOver((*left, *filter(None, made)), tuple(reader.entries))


def _sets(root: KubernetesRoot) -> Iterator[KubernetesObject]:
    objects = root.objects
    groups = {kind.partition(".")[2] for kind in _rules()}
    if not isinstance(objects, UnreadObjects) or objects.may_say(groups):
        yield from (each for each in objects if each.group_kind in _rules())


class _Reader:
    """Reads the texts of the objects that sets name."""

    def __init__(self, roots: Sequence[KubernetesRoot], kinds: KindTable, holders: Holders) -> None:
        self._roots = roots
        self._kinds = kinds
        self._holders = holders
        self._read: dict[int, tuple[KubernetesObject, ...]] = {}
        """Objects in a text."""
        self._known: dict[tuple[str, ...], Sequence[tuple[KubernetesRoot, KubernetesObject]]] = {}
        self._handed = 0
        self._taken: dict[int, set[str]] = {}
        """Keys of objects whose texts are roots of their own."""
        self.entries: list[SourceEntry] = []

    def root(self, root: KubernetesRoot, each: KubernetesObject) -> KubernetesRoot | None:
        """What one set hands over; None when nothing of it can be read."""
        rule = _rules()[each.group_kind]
        files = [each.span.file]
        objects: list[KubernetesObject] = []
        for source in rule.resources.of(each.body, each.namespace):
            found = [one for h in self._holders.named(root, source) for one in self._in(h, source)]
            if not found:
                self._told(each, phrase(_UNREAD, kind=source.kind, name=source.name))
            elif self._handed + len(found) > MAX_HANDED:
                self._told(each, phrase("kubernetes.handed-too-many", limit=MAX_HANDED))
                break
            self._handed += len(found)
            objects += found
            files += (one.span.file for one in found)
        if not objects:
            return None
        sent = tuple(Sending(each, root.path, to) for to in self._clusters(each, rule))
        return KubernetesRoot(
            path=root.path,
            scenario=each.name,
            kind="set",
            span=each.span,
            files=tuple(dict.fromkeys(files)),
            objects=distinct(objects),
            delivered_by=sent,
        )

    def without_texts(self, root: KubernetesRoot) -> KubernetesRoot:
        """A root whose objects no longer hold what became roots of their own."""
        objects = root.objects
        if isinstance(objects, UnreadObjects) or not any(id(o) in self._taken for o in objects):
            return root
        return replace(root, objects=tuple(map(self._without_texts, objects)))

    def _without_texts(self, holder: KubernetesObject) -> KubernetesObject:
        taken = self._taken.get(id(holder))
        return holder if taken is None else replace(holder, body=_without(holder.body, taken))

    def _told(self, each: KubernetesObject, why: Phrase) -> None:
        self.entries.append(SourceEntry(each.span.file, "kubernetes", "undecided", why, each.span))

    # --- texts ------------------------------------------------------------------------

    def _in(self, holder: KubernetesObject, source: Source) -> Iterator[KubernetesObject]:
        """The objects in the texts of one that holds manifests."""
        for at in source.at:
            data = holder.body.get(at)
            entries = data.entries if isinstance(data, Fields) else ()
            for entry in entries:
                found = self._read.get(id(entry.node))
                if found is None:
                    found = self._read[id(entry.node)] = tuple(self._of_text(entry.node))
                if found:
                    self._taken.setdefault(id(holder), set()).add(entry.key)
                yield from found

    def _of_text(self, leaf: Node) -> Iterator[KubernetesObject]:
        if not isinstance(leaf, Scalar) or leaf.secret or not isinstance(leaf.value, str):
            return
        text = SourceText(leaf.source.path, leaf.value.encode("utf-8", "surrogatepass"))
        places = _places(leaf, text)
        found = parse(text)
        for document in found.documents:
            for each in from_document(relocated(document.body, places), self._kinds):
                if not isinstance(each, Problem):
                    yield each
        for problem in found.problems:
            span = places.place(problem.span)
            self.entries.append(
                SourceEntry(span.file, "kubernetes", problem.status, problem.reason, span)
            )

    # --- clusters ---------------------------------------------------------------------

    def _clusters(self, each: KubernetesObject, rule: _Rule) -> list[Destination]:
        """The clusters that a set selects; where it selects none that is here, one that is
        called by what it asks for."""
        selector = node_at(each.body, rule.selector)
        found = [
            self._destination(root, cluster, rule)
            for root, cluster in self._of_kinds(rule.clusters)
            if (cluster.namespace == each.namespace or None in (cluster.namespace, each.namespace))
            and _selects(selector, cluster)
        ]
        asked = _shown(selector, each)
        return found or [Destination(asked, frozenset({written(asked)}))]

    def _of_kinds(
        self, kinds: tuple[str, ...]
    ) -> Sequence[tuple[KubernetesRoot, KubernetesObject]]:
        """The objects of some kinds, with their roots."""
        if kinds not in self._known:
            names = [kind.partition(".")[0] for kind in kinds]
            self._known[kinds] = [
                (root, each)
                for root in self._roots
                if not isinstance(root.objects, UnreadObjects) or root.objects.may_say(names)
                for each in root.objects
                if each.group_kind in kinds
            ]
        return self._known[kinds]

    def _destination(
        self, root: KubernetesRoot, cluster: KubernetesObject, rule: _Rule
    ) -> Destination:
        references = (node_at(cluster.body, path) for path in rule.described_by)
        described = (
            subject
            for node in references
            if isinstance(node, Fields)
            for subject in self._holders.meant(
                root, node.text("kind") or "", node.text("name") or "", cluster.namespace
            )
        )
        leaf = node_at(cluster.body, "metadata.name")
        name = leaf if isinstance(leaf, Scalar) else Scalar(cluster.name, cluster.span)
        return Destination(name, frozenset({cluster.name}), (cluster, *described))


_UNREAD: Final = "kubernetes.handed-unread"


@dataclass(frozen=True, slots=True)
class _Rule:
    """How one kind of object hands over what others hold."""

    resources: Sources
    selector: str
    clusters: tuple[str, ...]
    """Kinds of the objects that it selects."""
    described_by: Sequence[str]
    """Where these name others that tell of the cluster, by kind and name."""


# --- places in a text -----------------------------------------------------------------


def _places(leaf: Scalar, text: SourceText) -> Places:
    """Where what stands in a text is written: line by line in a literal block, else there."""
    raw = leaf.source.data[leaf.start : leaf.start + leaf.size]
    header, newline, block = raw.partition(b"\n")
    lines = block.splitlines(keepends=True)
    if not (raw.startswith(b"|") and newline):
        return FixedPlace(leaf.span)
    first = next((line for line in lines if line.strip()), b"")
    indent = len(first) - len(first.lstrip(b" "))
    wanted = text.data.splitlines()
    if [line[indent:].rstrip(b"\r\n") for line in lines[: len(wanted)]] != wanted:
        return FixedPlace(leaf.span)
    starts = accumulate((len(line) for line in lines), initial=leaf.start + len(header) + 1)
    return _InBlock(leaf.source, text.data, [start + indent for start in starts])


class _InBlock(FixedPlace):
    """Places in a literal block: each line of the text begins at a place of its source."""

    def __init__(self, source: SourceText, text: bytes, begins: Sequence[int]) -> None:
        self._source = source
        self._begins = begins
        lines = text.splitlines(keepends=True)
        self._lines = list(accumulate((len(line) for line in lines), initial=0))

    def key(self, path: Path, span: Span) -> Span:
        return self.place(span)

    def node(self, path: Path, node: Node) -> Span:
        return self.place(node.span)

    def place(self, span: Span) -> Span:
        return Span(self._source, self._at(span.start), self._at(span.end))

    def _at(self, offset: int) -> int:
        row = min(bisect_right(self._lines, offset), len(self._begins)) - 1
        return self._begins[row] + offset - self._lines[row]


# --- selectors ------------------------------------------------------------------------


def _selects(selector: Node | None, subject: KubernetesObject) -> bool:
    """Whether labels of an object are those that a selector asks for; one that is empty
    selects nothing."""
    if not isinstance(selector, Fields):
        return False
    asked = list(_asked(selector))
    return bool(asked) and all(_holds(*each, subject) for each in asked)


def _asked(selector: Fields) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Labels, how they are asked for, and for which values."""
    labels = selector.get("matchLabels")
    for entry in labels.entries if isinstance(labels, Fields) else ():
        if isinstance(entry.node, Scalar):
            yield entry.key, "In", frozenset({written(entry.node)})
    for each in items_of(selector.get("matchExpressions")):
        if isinstance(each, Fields):
            leaves = items_of(each.get("values"))
            values = frozenset(written(leaf) for leaf in leaves if isinstance(leaf, Scalar))
            yield each.text("key") or "", each.text("operator") or "", values


def _holds(label: str, operator: str, values: frozenset[str], subject: KubernetesObject) -> bool:
    value = subject.body.text("metadata", "labels", label)
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    return (value is not None) if operator == "Exists" else value is None


def _shown(selector: Node | None, each: KubernetesObject) -> Scalar:
    """A selector as a name: what it asks for."""
    if not isinstance(selector, Fields):
        return Scalar("?", each.span)
    asked = (f"{label} {operator} {'|'.join(sorted(v))}" for label, operator, v in _asked(selector))
    said = ", ".join(text.replace(" In ", ": ").strip() for text in asked)
    return Scalar(said or "?", selector.span)


def _without(body: Fields, keys: set[str]) -> Fields:
    """An object without some keys of its mappings."""
    return Fields(
        (
            replace(entry, node=_only(entry.node, keys)) if entry.key != "metadata" else entry
            for entry in body.entries
        ),
        body.span,
    )


def _only(node: Node, keys: set[str]) -> Node:
    if not isinstance(node, Fields):
        return node
    return Fields((each for each in node.entries if each.key not in keys), node.span)


@cache
def _rules() -> Mapping[str, _Rule]:
    raw = policystore.load_mapping("catalog/kubernetes/deliveries")["resource_sets"]
    return {
        kind: _Rule(
            Sources(**each["resources"]),
            each["selector"],
            tuple(each["clusters"]),
            tuple(each["described_by"]),
        )
        for each in (raw if isinstance(raw, list) else ())
        for kind in each["kinds"]
    }
