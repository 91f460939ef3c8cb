"""Legal and doctrinal texts, and their numbered clauses, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from souverain.model import Basis, Confidence, Phrase
from souverain.records import dataclass

ANY = "any"
"""Written instead of a list in ``binds`` or ``data``: whoever they are, whatever they hold."""

TextStatus = Literal["in_force", "replaced", "withdrawn", "draft", "guidance"]
EndingKind = Literal["checked", "guard", "not_mechanisable"]


@dataclass(frozen=True, slots=True)
class Text:
    """A law, decree, circular, framework or guidance."""

    id: str
    title: str
    """Official title, in French (or in the language of its issuer)."""
    short: Phrase
    issuer: str
    basis: Basis
    status: TextStatus
    confidence: Confidence
    source: str
    number: str | None = None
    date: str | None = None
    """ISO date of signature."""
    start: str | None = None
    """ISO date from which it applies."""
    end: str | None = None
    """First ISO date on which it no longer applies."""
    url: str | None = None
    url_source: str | None = None
    """Where the address was seen, when another source gives it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a clause: checked by a rule, kept by a guard, or beyond code."""

    kind: EndingKind
    reason: Phrase | None = None
    """What the guard forbids, or why code cannot show it."""
    restrains: tuple[str, ...] = ()
    """Rules a guard restrains: ids, or families (``SNC``)."""


DerogationNeed = Literal["authority", "prime_minister", "publication"]


@dataclass(frozen=True, slots=True)
class Derogation:
    """An exception a clause allows: from what, and how long once an offer is available."""

    clauses: tuple[str, ...]
    months: int
    needs: tuple[DerogationNeed, ...] = ()
    """Who must have decided, validated or published it for it to count."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered requirement of a text.

    ``binds`` are the entities it obliges (see the ``entity`` key of the manifest);
    ``contested`` those for which sources disagree: they never give more than a warning.
    A clause that binds nobody by itself (a framework) has an empty ``binds``.
    """

    id: str
    text: Text
    locator: Phrase
    """Where it stands in the text."""
    summary: Phrase
    binds: frozenset[str]
    data: frozenset[str]
    """Categories it is about; ``ANY`` for all."""
    confidence: Confidence
    source: str
    ending: Ending
    contested: frozenset[str] = frozenset()
    start: str | None = None
    end: str | None = None
    derogation: Derogation | None = None
    answer_months: int | None = None
    """Within how many months a request for a derogation is answered."""

    def binding(self, entity: str) -> bool:
        """Whether it obliges ``entity``, contested bodies included."""
        return ANY in self.binds or entity in self.binds or entity in self.contested

    def about(self, categories: frozenset[str]) -> bool:
        """Whether it is about some of ``categories``."""
        return ANY in self.data or bool(self.data & categories)


class UnknownClauseError(KeyError):
    """A rule or a query names a clause or text that no doctrine file defines."""


@dataclass(frozen=True, slots=True)
class Doctrine:
    """Every text and clause, by id."""

    texts: Mapping[str, Text]
    clauses: Mapping[str, Clause]

    def text(self, identifier: str) -> Text:
        """The text of that id; raises :class:`UnknownClauseError`."""
        if identifier not in self.texts:
            raise UnknownClauseError(identifier)
        return self.texts[identifier]

    def clause(self, identifier: str) -> Clause:
        """The clause of that full id (``TEXT:LOCATOR``); raises :class:`UnknownClauseError`."""
        if identifier not in self.clauses:
            raise UnknownClauseError(identifier)
        return self.clauses[identifier]


def in_force(clause: Clause, as_of: date) -> bool:
    """Whether the clause applies on that day.

    A draft has no day yet: it counts from the day it was tabled, and
    :mod:`souverain.rules.severity` keeps what rests on it informational.
    """
    day = as_of.isoformat()
    if clause.text.status == "draft":
        return day >= (clause.text.date or day)
    start = clause.start or clause.text.start
    ends = [end for end in (clause.end, clause.text.end) if end]
    return (start is None or start <= day) and all(day < end for end in ends)
