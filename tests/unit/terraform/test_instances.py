"""Instances, their attributes by path, and references between them."""

from __future__ import annotations

import gc
import weakref

from souverain.model import Ref


def test_count_and_for_each_give_addresses(project):
    loaded = project(
        {
            "main.tf": """
            resource "a" "one" {}
            resource "a" "none" {
              count = 0
            }
            resource "a" "two" {
              count = "2"
              name  = "n${count.index}"
            }
            resource "a" "each" {
              for_each = { "x y" = 1, "q\\"" = 2 }
              value    = each.value
            }
            """
        }
    )
    assert loaded.addresses == ["a.one", "a.two[0]", "a.two[1]", 'a.each["q\\""]', 'a.each["x y"]']
    assert loaded.value("a.two[1]", "name") == "n1"
    assert loaded.value('a.each["x y"]', "value") == 1


def test_what_is_not_enabled_is_not_created(project, reason):
    loaded = project(
        {
            "main.tf": """
            variable "dr" {
              type    = bool
              default = false
            }
            resource "a" "off" {
              name = "x"
              lifecycle {
                enabled = var.dr
              }
            }
            resource "a" "on" {
              whole = a.off
              name  = a.off.name
              first = try(a.off.name, "none")
              sub   = module.off
              lifecycle {
                enabled = !var.dr
              }
            }
            module "off" {
              source = "./m"
              lifecycle {
                enabled = var.dr
              }
            }
            module "on" {
              source = "./m"
              lifecycle {
                enabled = true
              }
            }
            """,
            "m/main.tf": 'resource "a" "b" {}\noutput "o" {\n  value = 1\n}\n',
        }
    )
    assert loaded.addresses == ["a.on", "module.on.a.b"]
    assert loaded.value("a.on", "whole") is None
    assert reason(loaded.value("a.on", "name")) == "no-such-instance"
    assert loaded.value("a.on", "first") == "none"
    assert loaded.value("a.on", "sub") is None


def test_what_may_be_enabled_is_open(project):
    loaded = project(
        {
            "main.tf": """
            data "x" "y" {}
            resource "a" "maybe" {
              lifecycle {
                enabled = data.x.y.dr
              }
            }
            resource "a" "wrong" {
              lifecycle {
                enabled = ["x"]
              }
            }
            """
        }
    )
    assert loaded.instance("a.maybe").counted_by.line == 4
    assert loaded.ledger["main.tf"][1] == ("undecided", "enabled-invalid")
    assert "a.wrong" in loaded.addresses


def test_an_unknown_count_leaves_one_open_instance(project):
    loaded = project(
        {
            "main.tf": """
            data "x" "y" {}
            resource "a" "b" {
              count = length(data.x.y.ids)
              name  = "n${count.index}"
            }
            """
        }
    )
    instance = loaded.instance("a.b")
    assert instance.counted_by.line == 3
    assert loaded.root.exists(instance)


def test_a_list_is_no_for_each(project):
    loaded = project({"main.tf": 'resource "a" "b" {\n  for_each = ["x"]\n}\n'})
    assert loaded.ledger["main.tf"][1] == ("undecided", "for-each-invalid")
    assert loaded.addresses == ["a.b"]


def test_a_list_becomes_a_set_where_the_other_branch_is_a_set_that_is_null(project):
    loaded = project(
        {
            "main.tf": """
            variable "disk" {
              type    = object({ names = optional(list(string)) })
              default = {}
            }
            resource "aws_ebs_volume" "v" {
              for_each = var.disk.names != null ? toset(var.disk.names) : []
            }
            resource "aws_ebs_volume" "w" {
              for_each = var.disk.names == null ? ["a"] : toset(var.disk.names)
            }
            """
        }
    )
    assert loaded.addresses == ['aws_ebs_volume.w["a"]']
    assert loaded.ledger["main.tf"] == [("analysed", "")]


def test_a_list_may_become_a_set_where_the_other_branch_is_not_known(project):
    loaded = project(
        {
            "main.tf": """
            data "z" "list" {}
            locals { off = true }
            resource "a" "none" {
              for_each = local.off ? [] : toset(split(",", data.z.list.text))
            }
            resource "a" "two" {
              for_each = local.off ? ["x", "y"] : toset(split(",", data.z.list.text))
            }
            resource "a" "refused" {
              for_each = local.off ? [{}] : toset(split(",", data.z.list.text))
            }
            """
        }
    )
    assert loaded.addresses[1:] == ['a.two["x"]', 'a.two["y"]', "a.refused"]
    assert loaded.ledger["main.tf"][1] == ("undecided", "for-each-invalid")


