"""Templates: quoted strings, heredocs and bare template files, for every back end.

A back end says where a template starts and ends and converts the expressions inside it;
literals, escapes, strip markers, flush heredocs and directives are the same for all and
are read here from the bytes. Source: hashicorp/hcl, ``hclsyntax/spec.md``, "Template
Expressions".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby

from souverain.hcl import ast
from souverain.hcl.lexer import SPACE, Mode, Token, lex, with_newline
from souverain.model import SourceText, Span
from souverain.records import dataclass
from souverain.regex import regex

Convert = Callable[[int, int], ast.Expr]
"""The expression written at ``[start, end)``, for a back end."""

_ESCAPE = regex(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4\{', re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_IGNORED = ("newline",)


@dataclass
class _Text:
    value: str
    start: int
    end: int


@dataclass
class _Sequence:
    """One ``${…}`` or ``%{…}``; ``keyword`` is empty for an interpolation."""

    keyword: str
    names: tuple[str, ...]
    expression: tuple[int, int]
    start: int
    end: int


_Part = _Text | _Sequence


def quoted(source: SourceText, start: int, end: int, convert: Convert) -> ast.Expr:
    """The quoted string at ``[start, end)``, quotes included.

    A :class:`~souverain.hcl.ast.Literal` when nothing in it is computed.
    """
    tokens = list(lex(source.data, start, end))
    if len(tokens) == 1:
        return ast.Literal(_text(source.data[start + 1 : end - 1]), Span(source, start, end))
    return _build(source, _parts(source, tokens[1:-1], escapes=True), start, end, convert)


def heredoc(source: SourceText, start: int, end: int, convert: Convert) -> ast.Expr:
    """The heredoc from ``<<`` to the end of its closing marker."""
    data = source.data
    tokens = list(lex(data, start, with_newline(data, end)))
    parts = _parts(source, tokens[1 : _closing(tokens)], escapes=False)
    if data.startswith(b"<<-", start):
        _flush(parts)
    return _build(source, parts, start, end, convert)


def bare(source: SourceText, start: int, end: int, convert: Convert) -> ast.Expr:
    """A template without delimiters: a file of ``templatefile``, a JSON string."""
    mode: Mode = "template"
    parts = _parts(source, list(lex(source.data, start, end, mode)), escapes=False)
    return _build(source, parts, start, end, convert)


def label(source: SourceText, start: int, end: int) -> str:
    """Text of a quoted block label, where template sequences have no meaning."""
    return _unescape(_text(source.data[start + 1 : end - 1]))


def normal(text: str) -> str:
    """Text as Terraform keeps it: in normalisation form C."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _text(raw: bytes) -> str:
    return normal(raw.decode("utf-8", "replace"))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    simple, short, long, sigil = match.groups()
    if simple:
        return _SIMPLE[simple]
    if sigil:
        return sigil + "{"
    code = int(short or long, 16)
    return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else match[0]


