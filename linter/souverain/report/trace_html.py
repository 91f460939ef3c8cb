"""``trace --format html``: one page without scripts, where ids are links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from souverain.doctrine.model import Clause
from souverain.doctrine.relation import Relation
from souverain.model import Lang, Phrase, phrase
from souverain.report.trace_words import Say, counts, dates, ending, saying

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:75em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top}"
    "th{background:#8882}"
)


def trace(relation: Relation, lang: Lang) -> str:
    """The relation as an HTML document."""
    plain = saying(lang)

    def say(sentence: Phrase) -> str:
        return escape(plain(sentence))

    title = say(phrase("trace.title"))
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f"<p>{say(counts(relation))}</p>",
        *_texts(relation, say),
        *_rules(relation, say),
        *_press(relation, say),
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def _texts(relation: Relation, say: Say) -> Iterator[str]:
    for identifier, text in sorted(relation.doctrine.texts.items()):
        title = escape(text.title)
        named = f'<a href="{escape(text.url)}">{title}</a>' if text.url else title
        yield f'<h2 id="{escape(identifier)}">{escape(identifier)}</h2>'
        yield f"<p>{named} ({say(dates(text))})</p>"
        names = ("clause", "says", "ending", "rules", "press")
        rows = [_clause(clause, relation, say) for clause in relation.clauses_of(identifier)]
        yield from _table([say(phrase(f"trace.head-{name}")) for name in names], rows)


def _clause(clause: Clause, relation: Relation, say: Say) -> tuple[str, ...]:
    reason = f" {say(clause.ending.reason)}" if clause.ending.reason else ""
    place = f"{say(clause.locator)}, {clause.confidence}"
    return (
        f'<span id="{escape(clause.id)}">{escape(clause.id)}</span> ({place})',
        say(clause.summary),
        f"{say(ending(clause, relation))}{reason}",
        _links(relation.rules_of(clause)),
        _links(claim.id for claim in relation.claims_of(clause.id)),
    )


def _rules(relation: Relation, say: Say) -> Iterator[str]:
    yield f"<h2>{say(phrase('trace.rules'))}</h2>"
    names = ("rule", "says", "severity", "clauses")
    rows = [
        (_anchor(rule.id), say(rule.title), rule.severity, _links(rule.clauses))
        for rule in relation.rules
    ]
    yield from _table([say(phrase(f"trace.head-{name}")) for name in names], rows)


def _press(relation: Relation, say: Say) -> Iterator[str]:
    yield f"<h2>{say(phrase('trace.articles'))}</h2>"
    names = ("claim", "says", "standing", "today", "clauses")
    rows = [
        (
            f"{_anchor(claim.id)} ({escape(seed.publisher)}, {seed.date})",
            say(claim.claim),
            say(phrase(f"trace.standing-{claim.standing}")),
            say(claim.today),
            _links(claim.clauses),
        )
        for _, seed in sorted(relation.seeds.items())
        for claim in seed.claims
    ]
    yield from _table([say(phrase(f"trace.head-{name}")) for name in names], rows)


def _anchor(identifier: str) -> str:
    return f'<span id="{escape(identifier)}">{escape(identifier)}</span>'


def _links(identifiers: Iterable[str]) -> str:
    return ", ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in identifiers)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
    yield from ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    yield "</table>"
