provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"

  tags = {
    data = "sante"
  }
}
