"""Reading ``policies/rules``: one file per family, in the format of ``rule.schema.json``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import get_args

from souverain import policystore
from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.doctrine.model import Clause, Doctrine, UnknownClauseError
from souverain.model import Severity, inline, phrase
from souverain.rules.model import (
    Compared,
    Condition,
    Easing,
    Examples,
    Rule,
    Sentences,
    SourceTest,
    SubjectKind,
    SuppressionForm,
    SuppressionProblem,
)
from souverain.rules.predicates import conditions
from souverain.text import places

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
SUBJECTS: tuple[SubjectKind, ...] = get_args(SubjectKind)
PLACES = frozenset(
    {
        "address",
        "apply",
        "certificate",
        "certified",
        "custodian",
        "data",
        "destination",
        "keeps",
        "kind",
        "laws",
        "lines",
        "missing",
        "operator",
        "path",
        "place",
        "qualified",
        "reason",
        "recipient",
        "stores",
        "type",
    }
)
"""What ``{...}`` may stand for in the sentences of a rule."""


class UnknownRuleError(ValueError):
    """``--select`` or ``--ignore`` names no rule, family or rule name.

    ``reason`` says so, with what may have been meant.
    """

    def __init__(self, word: str, rules: Iterable[Rule]) -> None:
        super().__init__(word)
        names = {name.lower(): rule.id for rule in rules for name in (rule.id, rule.name)}
        meant = word.lower()
        near = difflib.get_close_matches(meant, names, len(names))
        close = sorted(near, key=lambda name: (-_shared(name, meant), name))[:3]
        self.reason = phrase(
            "rules.no-such-rule-but" if close else "rules.no-such-rule",
            word=word,
            close=", ".join(sorted({names[name] for name in close})),
            families=", ".join(sorted({name.rstrip("0123456789") for name in names.values()})),
        )


def _shared(name: str, meant: str) -> int:
    """How many letters stand in the same place: a slip of one key leaves the others."""
    return sum(map(str.__eq__, name, meant))


def load_rules(doctrine: Doctrine, extra: Iterable[Node] = ()) -> tuple[Rule, ...]:
    """The built-in rules and those of ``extra`` decoded files, by id.

    A rule of ``extra`` takes the place of the built-in one of the same id. Raises
    :class:`~souverain.doctrine.decode.InvalidPolicyError` with the place of a fault.
    """
    built_in = _rules(Node(policystore.load("rules"), "rules").values(), doctrine)
    rules = built_in | _rules(extra, doctrine)
    return tuple(rules[identifier] for identifier in sorted(rules))


def _rules(files: Iterable[Node], doctrine: Doctrine) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for file in files:
        for node in file.elements():
            rule = rule_of(node, doctrine)
            if rule.id in rules:
                raise InvalidPolicyError(node.where, f"{rule.id} is defined twice")
            rules[rule.id] = rule
    return rules


def rule_of(node: Node, doctrine: Doctrine) -> Rule:
    """One decoded rule."""
    severity = node.field("severity").choice(SEVERITIES)
    undecided = node.get("undecided")
    lowest: Severity = "warning" if severity == "error" else severity
    yields_to = node.get("yields_to")
    return Rule(
        id=node.field("id").string(),
        name=node.field("name").string(),
        subject=node.field("subject").choice(SUBJECTS),
        severity=severity,
        undecided=undecided.choice(SEVERITIES) if undecided else lowest,
        title=_sentences(node.field("title")),
        message=_sentences(node.get("message") or node.field("title")),
        why=_sentences(node.field("why")),
        remediation=_sentences(node.field("remediation")),
        clauses=_clauses(node.field("clauses"), doctrine),
        when=_when(node),
        require=conditions(node.get("require")),
        eased=_easings(node.get("eased")),
        yields_to=yields_to.strings() if yields_to else (),
        sources=_source_test(node.get("sources")),
        suppression=_suppression_test(node.get("suppression")),
        ignorable=node.get("ignorable") is None or node.field("ignorable").boolean(),
        examples=_examples(node.get("examples")),
        opposed=_compared(node.get("opposed_by")),
        echoed=_compared(node.get("echoed_by")),
        see_also=_reasons(node.get("see_also")),
    )


def _reasons(node: Node | None) -> tuple[tuple[str, Sentences], ...]:
    return tuple((name, _sentences(why)) for name, why in node.items()) if node else ()


def _compared(node: Node | None) -> tuple[Compared, ...]:
    return tuple(
        Compared(
            tool=element.field("tool").string(),
            checks=element.field("checks").strings(),
            ask=_sentences(element.field("ask")),
        )
        for element in (node.elements() if node else ())
    )


def _when(node: Node) -> tuple[Condition, ...]:
    """Conditions of ``when``; a rule is about technical data only if it says so."""
    found = conditions(node.get("when"))
    if any(condition.name == "technical" for condition in found):
        return found
    return (*conditions(Node({"technical": False}, node.where)), *found)


def _clauses(node: Node, doctrine: Doctrine) -> tuple[Clause, ...]:
    try:
        return tuple(doctrine.clause(identifier) for identifier in node.strings())
    except UnknownClauseError as error:
        raise InvalidPolicyError(node.where, f"no such clause: {error.args[0]}") from error


def _easings(node: Node | None) -> tuple[Easing, ...]:
    return tuple(_easing(element) for element in node.elements()) if node else ()


def _easing(node: Node) -> Easing:
    because = _sentences(node.field("because"))
    return Easing(
        to=node.field("to").choice(SEVERITIES),
        when=conditions(node.field("when")),
        because=inline(because.en, because.fr),
    )


def _source_test(node: Node | None) -> SourceTest | None:
    if node is None:
        return None
    kinds, statuses = node.field("kinds").strings(), node.field("statuses").strings()
    return SourceTest(frozenset(kinds), frozenset(statuses))


def _suppression_test(
    node: Node | None,
) -> tuple[SuppressionForm, SuppressionProblem] | None:
    if node is None:
        return None
    kinds: tuple[SuppressionForm, ...] = get_args(SuppressionForm)
    problems: tuple[SuppressionProblem, ...] = get_args(SuppressionProblem)
    return node.field("of").choice(kinds), node.field("problem").choice(problems)


def _examples(node: Node | None) -> Examples:
    if node is None:
        return Examples()
    kinds = {name: kind for name in ("good", "bad", "unknown") if (kind := node.get(name))}
    never = {name: why for name, kind in kinds.items() if (why := _never(kind))}
    folders = {name: kind.strings() for name, kind in kinds.items() if name not in never}
    return Examples(
        good=folders.get("good", ()),
        bad=folders.get("bad", ()),
        unknown=folders.get("unknown", ()),
        never=tuple(never.items()),
        as_of=node.optional("as_of"),
    )


def _never(kind: Node) -> Sentences | None:
    """Why there can be no example of a kind, when that is what is written."""
    return _sentences(kind.field("never")) if isinstance(kind.value, dict) else None


def _sentences(node: Node) -> Sentences:
    en, fr = node.field("en"), node.field("fr")
    if _places(en) != _places(fr):
        raise InvalidPolicyError(node.where, "both languages must use the same {places}")
    return Sentences(en.string(), fr.string())


def _places(node: Node) -> frozenset[str]:
    names = places(node.string())
    if names - PLACES:
        allowed = ", ".join(sorted(PLACES))
        raise InvalidPolicyError(node.where, f"unknown place {{{min(names - PLACES)}}}: {allowed}")
    return names


def choose(
    rules: Sequence[Rule], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> tuple[Rule, ...]:
    """Rules a user asks for; a word is an id, the beginning of one (``LOC``) or a name.

    Raises :class:`UnknownRuleError` for a word that names nothing.
    """
    for word in (*select, *ignore):
        if not any(_named(rule, word) for rule in rules):
            raise UnknownRuleError(word, rules)
    return tuple(
        rule
        for rule in rules
        if (not select or any(_named(rule, word) for word in select))
        and not any(_named(rule, word) for word in ignore)
    )


def _named(rule: Rule, word: str) -> bool:
    return bool(word) and (rule.id.startswith(word.upper()) or rule.name == word.lower())