def test_meta_arguments_are_no_keys(project):
    loaded = project(
        {
            "main.tf": """
            resource "a" "b" {
              name       = "x"
              depends_on = []
              lifecycle {}
              provisioner "local-exec" {
                command = "true"
              }
              connection {}
              block {}
              dynamic "generated" {
                for_each = []
                content {}
              }
            }
            """
        }
    )
    assert loaded.instance("a.b").config.keys() == ("name", "block", "generated")


def test_blocks_dynamic_blocks_and_objects_are_walked_alike(project):
    loaded = project(
        {
            "main.tf": """
            locals {
              computed = [{ to = { bucket = "c" } }]
            }
            resource "a" "blocks" {
              rule {
                to {
                  bucket = "a"
                }
              }
              rule {
                to {
                  bucket = "b"
                }
              }
            }
            resource "a" "objects" {
              rule = [{ to = { bucket = "a" } }, { to = { bucket = "b" } }]
            }
            resource "a" "computed" {
              rule = local.computed
            }
            resource "a" "dynamic" {
              dynamic "rule" {
                for_each = { k = "a", l = "b" }
                iterator = each_rule
                content {
                  key = each_rule.key
                  dynamic "to" {
                    for_each = [each_rule.value]
                    content {
                      bucket = to.value
                    }
                  }
                }
              }
            }
            """
        }
    )
    read = lambda name: [  # noqa: E731
        (attr.path, attr.value) for attr in loaded.instance(name).config.read("rule.to.bucket")
    ]
    both = [("rule.to.bucket", "a"), ("rule.to.bucket", "b")]
    assert read("a.blocks") == read("a.objects") == read("a.dynamic") == both
    assert read("a.computed") == [("rule.to.bucket", "c")]
    spans = [a.span.text for a in loaded.instance("a.objects").config.read("rule.to.bucket")]
    assert spans == ['bucket = "a"', 'bucket = "b"']
    assert loaded.instance("a.blocks").config.read("rule.to.absent") == ()
    assert loaded.instance("a.blocks").config.read("absent.to") == ()


def test_a_whole_block_is_an_object(project):
    loaded = project({"main.tf": 'resource "a" "b" {\n  rule {\n    x = 1\n    y {}\n  }\n}\n'})
    assert loaded.value("a.b", "rule") == {"x": 1, "y": ({},)}


def test_below_an_unknown_container_there_is_one_unknown(project, reason):
    loaded = project(
        {
            "main.tf": """
            variable "rules" {}
            resource "a" "b" {
              dynamic "rule" {
                for_each = var.rules
                content {
                  to = rule.value
                }
              }
              tags = var.rules
            }
            """
        }
    )
    assert reason(loaded.value("a.b", "rule.to")) == "dynamic-unknown"
    assert loaded.value("a.b", "rule.to").cause == "var.rules"
    assert reason(loaded.value("a.b", "tags.data")) == "variable-without-value"


def test_json_dynamic_blocks_are_expanded(project):
    loaded = project(
        {
            "main.tf.json": """
            {"resource": {"a": {"b": {
              "rule": [{"to": "x"}],
              "dynamic": {"rule": {"for_each": ["y"], "content": {"to": "${rule.value}"}}}
            }}}}
            """
        }
    )
    values = [attr.value for attr in loaded.instance("a.b").config.read("rule.to")]
    assert sorted(values) == ["x", "y"]


REFERENCES = """
resource "aws_s3_bucket" "us" {
  bucket = "us"
  rule {
    id = "first"
  }
}
resource "aws_s3_bucket" "many" {
  for_each = toset(["a", "b"])
  bucket   = each.key
}
resource "r" "r" {
  configured = aws_s3_bucket.us.bucket
  computed   = aws_s3_bucket.us.arn
  null       = aws_s3_bucket.us.region
  block      = aws_s3_bucket.us.rule[0].id
  nested     = aws_s3_bucket.us.rule[0].priority
  keyed      = aws_s3_bucket.many["b"].arn
  splat      = values(aws_s3_bucket.many)[*].bucket
  partial    = "${aws_s3_bucket.us.arn}/*"
  absent     = aws_s3_bucket.many["z"].arn
  whole      = aws_s3_bucket.us
}
"""


