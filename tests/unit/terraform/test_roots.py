"""Which directories are roots, what is read, and the account of every file."""

from __future__ import annotations

BUCKET = 'resource "aws_s3_bucket" "b" {}\n'


def test_a_called_directory_is_not_a_root(project):
    loaded = project(
        {
            "envs/prod/main.tf": 'module "m" {\n  source = "../../modules/m"\n}\n',
            "modules/m/main.tf": BUCKET,
        }
    )
    assert loaded.roots == [("envs/prod", None)]
    assert loaded.addresses == ["module.m.aws_s3_bucket.b"]
    assert loaded.root.files == ("envs/prod/main.tf", "modules/m/main.tf")


def test_callers_are_sought_in_the_whole_project(project):
    files = {
        "envs/prod/main.tf": 'module "m" {\n  source = "../../modules/m"\n}\n',
        "modules/m/main.tf": BUCKET,
        "other/main.tf": BUCKET,
    }
    assert project(files, given=("modules/m/main.tf",)).roots == [("envs/prod", None)]


def test_a_called_directory_with_a_backend_or_variables_is_a_root_too(project):
    call = 'module "m" {\n  source = "../m"\n}\nmodule "n" {\n  source = "../n"\n}\n'
    loaded = project(
        {
            "a/main.tf": call,
            "m/main.tf": 'terraform {\n  backend "s3" {}\n}\n' + BUCKET,
            "n/main.tf": BUCKET,
            "n/prod.tfvars": "",
        }
    )
    assert loaded.roots == [("a", None), ("m", None), ("n", None)]


def test_modules_that_only_call_one_another_are_seen(project):
    loaded = project(
        {
            "a/main.tf": 'module "b" {\n  source = "../b"\n}\n' + BUCKET,
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\n' + BUCKET,
        }
    )
    assert loaded.roots == [("a", None)]
    assert loaded.addresses[:2] == ["aws_s3_bucket.b", "module.b.aws_s3_bucket.b"]
    assert ("undecided", "module-too-deep") in loaded.ledger["a/main.tf"] + loaded.ledger[
        "b/main.tf"
    ]


def test_without_provider_backend_or_variables_a_root_looks_like_a_library(project):
    assert project({"main.tf": BUCKET}).root.library


def test_a_provider_block_makes_a_deployment(project):
    loaded = project({"main.tf": BUCKET + 'provider "aws" {}\n'})
    assert not loaded.root.library
    assert loaded.root.span.line == 2


def test_a_provider_block_of_a_called_module_makes_a_deployment(project):
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
        "b/main.tf": BUCKET,
    }
    assert project(files).root.library
    assert not project({**files, "b/main.tf": BUCKET + 'provider "aws" {}\n'}).root.library


def test_a_variable_file_makes_a_deployment(project):
    assert not project({"main.tf": BUCKET, "terraform.tfvars": ""}).root.library


def test_a_broken_file_fails_and_the_rest_of_its_root_is_read(project):
    loaded = project({"a.tf": BUCKET, "b.tf": 'resource "x" "y" {\n  a = \n}\n'})
    assert "aws_s3_bucket.b" in loaded.addresses
    [(status, reason)] = loaded.ledger["b.tf"]
    assert status == "failed"
    assert reason.startswith("hcl.")


def test_what_is_declared_twice_fails_and_the_first_is_used(project):
    loaded = project(
        {
            "a.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "first"\n}\n',
            "b.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "second"\n}\n',
        }
    )
    assert loaded.value("aws_s3_bucket.b", "bucket") == "first"
    assert loaded.ledger["b.tf"] == [("analysed", ""), ("failed", "declared-twice")]


def test_an_unknown_block_fails(project):
    assert project({"main.tf": "bucket {}\n"}).ledger["main.tf"][1] == ("failed", "block-unknown")


def test_a_wrong_number_of_labels_fails(project):
    loaded = project({"main.tf": 'resource "aws_s3_bucket" {}\n'})
    assert loaded.ledger["main.tf"][1] == ("failed", "block-labels")


def test_tofu_files_stand_in_for_their_namesakes(project):
    loaded = project(
        {
            "a.tf": 'resource "aws_s3_bucket" "terraform" {}\n',
            "a.tofu": 'resource "aws_s3_bucket" "tofu" {}\n',
            "b.tofu": 'resource "aws_s3_bucket" "alone" {}\n',
        }
    )
    assert loaded.addresses == ["aws_s3_bucket.tofu", "aws_s3_bucket.alone"]
    assert loaded.ledger["a.tf"] == [("skipped", "shadowed-by-tofu")]


def test_terragrunt_is_never_silent(project):
    loaded = project({"live/terragrunt.hcl": "", "main.tf": BUCKET})
    assert loaded.ledger["live/terragrunt.hcl"] == [("undecided", "terragrunt")]


def test_other_variable_files_are_listed(project):
    loaded = project({"main.tf": BUCKET, "prod.tfvars": "", "vars/dev.tfvars": ""})
    assert loaded.ledger["prod.tfvars"] == [("skipped", "tfvars-unused")]
    assert loaded.ledger["vars/dev.tfvars"] == [("skipped", "tfvars-unused")]


def test_blocks_that_create_nothing_make_no_noise(project):
    loaded = project(
        {
            "main.tf": """
            moved {
              from = aws_s3_bucket.a
              to   = aws_s3_bucket.b
            }
            import {
              to = aws_s3_bucket.b
              id = "b"
            }
            removed {
              from = aws_s3_bucket.c
            }
            check "c" {
              assert {
                condition     = true
                error_message = "no"
              }
            }
            ephemeral "aws_secretsmanager_secret_version" "s" {
              secret_id = "s"
            }
            """
        }
    )
    assert loaded.addresses == []
    assert loaded.ledger == {"main.tf": [("analysed", "")]}


def test_a_backend_is_an_instance(project):
    loaded = project(
        {
            "main.tf": """
            terraform {
              backend "s3" {
                bucket = "state"
                region = "us-east-1"
              }
            }
            """
        }
    )
    [backend] = loaded.root.instances()
    assert (backend.address, backend.type, backend.kind) == (
        "terraform.backend.s3",
        "backend.s3",
        "backend",
    )
    assert loaded.value("terraform.backend.s3", "region") == "us-east-1"


def test_a_cloud_block_is_a_backend(project):
    text = 'terraform {\n  cloud {\n    organization = "o"\n  }\n}\n'
    assert project({"main.tf": text}).addresses == ["terraform.backend.cloud"]


def test_excluded_files_are_no_part_of_anything(project):
    loaded = project(
        {
            "main.tf": BUCKET,
            "broken/main.tf": "nonsense {",
            "souverain.yaml": 'version: 1\nexclude: [{path: broken, reason: "shows an error"}]\n',
        }
    )
    assert loaded.roots == [(".", None)]
    assert "broken/main.tf" not in loaded.ledger


def test_too_many_instances_are_in_the_ledger(project):
    loaded = project({"main.tf": 'resource "aws_s3_bucket" "b" {\n  count = 10001\n}\n'})
    assert ("undecided", "too-many-instances") in loaded.ledger["main.tf"]
    assert loaded.addresses == ["aws_s3_bucket.b"]
