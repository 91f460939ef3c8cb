"""What a rule is, what a predicate answers, and what rules know beyond the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal, Protocol

from souverain.catalog.model import ExposureFact, Law, Operator
from souverain.doctrine.model import Clause, Doctrine
from souverain.model import (
    Certainty,
    Evidence,
    Facts,
    Flow,
    Phrase,
    Severity,
    Span,
    Undecided,
)
from souverain.records import dataclass, field

SubjectKind = Literal["asset", "flow", "declaration", "source", "suppression"]
SuppressionForm = Literal["ignore", "derogation", "baseline"]
SuppressionProblem = Literal["incomplete", "expired", "unused", "forbidden", "unanswered"]


# --- what rules know beyond the facts -------------------------------------------------


class Catalogue(Protocol):
    """The part of the catalogue rules ask: territories at a date, names, custodians."""

    def territory(self, name: str, as_of: date) -> frozenset[str]:
        """Countries (ISO codes) of a named territory on that day."""

    def operator(self, name: str) -> Operator | None:
        """The operator of that id or alias."""

    def law(self, id_: str) -> Law | None:
        """The foreign law of that id."""

    def exposures(self, operator: str) -> tuple[ExposureFact, ...]:
        """Laws that reach an operator."""

    def is_proprietary(self, service: str) -> bool:
        """Whether nobody but its operator offers the interface of a service."""


class Root(Protocol):
    """A deployment whose declarations are judged as a whole."""

    @property
    def path(self) -> str:
        """Directory, as displayed."""

    @property
    def scenario(self) -> str | None:
        """Name of the real combination of inputs it is evaluated with."""

    @property
    def library(self) -> bool:
        """Looks like a module that others call."""

    @property
    def span(self) -> Span:
        """Where a finding about the whole points."""


def nobody(scheme: str, capability: str) -> tuple[str, ...]:
    """No offer at all."""
    return ()


def unchanged(path: str) -> str:
    """The path itself: for projects whose root is the working directory."""
    return path


@dataclass(frozen=True)
class Context:
    """The day, the law and the catalogue a run is judged with.

    ``relative`` turns a displayed path into one relative to the repository, so that a
    fingerprint does not depend on the working directory. ``certified`` names the offers that
    are shown to hold a scheme for a capability that day.
    """

    as_of: date
    catalogue: Catalogue
    doctrine: Doctrine
    rules: Sequence[Rule]
    relative: Callable[[str], str] = unchanged
    certified: Callable[[str, str], tuple[str, ...]] = nobody


# --- answers --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What a predicate says of one asset or flow in one world.

    ``truth`` None is either *unknown* (``undecided`` says why) or *open*: it hangs on
    facts that only the project knows (``depends_on``) or that are arguable (none named).
    """

    truth: bool | None
    undecided: Undecided | None = None
    depends_on: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    span: Span | None = None
    """The attribute that decides, when one does."""
    fact: str = ""
    """The decisive fact in normal form (``us-east-1``), for fingerprints and groups."""
    categories: frozenset[str] = frozenset()
    """Data categories that made it true."""
    certainty: Certainty | None = None
    """How the data is known, best first."""

    @property
    def open(self) -> bool:
        """Neither true nor false, and no fact of the configuration is missing."""
        return self.truth is None and self.undecided is None


YES = Answer(True)
NO = Answer(False)

CERTAINTY_ORDER: dict[Certainty, int] = {
    "declared": 5,
    "intrinsic": 4,
    "propagated": 3,
    "inferred": 2,
    "assumed": 1,
}


def conjunction(answers: Iterable[Answer]) -> Answer:
    """Kleene AND. What decides comes from the answers that are not true, if there are any."""
    given = [answer for answer in answers if answer is not YES]
    if len(given) < 2:
        return given[0] if given else YES
    deciding = [answer for answer in given if answer.truth is not True]
    false = any(answer.truth is False for answer in deciding)
    return Answer(
        truth=False if false else None if deciding else True,
        undecided=None if false else next((a.undecided for a in deciding if a.undecided), None),
        depends_on=tuple(sorted({name for a in given for name in a.depends_on})),
        evidence=tuple(dict.fromkeys([link for a in given for link in a.evidence])),
        span=next((a.span for a in deciding if a.span), None),
        fact="; ".join([a.fact for a in deciding if a.fact]),
        categories=frozenset[str]().union(*[a.categories for a in given]),
        certainty=next((a.certainty for a in given if a.certainty), None),
    )


# --- rules ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """One asset, or one flow of it, in one world: what a predicate is asked about."""

    facts: Facts
    flow: Flow | None = None
    _answers: dict[str, Answer] = field(default_factory=dict, init=False, compare=False, repr=False)
    """Answers given so far: most rules ask the same of a case."""

    def answer(self, condition: Condition, context: Context) -> Answer:
        """What a condition says of it; asked once in a run, whichever rules ask."""
        known = self._answers.get(condition.asks)
        if known is None:
            known = self._answers[condition.asks] = condition.holds(self, context)
        return known


Predicate = Callable[[Case, Context], Answer]


@dataclass(frozen=True, slots=True)
class Condition:
    """A predicate of the vocabulary with its argument."""

    name: str
    asks: str
    """Name and argument: conditions that ask the same are answered the same."""
    holds: Predicate


@dataclass(frozen=True, slots=True)
class Easing:
    """A circumstance that lowers the severity, and the sentence that says why."""

    to: Severity
    when: tuple[Condition, ...]
    because: Phrase


@dataclass(frozen=True, slots=True)
class SourceTest:
    """Which ledger entries a rule about sources speaks of."""

    kinds: frozenset[str]
    statuses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Examples:
    """Folders that show the rule, executed in the tests and shown in its page."""

    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    never: tuple[tuple[str, Sentences], ...] = ()
    """Kinds of them that cannot exist (``unknown`` of what is written or is not), and why."""
    as_of: str | None = None
    """ISO date on which they show it, when today's law does not."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Checks of another tool on the same thing."""

    tool: str
    checks: tuple[str, ...]
    ask: Sentences
    """What they ask for."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """A sentence in every language, as written in a rule; ``{name}`` are its places."""

    en: str
    fr: str


@dataclass(frozen=True)
class Rule:
    """A machine check of clauses. ``name`` states the problem."""

    id: str
    name: str
    subject: SubjectKind
    severity: Severity
    undecided: Severity
    """Severity when it cannot be decided."""
    title: Sentences
    message: Sentences
    why: Sentences
    remediation: Sentences
    clauses: tuple[Clause, ...] = ()
    when: tuple[Condition, ...] = ()
    require: tuple[Condition, ...] = ()
    eased: tuple[Easing, ...] = ()
    yields_to: tuple[str, ...] = ()
    """Rules whose finding on the same asset, at least as severe, says it already."""
    sources: SourceTest | None = None
    suppression: tuple[SuppressionForm, SuppressionProblem] | None = None
    """What is wrong with which suppressions, for a rule about them."""
    ignorable: bool = True
    """Whether an ignore or a baseline may set its findings aside."""
    examples: Examples = field(default_factory=Examples)
    opposed: tuple[Compared, ...] = ()
    """Checks that ask for what the rule forbids."""
    echoed: tuple[Compared, ...] = ()
    """Checks that ask for the same, in part or in full."""
    see_also: tuple[tuple[str, Sentences], ...] = ()
    """Rules (or families) that speak of the same fact for another reason, and why both do."""
