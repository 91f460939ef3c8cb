"""Offers and their certificates: what the lists say, service by service and region by region."""

from __future__ import annotations

from pathlib import Path

import pytest

from souverain.catalog import Catalog, load_catalog
from souverain.catalog.model import CertificateFact, Offer


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def offer(
    catalog: Catalog,
    operator: str,
    type_: str = "some_type",
    service: str | None = None,
    region: str | None = None,
    host: str | None = None,
) -> Offer:
    found = catalog.offer(
        operator, type_=type_, service=service, region=region, host=host, layer="iaas"
    )
    assert found is not None
    return found


def fact(catalog: Catalog, offer_: Offer, scheme: str) -> CertificateFact:
    found = catalog.certificate_fact(offer_, scheme)
    assert found is not None
    return found


ANSSI_LINES = [
    ("cegedim-cloud", "cegnumcloud", "1951", "2024-12-04", "2027-12-04"),
    ("cloudtemple", "ct-paas-openshift", "919", "2025-05-30", "2028-05-30"),
    ("cloudtemple", "ct-iaas-secure-temple", "3389", "2026-07-31", "2028-05-30"),
    ("numspot", "numspot-platform", "3395", "2026-07-31", "2029-07-31"),
    ("ovhcloud", "ovh-hpc-vmware-snc", "2279", "2023-12-28", "2026-12-29"),
    ("ovhcloud", "ovh-bare-metal-pod", "559", "2025-03-24", "2028-03-24"),
    ("ovhcloud", "ovh-snc-cloud-platform", "3393", "2026-07-31", "2029-07-31"),
    ("orange-cloudavenue", "cloudavenue-secnum", "1147", "2025-07-11", "2028-07-11"),
    ("outscale", "outscale-cloudgouv", "2118", "2023-11-30", "2026-11-30"),
    ("s3ns", "premi3ns", "2057", "2025-12-17", "2028-12-17"),
    ("worldline", "worldline-secured-iaas", None, "2025-03-24", "2028-03-31"),
    # Three lines of the list in one offer: Meet, Work, Work_Share.
    ("oodrive", "oodrive-suite", None, None, "2028-01-25"),
    ("whaller", "whaller-donjon", None, None, None),
    ("wimi", "wimi-snc", None, None, None),
    ("index-education", "index-education-hosting", None, None, None),
]


@pytest.mark.parametrize(("operator", "id_", "decision", "start", "end"), ANSSI_LINES)
def test_line_of_the_list(
    catalog: Catalog, operator: str, id_: str, decision: str | None, start: str, end: str
) -> None:
    known = catalog.operator(operator)
    assert known is not None
    line = fact(catalog, next(o for o in known.offers if o.id == id_), "secnumcloud")
    assert (line.status, line.decision, line.start, line.end, line.edition) == (
        "qualified",
        decision,
        start,
        end,
        "2026-09-15",
    )
    assert line.provenance.confidence == "S"


def test_nothing_else_is_qualified(catalog: Catalog) -> None:
    listed = {id_ for _, id_, *_ in ANSSI_LINES}
    qualified = {
        offer.id
        for operator in catalog.operators()
        for offer in operator.offers
        for fact in offer.certificates
        if fact.scheme == "secnumcloud" and fact.status == "qualified"
    }
    assert qualified == listed


ROWS = (Path(__file__).parents[2] / "data" / "offers.txt").read_text(encoding="utf-8")
STANDINGS = [
    tuple(None if cell == "-" else cell for cell in line.split())
    for line in ROWS.splitlines()
    if not line.startswith("#")
]


def test_the_table_was_read() -> None:
    assert len(STANDINGS) == 41
    assert {len(row) for row in STANDINGS} == {8}


@pytest.mark.parametrize(
    ("operator", "type_", "service", "region", "host", "id_", "secnumcloud", "hds"), STANDINGS
)
def test_standing(
    catalog: Catalog,
    operator: str,
    type_: str,
    service: str | None,
    region: str | None,
    host: str | None,
    id_: str,
    secnumcloud: str,
    hds: str,
) -> None:
    found = offer(catalog, operator, type_, service, region, host)
    assert found.id == id_
    assert fact(catalog, found, "secnumcloud").status == secnumcloud
    assert fact(catalog, found, "hds").status == hds


def test_perimeters_that_name_their_services(catalog: Catalog) -> None:
    s3ns = fact(catalog, offer(catalog, "s3ns"), "secnumcloud")
    assert not s3ns.whole_offer
    assert "google-cloud-storage" in s3ns.services
    assert "google-vertex-ai" not in s3ns.services
    scaleway = fact(catalog, offer(catalog, "scaleway", region="fr-par"), "hds")
    assert not scaleway.whole_offer
    assert scaleway.services == (
        "scaleway-instances",
        "scaleway-block-storage",
        "scaleway-object-storage",
    )
    assert any("no replication" in condition for condition in scaleway.conditions)


@pytest.mark.parametrize(
    ("operator", "reason"),
    [("clevercloud", "own-qualification-missing"), ("aws", "not-in-anssi-list")],
)
def test_refusals_differ_in_their_reason(catalog: Catalog, operator: str, reason: str) -> None:
    assert fact(catalog, offer(catalog, operator), "secnumcloud").reason == reason


def test_hosted_on_qualified_is_not_qualified(catalog: Catalog) -> None:
    scalingo = fact(catalog, offer(catalog, "scalingo", region="osc-secnum-fr1"), "secnumcloud")
    assert (scalingo.status, scalingo.reason) == ("not_qualified", "hosted-on-qualified")


def test_operator_that_is_not_listed_has_no_offer(catalog: Catalog) -> None:
    assert (
        catalog.offer("nobody", type_="t", service=None, region=None, host=None, layer=None) is None
    )
