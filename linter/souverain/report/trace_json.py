"""``trace --format json``: the contract, version 1. Always in English."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from souverain.doctrine.model import Clause, Text
from souverain.doctrine.relation import Relation, RuleRow
from souverain.doctrine.seeds import Claim, Seed
from souverain.model import Phrase
from souverain.text import render

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json] | None"

VERSION = 1


def trace(relation: Relation) -> str:
    """The relation as one JSON document."""
    document: Json = {
        "version": VERSION,
        "texts": [_text(text) for _, text in sorted(relation.doctrine.texts.items())],
        "clauses": [_clause(clause, relation) for clause in relation.clauses()],
        "rules": [_rule(rule) for rule in relation.rules],
        "seeds": [_seed(seed) for _, seed in sorted(relation.seeds.items())],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _text(text: Text) -> Json:
    return {
        "id": text.id,
        "title": text.title,
        "status": text.status,
        "from": text.start,
        "until": text.end,
        "basis": text.basis,
        "confidence": text.confidence,
        "issuer": text.issuer,
        "url": text.url,
    }


def _clause(clause: Clause, relation: Relation) -> Json:
    return {
        "id": clause.id,
        "text": clause.text.id,
        "confidence": clause.confidence,
        "ending": clause.ending.kind,
        "rules": list(relation.rules_of(clause)),
        "reason": _said(clause.ending.reason),
        "locator": _said(clause.locator),
        "summary": _said(clause.summary),
        "from": clause.start or clause.text.start,
        "until": clause.end or clause.text.end,
        "binds": sorted(clause.binds),
        "contested": sorted(clause.contested),
        "data": sorted(clause.data),
        "source": clause.source,
        "claims": [claim.id for claim in relation.claims_of(clause.id)],
    }


def _rule(rule: RuleRow) -> Json:
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": rule.severity,
        "clauses": list(rule.clauses),
        "subject": rule.subject,
        "title": _said(rule.title),
    }


def _seed(seed: Seed) -> Json:
    return {
        "id": seed.id,
        "title": seed.title,
        "publisher": seed.publisher,
        "date": seed.date,
        "claims": [_claim(claim) for claim in seed.claims],
    }


def _claim(claim: Claim) -> Json:
    return {
        "id": claim.id,
        "claim": _said(claim.claim),
        "standing": claim.standing,
        "clauses": list(claim.clauses),
        "today": _said(claim.today),
    }


def _said(sentence: Phrase | None) -> str | None:
    return None if sentence is None else render(sentence, "en")
