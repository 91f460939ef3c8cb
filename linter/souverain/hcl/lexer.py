"""Tokens of HCL native syntax and of its templates, with the borders HashiCorp's scanner gives.

The borders of template literals matter: ``~`` trims only the literal next to it, and a
heredoc has one literal per line. Source: hashicorp/hcl, ``hclsyntax/spec.md`` and the
behaviour of its scanner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, Protocol

from souverain.regex import regex

Token = tuple[str, int, int]
"""(kind, start, end) in bytes.

Punctuation and operators are their own kind. The others:

``ident`` ``number`` ``newline`` ``invalid`` ``unclosed_comment``
    a ``#`` or ``//`` comment is the newline that ends it, spaces at the end are one too;
``string``
    a whole quoted string without escape, ``$`` or ``%``;
``quote`` ``text`` ``unquote``
    any other quoted string, ``quoted_newline`` being an error in it;
``heredoc`` ``text`` ``heredoc-end``
    one text per line;
``${`` ``%{`` ``end-sequence``
    template sequences, strip markers included.
"""

Mode = Literal["code", "template"]

_BATCH = 64
"""How many tokens of code are read ahead: enough to be fast, few enough to stop early."""

_BRACES = frozenset(["{", "}", "~}"])
_CHANGING = frozenset(["quote", "heredoc", "end-sequence"])

SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What strip markers and flush heredocs remove: Go's ``unicode.IsSpace``."""

_CODE = regex(
    rb"""(?:[ \t]+|/\*(?:[^*]|\*(?!/))*\*/)*(?:
      (?P<ident>[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*)
    | (?P<string>"[^"\\$%\r\n]*")
    | (?P<newline>\r?\n|(?:\#|//)[^\n]*\n?|\Z)
    | (?P<number>[0-9](?:(?:[0-9.]|[eE][+-]?[0-9])*(?:[0-9]|[eE][+-]?[0-9]))?)
    | (?P<heredoc><<-?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*\r?\n)
    | (?P<unclosed_comment>/\*[\x00-\xff]*)
    | (?P<punctuation>==|!=|>=|<=|&&|\|\||::|\.\.\.|=>|~\}|[][{}().,*/%+=<>!?:-])
    | (?P<quote>")
    | (?P<invalid>[\x00-\xff])
    )""",
    re.VERBOSE,
)
_QUOTED = regex(
    rb"""
      (?P<sequence>[$%]\{~?)
    | (?P<text>(?:[^"\\$%\r\n]+|\\[^\r\n])+|\$\$\{|%%\{|[$%])
    | (?P<unquote>")
    | (?P<quoted_newline>[\r\n]+)
    | (?P<invalid>[\x00-\xff])
    """,
    re.VERBOSE,
)
_LINES = regex(
    rb"""
      (?P<sequence>[$%]\{~?)
    | (?P<text>(?:\$\$\{|%%\{|[$%](?!\{)|[^$%\n]+)*\n?)
    """,
    re.VERBOSE,
)
_REST_OF_LINE = regex(rb"[ \t]*\r?\n")
_PUNCTUATION = {
    text.encode(): text
    for text in (
        *(
            "==",
            "!=",
            ">=",
            "<=",
            "&&",
            "||",
            "::",
            "...",
            "=>",
            "~}",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
        ),
        *(".", ",", "*", "/", "%", "+", "=", "<", ">", "!", "?", ":", "-"),
    )
}


def with_newline(data: bytes, end: int) -> int:
    """``end``, or the end of its line when nothing follows: a heredoc needs the newline."""
    found = _REST_OF_LINE.match(data, end)
    return found.end() if found else end


def lex(data: bytes, start: int, end: int, mode: Mode = "code") -> Iterator[Token]:
    """Tokens of ``data[start:end]``. Never raises: what fits nothing is an ``invalid`` token."""
    states: list[_State] = [_Code() if mode == "code" else _Lines(None)]
    at = start
    while states and at < end:
        tokens = states[-1].scan(data, at, end)
        yield from tokens
        kind, first, at = tokens[-1]
        if kind == "quote":
            states.append(_Quoted())
        elif kind == "heredoc":
            states.append(_Lines(data[first:at].lstrip(b"<-").rstrip()))
        elif kind in ("${", "%{"):
            states.append(_Code(sequence=True))
        elif kind in ("unquote", "heredoc-end", "end-sequence"):
            states.pop()


class _State(Protocol):
    def scan(self, data: bytes, at: int, end: int) -> list[Token]:
        """At least one token from ``at``; the last one is where the state may change."""


class _Code:
    """Code, up to the brace that closes the template ``sequence`` when it is in one."""

    def __init__(self, *, sequence: bool = False) -> None:
        self.sequence = sequence
        self.braces = 0

    def scan(self, data: bytes, at: int, end: int) -> list[Token]:
        tokens: list[Token] = []
        match = _CODE.match
        while at < end and (found := match(data, at, end)) is not None:
            kind = found.lastgroup or "invalid"
            first, at = found.span(kind)
            if kind == "punctuation":
                kind = _PUNCTUATION[data[first:at]]
                if self.sequence and kind in _BRACES:
                    kind = self.counted(kind)
            tokens.append((kind, first, at))
            if kind in _CHANGING or len(tokens) == _BATCH:
                break
        return tokens

    def counted(self, brace: str) -> str:
        """The kind of a brace inside a template sequence, which one of them closes."""
        if brace != "{" and self.braces == 0:
            return "end-sequence"
        self.braces += 1 if brace == "{" else -1
        return brace


class _Quoted:
    """The rest of a quoted string."""

    def scan(self, data: bytes, at: int, end: int) -> list[Token]:
        tokens: list[Token] = []
        while at < end and (found := _QUOTED.match(data, at, end)) is not None:
            kind = found.lastgroup or "invalid"
            first, at = found.span()
            if kind == "sequence":
                tokens.append((data[first : first + 2].decode(), first, at))
                break
            tokens.append((kind, first, at))
            if kind == "unquote":
                break
        return tokens


class _Lines:
    """The lines of a heredoc up to its marker, or of a bare template without one."""

    def __init__(self, marker: bytes | None) -> None:
        self.marker = marker
        self.start_of_line = True

    def scan(self, data: bytes, at: int, end: int) -> list[Token]:
        tokens: list[Token] = []
        while at < end and (found := _LINES.match(data, at, end)) is not None:
            first, at = found.span()
            if found.lastgroup == "sequence":
                self.start_of_line = False
                tokens.append((data[first : first + 2].decode(), first, at))
                break
            if self.closes(line := data[first:at]):
                last = first + len(line.rstrip())
                tokens.append(("heredoc-end", last - len(line.strip()), last))
                break
            self.start_of_line = line.endswith(b"\n")
            tokens.append(("text", first, at))
        return tokens

    def closes(self, line: bytes) -> bool:
        """Whether a line is the marker, alone and ended."""
        return (
            self.start_of_line
            and self.marker is not None
            and line.endswith(b"\n")
            and line.strip() == self.marker
        )
