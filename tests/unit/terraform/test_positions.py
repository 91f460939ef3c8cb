"""Where an attribute stands among repeated blocks, so that those of one block are told apart."""

from __future__ import annotations

import json

SOURCE = """
variable "more" {
  default = ["c", "d"]
}
resource "terraform_data" "x" {
  single {
    name = "s"
    rule {
      name = "a"
    }
    rule {
      other = "b"
      list = [{ name = "l" }, { other = "m" }, { name = "n" }]
    }
    dynamic "rule" {
      for_each = var.more
      content {
        name = rule.value
      }
    }
  }
}
"""


def positions(project, path):
    config = project({"main.tf": SOURCE}).instance("terraform_data.x").config
    return [(attr.value, attr.position) for attr in config.read(path)]


def test_blocks_are_counted_whichever_way_they_are_written(project):
    assert positions(project, "single.name") == [("s", ((0,),))]
    assert positions(project, "single.rule.name") == [
        ("a", ((0,), (0,))),
        ("c", ((0,), (2,))),
        ("d", ((0,), (3,))),
    ]
    assert positions(project, "single.rule.other") == [("b", ((0,), (1,)))]


def test_elements_of_lists_are_counted_like_blocks(project):
    assert positions(project, "single.rule.list.name") == [
        ("l", ((0,), (1,), (0,))),
        ("n", ((0,), (1,), (2,))),
    ]
    assert positions(project, "single.rule.list.other") == [("m", ((0,), (1,), (1,)))]


def test_planned_blocks_are_counted_like_written_ones(project):
    rules = [
        {"status": "on", "to": [{"bucket": "a"}]},
        {"status": "off"},
        {"status": "on", "to": [{"bucket": "c"}]},
    ]
    resource = {
        "address": "aws_s3_bucket.b",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "b",
        "provider_name": "registry.example.org/hashicorp/aws",
        "values": {"rule": rules},
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.15.5",
        "planned_values": {"root_module": {"resources": [resource]}},
    }
    config = project({"plan.json": json.dumps(plan)}).instance("aws_s3_bucket.b").config
    assert [(a.value, a.position) for a in config.read("rule.to.bucket")] == [
        ("a", ((0,), (0,))),
        ("c", ((2,), (0,))),
    ]
    assert [a.position for a in config.read("rule.status")] == [((0,),), ((1,),), ((2,),)]
