# What Checkov's own provider address gets wrong: children of modules, aliases, resources in
# files without a provider block, and instances that are not created.
provider "aws" {
  region = "eu-west-3"
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}

module "paris" {
  source = "./child"
  name   = "paris"
}

module "virginia" {
  source = "./child"
  name   = "virginia"
  providers = {
    aws = aws.virginia
  }
}

module "records" {
  source  = "example.org/records/aws"
  version = "1.0.0"
}
