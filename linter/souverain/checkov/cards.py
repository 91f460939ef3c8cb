"""The rules as checks of Checkov: an id, a name that holds the clauses, a link."""

from __future__ import annotations

from souverain.doctrine import load_doctrine
from souverain.model import Severity
from souverain.records import dataclass
from souverain.rules.cards import card
from souverain.rules.load import load_rules
from souverain.rules.model import Rule
from souverain.rules.sources import INTERNAL_ERROR
from souverain.text import render


@dataclass(frozen=True, slots=True)
class CheckCard:
    """One rule, as Checkov lists it."""

    rule: str
    id: str
    name: str
    severity: Severity
    guideline: str | None


def check_cards() -> tuple[CheckCard, ...]:
    """All rules, and the one that tells of our own failures, by id."""
    doctrine = load_doctrine()
    cards = [_card(rule) for rule in load_rules(doctrine)]
    failure = CheckCard(
        INTERNAL_ERROR, _id(INTERNAL_ERROR), "Souverain could not analyse this", "error", None
    )
    return tuple(sorted((*cards, failure), key=lambda each: each.id))


def _card(rule: Rule) -> CheckCard:
    shown = card(rule)
    clauses = ", ".join(clause.id for clause in rule.clauses)
    title = render(shown.title, "en")
    name = f"{title} ({clauses})" if clauses else title
    url = next((clause.text.url for clause in rule.clauses if clause.text.url), None)
    return CheckCard(rule.id, _id(rule.id), name, rule.severity, url)


def _id(rule: str) -> str:
    # Checkov takes an id without underscore for a Kubernetes namespace.
    return f"SOUV_{rule}"
