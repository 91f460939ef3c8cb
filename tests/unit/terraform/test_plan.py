"""Roots read from plans."""

from __future__ import annotations

import copy
import json

import pytest

PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.15.5",
    "variables": {"region": {"value": "eu-west-3"}},
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.b",
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": "b",
                    "provider_name": "registry.example.org/hashicorp/aws",
                    "values": {
                        "bucket": "é-patients",
                        "tags": {"data": "health"},
                        "tags_all": {"data": "health"},
                        "region": "eu-west-3",
                        "rule": [{"id": "r"}],
                        "empty": [],
                        "unset": None,
                    },
                }
            ],
            "child_modules": [
                {
                    "address": 'module.m["a"]',
                    "resources": [
                        {
                            "address": 'module.m["a"].aws_s3_bucket_replication.r[0]',
                            "mode": "managed",
                            "type": "aws_s3_bucket_replication",
                            "name": "r",
                            "index": 0,
                            "provider_name": "registry.example.org/hashicorp/aws",
                            "values": {"rule": [{"destination": [{"class": "STANDARD"}]}]},
                        }
                    ],
                }
            ],
        }
    },
    "resource_changes": [
        {
            "address": "aws_s3_bucket.b",
            "change": {"actions": ["create"], "after_unknown": {"arn": True, "tags": {}}},
        },
        {
            "address": 'module.m["a"].aws_s3_bucket_replication.r[0]',
            "change": {
                "actions": ["create"],
                "after_unknown": {
                    "bucket": True,
                    "rule": [{"destination": [{"bucket": True}]}],
                },
            },
        },
        {
            "address": "aws_s3_bucket.gone",
            "type": "aws_s3_bucket",
            "change": {"actions": ["delete"], "after": None, "after_unknown": {}},
        },
    ],
    "configuration": {
        "provider_config": {
            "aws": {
                "name": "aws",
                "full_name": "registry.example.org/hashicorp/aws",
                "version_constraint": "~> 6.0",
                "expressions": {
                    "region": {"references": ["var.region"]},
                    "endpoints": [{"s3": {"constant_value": "https://s3.example.org"}}],
                    "profile": {"references": ["local.profile"]},
                },
            },
            "module.m:aws.us": {
                "name": "aws",
                "alias": "us",
                "full_name": "registry.example.org/hashicorp/aws",
                "module_address": "module.m",
                "expressions": {"region": {"references": ["var.place"]}},
            },
        },
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.b",
                    "provider_config_key": "aws",
                    "expressions": {"bucket": {"constant_value": "é-patients"}},
                }
            ],
            "module_calls": {
                "m": {
                    "source": "./m",
                    "expressions": {
                        "bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]},
                        "place": {"constant_value": "us-east-1"},
                    },
                    "module": {
                        "resources": [
                            {
                                "address": "aws_s3_bucket_replication.r",
                                "provider_config_key": "module.m:aws.us",
                                "expressions": {
                                    "bucket": {"references": ["var.bucket"]},
                                    "rule": [
                                        {
                                            "destination": [
                                                {
                                                    "bucket": {
                                                        "references": [
                                                            "aws_s3_bucket.other[0].arn",
                                                            "aws_s3_bucket.other[0]",
                                                            "aws_s3_bucket.other",
                                                        ]
                                                    }
                                                }
                                            ]
                                        }
                                    ],
                                },
                            }
                        ]
                    },
                }
            },
        },
    },
}
REPLICATION = 'module.m["a"].aws_s3_bucket_replication.r[0]'


@pytest.fixture(params=["compact", "indented", "sorted"])
def plan(request):
    options = {"compact": {}, "indented": {"indent": 2}, "sorted": {"sort_keys": True}}
    return json.dumps(PLAN, **options[request.param])


def test_what_is_planned_exists(project, plan):
    loaded = project({"plan.json": plan})
    assert loaded.addresses == ["aws_s3_bucket.b", REPLICATION]
    assert loaded.ledger == {"plan.json": [("analysed", "")]}
    assert not loaded.root.library
    assert loaded.value("aws_s3_bucket.b", "bucket") == "é-patients"


