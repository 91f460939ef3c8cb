"""Known collections under keys that nobody knows: each member is an alternative."""

from __future__ import annotations

import pytest

from souverain.values import Unknown

REGIONS = 'variable "env" {}\nlocals {\n  regions = { dev = "us-east-1", prod = "eu-west-3" }\n}\n'


def bucket(**attributes: str) -> str:
    body = "".join(f"  {name} = {expr}\n" for name, expr in attributes.items())
    return f'resource "aws_s3_bucket" "b" {{\n{body}}}\n'


def values(loaded, name: str = "region") -> dict:
    return loaded.worlds("aws_s3_bucket.b", name)


@pytest.mark.parametrize("key", ["var.env", "terraform.workspace", '"${var.env}"'])
def test_each_member_of_a_map_is_an_alternative(project, key):
    loaded = project({"main.tf": REGIONS + bucket(region=f"local.regions[{key}]")})
    label = key
    assert values(loaded) == {((label, 0),): "us-east-1", ((label, 1),): "eu-west-3"}


def test_two_maps_with_the_same_keys_agree(project):
    tags = 'locals {\n  tags = { prod = "health", dev = "public" }\n}\n'
    body = bucket(both='"${local.regions[var.env]} ${local.tags[var.env]}"')
    loaded = project({"main.tf": REGIONS + tags + body})
    assert set(values(loaded, "both").values()) == {"us-east-1 public", "eu-west-3 health"}


def test_a_key_passed_through_locals_and_inputs_is_the_same_key(project):
    files = {
        "main.tf": REGIONS
        + 'locals {\n  e = var.env\n}\nmodule "m" {\n  source = "./m"\n  env = local.e\n'
        + "  here = local.regions[var.env]\n}\n",
        "m/main.tf": 'variable "env" {}\nvariable "here" {}\n'
        'locals {\n  tags = { dev = "public", prod = "health" }\n}\n'
        + bucket(both='"${var.here} ${local.tags[var.env]}"'),
    }
    found = project(files).worlds("module.m.aws_s3_bucket.b", "both")
    assert set(found.values()) == {"us-east-1 public", "eu-west-3 health"}


def test_the_default_of_a_lookup_is_one_more_alternative(project):
    body = bucket(region='lookup(local.regions, var.env, "eu-north-1")')
    loaded = project({"main.tf": REGIONS + body})
    assert set(values(loaded).values()) == {"us-east-1", "eu-west-3", "eu-north-1"}


@pytest.mark.parametrize("map_", ["{}", '{ "user:ann" = "us-east-1" }'])
def test_a_key_that_no_member_can_have_gives_the_default(project, map_):
    text = 'resource "random_id" "r" {}\n'
    lookup = f'lookup({map_}, "account:${{random_id.r.hex}}", "eu-north-1")'
    assert list(values(project({"main.tf": text + bucket(region=lookup)})).values()) == [
        "eu-north-1"
    ]


def test_a_lookup_agrees_with_an_index(project):
    both = '"${lookup(local.regions, var.env, "x")} ${local.regions[var.env]}"'
    loaded = project({"main.tf": REGIONS + bucket(both=both)})
    assert {"us-east-1 us-east-1", "eu-west-3 eu-west-3"} <= set(values(loaded, "both").values())
    assert "us-east-1 eu-west-3" not in values(loaded, "both").values()


def test_a_lookup_without_default_has_no_other_alternative(project):
    loaded = project({"main.tf": REGIONS + bucket(region="lookup(local.regions, var.env)")})
    assert set(values(loaded).values()) == {"us-east-1", "eu-west-3"}


@pytest.mark.parametrize("form", ["local.zones[var.n]", "element(local.zones, var.n)"])
def test_each_element_of_a_list_is_an_alternative(project, form):
    text = 'variable "n" {}\nlocals {\n  zones = ["a", "b", "c"]\n}\n' + bucket(region=form)
    assert set(values(project({"main.tf": text})).values()) == {"a", "b", "c"}


def test_what_is_known_of_a_key_rules_members_out(project):
    text = (
        'variable "env" {}\nlocals {\n'
        '  regions = { dev-eu = "eu-west-3", dev-us = "us-east-1", prod-eu = "eu-west-1" }\n}\n'
    )
    loaded = project({"main.tf": text + bucket(region='local.regions["${var.env}-eu"]')})
    assert set(values(loaded).values()) == {"eu-west-3", "eu-west-1"}


def test_a_member_of_objects(project):
    text = (
        'variable "env" {}\nlocals {\n'
        '  sites = { a = { region = "eu-west-3" }, b = { region = "us-east-1" } }\n}\n'
    )
    loaded = project({"main.tf": text + bucket(region="local.sites[var.env].region")})
    assert set(values(loaded).values()) == {"eu-west-3", "us-east-1"}


def test_of_too_many_members_those_of_different_value_are_followed(project):
    members = ", ".join(f'k{n} = "{"us-east-1" if n % 2 else "eu-west-3"}"' for n in range(40))
    text = f'variable "env" {{}}\nlocals {{\n  regions = {{ {members} }}\n}}\n'
    loaded = project({"main.tf": text + bucket(region="local.regions[var.env]")})
    assert set(values(loaded).values()) == {"eu-west-3", "us-east-1"}


def test_too_many_values_stay_unknown(project):
    members = ", ".join(f'k{n} = "r{n}"' for n in range(17))
    text = f'variable "env" {{}}\nlocals {{\n  regions = {{ {members} }}\n}}\n'
    loaded = project({"main.tf": text + bucket(region="local.regions[var.env]")})
    [value] = values(loaded).values()
    assert isinstance(value, Unknown)
    assert value.cause == "var.env"


def test_a_key_that_a_resource_decides_stays_unknown(project):
    text = REGIONS + 'resource "random_id" "r" {}\n'
    loaded = project({"main.tf": text + bucket(region="local.regions[random_id.r.hex]")})
    [value] = values(loaded).values()
    assert isinstance(value, Unknown)


def test_a_key_of_an_iteration_stays_unknown(project):
    expr = 'join(",", [for e in [var.env, "dev"] : local.regions[e]])'
    loaded = project({"main.tf": REGIONS + bucket(region=expr)})
    assert all(not isinstance(value, str) for value in values(loaded).values())


def test_a_known_key_makes_no_alternative(project):
    loaded = project({"main.tf": REGIONS + bucket(region='local.regions["prod"]')})
    assert values(loaded) == {(): "eu-west-3"}
