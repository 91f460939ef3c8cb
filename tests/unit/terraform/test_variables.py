"""Where the value of a variable comes from."""

from __future__ import annotations

import pytest

MAIN = """
variable "region" {}
provider "aws" {
  region = var.region
}
resource "aws_s3_bucket" "b" {}
"""
BUCKET = "aws_s3_bucket.b"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"terraform.tfvars": 'region = "a"'}, "a"),
        ({"terraform.tfvars": 'region = "a"', "terraform.tfvars.json": '{"region": "b"}'}, "b"),
        ({"terraform.tfvars.json": '{"region": "b"}', "z.auto.tfvars": 'region = "c"'}, "c"),
        ({"a.auto.tfvars.json": '{"region": "d"}', "b.auto.tfvars": 'region = "e"'}, "e"),
        ({"b.auto.tfvars": 'region = "e"', "c.auto.tfvars.json": '{"region": "f"}'}, "f"),
    ],
)
def test_files_that_terraform_loads_by_itself(project, files, expected):
    assert project({"main.tf": MAIN, **files}).region(BUCKET) == expected


def test_the_command_line_beats_files(project):
    files = {"main.tf": MAIN, "terraform.tfvars": 'region = "a"', "x.tfvars": 'region = "x"'}
    assert project(files, var_files=("x.tfvars",)).region(BUCKET) == "x"
    loaded = project(files, var_files=("x.tfvars",), variables=(("region", "y"),))
    assert loaded.region(BUCKET) == "y"


def test_the_environment_is_not_read(project, monkeypatch, reason):
    monkeypatch.setenv("TF_VAR_region", "eu-west-3")
    assert reason(project({"main.tf": MAIN}).region(BUCKET)) == "variable-without-value"


def test_a_variable_without_value_says_so_and_where(project):
    value = project({"main.tf": MAIN}).region(BUCKET)
    assert (value.cause, value.span.line) == ("var.region", 1)


def test_scenarios_are_roots_of_their_own(project):
    files = {
        "infra/main.tf": MAIN,
        "infra/common.tfvars": 'region = "common"',
        "infra/prod.tfvars": 'region = "eu-west-3"',
        "infra/dr.tfvars": 'region = "eu-central-1"',
        "souverain.yaml": """
        version: 1
        scenarios:
          - {root: infra, name: prod, var_files: [common.tfvars, prod.tfvars]}
          - {root: infra, name: dr, var_files: [dr.tfvars]}
        """,
    }
    loaded = project(files)
    assert loaded.roots == [("infra", "prod"), ("infra", "dr")]
    assert [region_of(root) for root in loaded.evaluated] == ["eu-west-3", "eu-central-1"]
    assert set(loaded.ledger) == {
        "infra/main.tf",
        "infra/common.tfvars",
        "infra/prod.tfvars",
        "infra/dr.tfvars",
    }
    assert project(files, var_files=("infra/dr.tfvars",)).roots == [("infra", None)]


def region_of(root):
    [bucket] = root.instances()
    [attr] = bucket.provider.config.read("region")
    return attr.value


def test_a_scenario_whose_file_is_missing_fails(project):
    loaded = project(
        {
            "main.tf": MAIN,
            "souverain.yaml": "version: 1\n"
            "scenarios: [{root: ., name: prod, var_files: [absent.tfvars]}]\n",
        }
    )
    assert [status for status, _ in loaded.ledger["absent.tfvars"]] == ["failed"]
    [entry] = [e for e in loaded.account.entries if e.path == "absent.tfvars"]
    assert entry.kind == "tfvars"


def test_a_scenario_of_a_root_that_is_not_there_fails(project):
    loaded = project(
        {
            "infra/main.tf": MAIN,
            "souverain.yaml": "version: 1\nscenarios: [{root: infa, name: prod, var_files: []}]\n",
        }
    )
    assert loaded.ledger["souverain.yaml"] == [("failed", "scenario-without-root")]


def test_a_named_file_that_is_missing_fails(project):
    loaded = project({"main.tf": MAIN}, var_files=("absent.tfvars",))
    assert [status for status, _ in loaded.ledger["absent.tfvars"]] == ["failed"]


def test_a_value_for_a_variable_nobody_declares_fails(project):
    loaded = project({"main.tf": MAIN}, variables=(("regoin", "eu-west-3"),))
    assert loaded.ledger["--var regoin"] == [("failed", "variable-undeclared")]


