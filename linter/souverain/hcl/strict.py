"""HCL's own grammar over tokens: what is wrong, where, and what was expected.

The back ends accept what HashiCorp's parser refuses, and say little about what they refuse
themselves. This recogniser decides: a text is valid when it says so. Expressions are only
recognised here; back ends convert them.

Source: hashicorp/hcl, ``hclsyntax/spec.md`` and the behaviour of its parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from souverain.hcl.ast import BINARY_OPERATORS, Diagnostic
from souverain.hcl.lexer import Mode, with_newline
from souverain.hcl.reader import MAX_DEPTH, TokenReader, WrongError
from souverain.model import SourceText, phrase
from souverain.regex import regex

_BINARY = frozenset(BINARY_OPERATORS)
_ACCESS = frozenset([".", "["])
_CALLING = frozenset(["::", "("])
_NUMBER = regex(rb"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_ESCAPE = regex(rb"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^uU])|\\", re.DOTALL)
_SIMPLE_ESCAPES = b'nrt"\\'
_DIRECTIVES = frozenset(["if", "else", "endif", "for", "endfor"])


class Reader(TokenReader):
    """Reads HCL. Every method raises :class:`WrongError` at the first token HCL does not allow.

    ``separators`` is where objects go from one attribute to the next.
    """

    def __init__(
        self, source: SourceText, start: int = 0, end: int | None = None, mode: Mode = "code"
    ) -> None:
        super().__init__(source, start, end, mode)
        self.separators: list[int] = []

    def _bracket(self, read: Callable[[], None], close: str, what: str) -> None:
        """An opening token, what ``read`` reads without regard to newlines, and ``close``."""
        self.take()
        self._inside(read, close, what)

    def _inside(self, read: Callable[[], None], close: str, what: str) -> None:
        self.enter()
        saved = self.newlines
        self.ignore_newlines()
        read()
        if self.kind != close:
            raise self.wrong(what)
        self.newlines = saved
        self.leave()
        self.take()

    # --- expressions ------------------------------------------------------------------

    def expression(self) -> None:
        """An expression of any form."""
        self.enter()
        self._operand()
        if self.kind in _BINARY:
            self._operations()
        if self.kind == "?":
            self.take()
            self.expression()
            self.expect(":", "conditional-colon")
            self.expression()
        self.leave()

    def _operations(self) -> None:
        """What follows the first operand."""
        for _ in range(MAX_DEPTH - 1):
            self.take()
            self._operand()
            if self.kind not in _BINARY:
                return
        self.take()
        raise self.error(phrase("hcl.too-deep", limit=MAX_DEPTH))

    def _operand(self) -> None:
        read = self._TERMS.get(self.kind)
        if read is None:
            self._negation()
            return
        read(self)
        if self.kind in _ACCESS:
            self._accesses()

    def _negation(self) -> None:
        if self.kind not in ("-", "!"):
            raise self.wrong("an-expression")
        self.enter()
        self.take()
        self._operand()
        self.leave()

    def _parenthesised(self) -> None:
        self._bracket(self.expression, ")", "closing-parenthesis")

    def _string(self) -> None:
        self.take()

    def _number(self) -> None:
        if _NUMBER.fullmatch(self.word) is None:
            raise self.error(phrase("hcl.bad-number"))
        self.take()

    def _name(self) -> None:
        self.identifier("an-expression")
        if self.kind in _CALLING:
            self._call()

    def _call(self) -> None:
        called = False
        while self.kind == "::":
            called = True
            self.take()
            self.identifier("function-name")
        if self.kind == "(":
            self._bracket(self._arguments, ")", "closing-parenthesis")
        elif called:
            raise self.wrong("opening-parenthesis")

    def identifier(self, what: str) -> None:
        """A name; letters outside ASCII are checked here, the tokens take any."""
        if self.kind != "ident":
            raise self.wrong(what)
        name = self.data[self.start : self.end]
        if (
            not name.isascii()
            and not name.decode("utf-8", "replace").replace("-", "_").isidentifier()
        ):
            raise self.error(phrase("hcl.bad-character"))
        self.take()

    def _arguments(self) -> None:
        while self.kind != ")":
            self.expression()
            if self.kind == "...":
                self.take()
                return
            if self.kind == ",":
                self.take()
            elif self.kind != ")":
                raise self.wrong("argument-separator")

    def _accesses(self) -> None:
        for _ in range(MAX_DEPTH):
            if self.kind == ".":
                self.take()
                self._after_dot()
            elif self.kind == "[":
                self._index()
            else:
                return
        raise self.error(phrase("hcl.too-deep", limit=MAX_DEPTH))

    def _after_dot(self) -> None:
        if self.kind == "ident":
            self.identifier("attribute-name")
        elif self.kind == "number":
            self._legacy_index()
        elif self.kind == "*":
            self.take()
            while self.kind == ".":
                self.take()
                if self.kind == "number":
                    self._legacy_index()
                else:
                    self.identifier("attribute-name")
        else:
            raise self.wrong("attribute-name")

    def _legacy_index(self) -> None:
        if b"." in self.word:
            raise self.error(phrase("hcl.double-legacy-index"))
        self._number()

    def _index(self) -> None:
        self.take()
        if self.kind == "*":
            self.take()
            self.expect("]", "closing-bracket")
        else:
            self._inside(self.expression, "]", "closing-bracket")

    def _tuple(self) -> None:
        self._bracket(self._elements, "]", "closing-bracket")

    def _elements(self) -> None:
        if self.kind == "ident" and self.word == b"for":
            self._loop("]")
            return
        while self.kind != "]":
            self.expression()
            if self.kind == ",":
                self.take()
            elif self.kind != "]":
                raise self.wrong("item-separator")

    def _object(self) -> None:
        self._bracket(self._members, "}", "closing-brace")

    def _members(self) -> None:
        if self.kind == "ident" and self.word == b"for":
            self._loop("}")
        else:
            self.newlines = True
            self._items()

    def _items(self) -> None:
        while True:
            while self.kind == "newline":
                self.take()
            if self.kind == "}":
                return
            self.expression()
            if self.kind not in ("=", ":"):
                raise self.wrong("object-value")
            self.take()
            self.expression()
            if self.kind == "}":
                return
            if self.kind not in (",", "newline"):
                raise self.wrong("object-separator")
            self.separators.append(self.start)
            self.take()

    def _loop(self, close: str) -> None:
        self.take()
        self._loop_names()
        self.expression()
        self.expect(":", "for-colon")
        self.expression()
        if close == "}":
            self.expect("=>", "for-arrow")
            self.expression()
            if self.kind == "...":
                self.take()
        if self.kind == "ident" and self.word == b"if":
            self.take()
            self.expression()

    def _loop_names(self) -> None:
        self.identifier("for-variable")
        if self.kind == ",":
            self.take()
            self.identifier("for-variable")
        if self.kind != "ident" or self.word != b"in":
            raise self.wrong("for-in")
        self.take()

    # --- templates --------------------------------------------------------------------

    def _quoted(self) -> None:
        self._template("unquote", "string")

    def _heredoc(self) -> None:
        self._template("heredoc-end", "heredoc")

    def label(self) -> None:
        """A quoted block label: a string without template sequences."""
        start = self.start
        if self.kind == "quote":
            self.take()
            while self.kind == "text":
                self._escapes()
                self.take()
            if self.kind in ("${", "%{"):
                raise self.error(phrase("hcl.template-in-label"))
            if self.kind != "unquote":
                raise self.error(phrase("hcl.newline-in-string"), start)
        self.take()

    def _template(self, close: str, unclosed: str) -> None:
        start = self.start
        self.take()
        self.enter()
        self.template(close, unclosed, start)
        self.leave()
        self.take()

    def template(self, close: str, unclosed: str, start: int) -> None:
        """The parts of a template up to the token ``close``, which is left to be read."""
        open_directives: list[bytes] = []
        while self.kind != close:
            if self.kind == "text":
                if close == "unquote":
                    self._escapes()
                self.take()
            elif self.kind == "${":
                self._bracket(self.expression, "end-sequence", "end-of-sequence")
            elif self.kind == "%{":
                self._bracket(
                    lambda: self._directive(open_directives), "end-sequence", "end-of-sequence"
                )
            elif self.kind == "quoted_newline":
                raise self.error(phrase("hcl.newline-in-string"), start)
            elif self.kind == "end":
                raise self.error(phrase(f"hcl.unclosed-{unclosed}"), start, start + 2)
            else:
                raise self.error(phrase("hcl.bad-character"))
        if open_directives:
            name = open_directives[-1].decode()
            raise self.error(phrase("hcl.directive-not-closed", name=name), start)

    def _directive(self, open_directives: list[bytes]) -> None:
        name = self.word if self.kind == "ident" else b""
        if name.decode("utf-8", "replace") not in _DIRECTIVES:
            raise self.wrong("directive")
        start = self.start
        self.take()
        if name == b"if":
            self.expression()
            open_directives.append(name)
        elif name == b"for":
            self._loop_names()
            self.expression()
            open_directives.append(name)
        else:
            self._end_directive(name, open_directives, start)
        if len(open_directives) > MAX_DEPTH:
            raise self.error(phrase("hcl.too-deep", limit=MAX_DEPTH))

    def _end_directive(self, name: bytes, open_directives: list[bytes], start: int) -> None:
        opened = {b"else": (b"if",), b"endif": (b"if", b"else"), b"endfor": (b"for",)}[name]
        if not open_directives or open_directives[-1] not in opened:
            raise self.error(
                phrase("hcl.unexpected-directive", name=name.decode()), start, self.done
            )
        open_directives.pop()
        if name == b"else":
            open_directives.append(name)

    def _escapes(self) -> None:
        if b"\\" not in self.word:
            return
        for found in _ESCAPE.finditer(self.word):
            text = found[0]
            start = self.start + found.start()
            if len(text) > 2:
                code = int(text[2:], 16)
                if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
                    raise self.error(phrase("hcl.bad-code-point"), start, start + len(text))
            elif len(text) < 2 or text[1] not in _SIMPLE_ESCAPES:
                raise self.error(phrase("hcl.bad-escape"), start, start + 2)

    _TERMS: ClassVar[dict[str, Callable[[Reader], None]]] = {
        "(": _parenthesised,
        "number": _number,
        "ident": _name,
        "string": _string,
        "quote": _quoted,
        "heredoc": _heredoc,
        "[": _tuple,
        "{": _object,
    }


def expression(source: SourceText, start: int, end: int) -> Diagnostic | None:
    """What is wrong with a whole expression, which may go over several lines."""
    try:
        whole_expression(source, start, end)
    except WrongError as wrong:
        return wrong.diagnostic
    return None


def whole_expression(source: SourceText, start: int, end: int) -> Reader:
    """Reads a whole expression. Raises :class:`WrongError`."""
    reader = Reader(source, start, with_newline(source.data, end))
    reader.ignore_newlines()
    reader.expression()
    if reader.kind != "end":
        raise reader.wrong("end-of-expression")
    return reader


def template(source: SourceText, start: int, end: int) -> Diagnostic | None:
    """What is wrong with a bare template: a template file, a JSON string."""
    reader = Reader(source, start, end, "template")
    try:
        reader.template("end", "", start)
    except WrongError as wrong:
        return wrong.diagnostic
    return None
