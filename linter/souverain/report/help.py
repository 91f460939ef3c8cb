"""What a rule says of itself in formats that carry the rules: always in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from souverain.doctrine import Doctrine
from souverain.model import Phrase, RuleCard
from souverain.report.markup import safe
from souverain.report.terminal import clean
from souverain.text import render


def address(clauses: Iterable[str], doctrine: Doctrine) -> str | None:
    """Where the text of the best clause can be read; the next one's when it has no address."""
    known = (doctrine.clauses[clause] for clause in clauses if clause in doctrine.clauses)
    return next((clause.text.url for clause in known if clause.text.url), None)


def sentence(title: str) -> str:
    """A title as a sentence of its own."""
    return f"{title[:1].upper()}{title[1:]}."


def text_help(rule: RuleCard, doctrine: Doctrine) -> str:
    """Why, what to do and the clauses, as plain text."""
    remedy = [_say(rule.remediation)] if rule.remediation else []
    clauses = (f"- {clause}" for clause in rule.clauses if clause in doctrine.clauses)
    return "\n".join((_say(rule.why), *remedy, *clauses))


def markdown_help(rule: RuleCard, doctrine: Doctrine) -> str:
    """The same in Markdown, with links to the texts."""
    remedy = [safe(_say(rule.remediation)), ""] if rule.remediation else []
    lines = (f"**{safe(sentence(_say(rule.title)))}**", "", safe(_say(rule.why)), "", *remedy)
    return "\n".join((*lines, *_clauses(rule, doctrine))).strip("\n")


def _clauses(rule: RuleCard, doctrine: Doctrine) -> Iterator[str]:
    for identifier in rule.clauses:
        clause = doctrine.clauses.get(identifier)
        if clause is None:
            continue
        title = safe(_say(clause.text.short))
        named = f"[{title}]({clause.text.url})" if clause.text.url else title
        yield f"- `{identifier}`: {named}, {safe(_say(clause.locator))}"


def _say(phrase: Phrase) -> str:
    return render(phrase, "en", clean)
