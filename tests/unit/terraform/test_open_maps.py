"""Maps of which some members are known: whatever reads them sees those, and why not others.

That nothing known is wrong is compared with Terraform in ``tests/differential``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from souverain.hcl import parse_expression
from souverain.hcl.ast import Expr
from souverain.model import Ref, SourceText, Span, phrase
from souverain.terraform.expressions import evaluate
from souverain.terraform.scope import Step
from souverain.values import OpenMap, Partial, Unknown, Value
from souverain.worlds import Choice, Worlds


@dataclass
class Fake:
    """``var.*`` are unknown variables, ``made.tags`` is computed."""

    worlds: Worlds = field(default_factory=Worlds)

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        name = f"{root}.{steps[0]}" if steps else root
        if root == "var":
            return Unknown(phrase("expr.impure", name=name), span, cause=name), 1
        if root == "made":
            return Unknown(phrase("expr.impure", name=name), span, Ref("x.y", "tags"), name), 1
        return Unknown(phrase("expr.not-passed", name=root), span, error=True), len(steps)

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        return None

    def read_file(self, path: str, span: Span) -> bytes | Value:
        return Unknown(phrase("expr.not-passed", name=path), span, error=True)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        return ()

    def path_value(self, name: str) -> str | None:
        return None


def value(text: str) -> Value:
    return evaluate(parse_expression(SourceText("x.tf", text.encode())), Fake())


def shown(found: Value) -> object:
    """Known members, and ``"..."`` for the cause of the others; ``?`` marks an unknown."""
    if isinstance(found, Unknown):
        return "error" if found.error else f"?{found.cause}"
    if isinstance(found, OpenMap):
        return {**{n: shown(item) for n, item in found.known.items()}, "...": found.rest.cause}
    if isinstance(found, Partial):
        return "".join(s if isinstance(s, str) else f"<{s.cause}>" for s in found.segments)
    if isinstance(found, dict):
        return {n: shown(item) for n, item in found.items()}
    return [shown(item) for item in found] if isinstance(found, tuple) else found


TAGS = 'merge(var.tags, {data = "health", n = 1})'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TAGS, {"data": "health", "n": 1, "...": "var.tags"}),
        ('merge({data = "health"}, var.tags)', "?var.tags"),
        ('merge({a = "x"}, var.tags, {b = "y"})', {"b": "y", "...": "var.tags"}),
        ('merge(var.a, {a = "x"}, var.b, {b = "y"})', {"b": "y", "...": "var.a"}),
        (f"merge({TAGS}, null, {{n = 2}})", {"data": "health", "n": 2, "...": "var.tags"}),
        (f"merge({{b = 1, n = 2}}, {TAGS})", {"data": "health", "n": 1, "...": "var.tags"}),
        ("merge(var.a, {})", "?var.a"),
        ('merge([var.tags, {a = "x"}]...)', {"a": "x", "...": "var.tags"}),
        ("{(var.k) = 1, a = 2}", {"a": 2, "...": "var.k"}),
        ("{a = 2, (var.k) = 1}", "?var.k"),
        ("{(nope) = 1, a = 2}", "error"),
        ("var.c ? {a = 1, b = 2} : {a = 1, b = 3, c = 4}", {"a": 1, "b": "?var.c", "...": "var.c"}),
        ("var.c ? {a = 1, b = 2} : {a = 1, b = 3}", {"a": 1, "b": "?var.c"}),
        ("var.c ? {a = 1} : {b = 1}", "?var.c"),
        (f'var.c ? {TAGS} : {{data = "health"}}', {"data": "health", "...": "var.c"}),
        ('{for k in ["a", var.k] : k => 1}', {"a": 1, "...": "var.k"}),
        ('{for k in ["a", "b"] : k => 1 if k == "a" || var.c}', {"a": 1, "...": "var.c"}),
    ],
)
def test_what_makes_them(text: str, expected: object) -> None:
    assert shown(value(text)) == expected


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("T.data", "health"),
        ('T["data"]', "health"),
        ("T.other", "?var.tags"),
        ("T[var.k]", "?var.k"),
        ('lookup(T, "data", "no")', "health"),
        ('lookup(T, "other", "no")', "?var.tags"),
        ("try(T.data, 0)", "health"),
        ("try(T.other, 0)", "?var.tags"),
        ("can(T.data)", True),
        ("can(T.other)", "?var.tags"),
        ("keys(T)", "?var.tags"),
        ("values(T)", "?var.tags"),
        ("length(T)", "?var.tags"),
        ('contains(keys(T), "data")', "?var.tags"),
        ("[for k, v in T : v]", "?var.tags"),
        ('{for k, v in T : upper(k) => v if k != "n"}', {"DATA": "health", "...": "var.tags"}),
        ("{for k, v in T : v => k...}", "?var.tags"),
        ("T[*].data", ["health"]),
        ("[T, T][*].other", ["?var.tags", "?var.tags"]),
        ("jsonencode(T)", '{<var.tags>"data":"health"<var.tags>"n":1<var.tags>}'),
        ("yamlencode(T)", "?var.tags"),
        ('"%{ for k, v in T }${k}%{ endfor }"', "<var.tags>"),
        ('templatestring("$${data}", T)', "health"),
        ('templatestring("$${other}", T)', "?var.tags"),
        ('T == {data = "x"}', False),
        ("T == {n = 1}", False),
        ('T == {data = "health", n = 1}', "?var.tags"),
        ("T == null", False),
        ("T == [1]", False),
        ("tomap(T)", {"data": "health", "n": "1", "...": "var.tags"}),
        ('tomap({for k, v in T : k => v if k == "n"})', "?var.tags"),
        ("convert(T, map(string))", {"data": "health", "n": "1", "...": "var.tags"}),
        (
            'convert(T, object({data = string, o = optional(string, "d")}))',
            {"data": "health", "o": "?var.tags"},
        ),
        (
            'convert({t = T}, object({t = map(string), u = optional(string, "d")}))',
            {"t": {"data": "health", "n": "1", "...": "var.tags"}, "u": "d"},
        ),
        (
            "convert({t = T}, map(object({data = string, n = optional(number)})))",
            {"t": {"data": "health", "n": 1}},
        ),
        ('true ? T : {data = "x", z = [1]}', {"data": "health", "...": "var.tags"}),
        ('coalesce(T, {data = "x"})', {"data": "health", "...": "var.tags"}),
        ('tolist([T, {data = "x"}])[0].data', "health"),
        ("tostring(T)", "error"),
        ("tolist(T)", "error"),
        ("T + 1", "error"),
        ("T.data.x", "error"),
        ('true ? T : "x"', "error"),
    ],
)
def test_what_reads_them(use: str, expected: object) -> None:
    assert shown(value(use.replace("T", TAGS))) == expected


def test_other_members_lead_where_the_unknown_map_comes_from() -> None:
    other = value("merge(made.tags, {a = 1}).other")
    assert isinstance(other, Unknown)
    assert other.ref == Ref("x.y", "tags.other")
    either = value('merge(made.tags, {a = 1}, var.tags, {b = 1})["other"]')
    assert isinstance(either, Unknown)
    assert either.ref is None


def test_they_equal_only_what_is_known_and_open_alike() -> None:
    rest = Unknown(phrase("expr.impure", name="x"))
    assert OpenMap({"a": 1}, rest) == OpenMap({"a": 1}, rest)
    assert OpenMap({"a": 1}, rest) != {"a": 1}


# --- in configurations ----------------------------------------------------------------


def test_attributes_are_read_by_path(project, reason):
    loaded = project(
        {
            "main.tf": """
            variable "tags" { type = map(string) }
            variable "key" {}
            locals {
              tags = merge(var.tags, { data = "health" })
            }
            resource "a" "b" {
              tags  = local.tags
              label = { (var.key) = "x", data = "health" }
              more  = { inner = merge(var.tags, { at = { region = "eu" } }) }
            }
            resource "a" "c" {
              tags = a.b.tags
            }
            """
        }
    )
    assert loaded.value("a.b", "tags.data") == "health"
    assert loaded.value("a.b", "label.data") == "health"
    assert loaded.value("a.b", "more.inner.at.region") == "eu"
    assert loaded.value("a.c", "tags.data") == "health"
    for address, path in [("a.b", "tags.other"), ("a.b", "more.inner.other"), ("a.c", "tags.x")]:
        assert reason(loaded.value(address, path)) == "variable-without-value"
        assert loaded.value(address, path).cause == "var.tags"
    assert loaded.value("a.b", "label.other").cause == "var.key"


def test_modules_take_them_as_maps_and_objects(project):
    loaded = project(
        {
            "main.tf": """
            variable "tags" {}
            module "m" {
              source   = "./m"
              tags     = merge(var.tags, { data = "health", n = 1 })
              settings = merge(var.tags, { region = "eu", zone = null })
            }
            """,
            "m/main.tf": """
            variable "tags" { type = map(string) }
            variable "settings" {
              type = object({
                region = string
                zone   = optional(string, "a")
                kind   = optional(string, "k")
              })
            }
            resource "a" "b" {
              tags     = merge({ data = "none" }, var.tags)
              settings = var.settings
            }
            """,
        }
    )
    assert loaded.value("module.m.a.b", "tags.data") == "health"
    assert loaded.value("module.m.a.b", "tags.n") == "1"
    assert loaded.value("module.m.a.b", "settings.region") == "eu"
    assert loaded.value("module.m.a.b", "settings.zone") == "a"
    assert loaded.value("module.m.a.b", "settings.kind").cause == "var.tags"


def test_provider_default_tags_keep_what_is_known(project):
    loaded = project(
        {
            "main.tf": """
            variable "tags" { type = map(string) }
            provider "aws" {
              region = "eu-west-3"
              default_tags {
                tags = merge(var.tags, { data = "health" })
              }
            }
            resource "aws_s3_bucket" "b" {}
            """
        }
    )
    provider = loaded.instance("aws_s3_bucket.b").provider
    [known] = provider.config.read("default_tags.tags.data")
    [other] = provider.config.read("default_tags.tags.other")
    assert known.value == "health"
    assert other.value.cause == "var.tags"


def test_a_dynamic_block_has_those_that_are_known_and_one_for_the_others(project, reason):
    loaded = project(
        {
            "main.tf": """
            variable "tags" { type = map(string) }
            resource "a" "b" {
              dynamic "tag" {
                for_each = merge(var.tags, { data = "health" })
                content {
                  key   = tag.key
                  value = tag.value
                }
              }
            }
            """
        }
    )
    config = loaded.instance("a.b").config
    data, other = (attr.value for attr in config.read("tag.key"))
    assert data == "data"
    assert reason(other) == "dynamic-unknown"
    assert [attr.position for attr in config.read("tag.value")] == [((0,),), ((1,),)]
    assert config.read("tag.value")[0].value == "health"


def test_instances_that_are_known_stand_beside_one_for_the_others(project, reason):
    loaded = project(
        {
            "main.tf": """
            variable "buckets" { type = map(string) }
            resource "a" "b" {
              for_each = merge(var.buckets, { logs = "eu" })
              name     = each.key
              region   = each.value
            }
            module "m" {
              for_each = merge(var.buckets, { logs = "eu" })
              source   = "./m"
              name     = each.key
            }
            resource "a" "c" {
              region = a.b["logs"].region
              other  = a.b["x"].region
              whole  = { for name, bucket in a.b : name => bucket.region }
              output = { for name, made in module.m : name => made.name }
            }
            """,
            "m/main.tf": """
            variable "name" {}
            resource "a" "d" {
              name = var.name
            }
            output "name" {
              value = var.name
            }
            """,
        }
    )
    assert loaded.addresses == [
        'a.b["logs"]',
        "a.b",
        "a.c",
        'module.m["logs"].a.d',
        "module.m.a.d",
    ]
    assert loaded.value('a.b["logs"]', "region") == "eu"
    assert loaded.value('module.m["logs"].a.d', "name") == "logs"
    assert loaded.value("a.c", "region") == "eu"
    assert loaded.value("a.c", "whole.logs") == "eu"
    assert loaded.value("a.c", "output.logs") == "logs"
    assert reason(loaded.value("a.c", "output.x")) == "repetition-unknown"
    assert reason(loaded.value("a.c", "other")) == "repetition-unknown"
    assert reason(loaded.value("a.b", "region")) == "repetition-unknown"
    assert loaded.instance('a.b["logs"]').counted_by is None
    assert loaded.instance("a.b").counted_by is not None


def test_the_source_beside_a_plan_tells_what_is_known_of_tags_that_are_not(project):
    bucket = {
        "address": "aws_s3_bucket.b",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "b",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": {"bucket": "b"},
    }
    change = {"actions": ["create"], "after_unknown": {"tags": True, "labels": {"x": True}}}
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [bucket]}},
        "resource_changes": [{"address": "aws_s3_bucket.b", "change": change}],
        "configuration": {"root_module": {}},
    }
    source = """
    resource "aws_vpc" "v" {}
    resource "aws_s3_bucket" "b" {
      bucket = "b"
      tags   = merge(aws_vpc.v.tags_all, { data = "health" })
    }
    """
    loaded = project({"plan.json": json.dumps(plan), "main.tf": source})
    assert loaded.value("aws_s3_bucket.b", "tags.data") == "health"
    assert loaded.value("aws_s3_bucket.b", "tags.other").ref == Ref("aws_vpc.v", "tags_all.other")
    assert shown(loaded.value("aws_s3_bucket.b", "tags")) == {
        "data": "health",
        "...": "aws_vpc.v.tags_all",
    }
    assert loaded.value("aws_s3_bucket.b", "labels.x").cause == "aws_s3_bucket.b.labels"
