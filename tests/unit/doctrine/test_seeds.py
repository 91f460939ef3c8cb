"""The press articles: every claim can be followed to clauses in force."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources

import jsonschema
import pytest

from souverain import policystore
from souverain.doctrine import in_force, load_doctrine
from souverain.doctrine.seeds import load_seeds

FILES = policystore.load_mapping("doctrine/seeds")


@pytest.fixture(scope="module")
def doctrine():
    return load_doctrine()


@pytest.fixture(scope="module")
def seeds(doctrine):
    return load_seeds(doctrine)


@pytest.mark.parametrize("stem", sorted(FILES))
def test_files_follow_the_schema(stem):
    path = resources.files("souverain.policies") / "schema" / "seed.schema.json"
    jsonschema.validate(FILES[stem], json.loads(path.read_text(encoding="utf-8")))


def test_there_are_five(seeds):
    assert sorted(seeds) == [f"SEED-00{number}" for number in range(5)]


def test_claims_are_numbered(seeds):
    for seed in seeds.values():
        numbers = [f"{seed.id}:{number}" for number in range(1, len(seed.claims) + 1)]
        assert [claim.id for claim in seed.claims] == numbers


def test_every_claim_leads_to_the_law_of_today(seeds, doctrine):
    for seed in seeds.values():
        for claim in seed.claims:
            clauses = [doctrine.clause(identifier) for identifier in claim.clauses]
            assert any(in_force(clause, date(2026, 11, 22)) for clause in clauses), claim.id


def test_what_was_overtaken_says_so(seeds):
    standing = {claim.id: claim.standing for seed in seeds.values() for claim in seed.claims}
    assert standing["SEED-003:1"] == "superseded"
    assert standing["SEED-000:6"] == "inexact"
    assert standing["SEED-004:1"] == "holds"