def _unescape_sequences(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def _closing(tokens: list[Token]) -> int:
    """Index of the token that closes the heredoc opened by the first one."""
    depth = 0
    for index, (kind, _, _) in enumerate(tokens):
        depth += (kind == "heredoc") - (kind == "heredoc-end")
        if depth == 0:
            return index
    return len(tokens)


# --- tokens to parts ------------------------------------------------------------------


def _parts(source: SourceText, tokens: list[Token], *, escapes: bool) -> list[_Part]:
    """Literals and sequences in order, strip markers applied."""
    decode = _unescape if escapes else _unescape_sequences
    data = source.data
    parts: list[_Part] = []
    strip = False
    at = 0
    while at < len(tokens):
        kind, start, end = tokens[at]
        if kind in ("${", "%{"):
            close = _end_of_sequence(tokens, at)
            if end - start == 3 and parts and isinstance(parts[-1], _Text):
                parts[-1].value = parts[-1].value.rstrip(SPACE)
            parts.append(_sequence(data, tokens[at : close + 1]))
            strip = close < len(tokens) and data[tokens[close][1]] == 0x7E
            at = close + 1
            continue
        value = decode(_text(data[start:end]))
        parts.append(_Text(value.lstrip(SPACE) if strip else value, start, end))
        strip = False
        at += 1
    return parts


def _end_of_sequence(tokens: list[Token], at: int) -> int:
    depth = 0
    for index in range(at, len(tokens)):
        kind = tokens[index][0]
        depth += (kind in ("${", "%{")) - (kind == "end-sequence")
        if depth == 0:
            return index
    return len(tokens)


def _sequence(data: bytes, tokens: list[Token]) -> _Sequence:
    """Read one template sequence, from its opening to its closing token."""
    start, end = tokens[0][1], tokens[-1][2]
    inside = [token for token in tokens[1:-1] if token[0] not in _IGNORED]
    keyword, names = "", []
    if tokens[0][0] == "%{" and inside:
        keyword = data[inside[0][1] : inside[0][2]].decode("utf-8", "replace")
        inside = inside[1:]
        if keyword == "for":
            header = next(
                (i for i, t in enumerate(inside) if data[t[1] : t[2]] == b"in"), len(inside)
            )
            names = [
                data[t[1] : t[2]].decode("utf-8", "replace")
                for t in inside[:header]
                if t[0] == "ident"
            ]
            inside = inside[header + 1 :]
    expression = (inside[0][1], inside[-1][2]) if inside else (end, end)
    return _Sequence(keyword, tuple(names), expression, start, end)


def _flush(parts: list[_Part]) -> None:
    """Remove the indentation that all lines share (``<<-``), blank lines not counted."""
    leading: list[tuple[_Text, int]] = []
    shared: int | None = None
    new_line = True
    for part in parts:
        if new_line:
            indent = _indent(part)
            if indent is not None:
                shared = indent if shared is None else min(shared, indent)
                if isinstance(part, _Text):
                    leading.append((part, indent))
        new_line = isinstance(part, _Text) and part.value.endswith("\n")
    for text, _ in leading:
        text.value = text.value[shared or 0 :]


def _indent(part: _Part) -> int | None:
    """Spaces before the first thing of a line; None for a blank line."""
    if isinstance(part, _Sequence):
        return 0
    rest = part.value.lstrip(SPACE)
    if not rest and part.value.endswith("\n"):
        return None
    return len(part.value) - len(rest)


# --- parts to tree --------------------------------------------------------------------


def _build(
    source: SourceText, parts: list[_Part], start: int, end: int, convert: Convert
) -> ast.Expr:
    span = Span(source, start, end)
    tree = _Nesting(source, _meld(parts), convert).tree()
    if not tree:
        return ast.Literal("", span)
    if len(tree) == 1 and isinstance(tree[0], ast.Literal):
        return ast.Literal(tree[0].value, span)
    return ast.Template(tree, span)


def _meld(parts: list[_Part]) -> list[_Part]:
    """Join neighbouring literals."""
    melded: list[_Part] = []
    for literal, run in groupby(parts, key=lambda part: isinstance(part, _Text)):
        if not literal:
            melded.extend(run)
            continue
        texts = [part for part in run if isinstance(part, _Text)]
        value = "".join(text.value for text in texts)
        melded.append(_Text(value, texts[0].start, texts[-1].end))
    return melded


@dataclass
class _Nesting:
    """Turns a flat list of parts into nested ones. Unbalanced directives close at the end;
    :mod:`souverain.hcl.strict` reports them."""

    source: SourceText
    parts: list[_Part]
    convert: Convert
    at: int = 0

    def tree(self) -> tuple[ast.TemplatePart, ...]:
        items: list[ast.TemplatePart] = []
        while self.at < len(self.parts):
            items.extend(self.until(()))
            self.at += 1
        return tuple(items)

    def until(self, stops: tuple[str, ...]) -> tuple[ast.TemplatePart, ...]:
        """Parts up to one of the directives ``stops``, which is left to be read."""
        items: list[ast.TemplatePart] = []
        while self.at < len(self.parts):
            part = self.parts[self.at]
            if isinstance(part, _Text):
                items.append(ast.Literal(part.value, Span(self.source, part.start, part.end)))
            elif part.keyword in stops:
                break
            elif part.keyword == "if":
                items.append(self.condition(part))
                continue
            elif part.keyword == "for":
                items.append(self.loop(part))
                continue
            elif not part.keyword:
                span = Span(self.source, part.start, part.end)
                items.append(ast.Interpolation(self.convert(*part.expression), span))
            self.at += 1
        return tuple(items)

    def condition(self, part: _Sequence) -> ast.TemplateIf:
        self.at += 1
        then = self.until(("else", "endif"))
        otherwise: tuple[ast.TemplatePart, ...] = ()
        end = self.close()
        if end is not None and end.keyword == "else":
            otherwise = self.until(("endif",))
            end = self.close()
        span = Span(self.source, part.start, (end or part).end)
        return ast.TemplateIf(self.convert(*part.expression), then, otherwise, span)

    def loop(self, part: _Sequence) -> ast.TemplateFor:
        self.at += 1
        body = self.until(("endfor",))
        end = self.close()
        key = part.names[0] if len(part.names) == 2 else None
        value = part.names[-1] if part.names else ""
        span = Span(self.source, part.start, (end or part).end)
        return ast.TemplateFor(key, value, self.convert(*part.expression), body, span)

    def close(self) -> _Sequence | None:
        """Read the directive that stopped :meth:`until`."""
        if self.at >= len(self.parts):
            return None
        part = self.parts[self.at]
        self.at += 1
        return part if isinstance(part, _Sequence) else None
