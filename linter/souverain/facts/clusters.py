"""Which cluster objects are deployed to: who runs it, and where its nodes are.

In this order: what ``souverain.yaml`` declares, for their paths or for the cluster they are
sent to; what the objects deployed together say, with those that have them deployed; for loose
manifests and overlays, what those of the nearest directory around them say, when they agree
and are not for another environment. A word that several operators write counts for the likely
one only where nothing of another is seen. What contradicts itself is unknown, and both sides
are named.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final

from souverain.assets.objects import written_at
from souverain.facts.hints import Hint
from souverain.facts.location import Owners, locate
from souverain.facts.placement import Place
from souverain.facts.reading import has_hole
from souverain.facts.sendings import MANAGED, Sendings, nowhere, together
from souverain.facts.survey import name_of
from souverain.model import (
    PROJECT_WIDE,
    Evidence,
    LayerPlacement,
    Location,
    Span,
    Undecided,
    phrase,
)
from souverain.records import dataclass

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from souverain.catalog import Catalog
    from souverain.facts.signals import Hit
    from souverain.kubernetes.model import KubernetesObject, KubernetesRoot
    from souverain.model import AssetFacts
    from souverain.project import Cluster

_DECISIVE: Final = (("certain", "strong"), ("medium",))
"""Certainties that may decide, best first: a weak sign never tells who runs a cluster."""


class Spoken:
    """What objects say, each read once. ``hits`` meets the signals of an object."""

    def __init__(self, hits: Callable[[KubernetesObject], tuple[Hit, ...]]) -> None:
        self._hits = hits
        self._found: dict[int, tuple[Hit, ...]] = {}
        self._subjects: dict[int, KubernetesObject] = {}

    def of(self, subject: KubernetesObject) -> tuple[Hit, ...]:
        """Signals met in an object, in the order of its text."""
        if id(subject) not in self._found:
            found = self._found[id(subject)] = self._hits(subject)
            # The span stays the same when a hit is narrowed to one operator.
            self._subjects |= {id(hit.span): subject for hit in found}
        return self._found[id(subject)]

    def origin(self, hit: Hit) -> Span | None:
        """Where the value is written that a signal was met in, when another file decides it:
        the values of a chart, the patch of an overlay."""
        subject = self._subjects.get(id(hit.span))
        return written_at(subject, hit.span) if subject is not None else None


@dataclass(frozen=True)
class Declared:
    """Clusters that a project declares.

    ``relative`` gives paths as the project file writes them; ``created`` the facts of an
    asset of a Terraform root, both named as the project file does.
    """

    clusters: tuple[Cluster, ...]
    relative: Callable[[str], str]
    created: Callable[[str, str], AssetFacts | None]

    def cluster(self, root: str, file: str) -> Cluster | None:
        """The first cluster declared for a root, else for a file."""
        where = self.relative(root)
        for probes in ((where, posixpath.join(where, "_")), (self.relative(file),)):
            for cluster in self.clusters:
                if any(self._covers(cluster, probe) for probe in probes):
                    return cluster
        return None

    def _covers(self, cluster: Cluster, path: str) -> bool:
        return any(self._specs[pattern].match_file(path) for pattern in cluster.paths)

    def named(self, names: frozenset[str]) -> Cluster | None:
        """The first cluster declared by one of some names."""
        return next((cluster for cluster in self.clusters if cluster.name in names), None)

    @cached_property
    def _specs(self) -> dict[str, GitIgnoreSpec]:
        from pathspec import GitIgnoreSpec

        patterns = {pattern for cluster in self.clusters for pattern in cluster.paths}
        return {pattern: GitIgnoreSpec.from_lines([pattern]) for pattern in patterns}


class Clusters:
    """The cluster of every object of a project's roots."""

    def __init__(
        self,
        catalog: Catalog,
        declared: Declared,
        roots: Sequence[KubernetesRoot],
        spoken: Spoken,
    ) -> None:
        self._catalog = catalog
        self._declared = declared
        self._roots = tuple(roots)
        self._spoken = spoken
        self._sendings = Sendings(self._roots, self.declared, self._named)
        self._said: dict[Cluster, Place] = {}
        self._inferred: dict[int, Place] = {}
        self._around: dict[tuple[str, str, str | None, frozenset[str]], Place | None] = {}
        self._environments: dict[str, str | None] = {}
        self._hits: dict[int, tuple[tuple[Hit, ...], tuple[Hit, ...]]] = {}

    def of(self, root: KubernetesRoot, file: str) -> Place:
        """The cluster of what a file of a root describes."""
        # What is handed over is not deployed where its files are.
        declared = self.declared(root.path, file) if root.kind != "set" else None
        if declared is not None:
            return declared
        if id(root) not in self._inferred:
            self._inferred[id(root)] = self._sendings.declared(root) or self._as_inferred(root)
        return self._inferred[id(root)]

    # --- declared ---------------------------------------------------------------------

    def declared(self, root: str, file: str) -> Place | None:
        """The cluster that the project declares for a root, else for a file."""
        return self._of(self._declared.cluster(root, file) if self._declared.clusters else None)

    def _named(self, names: frozenset[str]) -> Place | None:
        return self._of(self._declared.named(names))

    def _of(self, cluster: Cluster | None) -> Place | None:
        if cluster is None:
            return None
        if cluster not in self._said:
            self._said[cluster] = self._as_declared(cluster)
        return self._said[cluster]

    def _as_declared(self, cluster: Cluster) -> Place:
        if cluster.address is not None:
            return self._as_created(cluster, cluster.root or ".", cluster.address)
        said = phrase("facts.cluster-declared")
        evidence = (Evidence("operator", said, cluster.span),)
        operator = self._catalog.operator(cluster.operator or "")
        if operator is None:
            why = phrase("facts.cluster-operator-unlisted", operator=cluster.operator or "?")
            return nowhere(Undecided(why, cluster.span, f"operator.{cluster.operator}"))
        layer = self._layer(operator.id, cluster.service, evidence)
        if cluster.region is None:
            why = phrase("facts.cluster-declared-without-region")
            return Place((layer,), Location(unknown=Undecided(why, cluster.span)))
        hint = Hint(cluster.region, span=cluster.span, evidence=evidence)
        owners = Owners((operator.id,), layer.service)
        return Place((layer,), locate(self._catalog, owners, (hint,)))

    def _as_created(self, cluster: Cluster, root: str, address: str) -> Place:
        """Where the Terraform asset is that creates the cluster."""
        facts = self._declared.created(root, address)
        if facts is None:
            why = phrase("facts.cluster-not-created", address=address, root=root)
            return nowhere(Undecided(why, cluster.span, f"cluster.{address}"))
        places = {(f.layers, f.location) for _, f in facts.worlds}
        if len(places) > 1:
            why = phrase("facts.cluster-several-worlds", address=address, root=root)
            return nowhere(Undecided(why, facts.asset.span, f"cluster.{address}"))
        link = (
            Evidence("operator", phrase("facts.cluster-declared"), cluster.span),
            Evidence("operator", phrase("facts.beside", address=address), facts.asset.span),
        )
        layers, location = next(iter(places))
        return Place(tuple(_with(layer, link) for layer in layers), location)

    # --- inferred ---------------------------------------------------------------------

    def _as_inferred(self, root: KubernetesRoot) -> Place:
        found = self.infer(*self._told(root)) or self._of_senders(root)
        if found is None and root.kind in ("manifests", "kustomize", "values"):
            around = (self._of_scope(scope, root) for scope in self._scopes(root))
            found = next(filter(None, around), None)
        return found or nowhere(self._sendings.unknown(root))

    def _of_senders(self, root: KubernetesRoot) -> Place | None:
        """What is said where those objects are that have a root deployed beside them."""
        places = [self.infer(*self._told(other)) for other in self._sendings.beside(root)]
        told = [place for place in places if place is not None]
        return together(told) if told else None

    def _scopes(self, root: KubernetesRoot) -> Iterator[str]:
        """Directories around a root, nearest first, the project's own left out."""
        path = posixpath.dirname(posixpath.normpath(self._declared.relative(root.path)))
        while path not in ("", ".", "/", ".."):
            yield path
            path = posixpath.dirname(path)

    def _of_scope(self, scope: str, root: KubernetesRoot) -> Place | None:
        """What the roots below a directory that speak for a root say together."""
        variant = posixpath.basename(root.path) if root.kind == "kustomize" else ""
        key = (scope, variant, self._environment(root), self._sendings.names(root))
        if key not in self._around:
            speaking = (other for other in self._below[scope] if self._speaks_for(other, root))
            inside = [self._told(other) for other in speaking]
            self._around[key] = self.infer(
                [hit for told, _ in inside for hit in told],
                [hit for _, beside in inside for hit in beside],
            )
        return self._around[key]

    def _speaks_for(self, other: KubernetesRoot, root: KubernetesRoot) -> bool:
        """Whether two roots may be for one cluster: the test environment has its own."""
        one, two = self._environment(other), self._environment(root)
        named = self._sendings.names(root)
        if other.kind == "set" or (named and named.isdisjoint(self._sendings.names(other))):
            return False
        return not other.varies(root) and (one == two or None in (one, two))

    def _environment(self, root: KubernetesRoot) -> str | None:
        """What the directories of a root suggest, the nearest first."""
        if root.path not in self._environments:
            path = self._declared.relative(root.path)
            self._environments[root.path] = self._catalog.environments().of_path(path)
        return self._environments[root.path]

    @cached_property
    def _below(self) -> dict[str, list[KubernetesRoot]]:
        """Roots by the directories that they are, or are in."""
        found: dict[str, list[KubernetesRoot]] = {}
        for root in self._roots:
            own = posixpath.normpath(self._declared.relative(root.path))
            for directory in (own, *self._scopes(root)):
                found.setdefault(directory, []).append(root)
        return found

    def _told(self, root: KubernetesRoot) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
        """Signals of a root about its cluster, and those that name an operator otherwise."""
        if id(root) not in self._hits:
            hits = [hit for subject in root.objects for hit in self._spoken.of(subject)]
            senders = {id(each.by): each.by for each in root.delivered_by}.values()
            sent = (hit for subject in senders for hit in self._spoken.of(subject))
            clusters = (each.to.registered for each in root.delivered_by if each.to is not None)
            known = (
                hit
                for subject in chain.from_iterable(clusters)
                for hit in self._spoken.of(subject)
                if hit.signal.says == "object"
            )
            told = (*filter(tells_cluster, hits), *filter(_is_cluster, sent), *known)
            sure = (hit for hit in hits if hit.operator and not hit.candidates)
            self._hits[id(root)] = (told, tuple({h.operator: h for h in sure}.values()))
        return self._hits[id(root)]

    def infer(self, told: Sequence[Hit], beside: Sequence[Hit]) -> Place | None:
        """The cluster that signals tell of; None when none of them can.

        ``beside`` are other signals seen with them: a look-alike shows itself there.
        """
        deciding = self._deciding(told)
        if not deciding:
            return None
        agreed = [o for o in options(deciding[0]) if all(o in options(h) for h in deciding)]
        if not agreed:
            return nowhere(self._contradiction(deciding))
        operator = self._narrowed(agreed, deciding, told, beside)
        if operator is None:
            return nowhere(self._ambiguous(agreed, deciding[0]))
        known = self._catalog.operator(operator)
        if known is not None and known.software:
            why = phrase("facts.cluster-software", software=known.name, shown=deciding[0].shown)
            return nowhere(Undecided(why, deciding[0].span, f"{PROJECT_WIDE}cluster"))
        return self._place(operator, deciding, told)

    def _deciding(self, told: Sequence[Hit]) -> Sequence[Hit]:
        """Signals that name an operator, of the best certainty there is; what only names
        software says less than what names a company."""
        for certainties in _DECISIVE:
            named = [h for h in told if options(h) and h.signal.certainty in certainties]
            companies = [h for h in named if not all(map(self._is_software, options(h)))]
            if named:
                return companies or named
        return ()

    def _is_software(self, operator: str) -> bool:
        known = self._catalog.operator(operator)
        return known is not None and known.software

    def _narrowed(
        self,
        agreed: Sequence[str],
        deciding: Sequence[Hit],
        told: Sequence[Hit],
        beside: Sequence[Hit],
    ) -> str | None:
        """The one operator that is meant of several that write the same."""
        codes = {hit.region for hit in told if hit.region}
        having = [o for o in agreed if codes and all(self._catalog.region(o, c) for c in codes)]
        if len(having) == 1 or len(agreed) == 1:
            return (having or agreed)[0]
        left = having or agreed
        likely = {hit.operator for hit in deciding if hit.operator in left}
        seen = {h.operator for h in beside if h.operator in left} - likely
        if len(seen) == 1:
            return seen.pop()
        return likely.pop() if len(likely) == 1 else None

    def _place(self, operator: str, deciding: Sequence[Hit], told: Sequence[Hit]) -> Place:
        meant = [hit for hit in deciding if operator in options(hit)]
        evidence = tuple(link for hit in _one_each(meant) for link in self._evidence(hit, operator))
        managed = {s.id for s in self._catalog.services(operator, MANAGED)}
        service = next((h.service for h in meant if h.service in managed), None)
        layer = self._layer(operator, service, evidence)
        places = [h for h in told if h.region and (operator in options(h) or not options(h))]
        return Place((layer,), self.where(operator, layer.service, places))

    def where(self, operator: str, service: str | None, hits: Iterable[Hit]) -> Location:
        """Regions that signals name, all at once."""
        first = {hit.region: hit for hit in reversed(tuple(hits)) if hit.region}
        hints = tuple(region_of(hit) for hit in first.values())
        if hints:
            return locate(self._catalog, Owners((operator,), service), hints[::-1])
        why = phrase("facts.cluster-without-region", operator=name_of(self._catalog, operator))
        return Location(unknown=Undecided(why, None, f"{PROJECT_WIDE}cluster-region.{operator}"))

    # --- sentences --------------------------------------------------------------------

    def _evidence(self, hit: Hit, operator: str) -> Iterator[Evidence]:
        name = name_of(self._catalog, operator)
        said = phrase(_by(hit, operator), shown=hit.shown, operator=name)
        yield Evidence("operator", said, hit.span)
        origin = self._spoken.origin(hit)
        if origin is not None:
            yield Evidence("operator", phrase("assets.written-here"), origin)

    def _contradiction(self, deciding: Sequence[Hit]) -> Undecided:
        apart = (
            (one, other)
            for one, other in combinations(deciding, 2)
            if not set(options(one)) & set(options(other))
        )
        one, other = next(apart, (deciding[0], deciding[-1]))
        why = phrase(
            "facts.cluster-contradicted",
            one=one.shown,
            one_operator=self._names(options(one)),
            one_place=_at(one.span),
            other=other.shown,
            other_operator=self._names(options(other)),
            other_place=_at(other.span),
        )
        # The same two signs are one question, whatever root asks it.
        cause = f"{PROJECT_WIDE}cluster.{_at(one.span)}+{_at(other.span)}"
        return Undecided(why, other.span, cause)

    def _ambiguous(self, agreed: Sequence[str], hit: Hit) -> Undecided:
        why = phrase("facts.cluster-ambiguous", shown=hit.shown, operators=self._names(agreed))
        return Undecided(why, hit.span, f"{PROJECT_WIDE}cluster.{'+'.join(agreed)}")

    def _names(self, operators: Iterable[str]) -> str:
        return ", ".join(name_of(self._catalog, operator) for operator in operators)

    def _layer(
        self, operator: str, service: str | None, evidence: tuple[Evidence, ...]
    ) -> LayerPlacement:
        """The operator's managed Kubernetes, as far as it has one; else machines of its own."""
        managed = [found.id for found in self._catalog.services(operator, MANAGED)]
        if service is not None and service not in managed:
            alike = [found.id for found in self._catalog.services(operator, service)]
            service = alike[0] if alike else service
        if service is None and not managed:
            return LayerPlacement(operator, None, "iaas", "virtual-machine", None, evidence)
        return LayerPlacement(operator, service or managed[0], "caas", MANAGED, None, evidence)


