"""How an asset is set: what its attributes, or the service by default, make of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.model import Setting, SettingName, SettingValue, Undecided, phrase
from souverain.rules.model import NO, YES, Answer, Case, Context, Predicate, conjunction

NAMES: tuple[str, ...] = get_args(SettingName)

Met = Callable[[SettingValue], bool]


def has_setting(argument: Node) -> Predicate:
    """``has_setting: encrypted_at_rest``: the catalogue knows that setting of its type."""
    name = _name(argument, argument.string())

    def holds(case: Case, context: Context) -> Answer:
        return YES if any(s.name == name for s in case.facts.settings) else NO

    return holds


def setting(argument: Node) -> Predicate:
    """``setting: {encrypted_at_rest: true}``, ``{log_retention_days: {at_least: 180}}``: all
    that it has of that setting is so."""
    tests = tuple((_name(node, name), _test(node)) for name, node in argument.items())

    def holds(case: Case, context: Context) -> Answer:
        return conjunction(
            _answer(found, met)
            for name, met in tests
            for found in case.facts.settings
            if found.name == name
        )

    return holds


def _name(node: Node, name: str) -> str:
    if name not in NAMES:
        raise InvalidPolicyError(node.where, f"expected one of {', '.join(NAMES)}")
    return name


def _test(node: Node) -> Met:
    if isinstance(node.value, bool):
        wanted = node.boolean()
        return lambda value: value is wanted
    least = node.field("at_least").integer()
    return lambda value: value == "forever" or (isinstance(value, int) and value >= least)


def _answer(found: Setting, met: Met) -> Answer:
    if found.value is None:
        return Answer(None, found.unknown, span=found.span)
    if not met(found.value) and found.confidence in ("W", "GK"):
        return Answer(None, _unconfirmed(found), evidence=found.evidence, span=found.span)
    return Answer(
        met(found.value),
        evidence=found.evidence,
        span=found.span,
        fact=f"{found.name}:{found.value}".lower(),
    )


def _unconfirmed(found: Setting) -> Undecided:
    """A default that no source confirms is never held against anyone."""
    state = found.evidence[0].text if found.evidence else ""
    return Undecided(phrase("rules.setting-unconfirmed", state=state), found.span)