def test_null_and_empty_are_not_written(project, plan):
    config = project({"plan.json": plan}).instance("aws_s3_bucket.b").config
    assert config.read("unset") == config.read("empty") == config.read("rule.absent") == ()
    assert config.keys() == ("bucket", "tags", "tags_all", "region", "rule", "arn") or set(
        config.keys()
    ) == {"bucket", "tags", "tags_all", "region", "rule", "arn"}


def test_positions_are_those_of_the_plan(project, plan):
    instance = project({"plan.json": plan}).instance("aws_s3_bucket.b")
    [region] = instance.config.read("region")
    [tags] = instance.config.read("tags")
    assert json.loads(instance.span.text) == "aws_s3_bucket.b"
    assert json.loads("{" + region.span.text + "}") == {"region": "eu-west-3"}
    assert json.loads("{" + tags.span.text + "}") == {"tags": {"data": "health"}}


def test_unknown_values_keep_the_reference(project, plan, reason):
    loaded = project({"plan.json": plan})
    assert reason(loaded.value("aws_s3_bucket.b", "arn")) == "computed"
    assert reason(loaded.value(REPLICATION, "bucket")) == "computed"
    assert loaded.references(REPLICATION, "bucket") == ["aws_s3_bucket.b.id"]
    assert loaded.value(REPLICATION, "rule.destination.class") == "STANDARD"
    assert loaded.references(REPLICATION, "rule.destination.bucket") == [
        'module.m["a"].aws_s3_bucket.other[0].arn'
    ]


def test_provider_expressions_are_resolved_with_the_plan_variables(project, plan, reason):
    loaded = project({"plan.json": plan})
    assert loaded.region("aws_s3_bucket.b") == "eu-west-3"
    assert loaded.region(REPLICATION) == "us-east-1"
    assert loaded.provider(REPLICATION) == ("hashicorp/aws", "us")
    config = loaded.instance("aws_s3_bucket.b").provider.config
    [endpoint] = config.read("endpoints.s3")
    [profile] = config.read("profile")
    assert endpoint.value == "https://s3.example.org"
    assert reason(profile.value) == "plan-expression"


SOURCE = {
    "main.tf": """
    variable "region" {}
    locals {
      profile = "p-${var.region}"
    }
    provider "aws" {
      region  = "${var.region}-fips"
      profile = local.profile
    }
    resource "aws_s3_bucket" "b" {
      bucket = "patients"
      tags   = { data = "health" }
    }
    module "m" {
      source    = "./m"
      for_each  = toset(["a"])
      bucket    = aws_s3_bucket.b.id
      providers = { aws = aws }
    }
    """,
    "m/main.tf": """
    variable "bucket" {}
    resource "aws_s3_bucket_replication" "r" {
      count  = 1
      bucket = var.bucket
      rule {
        destination {
          class  = "STANDARD"
          bucket = aws_s3_bucket.other.arn
        }
      }
    }
    resource "aws_s3_bucket" "other" {}
    """,
}


def test_a_plan_stands_in_for_the_source_beside_it(project, plan):
    loaded = project({**SOURCE, "plan.json": plan})
    assert loaded.roots == [(".", None)]
    assert loaded.addresses == ["aws_s3_bucket.b", REPLICATION]
    assert loaded.root.files == ("m/main.tf", "main.tf", "plan.json")
    assert loaded.value("aws_s3_bucket.b", "bucket") == "é-patients"


def test_positions_chains_and_providers_come_from_the_source(project, plan):
    loaded = project({**SOURCE, "plan.json": plan})
    bucket = loaded.instance("aws_s3_bucket.b")
    [tags] = bucket.config.read("tags")
    assert (bucket.span.file, bucket.span.line) == ("main.tf", 9)
    assert (tags.span.file, tags.span.line) == ("main.tf", 11)
    assert loaded.region("aws_s3_bucket.b") == "eu-west-3-fips"
    [profile] = bucket.provider.config.read("profile")
    assert profile.value == "p-eu-west-3"
    assert loaded.references(REPLICATION, "bucket")[0] == "aws_s3_bucket.b.id"
    assert loaded.trace(REPLICATION, "bucket") == [
        ("`module.m` is given `bucket` here", "main.tf:16")
    ]


def test_several_plans_are_several_scenarios(project, plan):
    loaded = project({"a.json": plan, "b.json": plan})
    assert loaded.roots == [(".", "a"), (".", "b")]


