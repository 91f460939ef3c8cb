"""Data sources: unknown with the reason, unless the configuration decides."""

from __future__ import annotations

from souverain.values import Partial

MAIN = """
provider "aws" {
  region = "eu-west-3"
}
provider "aws" {
  alias  = "cn"
  region = "cn-north-1"
}
"""


def test_the_region_is_that_of_the_provider(project):
    loaded = project(
        {
            "main.tf": MAIN
            + """
            data "aws_region" "here" {}
            data "aws_region" "there" {
              provider = aws.cn
            }
            data "aws_region" "named" {
              name = "us-east-1"
            }
            resource "x" "y" {
              a = data.aws_region.here.name
              b = data.aws_region.there.region
              c = data.aws_region.named.region
            }
            """
        }
    )
    assert [loaded.value("x.y", name) for name in "abc"] == [
        "eu-west-3",
        "cn-north-1",
        "us-east-1",
    ]
    assert [place for _, place in loaded.trace("x.y", "a")] == ["main.tf:2"]


def test_zones_begin_with_the_region(project):
    loaded = project(
        {
            "main.tf": MAIN
            + """
            data "aws_availability_zones" "z" {}
            locals {
              azs = slice(data.aws_availability_zones.z.names, 0, 3)
            }
            resource "x" "y" {
              a = data.aws_availability_zones.z.names[0]
              b = element(local.azs, 1)
              c = local.azs[2]
              d = join(",", local.azs)
              e = [for z in local.azs : "x"][0]
            }
            resource "x" "counted" {
              count = length(local.azs)
              zone  = local.azs[count.index]
            }
            resource "x" "each" {
              for_each = toset(local.azs)
              zone     = each.value
            }
            """
        }
    )
    for address, name in [
        ("x.y", "a"),
        ("x.y", "b"),
        ("x.y", "c"),
        ("x.counted", "zone"),
        ("x.each", "zone"),
    ]:
        value = loaded.value(address, name)
        assert isinstance(value, Partial), (address, name)
        assert value.prefix == "eu-west-3"
    assert not isinstance(loaded.value("x.y", "d"), Partial)
    assert not isinstance(loaded.value("x.y", "e"), Partial)


def test_the_partition_follows_the_region(project):
    loaded = project(
        {
            "main.tf": MAIN
            + """
            data "aws_partition" "here" {}
            data "aws_partition" "there" {
              provider = aws.cn
            }
            resource "x" "y" {
              a = "arn:${data.aws_partition.here.partition}:s3:::b"
              b = data.aws_partition.there.dns_suffix
            }
            """
        }
    )
    assert loaded.value("x.y", "a") == "arn:aws:s3:::b"
    assert loaded.value("x.y", "b") == "amazonaws.com.cn"


def test_without_a_provider_region_the_reason_says_that_it_is_read(project, reason):
    loaded = project(
        {
            "main.tf": """
            data "aws_region" "r" {}
            resource "x" "y" {
              a = data.aws_region.r.name
            }
            """
        }
    )
    assert reason(loaded.value("x.y", "a")) == "data-read"


def test_an_unknown_provider_region_keeps_its_reason(project):
    loaded = project(
        {
            "main.tf": """
            variable "region" {}
            provider "aws" {
              region = var.region
            }
            data "aws_region" "r" {}
            resource "x" "y" {
              a = data.aws_region.r.name
            }
            """
        }
    )
    assert loaded.value("x.y", "a").cause == "var.region"


def test_google_client_config(project):
    loaded = project(
        {
            "main.tf": """
            provider "google" {
              region  = "europe-west9"
              project = "p"
            }
            data "google_client_config" "c" {
              count = 1
            }
            resource "x" "y" {
              a = data.google_client_config.c[0].region
              b = data.google_client_config.c[0].project
              c = one(data.google_client_config.c[*].region)
            }
            """
        }
    )
    assert [loaded.value("x.y", name) for name in "abc"] == ["europe-west9", "p", "europe-west9"]


def test_a_written_argument_is_its_value_and_the_rest_is_read_later(project, reason):
    loaded = project(
        {
            "main.tf": """
            data "azurerm_resource_group" "g" {
              name = "patients"
            }
            resource "x" "y" {
              name     = data.azurerm_resource_group.g.name
              location = data.azurerm_resource_group.g.location
            }
            """
        }
    )
    assert loaded.value("x.y", "name") == "patients"
    assert reason(loaded.value("x.y", "location")) == "data-read"
    assert loaded.references("x.y", "location") == ["data.azurerm_resource_group.g.location"]
