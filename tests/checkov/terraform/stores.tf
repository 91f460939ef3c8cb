resource "aws_s3_bucket" "here" {
  bucket = "here"
  tags   = { data = "sante" }
}

resource "aws_s3_bucket" "there" {
  provider = aws.virginia
  bucket   = "there"
  tags     = { data = "sante" }
}

resource "aws_s3_bucket" "never" {
  count    = 0
  provider = aws.virginia
  bucket   = "never"
  tags     = { data = "sante" }
}

resource "aws_s3_bucket" "each" {
  for_each = { paris = "eu-west-3", ohio = "us-east-2" }
  bucket   = each.key
  region   = each.value
  tags     = { data = "sante" }
}
