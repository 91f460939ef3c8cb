"""Module calls: where they lead, their inputs and outputs, and what cannot be read."""

from __future__ import annotations

import json


def test_inputs_and_outputs_cross_nested_modules(project):
    loaded = project(
        {
            "main.tf": """
            module "a" {
              source = "./a"
              region = "eu-west-3"
            }
            resource "aws_s3_bucket" "b" {
              bucket = module.a.name
            }
            """,
            "a/main.tf": """
            variable "region" {}
            module "b" {
              source = "./b"
              name   = "store-${var.region}"
            }
            output "name" {
              value = module.b.name
            }
            """,
            "a/b/main.tf": 'variable "name" {}\noutput "name" {\n  value = upper(var.name)\n}\n',
        }
    )
    assert loaded.value("aws_s3_bucket.b", "bucket") == "STORE-EU-WEST-3"


def test_each_instance_of_a_module_has_its_own_values(project):
    loaded = project(
        {
            "main.tf": """
            module "m" {
              source   = "./m"
              for_each = { fr = "eu-west-3", de = "eu-central-1" }
              region   = each.value
            }
            """,
            "m/main.tf": """
            variable "region" {}
            resource "aws_s3_bucket" "b" {
              count  = 2
              region = var.region
            }
            """,
        }
    )
    assert loaded.addresses == [
        'module.m["de"].aws_s3_bucket.b[0]',
        'module.m["de"].aws_s3_bucket.b[1]',
        'module.m["fr"].aws_s3_bucket.b[0]',
        'module.m["fr"].aws_s3_bucket.b[1]',
    ]
    assert loaded.value('module.m["fr"].aws_s3_bucket.b[1]', "region") == "eu-west-3"


def test_a_module_that_is_not_installed_is_one_entry(project):
    loaded = project(
        {
            "main.tf": """
            provider "aws" {
              region = "eu-west-3"
            }
            provider "aws" {
              alias  = "us"
              region = "us-east-1"
            }
            module "vpc" {
              source = "terraform-aws-modules/vpc/aws"
            }
            module "passed" {
              source    = "git::https://example.org/m.git"
              providers = { aws = aws.us }
            }
            """
        }
    )
    assert loaded.addresses == ["module.vpc", "module.passed"]
    vpc = loaded.instance("module.vpc")
    assert (vpc.kind, vpc.type, vpc.note.key) == (
        "module",
        "module",
        "terraform.module-not-installed",
    )
    assert loaded.region("module.vpc") == "eu-west-3"
    assert loaded.region("module.passed") == "us-east-1"
    assert loaded.ledger["main.tf"] == [
        ("analysed", ""),
        ("undecided", "module-not-installed"),
        ("undecided", "module-not-installed"),
    ]


def test_a_module_that_is_not_installed_is_given_all_that_is_passed_to_it(project):
    loaded = project(
        {
            "main.tf": """
            provider "aws" {
              region = "eu-west-3"
            }
            provider "aws" {
              alias  = "copy"
              region = "us-east-1"
            }
            provider "random" {}
            module "store" {
              source = "example/store/aws"
              providers = {
                random   = random
                aws      = aws
                aws.copy = aws.copy
              }
            }
            """
        }
    )
    provider = loaded.instance("module.store").provider
    assert provider.source == "hashicorp/aws"
    assert [attr.value for attr in provider.config.read("region")] == ["eu-west-3", "us-east-1"]


def test_a_module_of_a_registry_has_the_provider_it_is_named_for(project):
    loaded = project(
        {
            "main.tf": """
            provider "kubernetes" {
              host = "https://cluster.example.org"
            }
            module "cluster" {
              source = "example/cluster/google//modules/private"
            }
            module "mirrored" {
              source = "registry.example.org/example/cluster/google"
            }
            module "repository" {
              source = "github.com/example/google"
            }
            """
        }
    )
    assert loaded.provider("module.cluster") == ("hashicorp/google", None)
    assert loaded.provider("module.mirrored") == ("hashicorp/google", None)
    assert loaded.provider("module.repository") == ("hashicorp/kubernetes", None)


def test_an_output_of_a_module_that_cannot_be_read_keeps_the_reference(project, reason):
    loaded = project(
        {
            "main.tf": """
            module "vpc" {
              source = "terraform-aws-modules/vpc/aws"
            }
            resource "aws_subnet" "s" {
              vpc_id = module.vpc.vpc_id
            }
            """
        }
    )
    assert reason(loaded.value("aws_subnet.s", "vpc_id")) == "output-unread"
    assert loaded.references("aws_subnet.s", "vpc_id") == ["module.vpc.vpc_id"]
    [found] = loaded.root.find(loaded.value("aws_subnet.s", "vpc_id").ref)
    assert found.address == "module.vpc"


def test_installed_modules_are_read_through_the_manifest(project):
    entries = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "vpc", "Source": "registry/vpc/aws", "Dir": ".terraform/modules/vpc"},
        {"Key": "vpc.label", "Source": "x/label/y", "Dir": ".terraform/modules/vpc.label/sub"},
    ]
    loaded = project(
        {
            "main.tf": 'module "vpc" {\n  source = "registry/vpc/aws"\n}\n',
            ".terraform/modules/modules.json": json.dumps({"Modules": entries}),
            ".terraform/modules/vpc/main.tf": 'module "label" {\n  source = "x/label/y"\n}\n',
            ".terraform/modules/vpc/examples/main.tf": 'resource "aws_vpc" "example" {}\n',
            ".terraform/modules/vpc.label/sub/main.tf": 'resource "aws_vpc" "v" {}\n',
        }
    )
    assert loaded.roots == [(".", None)]
    assert loaded.addresses == ["module.vpc.module.label.aws_vpc.v"]
    assert loaded.ledger[".terraform/modules/modules.json"] == [("analysed", "")]
    assert loaded.ledger[".terraform/modules/vpc/examples/main.tf"] == [
        ("skipped", "installed-not-called")
    ]


