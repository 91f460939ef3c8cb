"""``explain``: what is known of one thing, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from souverain.model import Lang, Phrase, phrase
from souverain.records import dataclass
from souverain.report.terminal import clean
from souverain.text import render

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading (an ``explain.head-`` sentence) and what stands under it."""

    name: str
    values: tuple[Phrase | str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a rule, clause, text, article, operator, offer or region."""

    kind: str
    id: str
    title: Phrase
    entries: tuple[Entry, ...]
    """Those without values are not shown."""


def text(sheets: Sequence[Sheet], lang: Lang) -> str:
    """Sheets for a terminal, one after the other."""
    return "\n".join("\n".join(_lines(sheet, lang)) + "\n" for sheet in sheets)


def _lines(sheet: Sheet, lang: Lang) -> Iterator[str]:
    kind = phrase(f"explain.kind-{sheet.kind}")
    heading = phrase("explain.heading", id=sheet.id, kind=kind, title=sheet.title)
    yield render(heading, lang, clean)
    for entry in sheet.entries:
        head = render(phrase(f"explain.head-{entry.name}"), lang)
        values = [_said(value, lang) for value in entry.values]
        if len(values) == 1:
            yield f"  {head} {values[0]}"
        elif values:
            yield f"  {head}"
            yield from (f"    {value}" for value in values)


def _said(value: Phrase | str, lang: Lang) -> str:
    return render(value, lang, clean) if isinstance(value, Phrase) else clean(value)


def as_json(sheets: Sequence[Sheet]) -> str:
    """Sheets as one JSON document, in English."""
    document = {
        "version": VERSION,
        "sheets": [
            {
                "kind": sheet.kind,
                "id": sheet.id,
                "title": render(sheet.title, "en"),
                **{
                    entry.name.replace("-", "_"): [
                        render(value, "en") if isinstance(value, Phrase) else value
                        for value in entry.values
                    ]
                    for entry in sheet.entries
                },
            }
            for sheet in sheets
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
