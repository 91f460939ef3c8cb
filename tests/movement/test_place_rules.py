"""What rules about places say of flows: where data newly goes, and nothing twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from souverain.analysis import Request, analyse

BUCKET = """
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "sydney"
  region = "ap-southeast-2"
}
resource "aws_s3_bucket" "main" {
  tags = { data = "health" }
}
"""
SHARED = """
resource "aws_s3_bucket_policy" "main" {
  bucket = aws_s3_bucket.main.id
  policy = jsonencode({ Statement = [{ Principal = { AWS = "arn:aws:iam::111122223333:root" } }] })
}
"""
COPIED = """
resource "aws_s3_bucket" "copy" {
  provider = aws.sydney
}
resource "aws_s3_bucket_replication_configuration" "main" {
  bucket = aws_s3_bucket.main.id
  rule {
    status = "Enabled"
    destination {
      bucket = aws_s3_bucket.copy.arn
    }
  }
}
"""
QUEUE = """
provider "aws" {
  region = "us-east-1"
}
resource "aws_sns_topic" "main" {
  tags = { data = "health" }
}
resource "aws_sqs_queue" "main" {
}
resource "aws_sns_topic_subscription" "main" {
  topic_arn = aws_sns_topic.main.arn
  protocol  = "sqs"
  endpoint  = %s
}
"""
MANIFEST = "version: 1\nentity: private_health\n"


def places(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (tmp_path / "souverain.yaml").write_text(MANIFEST, encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    return sorted((f.rule, f.address) for f in report.findings if f.rule.startswith("LOC"))


def test_a_share_in_place_is_told_once(tmp_path: Path) -> None:
    assert places(tmp_path, BUCKET + SHARED) == [("LOC001", "aws_s3_bucket.main")]


def test_a_copy_in_another_country_is_told_beside(tmp_path: Path) -> None:
    assert places(tmp_path, BUCKET + COPIED) == [
        ("LOC001", "aws_s3_bucket.copy"),
        ("LOC001", "aws_s3_bucket.main"),
        ("LOC010", "aws_s3_bucket.main"),
    ]


def test_what_goes_to_an_asset_beside_it_is_told_of_that_asset(tmp_path: Path) -> None:
    assert places(tmp_path, QUEUE % "aws_sqs_queue.main.arn") == [
        ("LOC001", "aws_sqs_queue.main"),
        ("LOC002", "aws_sns_topic.main"),
    ]


def test_what_goes_to_somebody_else_in_the_same_place_is_told(tmp_path: Path) -> None:
    elsewhere = '"arn:aws:sqs:us-east-1:111122223333:theirs"'
    assert ("LOC010", "aws_sns_topic.main") in places(tmp_path, QUEUE % elsewhere)
