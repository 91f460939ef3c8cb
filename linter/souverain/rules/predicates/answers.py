"""Answers that several predicates give."""

from __future__ import annotations

from souverain.model import Phrase, Undecided
from souverain.rules.model import Answer


def unknown(reason: Phrase) -> Answer:
    """It cannot be told, for a reason."""
    return Answer(None, undecided=Undecided(reason))


def undeclared(name: str) -> Answer:
    """It hangs on a fact that the project has not declared."""
    return Answer(None, depends_on=(name,))
