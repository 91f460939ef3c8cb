"""The chain from an attribute to what decides it."""

from __future__ import annotations

MODULE = """
variable "region" {
  default = "eu-west-1"
}
resource "aws_s3_bucket" "b" {
  region = var.region
}
output "region" {
  value = aws_s3_bucket.b.region
}
"""


def test_through_module_variable_and_variable_file(project):
    loaded = project(
        {
            "main.tf": """
            variable "place" {}
            locals {
              region = "${var.place}-3"
            }
            module "m" {
              source = "./m"
              region = local.region
            }
            """,
            "terraform.tfvars": 'place = "eu-west"\n',
            "m/main.tf": MODULE,
        }
    )
    assert loaded.value("module.m.aws_s3_bucket.b", "region") == "eu-west-3"
    assert loaded.trace("module.m.aws_s3_bucket.b", "region") == [
        ("`module.m` is given `region` here", "main.tf:7"),
        ("local value `region` is set here", "main.tf:3"),
        ("variable `place` is set in terraform.tfvars", "terraform.tfvars:1"),
    ]


def test_to_a_default(project):
    loaded = project({"main.tf": MODULE})
    assert loaded.trace("aws_s3_bucket.b", "region") == [
        ("variable `region` has this default", "main.tf:2")
    ]


def test_to_the_command_line(project):
    loaded = project({"main.tf": MODULE}, variables=(("region", "x"),))
    assert loaded.trace("aws_s3_bucket.b", "region") == [
        ("variable `region` is set with --var", None)
    ]


def test_through_an_output_to_a_resource(project):
    loaded = project(
        {
            "main.tf": 'module "m" {\n  source = "./m"\n}\n'
            'resource "a" "b" {\n  region = module.m.region\n}\n',
            "m/main.tf": MODULE,
        }
    )
    assert loaded.trace("a.b", "region") == [
        ("output `module.m.region` is set here", "m/main.tf:8"),
        ("`module.m.aws_s3_bucket.b.region` is set here", "m/main.tf:5"),
        ("variable `region` has this default", "m/main.tf:2"),
    ]
    assert loaded.references("a.b", "region") == ["module.m.aws_s3_bucket.b.region"]


def test_a_literal_has_no_chain(project):
    loaded = project({"main.tf": 'resource "a" "b" {\n  region = "x"\n}\n'})
    assert loaded.trace("a.b", "region") == []


def test_only_what_is_read_of_an_object_is_followed(project):
    loaded = project(
        {
            "main.tf": """
            resource "x" "prod" {}
            resource "x" "dev" {}
            locals {
              regions = { prod = x.prod.region, dev = x.dev.region }
            }
            resource "a" "name" {
              region = local.regions.prod
            }
            resource "a" "index" {
              region = local.regions["dev"]
            }
            resource "a" "lookup" {
              region = lookup(local.regions, "dev", "none")
            }
            resource "a" "each" {
              for_each = local.regions
              region   = each.value
            }
            """
        }
    )
    assert loaded.references("a.name", "region") == ["x.prod.region"]
    assert loaded.references("a.index", "region") == ["x.dev.region"]
    assert loaded.references("a.lookup", "region") == ["x.dev.region"]
    assert loaded.references('a.each["prod"]', "region") == ["x.prod.region"]


def test_only_the_chosen_branch_is_followed(project):
    loaded = project(
        {
            "main.tf": """
            locals {
              on = true
              a  = "a"
              b  = "b"
            }
            resource "x" "y" {
              region = local.on ? local.a : local.b
            }
            """
        }
    )
    assert [text for text, _ in loaded.trace("x.y", "region")] == [
        "local value `a` is set here",
        "local value `on` is set here",
    ]


def test_chains_end_even_in_a_cycle(project):
    loaded = project(
        {
            "main.tf": "locals {\n  a = local.b\n  b = local.a\n}\n"
            'resource "x" "y" {\n  z = local.a\n}\n'
        }
    )
    assert [place for _, place in loaded.trace("x.y", "z")] == ["main.tf:2", "main.tf:3"]


def test_a_dynamic_iterator_leads_to_its_collection(project):
    loaded = project(
        {
            "main.tf": """
            resource "aws_kms_key" "k" {}
            resource "x" "y" {
              dynamic "rule" {
                for_each = [{ key = aws_kms_key.k.arn }]
                content {
                  key = rule.value.key
                }
              }
            }
            """
        }
    )
    assert loaded.references("x.y", "rule.key") == ["aws_kms_key.k.arn"]
