"""Operators, the laws that reach them, and the providers that stand for them."""

from __future__ import annotations

import pytest

from souverain.catalog import Catalog, load_catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("aws", "aws"),
        ("AWS", "aws"),
        ("GCP", "gcp"),
        ("google", "gcp"),
        ("AZURE", "azure"),
        ("do", "digitalocean"),
        ("clever-cloud", "clevercloud"),
        ("3DS Outscale", "outscale"),
        ("nobody", None),
        ("", None),
    ],
)
def test_names(catalog: Catalog, name: str, id_: str | None) -> None:
    found = catalog.operator(name)
    assert (found.id if found else None) == id_


@pytest.mark.parametrize(
    ("operator", "law", "scope", "countries"),
    [
        ("aws", "US_CLOUD_ACT", "entity", ()),
        ("aws", "US_FISA_702", "entity", ()),
        ("aws-eusc", "US_CLOUD_ACT", "argued_parent", ()),
        ("s3ns", "US_CLOUD_ACT", "argued_technology", ()),
        ("bleu", "US_CLOUD_ACT", "argued_technology", ()),
        ("ovhcloud", "NONE_KNOWN", "entity", ()),
        ("ovhcloud", "US_CLOUD_ACT", "part", ("US",)),
        ("ovhcloud", "CA_ORDER", "part", ("CA",)),
        ("outscale", "US_CLOUD_ACT", "part", ("US",)),
        ("ionos", "UK_IPA_2016", "part", ("GB",)),
        ("alibaba", "CN_NIL_2017", "entity", ()),
        ("openstack", "BY_ENDPOINT", "entity", ()),
    ],
)
def test_laws_that_reach(
    catalog: Catalog, operator: str, law: str, scope: str, countries: tuple[str, ...]
) -> None:
    exposures = {fact.law: fact for fact in catalog.exposures(operator)}
    assert (exposures[law].scope, exposures[law].countries) == (scope, countries)


def test_laws(catalog: Catalog) -> None:
    act = catalog.law("US_CLOUD_ACT")
    none = catalog.law("NONE_KNOWN")
    assert act is not None
    assert none is not None
    assert (act.country, none.country) == ("US", None)
    assert catalog.law("NO_SUCH_LAW") is None


def test_control_chain(catalog: Catalog) -> None:
    (parent,) = catalog.control_chain("aws")
    assert (parent.entity, parent.country, parent.share) == ("Amazon.com, Inc.", "US", None)
    assert [c.share for c in catalog.control_chain("bleu")] == [50, 50]
    assert catalog.control_chain("nobody") == ()


def test_provenance_carries_the_date_of_its_source(catalog: Catalog) -> None:
    scaleway = catalog.operator("scaleway")
    assert scaleway is not None
    (iliad,) = scaleway.controlled_by
    assert (iliad.provenance.source, iliad.provenance.confidence) == ("CSF", "S")
    assert iliad.provenance.seen == "2026"


def test_software_has_no_operator(catalog: Catalog) -> None:
    software = {operator.id for operator in catalog.operators() if operator.software}
    assert software == {"openstack", "vsphere", "vcd", "proxmox", "kubernetes"}


@pytest.mark.parametrize(
    ("source", "type_", "family"),
    [
        ("hashicorp/aws", "aws_s3_bucket", "aws"),
        ("HashiCorp/AWS", "aws_s3_bucket", "aws"),
        ("someone/aws", "aws_s3_bucket", "aws"),
        ("hashicorp/google-beta", "google_storage_bucket", "gcp"),
        ("azure/azapi", "azapi_resource", "azure"),
        ("ovh/ovh", "ovh_cloud_project", "ovhcloud"),
        ("cloud-temple/cloudtemple", "cloudtemple_compute_virtual_machine", "cloudtemple"),
        (None, "scaleway_object_bucket", "scaleway"),
        ("unheard/of", "outscale_vm", "outscale"),
        (None, "awscc_s3_bucket", "aws"),
        (None, "mongodbatlas_cluster", "mongodb-atlas"),
        ("unheard/of", "random_id", None),
    ],
)
def test_families(catalog: Catalog, source: str | None, type_: str, family: str | None) -> None:
    assert catalog.family(source, type_) == family


