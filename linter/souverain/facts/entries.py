"""Names by which objects are reached: who calls one calls the project itself.

They stand in ingresses, routes and certificates, and in what values say of them; not where
these send a call on. A name without its ingress is nobody's in particular, so it stays a call
to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from souverain.catalog.signals import is_like
from souverain.kubernetes.model import Fields, Items, KubernetesObject, Node, Scalar

if TYPE_CHECKING:
    from souverain.catalog.signals import Reading

_ANY = "*."


class Entries:
    """The names of some objects: those of one root."""

    def __init__(self, reading: Reading, objects: Iterable[KubernetesObject]) -> None:
        self._reading = reading
        self._telling: dict[str, bool] = {}
        own: set[str] = set()
        others: set[str] = set()
        for each in objects:
            outside = each.group_kind in reading.outside_kinds
            known = outside or each.group_kind in reading.entry_kinds
            self._gather(each.body, others if outside else own, inside=known)
        self._names = frozenset(own - others)
        self._any = tuple(name[1:] for name in self._names if name.startswith(_ANY))

    def has(self, host: str) -> bool:
        """Whether a host is one of them, or below one that stands for any."""
        return host in self._names or any(host.endswith(end) for end in self._any)

    def _gather(self, node: Fields | Items, names: set[str], *, inside: bool) -> None:
        if isinstance(node, Items):
            for each in node.nodes:
                if not isinstance(each, Scalar):
                    self._gather(each, names, inside=inside)
            return
        for key, inner in zip(node.keys, node.nodes, strict=True):
            if inside and key in self._reading.entry_names:
                names.update(_names(inner))
            if not isinstance(inner, Scalar) and key not in self._reading.onward:
                self._gather(inner, names, inside=inside or self._tells(key))

    def _tells(self, key: str) -> bool:
        """Whether names below a key are such names; few keys are written over and over."""
        if key not in self._telling:
            likes = self._reading.entries
            self._telling[key] = any(is_like(like, key) for like in likes)
        return self._telling[key]


def _names(node: Node) -> Iterator[str]:
    """Names in a text or a list of texts; a list of mappings is walked like any other."""
    for each in node.nodes if isinstance(node, Items) else (node,):
        if isinstance(each, Scalar) and isinstance(each.value, str) and "." in each.value:
            yield each.value.strip().rstrip(".").lower()