def test_a_plan_is_found_from_the_source_it_stands_for(project, plan):
    loaded = project({**SOURCE, "plan.json": plan}, given=("main.tf",))
    assert loaded.addresses == ["aws_s3_bucket.b", REPLICATION]


def test_without_planned_values_the_changes_are_read(project):
    content = copy.deepcopy(PLAN)
    del content["planned_values"]
    content["resource_changes"][0] |= {"type": "aws_s3_bucket", "mode": "managed"}
    content["resource_changes"][0]["change"]["after"] = {"bucket": "b"}
    del content["resource_changes"][1]
    loaded = project({"plan.json": json.dumps(content)})
    assert loaded.addresses == ["aws_s3_bucket.b"]
    assert loaded.value("aws_s3_bucket.b", "bucket") == "b"


@pytest.mark.parametrize(
    "text",
    [
        '{"format_version": "1.2", "planned_values": ',
        '["format_version", "planned_values"]',
        '{"format_version": "1.2"} "planned_values"',
    ],
)
def test_a_broken_plan_fails(project, text):
    loaded = project({"plan.json": text})
    assert loaded.evaluated == []
    assert loaded.ledger["plan.json"] == [("failed", "plan-broken")]


def test_a_deeply_nested_plan_fails(project):
    text = '{"format_version": "1.2", "planned_values": ' + "[" * 200_000
    loaded = project({"plan.json": text})
    assert [status for status, _ in loaded.ledger["plan.json"]] == ["failed"]


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [1], [[]], {"resources": 3}])
@pytest.mark.parametrize("where", ["resource_changes", "configuration", "variables"])
def test_odd_shapes_never_crash(project, where, odd):
    content = copy.deepcopy(PLAN)
    content[where] = odd
    loaded = project({"plan.json": json.dumps(content)})
    for instance in loaded.root.instances():
        for name in instance.config.keys():  # noqa: SIM118
            for attr in instance.config.read(name):
                attr.trace()
                attr.references()


NAMED = {"address": "aws_s3_bucket.b", "type": "aws_s3_bucket"}


@pytest.mark.parametrize(
    "root_module",
    [
        None,
        [],
        {"resources": 3},
        {"resources": [None]},
        {"resources": [NAMED, {"address": 3, "type": "aws_s3_bucket"}]},
        {"resources": [NAMED], "child_modules": [[]]},
        {"child_modules": [{"resources": [{"address": "aws_s3_bucket.b"}]}]},
    ],
)
def test_a_plan_with_resources_that_cannot_be_named_fails(project, root_module):
    plan = {"format_version": "1.2", "planned_values": {"root_module": root_module}}
    loaded = project({"plan.json": json.dumps(plan)})
    assert loaded.evaluated == []
    assert loaded.ledger["plan.json"] == [("failed", "plan-broken")]


def test_modules_of_a_plan_that_never_end_fail(project):
    module: dict[str, object] = {"resources": [NAMED]}
    for _ in range(200):
        module = {"child_modules": [module]}
    plan = {"format_version": "1.2", "planned_values": {"root_module": module}}
    assert project({"plan.json": json.dumps(plan)}).ledger["plan.json"] == [
        ("failed", "plan-broken")
    ]


@pytest.mark.parametrize("values", [{}, {"root_module": {}}])
def test_an_empty_plan_is_a_plan(project, values):
    loaded = project({"plan.json": json.dumps({"format_version": "1.2", "planned_values": values})})
    assert loaded.ledger["plan.json"] == [("analysed", "")]


@pytest.mark.parametrize("version", ["2.0", "", None])
def test_a_plan_of_another_format_fails(project, version):
    plan = {"format_version": version, "planned_values": {"root_module": {}}}
    loaded = project({"plan.json": json.dumps(plan)})
    assert loaded.ledger["plan.json"] == [("failed", "plan-format")]


@pytest.mark.parametrize("said", [{"errored": True}, {"complete": False}])
def test_a_plan_that_stops_short_is_undecided(project, said):
    plan = {"format_version": "1.2", "planned_values": {"root_module": {}}, **said}
    loaded = project({"plan.json": json.dumps(plan)})
    assert loaded.ledger["plan.json"] == [("undecided", "plan-partial")]
