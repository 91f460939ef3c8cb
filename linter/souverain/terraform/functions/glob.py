"""Globs over paths, as ``fileset`` writes them: ``*``, ``**``, ``?``, ``[...]``, ``{a,b}``.

A pattern is matched one path component at a time, so that no pattern of a scanned file
takes more than its length times that of the path. Source: Terraform language
documentation, "fileset Function".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import lru_cache

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform.errors import EvaluationError, too_large

_MAX_ALTERNATIVES = 1_000

_ANY_DEPTH = regex("")
"""Stands for ``**``: any number of components, none included."""


@lru_cache(maxsize=256)
def matching(pattern: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths that a glob matches.

    Raises EvaluationError when it is malformed,
    NotEvaluated when it has too many alternatives.
    """
    globs = tuple(tuple(_components(glob)) for glob in _alternatives(pattern))
    return tuple(path for path in paths if any(_matches(glob, path.split("/")) for glob in globs))


def _matches(glob: Sequence[re.Pattern[str]], parts: Iterable[str]) -> bool:
    states = _skipping(glob, {0})
    for part in parts:
        following = set()
        for state in states:
            if state == len(glob):
                continue
            if glob[state] is _ANY_DEPTH:
                following.add(state)
            elif glob[state].match(part):
                following.add(state + 1)
        states = _skipping(glob, following)
    return len(glob) in states


def _skipping(glob: Sequence[re.Pattern[str]], states: set[int]) -> set[int]:
    """The states, and those reached by letting ``**`` stand for no component."""
    for state in range(len(glob)):
        if state in states and glob[state] is _ANY_DEPTH:
            states.add(state + 1)
    return states


def _components(glob: str) -> Iterable[re.Pattern[str]]:
    parts = glob.split("/")
    for part in parts:
        yield _ANY_DEPTH if part == "**" else _component(part)
    if parts[-1] == "**":
        yield _component("*")


@lru_cache(maxsize=1024)
def _component(glob: str) -> re.Pattern[str]:
    try:
        return re.compile(translate(glob.replace("[^", "[!")))  # noqa: TID251 - tells a bad one
    except re.error:
        raise EvaluationError(phrase("expr.bad-glob", glob=glob)) from None


def _alternatives(pattern: str) -> list[str]:
    """The globs without braces that a pattern stands for, inner braces first."""
    done: list[str] = []
    pending = [pattern]
    while pending:
        glob = pending.pop()
        end = glob.find("}")
        start = glob.rfind("{", 0, end) if end >= 0 else -1
        if start < 0:
            done.append(glob)
        else:
            inside = glob[start + 1 : end].split(",")
            pending.extend(glob[:start] + choice + glob[end + 1 :] for choice in inside)
        if len(done) + len(pending) > _MAX_ALTERNATIVES:
            raise too_large("fileset", _MAX_ALTERNATIVES)
    return done
