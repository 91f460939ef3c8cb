"""The clusters that Argo CD, Flux and the like send what is deployed together to.

A cluster is named where that is done, or it is the one that the object is in that does it. It
is known when the project declares it, by its name or by the paths of that object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from souverain.facts.location import all_of
from souverain.facts.placement import Place
from souverain.kubernetes.relocation import written
from souverain.model import (
    PROJECT_WIDE,
    Evidence,
    LayerPlacement,
    Location,
    Phrase,
    Undecided,
    phrase,
)
from souverain.records import dataclass, replace

if TYPE_CHECKING:
    from souverain.kubernetes.model import KubernetesRoot, Sending

MANAGED = "managed-kubernetes"
"""Capability of a cluster that an operator runs."""


@dataclass(frozen=True)
class Sendings:
    """Where roots are sent. ``at`` gives the cluster declared for a root and a file, ``named``
    the one declared by one of some names."""

    roots: Sequence[KubernetesRoot]
    at: Callable[[str, str], Place | None]
    named: Callable[[frozenset[str]], Place | None]

    def declared(self, root: KubernetesRoot, seen: tuple[str, ...] = ()) -> Place | None:
        """The clusters that a root is sent to, all at once; None when none is declared."""
        places = [self._of(each, (*seen, root.path)) for each in root.delivered_by]
        if not any(places):
            return None
        pairs = zip(root.delivered_by, places, strict=True)
        return together(place or nowhere(_why(each)) for each, place in pairs)

    def _of(self, sending: Sending, seen: tuple[str, ...]) -> Place | None:
        if sending.to is not None:
            found = self.named(sending.to.names)
            link = Evidence(
                "operator",
                phrase("facts.cluster-sent", name=written(sending.to.leaf)),
                sending.to.leaf.span,
            )
            return _after(link, found)
        found = self.at(sending.root, sending.by.span.file)
        if found is None and sending.root not in seen:
            above = self._here.get(sending.root, ())
            found = next(filter(None, (self.declared(root, seen) for root in above)), None)
        said = phrase("facts.cluster-sent-beside", address=sending.by.address)
        return _after(Evidence("operator", said, sending.by.span), found)

    def beside(self, root: KubernetesRoot) -> list[KubernetesRoot]:
        """Other roots with objects that have a root deployed to the cluster they are in."""
        paths = dict.fromkeys(each.root for each in root.delivered_by if each.to is None)
        return [r for path in paths if path != root.path for r in self._here.get(path, ())]

    @cached_property
    def _here(self) -> dict[str, list[KubernetesRoot]]:
        """Roots by their directory, where they are deployed to its cluster."""
        found: dict[str, list[KubernetesRoot]] = {}
        for root in self.roots:
            if root.kind != "set":
                found.setdefault(root.path, []).append(root)
        return found

    def names(self, root: KubernetesRoot) -> frozenset[str]:
        """What the other clusters are called that a root is sent to."""
        return frozenset(
            name for each in root.delivered_by if each.to is not None for name in each.to.names
        )

    def unknown(self, root: KubernetesRoot) -> Undecided:
        """Why nobody knows the cluster of a root of which nothing tells it."""
        sent = next((each for each in root.delivered_by if each.to is not None), None)
        return undeclared() if sent is None else _why(sent)


def undeclared() -> Undecided:
    """That nothing says which cluster it is."""
    return Undecided(phrase("facts.cluster-unknown"), None, f"{PROJECT_WIDE}cluster")


def nowhere(why: Undecided) -> Place:
    """A cluster of which nothing is known."""
    layer = LayerPlacement(None, "kubernetes", "caas", MANAGED, why)
    return Place((layer,), Location(unknown=why))


def together(places: Iterable[Place]) -> Place:
    """Several clusters that are all used: what is sent to all of them is in all of them."""
    found = tuple(places)
    if len(found) == 1:
        return found[0]
    layers: dict[tuple[str | None, str | None], LayerPlacement] = {}
    for layer in (layer for place in found for layer in place.layers):
        layers.setdefault((layer.operator, layer.service), layer)
    return Place(tuple(layers.values()), all_of([place.location for place in found]))


def _why(sending: Sending) -> Undecided:
    if sending.to is None:
        return undeclared()
    name = written(sending.to.leaf)
    said = _reason(sending, name)
    return Undecided(said, sending.to.leaf.span, f"{PROJECT_WIDE}cluster.{name}")


def _reason(sending: Sending, name: str) -> Phrase:
    open_name = sending.to is not None and not sending.to.names
    key = "facts.cluster-name-open" if open_name else "facts.cluster-unnamed"
    return phrase(key, address=sending.by.address, name=name)


def _after(link: Evidence, place: Place | None) -> Place | None:
    """A place with what leads to it."""
    if place is None:
        return None
    layers = (replace(layer, evidence=(link, *layer.evidence)) for layer in place.layers)
    return replace(place, layers=tuple(layers))
