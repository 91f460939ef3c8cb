provider "aws" {
  region = "us-east-1"
}

resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = "{}"
}

resource "aws_security_group" "web" {
  name = "web"
}

resource "aws_route53_record" "web" {
  zone_id = "Z1"
  name    = "www.example.org"
  type    = "CNAME"
  ttl     = 300
  records = ["web.example.org"]
}
