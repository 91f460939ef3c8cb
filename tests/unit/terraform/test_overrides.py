"""Override files, as Terraform documents their merging."""

from __future__ import annotations


def test_arguments_replace_and_blocks_of_a_type_replace_all_of_them(project):
    loaded = project(
        {
            "main.tf": """
            resource "aws_s3_bucket" "b" {
              bucket = "main"
              region = "eu-west-3"
              rule {
                to = "a"
              }
              rule {
                to = "b"
              }
              other {
                kept = true
              }
            }
            """,
            "b_override.tf": """
            resource "aws_s3_bucket" "b" {
              region = "us-east-1"
              rule {
                to = "c"
              }
            }
            """,
        }
    )
    assert loaded.value("aws_s3_bucket.b", "bucket") == "main"
    assert loaded.value("aws_s3_bucket.b", "region") == "us-east-1"
    assert loaded.value("aws_s3_bucket.b", "rule.to") == "c"
    assert loaded.value("aws_s3_bucket.b", "other.kept") is True
    [region] = loaded.instance("aws_s3_bucket.b").config.read("region")
    assert region.span.file == "b_override.tf"


def test_overrides_apply_in_the_order_of_their_names(project):
    block = 'resource "a" "b" {{\n  x = "{}"\n}}\n'
    loaded = project(
        {
            "main.tf": block.format("main"),
            "z_override.tf": block.format("z"),
            "override.tf": block.format("override"),
        }
    )
    assert loaded.value("a.b", "x") == "z"


def test_a_dynamic_block_is_replaced_as_its_type(project):
    loaded = project(
        {
            "main.tf": """
            resource "a" "b" {
              dynamic "rule" {
                for_each = ["x"]
                content {
                  to = rule.value
                }
              }
            }
            """,
            "override.tf": 'resource "a" "b" {\n  rule {\n    to = "y"\n  }\n}\n',
        }
    )
    assert loaded.value("a.b", "rule.to") == "y"


def test_a_json_override_replaces_native_blocks(project):
    loaded = project(
        {
            "main.tf": 'resource "a" "b" {\n  rule {\n    to = "native"\n  }\n}\n',
            "override.tf.json": '{"resource": {"a": {"b": {"rule": {"to": "json"}}}}}',
        }
    )
    assert loaded.value("a.b", "rule.to") == "json"


def test_the_default_provider_may_be_added_and_an_alias_may_not(project):
    loaded = project(
        {
            "main.tf": 'resource "aws_s3_bucket" "b" {}\n',
            "override.tf": 'provider "aws" {\n  region = "eu-west-3"\n}\n'
            'provider "aws" {\n  alias = "us"\n}\n',
        }
    )
    assert loaded.region("aws_s3_bucket.b") == "eu-west-3"
    assert loaded.ledger["override.tf"][1] == ("failed", "override-without-base")


def test_a_provider_is_overridden_by_alias(project):
    main = 'provider "aws" {\n  region = "a"\n}\n'
    main += 'provider "aws" {\n  alias  = "us"\n  region = "b"\n}\n'
    loaded = project(
        {
            "main.tf": main + 'resource "aws_x" "b" {\n  provider = aws.us\n}\n'
            'resource "aws_x" "a" {}\n',
            "override.tf": 'provider "aws" {\n  alias  = "us"\n  region = "c"\n}\n',
        }
    )
    assert (loaded.region("aws_x.a"), loaded.region("aws_x.b")) == ("a", "c")


def test_backend_and_cloud_replace_each_other(project):
    loaded = project(
        {
            "main.tf": 'terraform {\n  backend "s3" {}\n}\n',
            "override.tf": "terraform {\n  cloud {}\n}\n",
        }
    )
    assert loaded.addresses == ["terraform.backend.cloud"]


def test_required_providers_are_merged_entry_by_entry(project):
    block = "terraform {{\n  required_providers {{\n    {}\n  }}\n}}\n"
    loaded = project(
        {
            "main.tf": block.format(
                'a = {\n      source = "x/a"\n    }\n    b = {\n      source = "x/b"\n    }'
            )
            + 'resource "a_r" "r" {}\nresource "b_r" "r" {}\n',
            "override.tf": block.format('b = {\n      source = "y/b"\n    }'),
        }
    )
    assert loaded.provider("a_r.r") == ("x/a", None)
    assert loaded.provider("b_r.r") == ("y/b", None)


def test_locals_are_overridden_by_name(project):
    loaded = project(
        {
            "main.tf": 'locals {\n  a = "a"\n  b = "b"\n}\nresource "x" "y" {\n'
            '  v = "${local.a}${local.b}"\n}\n',
            "override.tf": 'locals {\n  b = "c"\n}\n',
        }
    )
    assert loaded.value("x.y", "v") == "ac"


def test_nothing_to_override_fails(project):
    loaded = project({"main.tf": "", "override.tf": 'resource "a" "b" {}\n'})
    assert loaded.ledger["override.tf"][1] == ("failed", "override-without-base")
