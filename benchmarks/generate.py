"""Makes Terraform trees of a given size for the benchmark, the same for the same arguments.

Usage: ``python benchmarks/generate.py DIRECTORY [--files 90] [--bytes 500000]``
"""

from __future__ import annotations

import argparse
from pathlib import Path

HEADER = """\
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }}
  }}
}}

variable "region" {{
  type    = string
  default = "eu-west-3"
}}

variable "tags" {{
  type    = map(string)
  default = {{ team = "dsi", data-classification = "health" }}
}}

provider "aws" {{
  region = var.region

  default_tags {{
    tags = var.tags
  }}
}}

provider "aws" {{
  alias  = "copy"
  region = "us-east-1"
}}

locals {{
  name = "root-{root}"
  zones = [for letter in ["a", "b", "c"] : "${{var.region}}${{letter}}"]
}}

module "store" {{
  source   = "./modules/store"
  for_each = toset(["patients", "audit"])
  name     = "${{local.name}}-${{each.key}}"
  tags     = merge(var.tags, {{ store = each.key }})

  providers = {{
    aws      = aws
    aws.copy = aws.copy
  }}
}}
"""

MODULE = """\
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.copy]
    }
  }
}

variable "name" { type = string }
variable "tags" { type = map(string) }

resource "aws_s3_bucket" "this" {
  bucket = var.name
  tags   = var.tags
}

resource "aws_s3_bucket" "copy" {
  provider = aws.copy
  bucket   = "${var.name}-copy"
  tags     = var.tags
}

resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  role   = "arn:aws:iam::123456789012:role/replication"

  rule {
    status = "Enabled"
    destination {
      bucket = aws_s3_bucket.copy.arn
    }
  }
}

output "arn" {
  value = aws_s3_bucket.this.arn
}
"""

RESOURCE = """\
# Application {number}: a database, its key, its queue and the rules around them.
resource "aws_kms_key" "app_{number}" {{
  description             = "Key of application {number}"
  deletion_window_in_days = 30
  enable_key_rotation     = true
}}

resource "aws_db_instance" "app_{number}" {{
  identifier              = "${{local.name}}-app-{number}"
  engine                  = "postgres"
  instance_class          = "db.t4g.medium"
  allocated_storage       = 20 + {number}
  storage_encrypted       = true
  kms_key_id              = aws_kms_key.app_{number}.arn
  backup_retention_period = var.region == "eu-west-3" ? 14 : 7
  availability_zone       = local.zones[{zone}]
  tags                    = merge(var.tags, {{ Name = format("%s-%02d", local.name, {number}) }})
}}

resource "aws_sqs_queue" "app_{number}" {{
  count                     = {number} % 2 == 0 ? 1 : 2
  name                      = "app-{number}-${{count.index}}"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.app_{number}.id
}}

resource "aws_security_group" "app_{number}" {{
  name = "app-{number}"

  dynamic "ingress" {{
    for_each = toset([5432, 8080])
    content {{
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = [cidrsubnet("10.{zone}.0.0/16", 8, {number} % 200)]
    }}
  }}
}}

resource "aws_iam_role_policy" "app_{number}" {{
  name   = "app-{number}"
  role   = "app"
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${{module.store["patients"].arn}}/*"
    }}]
  }})
}}

"""

FILES_IN_ROOT = 30


def generate(directory: Path, files: int, size: int) -> None:
    """Write about ``files`` files and ``size`` bytes of Terraform below ``directory``."""
    per_file = max(1, size // files // len(RESOURCE))
    roots = max(1, files // FILES_IN_ROOT)
    number = 0
    for root in range(roots):
        home = directory / f"root-{root}"
        store = home / "modules" / "store"
        store.mkdir(parents=True, exist_ok=True)
        (store / "main.tf").write_text(MODULE, encoding="utf-8")
        (home / "main.tf").write_text(HEADER.format(root=root), encoding="utf-8")
        for file in range(files // roots - 2):
            blocks = []
            for _ in range(per_file):
                blocks.append(RESOURCE.format(number=number, zone=number % 3))
                number += 1
            (home / f"app-{file}.tf").write_text("".join(blocks), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=90)
    parser.add_argument("--bytes", type=int, default=500_000)
    options = parser.parse_args()
    generate(options.directory, options.files, options.bytes)


if __name__ == "__main__":
    main()
