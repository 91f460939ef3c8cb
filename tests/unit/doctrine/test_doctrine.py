"""Texts and clauses: what is shipped is sound, and dates decide what is in force."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib import resources

import jsonschema
import pytest

from souverain import policystore
from souverain.doctrine import (
    InvalidPolicyError,
    UnknownClauseError,
    in_force,
    load_doctrine,
)
from souverain.doctrine.decode import Node
from souverain.doctrine.load import doctrine_of
from souverain.text import render

FILES = policystore.load_mapping("doctrine")


@pytest.fixture(scope="module")
def doctrine():
    return load_doctrine()


@pytest.mark.parametrize("stem", sorted(FILES))
def test_files_follow_the_schema(stem):
    path = resources.files("souverain.policies") / "schema" / "doctrine.schema.json"
    jsonschema.validate(FILES[stem], json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("stem", sorted(FILES))
def test_a_file_is_named_after_its_text(stem):
    assert FILES[stem]["text"]["id"].lower() == stem


@pytest.mark.parametrize(
    ("clause", "day", "expected"),
    [
        ("FR-HDS-2.0:EXI28", "2024-11-15", False),
        ("FR-HDS-2.0:EXI28", "2024-11-16", True),
        ("FR-CIRC-6282-2021:R9b", "2021-07-09", False),
        ("FR-CIRC-6282-2021:R9b", "2023-05-30", True),
        ("FR-CIRC-6282-2021:R9b", "2023-05-31", False),
        ("FR-CIRC-6404-2023:R9.2", "2023-05-31", True),
        ("FR-LOI-SREN-2024:A31-I", "2026-04-16", False),
        ("FR-LOI-SREN-2024:A31-I", "2026-04-17", True),
        ("FR-LOI-SREN-2024:A33-I", "2027-01-12", False),
        ("FR-ARR-2026-08-12:REF", "2026-08-14", False),
        ("FR-ARR-2026-08-12:REF", "2026-08-15", True),
        ("FR-ARCHIVES:NOTE-2016", "2019-05-28", False),
        ("FR-PPL-COMMANDE-2025:A31-1", "2025-12-16", False),
        ("FR-PPL-COMMANDE-2025:A31-1", "2026-11-22", True),
    ],
)
def test_in_force(doctrine, clause, day, expected):
    assert in_force(doctrine.clause(clause), date.fromisoformat(day)) is expected


def test_clauses_are_found_by_full_id_only(doctrine):
    assert doctrine.clause("FR-HDS-2.0:EXI28").text is doctrine.text("FR-HDS-2.0")
    with pytest.raises(UnknownClauseError, match="EXI28"):
        doctrine.clause("EXI28")
    with pytest.raises(UnknownClauseError, match="FR-NOTHING"):
        doctrine.text("FR-NOTHING")


def test_contested_bodies_are_bound_and_marked(doctrine):
    clause = doctrine.clause("FR-CIRC-6404-2023:R9.2")
    assert clause.binding("state_operator")
    assert clause.binding("public_hospital")
    assert not clause.binding("local_authority")
    assert "public_hospital" in clause.contested
    assert not doctrine.clause("FR-LOI-SREN-2024:A31-I").binding("public_hospital")


def test_summaries_render_in_both_languages(doctrine):
    for clause in doctrine.clauses.values():
        assert render(clause.summary, "en") != render(clause.summary, "fr")


def test_health_data_alone_is_named_in_no_definition_of_the_law(doctrine):
    assert doctrine.clause("FR-LOI-SREN-2024:A31-II").ending.kind == "guard"


def test_no_draft_claims_a_day(doctrine):
    for text in doctrine.texts.values():
        if text.status == "draft":
            assert text.start is None
            assert text.basis == "none"


TEXT = {
    "id": "FR-X",
    "title": "x",
    "short": {"en": "x", "fr": "x"},
    "issuer": "x",
    "basis": "law",
    "status": "in_force",
    "confidence": "P",
    "source": "x",
}
CLAUSE = {
    "id": "FR-X:1",
    "locator": "1",
    "summary": {"en": "a", "fr": "b"},
    "binds": "any",
    "data": "any",
    "ending": {"checked": True},
}


def read(*clauses, **text):
    return doctrine_of(
        Node({"x": {"text": {**TEXT, **text}, "clauses": list(clauses)}}, "doctrine")
    )


def test_a_clause_inherits_confidence_and_source():
    (clause,) = read(CLAUSE).clauses.values()
    assert (clause.confidence, clause.source) == ("P", "x")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": "FR-Y:1"}, "the id of a clause starts with FR-X:"),
        ({"confidence": "sure"}, r"clauses\[0\].confidence: expected one of P, S, W, GK"),
        ({"ending": {}}, "`not_mechanisable` is missing"),
        ({"summary": {"en": "a"}}, "`fr` is missing"),
        ({"binds": 3}, "expected a list"),
    ],
)
def test_faults_are_located(change, problem):
    with pytest.raises(InvalidPolicyError, match=problem):
        read({**CLAUSE, **change})


def test_nothing_is_defined_twice():
    with pytest.raises(InvalidPolicyError, match="FR-X:1 is defined twice"):
        read(CLAUSE, CLAUSE)


@pytest.mark.parametrize("stem", sorted(FILES))
def test_a_locator_with_words_is_said_in_both_languages(stem):
    """A plain locator holds numbers and abbreviations only: ``art. 44-46``, ``EXI 28``."""
    words = {
        word
        for clause in FILES[stem]["clauses"]
        if isinstance(clause["locator"], str)
        for word in re.findall(r"[^\W\d_]{3,}", clause["locator"])
        if not word.isupper()
    }
    assert words <= {"art"}


def test_every_clause_ends_in_one_way_only():
    for file in FILES.values():
        for clause in file["clauses"]:
            assert len({"checked", "guard", "not_mechanisable"} & set(clause["ending"])) == 1


def test_dates_are_in_order(doctrine):
    for text in doctrine.texts.values():
        days = [day for day in (text.start, text.end) if day]
        assert days == sorted(days), text.id
        if text.date and text.end:
            assert text.date < text.end, text.id
    for clause in doctrine.clauses.values():
        days = [day for day in (clause.start or clause.text.start, clause.end) if day]
        assert days == sorted(days), clause.id


def test_what_was_replaced_or_withdrawn_has_an_end(doctrine):
    for text in doctrine.texts.values():
        if text.status == "replaced":
            assert text.end is not None, text.id


def test_derogations_are_from_clauses_that_exist(doctrine):
    derogations = {c.id: c.derogation for c in doctrine.clauses.values() if c.derogation}
    assert {d.months for d in derogations.values()} == {12, 18}
    for derogation in derogations.values():
        for identifier in derogation.clauses:
            assert doctrine.clause(identifier).ending.kind == "checked"
    assert derogations["FR-CIRC-6404-2023:R9.5"].months == 12
    assert derogations["FR-LOI-SREN-2024:A31-III"].months == 18


def test_no_confidence_is_better_than_what_was_read(doctrine):
    """Facts that were only seen in weak or general sources stay marked as such."""
    weak = {
        "FR-DEC-2026-272:SCOPE": "W",
        "FR-DEC-2026-272:DEROG": "W",
        "FR-ARR-2026-04-14:PROC": "W",
        "FR-CSP:L1462-1": "GK",
        "FR-IGI1300:SCOPE": "GK",
        "EU-EDPB-01-2020:UC6-UC7": "GK",
        "EU-EHDS-2025-327:A86": "W",
        "US-EO12333:REACH": "GK",
        "CN-NIL-2017:REACH": "GK",
    }
    assert {name: doctrine.clause(name).confidence for name in weak} == weak
