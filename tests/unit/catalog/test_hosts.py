"""Host rules: the first that matches, on every example, and what is no company's host."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain import policystore
from souverain.catalog import Catalog, load_catalog
from souverain.catalog.companies import Companies
from souverain.catalog.hosts import HostTable

EXAMPLES: Any = policystore.read_yaml(Path(__file__).parents[2] / "data" / "hosts.yaml")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_examples_are_all_there() -> None:
    assert len(EXAMPLES) == 537
    rules: Any = policystore.load("catalog/hosts")
    assert {rule["id"] for rule in rules} - {example["rule"] for example in EXAMPLES} <= {
        "oci-eusc-any"
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["host"] for example in EXAMPLES])
def test_example_meets_its_rule(catalog: Catalog, example: dict[str, str | None]) -> None:
    host = example["host"]
    assert host is not None
    match = catalog.host(host)
    assert match is not None
    assert match.rule == example["rule"]
    if example["region"] is not None:
        assert match.region == example["region"].lower()


@pytest.mark.parametrize("host", ["app.203.0.113.7.nip.io", "app.172.32.0.3.sslip.io"])
def test_names_of_public_addresses_are_nobody_known(catalog: Catalog, host: str) -> None:
    assert catalog.host(host) is None


def test_index_hides_no_rule() -> None:
    """Without `under`, every rule is tried in order: the answers must be the same."""
    rules: Any = policystore.load("catalog/hosts")
    nobody = Companies({})
    indexed = HostTable(rules, nobody)
    plain = HostTable([{k: v for k, v in r.items() if k != "under"} for r in rules], nobody)
    for example in EXAMPLES:
        assert indexed.find(example["host"]) == plain.find(example["host"])


@pytest.mark.parametrize(
    ("host", "operator", "region"),
    [
        ("s3.fr-par.scw.cloud", "scaleway", "fr-par"),
        ("https://s3.fr-par.scw.cloud:443/bucket", "scaleway", "fr-par"),
        ("USER@S3.FR-PAR.SCW.CLOUD.", "scaleway", "fr-par"),
        ("oos.eu-west-2.outscale.com", "outscale", "eu-west-2"),
        ("s3.eu-west-2.amazonaws.com", "aws", "eu-west-2"),
        ("auth.cloud.ovh.net", "ovhcloud", None),
        ("s3-beta.eu-west-rbx-snc.cloud.snc.ovh.net", "ovhcloud", "eu-west-rbx-snc"),
        ("s3.gra.io.cloud.ovh.net", "ovhcloud", "gra"),
        ("storage.s3nsapis.fr", "s3ns", None),
        ("storage.googleapis.com", "gcp", None),
        ("management.sovcloud-api.fr", "bleu", None),
        ("iaas.eu-frankfurt-2.oci.oraclecloud.eu", "oci-eusc", "eu-frankfurt-2"),
        ("eks.eusc-de-east-1.amazonaws.eu", "aws-eusc", "eusc-de-east-1"),
    ],
)
def test_operator_and_region(
    catalog: Catalog, host: str, operator: str, region: str | None
) -> None:
    match = catalog.host(host)
    assert match is not None
    assert (match.operator, match.region) == (operator, region)


@pytest.mark.parametrize(
    ("host", "scope"),
    [
        ("localhost", "none"),
        ("http://localhost:4566", "none"),
        ("127.0.0.1:9000", "none"),
        ("[::1]:9000", "none"),
        ("::1", "none"),
        ("0.0.0.0", "none"),  # noqa: S104
        ("10.0.0.4", "private"),
        ("192.168.1.1:8080", "private"),
        ("fd00::1", "private"),
        ("minio", "private"),
        ("minio.storage.svc.cluster.local", "private"),
        ("db.corp", "private"),
    ],
)
def test_hosts_of_nobody_else(catalog: Catalog, host: str, scope: str) -> None:
    match = catalog.host(host)
    assert match is not None
    assert (match.scope, match.operator) == (scope, None)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "s3.example.fr",
        "8.8.8.8",
        "scw.cloud.evil.org",
        "notscw.cloud",
        "a." * 200 + "scw.cloud",
    ],
)
def test_unlisted_hosts_are_unknown(catalog: Catalog, host: str) -> None:
    assert catalog.host(host) is None


def test_place_told_by_the_domain_alone(catalog: Catalog) -> None:
    match = catalog.host("x.blob.core.sovcloud-api.fr")
    assert match is not None
    assert (match.operator, match.region, match.country) == ("bleu", None, "FR")


def test_every_region_of_a_rule_is_known(catalog: Catalog) -> None:
    rules: Any = policystore.load("catalog/hosts")
    for rule in rules:
        if rule.get("region") not in (None, "global"):
            assert catalog.region(rule["operator"], rule["region"]) is not None, rule["id"]


@given(st.text(max_size=300))
def test_any_text_is_answered(host: str) -> None:
    match = load_catalog().host(host)
    assert match is None or match.scope in ("public", "private", "none")


def test_long_hosts_cost_little(catalog: Catalog) -> None:
    """Policy expressions are linear or nearly so on the longest name there can be."""
    rules: Any = policystore.load("catalog/hosts")
    domains = {domain for rule in rules for domain in rule.get("under", ())}
    start = time.process_time()
    for domain in domains:
        for filler in ("a.", "a-", "1.", "eu-west-1.", "s3."):
            catalog.host((filler * 200)[: 251 - len(domain)] + "x." + domain)
    spent = time.process_time() - start
    assert spent / (5 * len(domains)) < 0.005
