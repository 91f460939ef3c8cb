"""Maps and objects put together from members of which not all are known."""

from __future__ import annotations

from collections.abc import Mapping

from souverain.records import replace
from souverain.terraform.errors import EvaluationError
from souverain.values import OpenMap, Unknown, Value


class Overlay:
    """Members laid one over another: later ones win."""

    def __init__(self) -> None:
        self.known: dict[str, Value] = {}
        self.rest: Unknown | None = None
        """Why there may be other members; None when there are none."""

    def lay(self, members: Mapping[str, Value]) -> None:
        """Members that replace those of the same name."""
        if isinstance(members, OpenMap):
            self.cover(members.rest)
            members = members.known
        self.known.update(members)

    def cover(self, unknown: Unknown) -> None:
        """Members of unknown names: each of those below may be replaced.

        Raises EvaluationError when ``unknown`` is one.
        """
        self.widen(replace(unknown, ref=None) if self.known else unknown)
        self.known = {}

    def widen(self, unknown: Unknown) -> None:
        """Members of unknown names that replace none. Raises EvaluationError as above."""
        if unknown.error:
            raise EvaluationError(unknown.reason, unknown.span, unknown)
        ref = unknown.ref if self.rest is None else None
        self.rest = replace(self.rest or unknown, ref=ref, element=None)

    def value(self) -> Value:
        """What the members make up: an object when all of them are known."""
        if self.rest is None:
            return self.known
        return OpenMap(self.known, self.rest) if self.known else self.rest
