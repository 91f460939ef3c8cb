# What is set aside, with its reason, beside what is not.
provider "aws" {
  region = "eu-west-3"
}

# souverain: ignore[LOC001] until=2027-03-31 reason="emptied by then" ref="DPO note 2026-14"
resource "aws_s3_bucket" "contested" {
  region = "us-east-1"
  tags   = { data = "sante" }
}

resource "aws_s3_bucket" "live" {
  region = "us-east-1"
  tags   = { data = "sante" }
}
