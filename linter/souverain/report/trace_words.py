"""Words that the readable forms of the trace share."""

from __future__ import annotations

from collections.abc import Callable

from souverain.doctrine.model import Clause, Text
from souverain.doctrine.relation import Relation
from souverain.model import Lang, Phrase, phrase
from souverain.text import render

Say = Callable[[Phrase], str]


def saying(lang: Lang, clean: Callable[[str], str] = str) -> Say:
    """Renders sentences in a language."""
    return lambda sentence: render(sentence, lang, clean)


def dates(text: Text) -> Phrase:
    """``in force, from 2024-11-16``: the standing of a text and its days."""
    status = phrase(f"trace.status-{text.status.replace('_', '-')}")
    if text.start and text.end:
        return phrase("trace.from-until", status=status, start=text.start, end=text.end)
    if text.start:
        return phrase("trace.from", status=status, start=text.start)
    return status


def ending(clause: Clause, relation: Relation) -> Phrase:
    """What became of a clause: the rules that check it, or those it restrains."""
    rules = ", ".join(relation.rules_of(clause))
    if clause.ending.kind == "not_mechanisable":
        return phrase("trace.not-mechanisable")
    if clause.ending.kind == "guard":
        return phrase("trace.guard", rules=rules)
    return phrase("trace.checked", rules=rules)


def counts(relation: Relation) -> Phrase:
    """How many clauses ended in each way."""
    kinds = [clause.ending.kind for clause in relation.doctrine.clauses.values()]
    return phrase(
        "trace.counts",
        texts=len(relation.doctrine.texts),
        clauses=len(kinds),
        checked=kinds.count("checked"),
        guards=kinds.count("guard"),
        others=kinds.count("not_mechanisable"),
        rules=sum(1 for rule in relation.rules if rule.clauses),
    )
