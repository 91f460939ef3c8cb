"""What makes scanned text safe and readable on a terminal."""

from __future__ import annotations

import unicodedata
from re import Match

from souverain.model import Span
from souverain.regex import regex

TAB = 4
WIDTH = 96
"""Columns of an excerpt, line number apart."""

_ENOUGH = 8 * WIDTH
"""Characters of a line that are looked at: a plan may be a single line."""

ELLIPSIS = "…"

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, invisible and direction-changing characters, lone surrogates, line separators."""

_PUNCTUATION = regex(r"[\s{}\[\](),=]*")
_KEY = regex(r"""\s*(?:- +)*["']?[\w./@-]{1,80}["']?\s*[:=]\s*["'\[({]{0,2}(?:[a-z]+://)?""")
"""The name of what is marked, when nothing else stands before it."""
_QUOTED = regex(r'"[^"]*"?')
_USER_INFO = regex(r"(://)[^/@\s\"]+@")
_URL_PATH = regex(r"""(://[^/\s"']+/)[^\s"']+""")
_OBJECT = regex(r"(?<![$%{])\{")
_TEXT = regex(r'"(?:[^"\\]|\\.)*"?')


def clean(text: str) -> str:
    """``text`` with every character that could move the cursor or hide text escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def width(text: str) -> int:
    """Columns that cleaned text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def excerpt(span: Span) -> tuple[str, str]:
    """The first line of a span and the marks below it.

    What else stands on that line is cut, its name and punctuation apart: it may be a secret,
    and a plan is a single line. So are the texts of an object (the variables of a container),
    and what a URL has besides its host. A span that is empty (something is missing there) shows
    what leads to it, without its quoted texts.
    """
    line, first, last = span.source.line(span.line), span.column - 1, span.end_column - 1
    if span.end_line > span.line:
        last = len(line)
    before, inside, after = line[:first], line[first:last].rstrip(), line[last:]
    lead = _lead(before) if first < last else _approach(before)
    shown = _cut(clean(_veiled(inside[:_ENOUGH].expandtabs(TAB))), WIDTH)
    tail = clean(after.rstrip()) if _PUNCTUATION.fullmatch(after) else f" {ELLIPSIS}"
    return f"{lead}{shown}{tail}".rstrip(), " " * width(lead) + "^" * max(width(shown), 1)


def _veiled(inside: str) -> str:
    inside = _USER_INFO.sub(rf"\1{ELLIPSIS}@", inside)
    inside = _URL_PATH.sub(rf"\1{ELLIPSIS}", inside)
    opening = _OBJECT.search(inside)
    at = opening.start() if opening else len(inside)
    return inside[:at] + _TEXT.sub(_unless_key, inside[at:])


def _unless_key(text: Match[str]) -> str:
    before, after = text.string[: text.start()].rstrip(), text.string[text.end() :].lstrip()
    is_key = before.endswith(("{", ",")) and after.startswith((":", "="))
    return text.group() if is_key else f'"{ELLIPSIS}"'


def _lead(before: str) -> str:
    if before.strip() and not _KEY.fullmatch(before):
        return f"{ELLIPSIS} "
    written = before.lstrip()
    indent = len(before.expandtabs(TAB)) - len(written.expandtabs(TAB))
    return " " * min(indent, TAB * 4) + clean(written.expandtabs(TAB))


def _approach(before: str) -> str:
    shown = clean(_QUOTED.sub(f'"{ELLIPSIS}"', before.expandtabs(TAB)))
    return shown if width(shown) <= WIDTH else _lead(before)


def _cut(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    used, at = 1, 0
    while at < len(text) and used + _columns(text[at]) <= columns:
        used += _columns(text[at])
        at += 1
    return text[:at] + ELLIPSIS
