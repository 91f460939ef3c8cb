"""Whom an access policy lets in, read through the real pipeline.

That an unknown policy may let others in is not told: so may any."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse

HEADER = """
provider "aws" { region = "eu-west-2" }
variable "who" {}
data "aws_caller_identity" "me" {}
data "aws_elb_service_account" "elb" {}
resource "aws_s3_bucket" "b" { bucket = "example" }
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.id
  policy = %s
}
"""

ANYONE = [("*", False)]
OTHERS = [("GB", False)]

INLINE = {
    '"*"': ANYONE,
    '{ AWS = "*" }': ANYONE,
    '{ AWS = ["arn:aws:iam::111122223333:root", "*"] }': [*ANYONE, *OTHERS],
    '{ AWS = "111122223333" }': OTHERS,
    '{ AWS = "arn:aws:iam::111122223333:root" }': OTHERS,
    '{ AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }': [],
    "{ AWS = data.aws_caller_identity.me.arn }": [],
    "{ AWS = data.aws_elb_service_account.elb.arn }": OTHERS,
    '{ AWS = "arn:aws:iam::${var.who}:root" }': [],
    '{ Service = "logging.s3.amazonaws.com" }': [],
}


def flows(tmp_path: Path, policy: str, more: str = "") -> list[tuple[str, bool]]:
    (tmp_path / "main.tf").write_text(HEADER % policy + more, encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    (bucket,) = (a for a in report.assets if a.asset.address == "aws_s3_bucket.b")
    ((_, facts),) = bucket.worlds
    assert {flow.kind for flow in facts.flows} <= {"share"}
    return [
        ("*" if flow.location.anywhere else ",".join(flow.location.countries), flow.certain)
        for flow in facts.flows
    ]


def statement(principal: str, effect: str = "Allow") -> str:
    return f'jsonencode({{ Statement = [{{ Effect = "{effect}", Principal = {principal} }}] }})'


@pytest.mark.parametrize(("principal", "expected"), INLINE.items())
def test_who_is_allowed_is_a_recipient(tmp_path, principal, expected):
    assert flows(tmp_path, statement(principal)) == expected


@pytest.mark.parametrize("principal", INLINE)
def test_who_is_denied_is_none(tmp_path, principal):
    assert flows(tmp_path, statement(principal, "Deny")) == []


def test_a_statement_need_not_stand_in_a_list(tmp_path):
    policy = 'jsonencode({ Statement = { Effect = "Allow", Principal = "*" } })'
    assert flows(tmp_path, policy) == ANYONE


@pytest.mark.parametrize("policy", ['"{"', '"[]"', '"{}"', f'"{"[" * 3000}"', "null"])
def test_what_is_no_policy_lets_nobody_in(tmp_path, policy):
    assert flows(tmp_path, policy) == []


def test_who_a_policy_without_value_lets_in_is_not_told(tmp_path):
    assert flows(tmp_path, "var.who") == []


DOCUMENT = """
data "aws_iam_policy_document" "d" {
  %s
  statement {
    effect = "Deny"
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
  statement {
    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = [%s]
    }
  }
}
"""


@pytest.mark.parametrize(
    ("extra", "identifier", "expected"),
    [
        ("", "data.aws_caller_identity.me.arn", []),
        ("", '"*"', ANYONE),
        ("", '"arn:aws:iam::111122223333:root"', OTHERS),
        ("", "var.who", []),
        ("source_policy_documents = [var.who]", "data.aws_caller_identity.me.arn", []),
        (
            'override_json = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*" }] })',
            "data.aws_caller_identity.me.arn",
            ANYONE,
        ),
    ],
)
def test_a_document_is_read_like_the_text_it_writes(tmp_path, extra, identifier, expected):
    document = DOCUMENT % (extra, identifier)
    assert flows(tmp_path, "data.aws_iam_policy_document.d.json", document) == expected


def test_documents_that_build_on_each_other_end(tmp_path):
    document = """
    data "aws_iam_policy_document" "d" {
      source_policy_documents = [data.aws_iam_policy_document.e.json]
    }
    data "aws_iam_policy_document" "e" {
      source_policy_documents = [data.aws_iam_policy_document.d.json]
    }
    """
    assert flows(tmp_path, "data.aws_iam_policy_document.d.json", document) == []


def test_a_condition_narrows_anyone_but_still_shares(tmp_path):
    policy = (
        'jsonencode({ Statement = [{ Effect = "Allow", Principal = "*",'
        ' Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } } }] })'
    )
    assert flows(tmp_path, policy) == ANYONE
