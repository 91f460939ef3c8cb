"""Clusters that deliveries go to: by a name, by an address, or the one they are in themselves.

Objects that register clusters give an address to a name (Secrets of Argo CD). Of these nothing
but name and address is read here. Which objects these are is data:
``policies/catalog/kubernetes/deliveries.yaml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

from souverain import policystore
from souverain.kubernetes.model import (
    Destination,
    KubernetesObject,
    KubernetesRoot,
    Scalar,
    UnreadObjects,
)
from souverain.kubernetes.paths import is_open, leaves_at
from souverain.kubernetes.relocation import written
from souverain.records import dataclass


class Destinations:
    """The clusters that the objects of a project tell apart."""

    def __init__(self, roots: Sequence[KubernetesRoot]) -> None:
        self._roots = roots

    def of(self, subject: KubernetesObject, paths: Sequence[str]) -> Sequence[Destination | None]:
        """The clusters that an object names at some paths; None is the one it is in."""
        named = [leaf for path in paths for leaf in leaves_at(subject.body, path)]
        found = [self._one(leaf) for leaf in named if written(leaf).strip()]
        return found or (None,)

    def _one(self, leaf: Scalar) -> Destination | None:
        if is_open(written(leaf)):
            return Destination(leaf, frozenset())
        name = _plain(leaf)
        registered = [(called, each) for called, each in self._registered if name in called]
        names = frozenset({name}).union(*(called for called, _ in registered))
        if not names.isdisjoint(_here()):
            return None
        return Destination(leaf, names, tuple(each for _, each in registered))

    @cached_property
    def _registered(self) -> Sequence[tuple[frozenset[str], KubernetesObject]]:
        labels = [rule.label for rule in _registrations()]
        return [
            (frozenset(map(_plain, called)), each)
            for root in self._roots
            if not isinstance(root.objects, UnreadObjects) or root.objects.may_say(labels)
            for each in root.objects
            for rule in _registrations()
            if rule.fits(each)
            and (called := [leaf for path in rule.called for leaf in leaves_at(each.body, path)])
        ]


@dataclass(frozen=True, slots=True)
class _Registration:
    """How objects of some kinds register a cluster."""

    kinds: Sequence[str]
    label: str
    value: str
    called: Sequence[str]
    """Paths of what the cluster is called by."""

    def fits(self, subject: KubernetesObject) -> bool:
        return (
            subject.group_kind in self.kinds
            and subject.body.text("metadata", "labels", self.label) == self.value
        )


def _plain(leaf: Scalar) -> str:
    return written(leaf).strip().rstrip("/")


@cache
def _registrations() -> Sequence[_Registration]:
    raw = policystore.load_mapping("catalog/kubernetes/deliveries")["registrations"]
    return [_Registration(**each) for each in (raw if isinstance(raw, list) else ())]


@cache
def _here() -> frozenset[str]:
    raw = policystore.load_mapping("catalog/kubernetes/deliveries")["here"]
    return frozenset(map(str, raw if isinstance(raw, list) else ()))
