"""The whole pipeline on small trees: what is reported, and what is accounted for."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.model import Report
from souverain.rules.load import UnknownRuleError
from souverain.sources import SourcesError
from souverain.terraform import Roots
from souverain.terraform.context import Evaluation
from souverain.text import render

DAY = date(2026, 11, 22)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Writes files by path in a project of their own and makes it the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def check(*paths: str, **options: object) -> Report:
    given = tuple(Path(path) for path in paths or (".",))
    return analyse(Request(given, DAY, **options))  # type: ignore[arg-type]


def addresses(report: Report) -> set[str]:
    return {asset.asset.address for asset in report.assets}


def rules(report: Report) -> set[tuple[str, str]]:
    return {(finding.rule, finding.address) for finding in report.findings}


VIRGINIA = """
provider "aws" {
  region = var.region
}
variable "region" {}
resource "aws_s3_bucket" "records" {
  tags = { data = "health" }
}
"""


def test_the_chain_leads_from_the_resource_to_the_line_that_decides(tree):
    tree(**{"main.tf": VIRGINIA, "terraform.tfvars": 'region = "us-east-1"\n'})
    report = check()
    (finding,) = [f for f in report.findings if f.rule == "LOC001"]
    assert (finding.severity, finding.verdict, finding.address) == (
        "error",
        "violation",
        "aws_s3_bucket.records",
    )
    places = [(e.span.file, e.span.line) for e in finding.evidence if e.span]
    assert ("main.tf", 3) in places
    assert ("terraform.tfvars", 1) in places


def test_a_finding_is_reported_when_a_file_of_its_chain_is_given(tree):
    tree(**{"main.tf": VIRGINIA, "terraform.tfvars": 'region = "us-east-1"\n'})
    report = check("terraform.tfvars")
    assert ("LOC001", "aws_s3_bucket.records") in rules(report)


def test_what_was_not_asked_for_is_not_reported(tree):
    tree(**{"a/main.tf": VIRGINIA, "b/main.tf": VIRGINIA, "b/x.auto.tfvars": 'region="us-east-1"'})
    report = check("a")
    assert {asset.asset.root for asset in report.assets} == {"a"}
    assert {entry.path for entry in report.ledger.entries} == {"a/main.tf"}
    assert {finding.root for finding in report.findings} == {"a"}


def test_a_module_file_is_judged_in_the_root_that_calls_it(tree):
    tree(
        **{
            "live/main.tf": """
                provider "aws" {
                  region = "us-east-1"
                }
                module "store" {
                  source = "../modules/store"
                }
                resource "aws_s3_bucket" "other" {
                  tags = { data = "health" }
                }
            """,
            "modules/store/main.tf": """
                resource "aws_s3_bucket" "records" {
                  tags = { data = "health" }
                }
            """,
        }
    )
    report = check("modules/store/main.tf")
    assert addresses(report) == {"module.store.aws_s3_bucket.records"}
    assert ("LOC001", "module.store.aws_s3_bucket.records") in rules(report)
    assert not [f for f in report.findings if f.address == "aws_s3_bucket.other"]


REPEATED = {
    "providers.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n',
    "variables.tf": """
variable "copy" { default = false }
variable "names" { default = [] }
variable "stores" { default = {} }
locals { copies = var.copy ? 1 : 0 }
""",
    "stores.tf": """
resource "aws_s3_bucket" "here" {}
resource "aws_s3_bucket" "copy" { count = local.copies }
resource "aws_s3_bucket" "named" { for_each = toset(var.names) }
""",
    "called.tf": """
module "store" {
  source   = "./store"
  for_each = var.stores
}
""",
    "store/main.tf": 'resource "aws_s3_bucket" "b" {}\n',
    "souverain.yaml": """
version: 1
entity: private_health
systems: [{name: s, paths: ["**"], data: [health_personal], harm: [health_life],
  environment: production, hosting_role: hosted_by_processor}]
