"""``trace --format text``: texts and their clauses, then rules, then what the press said."""

from __future__ import annotations

from collections.abc import Iterator

from souverain.doctrine.model import Clause
from souverain.doctrine.relation import Relation
from souverain.model import Lang, phrase
from souverain.report.terminal import clean
from souverain.report.trace_words import Say, counts, dates, ending, saying


def trace(relation: Relation, lang: Lang) -> str:
    """The relation for a terminal."""
    say = saying(lang, clean)
    lines = [*_texts(relation, say), *_rules(relation, say), *_press(relation, say)]
    return "\n".join((*lines, say(counts(relation)))) + "\n"


def _texts(relation: Relation, say: Say) -> Iterator[str]:
    for identifier, text in sorted(relation.doctrine.texts.items()):
        yield f"{identifier}  {say(text.short)} ({say(dates(text))})"
        for clause in relation.clauses_of(identifier):
            yield from _clause(clause, relation, say)
        yield ""


def _clause(clause: Clause, relation: Relation, say: Say) -> Iterator[str]:
    yield f"  {clause.id}  {say(clause.locator)}  [{clause.confidence}]"
    yield f"    {say(clause.summary)}"
    reason = f" {say(clause.ending.reason)}" if clause.ending.reason else ""
    yield f"    {say(ending(clause, relation))}{reason}"
    claims = ", ".join(claim.id for claim in relation.claims_of(clause.id))
    if claims:
        yield f"    {say(phrase('trace.press', claims=claims))}"


def _rules(relation: Relation, say: Say) -> Iterator[str]:
    yield say(phrase("trace.rules"))
    for rule in relation.rules:
        clauses = ", ".join(rule.clauses) or say(phrase("trace.no-clause"))
        yield f"  {rule.id}  {rule.severity}  {rule.name}: {clauses}"
    yield ""


def _press(relation: Relation, say: Say) -> Iterator[str]:
    yield say(phrase("trace.articles"))
    for identifier, seed in sorted(relation.seeds.items()):
        yield f"  {identifier}  {clean(seed.title)} ({clean(seed.publisher)}, {seed.date})"
        for claim in seed.claims:
            standing = say(phrase(f"trace.standing-{claim.standing}"))
            yield f"    {claim.id}  {standing} {say(claim.claim)}"
            yield f"      {say(claim.today)} ({', '.join(claim.clauses)})"
    yield ""
