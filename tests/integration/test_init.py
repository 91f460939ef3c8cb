"""``souverain init``: a manifest that loads, declares nothing of its own, and hides nothing."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from souverain import policystore
from souverain.cli.app import run
from souverain.project import ProjectFile, load
from souverain.project import vocabulary as words
from souverain.sources import discover

SCHEMA = json.loads((policystore.root() / "schema/souverain.schema.json").read_text("utf-8"))

HEALTH = """\
variable "region" {}
provider "aws" { region = var.region }
resource "aws_s3_bucket" "patients" { tags = { data = "health" } }
"""
GUESSED = """\
provider "google" {}
terraform {
  backend "gcs" {}
}
resource "google_storage_bucket" "dossiers_patients" { location = "europe-west9" }
resource "aws_s3_bucket" "b" {}
"""

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes files by path in a project of their own, the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def call(files: dict[str, str]) -> None:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    yield call
    gc.enable()


def content(text: str) -> Any:
    """The document, valid against the schema that editors use."""
    document = yaml.safe_load(text)
    jsonschema.validate(document, SCHEMA)
    return document


def project(path: Path) -> ProjectFile:
    (tree,) = discover([path])
    return load(tree)


def init(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["init", "--output", "-", *arguments]) == 0
    return capfd.readouterr().out


def test_what_was_found_is_told_and_loads(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write({"infra/main.tf": HEALTH, "envs/dev/main.tf": GUESSED})
    assert run(["init", "--lang", "en"]) == 0
    assert capfd.readouterr().err.endswith(
        "souverain.yaml: written. Complete the lines that begin with “#”, "
        "then run souverain check.\n"
    )
    text = (tmp_path / "souverain.yaml").read_text("utf-8")
    assert content(text) == {
        "version": 1,
        "systems": [
            {"name": "dev", "paths": ["/envs/dev/**"]},
            {"name": "infra", "paths": ["/infra/**"]},
        ],
    }
    for line in (
        "#   - infra: data stores: 1; operators: Amazon Web Services; regions: unknown; "
        "countries: unknown",
        "#     - tags or the services themselves tell: health_personal",
        "#     - names suggest: health_personal",
        "    # environment: dev   # its name suggests it; dev and sandbox lift the circular’s "
        "rule only",
        "#   aws: {region: …}",
        "#   - variable `region` has no value here: give it a default, a tfvars file, --var or "
        "--var-file",
    ):
        assert line in text.splitlines()
    loaded = project(tmp_path)
    assert [system.name for system in loaded.systems] == ["dev", "infra"]
    applied = loaded.context_for("aws_s3_bucket.patients", "infra/main.tf")
    assert applied.declared.system == "infra"
    # Nothing that only the project knows is declared for it.
    assert applied.spans == {}


def test_every_key_is_there(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    write({"main.tf": HEALTH})
    for lang in ("en", "fr"):
        text = init(capfd, "--lang", lang)
        for key in (*words.TOP, *words.CONTEXT, *words.CLUSTER, *words.EXCLUDE, "owner"):
            assert f"{key}:" in text, key
        for word in (*words.ENTITIES, *words.DATA, *words.HARM, *words.HOSTING_ROLES):
            assert word in text, word
        content(text)


def test_uncommented_it_still_loads(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The lines to complete are right once their choice is made."""
    write({"main.tf": HEALTH})
    text = init(capfd, "--lang", "fr")
    inputs = text[text.index("# eds:") :].replace("# ", "", 1).replace("\n# ", "\n")
    filled = text[: text.index("# eds:")] + inputs
    filled = filled.replace("# entity: …", "entity: state_operator")
    filled = filled.replace("    # data: [health_personal]", "    data: [health_personal]")
    filled = filled.replace("    # harm: […]", "    harm: [health_life]")
    filled = filled.replace("    # hosting_role: …", "    hosting_role: self_hosted")
    filled = filled.replace("# provider_defaults:\n#   aws: {region: …}", "provider_defaults: {}")
    (tmp_path / "souverain.yaml").write_text(filled, encoding="utf-8")
    declared = project(tmp_path).context_for("aws_s3_bucket.patients", "main.tf").declared
    assert (declared.entity, declared.data, declared.harm, declared.hosting_role) == (
        "state_operator",
        ("health_personal",),
        ("health_life",),
        "self_hosted",
    )
    names = {name.partition(".")[0] for name, _ in declared.inputs}
    assert names == set(words.INPUTS)


