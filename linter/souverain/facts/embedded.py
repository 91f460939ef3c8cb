"""Configuration inside a text: YAML, JSON, or lines of ``key = value`` in sections.

The nodes that come out carry the span of the text they were in, and texts only: nothing in
them is a Kubernetes object of the root.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from souverain.kubernetes.model import Entry, Fields, Items, Scalar
from souverain.regex import regex

if TYPE_CHECKING:
    from souverain.kubernetes.model import Node
    from souverain.model import Span

_DEEPEST: Final = 60
_LONGEST: Final = 2_000_000
"""Characters of a text that is looked into."""

_YAML: Final = regex(r"\s*(?:---|#[^\n]*\n\s*|- |[\w\"'.$/@-]{1,200}\s*:(?:\s|\Z))")
_HEADER: Final = regex(
    r"\s*(?:\[{1,2}(?P<ini>[^\]\n]{1,200})\]{1,2}"
    r"|<(?P<tag>[a-z][\w-]{0,40})(?:\s[^>\n]{0,200})?>"
    r"|(?P<block>[A-Za-z][\w.-]{0,80})(?:\s+\"(?P<label>[^\"\n]{1,200})\")?\s*=?\s*\{"
    r")(?P<rest>[^\n]*)\Z"
)
_CLOSED: Final = regex(r"\s*(?:\}|</)")
_PAIR: Final = regex(
    r"\s*(?:export\s+|set\s+|- )?(?P<key>[@A-Za-z_][\w@./-]{0,120})(?:\s*[:=]\s*|\s+)"
    r"(?P<value>\S[^\n]*)\Z"
)


def parse(text: str, span: Span, *, secret: bool = False) -> Fields | Items | None:
    """What is configured in a text; None when it is too long to tell."""
    if len(text) > _LONGEST:
        return None
    if text.startswith("-----BEGIN"):
        return Items((), span)
    first = text.lstrip()[:1]
    found = _json(text, span, secret) if first in ("{", "[") else None
    if found is None and _YAML.match(text):
        found = _yaml(text, span, secret)
    return found or _lines(text, span, secret)


# --- JSON and YAML --------------------------------------------------------------------


def _json(text: str, span: Span, secret: bool) -> Fields | Items | None:
    try:
        node = _node(json.loads(text, parse_float=str, parse_int=str), span, secret)
    except (ValueError, RecursionError):
        return None
    return None if isinstance(node, Scalar) else node


def _node(value: object, span: Span, secret: bool) -> Node:
    if isinstance(value, dict):
        return Fields(
            tuple(Entry(str(k), span, _node(v, span, secret)) for k, v in value.items()), span
        )
    if isinstance(value, list):
        return Items(tuple(_node(item, span, secret) for item in value), span)
    if isinstance(value, bool):
        value = str(value).lower()
    return Scalar("" if value is None else str(value), span, secret)


class _DeepError(ValueError):
    """Nesting, or an alias, that no configuration needs."""


def _yaml(text: str, span: Span, secret: bool) -> Fields | Items | None:
    """The documents of a YAML text; None when it is none, or not a mapping or list."""
    # PyYAML is only needed where a manifest carries such a text.
    import yaml

    loader = getattr(yaml, "CLoader", yaml.Loader)
    documents: list[Node] = []
    open_: list[tuple[list[Node], bool]] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                if len(open_) >= _DEEPEST:
                    raise _DeepError
                open_.append(([], isinstance(event, yaml.MappingStartEvent)))
                continue
            if isinstance(event, yaml.AliasEvent):
                node: Node = Scalar("", span, secret)
            elif isinstance(event, yaml.ScalarEvent):
                node = Scalar(event.value, span, secret)
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                node = _closed(*open_.pop(), span)
            else:
                continue
            (open_[-1][0] if open_ else documents).append(node)
    except (yaml.YAMLError, _DeepError, ValueError):
        return None
    inside = tuple(node for node in documents if not isinstance(node, Scalar))
    return Items(inside, span) if inside else None


def _closed(nodes: list[Node], mapping: bool, span: Span) -> Node:
    if not mapping:
        return Items(tuple(nodes), span)
    pairs = zip(nodes[::2], nodes[1::2], strict=False)
    return Fields(tuple(Entry(_word(key), span, node) for key, node in pairs), span)


def _word(node: Node) -> str:
    return str(node.value) if isinstance(node, Scalar) else ""


# --- lines ----------------------------------------------------------------------------


class _Section:
    """A block of lines: its name, and what is written in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entries: list[Entry] = []


def _lines(text: str, span: Span, secret: bool) -> Fields:
    """``key = value``, ``key: value`` and ``key value`` lines under ``[section]``,
    ``<section>`` and ``section "label" { ... }``; other lines as values without a key."""
    reader = _Lines(span, secret)
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith(("#", ";", "//")):
            reader.read(line)
    return reader.closed()


class _Lines:
    """Sections that are open while lines are read."""

    def __init__(self, span: Span, secret: bool) -> None:
        self._span = span
        self._secret = secret
        self._open = [_Section("")]

    def read(self, line: str) -> None:
        header = _HEADER.match(line) if len(self._open) < _DEEPEST else None
        if header is not None:
            self._begin(header)
        elif _CLOSED.match(line):
            self._end(1)
        else:
            self._pair(line.strip())

    def closed(self) -> Fields:
        """The whole, once every line was read."""
        self._end(len(self._open))
        return Fields(self._open[0].entries, self._span)

    def _begin(self, header: re.Match[str]) -> None:
        if header["ini"]:
            # The header of a table closes the one before, and names those it is in.
            self._end(len(self._open))
            *above, name = header["ini"].split(".")[-_DEEPEST:]
            self._open += map(_Section, above)
        else:
            name = header["tag"] or header["block"]
        self._open.append(_Section(name))
        if header["label"]:
            self._add(name, header["label"])
        rest = header["rest"].strip() if header["block"] else ""
        if inside := rest.rstrip("}").strip():
            self._pair(inside)
        if rest.endswith("}"):
            self._end(1)

    def _end(self, count: int) -> None:
        for _ in range(min(count, len(self._open) - 1)):
            ended = self._open.pop()
            node = Fields(ended.entries, self._span)
            self._open[-1].entries.append(Entry(ended.name, self._span, node))

    def _pair(self, line: str) -> None:
        found = _PAIR.match(line)
        key, value = (found["key"], found["value"]) if found else ("", line)
        self._add(key, _bare(value))

    def _add(self, key: str, value: str) -> None:
        scalar = Scalar(value, self._span, self._secret)
        self._open[-1].entries.append(Entry(key, self._span, scalar))


def _bare(value: str) -> str:
    """A value without quotes and a trailing separator."""
    value = value.rstrip().rstrip(",;")
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
