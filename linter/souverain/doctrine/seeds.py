"""The press articles the project started from, and what the law says of their claims today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from souverain import policystore
from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.doctrine.load import sentence
from souverain.doctrine.model import Doctrine
from souverain.model import Phrase
from souverain.records import dataclass

Standing = Literal["holds", "superseded", "inexact", "opinion"]
STANDINGS: tuple[Standing, ...] = ("holds", "superseded", "inexact", "opinion")


@dataclass(frozen=True, slots=True)
class Claim:
    """Something an article says, and the clauses that answer it today."""

    id: str
    claim: Phrase
    standing: Standing
    clauses: tuple[str, ...]
    today: Phrase


@dataclass(frozen=True, slots=True)
class Seed:
    """A press article. ``date`` is an ISO day, or a month when the day is not known."""

    id: str
    title: str
    publisher: str
    date: str
    claims: tuple[Claim, ...]


def load_seeds(doctrine: Doctrine) -> Mapping[str, Seed]:
    """The articles by id.

    Raises :class:`~souverain.doctrine.decode.InvalidPolicyError` with the place of a fault.
    """
    files = Node(policystore.load("doctrine/seeds"), "doctrine/seeds")
    seeds = (_seed(file, doctrine) for file in files.values())
    return {seed.id: seed for seed in seeds}


def _seed(file: Node, doctrine: Doctrine) -> Seed:
    node = file.field("seed")
    return Seed(
        id=node.field("id").string(),
        title=node.field("title").string(),
        publisher=node.field("publisher").string(),
        date=node.field("date").string(),
        claims=tuple(_claim(claim, doctrine) for claim in file.field("claims").elements()),
    )


def _claim(node: Node, doctrine: Doctrine) -> Claim:
    clauses = node.field("clauses").strings()
    for identifier in clauses:
        if identifier not in doctrine.clauses:
            raise InvalidPolicyError(node.where, f"no such clause: {identifier}")
    return Claim(
        id=node.field("id").string(),
        claim=sentence(node.field("claim")),
        standing=node.field("standing").choice(STANDINGS),
        clauses=clauses,
        today=sentence(node.field("today")),
    )
