"""Every catalogue file against its schema, and what no schema can say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from souverain import policystore
from souverain.catalog import load_catalog
from souverain.catalog.offers import certificate_reason
from souverain.text import render

POLICIES = policystore.root()
CATALOG = POLICIES / "catalog"
ONE_FILE = (
    "backends",
    "capabilities",
    "environments",
    "families",
    "hosts",
    "laws",
    "sources",
    "territories",
    "utilities",
)
FILES = [
    *((f"operators/{file.stem}", "operator") for file in sorted(CATALOG.glob("operators/*.yaml"))),
    *((f"regions/{file.stem}", "regions") for file in sorted(CATALOG.glob("regions/*.yaml"))),
    *((name, name) for name in ONE_FILE),
    ("kubernetes/cluster", "cluster"),
    ("kubernetes/deliveries", "deliveries"),
]


@pytest.fixture(scope="module")
def validators() -> dict[str, jsonschema.Draft202012Validator]:
    def make(name: str) -> jsonschema.Draft202012Validator:
        text = (POLICIES / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
        schema = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    return {name: make(name) for name in {schema for _, schema in FILES}}


@pytest.mark.parametrize(("area", "schema"), FILES, ids=[area for area, _ in FILES])
def test_file_follows_its_schema(
    area: str, schema: str, validators: dict[str, jsonschema.Draft202012Validator]
) -> None:
    content = policystore.load(f"catalog/{area}")
    problems = [
        f"{list(error.absolute_path)}: {error.message}"
        for error in validators[schema].iter_errors(content)
    ]
    assert problems == []


def load(area: str) -> Any:
    return policystore.load(f"catalog/{area}")


def facts(node: Any) -> list[dict[str, Any]]:
    """Every mapping with a source, at any depth."""
    if isinstance(node, list):
        return [fact for item in node for fact in facts(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if isinstance(node.get("source"), str) and "confidence" in node else []
    return own + [fact for item in node.values() for fact in facts(item)]


def test_every_source_named_is_described() -> None:
    sources = load("sources")
    areas = [area for area, _ in FILES if area != "sources"]
    named = {
        key for area in areas for fact in facts(load(area)) for key in fact["source"].split("+")
    }
    assert sorted(named - set(sources)) == []


def test_general_knowledge_is_never_more() -> None:
    areas = [area for area, _ in FILES if area != "sources"]
    for fact in (fact for area in areas for fact in facts(load(area))):
        if fact["source"] == "general-knowledge":
            assert fact["confidence"] == "GK", fact
        if fact["source"] == "derived":
            assert fact["confidence"] == "W", fact


def test_every_operator_named_exists() -> None:
    operators = set(load("operators"))
    families = load("families")
    named = set(families)
    for family in families.values():
        for step in family.get("refine", ()):
            named |= (
                {step["operator"]} if "operator" in step else set(step.get("values", {}).values())
            )
    named.discard(None)  # regions of somebody else, who is not known
    named |= {rule["operator"] for rule in load("hosts") if "operator" in rule}
    for file in CATALOG.glob("regions/*.yaml"):
        table = load(f"regions/{file.stem}")
        named |= {file.stem, *table.get("hosted_on", ())}
        named |= {r["hosted_by"] for r in table["regions"].values() if "hosted_by" in r}
    assert sorted(named - operators) == []


def test_every_law_named_exists() -> None:
    laws = load("laws")
    for id_, operator in load("operators").items():
        for exposure in operator.get("exposures", ()):
            assert exposure["law"] in laws, id_


def test_names_of_operators_are_not_ambiguous() -> None:
    operators = load("operators")
    seen: dict[str, str] = {id_: id_ for id_ in operators}
    for id_, operator in operators.items():
        for alias in operator.get("aliases", ()):
            assert seen.setdefault(alias.lower(), id_) == id_, alias


def test_every_hosted_region_and_pair_exists() -> None:
    catalog = load_catalog()
    for file in CATALOG.glob("regions/*.yaml"):
        for code, region in load(f"regions/{file.stem}")["regions"].items():
            if "hosted_region" in region:
                host = catalog.region(region["hosted_by"], region["hosted_region"])
                assert host is not None, (file.stem, code)
                assert host.country == region["country"], (file.stem, code)
            if "pair" in region:
                assert catalog.region(file.stem, region["pair"]) is not None, (file.stem, code)


def test_spellings_of_one_operator_never_clash() -> None:
    for file in CATALOG.glob("regions/*.yaml"):
        seen: dict[str, str] = {}
        for code, region in load(f"regions/{file.stem}")["regions"].items():
            for spelling in (code, *region.get("aliases", ())):
                folded = re.sub(r"\([^)]*\)|[\s_/-]", "", spelling).lower()
                assert seen.setdefault(folded, code) == code, (file.stem, spelling)


def test_every_reason_is_a_sentence_in_both_languages() -> None:
    for operator in load_catalog().operators():
        for offer in operator.offers:
            for fact in offer.certificates:
                if fact.status == "qualified":
                    continue
                reason = certificate_reason(fact)
                assert reason.key.startswith("catalog.reason-"), (offer.id, fact.reason)
                assert render(reason, "en") != render(reason, "fr")


def test_certified_services_are_those_of_the_type_tables() -> None:
    tables = (load(f"types/{file.stem}") for file in CATALOG.glob("types/*.yaml"))
    known = {service["service"] for table in tables for service in table["services"]}
    for operator in load_catalog().operators():
        for offer in operator.offers:
            for fact in offer.certificates:
                assert set(fact.services) <= known, offer.id


def test_last_offer_of_an_operator_with_regions_takes_whatever_is_left() -> None:
    for file in CATALOG.glob("regions/*.yaml"):
        offers = load("operators")[file.stem].get("offers", ())
        if offers:
            assert offers[-1]["matches"] == [{}], file.stem


def test_no_path_or_store_of_the_research_is_left() -> None:
    words = re.compile(r"/(work|tmp|root)/|\bseeds?\b|store (file )?id|stored copy", re.IGNORECASE)
    for file in [*CATALOG.rglob("*.yaml")]:
        if file.parent.name in ("types", "flows"):
            continue
        assert not words.search(file.read_text(encoding="utf-8")), file


def test_catalog_carries_every_researched_operator_and_region() -> None:
    catalog = load_catalog()
    assert len(load("operators")) == 164
    assert sum(len(catalog.regions(file.stem)) for file in CATALOG.glob("regions/*.yaml")) == 794
    assert len(load("hosts")) == 409


def test_folder_names_are_ids() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_) for id_ in load("operators"))
    assert Path(CATALOG / "operators").is_dir()
