"""Bytes to documents: each document of a file on its own, so that one can be broken.

A line that begins with ``---`` ends a document wherever it stands (YAML 1.2, rule
``c-forbidden``), block scalars included: a file is cut there before anything is parsed, as
``kubectl`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from souverain.kubernetes.marks import BrokenError
from souverain.kubernetes.model import Node
from souverain.kubernetes.nodes import Builder, Texts
from souverain.model import Phrase, SourceStatus, SourceText, Span, phrase
from souverain.records import dataclass
from souverain.regex import regex

MAX_PROBLEMS: Final = 50
"""Problems of one file that are told one by one."""

_MARKER = regex(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_PREAMBLE = regex(rb"(?:%[^\n]*\n|[ \t\r]*(?:#[^\n]*)?\n)*")
_NOTHING = regex(rb"---[ \t\r]*\n(?:[ \t\r]*(?:#[^\n]*)?\n)*")
_ORIGIN = regex(rb"(?:---[ \t\r]*\n)?# Source: ([^\r\n]+)")
_EXPRESSION = regex(rb"\{\{|\{%|<%")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One document that could be read. Documents without content are left out."""

    body: Node
    origin: str | None = None
    """What ``# Source:`` before it says: the template that Helm made it from."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of a file that could not be used, or not with certainty."""

    status: SourceStatus
    reason: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class Documents:
    """What a file holds. Every document is in one of the two."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def parse(source: SourceText, texts: Texts | None = None) -> Documents:
    """Reads all documents of a YAML or JSON file. ``texts`` may serve a whole run."""
    builder = Builder(source, texts or Texts())
    documents: list[Document] = []
    problems: list[Problem] = []
    for start, end in _parts(source.data):
        origin = _ORIGIN.match(source.data, start, end)
        name = origin[1].decode("utf-8", "replace").strip() if origin else None
        try:
            documents += (Document(body, name) for body in builder.documents(start, end))
        except BrokenError as broken:
            problems.append(_problem(source, broken, start, end))
            if builder.is_full:
                break
            if len(problems) == MAX_PROBLEMS:
                reason = phrase("kubernetes.too-many-problems", limit=MAX_PROBLEMS)
                problems.append(Problem("failed", reason, Span(source, end, end)))
                break
    problems += (
        Problem("undecided", phrase("kubernetes.key-twice", key=key), span)
        for key, span in builder.duplicates[:MAX_PROBLEMS]
    )
    return Documents(tuple(documents), tuple(problems))


def _parts(data: bytes) -> Iterator[tuple[int, int]]:
    """Stretches that hold one document each, or several that ``...`` ends."""
    start = 0
    for marker in _MARKER.finditer(data):
        end = marker.start()
        if not _PREAMBLE.fullmatch(data, start, end):
            end = _before_directives(data, start, end)
            if not _NOTHING.fullmatch(data, start, end):
                yield start, end
            start = end
    yield start, len(data)


def _before_directives(data: bytes, start: int, end: int) -> int:
    """Where the directives begin that belong to the document after a part."""
    if data.find(b"\n%", start, end) < 0:
        return end
    ended = data.rfind(b"\n...", start, end)
    after = data.find(b"\n", ended + 1, end) + 1 if ended >= 0 else 0
    return after if after and _PREAMBLE.fullmatch(data, after, end) else end


def _problem(source: SourceText, broken: BrokenError, start: int, end: int) -> Problem:
    """A document that is failed, unless it is a template: then it must be rendered first."""
    data = source.data
    # What is missing at the end is shown where the text ends, not below it.
    last = start + len(data[start:end].rstrip())
    at, to = min(broken.start, max(last - 1, start)), min(broken.end, last)
    # A parser sees what is wrong with a line on the line after it.
    line = data.rfind(b"\n", start, max(data.rfind(b"\n", start, at), start))
    line_end = data.find(b"\n", at, end)
    span = Span(source, at, max(to, at))
    if _EXPRESSION.search(data, max(line, start), end if line_end < 0 else line_end):
        return Problem("undecided", phrase("kubernetes.template", problem=broken.reason), span)
    return Problem("failed", broken.reason, span)
