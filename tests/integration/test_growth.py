"""Twice as much to analyse takes twice the work: counted in calls, not in seconds."""

from __future__ import annotations

import cProfile
import json
import pstats
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse

Files = dict[str, str]

DAY = date(2026, 11, 22)
ABROAD = 'provider "aws" {\n  region = "us-east-1"\n}\n'


def _resources(count: int) -> Files:
    bucket = 'resource "aws_s3_bucket" "b%d" {\n  bucket = "b%d"\n  tags = { data = "health" }\n}\n'
    return {"main.tf": ABROAD + "".join(bucket % (i, i) for i in range(count))}


def _references(count: int) -> Files:
    queue = (
        'resource "aws_sqs_queue" "q%d" {\n'
        "  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })\n}\n"
        'resource "aws_sns_topic_subscription" "s%d" {\n  topic_arn = aws_sns_topic.t.arn\n'
        '  protocol = "sqs"\n  endpoint = aws_sqs_queue.q%d.arn\n}\n'
    )
    shared = (
        'resource "aws_sns_topic" "t" {\n  tags = { data = "health" }\n}\n'
        'resource "aws_sqs_queue" "dead" {}\n'
    )
    return {"main.tf": ABROAD + shared + "".join(queue % (i, i, i) for i in range(count))}


def _calls(count: int) -> Files:
    call = 'module "m%d" {\n  source = "./m"\n  name = "n%d"\n}\n'
    module = 'variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}\n'
    calls = "".join(call % (i, i) for i in range(count))
    return {"main.tf": ABROAD + calls, "m/main.tf": module}


def _instances(count: int) -> Files:
    return {
        "main.tf": ABROAD
        + f'locals {{\n  all = {{ for i in range({count}) : "k${{i}}" => "n${{i}}" }}\n}}\n'
        + 'resource "aws_s3_bucket" "b" {\n  for_each = local.all\n  bucket = each.value\n}\n'
        + 'resource "aws_s3_bucket_versioning" "v" {\n  for_each = local.all\n'
        + "  bucket = aws_s3_bucket.b[each.key].id\n}\n"
    }


def _plan(count: int) -> Files:
    source = "registry.terraform.io/hashicorp/aws"
    names = [{"mode": "managed", "type": "aws_s3_bucket", "name": f"b{i}"} for i in range(count)]
    planned = [
        {
            "address": f"aws_s3_bucket.{each['name']}",
            "provider_name": source,
            "values": {"bucket": each["name"], "tags": {"data": "health"}},
            **each,
        }
        for each in names
    ]
    written = [
        {"address": f"aws_s3_bucket.{each['name']}", "provider_config_key": "aws", **each}
        for each in names
    ]
    region = {"region": {"constant_value": "us-east-1"}}
    aws = {"name": "aws", "full_name": source, "expressions": region}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.15.5",
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {
            "provider_config": {"aws": aws},
            "root_module": {"resources": written},
        },
    }
    return {"plan.json": json.dumps(plan)}


CLAIM = (
    "apiVersion: v1\nkind: PersistentVolumeClaim\n"
    "metadata: {name: p%d, namespace: n, labels: {data: health}}\n"
    "spec: {storageClassName: gp3}\n"
)
WEB = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w%d, namespace: n}\n"
    "spec:\n  template:\n    spec:\n"
    "      containers: [{name: c, image: ghcr.io/x/y, env: [{name: S3_ENDPOINT,"
    ' value: "https://s3.eu-west-3.amazonaws.com"}]}]\n'
    "      volumes: [{name: d, persistentVolumeClaim: {claimName: p%d}}]\n"
)


def _documents(count: int) -> Files:
    return {"all.yaml": "---\n".join(CLAIM % i + "---\n" + WEB % (i, i) for i in range(count))}


def _shared(count: int) -> Files:
    """Workloads with volumes of one class, and settings and keys that all of them use."""
    shared = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: n}\ndata: {A: b}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: n}\nstringData: {A: b}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: n}\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: n, labels: {data: health}}\n",
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3}\n"
        "provisioner: ebs.csi.aws.com\n",
    )
    uses = (
        "      serviceAccountName: a\n"
        "      initContainers: [{name: i, image: ghcr.io/x/i,"
        " envFrom: [{configMapRef: {name: c}}, {secretRef: {name: s}}]}]\n"
    )
    claim = CLAIM.replace(", labels: {data: health}", "")
    each = (claim % i + "---\n" + WEB % (i, i) + uses for i in range(count))
    return {"all.yaml": "---\n".join((*shared, *each))}


def _manifests(count: int) -> Files:
    return {f"{i % 10}/claim{i}.yaml": CLAIM % i for i in range(count)}


def _values(count: int) -> Files:
    entry = "  a%d: {image: {repository: docker.io/x/y%d}, url: https://s3.gra.io.cloud.ovh.net/%d}"
    return {"values.yaml": "apps:\n" + "\n".join(entry % (i, i, i) for i in range(count)) + "\n"}


def _projects(count: int) -> Files:
    manifest = "version: 1\nentity: private_health\n"
    files: Files = {}
    for i in range(count):
        files |= {f"p{i}/souverain.yaml": manifest, f"p{i}/a.yaml": CLAIM % i}
    return files


TREES: dict[str, tuple[Callable[[int], Files], int]] = {
    "resources": (_resources, 24),
    "references": (_references, 24),
    "calls": (_calls, 24),
    "instances": (_instances, 24),
    "plan": (_plan, 30),
    "documents": (_documents, 24),
    "shared": (_shared, 24),
    "manifests": (_manifests, 30),
    "values": (_values, 30),
    "projects": (_projects, 10),
}


def _work(root: Path, files: Files) -> int:
    """Calls that an analysis takes."""
    (root / ".git").mkdir(parents=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    profile = cProfile.Profile()
    report = profile.runcall(analyse, Request((root,), DAY))
    assert all(entry.status == "analysed" for entry in report.ledger.entries)
    assert report.assets or "values.yaml" in files
    calls: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    return calls


@pytest.mark.parametrize("name", TREES)
def test_the_work_grows_with_the_tree(name: str, tmp_path: Path) -> None:
    make, count = TREES[name]

    # The first run also loads what is loaded once.
    _, once, twice, four = (
        _work(tmp_path / str(at), make(times * count)) for at, times in enumerate((1, 1, 2, 4))
    )

    assert (four - twice) / (twice - once) < 2.02
