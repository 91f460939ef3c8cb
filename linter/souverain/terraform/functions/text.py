"""String functions. Source: Terraform language documentation, "String Functions"."""

from __future__ import annotations

from collections.abc import Callable

from souverain.model import phrase
from souverain.terraform.conversions import MAX_TEXT, joined
from souverain.terraform.errors import EvaluationError, too_large
from souverain.terraform.functions import re2
from souverain.terraform.functions.graphemes import clusters
from souverain.terraform.functions.memory import remembering
from souverain.terraform.numerics import Number, integer
from souverain.values import ListOf, Partial, Unknown, Value


def _on_text(value: Value, change: Callable[[str], str]) -> Value:
    """``change`` on the text of a value, on the literal parts of a partly known one."""
    if isinstance(value, Partial):
        return joined([s if isinstance(s, Unknown) else change(s) for s in value.segments])
    return change(value) if isinstance(value, str) else value


def lower(value: Value) -> Value:
    """Small letters."""
    return _on_text(value, lambda s: "".join(map(_simple_lower, s)))


def upper(value: Value) -> Value:
    """Capital letters."""
    return _on_text(value, lambda s: "".join(map(_simple_upper, s)))


def _simple_lower(character: str) -> str:
    """One code point for one: Terraform knows no mapping to several."""
    changed = character.lower()
    return changed if len(changed) == 1 else "i" if character == "İ" else character


def _simple_upper(character: str) -> str:
    changed = character.upper()
    return changed if len(changed) == 1 else character


def title(value: str) -> Value:
    """The first letter of each word in capitals."""
    found: list[str] = []
    inside = False
    for character in value:
        found.append(character if inside else _simple_upper(character))
        inside = not _separates(character)
    return "".join(found)


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character.isspace()


def chomp(value: str) -> Value:
    """The text without newlines at its end."""
    return value.rstrip("\r\n")


_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def trimspace(value: str) -> Value:
    """The text without white space at its ends."""
    return value.strip(_SPACE)


def trim(value: str, cutset: str) -> Value:
    """The text without the characters of ``cutset`` at its ends."""
    return value.strip(cutset) if cutset else value


def trimprefix(value: str, prefix: str) -> Value:
    """The text without ``prefix``."""
    return value.removeprefix(prefix)


def trimsuffix(value: str, suffix: str) -> Value:
    """The text without ``suffix``."""
    return value.removesuffix(suffix)


def startswith(value: Value, prefix: str) -> Value:
    """Whether a text starts with ``prefix``; a known beginning may decide."""
    if isinstance(value, Partial):
        known = value.prefix
        if len(known) >= len(prefix) or not prefix.startswith(known):
            return known.startswith(prefix)
        return value.unknown
    return value.startswith(prefix) if isinstance(value, str) else value


def endswith(value: Value, suffix: str) -> Value:
    """Whether a text ends with ``suffix``; a known end may decide."""
    if isinstance(value, Partial):
        known = value.suffix
        if len(known) >= len(suffix) or not suffix.endswith(known):
            return known.endswith(suffix)
        return value.unknown
    return value.endswith(suffix) if isinstance(value, str) else value


def strcontains(value: Value, part: str) -> Value:
    """Whether ``part`` is in a text; a known stretch may decide."""
    if isinstance(value, Partial):
        found = any(part in s for s in value.segments if isinstance(s, str))
        return True if found else value.unknown
    return part in value if isinstance(value, str) else value


def strrev(value: str) -> Value:
    """The characters in reverse order."""
    return "".join(reversed(clusters(value)))


def substr(value: str, offset: Number, length: Number) -> Value:
    """``length`` characters from ``offset``. A negative offset counts from the end, and then
    a length of 0 means all the rest, like a negative length."""
    start, count = integer(offset, "substr"), integer(length, "substr")
    parts = clusters(value)
    if start < 0:
        start = max(start + len(parts), 0)
        count = count or -1
    return "".join(parts[start:] if count < 0 else parts[start : start + count])


def indent(spaces: Number, value: str) -> Value:
    """The text with its lines but the first indented."""
    width = integer(spaces, "indent")
    if width < 0:
        raise EvaluationError(phrase("expr.negative", name="indent"))
    if value.count("\n") * width > MAX_TEXT:
        raise too_large("indent", MAX_TEXT)
    return value.replace("\n", "\n" + " " * width)


def replace(value: str, part: str, replacement: str) -> Value:
    """The text with every ``part`` replaced; ``/part/`` is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        return re2.compiled(part[1:-1]).replace(value, replacement)
    if (value.count(part) + 1) * len(replacement) > MAX_TEXT:
        raise too_large("replace", MAX_TEXT)
    return value.replace(part, replacement)


def split(separator: str, value: str) -> Value:
    """The pieces between separators."""
    if value == "":
        return ListOf(("",)) if separator else ListOf(())
    return ListOf(value.split(separator) if separator else value)


def join(separator: Value, *lists: Value) -> Value:
    """One string; unknown elements leave a partly known text."""
    items: list[Value] = []
    for one in lists:
        if isinstance(one, Unknown):
            return one
        assert isinstance(one, tuple)
        items.extend(one)
    if isinstance(separator, (Unknown, Partial)):
        return separator if isinstance(separator, Unknown) else separator.unknown
    assert isinstance(separator, str)
    segments: list[str | Unknown] = []
    for position, item in enumerate(items):
        if position:
            segments.append(separator)
        if item is None:
            raise EvaluationError(phrase("expr.null-element", name="join"))
        segments.extend(item.segments if isinstance(item, Partial) else [_segment(item)])
    if sum(len(s) for s in segments if isinstance(s, str)) > MAX_TEXT:
        raise too_large("join", MAX_TEXT)
    return joined(segments)


def _segment(item: Value) -> str | Unknown:
    assert isinstance(item, (str, Unknown))
    return item


@remembering
def regex(pattern: str, value: str) -> Value:
    """What a pattern matches first."""
    program = re2.compiled(pattern)
    found = program.search(value)
    if found is None:
        raise EvaluationError(phrase("expr.no-match"))
    return _captures(program, value, found)


@remembering
def regexall(pattern: str, value: str) -> Value:
    """Everything a pattern matches."""
    program = re2.compiled(pattern)
    return ListOf(_captures(program, value, found) for found in program.search_all(value))


def _captures(program: re2.Regex, value: str, found: re2.Match) -> Value:
    """The whole match, a tuple of groups, or an object of named groups.

    Raises EvaluationError when named and unnamed groups are mixed.
    """
    names = program.group_names
    if not names:
        return value[found[0] : found[1]]
    groups: list[Value] = [
        None if found[2 * n] < 0 else value[found[2 * n] : found[2 * n + 1]]
        for n in range(1, len(names) + 1)
    ]
    if not any(names):
        return tuple(groups)
    if not all(names):
        raise EvaluationError(phrase("expr.mixed-groups"))
    return dict(zip(names, groups, strict=True))
