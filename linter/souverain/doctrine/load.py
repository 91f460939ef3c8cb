"""Reading ``policies/doctrine``: one file per text, with its clauses."""

from __future__ import annotations

from functools import cache
from typing import get_args

from souverain import policystore
from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.doctrine.model import (
    Clause,
    Derogation,
    DerogationNeed,
    Doctrine,
    Ending,
    Text,
    TextStatus,
)
from souverain.model import Basis, Confidence, Phrase, inline

BASES: tuple[Basis, ...] = ("law", "instruction", "framework", "guidance", "contract", "none")
STATUSES: tuple[TextStatus, ...] = ("in_force", "replaced", "withdrawn", "draft", "guidance")
CONFIDENCES: tuple[Confidence, ...] = ("P", "S", "W", "GK")


@cache
def load_doctrine() -> Doctrine:
    """Every text and clause of the built-in policies, read once.

    Raises :class:`~souverain.doctrine.decode.InvalidPolicyError` with the place of a fault.
    """
    return doctrine_of(Node(policystore.load("doctrine"), "doctrine"))


def doctrine_of(files: Node) -> Doctrine:
    """Texts and clauses of decoded files, ``{stem: {text: ..., clauses: [...]}}``."""
    texts: dict[str, Text] = {}
    clauses: dict[str, Clause] = {}
    for file in files.values():
        text = _text(file.field("text"))
        if text.id in texts:
            raise InvalidPolicyError(file.where, f"{text.id} is defined twice")
        texts[text.id] = text
        for node in file.field("clauses").elements():
            clause = _clause(node, text)
            if clause.id in clauses:
                raise InvalidPolicyError(node.where, f"{clause.id} is defined twice")
            clauses[clause.id] = clause
    return Doctrine(texts, clauses)


def _text(node: Node) -> Text:
    return Text(
        id=node.field("id").string(),
        title=node.field("title").string(),
        short=sentence(node.field("short")),
        issuer=node.field("issuer").string(),
        basis=node.field("basis").choice(BASES),
        status=node.field("status").choice(STATUSES),
        confidence=node.field("confidence").choice(CONFIDENCES),
        source=node.field("source").string(),
        number=node.optional("number"),
        date=node.optional("date"),
        start=node.optional("from"),
        end=node.optional("until"),
        url=node.optional("url"),
        url_source=node.optional("url_source"),
    )


def _clause(node: Node, text: Text) -> Clause:
    identifier = node.field("id").string()
    if not identifier.startswith(f"{text.id}:"):
        raise InvalidPolicyError(node.where, f"the id of a clause starts with {text.id}:")
    confidence, answer_months = node.get("confidence"), node.get("answer_months")
    return Clause(
        id=identifier,
        text=text,
        locator=_locator(node.field("locator")),
        summary=sentence(node.field("summary")),
        binds=_names(node.get("binds")),
        data=_names(node.get("data")),
        confidence=confidence.choice(CONFIDENCES) if confidence else text.confidence,
        source=node.optional("source") or text.source,
        ending=_ending(node.field("ending")),
        contested=_names(node.get("contested")),
        start=node.optional("from"),
        end=node.optional("until"),
        derogation=_derogation(node.get("derogation")),
        answer_months=answer_months.integer() if answer_months else None,
    )


def _derogation(node: Node | None) -> Derogation | None:
    if node is None:
        return None
    needs: tuple[DerogationNeed, ...] = get_args(DerogationNeed)
    return Derogation(
        node.field("from").strings(),
        node.field("months").integer(),
        node.field("needs").choices(needs),
    )


def _locator(node: Node) -> Phrase:
    """Words in every language, or one text where it needs none (``art. 44-46``)."""
    if isinstance(node.value, str):
        return inline(_literal(node.value), _literal(node.value))
    return sentence(node)


def _names(node: Node | None) -> frozenset[str]:
    return frozenset(node.strings()) if node else frozenset()


def _ending(node: Node) -> Ending:
    checked = node.get("checked")
    if checked is not None and checked.boolean():
        return Ending("checked")
    guard = node.get("guard")
    if guard is not None:
        return Ending("guard", sentence(guard), node.field("restrains").strings())
    return Ending("not_mechanisable", sentence(node.field("not_mechanisable")))


def sentence(node: Node) -> Phrase:
    """A sentence without places to fill, in every language."""
    return inline(
        _literal(node.field("en").string()),
        _literal(node.field("fr").string()),
    )


def _literal(sentence: str) -> str:
    """A sentence without places to fill: braces stand for themselves."""
    return sentence.replace("{", "{{").replace("}", "}}")
