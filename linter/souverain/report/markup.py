"""What makes scanned text safe in Markdown, in HTML, in XML and in spreadsheets."""

from __future__ import annotations

import html

from souverain.regex import regex
from souverain.report.terminal import clean
from souverain.report.trace_markdown import escape

_ACTIVE = regex(r"\$|(?<=[Ww]{3})\.|(?<=\w):(?=//)")
"""What starts a formula or a link of its own, after :func:`escape`."""

_NOT_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows in no document, not even escaped (production 2, Char)."""

_FORMULA = regex(r"(^|[;|\n])(?=[\s\"']*[=+\-@＝＋－＠])")
"""Where a spreadsheet would start a formula: in a cell, or in what it takes for one when it
splits at another separator than our comma, as it does in French."""


def safe(text: str) -> str:
    """Text that Markdown shows as it is, on one line: no markup, no link, no formula."""
    return _ACTIVE.sub(lambda found: f"\\{found[0]}", escape(clean(" ".join(text.split()))))


def hypertext(text: str) -> str:
    """Text that HTML shows as it is."""
    return html.escape(_lines(text))


def xml(text: str) -> str:
    """Text that may stand in an XML document, in an attribute or between tags."""
    allowed = _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", _lines(text))
    return html.escape(allowed).replace("\n", "&#10;")


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", _lines(text))


def _lines(text: str) -> str:
    """Clean text that keeps its line ends."""
    return "\n".join(map(clean, text.split("\n")))
