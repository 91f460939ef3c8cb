provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"

  tags = {
    data = "sante"
  }
}

resource "aws_s3_bucket" "images" {
  bucket = "images"

  tags = {
    data = "sante"
  }
}
