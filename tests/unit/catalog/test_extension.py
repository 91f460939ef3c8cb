"""A user's own facts: added to ours, checked, and told where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from souverain.catalog import Catalog, load_catalog
from souverain.catalog.offers import certificate_reason
from souverain.policystore import PolicyError
from souverain.text import render

OURS = """\
name: Ours
entity: OURS SAS
country: FR
aliases: [internal-cloud]
source: our-contract
confidence: S
seen: 2026-10-01
exposures:
  - {law: NONE_KNOWN, scope: entity, why: our own, source: our-contract, confidence: S}
offers:
  - id: ours
    name: Our cloud
    layers: [iaas]
    matches: [{types: ["openstack_*"]}]
    secnumcloud:
      status: unknown
      reason: we have asked for it
      source: our-contract
      confidence: S
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        file = tmp_path / "catalog" / (name.replace("__", "/") + ".yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def with_ours(tmp_path: Path, **files: str) -> Catalog:
    return load_catalog([folder(tmp_path, **files)])


def test_new_operator(tmp_path: Path) -> None:
    catalog = with_ours(tmp_path, operators__ours=OURS)
    ours = catalog.operator("internal-cloud")
    assert ours is not None
    assert (ours.id, ours.country, ours.provenance.seen) == ("ours", "FR", "2026-10-01")
    offer = catalog.offer(
        "ours", type_="openstack_x", service=None, region=None, host=None, layer=None
    )
    assert offer is not None
    fact = catalog.certificate_fact(offer, "secnumcloud")
    assert fact is not None
    assert render(certificate_reason(fact), "fr") == "we have asked for it"
    assert catalog.operator("aws") is not None
    assert len(catalog.operators()) == len(load_catalog().operators()) + 1


def test_version_tells_that_facts_were_added(tmp_path: Path) -> None:
    plain = load_catalog().version
    ours = with_ours(tmp_path, operators__ours=OURS)
    assert ours.version.startswith(plain + "+")
    again = with_ours(tmp_path, operators__ours=OURS.replace("Our cloud", "Another"))
    assert again.version != ours.version


def test_known_operator_is_added_to(tmp_path: Path) -> None:
    text = OURS[OURS.index("offers:") :].replace("id: ours", "id: scaleway-ours")
    catalog = with_ours(tmp_path, operators__scaleway=text)
    scaleway = catalog.operator("scaleway")
    assert scaleway is not None
    assert scaleway.name == "Scaleway"
    assert [offer.id for offer in scaleway.offers[:2]] == ["scaleway-ours", "scaleway-public"]


def test_regions_hosts_and_families(tmp_path: Path) -> None:
    catalog = with_ours(
        tmp_path,
        operators__ours=OURS,
        regions__ours="source: x\nconfidence: S\nregions:\n  dc1: {country: FR}\n",
        regions__aws="regions:\n  eu-ours-1: {country: FR}\n",
        hosts=(
            "- id: ours\n  suffix: cloud.example.fr\n  operator: ours\n"
            "  region: dc1\n  source: x\n  confidence: S\n"
        ),
        families="ours: {sources: [example/ours], prefixes: [ours_]}\n",
    )
    assert catalog.regions("ours") == ("dc1",)
    ours_in_aws = catalog.region("aws", "eu-ours-1a")
    assert ours_in_aws is not None
    assert ours_in_aws.country == "FR"
    assert catalog.region("aws", "eu-west-3") is not None
    match = catalog.host("s3.cloud.example.fr")
    assert match is not None
    assert (match.operator, match.region) == ("ours", "dc1")
    assert catalog.host("s3.fr-par.scw.cloud") is not None
    assert catalog.family("example/ours", "x") == "ours"
    assert catalog.family(None, "ours_vm") == "ours"
    assert catalog.refine("openstack", None, {"auth_url": "https://k.cloud.example.fr"}) == "ours"


def test_types(tmp_path: Path) -> None:
    table = """\
family: ours
location: "own:region"
services:
  - {service: our-store, capability: object-storage, layer: paas, stores: [ours_bucket]}
"""
    mapping = with_ours(tmp_path, operators__ours=OURS, types__ours=table).type("ours_bucket")
    assert mapping is not None
    assert (mapping.family, mapping.service, mapping.role) == ("ours", "our-store", "stores")


@pytest.mark.parametrize(
    ("area", "text", "line", "column", "expected"),
    [
        ("operators__x", "name: X\n", 1, 1, "'entity' is a required property"),
        ("operators__x", OURS.replace("FR", "France"), 3, 10, "does not match"),
        ("operators__x", OURS.replace("status: unknown", "status: maybe"), 16, 15, "'maybe'"),
        ("operators__x", OURS.replace("layers: [iaas]", "layers: [metal]"), 13, 14, "'metal'"),
        ("operators__aws", "contry: FR\n", 1, 1, "'contry' was unexpected"),
        ("operators__aws", "- 1\n", 1, 1, "is not of type 'object'"),
        ("regions__aws", "regions:\n  a: {country: 3}\n", 2, 16, "3 is not of type"),
        ("hosts", "- id: x\n  suffix: y\n", 1, 3, "required"),
        ("territories", "EU27: {members: {FR: {from: 2026}}}\n", 1, 29, "2026 is not of type"),
    ],
)
def test_errors_have_a_place(
    tmp_path: Path, area: str, text: str, line: int, column: int, expected: str
) -> None:
    catalog = with_ours(tmp_path, **{area: text})
    with pytest.raises(PolicyError) as caught:
        catalog.check()
    error = caught.value
    assert (error.path.name, error.line, error.column) == (
        area.rsplit("__", 1)[-1] + ".yaml",
        line,
        column,
    )
    assert expected in error.expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("operator__x", "one of operators/"),
        ("operators", "one of operators/"),
        ("certificates", "one of operators/"),
    ],
)
def test_file_that_would_never_be_read(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(PolicyError, match=expected):
        with_ours(tmp_path, **{name: OURS}).check()


def test_other_file_type_in_a_folder(tmp_path: Path) -> None:
    catalog = with_ours(tmp_path, operators__ours=OURS)
    catalog.check()
    (tmp_path / "catalog" / "operators" / "theirs.yml").write_text(OURS, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"ends in \.yaml"):
        catalog.check()


def test_folder_without_a_catalogue_changes_nothing(tmp_path: Path) -> None:
    catalog = load_catalog([tmp_path, tmp_path / "missing"])
    catalog.check()
    assert len(catalog.operators()) == len(load_catalog().operators())


def test_what_a_generic_type_creates_is_added_to(tmp_path: Path) -> None:
    generic = """\
- types: [azapi_resource]
  named_by: type
  until: "@"
  kinds:
    azurerm_storage_account: [Ours.Vault/boxes, Microsoft.Sql/servers]
"""
    found = with_ours(tmp_path, generic=generic).generic("azapi_resource")
    assert found is not None
    assert found.like("Ours.Vault/boxes@2026-01-01") == "azurerm_storage_account"
    assert found.like("Microsoft.Sql/servers@2023-08-01") == "azurerm_storage_account"
    assert found.like("Microsoft.Sql/servers/databases@2023-08-01") == "azurerm_mssql_database"
