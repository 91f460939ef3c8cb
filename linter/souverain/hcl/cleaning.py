"""Bytes to readable text: byte order mark and invalid UTF-8."""

from __future__ import annotations

import re

from souverain.hcl.ast import Diagnostic
from souverain.model import SourceText, Span, phrase
from souverain.regex import regex

_BOM = b"\xef\xbb\xbf"
_BAD_LINE = regex("^([^\n\udc80-\udcff]*)[\udc80-\udcff].*$", re.MULTILINE)
_COMMENT = regex(r"""(?:[^"#/]|"[^"]*"|/(?!/))*(?:#|//)""")


def clean(source: SourceText) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    """The text without byte order mark and with ``?`` for each byte that is not UTF-8.

    Offsets stay those of the text without the mark. Such bytes in a comment do no harm
    and are not reported, as in HCL.
    """
    data = source.data
    marked = data.startswith(_BOM)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _replaced(SourceText(source.path, data.removeprefix(_BOM)))
    return (SourceText(source.path, data[len(_BOM) :]), ()) if marked else (source, ())


def _replaced(source: SourceText) -> tuple[SourceText, tuple[Diagnostic, ...]]:
    escaped = source.data.decode("utf-8", "surrogateescape")
    text = SourceText(source.path, re.sub("[\udc80-\udcff]", "?", escaped).encode())
    for line in _BAD_LINE.finditer(escaped):
        if _COMMENT.match(line[1]) is None:
            at = len(escaped[: line.end(1)].encode("utf-8", "surrogateescape"))
            return text, (Diagnostic(phrase("hcl.not-utf8"), Span(text, at, at + 1)),)
    return text, ()
