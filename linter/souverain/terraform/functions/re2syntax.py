"""Parser of RE2 regular expressions.

Source: RE2 syntax (google/re2, ``doc/syntax.txt``) with the flags Go compiles with: Perl
classes, ``\\pN``, named groups, no back-references and no look-around.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from souverain.model import phrase
from souverain.records import dataclass, replace
from souverain.terraform.errors import EvaluationError, NotEvaluated

_MAX_REPEAT = 1000
_MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of a class: ranges, general categories, or nested classes."""

    ranges: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    inner: tuple[Characters, ...] = ()
    negated: bool = False
    folded: bool = False

    def matches(self, character: str) -> bool:
        """Whether the class has a character; it never has the end of the text ("")."""
        if not character:
            return False
        found = self._holds(character)
        if self.folded and not found:
            found = self._holds(character.lower()) or self._holds(character.upper())
        return found is not self.negated

    def _holds(self, character: str) -> bool:
        for low, high in self.ranges:
            if low <= character <= high:
                return True
        if self.categories and unicodedata.category(character).startswith(self.categories):
            return True
        return any(one.matches(character) for one in self.inner)


AssertionKind = Literal["text-start", "text-end", "line-start", "line-end", "word", "not-word"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place in the text."""

    kind: AssertionKind


@dataclass(frozen=True, slots=True)
class Concatenation:
    """One after another."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """The first that leads to a match."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``most`` is None when there is no limit."""

    node: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group; groups count from 1."""

    node: Node
    number: int


Node = Characters | Assertion | Concatenation | Alternation | Repeat | Group

_DIGIT = Characters((("0", "9"),))
_WORD = Characters((("0", "9"), ("A", "Z"), ("a", "z"), ("_", "_")))
_SPACE = Characters((("\t", "\n"), ("\f", "\r"), (" ", " ")))
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX = {
    "alnum": (("0", "9"), ("A", "Z"), ("a", "z")),
    "alpha": (("A", "Z"), ("a", "z")),
    "ascii": (("\0", "\x7f"),),
    "blank": (("\t", "\t"), (" ", " ")),
    "cntrl": (("\0", "\x1f"), ("\x7f", "\x7f")),
    "digit": (("0", "9"),),
    "graph": (("!", "~"),),
    "lower": (("a", "z"),),
    "print": ((" ", "~"),),
    "punct": (("!", "/"), (":", "@"), ("[", "`"), ("{", "~")),
    "space": (("\t", "\r"), (" ", " ")),
    "upper": (("A", "Z"),),
    "word": (("0", "9"), ("A", "Z"), ("a", "z"), ("_", "_")),
    "xdigit": (("0", "9"), ("A", "F"), ("a", "f")),
}
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_CATEGORIES = frozenset(
    [
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "L",
        "Ll",
        "Lm",
        "Lo",
        "Lt",
        "Lu",
        "M",
        "Mc",
        "Me",
        "Mn",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Pe",
        "Pf",
        "Pi",
        "Po",
        "Ps",
        "S",
        "Sc",
        "Sk",
        "Sm",
        "So",
        "Z",
        "Zl",
        "Zp",
        "Zs",
    ]
)


@dataclass(frozen=True, slots=True)
class _Flags:
    fold: bool = False
    lines: bool = False
    dot_all: bool = False
    lazy: bool = False


def parse(pattern: str) -> tuple[Node, tuple[str, ...]]:
    """The tree of a pattern and the names of its groups ("" when a group has none).

    Raises EvaluationError when Go would reject the pattern, NotEvaluated for a script
    class (``\\p{Greek}``), which Python's character data does not have.
    """
    parser = _Parser(pattern)
    node = parser.alternation()
    if parser.at < len(pattern):
        raise parser.error()
    return node, tuple(parser.names)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.names: list[str] = []
        self.flags = _Flags()
        self.depth = 0

    def error(self) -> EvaluationError:
        return EvaluationError(phrase("expr.bad-regex", position=self.at + 1))

    def _peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def _take(self, text: str) -> bool:
        if self._peek(text):
            self.at += len(text)
            return True
        return False

    def _next(self) -> str:
        if self.at >= len(self.pattern):
            raise self.error()
        self.at += 1
        return self.pattern[self.at - 1]

    def _until(self, end: str) -> str:
        stop = self.pattern.find(end, self.at)
        if stop < 0:
            raise self.error()
        found = self.pattern[self.at : stop]
        self.at = stop + len(end)
        return found

    # --- structure --------------------------------------------------------------------

    def alternation(self) -> Node:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotEvaluated(phrase("expr.too-deep", limit=_MAX_DEPTH))
        outer = self.flags
        options = [self._concatenation()]
        while self._take("|"):
            options.append(self._concatenation())
        self.flags = outer
        self.depth -= 1
        return options[0] if len(options) == 1 else Alternation(tuple(options))

    def _concatenation(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.pattern) and not self._peek("|") and not self._peek(")"):
            if self._take("\\Q"):
                parts.extend(self._quoted())
                continue
            atom = self._atom()
            if atom is not None:
                parts.append(self._repeated(atom))
        return parts[0] if len(parts) == 1 else Concatenation(tuple(parts))

    def _quoted(self) -> list[Node]:
        stop = self.pattern.find("\\E", self.at)
        end = len(self.pattern) if stop < 0 else stop
        quoted = self.pattern[self.at : end]
        self.at = end if stop < 0 else end + 2
        characters: list[Node] = [self._literal(character) for character in quoted]
        if characters:
            characters[-1] = self._repeated(characters[-1])
        return characters

    def _repeated(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        greedy = not self._take("?")
        repeated = Repeat(node, *bounds, greedy is not self.flags.lazy)
        if self._bounds() is not None:
            raise self.error()
        return repeated

    def _bounds(self) -> tuple[int, int | None] | None:
        for symbol, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(symbol):
                return bounds
        if not self._peek("{"):
            return None
        stop = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(stop, self.at + 1)].partition(",")
        if not _is_count(low) or (high and not _is_count(high)):
            return None
        self.at = stop + 1
        least = int(low)
        most = int(high) if high else None if comma else least
        if max(least, most or 0) > _MAX_REPEAT or (most is not None and most < least):
            raise self.error()
        return least, most

    def _atom(self) -> Node | None:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == ".":
            newline = () if self.flags.dot_all else (("\n", "\n"),)
            return Characters(newline, negated=True)
        if character == "^":
            return Assertion("line-start" if self.flags.lines else "text-start")
        if character == "$":
            return Assertion("line-end" if self.flags.lines else "text-end")
        if character in "*+?":
            raise self.error()
        if character == "\\":
            return self._escape()
        return self._literal(character)

    def _literal(self, character: str) -> Characters:
        return Characters(((character, character),), folded=self.flags.fold)

    def _group(self) -> Node | None:
        if not self._take("?"):
            return self._capture("")
        if self._take("P<") or self._take("<"):
            name = self._until(">")
            if not name or not all(c.isascii() and (c.isalnum() or c == "_") for c in name):
                raise self.error()
            return self._capture(name)
        flags = self._read_flags()
        if self._take(")"):
            self.flags = flags
            return None
        if not self._take(":"):
            raise self.error()
        return self._closed(flags)

    def _capture(self, name: str) -> Node:
        self.names.append(name)
        number = len(self.names)
        return Group(self._closed(self.flags), number)

    def _closed(self, flags: _Flags) -> Node:
        outer, self.flags = self.flags, flags
        node = self.alternation()
        self.flags = outer
        if not self._take(")"):
            raise self.error()
        return node

    def _read_flags(self) -> _Flags:
        flags, value, seen = self.flags, True, False
        while not self._peek(")") and not self._peek(":"):
            letter = self._next()
            if letter == "-" and value:
                value, seen = False, False
                continue
            seen = True
            if letter == "i":
                flags = replace(flags, fold=value)
            elif letter == "m":
                flags = replace(flags, lines=value)
            elif letter == "s":
                flags = replace(flags, dot_all=value)
            elif letter == "U":
                flags = replace(flags, lazy=value)
            else:
                raise self.error()
        if not seen and not (value and self._peek(":")):
            raise self.error()
        return flags

    # --- characters -------------------------------------------------------------------

    def _escape(self) -> Node:
        start = self.at
        letter = self._next()
        if letter == "A":
            return Assertion("text-start")
        if letter == "z":
            return Assertion("text-end")
        if letter in "bB":
            return Assertion("word" if letter == "b" else "not-word")
        self.at = start
        return self._escaped_class() or self._literal(self._escaped_character())

    def _escaped_class(self) -> Characters | None:
        letter = self.pattern[self.at : self.at + 1]
        if letter and letter.lower() in _PERL:
            self.at += 1
            found = _PERL[letter.lower()]
            if self.flags.fold:
                found = replace(found, folded=True)
            return replace(found, negated=letter.isupper())
        if letter not in ("p", "P"):
            return None
        self.at += 1
        name = self._until("}") if self._take("{") else self._next()
        negated = (letter == "P") is not name.startswith("^")
        name = name.removeprefix("^")
        if name == "Any":
            return Characters((("\0", "\U0010ffff"),), negated=negated)
        if name not in _CATEGORIES:
            raise NotEvaluated(phrase("expr.regex-class", name=name[:40]))
        return Characters(categories=(name,), negated=negated)

    def _escaped_character(self) -> str:
        letter = self._next()
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "x":
            return self._hexadecimal()
        if letter in "01234567":
            digits = letter
            while len(digits) < 3 and self.pattern[self.at : self.at + 1] in tuple("01234567"):
                digits += self._next()
            if letter != "0" and len(digits) == 1:
                raise self.error()
            return chr(int(digits, 8))
        if letter.isascii() and not letter.isalnum():
            return letter
        raise self.error()

    def _hexadecimal(self) -> str:
        digits = self._until("}") if self._take("{") else self._next() + self._next()
        if not digits or not all(c in "0123456789abcdefABCDEF" for c in digits):
            raise self.error()
        if len(digits) > 8 or int(digits, 16) > 0x10FFFF:
            raise self.error()
        return chr(int(digits, 16))

    def _class(self) -> Characters:
        negated = self._take("^")
        ranges: list[tuple[str, str]] = []
        inner: list[Characters] = []
        first = True
        while first or not self._peek("]"):
            first = False
            nested = self._nested_class()
            if nested is not None:
                inner.append(nested)
                continue
            low = high = self._class_character()
            if self._peek("-") and not self._peek("-]"):
                self.at += 1
                high = self._class_character()
                if high < low:
                    raise self.error()
            ranges.append((low, high))
        self.at += 1
        return Characters(
            tuple(ranges), inner=tuple(inner), negated=negated, folded=self.flags.fold
        )

    def _nested_class(self) -> Characters | None:
        if self._peek("[:") and self.pattern.find(":]", self.at) > 0:
            self.at += 2
            name = self._until(":]")
            negated = name.startswith("^")
            if name.removeprefix("^") not in _POSIX:
                raise self.error()
            return Characters(_POSIX[name.removeprefix("^")], negated=negated)
        if self._peek("\\"):
            self.at += 1
            found = self._escaped_class()
            if found is None:
                self.at -= 1
            return found
        return None

    def _class_character(self) -> str:
        character = self._next()
        return self._escaped_character() if character == "\\" else character


def _is_count(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= 5
