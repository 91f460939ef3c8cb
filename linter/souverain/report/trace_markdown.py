"""``trace --format markdown``: the same relation as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from souverain.doctrine.model import Clause
from souverain.doctrine.relation import Relation
from souverain.model import Lang, Phrase, phrase
from souverain.regex import regex
from souverain.report.trace_words import Say, counts, dates, ending, saying

_SPECIAL = regex(r"([\\`*_\[\]<>|~&])")


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def trace(relation: Relation, lang: Lang) -> str:
    """The relation as a Markdown document."""
    plain = saying(lang)

    def say(sentence: Phrase) -> str:
        return escape(plain(sentence))

    lines = [
        f"# {say(phrase('trace.title'))}",
        "",
        say(counts(relation)),
        "",
        *_texts(relation, say),
        *_rules(relation, say),
        *_press(relation, say),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _texts(relation: Relation, say: Say) -> Iterator[str]:
    for identifier, text in sorted(relation.doctrine.texts.items()):
        title = escape(text.title)
        named = f"[{title}]({text.url})" if text.url else title
        yield from (f"## {escape(identifier)}", "", f"{named} ({say(dates(text))})", "")
        yield from _table(
            [say(phrase(f"trace.head-{name}")) for name in ("clause", "says", "ending", "press")],
            [_clause(clause, relation, say) for clause in relation.clauses_of(identifier)],
        )


def _clause(clause: Clause, relation: Relation, say: Say) -> tuple[str, ...]:
    reason = f" {say(clause.ending.reason)}" if clause.ending.reason else ""
    return (
        f"{escape(clause.id)} ({say(clause.locator)}, {clause.confidence})",
        say(clause.summary),
        f"{say(ending(clause, relation))}{reason}",
        ", ".join(claim.id for claim in relation.claims_of(clause.id)),
    )


def _rules(relation: Relation, say: Say) -> Iterator[str]:
    yield from (f"## {say(phrase('trace.rules'))}", "")
    yield from _table(
        [say(phrase(f"trace.head-{name}")) for name in ("rule", "says", "severity", "clauses")],
        [
            (rule.id, say(rule.title), rule.severity, escape(", ".join(rule.clauses)))
            for rule in relation.rules
        ],
    )


def _press(relation: Relation, say: Say) -> Iterator[str]:
    yield from (f"## {say(phrase('trace.articles'))}", "")
    names = ("claim", "says", "standing", "today", "clauses")
    yield from _table(
        [say(phrase(f"trace.head-{name}")) for name in names],
        [
            (
                f"{claim.id} ({escape(seed.publisher)}, {seed.date})",
                say(claim.claim),
                say(phrase(f"trace.standing-{claim.standing}")),
                say(claim.today),
                escape(", ".join(claim.clauses)),
            )
            for _, seed in sorted(relation.seeds.items())
            for claim in seed.claims
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
