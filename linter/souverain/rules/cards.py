"""Rules as reports present them, apart from any finding."""

from __future__ import annotations

from souverain.model import Phrase, RuleCard, inline
from souverain.rules.model import Rule, Sentences
from souverain.text import places


def card(rule: Rule) -> RuleCard:
    """What a report says of a rule that may have found nothing."""
    title = _always(rule.title) or inline(rule.name, rule.name)
    return RuleCard(
        id=rule.id,
        name=rule.name,
        severity=rule.severity,
        title=title,
        why=_always(rule.why) or title,
        remediation=_always(rule.remediation),
        clauses=tuple(clause.id for clause in rule.clauses),
        ignorable=rule.ignorable,
    )


def _always(sentences: Sentences) -> Phrase | None:
    """The lines that are true of every finding; those with places to fill are left out."""
    en, fr = (_lines(text) for text in (sentences.en, sentences.fr))
    return inline(en, fr) if en and fr else None


def _lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not places(line))
