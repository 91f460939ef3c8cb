"""The rules that are shipped: format, clauses, sentences and examples."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from souverain import policystore
from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.rules.load import UnknownRuleError, choose, rule_of
from souverain.rules.predicates import PREDICATES
from souverain.text import places

FILES = policystore.load_mapping("rules")
HERE = Path(__file__).parents[3]


def schema():
    path = resources.files("souverain.policies") / "schema" / "rule.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("stem", sorted(FILES))
def test_files_follow_the_schema(stem):
    jsonschema.validate(FILES[stem], schema())


def test_the_schema_knows_the_whole_vocabulary():
    assert set(schema()["$defs"]["conditions"]["properties"]) == set(PREDICATES)


def test_every_clause_said_to_be_checked_is_checked_and_no_other(doctrine, bench):
    cited = {clause.id for rule in bench.context.rules for clause in rule.clauses}
    checked = {c.id for c in doctrine.clauses.values() if c.ending.kind == "checked"}
    assert cited == checked


def test_errors_rest_on_texts_that_were_read(bench):
    for rule in bench.context.rules:
        if rule.severity == "error" and rule.clauses:
            assert {"P", "S"} & {clause.confidence for clause in rule.clauses}, rule.id


def test_rules_yield_to_rules_that_exist(bench):
    known = {rule.id for rule in bench.context.rules}
    assert all(set(rule.yields_to) <= known for rule in bench.context.rules)


def test_example_folders_exist(bench):
    for rule in bench.context.rules:
        for folder in (*rule.examples.good, *rule.examples.bad, *rule.examples.unknown):
            assert [*(HERE / folder).glob("*.tf"), *(HERE / folder).glob("*.yaml")], folder


def test_ids_and_names_are_unique(bench):
    assert len({rule.name for rule in bench.context.rules}) == len(bench.context.rules)


RULE = {
    "id": "XYZ001",
    "name": "x",
    "title": {"en": "a", "fr": "b"},
    "clauses": [],
    "subject": "asset",
    "when": {"role": ["stores"]},
    "require": {"country_in": "EU27"},
    "severity": "error",
    "why": {"en": "a", "fr": "b"},
    "remediation": {"en": "a", "fr": "b"},
}


def test_defaults(doctrine):
    rule = rule_of(Node(RULE, "rules.x[0]"), doctrine)
    assert rule.undecided == "warning"
    assert [condition.name for condition in rule.when] == ["technical", "role"]
    assert places(rule.message.en) == frozenset()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"when": {"not_role": ["stores"]}}, r"x\[0\].when.not_role: unknown predicate; use role"),
        ({"clauses": ["FR-X:1"]}, r"x\[0\].clauses: no such clause: FR-X:1"),
        ({"severity": "fatal"}, "expected one of error, warning, info"),
        ({"message": {"en": "{secret}", "fr": "{secret}"}}, r"unknown place \{secret\}"),
        ({"message": {"en": "{place}", "fr": "x"}}, "both languages must use the same"),
        ({"require": {"before": "soon"}}, "expected a date like 2026-12-21"),
        ({"require": {"custody_at_least": "much"}}, "expected one of none, operator"),
    ],
)
def test_faults_are_located(doctrine, change, problem):
    with pytest.raises(InvalidPolicyError, match=problem):
        rule_of(Node({**RULE, **change}, "rules.x[0]"), doctrine)


def test_rules_are_chosen_by_id_family_or_name(bench):
    rules = bench.context.rules
    assert [r.id for r in choose(rules, ["loc00"])][:2] == ["LOC001", "LOC002"]
    assert [r.id for r in choose(rules, ["context-not-declared"])] == ["GOV001"]
    assert not [r for r in choose(rules, ignore=["LOC"]) if r.id.startswith("LOC")]
    with pytest.raises(UnknownRuleError, match="LOX"):
        choose(rules, ["LOX"])


def test_guards_restrain_rules_that_exist(doctrine, bench):
    known = {rule.id for rule in bench.context.rules}
    for clause in doctrine.clauses.values():
        for word in clause.ending.restrains:
            assert any(identifier.startswith(word) for identifier in known), (clause.id, word)


def test_rules_speak_only_of_data_their_clauses_cover(doctrine):
    for rules in FILES.values():
        for rule in rules:
            covered = [doctrine.clause(identifier).data for identifier in rule["clauses"]]
            data = set(rule.get("when", {}).get("data", ()))
            if covered and not any("any" in categories for categories in covered):
                assert data <= frozenset().union(*covered), rule["id"]


OWN_ACCOUNT = ("GOV", "SRC")
"""What the project says of itself, or the linter does not know, may rest on no clause."""


def test_every_other_rule_cites_a_clause(bench):
    for rule in bench.context.rules:
        assert rule.clauses or rule.id.startswith(OWN_ACCOUNT), rule.id
