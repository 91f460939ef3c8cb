"""Tokens of HCL native syntax and of its templates, with the borders HashiCorp's scanner gives.

The borders of template literals matter: ``~`` trims only the literal next to it, and a
heredoc has one literal per line. Source: hashicorp/hcl, ``hclsyntax/spec.md`` and the
behaviour of its scanner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Token = tuple[str, int, int]
"""(kind, start, end) in bytes.

Punctuation and operators are their own kind. The others:

``ident`` ``number`` ``newline`` ``invalid``
    a ``#`` or ``//`` comment is the newline that ends it;
``string``
    a whole quoted string without escape, ``$`` or ``%``;
``quote`` ``text`` ``unquote``
    any other quoted string, ``quoted-newline`` being an error in it;
``heredoc`` ``text`` ``heredoc-end``
    one text per line;
``${`` ``%{`` ``end-sequence``
    template sequences, strip markers included.
"""

Mode = Literal["code", "template"]

SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What strip markers and flush heredocs remove: Go's ``unicode.IsSpace``."""

_CODE = re.compile(
    rb"""[ \t]*(?:
      (?P<ident>[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*)
    | (?P<string>"[^"\\$%\r\n]*")
    | (?P<newline>\r?\n|(?:\#|//)[^\n]*\n?)
    | (?P<comment>/\*(?:[^*]|\*(?!/))*\*/)
    | (?P<number>[0-9](?:(?:[0-9.]|[eE][+-]?[0-9])*(?:[0-9]|[eE][+-]?[0-9]))?)
    | (?P<heredoc><<-?[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff-]*\r?\n)
    | (?P<punctuation>==|!=|>=|<=|&&|\|\||::|\.\.\.|=>|~\}|[][{}().,*/%+=<>!?:-])
    | (?P<quote>")
    | (?P<space>[ \t]+)
    | (?P<invalid>[\x00-\xff])
    )""",
    re.VERBOSE,
)
_QUOTED = re.compile(
    rb"""
      (?P<sequence>[$%]\{~?)
    | (?P<text>(?:[^"\\$%\r\n]+|\\[^\r\n])+|\$\$\{|%%\{|[$%])
    | (?P<unquote>")
    | (?P<newline>[\r\n]+)
    | (?P<invalid>[\x00-\xff])
    """,
    re.VERBOSE,
)
_LINES = re.compile(
    rb"""
      (?P<sequence>[$%]\{~?)
    | (?P<text>(?:\$\$\{|%%\{|[$%](?!\{)|[^$%\n]+)*\n?)
    """,
    re.VERBOSE,
)
_PUNCTUATION = {
    text.encode(): text
    for text in ("== != >= <= && || :: ... => ~} [ ] { } ( ) . , * / % + = < > ! ? : -").split()
}


@dataclass
class _Quoted:
    """Inside a quoted string."""


@dataclass
class _Lines:
    """Inside a heredoc, or a bare template when there is no marker."""

    marker: bytes | None
    start_of_line: bool = True


@dataclass
class _Code:
    """Inside code; ``braces`` open at the moment, the template sequence's own not counted."""

    braces: int = 0


def lex(data: bytes, start: int, end: int, mode: Mode = "code") -> list[Token]:
    """Tokens of ``data[start:end]``. Never raises: what fits nothing is an ``invalid`` token."""
    tokens: list[Token] = []
    stack: list[_Quoted | _Lines | _Code] = [_Code() if mode == "code" else _Lines(None)]
    at = start
    while at < end:
        state = stack[-1]
        if isinstance(state, _Code):
            at = _code(data, at, end, state, stack, tokens)
        elif isinstance(state, _Lines):
            at = _lines(data, at, end, state, stack, tokens)
        else:
            at = _quoted(data, at, end, stack, tokens)
    return tokens


def _code(
    data: bytes,
    at: int,
    end: int,
    state: _Code,
    stack: list[_Quoted | _Lines | _Code],
    tokens: list[Token],
) -> int:
    """Scan code until the state changes; give the offset reached."""
    match = _CODE.match
    nested = len(stack) > 1
    while at < end:
        found = match(data, at, end)
        assert found is not None and found.lastgroup is not None
        kind = found.lastgroup
        first, at = found.span(kind)
        if kind == "punctuation":
            kind = _PUNCTUATION[data[first:at]]
            if kind == "{":
                state.braces += 1
            elif kind in ("}", "~}"):
                if nested and state.braces == 0:
                    tokens.append(("end-sequence", first, at))
                    stack.pop()
                    return at
                state.braces -= kind == "}"
        elif kind in ("comment", "space"):
            continue
        tokens.append((kind, first, at))
        if kind == "quote":
            stack.append(_Quoted())
            return at
        if kind == "heredoc":
            stack.append(_Lines(data[first:at].lstrip(b"<-").rstrip()))
            return at
    return at


def _quoted(
    data: bytes,
    at: int,
    end: int,
    stack: list[_Quoted | _Lines | _Code],
    tokens: list[Token],
) -> int:
    while at < end:
        found = _QUOTED.match(data, at, end)
        assert found is not None and found.lastgroup is not None
        kind = found.lastgroup
        first, at = found.span()
        if kind == "sequence":
            tokens.append((data[first : first + 2].decode(), first, at))
            stack.append(_Code())
            return at
        tokens.append(("quoted-newline" if kind == "newline" else kind, first, at))
        if kind == "unquote":
            stack.pop()
            return at
    return at


def _lines(
    data: bytes,
    at: int,
    end: int,
    state: _Lines,
    stack: list[_Quoted | _Lines | _Code],
    tokens: list[Token],
) -> int:
    while at < end:
        found = _LINES.match(data, at, end)
        assert found is not None and found.lastgroup is not None
        kind = found.lastgroup
        first, at = found.span()
        whole_line = state.start_of_line and data[at - 1] == 10
        state.start_of_line = data[at - 1] == 10
        if whole_line and state.marker is not None and data[first:at].strip() == state.marker:
            line_end = at - 2 if data[at - 2 : at] == b"\r\n" else at - 1
            tokens.append(("heredoc-end", first, line_end))
            tokens.append(("newline", line_end, at))
            stack.pop()
            return at
        if kind == "sequence":
            tokens.append((data[first : first + 2].decode(), first, at))
            stack.append(_Code())
            return at
        tokens.append((kind, first, at))
    return at
