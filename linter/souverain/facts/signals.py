"""What a Kubernetes object says about who runs something, where, and whom it talks to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from souverain.catalog.model import HostMatch
    from souverain.catalog.signals import Signal
    from souverain.model import Span


@dataclass(frozen=True, slots=True)
class Hit:
    """One signal met in an object.

    ``operator`` is None when it cannot be told from the candidates, or when the host is not
    listed. ``region`` is a code as written, not yet looked up: it may be the operator's or
    somebody else's (:attr:`Signal.candidates`).
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
