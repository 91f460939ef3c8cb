"""The trace in its four forms, on two texts, two rules and one article."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from souverain.doctrine.decode import Node
from souverain.doctrine.load import doctrine_of
from souverain.doctrine.relation import Relation, RuleRow
from souverain.doctrine.seeds import Claim, Seed
from souverain.model import inline
from souverain.report import trace_html, trace_json, trace_markdown, trace_text

TEXT = {
    "id": "FR-X",
    "title": "Loi <X> | suite",
    "short": {"en": "Law X", "fr": "Loi X"},
    "issuer": "Parlement",
    "basis": "law",
    "status": "in_force",
    "from": "2024-05-22",
    "confidence": "P",
    "source": "seen",
}
CLAUSES = [
    {
        "id": "FR-X:A1",
        "locator": "art. 1",
        "summary": {"en": "Data <b>stay</b> here.", "fr": "Les données restent ici."},
        "binds": "any",
        "data": ["personal"],
        "ending": {"checked": True},
    },
    {
        "id": "FR-X:A2",
        "locator": {"en": "art. 2, end", "fr": "art. 2, fin"},
        "summary": {"en": "Not everywhere.", "fr": "Pas partout."},
        "binds": ["state"],
        "data": "any",
        "confidence": "S",
        "ending": {"guard": {"en": "Only there.", "fr": "Là seulement."}, "restrains": ["LOC"]},
    },
    {
        "id": "FR-X:A3",
        "locator": "art. 3",
        "summary": {"en": "Contracts say so.", "fr": "Les contrats le disent."},
        "binds": [],
        "data": "any",
        "ending": {"not_mechanisable": {"en": "It is paper.", "fr": "C’est du papier."}},
    },
]


@pytest.fixture
def relation():
    doctrine = doctrine_of(Node({"fr-x": {"text": TEXT, "clauses": CLAUSES}}, "doctrine"))
    rules = (
        RuleRow("LOC001", "data-elsewhere", inline("elsewhere", "ailleurs"), "error", "asset",
                ("FR-X:A1",)),
        RuleRow("SRC001", "not-read", inline("not read", "non lu"), "error", "source", ()),
    )  # fmt: skip
    claim = Claim(
        "SEED-000:1",
        inline("Data may leave.", "Les données peuvent partir."),
        "superseded",
        ("FR-X:A1",),
        inline("No more.", "Plus maintenant."),
    )
    seed = Seed("SEED-000", "Entretien", "Le Journal", "2022-03-01", (claim,))
    return Relation(doctrine, rules, {seed.id: seed})


def test_json_is_the_contract(relation):
    document = json.loads(trace_json.trace(relation))
    fixed = {
        "texts": ("id", "title", "status", "from", "until"),
        "clauses": ("id", "text", "confidence", "ending", "rules", "reason"),
        "rules": ("id", "name", "severity", "clauses", "subject"),
    }
    kept = {name: [{k: row[k] for k in keys} for row in document[name]]
            for name, keys in fixed.items()}  # fmt: skip
    assert document["version"] == 1
    assert kept == {
        "texts": [
            {"id": "FR-X", "title": "Loi <X> | suite", "status": "in_force",
             "from": "2024-05-22", "until": None},
        ],
        "clauses": [
            {"id": "FR-X:A1", "text": "FR-X", "confidence": "P", "ending": "checked",
             "rules": ["LOC001"], "reason": None},
            {"id": "FR-X:A2", "text": "FR-X", "confidence": "S", "ending": "guard",
             "rules": ["LOC001"], "reason": "Only there."},
            {"id": "FR-X:A3", "text": "FR-X", "confidence": "P", "ending": "not_mechanisable",
             "rules": [], "reason": "It is paper."},
        ],
        "rules": [
            {"id": "LOC001", "name": "data-elsewhere", "severity": "error",
             "clauses": ["FR-X:A1"], "subject": "asset"},
            {"id": "SRC001", "name": "not-read", "severity": "error", "clauses": [],
             "subject": "source"},
        ],
    }  # fmt: skip
    assert document["seeds"] == [
        {
            "id": "SEED-000",
            "title": "Entretien",
            "publisher": "Le Journal",
            "date": "2022-03-01",
            "claims": [
                {
                    "id": "SEED-000:1",
                    "claim": "Data may leave.",
                    "standing": "superseded",
                    "clauses": ["FR-X:A1"],
                    "today": "No more.",
                }
            ],
        }
    ]
    assert [clause["claims"] for clause in document["clauses"]] == [["SEED-000:1"], [], []]


def test_text(relation):
    assert (
        trace_text.trace(relation, "en")
        == """\
FR-X  Law X (in force, from 2024-05-22)
  FR-X:A1  art. 1  [P]
    Data <b>stay</b> here.
    Checked by LOC001.
    Press: SEED-000:1
  FR-X:A2  art. 2, end  [S]
    Not everywhere.
    Restrains LOC001. Only there.
  FR-X:A3  art. 3  [P]
    Contracts say so.
    Not mechanisable. It is paper.

Rules
  LOC001  error  data-elsewhere: FR-X:A1
  SRC001  error  not-read: no clause (the linter’s own account)

What the press said, and the law today
  SEED-000  Entretien (Le Journal, 2022-03-01)
    SEED-000:1  Superseded. Data may leave.
      No more. (FR-X:A1)

Texts: 1. Clauses: 3 (checked 1, reading guards 1, not mechanisable 1). Rules that check them: 1.
"""
    )


def test_text_in_french(relation):
    shown = trace_text.trace(relation, "fr")
    assert "  FR-X:A2  art. 2, fin  [S]\n    Pas partout.\n    Encadre LOC001. Là seulement.\n" in (
        shown
    )


def test_markdown_escapes(relation):
    shown = trace_markdown.trace(relation, "en")
    assert "## FR-X\n\nLoi \\<X\\> \\| suite (in force, from 2024-05-22)\n" in shown
    assert "| FR-X:A1 (art. 1, P) | Data \\<b\\>stay\\</b\\> here. | Checked by LOC001. |" in shown
    assert "| LOC001 | elsewhere | error | FR-X:A1 |" in shown


def test_html_escapes_and_links_lead_somewhere(relation):
    shown = trace_html.trace(relation, "fr")
    assert "<b>" not in shown
    assert "Loi &lt;X&gt; | suite" in shown
    assert '<html lang="fr">' in shown
    anchors = Anchors()
    anchors.feed(shown)
    assert anchors.links
    assert anchors.links <= anchors.ids


class Anchors(HTMLParser):
    """Ids and links of a page."""

    def __init__(self):
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and given["href"].startswith("#"):
            self.links.add(given["href"][1:])