def test_validation_bounds_are_alternatives(project):
    loaded = project(
        {
            "main.tf": """
            variable "region" {
              type = string
              validation {
                condition     = contains(["eu-west-3", "us-east-1"], var.region)
                error_message = "no"
              }
            }
            resource "aws_s3_bucket" "b" {
              region = var.region
              bucket = "b-${var.region}"
            }
            """
        }
    )
    assert loaded.worlds(BUCKET, "bucket") == {
        (("var.region", 0),): "b-eu-west-3",
        (("var.region", 1),): "b-us-east-1",
    }


def test_two_validations_leave_what_both_allow(project):
    loaded = project(
        {
            "main.tf": """
            variable "region" {
              validation {
                condition     = contains(["a", "b", "c"], var.region)
                error_message = "no"
              }
              validation {
                condition     = can(regex("^(b|d)$", var.region))
                error_message = "no"
              }
            }
            resource "aws_s3_bucket" "b" {
              region = var.region
            }
            """
        }
    )
    assert loaded.value(BUCKET, "region") == "b"


def test_a_bool_without_value_is_true_or_false(project):
    loaded = project(
        {
            "main.tf": """
            variable "prod" {
              type = bool
            }
            resource "aws_s3_bucket" "b" {
              count  = var.prod ? 1 : 0
              region = var.prod ? "eu-west-3" : "us-east-1"
            }
            resource "aws_s3_bucket" "dev" {
              count  = var.prod ? 0 : 1
              region = !var.prod ? "us-east-1" : "eu-west-3"
            }
            """
        }
    )
    assert loaded.worlds("aws_s3_bucket.b[0]", "region") == {
        (("var.prod", 0),): "eu-west-3",
        (("var.prod", 1),): "absent",
    }
    assert loaded.worlds("aws_s3_bucket.dev[0]", "region") == {
        (("var.prod", 0),): "absent",
        (("var.prod", 1),): "us-east-1",
    }


def test_a_condition_passed_through_locals_and_modules_is_one_alternative(project):
    loaded = project(
        {
            "main.tf": """
            variable "env" {}
            locals {
              prod = var.env == "prod"
            }
            module "m" {
              source = "./m"
              on     = local.prod
              region = var.env == "prod" ? "eu-west-3" : "us-east-1"
            }
            """,
            "m/main.tf": """
            variable "on" {
              type = bool
            }
            variable "region" {}
            resource "aws_s3_bucket" "b" {
              count  = var.on ? 1 : 0
              region = var.region
            }
            """,
        }
    )
    assert list(loaded.worlds("module.m.aws_s3_bucket.b[0]", "region").values()) == [
        "eu-west-3",
        "absent",
    ]


def test_a_condition_on_a_resource_stays_unknown(project, reason):
    loaded = project(
        {
            "main.tf": """
            resource "aws_vpc" "v" {}
            resource "aws_s3_bucket" "b" {
              region = aws_vpc.v.id == "x" ? "eu-west-3" : "us-east-1"
            }
            """
        }
    )
    [value] = loaded.worlds(BUCKET, "region").values()
    assert reason(value) == "computed"


def test_an_untyped_command_line_value_is_text(project):
    loaded = project({"main.tf": MAIN}, variables=(("region", '["a"]'),))
    assert loaded.region(BUCKET) == '["a"]'


def test_the_workspace_is_unknown_until_given(project, reason):
    files = {"main.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = terraform.workspace\n}\n'}
    assert reason(project(files).value(BUCKET, "bucket")) == "workspace"
    assert project(files, workspace="prod").value(BUCKET, "bucket") == "prod"


def test_a_value_of_the_wrong_type_is_an_error(project):
    loaded = project(
        {
            "main.tf": 'variable "n" {\n  type = number\n}\n'
            'resource "aws_s3_bucket" "b" {\n  n = var.n\n}\n',
            "terraform.tfvars": 'n = "many"\n',
        }
    )
    value = loaded.value(BUCKET, "n")
    assert (value.error, value.span.file) == (True, "terraform.tfvars")


def test_a_variable_file_takes_no_names(project, reason):
    loaded = project({"main.tf": MAIN, "terraform.tfvars": "region = var.other\n"})
    assert reason(loaded.region(BUCKET)) == "not-literal"
