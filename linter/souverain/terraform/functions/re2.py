"""RE2 regular expressions in time linear in the text, as Go runs them.

Patterns and texts both come from the scanned tree, so backtracking is not an option: a
pattern becomes a program that is run over all its alternatives at once. The leftmost match
wins, and of those that start there the one whose alternatives are preferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from souverain.terraform.conversions import MAX_TEXT
from souverain.terraform.errors import too_large
from souverain.terraform.functions.re2syntax import (
    Alternation,
    Assertion,
    AssertionKind,
    Characters,
    Concatenation,
    Group,
    Node,
    Repeat,
    parse,
)

Match = tuple[int, ...]
"""Start and end of the whole match, then of each group; -1 where a group took no part."""

_MAX_PROGRAM = 10_000
_MAX_STEPS = 3_000_000

Instruction = (
    tuple[Literal["read"], Characters]
    | tuple[Literal["check"], AssertionKind]
    | tuple[Literal["save"], int]
    | tuple[Literal["fork"], int, int]
    | tuple[Literal["match"]]
)
"""``fork`` goes to its two targets, the first preferred; the others go to the next one."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Regex:
    """The program of a pattern. Raises what :func:`re2syntax.parse` raises."""
    return Regex(pattern)


class Regex:
    """A compiled pattern; ``group_names`` has "" for a group without a name."""

    def __init__(self, pattern: str) -> None:
        tree, self.group_names = parse(pattern)
        self._slots = 2 * len(self.group_names) + 2
        self._program: list[Instruction] = []
        self._emit(Group(tree, 0))
        self._add(("match",))
        self._steps = 0

    def search(self, text: str) -> Match | None:
        """The leftmost match. Raises NotEvaluated when it takes too long."""
        self._steps = 0
        return self._run(text, 0)

    def search_all(self, text: str) -> Iterator[Match]:
        """Matches that do not overlap, without empty ones right after another."""
        self._steps = 0
        at, previous = 0, -1
        while at <= len(text):
            found = self._run(text, at)
            if found is None:
                return
            if found[1] > at or found[0] != previous:
                yield found
            at = found[1] if found[1] > at else at + 1
            previous = found[1]

    def replace(self, text: str, replacement: str) -> str:
        """``text`` with every match replaced; ``$1``, ``${name}`` and ``$$`` are expanded."""
        self._steps = 0
        pieces: list[str] = []
        at = copied = length = 0
        while at <= len(text):
            found = self._run(text, at)
            if found is None:
                break
            pieces.append(text[copied : found[0]])
            if found[1] > copied or found[0] == 0:
                pieces.append(self._expand(replacement, text, found))
                length += len(pieces[-1])
            if length > MAX_TEXT:
                raise too_large("replace", MAX_TEXT)
            copied = found[1]
            at = max(copied, at + 1)
        return "".join(pieces) + text[copied:]

    def _expand(self, template: str, text: str, found: Match) -> str:
        pieces: list[str] = []
        rest = template
        while rest:
            before, dollar, rest = rest.partition("$")
            pieces.append(before)
            if not dollar:
                break
            if rest.startswith("$"):
                pieces.append("$")
                rest = rest[1:]
                continue
            name, after = _reference(rest)
            if name is None:
                pieces.append("$")
                continue
            pieces.append(self._group(name, text, found))
            rest = after
        return "".join(pieces)

    def _group(self, name: str, text: str, found: Match) -> str:
        if name.isdigit():
            number = int(name) if len(name) < 6 else self._slots
        else:
            number = self.group_names.index(name) + 1 if name in self.group_names else self._slots
        if 2 * number + 1 >= self._slots or found[2 * number] < 0:
            return ""
        return text[found[2 * number] : found[2 * number + 1]]

    # --- program ----------------------------------------------------------------------

    def _add(self, instruction: Instruction) -> int:
        if len(self._program) >= _MAX_PROGRAM:
            raise too_large("regex", _MAX_PROGRAM)
        self._program.append(instruction)
        return len(self._program) - 1

    def _emit(self, node: Node) -> None:
        if isinstance(node, Characters):
            self._add(("read", node))
        elif isinstance(node, Assertion):
            self._add(("check", node.kind))
        elif isinstance(node, Concatenation):
            for part in node.parts:
                self._emit(part)
        elif isinstance(node, Group):
            self._add(("save", 2 * node.number))
            self._emit(node.node)
            self._add(("save", 2 * node.number + 1))
        elif isinstance(node, Alternation):
            self._emit_options(node)
        else:
            self._emit_repeat(node)

    def _emit_options(self, node: Alternation) -> None:
        exits: list[int] = []
        for option in node.options[:-1]:
            fork = self._add(("match",))
            self._emit(option)
            exits.append(self._add(("match",)))
            self._program[fork] = ("fork", fork + 1, len(self._program))
        self._emit(node.options[-1])
        for jump in exits:
            self._program[jump] = ("fork", len(self._program), len(self._program))

    def _emit_repeat(self, node: Repeat) -> None:
        for _ in range(node.least if node.most is not None else max(node.least - 1, 0)):
            self._emit(node.node)
        if node.most is None:
            self._emit_loop(node)
            return
        forks: list[int] = []
        for _ in range(node.most - node.least):
            forks.append(self._add(("match",)))
            self._emit(node.node)
        for fork in forks:
            self._fork(fork, fork + 1, len(self._program), node.greedy)

    def _emit_loop(self, node: Repeat) -> None:
        """``x+``, which is skipped as a whole when none is needed."""
        skip = None if node.least else self._add(("match",))
        start = len(self._program)
        self._emit(node.node)
        fork = self._add(("match",))
        self._fork(fork, start, fork + 1, node.greedy)
        if skip is not None:
            self._fork(skip, skip + 1, len(self._program), node.greedy)

    def _fork(self, at: int, inside: int, outside: int, greedy: bool) -> None:
        first, second = (inside, outside) if greedy else (outside, inside)
        self._program[at] = ("fork", first, second)

    # --- run --------------------------------------------------------------------------

    def _run(self, text: str, start: int) -> Match | None:
        found: Match | None = None
        threads: list[tuple[int, Match]] = []
        seen: set[int] = set()
        fresh = (-1,) * self._slots
        for at in range(start, len(text) + 1):
            if found is None:
                self._follow(threads, seen, 0, fresh, text, at)
            following: list[tuple[int, Match]] = []
            seen = set()
            for position, groups in threads:
                instruction = self._program[position]
                if instruction[0] == "match":
                    found = groups
                    break
                if instruction[0] == "read" and instruction[1].matches(text[at : at + 1]):
                    self._follow(following, seen, position + 1, groups, text, at + 1)
            threads = following
            if not threads and found is not None:
                break
        return found

    def _follow(
        self,
        threads: list[tuple[int, Match]],
        seen: set[int],
        position: int,
        groups: Match,
        text: str,
        at: int,
    ) -> None:
        """Adds the instructions that read or match, reached without reading."""
        pending = [(position, groups)]
        while pending:
            position, groups = pending.pop()
            self._steps += 1
            if position in seen:
                continue
            seen.add(position)
            instruction = self._program[position]
            if instruction[0] == "fork":
                pending.append((instruction[2], groups))
                pending.append((instruction[1], groups))
            elif instruction[0] == "save":
                slot = instruction[1]
                pending.append((position + 1, (*groups[:slot], at, *groups[slot + 1 :])))
            elif instruction[0] == "check":
                if _holds(instruction[1], text, at):
                    pending.append((position + 1, groups))
            else:
                threads.append((position, groups))
        if self._steps > _MAX_STEPS:
            raise too_large("regex", _MAX_STEPS)


def _reference(rest: str) -> tuple[str | None, str]:
    """Name of a group after ``$`` and what follows; None when it is not a reference."""
    if rest.startswith("{"):
        name, brace, after = rest[1:].partition("}")
        return (name, after) if brace and name and all(map(_is_word, name)) else (None, rest)
    end = 0
    while end < len(rest) and _is_word(rest[end]):
        end += 1
    return (rest[:end], rest[end:]) if end else (None, rest)


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _holds(kind: AssertionKind, text: str, at: int) -> bool:
    if kind == "text-start":
        return at == 0
    if kind == "text-end":
        return at == len(text)
    if kind == "line-start":
        return at == 0 or text[at - 1] == "\n"
    if kind == "line-end":
        return at == len(text) or text[at] == "\n"
    before = at > 0 and _is_word(text[at - 1])
    after = at < len(text) and _is_word(text[at])
    return (before is not after) is (kind == "word")
