"""What an ignore says: ``ignore[LOC001] until=2027-03-31 reason="…" ref="…"``.

The text after ``souverain:`` in a comment, and a line of the annotation of a Kubernetes
object, have the same grammar: rules in brackets, by id or name, then the fields in any
order. A value stands in double quotes (``\\"`` and ``\\\\`` are escapes) or has no space.
"""

from __future__ import annotations

import re
from datetime import date

from souverain.model import Phrase, phrase
from souverain.records import dataclass
from souverain.regex import regex
from souverain.suppress.dates import day_of

FIELDS = ("until", "reason", "ref")

_HEAD = regex(r"ignore\s*\[([^\]]*)\]", re.ASCII)
_FIELD = regex(r'\s+([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))', re.ASCII)
_ESCAPE = regex(r"\\(.)")
_WANTED = regex(r"ignore\b|[a-z_-]+\[", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Directive:
    """An ignore that says everything it must: for which rules, why, and for how long."""

    rules: tuple[str, ...]
    """Ids or names, as written."""
    until: date
    """The last day on which it counts."""
    reason: str
    ref: str | None = None
    """The assessment that contests the finding: needed where the law is at stake."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no ignore, and so has no effect."""

    reason: Phrase


def is_meant(text: str) -> bool:
    """Whether a text after ``souverain:`` means to be a directive, well written or not.

    Prose may follow the word: "souverain: hosted in France" asks for nothing.
    """
    return _WANTED.match(text) is not None


def parse(text: str) -> Directive | Fault:
    """The directive that a text is, or what is wrong with it: the first thing found."""
    text = text.strip()
    head = _HEAD.match(text)
    if head is None:
        return Fault(phrase("suppress.not-a-directive"))
    rules = tuple(dict.fromkeys(name.strip() for name in head[1].split(",")))
    if not all(rules):
        return Fault(phrase("suppress.no-rule"))
    fields = _fields(text, head.end())
    return fields if isinstance(fields, Fault) else _directive(rules, fields)


def _fields(text: str, at: int) -> dict[str, str] | Fault:
    found: dict[str, str] = {}
    while at < len(text):
        field = _FIELD.match(text, at)
        if field is None:
            return Fault(phrase("suppress.not-a-field", text=text[at:].strip()[:40]))
        name = field[1]
        if name not in FIELDS:
            return Fault(phrase("suppress.unknown-field", name=name, fields=", ".join(FIELDS)))
        if name in found:
            return Fault(phrase("suppress.field-twice", name=name))
        quoted = field[2]
        found[name] = field[3] if quoted is None else _ESCAPE.sub(r"\1", quoted)
        at = field.end()
    return found


def _directive(rules: tuple[str, ...], fields: dict[str, str]) -> Directive | Fault:
    for name in ("until", "reason"):
        if name not in fields:
            return Fault(phrase(f"suppress.missing-{name}"))
    for name, value in fields.items():
        if not value.strip():
            return Fault(phrase("suppress.empty-field", name=name))
    until = day_of(fields["until"])
    if until is None:
        return Fault(phrase("suppress.not-a-day", text=fields["until"][:40]))
    return Directive(rules, until, fields["reason"].strip(), fields.get("ref"))
