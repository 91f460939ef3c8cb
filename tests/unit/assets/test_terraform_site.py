from __future__ import annotations

from pathlib import Path

import pytest

from souverain.assets import TerraformSite
from souverain.model import Ref
from souverain.project import load as load_project
from souverain.sources import discover
from souverain.terraform import Roots, TerraformOptions


@pytest.fixture
def site(tmp_path):
    def make(text):
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        (tree,) = discover([Path(tmp_path)], tmp_path)
        (root,) = Roots(tree, load_project(tree), TerraformOptions())
        return TerraformSite(root)

    return make


def test_resources_backends_and_missing_modules_are_assets_and_data_sources_are_not(site):
    made = site(
        """
        terraform {
          backend "s3" { region = "us-east-1" }
        }
        provider "aws" { region = "eu-west-3" }
        resource "aws_s3_bucket" "b" { count = 2 }
        data "aws_s3_bucket" "d" { bucket = "x" }
        module "m" {
          source = "terraform-aws-modules/vpc/aws"
        }
        """
    )
    assert [(a.address, a.type, a.technical) for a in made.assets] == [
        ("terraform.backend.s3", "backend.s3", True),
        ("aws_s3_bucket.b[0]", "aws_s3_bucket", False),
        ("aws_s3_bucket.b[1]", "aws_s3_bucket", False),
        ("module.m", "module", False),
    ]


def test_a_backend_is_configured_by_its_own_block(site):
    made = site('terraform {\n  backend "s3" {\n    region = "us-east-1"\n  }\n}')
    (backend,) = made.assets
    assert backend.provider.source == "backend.s3"
    assert [a.value for a in backend.provider.config.read("region")] == ["us-east-1"]


def test_references_lead_to_data_sources_too(site):
    made = site('data "aws_s3_bucket" "d" { bucket = "x" }')
    ((_, found),) = made.worlds.explore(lambda: made.find(Ref("data.aws_s3_bucket.d", "arn")))
    assert [(a.address, a.type) for a in found] == [("data.aws_s3_bucket.d", "aws_s3_bucket")]


def test_existence_hangs_on_the_world(site):
    made = site(
        """
        variable "create" { type = bool }
        resource "aws_s3_bucket" "b" { count = var.create ? 1 : 0 }
        """
    )
    (bucket,) = made.assets
    worlds = made.worlds.explore(lambda: made.exists(bucket))
    assert sorted(exists for _, exists in worlds) == [False, True]
