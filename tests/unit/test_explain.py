"""What is known of one thing: every kind of thing, both forms, and names nobody has."""

from __future__ import annotations

import json

import pytest

from souverain.catalog import load_catalog
from souverain.doctrine import load_doctrine
from souverain.explain import Knowledge, UnknownNameError
from souverain.model import inline
from souverain.report.sheet import Entry, Sheet, as_json, text
from souverain.rules.load import load_rules
from souverain.text import render
from souverain.trace import relation


@pytest.fixture(scope="module")
def knowledge():
    doctrine = load_doctrine()
    rules = load_rules(doctrine)
    return Knowledge(relation(doctrine, rules), {r.id: r for r in rules}, load_catalog())


def only(knowledge, name):
    (sheet,) = knowledge.explain(name)
    return sheet


def values(sheet, name):
    (entry,) = (entry for entry in sheet.entries if entry.name == name)
    return [render(v, "en") if not isinstance(v, str) else v for v in entry.values]


def test_a_rule_leads_to_the_law_in_one_command(knowledge):
    sheet = only(knowledge, "loc001")
    assert (sheet.kind, sheet.id) == ("rule", "LOC001")
    clauses = values(sheet, "clauses")
    assert clauses[0].startswith("FR-HDS-2.0:EXI28 (HDS certification framework 2.0, EXI 28): ")
    assert only(knowledge, "health-data-stored-outside-eea") == sheet


def test_a_clause_says_whom_it_binds_and_who_checks_it(knowledge):
    sheet = only(knowledge, "FR-CIRC-6404-2023:R9.2")
    assert values(sheet, "binds") == ["hdh", "listed_gip", "state", "state_operator"]
    assert values(sheet, "contested") == ["ght_member", "public_hospital"]
    assert values(sheet, "in-force") == ["from 2023-05-31"]
    assert "SNC001" in values(sheet, "checked-by")
    assert values(sheet, "confidence") == ["P, read in the official text"]


def test_the_last_part_of_a_clause_is_enough(knowledge):
    assert [sheet.id for sheet in knowledge.explain("exi28")] == ["FR-HDS-2.0:EXI28"]


def test_a_guard_says_what_it_restrains(knowledge):
    sheet = only(knowledge, "FR-HDS-2.0:NO-IMMUNITY")
    restrained = values(sheet, "restrains")
    assert restrained[:5] == ["EXT001", "EXT002", "HDS001", "HDS002", "HDS003"]
    assert all(rule.startswith("HDS") for rule in restrained[5:])


def test_a_text_lists_its_clauses(knowledge):
    sheet = only(knowledge, "FR-ARR-2026-08-12")
    assert [line.split(" ")[0] for line in values(sheet, "clauses")] == ["FR-ARR-2026-08-12:REF"]
    assert values(sheet, "in-force") == ["from 2026-08-15"]


def test_an_address_seen_elsewhere_says_where(knowledge):
    sheet = only(knowledge, "FR-II901-2015")
    assert values(sheet, "url") == ["https://www.legifrance.gouv.fr/circulaire/id/39217"]
    assert values(sheet, "url-seen") == ["CISO-ii-901"]
    assert values(only(knowledge, "EU-DORA"), "url-seen") == []


def test_a_clause_gives_its_address_once(knowledge):
    names = [entry.name for entry in only(knowledge, "EU-DORA:A30.2.b").entries]
    assert names.count("url") == 1


def test_an_article_and_its_claims(knowledge):
    sheet = only(knowledge, "SEED-003:1")
    assert sheet.id == "SEED-003"
    assert "Superseded." in values(sheet, "claims")[0]


def test_technology_is_told_apart_from_control(knowledge):
    (law,) = (line for line in values(only(knowledge, "s3ns"), "laws") if "CLOUD Act" in line)
    assert "never counts as exposure" in law


def test_an_offer_has_its_certificates(knowledge):
    sheet = only(knowledge, "premi3ns")
    assert values(sheet, "certificates")[0].startswith("SecNumCloud qualified, ")


def test_a_region_code_of_several_operators_has_a_sheet_each(knowledge):
    found = {s.entries[0].values[0]: values(s, "country") for s in knowledge.explain("eu-west-2")}
    assert found["aws (Amazon Web Services)"] == ["GB"]
    assert found["outscale (Outscale)"] == ["FR"]


def test_a_name_nobody_has(knowledge):
    with pytest.raises(UnknownNameError) as caught:
        knowledge.explain("LOC01")
    assert caught.value.close[0] == "LOC001"
    with pytest.raises(UnknownNameError) as caught:
        knowledge.explain("{}\x1b[31m%%%%%%%%%%")
    assert caught.value.close == ()


def test_every_sheet_can_be_written(knowledge):
    sheets = [sheet() for _, sheet in (*knowledge._names, *knowledge._regions)]
    assert len(sheets) > 700
    assert json.loads(as_json(sheets))["version"] == 1
    for lang in ("en", "fr"):
        assert text(sheets, lang).count(" (rule): " if lang == "en" else " (règle) : ") >= 30


SHEET = Sheet(
    "rule",
    "X001",
    inline("a title", "un titre"),
    (Entry("name", ("x",)), Entry("yields-to", ("A", "B\x1b")), Entry("why", ())),
)


def test_text():
    assert text([SHEET], "en") == (
        "X001 (rule): a title\n  name: x\n  said already by:\n    A\n    B\\x1b\n"
    )
    assert text([SHEET], "fr").startswith("X001 (règle) : un titre\n  nom : x\n")


def test_json():
    assert json.loads(as_json([SHEET])) == {
        "version": 1,
        "sheets": [
            {
                "kind": "rule",
                "id": "X001",
                "title": "a title",
                "name": ["x"],
                "yields_to": ["A", "B\x1b"],
                "why": [],
            }
        ],
    }
