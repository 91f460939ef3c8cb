"""One table of a TOML file as nodes.

TOML has no positions of its own: a value is placed at the line of its key, below the header
of its table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from souverain.model import SourceText, Span, phrase
from souverain.project.nodes import Entry, Node, ProjectError
from souverain.records import dataclass
from souverain.regex import regex

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(source: SourceText, table: tuple[str, ...]) -> Node | None:
    """One table of a TOML file (``("tool", "souverain")``); None when it is not there.

    Raises :class:`ProjectError` for what is not TOML.
    """
    try:
        text = source.data.decode("utf-8")
        found: object = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        at = _line_start(source, int(line[1]) if line else 1)
        problem = phrase("project.not-toml", problem=str(error))
        raise ProjectError.at(problem, Span(source, at, at)) from None
    for name in table:
        found = found.get(name) if isinstance(found, dict) else None
    if found is None:
        return None
    header = re.search(r"^\s*\[+\s*" + r"\s*\.\s*".join(map(re.escape, table)), text, re.MULTILINE)
    start = header.start() if header else 0
    return _TomlBuilder(source, text).build(found, start, header.end() if header else start)


@dataclass(frozen=True, slots=True)
class _TomlBuilder:
    source: SourceText
    text: str

    def build(self, value: object, start: int, end: int) -> Node:
        span = self._span(start, end)
        if isinstance(value, dict):
            return Node(tuple(self._entries(value, start)), span, mapping=True)
        if isinstance(value, list):
            return Node(tuple(self.build(item, start, end) for item in value), span)
        if value is None or isinstance(value, (bool, int, float, str)):
            return Node(value, span)
        return Node(str(value), span)

    def _entries(self, table: Mapping[str, object], after: int) -> list[Entry]:
        entries = []
        for key, value in table.items():
            quoted = re.escape(key)
            found = regex(rf"""["']?\b{quoted}\b["']?\s*(?:=|\]|\.)""").search(self.text, after)
            start, end = found.span() if found else (after, after)
            end = start + len(self.text[start:end].rstrip("=]. \t"))
            entries.append(Entry(key, self._span(start, end), self.build(value, start, end)))
        return entries

    def _span(self, start: int, end: int) -> Span:
        before = len(self.text[:start].encode())
        return Span(self.source, before, before + len(self.text[start:end].encode()))


def _line_start(source: SourceText, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = source.data.find(b"\n", at) + 1
    return at
