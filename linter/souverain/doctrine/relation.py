"""Which rule checks which clause of which text, and which claim of the press it answers."""

from __future__ import annotations

from collections.abc import Mapping

from souverain.doctrine.model import Clause, Doctrine
from souverain.doctrine.seeds import Claim, Seed
from souverain.model import Phrase, Severity
from souverain.records import dataclass


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as far as its clauses are concerned."""

    id: str
    name: str
    title: Phrase
    severity: Severity
    subject: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Rules, clauses, texts and press articles. Everything is given in a fixed order."""

    doctrine: Doctrine
    rules: tuple[RuleRow, ...]
    """By id."""
    seeds: Mapping[str, Seed]

    def clauses_of(self, text: str) -> tuple[Clause, ...]:
        """Clauses of a text, in the order of its file."""
        return tuple(c for c in self.doctrine.clauses.values() if c.text.id == text)

    def clauses(self) -> tuple[Clause, ...]:
        """Every clause, text by text."""
        return tuple(c for text in sorted(self.doctrine.texts) for c in self.clauses_of(text))

    def rules_of(self, clause: Clause) -> tuple[str, ...]:
        """Rules that check a clause, or that it restrains when it is a guard."""
        if clause.ending.kind == "guard":
            words = clause.ending.restrains
            return tuple(rule.id for rule in self.rules if rule.id.startswith(words))
        return tuple(rule.id for rule in self.rules if clause.id in rule.clauses)

    def guards_of(self, rule: str) -> tuple[Clause, ...]:
        """Guards that restrain a rule."""
        return tuple(c for c in self.clauses() if rule.startswith(c.ending.restrains))

    def claims_of(self, clause: str) -> tuple[Claim, ...]:
        """What the press said that the clause answers."""
        claims = (claim for _, seed in sorted(self.seeds.items()) for claim in seed.claims)
        return tuple(claim for claim in claims if clause in claim.clauses)
