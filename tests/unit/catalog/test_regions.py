"""Region codes in every spelling, per operator."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.catalog import Catalog, load_catalog
from souverain.catalog.regions import RegionTable


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


SPELLINGS = [
    ("aws", "eu-west-3", "eu-west-3", "FR"),
    ("aws", "EU-WEST-3", "eu-west-3", "FR"),
    ("aws", "eu-west-3a", "eu-west-3", "FR"),
    ("aws", "euw3-az1", "eu-west-3", "FR"),
    ("aws", "euw3", "eu-west-3", "FR"),
    ("aws", "EU_WEST_3", "eu-west-3", "FR"),
    ("aws", "EU", "eu-west-1", "IE"),
    ("aws", "eu-isoe-west-1", None, None),
    ("aws", "eusc-de-east-1", None, None),
    ("aws-eusc", "eusc-de-east-1a", "eusc-de-east-1", "DE"),
    ("aws-us-gov", "eu-isoe-west-1", "eu-isoe-west-1", "GB"),
    ("aws-us-gov", "us-gov-west-1b", "us-gov-west-1", "US"),
    ("aws-china", "cn-north-1", "cn-north-1", "CN"),
    # The zone decides, not its parent region.
    ("aws", "eu-west-3-cmn-wlz-1a", "eu-west-3-cmn", "MA"),
    ("aws", "eu-central-1-waw-1a", "eu-central-1-waw", "PL"),
    ("aws", "eu-central-1-ist-1a", "eu-central-1-ist", "TR"),
    ("aws", "us-east-1-bue-1a", "us-east-1-bue", "AR"),
    ("aws", "eu-central-1-wl1-ber-wlz-1", "eu-central-1-wl1-ber", "DE"),
    ("aws", "us-east-1-wl1-atl-wlz-1", "us-east-1-wl1", "US"),
    ("aws", "eu-west-3-zzz-1a", None, None),
    ("aws", "eu-west-3-zzz-wlz-1a", None, None),
    ("azure", "France Central", "francecentral", "FR"),
    ("azure", "(Europe) France Central", "francecentral", "FR"),
    ("azure", "francecentral", "francecentral", "FR"),
    ("azure", "FRANCE_CENTRAL", "francecentral", "FR"),
    ("azure", "frc", "francecentral", "FR"),
    ("azure", "US_EAST_2", "eastus2", "US"),
    ("azure", "EUROPE_NORTH", "northeurope", "IE"),
    ("azure", "westeurope", "westeurope", "NL"),
    ("azure", "norwayeast", "norwayeast", "NO"),
    ("azure", "France", "france", "FR"),
    ("azure", "global", "global", None),
    ("azure", "Europe", "europe", None),
    ("azure", "United States", "unitedstates", "US"),
    ("azure", "usgov", "usgov", "US"),
    ("azure", "Africa", "africa", None),
    ("cloudflare", "us", "us", "US"),
    ("cloudflare", "default", "global", None),
    # A hint is not a place.
    ("cloudflare", "WEUR", "weur", None),
    ("bleu", "bleufrancecentral", "bleufrancecentral", "FR"),
    ("delos", "deloscloudgermanynorth", "deloscloudgermanynorth", "DE"),
    ("azure-china", "chinaeast2", "chinaeast2", "CN"),
    ("azure-us-gov", "USGov Virginia", "usgovvirginia", "US"),
    ("gcp", "europe-west9", "europe-west9", "FR"),
    ("gcp", "EUROPE-WEST9", "europe-west9", "FR"),
    ("gcp", "europe-west9-b", "europe-west9", "FR"),
    ("gcp", "us-central1-ai1a", "us-central1", "US"),
    ("gcp", "europe-west", "europe-west1", "BE"),
    ("gcp", "WESTERN_EUROPE", "europe-west1", "BE"),
    ("gcp", "regional-europe-west9", "europe-west9", "FR"),
    ("gcp", "europe-west2", "europe-west2", "GB"),
    ("gcp", "global", "global", None),
    ("gcp", "US", "us", "US"),
    ("s3ns", "u-france-east1-a", "u-france-east1", "FR"),
    ("s3ns", "global", "global", "FR"),
    ("ovhcloud", "GRA", "GRA", "FR"),
    ("ovhcloud", "gra", "GRA", "FR"),
    ("ovhcloud", "GRA9", "GRA9", "FR"),
    ("ovhcloud", "gra11", "gra11", "FR"),
    ("ovhcloud", "eu-west-gra", "GRA", "FR"),
    ("ovhcloud", "EU-WEST-PAR", "EU-WEST-PAR", "FR"),
    ("ovhcloud", "eu-west-par-b", "EU-WEST-PAR", "FR"),
    ("ovhcloud", "SBG5", "SBG5", "FR"),
    ("ovhcloud", "RBX-A", "RBX", "FR"),
    ("ovhcloud", "DE1", "DE1", "DE"),
    ("ovhcloud", "UK1", "UK1", "GB"),
    ("ovhcloud", "eu-west-eri", "UK1", "GB"),
    ("ovhcloud", "EU-WEST-LZ-ZRH", "EU-WEST-LZ-ZRH", "CH"),
    ("ovhcloud", "BHS5", "BHS5", "CA"),
    ("ovhcloud", "bhs3", "bhs3", "CA"),
    ("ovhcloud", "US-EAST-LZ-DAL", "US-LZ", "US"),
    ("ovhcloud", "eu-west-rbx-snc", "eu-west-rbx-snc", "FR"),
    ("ovhcloud", "eu-west-gra-snc", "eu-west-gra-snc", "FR"),
    ("scaleway", "fr-par-2", "fr-par", "FR"),
    ("scaleway", "pl-waw", "pl-waw", "PL"),
    ("outscale", "eu-west-2b", "eu-west-2", "FR"),
    ("outscale", "cloudgouv-eu-west-1a", "cloudgouv-eu-west-1", "FR"),
    ("numspot", "eu-west-2a", "eu-west-2", "FR"),
    ("cloudtemple", "fr1", "FR1", "FR"),
    ("clevercloud", "grahds", "grahds", "FR"),
    ("clevercloud", "ldn", "ldn", "GB"),
    ("scalingo", "osc-secnum-fr1", "osc-secnum-fr1", "FR"),
    ("mongodb-atlas", "EU_WEST_3", "eu-west-3", "FR"),
    ("mongodb-atlas", "FRANCE_CENTRAL", "francecentral", "FR"),
    ("mongodb-atlas", "WESTERN_EUROPE", "europe-west1", "BE"),
    ("snowflake", "AWS_EU_WEST_1", "aws eu-west-1", "IE"),
    ("snowflake", "AZURE_WESTEUROPE", "westeurope", "NL"),
    ("aiven", "google-europe-west9", "europe-west9", "FR"),
    ("aiven", "azure-france-central", "francecentral", "FR"),
    ("aiven", "aws-eu-west-2", "eu-west-2", "GB"),
    ("aiven", "do-fra", "fra1", "DE"),
    ("aiven", "upcloud-de-fra", "de-fra1", "DE"),
    ("datadog", "datadoghq.eu", "datadoghq.eu", "DE"),
    ("datadog", "us5", "us5.datadoghq.com", "US"),
    ("wasabi", "eu-west-2", "eu-west-2", "FR"),
    ("ionos", "de-fra", "de/fra", "DE"),
    ("hetzner", "fsn1-dc14", "fsn1", "DE"),
    ("ibm-cloud", "eu-de-2", "eu-de", "DE"),
    ("oci", "cdg", "eu-paris-1", "FR"),
]


@pytest.mark.parametrize(("operator", "written", "code", "country"), SPELLINGS)
def test_spellings(
    catalog: Catalog, operator: str, written: str, code: str | None, country: str | None
) -> None:
    region = catalog.region(operator, written)
    assert (region.code, region.country) == (code, country) if region else code is None


FALSE_FRIENDS = [
    (
        "eu-west-2",
        {"outscale": "FR", "numspot": "FR", "aws": "GB", "leaseweb": "NL", "wasabi": "FR"},
    ),
    ("eu-west-1", {"aws": "IE", "alibaba": "GB"}),
    ("eu-west-3", {"aws": "FR", "leaseweb": "NL", "wasabi": "GB"}),
    ("eu-west-0", {"orange-flexibleengine": "FR", "huawei-cloud": "FR"}),
    ("us-east-2", {"outscale": "US", "aws": "US"}),
    ("ap-northeast-1", {"outscale": "JP", "aws": "JP", "alibaba": "JP"}),
    ("eu-central-1", {"aws": "DE", "alibaba": "DE", "ionos": "DE", "linode": "DE"}),
    ("fr-par", {"scaleway": "FR", "linode": "FR"}),
    ("it-mil-1", {"scaleway": "IT", "linode": "IT"}),
    ("eu-west", {"linode": "GB"}),
    ("gb-lon", {"linode": "GB"}),
    ("eu-central-2", {"aws": "CH"}),
    ("europe-west6", {"gcp": "CH"}),
    ("eu-zurich-1", {"oci": "CH"}),
    ("eu-jovanovac-1", {"oci": "RS"}),
    ("eu-ch2", {"otc": "CH"}),
    ("eu-moscow", {"tencent": "RU"}),
    ("eu-gb", {"ibm-cloud": "GB"}),
    ("ap-southeast-1", {"aws": "SG", "huawei-cloud": "HK", "alibaba": "SG"}),
    ("ap-southeast-2", {"aws": "AU", "huawei-cloud": "TH", "alibaba": "AU"}),
    ("ap-southeast-3", {"aws": "ID", "huawei-cloud": "SG", "alibaba": "MY"}),
]


@pytest.mark.parametrize(("code", "countries"), FALSE_FRIENDS)
def test_one_code_is_elsewhere_for_another_operator(
    catalog: Catalog, code: str, countries: dict[str, str]
) -> None:
    found = {operator: catalog.region(operator, code) for operator in countries}
    assert {op: region.country if region else None for op, region in found.items()} == countries


@pytest.mark.parametrize(
    ("operator", "code", "service", "parts"),
    [
        ("gcp", "EU", None, ("BE", "DE", "ES", "FI", "FR", "IT", "NL", "PL", "SE")),
        ("gcp", "EUR4", None, ("FI", "NL")),
        ("gcp", "EUR5", "google-cloud-storage", ("BE", "GB")),
        ("gcp", "eur5", "google-spanner", ("BE", "GB", "NL")),
        ("gcp", "eur5", "google-cloud-kms", ("BE", "GB", "NL")),
        ("gcp", "EUR7", "google-cloud-storage", ("DE", "GB")),
        ("gcp", "eur7", "google-spanner", ("DE", "IT")),
        ("gcp", "eur8", None, ("CH", "DE")),
        ("gcp", "eur3", "google-firestore", ("BE", "FI", "NL")),
        ("gcp", "eur6", "google-spanner", ("CH", "DE", "NL")),
        ("gcp", "nam4", None, ("US",)),
        ("gcp", "dual-region-germany1", "google-spanner", ("DE",)),
        ("aws", "eu.", None, ("DE", "IE", "FR", "GB", "SE", "IT", "ES", "CH")),
        (
            "aws",
            "eu.anthropic.claude-sonnet-4",
            None,
            ("DE", "IE", "FR", "GB", "SE", "IT", "ES", "CH"),
        ),
        (
            "aws",
            "arn:aws:bedrock:eu-west-3:111122223333:inference-profile/us.meta.llama3-3-70b",
            None,
            ("US",),
        ),
        ("hetzner", "eu-central", None, ("DE", "FI")),
    ],
)
def test_places_used_at_once(
    catalog: Catalog, operator: str, code: str, service: str | None, parts: tuple[str, ...]
) -> None:
    region = catalog.region(operator, code, service)
    assert region is not None
    assert region.parts == parts
    assert region.country == (parts[0] if len(parts) == 1 else None)


def test_pairs(catalog: Catalog) -> None:
    assert catalog.pair("azure", "West Europe") == "northeurope"
    assert catalog.pair("azure", "francecentral") == "francesouth"
    assert catalog.pair("azure", "brazilsouth") == "southcentralus"
    assert catalog.pair("azure", "spaincentral") is None
    assert catalog.pair("bleu", "bleufrancecentral") == "bleufrancesouth"
    assert catalog.pair("aws", "eu-west-3") is None


def test_hosted_regions_name_their_host(catalog: Catalog) -> None:
    region = catalog.region("scalingo", "osc-secnum-fr1")
    assert region is not None
    assert (region.hosted_by, region.hosted_region) == ("outscale", "cloudgouv-eu-west-1")


@pytest.mark.parametrize("operator", ["nobody", "vsphere", "../laws"])
def test_operator_without_regions_knows_none(catalog: Catalog, operator: str) -> None:
    assert catalog.region(operator, "eu-west-3") is None
    assert catalog.regions(operator) == ()


@pytest.mark.parametrize("code", ["", " ", "a" * 121, "eu-west-3" + "-" * 100_000, "eu-west-3\n"])
def test_what_is_no_code_is_unknown_or_trimmed(catalog: Catalog, code: str) -> None:
    region = catalog.region("aws", code)
    assert (region.code if region else None) == (
        "eu-west-3" if code.strip() == "eu-west-3" else None
    )


def test_unlisted_code_on_several_clouds_stays_unknown_when_they_disagree() -> None:
    catalog = load_catalog()
    assert catalog.region("aiven", "us") is not None  # one cloud only
    assert catalog.region("elastic-cloud", "nowhere-1") is None


@given(st.text(max_size=150))
def test_any_text_is_answered(code: str) -> None:
    catalog = load_catalog()
    for operator in ("aws", "gcp", "ovhcloud", "azure", "aiven"):
        region = catalog.region(operator, code)
        assert region is None or region.code


def test_a_pattern_does_not_loop() -> None:
    table = RegionTable({"regions": {}, "patterns": [{"match": "^(.+)-x$"}, {"match": "^(.+)$"}]})
    assert table.find("a-x-x-x") is None


def test_countries_of_an_operator(catalog: Catalog) -> None:
    assert catalog.countries("s3ns") == {"FR"}
    assert "US" in catalog.countries("aws")
    assert catalog.countries("nobody") == frozenset()


def test_a_jurisdiction_is_spread_over_the_union(catalog: Catalog) -> None:
    eu = catalog.region("cloudflare", "eu")
    assert eu is not None
    assert len(eu.parts) == 27
    assert catalog.territory("EU27", date(2026, 11, 22)).issuperset(eu.parts)


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("francecentral", "data-zone-eu"),
        ("swedencentral", "data-zone-eu"),
        ("eastus2", "data-zone-us"),
        ("norwayeast", None),
        ("uksouth", None),
        ("nowhere", None),
    ],
)
def test_data_zone(catalog: Catalog, region: str, zone: str | None) -> None:
    assert catalog.zone("azure", region) == zone


def test_a_data_zone_holds_its_countries(catalog: Catalog) -> None:
    zone = catalog.region("azure", "data-zone-eu")
    assert zone is not None
    assert len(zone.parts) == 27
    assert catalog.territory("EU27", date(2026, 11, 22)).issuperset(zone.parts)
