"""A position in the tokens of a text, and how to say what is wrong there."""

from __future__ import annotations

from souverain.hcl.ast import Diagnostic
from souverain.hcl.lexer import Mode, lex
from souverain.model import Phrase, SourceText, Span, phrase

MAX_DEPTH = 100
"""Nesting of expressions, blocks and templates; also the longest chain of operators or
accesses, since these nest in the syntax tree. Bounds the recursion of every reader."""

MAX_PARTS = 50_000
"""Expressions inside one expression: a back end takes some kilobytes for each."""

_NAMED_KINDS = {
    "end": "hcl.found-end",
    "newline": "hcl.found-newline",
    "quoted_newline": "hcl.found-newline",
    "ident": "hcl.found-ident",
    "number": "hcl.found-number",
    "quote": "hcl.found-string",
    "string": "hcl.found-string",
    "heredoc": "hcl.found-string",
}


class WrongError(Exception):
    """The first thing that is wrong in what is being read."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message.key)
        self.diagnostic = diagnostic


class TokenReader:
    """Reads the tokens of ``[start, end)`` of a source with one token of lookahead.

    ``kind``, ``start`` and ``end`` describe the current token (kind ``end`` after the
    last one); ``done`` is where the last token that was read ends.
    """

    def __init__(
        self, source: SourceText, start: int = 0, end: int | None = None, mode: Mode = "code"
    ) -> None:
        self.source = source
        self.data = source.data
        self.limit = len(source.data) if end is None else end
        self.newlines = True
        self.depth = 0
        self.parts = 0
        self.done = start
        self.seek(start, mode)

    # --- tokens -----------------------------------------------------------------------

    def seek(self, offset: int, mode: Mode = "code") -> None:
        """Go on reading at ``offset``, which must be outside strings and templates."""
        self._tokens = lex(self.data, offset, self.limit, mode)
        self._end = ("end", self.limit, self.limit)
        self.kind, self.start, self.end = next(self._tokens, self._end)

    @property
    def word(self) -> bytes:
        """Text of the current token."""
        return self.data[self.start : self.end]

    def take(self) -> None:
        """Read the current token; newlines after it are passed over where they mean nothing."""
        self.done = self.end
        self.kind, self.start, self.end = next(self._tokens, self._end)
        while self.kind == "newline" and not self.newlines:
            self.kind, self.start, self.end = next(self._tokens, self._end)

    def ignore_newlines(self) -> None:
        """From here on newlines mean nothing, as in parentheses."""
        self.newlines = False
        while self.kind == "newline":
            self.take()

    def expect(self, kind: str, what: str) -> None:
        """Read a token of one kind, or say that ``what`` (an entry of the texts) is missing."""
        if self.kind != kind:
            raise self.wrong(what)
        self.take()

    def wrong(self, what: str) -> WrongError:
        """``what`` was expected at the current token."""
        if self.kind == "unclosed_comment":
            return self.error(phrase("hcl.unclosed-comment"), end=self.start + 2)
        expected = phrase(f"hcl.want-{what}")
        return self.error(phrase("hcl.expected", what=expected, found=self.found()))

    def error(
        self, message: Phrase, start: int | None = None, end: int | None = None
    ) -> WrongError:
        """``message`` about the current token, or about other offsets."""
        span = Span(
            self.source,
            self.start if start is None else start,
            self.end if end is None else end,
        )
        return WrongError(Diagnostic(message, span))

    def found(self) -> Phrase:
        """The current token in words: punctuation is shown, content never."""
        kind = self.kind
        if kind in _NAMED_KINDS:
            return phrase(_NAMED_KINDS[kind])
        text = self.word.decode("utf-8", "replace")
        if text.isprintable():
            return phrase("hcl.found-text", text=text)
        return phrase("hcl.found-character", code=f"U+{ord(text[0]):04X}")

    def enter(self) -> None:
        """One level deeper. Levels need no leaving after an error: reading stops there."""
        self.depth += 1
        self.parts += 1
        if self.depth > MAX_DEPTH:
            raise self.error(phrase("hcl.too-deep", limit=MAX_DEPTH))
        if self.parts > MAX_PARTS:
            raise self.error(phrase("hcl.too-many-parts", limit=MAX_PARTS))

    def leave(self) -> None:
        """Back from :meth:`enter`."""
        self.depth -= 1
