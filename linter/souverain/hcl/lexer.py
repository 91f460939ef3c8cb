"""Tokens of HCL native syntax and of its templates, with the borders HashiCorp's scanner gives.

The borders of template literals matter: ``~`` trims only the literal next to it, and a
heredoc has one literal per line. Source: hashicorp/hcl, ``hclsyntax/spec.md`` and the
behaviour of its scanner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Token = tuple[str, int, int]
"""(kind, start, end) in bytes.

Punctuation and operators are their own kind. The others:

``ident`` ``number`` ``newline`` ``invalid``
    a ``#`` or ``//`` comment is the newline that ends it;
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

_NEWLINE = 10

SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
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
    | (?P<quoted_newline>[\r\n]+)
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


def lex(data: bytes, start: int, end: int, mode: Mode = "code") -> Iterator[Token]:
    """Tokens of ``data[start:end]``. Never raises: what fits nothing is an ``invalid`` token."""
    scanner = _Scanner(data, start, end)
    states: list[Iterator[Token]] = [scanner.code() if mode == "code" else scanner.lines(None)]
    while states:
        for token in states[-1]:
            yield token
            kind = token[0]
            if kind == "quote":
                states.append(scanner.quoted())
            elif kind == "heredoc":
                marker = data[token[1] : token[2]].lstrip(b"<-").rstrip()
                states.append(scanner.lines(marker))
            elif kind in ("${", "%{"):
                states.append(scanner.code(sequence=True))
            else:
                continue
            break
        else:
            states.pop()


class _Scanner:
    """One position in the text, moved by whichever scan is under way.

    Each scan ends with the token that closes it, or at the end of the text.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.data = data
        self.at = start
        self.end = end

    def code(self, *, sequence: bool = False) -> Iterator[Token]:
        """Code, up to the brace that closes the template ``sequence`` when it is in one."""
        match, data, end = _CODE.match, self.data, self.end
        braces = 0
        while self.at < end and (found := match(data, self.at, end)) is not None:
            kind = found.lastgroup or "invalid"
            first, self.at = found.span(kind)
            if kind in ("comment", "space"):
                continue
            if kind == "punctuation":
                kind = _PUNCTUATION[data[first : self.at]]
                if kind == "{":
                    braces += 1
                elif kind in ("}", "~}"):
                    if sequence and braces == 0:
                        yield ("end-sequence", first, self.at)
                        return
                    braces -= 1
            yield (kind, first, self.at)

    def quoted(self) -> Iterator[Token]:
        """The rest of a quoted string."""
        while self.at < self.end and (found := _QUOTED.match(self.data, self.at, self.end)):
            kind = found.lastgroup or "invalid"
            first, self.at = found.span()
            if kind == "sequence":
                kind = self.data[first : first + 2].decode()
            yield (kind, first, self.at)
            if kind == "unquote":
                return

    def lines(self, marker: bytes | None) -> Iterator[Token]:
        """The lines of a heredoc up to its marker, or of a bare template without one."""
        data = self.data
        start_of_line = True
        while self.at < self.end and (found := _LINES.match(data, self.at, self.end)):
            first, self.at = found.span()
            if found.lastgroup == "sequence":
                start_of_line = False
                yield (data[first : first + 2].decode(), first, self.at)
                continue
            ends_line = data[self.at - 1] == _NEWLINE
            line = data[first : self.at]
            if marker and ends_line and start_of_line and line.strip() == marker:
                self.at = first + len(line.rstrip())
                yield ("heredoc-end", self.at - len(marker), self.at)
                return
            start_of_line = ends_line
            yield ("text", first, self.at)