def test_configured_attributes_are_values_and_computed_ones_keep_the_reference(project, reason):
    loaded = project({"main.tf": REFERENCES})
    assert loaded.value("r.r", "configured") == "us"
    assert loaded.value("r.r", "computed").ref == Ref("aws_s3_bucket.us", "arn")
    assert loaded.value("r.r", "null").ref == Ref("aws_s3_bucket.us", "region")
    assert loaded.value("r.r", "block") == "first"
    assert loaded.value("r.r", "nested").ref == Ref("aws_s3_bucket.us", "rule.priority")
    assert loaded.value("r.r", "keyed").ref == Ref('aws_s3_bucket.many["b"]', "arn")
    assert loaded.value("r.r", "splat") == ("a", "b")
    assert reason(loaded.value("r.r", "absent")) == "no-such-instance"
    assert loaded.value("r.r", "whole")["bucket"] == "us"


def test_references_lead_to_instances(project):
    loaded = project({"main.tf": REFERENCES})
    assert loaded.references("r.r", "configured") == ["aws_s3_bucket.us.bucket"]
    assert loaded.references("r.r", "partial") == ["aws_s3_bucket.us.arn"]
    assert loaded.references("r.r", "keyed") == ['aws_s3_bucket.many["b"].arn']
    find = lambda address: [i.address for i in loaded.root.find(Ref(address))]  # noqa: E731
    assert find('aws_s3_bucket.many["b"]') == ['aws_s3_bucket.many["b"]']
    assert find("aws_s3_bucket.many") == ['aws_s3_bucket.many["a"]', 'aws_s3_bucket.many["b"]']
    assert find("aws_s3_bucket.absent") == []


def test_references_cross_modules_and_respect_keys(project):
    loaded = project(
        {
            "main.tf": """
            module "store" {
              source   = "./store"
              for_each = toset(["fr", "de"])
            }
            resource "r" "r" {
              to = module.store["fr"].id
            }
            """,
            "store/main.tf": """
            resource "aws_s3_bucket" "b" {}
            output "id" {
              value = aws_s3_bucket.b.id
            }
            """,
        }
    )
    assert loaded.references("r.r", "to") == ['module.store["fr"].aws_s3_bucket.b.id']
    [found] = loaded.root.find(Ref('module.store["fr"].aws_s3_bucket.b'))
    assert found.address == 'module.store["fr"].aws_s3_bucket.b'


def test_instances_that_exist_in_one_world_only(project):
    loaded = project(
        {
            "main.tf": """
            variable "env" {
              validation {
                condition     = contains(["dev", "prod"], var.env)
                error_message = "no"
              }
            }
            resource "a" "b" {
              for_each = var.env == "prod" ? toset(["x", "y"]) : toset(["z"])
              name     = "${var.env}-${each.key}"
            }
            """
        }
    )
    assert sorted(loaded.addresses) == ['a.b["x"]', 'a.b["y"]', 'a.b["z"]']
    assert loaded.worlds('a.b["y"]', "name") == {
        (("var.env", 0),): "absent",
        (("var.env", 1),): "prod-y",
    }
    assert loaded.worlds('a.b["z"]', "name") == {
        (("var.env", 0),): "dev-z",
        (("var.env", 1),): "absent",
    }


def test_what_a_closed_root_has_evaluated_needs_no_collection(project):
    call = 'module "m" {\n  source = "./m"\n  for_each = toset(["a", "b"])\n  name = each.key\n}\n'
    loaded = project(
        {
            "main.tf": 'provider "aws" {\n  region = "eu-west-3"\n}\n'
            + call
            + 'resource "aws_s3_bucket" "b" {\n  count  = 2\n  bucket = module.m["a"].id\n}\n',
            "m/main.tf": 'variable "name" {}\nlocals {\n  own = "n-${var.name}"\n}\n'
            'resource "aws_s3_bucket" "b" {\n  bucket = local.own\n}\n'
            'output "id" {\n  value = aws_s3_bucket.b.bucket\n}\n',
        }
    )
    root = loaded.root
    assert loaded.value("aws_s3_bucket.b[1]", "bucket") == "n-a"
    assert loaded.region("aws_s3_bucket.b[1]") == "eu-west-3"
    top = root.module
    [call_node] = top.calls
    parts = [weakref.ref(part) for part in (top, call_node, call_node.child("a"), top.resources[0])]
    root.close()
    gc.disable()
    try:
        del root, top, call_node
        loaded.evaluated.clear()
        assert [part() for part in parts] == [None] * 4
    finally:
        gc.enable()
