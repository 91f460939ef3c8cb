"""Which provider configuration a resource is created with."""

from __future__ import annotations

TWO = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}
provider "aws" {
  region = "eu-west-3"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
"""


def test_by_type_prefix_and_by_argument(project):
    loaded = project(
        {
            "main.tf": TWO
            + 'resource "aws_s3_bucket" "a" {}\n'
            + 'resource "aws_s3_bucket" "b" {\n  provider = aws.us\n}\n'
        }
    )
    assert loaded.region("aws_s3_bucket.a") == "eu-west-3"
    assert loaded.region("aws_s3_bucket.b") == "us-east-1"
    assert loaded.provider("aws_s3_bucket.b") == ("hashicorp/aws", "us")
    assert loaded.instance("aws_s3_bucket.b").provider.version == "~> 6.0"


def test_aliases_through_nested_modules(project):
    loaded = project(
        {
            "main.tf": TWO
            + """
            module "outer" {
              source    = "./outer"
              providers = {
                aws      = aws
                aws.peer = aws.us
              }
            }
            """,
            "outer/main.tf": """
            terraform {
              required_providers {
                aws = {
                  source                = "hashicorp/aws"
                  configuration_aliases = [aws.peer]
                }
              }
            }
            module "inner" {
              source    = "./inner"
              providers = { aws = aws.peer }
            }
            resource "aws_s3_bucket" "here" {}
            resource "aws_s3_bucket" "peer" {
              provider = aws.peer
            }
            """,
            "outer/inner/main.tf": 'resource "aws_s3_bucket" "b" {}\n',
        }
    )
    assert loaded.region("module.outer.aws_s3_bucket.here") == "eu-west-3"
    assert loaded.region("module.outer.aws_s3_bucket.peer") == "us-east-1"
    assert loaded.region("module.outer.module.inner.aws_s3_bucket.b") == "us-east-1"


def test_default_configurations_are_inherited_by_source(project):
    loaded = project(
        {
            "main.tf": """
            terraform {
              required_providers {
                cloud = { source = "scaleway/scaleway" }
              }
            }
            provider "cloud" {
              region = "fr-par"
            }
            module "m" {
              source = "./m"
            }
            """,
            "m/main.tf": """
            terraform {
              required_providers {
                scaleway = { source = "scaleway/scaleway" }
              }
            }
            resource "scaleway_object_bucket" "b" {}
            """,
        }
    )
    assert loaded.region("module.m.scaleway_object_bucket.b") == "fr-par"


def test_an_alias_that_is_not_passed_is_not_configured(project):
    loaded = project(
        {
            "main.tf": TWO + 'module "m" {\n  source = "./m"\n}\n',
            "m/main.tf": 'resource "aws_s3_bucket" "b" {\n  provider = aws.us\n}\n',
        }
    )
    assert loaded.region("module.m.aws_s3_bucket.b") is None


def test_without_requirement_the_default_namespace_is_meant(project):
    loaded = project({"main.tf": 'resource "google_storage_bucket" "b" {}\n'})
    assert loaded.provider("google_storage_bucket.b") == ("hashicorp/google", None)


def test_the_provider_built_into_terraform(project):
    loaded = project({"main.tf": 'resource "terraform_data" "d" {}\n'})
    assert loaded.provider("terraform_data.d") == ("builtin/terraform", None)


def test_a_source_with_host_and_capitals_is_normal(project):
    loaded = project(
        {
            "main.tf": """
            terraform {
              required_providers {
                outscale = { source = "registry.example.org/Outscale/outscale" }
              }
            }
            resource "outscale_volume" "v" {}
            """
        }
    )
    assert loaded.provider("outscale_volume.v") == ("outscale/outscale", None)


def test_the_lock_file_gives_exact_versions(project):
    lock = 'provider "registry.example.org/hashicorp/aws" {\n  version = "6.21.0"\n}\n'
    loaded = project(
        {"main.tf": TWO + 'resource "aws_s3_bucket" "b" {}\n', ".terraform.lock.hcl": lock}
    )
    assert loaded.instance("aws_s3_bucket.b").provider.version == "6.21.0"


def test_declared_defaults_complete_a_provider(project):
    files = {
        "main.tf": 'provider "aws" {\n  profile = "p"\n}\nresource "aws_s3_bucket" "b" {}\n',
        "souverain.yaml": "version: 1\nprovider_defaults: {aws: {region: eu-west-3}}\n",
    }
    loaded = project(files)
    config = loaded.instance("aws_s3_bucket.b").provider.config
    [region] = config.read("region")
    assert (region.value, region.span.file) == ("eu-west-3", "souverain.yaml")
    assert config.keys() == ("profile", "region")
    assert [evidence.kind for evidence in region.trace()] == ["declaration"]


def test_declared_defaults_stand_in_for_a_missing_block(project):
    loaded = project(
        {
            "main.tf": 'resource "aws_s3_bucket" "b" {}\n',
            "souverain.yaml": "version: 1\nprovider_defaults: {aws: {region: eu-west-3}}\n",
        }
    )
    assert loaded.region("aws_s3_bucket.b") == "eu-west-3"


def test_what_is_written_beats_a_declared_default(project):
    loaded = project(
        {
            "main.tf": TWO + 'resource "aws_s3_bucket" "b" {}\n',
            "souverain.yaml": "version: 1\nprovider_defaults: {aws: {region: us-west-2}}\n",
        }
    )
    assert loaded.region("aws_s3_bucket.b") == "eu-west-3"


def test_nested_provider_blocks_are_read_by_path(project):
    loaded = project(
        {
            "main.tf": """
            provider "aws" {
              endpoints {
                s3 = "https://oos.eu-west-2.outscale.com"
              }
              default_tags {
                tags = { data = "health" }
              }
            }
            resource "aws_s3_bucket" "b" {}
            """
        }
    )
    config = loaded.instance("aws_s3_bucket.b").provider.config
    [endpoint] = config.read("endpoints.s3")
    assert endpoint.value == "https://oos.eu-west-2.outscale.com"
    [tag] = config.read("default_tags.tags.data")
    assert (tag.value, tag.span.line) == ("health", 6)


def test_json_syntax_names_providers_in_strings(project):
    loaded = project(
        {
            "main.tf.json": """
            {"provider": {"aws": [{"region": "eu-west-3"}, {"alias": "us", "region": "us-east-1"}]},
             "resource": {"aws_s3_bucket": {"b": {"provider": "aws.us"},
                                            "c": {"provider": "${aws.us}"}}},
             "module": {"m": {"source": "./m", "providers": {"aws": "aws.us"}}}}
            """,
            "m/main.tf.json": '{"resource": {"aws_s3_bucket": {"b": {}}}}',
        }
    )
    assert loaded.region("aws_s3_bucket.b") == "us-east-1"
    assert loaded.region("aws_s3_bucket.c") == "us-east-1"
    assert loaded.region("module.m.aws_s3_bucket.b") == "us-east-1"


REPEATED = """
variable "sites" {
  default = { paris = "eu-west-3", ohio = "us-east-2" }
}
provider "aws" {
  for_each = var.sites
  alias    = "at"
  region   = each.value
}
"""


def test_each_instance_of_a_provider(project):
    loaded = project(
        {
            "main.tofu": REPEATED
            + """
            resource "aws_s3_bucket" "b" {
              for_each = var.sites
              provider = aws.at[each.key]
            }
            resource "aws_s3_bucket" "one" {
              provider = aws.at["ohio"]
            }
            module "m" {
              source    = "./m"
              for_each  = toset(["ohio"])
              providers = { aws = aws.at[each.key] }
            }
            """,
            "m/main.tofu": 'module "n" {\n  source = "./n"\n}\n',
            "m/n/main.tofu": 'resource "aws_s3_bucket" "deep" {}\n',
        }
    )
    assert loaded.region('aws_s3_bucket.b["paris"]') == "eu-west-3"
    assert loaded.region('aws_s3_bucket.b["ohio"]') == "us-east-2"
    assert loaded.region("aws_s3_bucket.one") == "us-east-2"
    assert loaded.region('module.m["ohio"].module.n.aws_s3_bucket.deep') == "us-east-2"
    assert loaded.provider("aws_s3_bucket.one") == ("hashicorp/aws", "at")


def test_an_instance_of_a_provider_that_is_not_known(project, reason):
    loaded = project(
        {
            "main.tofu": REPEATED
            + """
            variable "site" {}
            resource "aws_s3_bucket" "open" {
              provider = aws.at[var.site]
            }
            resource "aws_s3_bucket" "absent" {
              provider = aws.at["lyon"]
            }
            """
        }
    )
    assert reason(loaded.region("aws_s3_bucket.open")) == "variable-without-value"
    assert reason(loaded.region("aws_s3_bucket.absent")) == "instance-absent"
