"""Types that create what they are told to: what the shipped table makes of names."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from souverain.catalog import load_catalog

ROOT = Path(__file__).parents[3]
CATALOG = load_catalog()
ENTRIES = yaml.safe_load((ROOT / "policies/catalog/generic.yaml").read_text("utf-8"))
LISTED = {
    name
    for path in (ROOT / "tests/data/resource-types").glob("*.txt")
    for name in path.read_text("utf-8").split()
}
UNWRITTEN = {"azurerm_template_deployment"}
"""Types that the provider no longer has, and that are still found in code."""


def test_every_type_and_every_likeness_is_listed() -> None:
    named = {type_ for entry in ENTRIES for type_ in (*entry["types"], *entry.get("kinds", ()))}
    assert named - LISTED - UNWRITTEN == set()


def test_a_name_is_written_once() -> None:
    for entry in ENTRIES:
        names = [name.casefold() for names in entry.get("kinds", {}).values() for name in names]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("name", "role", "service"),
    [
        ("Microsoft.Storage/storageAccounts@2023-05-01", "stores", "azure-storage"),
        ("microsoft.storage/storageaccounts@2023-05-01", "stores", "azure-storage"),
        ("Microsoft.Network/virtualNetworks@2024-05-01", "configures", "azure-virtual-network"),
        ("Microsoft.Network/privateDnsZones/A@2024-06-01", "transmits", "azure-dns"),
        ("Microsoft.Authorization/roleAssignments@2022-04-01", "configures", "microsoft-entra-id"),
        ("Microsoft.ContainerService/managedClusters@2024-09-01", "processes", None),
        ("Microsoft.HealthcareApis/workspaces/fhirservices@2024-03-31", "stores", None),
        ("Microsoft.Sql/servers/firewallRules@2023-08-01", "configures", "azure-sql-database"),
    ],
)
def test_azure_resource_manager(name: str, role: str, service: str | None) -> None:
    generic = CATALOG.generic("azapi_resource")
    assert generic is not None
    like = CATALOG.type(generic.like(name) or "")
    assert like is not None
    assert (like.role, like.service) == (role, service or like.service)


@pytest.mark.parametrize("name", ["Microsoft.Foo/bars@2024-01-01", "Microsoft.Sql/servers/new@1"])
def test_an_unlisted_name_is_like_nothing(name: str) -> None:
    generic = CATALOG.generic("azapi_resource")
    assert generic is not None
    assert generic.like(name) is None


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("AWS::S3::Bucket", "awscc_s3_bucket"),
        ("AWS::RDS::DBInstance", "awscc_rds_db_instance"),
        ("AWS::RDS::DBClusterParameterGroup", "awscc_rds_db_cluster_parameter_group"),
        ("AWS::HealthLake::FHIRDatastore", "awscc_healthlake_fhir_datastore"),
        ("AWS::AppSync::GraphQLApi", "awscc_appsync_graph_ql_api"),
        ("AWS::Timestream::InfluxDBInstance", "awscc_timestream_influx_db_instance"),
        ("AWS::WAFv2::IPSet", "awscc_wafv2_ip_set"),
    ],
)
def test_cloud_control(name: str, like: str) -> None:
    generic = CATALOG.generic("aws_cloudcontrolapi_resource")
    assert generic is not None
    assert generic.like(name) == like
    assert like in LISTED


@pytest.mark.parametrize("name", ["Datadog::Monitors::Monitor", "AWS::S3", "bucket", ""])
def test_what_is_no_type_of_amazon_is_like_nothing(name: str) -> None:
    generic = CATALOG.generic("aws_cloudcontrolapi_resource")
    assert generic is not None
    assert generic.like(name) is None
