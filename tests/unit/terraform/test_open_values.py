"""What can be told although part of it is decided only at run time."""

from __future__ import annotations


def test_a_dynamic_block_of_unknown_number_says_what_its_iterator_does_not(project, reason):
    loaded = project(
        {
            "main.tf": """
            variable "nodes" {}
            resource "a" "b" {
              dynamic "nodes" {
                for_each = var.nodes
                content {
                  region = "GRA"
                  subnet = nodes.value.subnet
                  disk {
                    key = "k"
                  }
                }
              }
            }
            """
        }
    )
    assert loaded.value("a.b", "nodes.region") == "GRA"
    assert loaded.value("a.b", "nodes.disk.key") == "k"
    assert reason(loaded.value("a.b", "nodes.subnet")) == "dynamic-unknown"
    assert loaded.value("a.b", "nodes.subnet").cause == "var.nodes"
    assert loaded.instance("a.b").config.read("nodes.absent") == ()


def test_a_dynamic_block_without_content_stays_unknown(project, reason):
    loaded = project(
        {"main.tf": 'resource "a" "b" {\n  dynamic "nodes" {\n    for_each = ["x"]\n  }\n}\n'}
    )
    assert reason(loaded.value("a.b", "nodes.region")) == "dynamic-incomplete"


def test_the_working_directory_is_unknown_and_no_error(project, reason):
    loaded = project(
        {
            "main.tf": """
            resource "a" "b" {
              here   = path.cwd
              absent = path.nowhere
              tried  = try(path.cwd, "no")
              tags   = merge({ Name = "ex-${basename(path.cwd)}" }, { data = "hds" })
            }
            """
        }
    )
    assert reason(loaded.value("a.b", "here")) == "run-time"
    assert reason(loaded.value("a.b", "absent")) == "undeclared"
    assert reason(loaded.value("a.b", "tried")) == "run-time"
    assert loaded.value("a.b", "tags.data") == "hds"


def test_a_name_made_up_of_other_values_leads_to_what_it_names(project):
    loaded = project(
        {
            "main.tf": """
            data "aws_caller_identity" "me" {}
            resource "aws_s3_bucket" "logs" {
              count  = 1
              bucket = "logs-${data.aws_caller_identity.me.account_id}"
            }
            resource "a" "b" {
              bucket = aws_s3_bucket.logs[0].bucket
              path   = "${aws_s3_bucket.logs[0].bucket}/x"
            }
            """
        }
    )
    assert loaded.references("a.b", "bucket") == ["aws_s3_bucket.logs[0].bucket"]
    assert loaded.references("a.b", "path") == ["aws_s3_bucket.logs[0].bucket"]
