"""What can be said of the lines of a Helm template without running it.

A chart is rendered twice: as it is, and with a mark at the end of every template line that
can bear one. Where the second rendering without its marks equals the first, each rendered
line is known to come from the line whose mark it bears. A mark is a YAML comment, so it
changes neither the objects nor what the renderer does with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from souverain.records import dataclass, field
from souverain.regex import regex

ValuesPath = tuple[str, ...]

_MARK: Final = " #\u27e6{}\u27e7"
MARKS: Final = regex(" #\u27e6([0-9]+)\u27e7")

_IN_ACTION = regex(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\}\}""", re.DOTALL)
_TEXT = regex(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|`[^`]*`""", re.DOTALL)
_LEAD = regex(r"( *)((?:- +)*)")
_NOT_PLAIN: Final = frozenset("|>&*!{[\"'#-%@`")
_KEYWORD = regex(r"\{\{-?\s*(/\*|[a-z]+\b|\$[\w, $]*:?=)")
_VALUES = regex(r"(?<![\w.)])\$?\.Values((?:\.[A-Za-z_]\w*)*)")
_VARIABLE = regex(r"(\$\w+)((?:\.[A-Za-z_]\w*)*)")
_ASSIGNED = regex(r"((?:\$\w+\s*,\s*)?\$\w+)\s*:?=")
_RELATIVE = regex(r"(?:(?<=[\s(])|(?<=\{\{))\.((?:[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*)?(?=[\s)|}])")
_OPENING: Final = frozenset({"if", "range", "with", "define", "block"})
_SILENT: Final = frozenset({*_OPENING, "else", "end", "break", "continue"})
_SCOPES: Final = frozenset({"with", "range", "define"})
_BUILTIN: Final = frozenset({"Values", "Release", "Chart", "Files", "Capabilities", "Template"})


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line that gives text, up to the next line break outside of an action."""

    number: int
    """From 1: where it starts."""
    start: int
    end: int
    """Where its mark stands, in characters of the template."""
    markable: bool
    references: tuple[ValuesPath, ...]
    """What it takes from the values: paths below ``.Values``, in the order written."""


@dataclass
class _Open:
    """A line being read."""

    number: int
    gives: bool = False
    trimmed: bool = False
    references: list[ValuesPath] = field(default_factory=list)


class Template:
    """The lines of one template."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[tuple[str, ValuesPath | None]] = []
        self._variables: dict[str, ValuesPath] = {}
        self.lines: tuple[TemplateLine, ...] = tuple(self._read())

    def marked(self) -> str:
        """The template with a mark on each line that can bear one."""
        parts = []
        at = 0
        for line, continued in zip(self.lines, self._continued(), strict=True):
            if line.markable and not continued:
                parts += [self._text[at : line.end], _MARK.format(line.number)]
                at = line.end
        return "".join((*parts, self._text[at:]))

    def _continued(self) -> Iterator[bool]:
        """Whether the text of each line goes on in the next: a comment would end it."""
        base = -1
        texts = [self._text[line.start : line.end] for line in self.lines]
        for text, following in zip(texts, (*texts[1:], ""), strict=True):
            if text.strip() and _indent(text) <= base:
                base = -1
            if base < 0:
                base = _plain_below(text)
            after = following.lstrip()
            yield base >= 0 and after[:2] not in ("", "{{") and _indent(following) > base

    def _read(self) -> Iterator[TemplateLine]:
        text = self._text
        at, number = 0, 1
        line = _Open(1)
        for start, end in (*_actions(text), (len(text), len(text))):
            while (cut := text.find("\n", at, start)) >= 0:
                self._literal(line, text[at:cut])
                yield self._closed(line, at, cut)
                at, number = cut + 1, number + 1
                line = _Open(number)
            self._literal(line, text[at:start])
            if start < end:
                self._act(line, text[start:end])
                number += text.count("\n", start, end)
                at = end
        yield self._closed(line, at, len(text))

    def _literal(self, line: _Open, text: str) -> None:
        if text.strip():
            line.gives, line.trimmed = True, False

    def _closed(self, line: _Open, at: int, cut: int) -> TemplateLine:
        """The line, with its mark after its last text: trims beyond it stay what they are."""
        end = at + len(self._text[at:cut].rstrip())
        start = self._text.rfind("\n", 0, cut) + 1
        separator = self._text.startswith(("---", "...", "%"), start)
        defined = any(keyword == "define" for keyword, _ in self._stack)
        markable = line.gives and not (line.trimmed or separator or defined)
        return TemplateLine(line.number, start, end, markable, tuple(line.references))

    def _act(self, line: _Open, action: str) -> None:
        found = _KEYWORD.match(action)
        keyword = found.group(1) if found else ""
        if keyword == "/*":
            return
        references = list(self._references(action))
        line.references += references
        self._nest(keyword, references)
        self._assign(action, references)
        if line.gives or not (keyword in _SILENT or keyword.endswith("=")):
            line.gives = True
            line.trimmed = action.endswith("-}}")

    def _nest(self, keyword: str, references: list[ValuesPath]) -> None:
        if keyword in _OPENING:
            subject = references[0] if references and keyword in ("with", "range") else None
            self._stack.append((keyword, subject))
        elif keyword == "end" and self._stack:
            self._stack.pop()
        elif keyword == "else" and self._stack and self._stack[-1][0] == "with":
            self._stack[-1] = ("if", None)

    def _assign(self, action: str, references: list[ValuesPath]) -> None:
        assigned = _ASSIGNED.search(_TEXT.sub('""', action))
        for name in assigned.group(1).split(",") if assigned else ():
            if len(references) == 1:
                self._variables[name.strip()] = references[0]
            else:
                self._variables.pop(name.strip(), None)

    def _references(self, action: str) -> Iterator[ValuesPath]:
        bare = _TEXT.sub('""', action)
        bare = bare[bare.find(":=") + 1 :] if ":=" in bare else bare
        for found in _VALUES.finditer(bare):
            yield tuple(found.group(1).split(".")[1:])
        for found in _VARIABLE.finditer(bare):
            known = self._variables.get(found.group(1))
            if known is not None:
                yield (*known, *found.group(2).split(".")[1:])
        scope = next((s for k, s in reversed(self._stack) if k in _SCOPES), None)
        if scope is not None:
            for found in _RELATIVE.finditer(bare):
                names = tuple(found.group(1).split(".")) if found.group(1) else ()
                if not names or names[0] not in _BUILTIN:
                    yield (*scope, *names)


def _plain_below(text: str) -> int:
    """Lines that are indented more belong to the plain scalar this line ends with; else -1."""
    lead = _LEAD.match(text)
    assert lead is not None
    key, colon, value = text[lead.end() :].partition(": ")
    value = value.lstrip() if colon else key
    if not value or value[0] in _NOT_PLAIN or value.endswith(":"):
        return -1
    return len(lead.group()) if colon else len(lead.group(1))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _actions(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each ``{{ }}``; nothing after one that is not closed."""
    end = 0
    while (start := text.find("{{", end)) >= 0:
        stop = _IN_ACTION.search(text, start + 2)
        while stop is not None and stop.group() != "}}":
            stop = _IN_ACTION.search(text, stop.end())
        if stop is None:
            return
        end = stop.end()
        yield start, end