def test_a_manifest_never_leads_outside_the_project(project):
    entries = [{"Key": "m", "Source": "x/y/z", "Dir": "../../../etc"}]
    loaded = project(
        {
            "main.tf": 'module "m" {\n  source = "x/y/z"\n}\n',
            ".terraform/modules/modules.json": json.dumps({"Modules": entries}),
        }
    )
    assert loaded.instance("module.m").note.key == "terraform.module-not-installed"


def test_a_broken_manifest_fails(project):
    loaded = project(
        {"main.tf": 'resource "a" "b" {}\n', ".terraform/modules/modules.json": '{"Modules": 1}'}
    )
    assert loaded.ledger[".terraform/modules/modules.json"] == [("failed", "modules-json-broken")]


def test_a_local_source_outside_the_project_is_not_read(project):
    loaded = project({"main.tf": 'module "m" {\n  source = "../../elsewhere"\n}\n'})
    assert loaded.ledger["main.tf"][1] == ("undecided", "module-outside")


def test_a_local_source_without_files_is_said(project):
    loaded = project({"main.tf": 'module "m" {\n  source = "./absent"\n}\n'})
    assert loaded.ledger["main.tf"][1] == ("undecided", "module-absent")


def test_a_module_that_calls_itself_is_bounded(project):
    loaded = project({"main.tf": 'module "m" {\n  source = "./"\n}\nresource "a" "b" {}\n'})
    assert len(loaded.addresses) < 50
    assert ("undecided", "module-too-deep") in loaded.ledger["main.tf"]


def test_an_argument_that_is_missing_says_so(project, reason):
    loaded = project(
        {
            "main.tf": 'module "m" {\n  source = "./m"\n}\n',
            "m/main.tf": 'variable "x" {}\nresource "a" "b" {\n  x = var.x\n}\n',
        }
    )
    assert reason(loaded.value("module.m.a.b", "x")) == "argument-missing"


def test_a_module_whose_number_is_unknown_is_one_open_instance(project):
    loaded = project(
        {
            "main.tf": """
            variable "names" {
              type = list(string)
            }
            module "m" {
              source   = "./m"
              for_each = toset(var.names)
              name     = each.key
            }
            """,
            "m/main.tf": 'variable "name" {}\nresource "a" "b" {\n  n = var.name\n}\n',
        }
    )
    assert loaded.addresses == ["module.m.a.b"]
    assert loaded.value("module.m.a.b", "n").cause == "var.names"


def test_a_cycle_is_unknown(project, reason):
    loaded = project(
        {
            "main.tf": """
            locals {
              a = local.b
              b = local.a
            }
            resource "x" "y" {
              a = local.a
              z = x.y.z
            }
            """
        }
    )
    assert reason(loaded.value("x.y", "a")) == "cycle"
    assert reason(loaded.value("x.y", "z")) == "cycle"


def test_a_name_that_does_not_exist_is_an_error(project, reason):
    loaded = project({"main.tf": 'resource "x" "y" {\n  a = [var.no, local.no, module.no.o]\n}\n'})
    assert [reason(item) for item in loaded.value("x.y", "a")] == ["undeclared"] * 3


def test_a_deep_chain_of_locals_is_followed(project):
    chain = "".join(f'  a{n} = "${{local.a{n - 1}}}"\n' for n in range(1, 120))
    text = f'locals {{\n  a0 = "x"\n{chain}}}\nresource "x" "y" {{\n  a = local.a119\n}}\n'
    assert project({"main.tf": text}).value("x.y", "a") == "x"


def test_doubling_references_over_refused_choices_stay_linear(project):
    """Past the world limit nothing is chosen, and yet nothing is computed twice."""
    variables = "".join(f'variable "v{n}" {{\n  type = bool\n}}\n' for n in range(8))
    doubled = "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 60))
    base = "".join(f"${{var.v{n}}}" for n in range(8))
    text = f'{variables}locals {{\n  a0 = "{base}"\n{doubled}}}\n'
    text += 'resource "x" "y" {\n  a = length(local.a59)\n}\n'
    assert project({"main.tf": text}).worlds("x.y", "a").keys() == {()}


def test_a_module_behind_a_link_is_read_where_it_is(project, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "vm").symlink_to("../shared/vm")
    loaded = project(
        {
            "app/main.tf": 'module "vm" {\n  source = "./vm"\n}\n',
            "shared/vm/main.tf": 'resource "aws_instance" "i" {}\n',
        }
    )
    assert loaded.roots == [("app", None)]
    assert loaded.addresses == ["module.vm.aws_instance.i"]


def test_a_link_out_of_the_project_is_not_followed(project, tmp_path, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "main.tf").write_text('resource "aws_instance" "i" {}\n')
    (tmp_path / "vm").symlink_to(outside)
    loaded = project({"main.tf": 'module "vm" {\n  source = "./vm"\n}\n'})
    assert loaded.addresses == ["module.vm"]