""",
}


@pytest.mark.parametrize(
    ("values", "there"),
    [
        ("copy = true", {"aws_s3_bucket.copy[0]"}),
        ('names = ["a", "b"]', {f'aws_s3_bucket.named["{key}"]' for key in "ab"}),
        ("stores = {x = 1}", {'module.store["x"].aws_s3_bucket.b'}),
        ("", set()),
    ],
)
def test_a_file_answers_for_what_exists_because_of_it(tree, values, there):
    """Neither its place nor its data is in the file that only says how many there are."""
    tree(**REPEATED, **{"terraform.tfvars": values})
    report = check("terraform.tfvars")
    assert addresses(report) == there
    assert {address for rule, address in rules(report) if rule == "LOC001"} == there


def test_a_file_answers_for_what_its_locals_repeat(tree):
    tree(**REPEATED, **{"z.auto.tfvars": "copy = true"})
    assert addresses(check("variables.tf")) == {"aws_s3_bucket.copy[0]"}


@pytest.mark.parametrize(
    ("file", "address"),
    [("stores.tf", "aws_s3_bucket.here"), ("called.tf", 'module.store["x"].aws_s3_bucket.b')],
)
def test_a_file_answers_for_what_it_writes_and_calls(tree, file, address):
    """The finding points at the provider, in another file."""
    tree(**REPEATED, **{"z.auto.tfvars": "stores = {x = 1}"})
    assert addresses(check(file)) == {address}
    (found,) = [f for f in check(file).findings if f.rule == "LOC001"]
    assert (found.address, found.span.file) == (address, "providers.tf")


def test_a_root_that_declares_nothing_is_told_with_what_exists_because_of_a_file(tree):
    files = {name: text for name, text in REPEATED.items() if name != "souverain.yaml"}
    tree(**files, **{"terraform.tfvars": "copy = true", "other.auto.tfvars": ""})
    assert ("GOV001", "") in rules(check("terraform.tfvars"))
    assert rules(check("other.auto.tfvars")) == set()


def test_every_file_is_accounted_for_once(tree):
    tree(
        **{
            "main.tf": VIRGINIA,
            "terraform.tfvars": 'region = "eu-west-3"\n',
            "prod.tfvars": 'region = "us-east-1"\n',
            "broken/main.tf": 'resource "aws_s3_bucket" {',
            "excluded/main.tf": "{",
            "live/terragrunt.hcl": "inputs = {}\n",
            "k8s/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n",
            "souverain.yaml": "version: 1\nexclude: [{path: excluded, reason: broken}]\n",
        }
    )
    report = check()
    entries = Counter(entry.path for entry in report.ledger.entries)
    assert max(entries.values()) == 1
    statuses = {entry.path: entry.status for entry in report.ledger.entries}
    for path in ("main.tf", "terraform.tfvars", "k8s/pod.yaml"):
        assert statuses[path] == "analysed", path
    assert statuses["prod.tfvars"] == statuses["excluded/main.tf"] == "skipped"
    assert statuses["broken/main.tf"] == "failed"
    assert statuses["live/terragrunt.hcl"] == "undecided"
    assert all(entry.reason for entry in report.ledger.entries if entry.status != "analysed")


def test_a_broken_file_does_not_hide_the_rest_of_its_root(tree):
    tree(
        **{
            "main.tf": VIRGINIA,
            "terraform.tfvars": 'region = "us-east-1"\n',
            "broken.tf": 'resource "x" {',
        }
    )
    report = check()
    assert ("LOC001", "aws_s3_bucket.records") in rules(report)
    assert {e.path for e in report.ledger.entries if e.status == "failed"} == {"broken.tf"}


def test_options_reach_the_evaluation(tree):
    root = tree(**{"main.tf": VIRGINIA})
    (root / "virginia.tfvars").write_text('region = "us-east-1"\n')
    by_file = check(values=(Path("virginia.tfvars"),))
    by_name = check(values=(("region", "us-east-1"),))
    for report in (by_file, by_name):
        assert ("LOC001", "aws_s3_bucket.records") in rules(report)
    assert ("LOC001", "aws_s3_bucket.records") not in rules(
        check(values=(("region", "eu-west-3"),))
    )


@pytest.mark.parametrize(
    ("version", "stays"), [("~> 5.0", True), (">= 5.0", False), ("~> 6.0", False)]
)
def test_a_region_of_a_resource_counts_from_the_version_that_reads_it(tree, version, stays):
    source = f'source = "hashicorp/aws", version = "{version}"'
    tree(
        **{
            "main.tf": f"""
            terraform {{
              required_providers {{ aws = {{ {source} }} }}
            }}
            provider "aws" {{ region = "eu-west-3" }}
            resource "aws_s3_bucket" "records" {{
              region = "us-east-1"
              tags   = {{ data = "health" }}
            }}
            """
        }
    )
    assert (("LOC001", "aws_s3_bucket.records") not in rules(check())) == stays


def test_rules_are_selected_and_ignored(tree):
    tree(**{"main.tf": VIRGINIA, "terraform.tfvars": 'region = "us-east-1"\n'})
    assert {rule for rule, _ in rules(check(select=("LOC",)))} == {"LOC001"}
    assert "LOC001" not in {rule for rule, _ in rules(check(ignore=("LOC001",)))}
    with pytest.raises(UnknownRuleError):
        check(select=("NOPE",))


def test_a_system_may_name_the_root_that_deploys_a_shared_module(tree):
    tree(
        **{
            "souverain.yaml": "version: 1\n"
            "systems:\n"
            "  - {name: eds, paths: ['live/eds/**'], data: [health_personal]}\n"
            "  - {name: rest, paths: ['live/web/**'], data: [non_personal]}\n",
            **{
                f"live/{name}/main.tf": 'provider "aws" {\n  region = "eu-west-3"\n}\n'
                'module "store" {\n  source = "../../modules/store"\n}\n'
                for name in ("eds", "web")
            },
            "modules/store/main.tf": 'resource "aws_s3_bucket" "b" {}\n',
        }
    )
    report = check()
    declared = {
        asset.asset.root: (facts.declared.system, [d.category for d in facts.data])
        for asset in report.assets
        for _, facts in asset.worlds
    }
    assert declared == {
        "live/eds": ("eds", ["health_personal"]),
        "live/web": ("rest", ["non_personal"]),
    }


def test_user_folders_extend_the_catalogue_and_the_rules(tree):
    tree(
        **{
            "main.tf": 'resource "ours_bucket" "b" {\n  region = "here"\n}\n'
            "terraform {\n  required_providers {\n"
            '    ours = { source = "example/ours" }\n  }\n}\n',
            "souverain.yaml": "version: 1\nextends: [ours]\n",
            "ours/catalog/operators/ours.yaml": "name: Ours\nentity: Ours SAS\ncountry: FR\n"
            "source: user\nconfidence: P\n",
            "ours/catalog/families.yaml": "ours: {sources: [example/ours], prefixes: [ours_]}\n",
        }
    )
    report = check()
    ((_, facts),) = report.assets[0].worlds
    assert facts.layers[0].operator == "ours"


def test_progress_is_told(tree):
    tree(**{"main.tf": VIRGINIA})
    told = []
    check(progress=told.append)
    assert [step.key for step in told] == [
        "analysis.reading",
        "analysis.evaluating",
        "analysis.judging",
    ]


def test_a_path_that_does_not_exist_is_an_error(tree):
    tree(**{"main.tf": VIRGINIA})
    with pytest.raises(SourcesError):
        check("nowhere")


def test_a_run_repeats_exactly(tree):
    tree(**{"main.tf": VIRGINIA, "terraform.tfvars": 'region = "us-east-1"\n'})
    one, other = check(), check()
    assert [f.fingerprint for f in one.findings] == [f.fingerprint for f in other.findings]
    assert [e.path for e in one.ledger.entries] == [e.path for e in other.ledger.entries]


def test_library_modules_are_at_most_possible(tree):
    tree(
        **{
            "main.tf": 'variable "region" { default = "us-east-1" }\n'
            'resource "aws_s3_bucket" "records" {\n'
            "  region = var.region\n"
            '  tags = { data = "health" }\n}\n'
        }
    )
    report = check()
    assert report.assets[0].asset.library
    assert {f.verdict for f in report.findings} <= {"possible", "undecided"}


DECLARED = """\
version: 1
entity: state_operator
systems: [{name: s, data: [health_personal], harm: [health_life], hosting_role: self_hosted}]
"""


def test_a_way_out_names_offers_that_exist(tree):
    tree(**{"main.tf": VIRGINIA.replace("var.region", '"us-east-1"'), "souverain.yaml": DECLARED})
    found = {f.rule: render(f.remediation, "en") for f in check().findings}
    offers = (
        "Qualified offers for object-storage on 2026-11-22: Cloud Temple (IaaS Secure Temple), "
        "NumSpot (Plateforme des services cloud (NumSpot)), OVHcloud (SNC Cloud Platform), "
        "S3NS (PREMI3NS). The annex of each decision lists its services."
    )
    assert found["SNC001"].endswith(offers)
    assert found["EXT001"].endswith(offers)


def test_a_way_out_says_when_no_offer_is_known(tree):
    vendor = VIRGINIA.replace("aws_s3_bucket", "awscc_healthlake_fhir_datastore")
    vendor = vendor.replace('"aws"', '"awscc"').replace("var.region", '"us-east-1"')
    tree(**{"main.tf": vendor, "souverain.yaml": DECLARED})
    (finding,) = (f for f in check().findings if f.rule == "SNC001")
    assert "No qualified offer of the same kind is known" in render(finding.remediation, "en")


def test_a_type_newer_than_the_catalogue_is_never_silent(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'provider "aws" {\n  region = "us-east-1"\n}\n'
        'resource "aws_made_up_store" "s" {\n  tags = { data = "health" }\n}\n',
        encoding="utf-8",
    )
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    assert [facts.role for asset in report.assets for _, facts in asset.worlds] == [None]
    told = {f.verdict for f in report.findings if f.address == "aws_made_up_store.s"}
    assert told == {"undecided"}


def test_a_part_of_a_host_that_is_not_known_is_shown_as_such(tree):
    """A word that stands for it inside is never shown."""
    tree(
        **{
            "souverain.yaml": "version: 1\nentity: private_company\n"
            "systems: [{data: [personal]}]\n",
            "main.tf": 'provider "azurerm" {\n  features {}\n}\nvariable "account" {}\n'
            'resource "azurerm_linux_web_app" "x" {\n  location = "francecentral"\n'
            '  app_settings = { STORE_URL = "https://${var.account}.blob.core.windows.net" }\n}\n',
        }
    )
    (found,) = (f for f in check().findings if f.rule == "LOC013")
    assert "The host ….blob.core.windows.net in app_settings names no known region." in render(
        found.message, "en"
    )


NESTED = """
module "store" {
  source = "./store"
  for_each = { one = "eu-west-3", two = var.other ? "eu-west-1" : "us-east-1" }
  region = each.value
}
variable "other" { type = bool }
"""


def test_an_evaluated_root_is_freed_without_a_collection(tree, monkeypatch):
    made = []

    def evaluation(roots: Roots, directory: str) -> Evaluation:
        made.append(weakref.ref(found := evaluate(roots, directory)))
        return found

    evaluate = Roots._evaluation
    monkeypatch.setattr(Roots, "_evaluation", evaluation)
    tree(
        **{
            "main.tf": VIRGINIA + NESTED,
            "store/main.tf": VIRGINIA.replace("aws_s3_bucket", "aws_db_instance"),
        }
    )
    gc.disable()
    try:
        report = check()
        assert len(report.assets) == 3
        assert [freed() for freed in made] == [None]
    finally:
        gc.enable()


OPEN = """
resource "aws_vpc" "office" {
  count = var.large ? 2 : 1
  tags = { data = var.large ? "health" : "none", hosting = "HDS" }
}
resource "aws_flow_log" "office" {
  vpc_id = aws_vpc.office[0].id
  log_destination = var.large ? "arn:aws:s3:::logs" : aws_s3_bucket.records.arn
}
"""


@pytest.mark.parametrize("given", [".", "main.tf", "variables.tf"])
def test_facts_that_nothing_asks_for_change_nothing(tree, given):
    tree(**{"main.tf": VIRGINIA + OPEN, "variables.tf": 'variable "large" { type = bool }\n'})
    whole, brief = (check(given, whole=each) for each in (True, False))
    assert brief.findings == whole.findings
    assert addresses(brief) == addresses(whole) != set()
