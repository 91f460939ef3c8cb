"""Settings that the shipped catalogue reads, through the real pipeline."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse

AWS = 'provider "aws" { region = "eu-west-3" }\n'
GOOGLE = 'provider "google" {\n  project = "p"\n  region = "europe-west9"\n}\n'
AZURE = 'provider "azurerm" {\n  features {}\n}\n'
OLD_AZURE = (
    "terraform {\n  required_providers {\n    azurerm = {\n"
    '      source = "hashicorp/azurerm"\n      version = "~> 2.99"\n    }\n  }\n}\n' + AZURE
)
BUCKET = 'resource "aws_s3_bucket" "x" { bucket = "x" }\n'
ACCOUNT = (
    'resource "azurerm_storage_account" "a" {\n  name = "a"\n  location = "francecentral"\n'
    '  resource_group_name = "r"\n  account_tier = "Standard"\n'
    '  account_replication_type = "ZRS"\n  %s\n}\n'
)
CONTAINER = (
    'resource "azurerm_storage_container" "x" {\n  name = "x"\n'
    '  storage_account_id = azurerm_storage_account.a.id\n  container_access_type = "blob"\n}\n'
)
POLICY = """
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["s3:GetObject"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    %s
  }
}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.x.id
  policy = data.aws_iam_policy_document.d.json
}
"""
SOURCE_IP = """condition {
      test     = "IpAddress"
      variable = "aws:SourceIp"
      values   = ["203.0.113.0/24"]
    }"""
BLOCK = """
resource "aws_s3_bucket_public_access_block" "b" {
  %s
  bucket                  = aws_s3_bucket.x.id
  block_public_policy     = true
  restrict_public_buckets = true
  ignore_public_acls      = true
}
"""
INSTANCE = 'resource "aws_instance" "x" {\n  ami = "a"\n  instance_type = "t3.micro"\n  %s\n}\n'
DATABASE = 'resource "aws_db_instance" "x" {\n  engine = "postgres"\n  %s\n}\n'
PARAMETERS = (
    'resource "aws_db_parameter_group" "g" {\n  family = "postgres16"\n'
    '  parameter {\n    name = "work_mem"\n    value = "0"\n  }\n'
    '  parameter {\n    name = "rds.force_ssl"\n    value = "%s"\n  }\n}\n'
)
WORKSPACE = (
    'resource "azurerm_log_analytics_workspace" "w" {\n  name = "w"\n  location = "francecentral"\n'
    '  resource_group_name = "r"\n  retention_in_days = %s\n}\n'
)
INSIGHTS = (
    'resource "azurerm_application_insights" "x" {\n  name = "x"\n  location = "francecentral"\n'
    '  resource_group_name = "r"\n  application_type = "web"\n  %s\n}\n'
)

CASES = {
    "s3 encrypts": (AWS + BUCKET, "encrypted_at_rest", [True]),
    "a policy for everyone": (AWS + BUCKET + POLICY % "", "readable_by_anyone", [False, True]),
    "a policy under a condition": (
        AWS + BUCKET + POLICY % SOURCE_IP,
        "readable_by_anyone",
        [False, None],
    ),
    "a policy that is blocked": (
        AWS + BUCKET + POLICY % "" + BLOCK % "",
        "readable_by_anyone",
        [False, False],
    ),
    "a block that is not created": (
        AWS + BUCKET + POLICY % "" + BLOCK % "count = 0",
        "readable_by_anyone",
        [False, True],
    ),
    "a block of the account": (
        AWS
        + BUCKET
        + POLICY % ""
        + 'resource "aws_s3_account_public_access_block" "a" { block_public_policy = true }\n',
        "readable_by_anyone",
        [False, False],
    ),
    "disks hang on the account": (
        AWS + INSTANCE % "ebs_block_device {\n    encrypted = true\n  }",
        "encrypted_at_rest",
        [None, True],
    ),
    "the account encrypts disks": (
        AWS
        + INSTANCE % "root_block_device {\n    volume_size = 8\n  }"
        + 'resource "aws_ebs_encryption_by_default" "a" { enabled = true }\n',
        "encrypted_at_rest",
        [True],
    ),
    "a disk that is written": (
        AWS + INSTANCE % "root_block_device {\n    encrypted = false\n  }",
        "encrypted_at_rest",
        [False],
    ),
    "a replica is as its source": (
        AWS + DATABASE % 'replicate_source_db = "other"',
        "encrypted_at_rest",
        [],
    ),
    "parameters of the database": (
        AWS + PARAMETERS % "1" + DATABASE % "parameter_group_name = aws_db_parameter_group.g.name",
        "encrypted_in_transit",
        [True],
    ),
    "parameters that turn it off": (
        AWS + PARAMETERS % "0" + DATABASE % "parameter_group_name = aws_db_parameter_group.g.name",
        "encrypted_in_transit",
        [False],
    ),
    "logs of a class that keeps two days": (
        AWS + 'resource "aws_cloudwatch_log_group" "x" {\n  name = "x"\n  retention_in_days = 365\n'
        '  log_group_class = "DELIVERY"\n}\n',
        "log_retention_days",
        [2],
    ),
    "measures that a workspace keeps": (
        AZURE
        + WORKSPACE % "365"
        + INSIGHTS % "workspace_id = azurerm_log_analytics_workspace.w.id",
        "log_retention_days",
        [365],
    ),
    "measures that a workspace elsewhere keeps": (
        AZURE + INSIGHTS % 'workspace_id = "/subscriptions/s/workspaces/w"',
        "log_retention_days",
        [None],
    ),
    "measures of which only their own period is written": (
        AZURE + INSIGHTS % "workspace_id = data.azurerm_log_analytics_workspace.w.id\n"
        "  retention_in_days = 30",
        "log_retention_days",
        [None],
    ),
    "measures without workspace": (
        AZURE + INSIGHTS % "retention_in_days = 30",
        "log_retention_days",
        [30],
    ),
    "logs of another class": (
        AWS + 'resource "aws_cloudwatch_log_group" "x" {\n  name = "x"\n  retention_in_days = 365\n'
        '  log_group_class = "STANDARD"\n}\n',
        "log_retention_days",
        [365],
    ),
    "logs of which nothing is said": (
        AWS + 'resource "aws_cloudwatch_log_group" "x" { name = "x" }\n',
        "log_retention_days",
        ["forever"],
    ),
    "a cluster of Atlas is not backed up by itself": (
        'resource "mongodbatlas_advanced_cluster" "x" {\n  project_id = "p"\n  name = "x"\n}\n',
        "backed_up",
        [False],
    ),
    "a cluster of Atlas that is": (
        'resource "mongodbatlas_advanced_cluster" "x" {\n  project_id = "p"\n  name = "x"\n'
        "  backup_enabled = true\n}\n",
        "backed_up",
        [True],
    ),
    "a backup plan names it": (
        AWS
        + DATABASE % ""
        + 'resource "aws_backup_selection" "s" {\n  name = "s"\n  plan_id = "p"\n'
        '  iam_role_arn = "r"\n  resources = [aws_db_instance.x.arn]\n}\n',
        "backed_up",
        [True],
    ),
    "a listener that redirects": (
        AWS + 'resource "aws_lb_listener" "x" {\n  load_balancer_arn = "a"\n  protocol = "HTTP"\n'
        '  default_action {\n    type = "redirect"\n    redirect {\n      protocol = "HTTPS"\n'
        '      status_code = "HTTP_301"\n    }\n  }\n}\n',
        "encrypted_in_transit",
        [True],
    ),
    "a grant to all users": (
        GOOGLE
        + 'resource "google_storage_bucket" "x" {\n  name = "x"\n  location = "europe-west9"\n}\n'
        'resource "google_storage_bucket_iam_member" "m" {\n'
        "  bucket = google_storage_bucket.x.name\n"
        '  role = "roles/storage.objectViewer"\n  member = "allUsers"\n}\n',
        "readable_by_anyone",
        [True],
    ),
    "an account that allows it": (
        AZURE + ACCOUNT % "allow_nested_items_to_be_public = true" + CONTAINER,
        "readable_by_anyone",
        [True],
    ),
    "an account that forbids it": (
        AZURE + ACCOUNT % "allow_nested_items_to_be_public = false" + CONTAINER,
        "readable_by_anyone",
        [False],
    ),
    "TLS of an old provider": (
        OLD_AZURE + (ACCOUNT % "").replace('"a"', '"x"'),
        "encrypted_in_transit",
        [True, False],
    ),
    "TLS of a new provider": (
        AZURE + (ACCOUNT % "").replace('"a"', '"x"'),
        "encrypted_in_transit",
        [True, True],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_setting(tmp_path: Path, name: str) -> None:
    text, setting, expected = CASES[name]
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    (asset,) = (a for a in report.assets if a.asset.address.endswith(".x"))
    ((_, facts),) = asset.worlds
    assert [s.value for s in facts.settings if s.name == setting] == expected


READ = {
    "aws_efs_file_system": ("encrypted_at_rest", False),
    "aws_dax_cluster": ("encrypted_in_transit", False),
    "aws_opensearch_domain": ("reachable_from_internet", True),
    "aws_elb": ("internet_facing", True),
    "aws_fsx_windows_file_system": ("in_several_zones", False),
    "aws_sagemaker_notebook_instance": ("internet_facing", True),
}
"""Defaults that count against whoever leaves them, each read in the provider’s documentation."""


@pytest.mark.parametrize("kind", READ)
def test_a_default_that_was_read_counts(tmp_path: Path, kind: str) -> None:
    name, value = READ[kind]
    (tmp_path / "main.tf").write_text(f'{AWS}resource "{kind}" "x" {{}}\n', encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    (asset,) = (a for a in report.assets if a.asset.address.endswith(".x"))
    ((_, facts),) = asset.worlds
    assert [(s.value, s.confidence) for s in facts.settings if s.name == name] == [(value, "S")]
