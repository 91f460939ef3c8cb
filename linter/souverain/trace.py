"""The relation between rules, clauses, texts and press, as the built-in policies state it."""

from __future__ import annotations

from collections.abc import Iterable

from souverain.doctrine import Doctrine, load_doctrine
from souverain.doctrine.relation import Relation, RuleRow
from souverain.doctrine.seeds import load_seeds
from souverain.model import Phrase, inline
from souverain.rules.load import load_rules
from souverain.rules.model import Rule, Sentences


def load_relation() -> Relation:
    """The relation of the built-in policies.

    Raises :class:`~souverain.doctrine.InvalidPolicyError` for policies that cannot be used.
    """
    doctrine = load_doctrine()
    return relation(doctrine, load_rules(doctrine))


def relation(doctrine: Doctrine, rules: Iterable[Rule]) -> Relation:
    """The relation of some rules to the doctrine."""
    return Relation(doctrine, tuple(row(rule) for rule in rules), load_seeds(doctrine))


def row(rule: Rule) -> RuleRow:
    """A rule as far as its clauses are concerned."""
    return RuleRow(
        id=rule.id,
        name=rule.name,
        title=said(rule.title),
        severity=rule.severity,
        subject=rule.subject,
        clauses=tuple(clause.id for clause in rule.clauses),
    )


def said(sentences: Sentences) -> Phrase:
    """A sentence of a rule that has no places to fill."""
    return inline(sentences.en, sentences.fr)