def tells_cluster(hit: Hit) -> bool:
    """Whether a signal is about the cluster and not only about the object."""
    return hit.signal.says == "cluster" or hit.signal.proves_cluster


def _is_cluster(hit: Hit) -> bool:
    """Whether a signal names a cluster that something is deployed to."""
    return hit.signal.says == "object" and hit.signal.capability == MANAGED


def region_of(hit: Hit, operator: str | None = None) -> Hint:
    """Where the region is that a signal names; a placeholder leaves it open."""
    code = hit.region or ""
    why = hit.because or phrase("facts.region-left-open", shown=hit.shown)
    unknown = Undecided(why, hit.span, cause_of(hit, "region.open")) if has_hole(code) else None
    written = Evidence("region", phrase("assets.written-here"), hit.origin)
    evidence = (written,) if hit.origin is not None else ()
    return Hint(code, operator, unknown=unknown, span=hit.span, evidence=evidence)


def cause_of(hit: Hit, otherwise: str) -> str:
    """What leaves a value open that a signal was met in: one question for all of the same."""
    if hit.because is None:
        return otherwise
    return ".".join((hit.because.key, *(str(value) for _, value in hit.because.args)))


def options(hit: Hit) -> tuple[str, ...]:
    """Operators that a signal may mean, the likely one first."""
    likely = (hit.operator,) if hit.operator else ()
    return tuple(dict.fromkeys((*likely, *hit.candidates)))


def _by(hit: Hit, operator: str) -> str:
    """How a signal tells an operator: it alone writes this, or nothing of another is seen, or
    something of its own is."""
    if len(options(hit)) == 1:
        return "facts.cluster-by-signal"
    likely = hit.operator == operator
    return "facts.cluster-by-lookalike" if likely else "facts.cluster-by-its-own"


_SHOWN: Final = 3
"""Signals that are shown of those that agree."""


def _one_each(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The first hits of different signals."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.signal.id, hit)
    return tuple(first.values())[:_SHOWN]


def _with(layer: LayerPlacement, link: tuple[Evidence, ...]) -> LayerPlacement:
    return LayerPlacement(
        layer.operator,
        layer.service,
        layer.layer,
        layer.capability,
        layer.unknown,
        link + layer.evidence,
    )


def _at(span: Span) -> str:
    return f"{span.file}:{span.line}"
