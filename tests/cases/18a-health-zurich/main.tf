provider "aws" {
  region = "eu-central-2"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags = {
    data = "sante"
  }
}