def test_scenarios_come_from_variable_files(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    value = 'region = "eu-west-3"\n'
    write(
        {
            "infra/main.tf": HEALTH,
            "infra/prod.tfvars": value,
            "infra/vars/common.tfvars": "",
            "infra/vars/staging.tfvars.json": '{"region": "us-east-1"}',
            "infra/example-prod.tfvars": value,
            "infra/customer.tfvars": value,
            "elsewhere/prod.tfvars": value,
        }
    )
    text = init(capfd, "--lang", "en")
    assert content(text)["scenarios"] == [
        {"root": "infra", "name": "prod", "var_files": ["prod.tfvars"]},
        {
            "root": "infra",
            "name": "staging",
            "var_files": ["vars/common.tfvars", "vars/staging.tfvars.json"],
        },
    ]
    for path in ("infra/example-prod.tfvars", "infra/customer.tfvars", "elsewhere/prod.tfvars"):
        assert f"#   - {path}: which deployment loads this variable file" in text
    (tmp_path / "souverain.yaml").write_text(text, encoding="utf-8")
    assert run(["inventory", "--format", "json"]) == 0
    assets = json.loads(capfd.readouterr().out)["assets"]
    assert {(a["scenario"], *a["countries"]) for a in assets} == {("prod", "FR"), ("staging", "US")}


def test_what_could_not_be_read_is_told(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    write({"main.tf": HEALTH, "broken/main.tf": 'resource "x" {\n', "k8s/a.yaml": POD})
    text = init(capfd, "--lang", "en")
    assert "#   - broken/main.tf: " in text
    assert "#   - {path: /broken/main.tf, reason: …}" in text.replace('"', "")
    assert '#   - {paths: ["/k8s/**"], operator: …, service: …, region: …}' in text


def test_the_same_trouble_is_told_once(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    call = 'module "m" {\n  source = "hashicorp/m/aws"\n}\n'
    write({"a/main.tf": call, "b/main.tf": call, "c/main.tf": call})
    told = [line for line in init(capfd, "--lang", "en").splitlines() if "not installed" in line]
    assert len(told) == 1
    assert told[0].startswith("#   - a/main.tf (and 2 more): module `hashicorp/m/aws` is not")


def test_what_works_on_data_is_a_system_too(
    write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    provider = 'provider "aws" { region = "eu-west-3" }\n'
    write(
        {
            "vm/main.tf": provider + 'resource "aws_instance" "a" {}\n',
            "iam/main.tf": provider + 'resource "aws_iam_role" "a" {}\n',
        }
    )
    assert content(init(capfd))["systems"] == [{"name": "vm", "paths": ["/vm/**"]}]


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"


def test_never_overwrites_unless_told(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write({"main.tf": HEALTH, "souverain.yaml": "broken: [\n"})
    assert run(["init", "--lang", "en"]) == 2
    assert capfd.readouterr().err == "souverain.yaml is already there; --force replaces it.\n"
    assert (tmp_path / "souverain.yaml").read_text() == "broken: [\n"
    assert run(["init", "--force"]) == 0
    assert content((tmp_path / "souverain.yaml").read_text("utf-8"))["version"] == 1


def test_never_writes_through_a_link(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write({"main.tf": HEALTH})
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    (tmp_path / "souverain.yaml").symlink_to(outside)
    assert run(["init", "--force", "--lang", "en"]) == 2
    assert "symbolic link" in capfd.readouterr().err
    assert not outside.exists()


def test_it_is_written_where_the_project_begins(write: Write, tmp_path: Path) -> None:
    write({"infra/prod/main.tf": HEALTH})
    assert run(["init", "infra/prod"]) == 0
    document = content((tmp_path / "souverain.yaml").read_text("utf-8"))
    assert document["systems"] == [{"name": "prod", "paths": ["/infra/prod/**"]}]
    assert not (tmp_path / "infra/prod/souverain.yaml").exists()


def test_a_project_inside_is_its_own(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    write({"main.tf": HEALTH, "inner/souverain.yaml": "version: 1\n", "inner/main.tf": GUESSED})
    assert content(init(capfd))["systems"] == [{"name": "main", "paths": ["**"]}]


def test_nothing_to_find(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    write({"README.md": "# x\n"})
    text = init(capfd, "--lang", "en")
    assert content(text) == {"version": 1}
    assert "#   - no resource that the catalogue knows" in text


@pytest.mark.parametrize(
    "name",
    ['a"]\nentity: state', "a: b # c", "!x", "*&?[z]\\", "yes", "état 1", "- {", "#x", "\u202eabc"],
)
def test_names_of_the_tree_stay_names(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    write({f"{name}/main.tf": HEALTH, f"{name}/prod.tfvars": 'region = "eu-west-3"\n'})
    text = init(capfd)
    document = content(text)
    assert set(document) == {"version", "systems", "scenarios"}
    assert document["systems"][0]["name"] == name
    assert document["scenarios"][0]["root"] == name
    (tmp_path / "souverain.yaml").write_text(text, encoding="utf-8")
    applied = project(tmp_path).context_for("aws_s3_bucket.patients", f"{name}/main.tf")
    assert applied.declared.system == name
    other = project(tmp_path).context_for("aws_s3_bucket.patients", "zz/main.tf")
    assert other.declared.system is None


def test_the_blocking_finding_names_it(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    write({"main.tf": HEALTH.replace("var.region", '"eu-west-3"')})
    assert run(["check", "--select", "GOV001", "--lang", "fr"]) == 1
    assert "Lancez `souverain init`" in capfd.readouterr().out
