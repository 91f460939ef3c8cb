"""A signal that is met in an object, and the word of the object that it is met in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from souverain.catalog.signals import is_like
from souverain.facts.blocks import filled
from souverain.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from souverain.catalog.model import HostMatch
    from souverain.catalog.signals import Signal
    from souverain.facts.signalindex import Path
    from souverain.kubernetes.model import Fields, Node
    from souverain.model import Phrase, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """One signal met in an object.

    ``operator`` is None when it cannot be told from the candidates, or when the host is not
    listed. ``region`` is a code as written, not yet looked up: it may be the operator's or
    somebody else's (``signal.candidates``), or left open by a placeholder.
    """

    signal: Signal
    path: str
    span: Span
    operator: str | None
    candidates: tuple[str, ...]
    region: str | None
    host: str | None
    """Without user, port and path; of a Secret only the domain that the catalogue lists."""
    match: HostMatch | None
    shown: str
    """What may be shown of it: a key, a host, an image; never a secret's content."""
    service: str | None = None
    unresolved: bool = False
    """The value is left open (``${HOST}``): the key speaks, whom it names is not known."""
    key: str = ""
    """Last key of the path, name of the variable, or flag."""
    because: Phrase | None = None
    """Why the value, or the region, is left open, where that is known."""
    origin: Span | None = None
    """Where the region is written, when another file decides it."""


def unbeaten(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits of a workload and of all that it reads, without those that another one beats: an
    endpoint in a ConfigMap says whose the region is that the container sets."""
    met = tuple(hits)
    keys = frozenset(hit.key for hit in met)
    return tuple(hit for hit in met if not is_beaten(hit.signal, keys))


def is_beside(signal: Signal, place: Place) -> bool:
    """Whether a key stands there that the signal needs."""
    if not signal.beside:
        return True
    written = place.around[0].keys if place.around else ()
    return any(is_like(like, key) for like in signal.beside for key in written)


def is_above(signal: Signal, place: Place) -> bool:
    """Whether something is written in the mapping around that says otherwise."""
    written = (key for block in place.around[1:2] for key in filled(block))
    return any(is_like(like, key) for key in written for like in signal.unless_above)


def is_beaten(signal: Signal, written: frozenset[str]) -> bool:
    """Whether one of the keys that are written says otherwise."""
    return any(
        like in written if "*" not in like else any(is_like(like, key) for key in written)
        for like in signal.overridden_by
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands: the path of its mapping, and the mappings around it, nearest
    first."""

    path: Path
    around: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A key with its value: a text and the node it is in, or something else than a text."""

    key: str
    place: Place
    node: Node | None
    written: Span | None = None
    """Where it is written, when not in the node."""
    text: str | None = None
    secret: bool = False
    kind: str = ""

    @property
    def name(self) -> str:
        """What may always be shown: the key, or the kind of an object that only is one."""
        return self.key or self.kind

    @property
    def span(self) -> Span:
        return self.written or (self.node or self.place.around[0]).span
