"""What a file can show of the doctrine is shown: no clause of the matrix is left aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from souverain import policystore
from souverain.doctrine import load_doctrine

MATRIX = Path(__file__).parents[2] / "data" / "checkable-clauses.txt"
DOCTRINE = load_doctrine()
RULES = [rule for rules in policystore.load_mapping("rules").values() for rule in rules]

BEYOND = {
    "EU-DORA:A29": "judged over all contracts of the entity",
    "EU-DORA:A31.12": "hangs on a designation and on a subsidiary",
}
"""Clauses of which, after all, nothing in a file shows anything."""


def rows() -> Iterator[tuple[str, str]]:
    for line in MATRIX.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            clause, mark = line.split()
            yield clause, mark


def test_the_matrix_names_clauses_once() -> None:
    clauses = [clause for clause, _ in rows()]
    assert len(clauses) == len(set(clauses)) == 95
    assert {mark for _, mark in rows()} == {"Y", "P"}
    assert set(clauses) <= set(DOCTRINE.clauses)


def test_what_can_be_shown_is_checked_or_guards_rules() -> None:
    left = {c for c, _ in rows() if DOCTRINE.clause(c).ending.kind == "not_mechanisable"}
    assert left == set(BEYOND)
    assert not [clause for clause, mark in rows() if mark == "Y" and clause in BEYOND]


def test_every_clause_that_a_rule_checks_is_in_the_matrix_or_finer() -> None:
    """Some clauses are cut finer than the matrix, or were found checkable later."""
    listed = {clause for clause, _ in rows()}
    checked = {c.id for c in DOCTRINE.clauses.values() if c.ending.kind == "checked"}
    assert checked - listed == {
        "EU-GDPR:A48",
        "FR-CIRC-6282-2021:R4-R10",
        "FR-CLOUD-INTERNE:DR",
        "FR-DEC-2026-272:CRITERIA",
        "FR-HDS-2.0:EXI14",
        "FR-II901-2015:A8-A13",
        "FR-PSSIE-2014:ARCHI-PASS",
        "FR-PSSIE-2014:EXP-PROT-INF",
        "FR-PSSIE-2014:INT-HOMOLOG-SSI",
        "FR-SNC-3.2:17.6.a",
        "FR-SNC-3.2:A2.f",
    }


def restrained(clause: str) -> list[dict]:
    words = DOCTRINE.clause(clause).ending.restrains
    assert words
    return [rule for rule in RULES if rule["id"].startswith(words)]


def test_non_personal_data_alone_is_no_ground_for_exposure() -> None:
    for rule in restrained("EU-DATAACT:A32"):
        assert rule["when"].get("data"), rule["id"]
        assert "non_personal" not in rule["when"]["data"], rule["id"]


def test_no_word_of_a_provider_lowers_exposure() -> None:
    """Keys, an authority’s decision or a transition do; what a provider publishes does not."""
    rules = restrained("EU-DATAACT:A28")
    lowering = {
        name
        for rule in rules
        for easing in rule.get("eased", ())
        for name in (*easing["when"], *easing["when"].get("input", ()))
    }
    assert lowering == {
        "role",
        "custody_at_least",
        "custodian_law_within",
        "input",
        "cnil_authorisation",
        "operator",
        "before",
    }


def test_no_other_label_stands_for_a_qualification() -> None:
    for clause in ("EU-CADA-2026:A16", "EU-CSF-1.2.1:SEAL", "EU-EUCS:EQUIVALENCE"):
        rules = [rule for rule in restrained(clause) if "certificate" in rule.get("require", {})]
        assert rules
        for rule in rules:
            assert rule["require"]["certificate"]["scheme"] == "secnumcloud", rule["id"]


def test_an_address_seen_elsewhere_says_where() -> None:
    for text in DOCTRINE.texts.values():
        assert text.url_source is None or text.url is not None, text.id


def test_texts_without_address_are_known() -> None:
    assert {text.id for text in DOCTRINE.texts.values() if text.url is None} == {
        "FR-ARR-2026-04-14",
        "FR-DINUM-O365-2021",
        "FR-HDH-HOSTING",
        "FR-LETTER-2025-04-22",
        "FR-UGAP-CLOUD",
        "RU-YAROVAYA",
    }
