"""Signals against their schema, and what no schema can say."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from souverain import policystore
from souverain.catalog import load_catalog
from souverain.catalog.signals import is_like

POLICIES = policystore.root()
FILES = sorted((POLICIES / "catalog" / "kubernetes" / "signals").glob("*.yaml"))
AREAS: Any = policystore.load("catalog/kubernetes/signals")
SIGNALS: Any = [signal for area in AREAS.values() for signal in area["signals"]]
READING: Any = policystore.load("catalog/kubernetes/reading")


def validator(name: str) -> jsonschema.Draft202012Validator:
    text = (POLICIES / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_file_follows_its_schema(file: Path) -> None:
    problems = [
        f"{list(error.absolute_path)}: {error.message}"
        for error in validator("signals").iter_errors(AREAS[file.stem])
    ]
    assert problems == []


def test_reading_follows_its_schema() -> None:
    assert list(validator("reading").iter_errors(READING)) == []


def test_ids_are_unique() -> None:
    counted = Counter(signal["id"] for signal in SIGNALS)
    assert [id_ for id_, count in counted.items() if count > 1] == []
    assert len(load_catalog().signals().signals) == len(SIGNALS)


def operators(node: Any) -> set[str]:
    """Every operator named anywhere in a signal."""
    if isinstance(node, list):
        return {name for item in node for name in operators(item)}
    if not isinstance(node, dict):
        return set()
    named = {node["operator"]} if "operator" in node else set()
    named |= set(node.get("candidates", ()))
    for table in ("by_key", "by_value", "by_kind"):
        entries = node.get(table, {}).values()
        named |= {entry for entry in entries if isinstance(entry, str)}
        named |= operators([entry for entry in entries if isinstance(entry, dict)])
    return named


def test_every_operator_is_known() -> None:
    catalog = load_catalog()
    known = {operator.id for operator in catalog.operators()}
    assert operators(SIGNALS) - known == set()


def test_likely_operator_is_a_candidate() -> None:
    for signal in SIGNALS:
        if "candidates" in signal and "operator" in signal:
            assert signal["operator"] == signal["candidates"][0], signal["id"]


def test_every_source_is_described() -> None:
    sources: Any = policystore.load("catalog/sources")
    named = {key for signal in SIGNALS for key in signal["source"].split("+")}
    assert named - sources.keys() == set()


def test_general_knowledge_is_called_so() -> None:
    for signal in SIGNALS:
        unread = "general-knowledge" in signal["source"].split("+")
        assert signal["confidence"] == ("GK" if unread else "S"), signal["id"]


def test_services_are_those_of_resource_types() -> None:
    """A service is called the same whether Terraform or a manifest speaks of it."""
    types: Any = policystore.load("catalog/types")
    known = {
        service["service"] for table in types.values() for service in table.get("services", ())
    }
    named = {signal["service"] for signal in SIGNALS if "service" in signal}
    entries = (
        entry
        for signal in SIGNALS
        for table in ("by_key", "by_value", "by_kind")
        for entry in signal.get(table, {}).values()
        if isinstance(entry, dict)
    )
    named |= {entry["service"] for entry in entries if "service" in entry}
    assert named - known - {"cluster-disks", "docker-hub"} == set()


HOSTILE = tuple(part * 10_000 for part in ("a", "a-", "a.", "/a", "a:", "A_", "://a", "1", " "))


def test_regular_expressions_are_bounded() -> None:
    """Each takes time in proportion to the text, whatever stands in it."""
    for signal in SIGNALS:
        pattern = re.compile(signal.get("value", ""))
        start = time.process_time()
        for text in HOSTILE:
            pattern.search(text)
        assert time.process_time() - start < 0.5, signal["id"]


def test_groups_are_read() -> None:
    for signal in SIGNALS:
        groups = set(re.compile(signal.get("value", "")).groupindex)
        assert groups <= {"region", "region2", "cloud"}, signal["id"]
        if "region" in groups:
            assert "value" in signal["region"], signal["id"]
        if "value" in signal and "by_value" in signal:
            assert "cloud" in groups, signal["id"]


def test_places_have_names() -> None:
    """A named place is used, and every place of a signal is a path or has a name."""
    used = {place for signal in SIGNALS for place in signal.get("at", ())}
    assert set(READING["places"]) - used == set()
    assert {place for place in used if "-" in place} <= {*READING["places"], "default-v1*"}


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("a", "a", True),
        ("a", "ab", False),
        ("*", "", True),
        ("a*", "abc", True),
        ("*c", "abc", True),
        ("a*c", "abc", True),
        ("a*a", "a", False),
        ("a*b*c", "axbxc", True),
        ("a*b*c", "axcxb", False),
        ("*b*", "abc", True),
        ("*.k8s.aws", "k8s.aws", False),
        ("AWS*.*cluster.x-k8s.io", "AWSCluster.infrastructure.cluster.x-k8s.io", True),
    ],
)
def test_patterns(pattern: str, text: str, fits: bool) -> None:
    assert is_like(pattern, text) is fits


def test_user_adds_and_replaces_signals(tmp_path: Path) -> None:
    folder = tmp_path / "catalog" / "kubernetes" / "signals"
    folder.mkdir(parents=True)
    (folder / "ours.yaml").write_text(
        "signals:\n"
        "  - {id: our-cloud, says: cluster, keys: [cloud.acme.fr/node], operator: scaleway,\n"
        "     certainty: certain, source: note, confidence: W}\n",
        encoding="utf-8",
    )
    (folder / "nodes.yaml").write_text(
        "signals:\n"
        "  - {id: agentpool-label, says: cluster, keys: [agentpool], operator: ovhcloud,\n"
        "     certainty: strong, source: note, confidence: W}\n",
        encoding="utf-8",
    )
    catalog = load_catalog([tmp_path])
    catalog.check()
    found = {signal.id: signal for signal in catalog.signals().signals}
    assert len(found) == len(SIGNALS) + 1
    assert found["our-cloud"].operator == "scaleway"
    assert found["agentpool-label"].operator == "ovhcloud"
    assert found["agentpool-label"].provenance.confidence == "W"


def test_wrong_signal_of_a_user_is_told_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "catalog" / "kubernetes" / "signals"
    folder.mkdir(parents=True)
    (folder / "ours.yaml").write_text(
        "signals:\n  - {id: our-cloud, says: cloud, keys: [a], certainty: certain,\n"
        "     source: note, confidence: W}\n",
        encoding="utf-8",
    )
    with pytest.raises(policystore.PolicyError, match=r"ours\.yaml:2:"):
        load_catalog([tmp_path]).check()


def test_folder_that_is_no_area_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalog" / "kubernetes" / "signs").mkdir(parents=True)
    with pytest.raises(policystore.PolicyError, match="kubernetes/signals/"):
        load_catalog([tmp_path]).check()