@pytest.mark.parametrize(
    ("family", "region", "settings", "operator"),
    [
        ("aws", "eu-west-3", {}, "aws"),
        ("aws", "eusc-de-east-1", {}, "aws-eusc"),
        ("aws", "cn-north-1", {}, "aws-china"),
        ("aws", "us-gov-west-1", {}, "aws-us-gov"),
        ("aws", None, {}, "aws"),
        ("aws", "mx-central-1", {}, "aws"),
        ("aws", "ap-southeast-7a", {}, "aws"),
        ("aws", "eu-south-9", {}, "aws"),
        ("aws", "fr-par", {}, None),
        ("aws", "gra", {}, None),
        ("aws", "garage", {}, None),
        ("gcp", "europe-west9", {}, "gcp"),
        ("gcp", None, {"universe_domain": "s3nsapis.fr"}, "s3ns"),
        ("gcp", "u-france-east1", {"universe_domain": "S3NSAPIS.FR"}, "s3ns"),
        ("gcp", "u-france-east1", {}, "s3ns"),
        ("gcp", "europe-west9", {"universe_domain": "googleapis.com"}, "gcp"),
        ("gcp", None, {"universe_domain": "other.example"}, None),
        ("azure", "francecentral", {"metadata_host": "management.azure.com"}, "azure"),
        ("azure", None, {"metadata_host": "management.sovcloud-api.fr"}, "bleu"),
        ("azure", "bleufrancecentral", {}, "bleu"),
        ("azure", "BleuFrance Central", {}, "bleu"),
        ("azure", None, {"environment": "china"}, "azure-china"),
        ("azure", None, {"environment": "usgovernment"}, "azure-us-gov"),
        ("azure", None, {"environment": "public"}, "azure"),
        ("azure", None, {"metadata_host": "cloud.example"}, None),
        ("ovhcloud", "GRA", {"endpoint": "ovh-eu"}, "ovhcloud"),
        ("ovhcloud", None, {"endpoint": "ovh-us"}, "ovhcloud-us"),
        ("ovhcloud", None, {"endpoint": "https://eu.api.ovh.com/1.0"}, "ovhcloud"),
        ("openstack", None, {"auth_url": "https://auth.cloud.ovh.net/v3"}, "ovhcloud"),
        ("openstack", None, {"auth_url": "https://ops.elastx.cloud:5000/v3"}, "elastx"),
        ("openstack", None, {"auth_url": "https://keystone.example.fr:5000/v3"}, None),
        ("openstack", "eu-west-rbx-snc", {}, "ovhcloud"),
        ("openstack", "RegionOne", {}, "openstack"),
        ("vsphere", None, {}, "vsphere"),
        ("nobody", "eu-west-3", {"endpoint": "x"}, "nobody"),
    ],
)
def test_refine(
    catalog: Catalog,
    family: str,
    region: str | None,
    settings: dict[str, str],
    operator: str | None,
) -> None:
    assert catalog.refine(family, region, settings) == operator


def test_settings_to_read(catalog: Catalog) -> None:
    assert catalog.refine_settings("gcp") == ("universe_domain",)
    assert catalog.refine_settings("azure") == ("metadata_host", "environment")
    assert catalog.refine_settings("aws") == ()


def test_types_flows_and_keys_come_from_their_tables(catalog: Catalog) -> None:
    bucket = catalog.type("aws_s3_bucket")
    assert bucket is not None
    assert (bucket.family, bucket.service, bucket.role) == ("aws", "amazon-s3", "stores")
    assert catalog.type("nothing_known") is None
    assert catalog.type("../laws_x") is None
    assert catalog.type("nothing.example.org/v1/Known") is None
    assert catalog.flows("nothing_known") == ()
    assert catalog.custody("nothing_known") == ()


def test_flows_and_keys(catalog: Catalog) -> None:
    replication = catalog.flows("aws_s3_bucket_replication_configuration")
    assert [flow.kind for flow in replication] == ["replication"]
    assert catalog.flows("aws_iam_role") == ()


def test_services_run_from_elsewhere(catalog: Catalog) -> None:
    iam = catalog.global_service("aws_iam_role")
    assert iam is not None
    assert (iam.scope, iam.control_plane, iam.country) == ("partition", "us-east-1", "US")
    assert catalog.global_service("aws_ebs_volume") is None
    assert catalog.global_service("nothing_known") is None


def test_version_and_date(catalog: Catalog) -> None:
    assert len(catalog.version) == 12
    assert catalog.seen_on == "2026-11-22"
