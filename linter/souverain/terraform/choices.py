"""Which member of a known collection an unknown key stands for: each is an alternative.

Terraform refuses a key that a collection does not hold, so the members are all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from souverain.hcl import ast
from souverain.terraform.conversions import identity
from souverain.terraform.scope import Scope
from souverain.values import Partial, Unknown, Value
from souverain.worlds import Choice

MAX_MEMBERS = 16
"""Members that are followed as alternatives; of more, those of different value."""

_MAX_COMPARED = 200

ABSENT = "\0"
"""A key that no map of a configuration holds."""


def key_in(
    collection: Value, key: Value, expr: ast.Expr, scope: Scope, *, may_be_absent: bool = False
) -> Value:
    """The key that ``expr``, of value ``key``, stands for in the current world.

    It is ``key`` itself when that is known or must stay unknown: when a resource or data
    source decides it, or when the collection is unknown or too large. Collections with the
    same keys agree on the one that is meant. With ``may_be_absent`` no key at all is one
    more alternative, given as :data:`ABSENT`.
    """
    if not isinstance(key, (Unknown, Partial)) or (isinstance(key, Unknown) and key.error):
        return key
    members = _members(collection, key)
    if may_be_absent and not members and isinstance(collection, dict):
        return ABSENT
    names = _told_apart(members)
    about = scope.condition(expr, expr.span) if 0 < len(names) <= MAX_MEMBERS else None
    if about is None:
        return key
    if may_be_absent:
        found = scope.worlds.choose(_choice(about, "among", members, 2))
        if found != 0:
            return key if found is None else ABSENT
    option = scope.worlds.choose(_choice(about, "which", names, len(names)))
    if option is None:
        return key
    return int(names[option]) if isinstance(collection, tuple) else names[option]


def _choice(about: Choice, question: str, names: Iterable[str], options: int) -> Choice:
    return Choice((*about.key, question, *names), options, about.label, about.span)


def _members(collection: Value, key: Unknown | Partial) -> dict[str, Value]:
    """Members the key may stand for, by key, in order; none when they are not all known."""
    if isinstance(collection, tuple):
        return {str(position): value for position, value in enumerate(collection)}
    if not isinstance(collection, dict):
        return {}
    prefix, suffix = (key.prefix, key.suffix) if isinstance(key, Partial) else ("", "")
    return {
        name: collection[name]
        for name in sorted(collection)
        if name.startswith(prefix) and name.endswith(suffix)
    }


def _told_apart(members: Mapping[str, Value]) -> list[str]:
    """The keys; the first of each value when there are too many."""
    if not MAX_MEMBERS < len(members) <= _MAX_COMPARED:
        return list(members)
    first: dict[object, str] = {}
    for name, value in members.items():
        first.setdefault(identity(value), name)
    return list(first.values())
