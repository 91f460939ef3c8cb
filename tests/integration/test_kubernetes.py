"""Kubernetes end to end: from manifests, charts and Terraform to the register and findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from souverain.analysis import Request, analyse
from souverain.model import Facts, Finding, Report
from souverain.text import render

DAY = date(2026, 11, 22)

APP = """\
apiVersion: v1
kind: Namespace
metadata: {name: care}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: care}
spec:
  template:
    spec:
      containers:
        - name: api
          image: rg.fr-par.scw.cloud/app/api:1
          envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: keys}}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: care}
data:
  S3_ENDPOINT: https://s3.us-east-1.amazonaws.com
---
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: care}
stringData:
  DATABASE_URL: "postgres://user:hunter2@ep-x.eu-central-1.aws.neon.tech/db"
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: care}
spec: {storageClassName: scw-bssd}
"""
BACKUP = """\
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default, namespace: velero}
spec:
  provider: aws
  objectStorage: {bucket: backups}
  config: {region: us-east-1}
---
apiVersion: velero.io/v1
kind: Schedule
metadata: {name: nightly, namespace: velero}
spec:
  template: {includedNamespaces: [care], storageLocation: default}
"""
CLUSTER = """\
provider "scaleway" {
  region = "fr-par"
}
resource "scaleway_k8s_cluster" "main" {
  name = "prod"
}
"""
PROJECT = """\
version: 1
entity: state_operator
systems:
  - name: dossier
    namespaces: [care]
    data: [health_personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
"""
CREATED = """\
clusters:
  - {paths: ["k8s/**"], root: infra, address: scaleway_k8s_cluster.main}
"""


def run(tmp_path: Path, files: Mapping[str, str], *paths: str, **options: Any) -> Report:
    (tmp_path / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    asked = tuple(tmp_path / path for path in paths) or (tmp_path,)
    return analyse(Request(paths=asked, as_of=DAY, **options))


def facts(report: Report) -> dict[str, Facts]:
    return {asset.asset.address: asset.worlds[0][1] for asset in report.assets}


def of_rule(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    return run(
        tmp_path,
        {
            "k8s/prod/app.yaml": APP,
            "k8s/prod/backup.yaml": BACKUP,
            "infra/main.tf": CLUSTER,
            "souverain.yaml": PROJECT + CREATED,
        },
    )


def test_manifests_stand_on_the_cluster_that_terraform_creates(app: Report) -> None:
    api = facts(app)["Deployment/care/api"]
    (layer,) = api.layers
    assert (layer.operator, layer.service, layer.layer) == (
        "scaleway",
        "scaleway-kubernetes",
        "caas",
    )
    assert (api.location.regions, api.location.countries) == (("fr-par",), ("FR",))
    places = [(link.span.file, link.span.line) for link in layer.evidence if link.span]
    assert places[:2] == [("souverain.yaml", 11), ("infra/main.tf", 4)]


def test_the_register_names_objects_as_kubernetes_does(app: Report) -> None:
    assert [
        (a.asset.address, a.asset.type, a.asset.root, a.worlds[0][1].role)
        for a in app.assets
        if a.asset.kind
    ] == [
        ("Namespace/care", "v1/Namespace", "k8s/prod", "configures"),
        ("Deployment/care/api", "apps/v1/Deployment", "k8s/prod", "processes"),
        ("ConfigMap/care/settings", "v1/ConfigMap", "k8s/prod", "configures"),
        ("Secret/care/keys", "v1/Secret", "k8s/prod", "stores"),
        ("PersistentVolumeClaim/care/data", "v1/PersistentVolumeClaim", "k8s/prod", "stores"),
        (
            "BackupStorageLocation/velero/default",
            "velero.io/v1/BackupStorageLocation",
            "k8s/prod",
            "stores",
        ),
        ("Schedule/velero/nightly", "velero.io/v1/Schedule", "k8s/prod", "transmits"),
    ]


def test_a_workload_talks_to_whom_its_configuration_names(app: Report) -> None:
    flows = facts(app)["Deployment/care/api"].flows
    assert [(f.kind, f.operator, f.location.regions, f.location.countries) for f in flows] == [
        ("image", "scaleway", ("fr-par",), ("FR",)),
        ("endpoint", "aws", ("us-east-1",), ("US",)),
        ("endpoint", "neon", ("eu-central-1",), ("DE",)),
    ]
    lines = [flow.span.line for flow in flows if flow.span]
    # What is read from a Secret is told at its header.
    assert lines == [13, 21, 24]


def test_data_goes_from_the_namespace_to_the_backup(app: Report) -> None:
    backup = facts(app)["BackupStorageLocation/velero/default"]
    assert [(d.category, d.certainty) for d in backup.data] == [("health_personal", "propagated")]
    assert (backup.layers[0].operator, backup.location.countries) == ("aws", ("US",))
    (finding,) = of_rule(app, "LOC001")
    assert (finding.address, finding.severity) == ("BackupStorageLocation/velero/default", "error")
    assert (finding.span.file, finding.span.line) == ("k8s/prod/backup.yaml", 5)


def test_rules_speak_of_objects_as_of_resources(app: Report) -> None:
    (snc,) = [f for f in of_rule(app, "SNC001") if f.address == "Deployment/care/api"]
    assert (snc.severity, snc.verdict, snc.system) == ("error", "violation", "dossier")
    assert {f.address for f in of_rule(app, "EXT007")} == {"Deployment/care/api"}
    assert {f.address for f in of_rule(app, "EXT002")} == {"BackupStorageLocation/velero/default"}


def test_the_content_of_a_secret_is_in_no_report(app: Report, tmp_path: Path) -> None:
    from souverain.cli.app import run as souverain

    for form in ("text", "json", "sarif", "html", "csv", "markdown"):
        for command in ("check", "inventory"):
            target = tmp_path / f"{command}.{form}"
            if (command, form) == ("inventory", "sarif"):
                continue
            souverain([command, "--format", form, "--output", str(target), "--as-of", "2026-11-22"])
            text = target.read_text(encoding="utf-8")
            assert "hunter2" not in text, (command, form)
            assert "ep-x" not in text, (command, form)


def test_without_any_declaration_the_cluster_is_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {f"apps/{name}/app.yaml": APP for name in ("a", "b", "c")}
    report = run(tmp_path, files)
    open_ = [f for f in report.findings if f.verdict == "undecided"]
    assert len(open_) == 9
    assert len({finding.group for finding in open_}) == 1
    sentence = render(open_[0].message, "en")
    assert "Nothing in these manifests says who runs the cluster" in sentence
    assert "clusters: [{paths:" in render(open_[0].remediation, "en")
    assert "erraform has" not in render(open_[0].remediation, "en")
    assert {f.rule for f in report.findings} == {"LOC002", "GOV001"}
    assert len({f.group for f in of_rule(report, "GOV001")}) == 1


def test_a_signal_of_one_object_places_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    service = (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n"
        "    service.beta.kubernetes.io/ovh-loadbalancer-proxy-protocol: v1\n"
    )
    node = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
        "  nodeSelector: {topology.kubernetes.io/region: GRA11}\n"
        "  containers: [{name: web, image: nginx}]\n"
    )
    found = facts(run(tmp_path, {"k8s/a.yaml": service, "k8s/b.yaml": node, "k8s/c.yaml": APP}))
    api = found["Deployment/care/api"]
    assert api.layers[0].operator == "ovhcloud"
    assert api.location.countries == ("FR",)


def test_asking_for_one_directory_still_sees_the_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "k8s/prod/app.yaml": APP,
        "infra/main.tf": CLUSTER,
        "souverain.yaml": PROJECT + CREATED,
    }
    report = run(tmp_path, files, "k8s/prod")
    assert {asset.asset.root for asset in report.assets} == {"k8s/prod"}
    assert facts(report)["Deployment/care/api"].layers[0].operator == "scaleway"


def test_a_newer_version_of_a_kind_keeps_its_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prints = []
    for version in ("v1", "v1beta1"):
        text = BACKUP.replace("velero.io/v1", f"velero.io/{version}")
        report = run(tmp_path, {"k8s/backup.yaml": text})
        prints.append({finding.fingerprint for finding in report.findings})
    assert prints[0] == prints[1]
    assert prints[0]


TERRAFORM = """\
provider "scaleway" {
  region = "fr-par"
}
resource "scaleway_k8s_cluster" "main" {
  name = "prod"
}
provider "kubernetes" {
  host = scaleway_k8s_cluster.main.kubeconfig[0].host
}
provider "helm" {
  kubernetes {
    host = scaleway_k8s_cluster.main.kubeconfig[0].host
  }
}
resource "kubernetes_deployment_v1" "web" {
  metadata {
    name   = "web"
    labels = { data = "sante" }
  }
  spec {
    template {
      spec {
        container {
          name  = "web"
          image = "nginx"
          env {
            name  = "OPENAI_BASE_URL"
            value = "https://api.openai.com/v1"
          }
        }
      }
    }
  }
}
resource "kubernetes_manifest" "settings" {
  manifest = {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings" }
    data       = { SENTRY_DSN = "https://abc@o1.ingest.us.sentry.io/2" }
  }
}
resource "kubectl_manifest" "widget" {
  yaml_body = <<-EOT
    apiVersion: example.org/v1
    kind: Widget
    metadata: {name: w}
  EOT
}
resource "kubernetes_secret" "keys" {
  metadata {
    name = "keys"
  }
  data = {
    DATABASE_URL = "postgres://user:hunter2@ep-x.eu-central-1.aws.neon.tech/db"
  }
}
resource "helm_release" "agent" {
  name       = "datadog"
  repository = "https://helm.datadoghq.com"
  chart      = "datadog"
  values     = [<<-EOT
    datadog:
      site: datadoghq.com
  EOT
  ]
  set {
    name  = "agents.image.repository"
    value = "gcr.io/datadoghq/agent"
  }
}
"""


def test_objects_in_terraform_speak_for_its_resources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = facts(run(tmp_path, {"main.tf": TERRAFORM}))
    web = found["kubernetes_deployment_v1.web"]
    assert (web.layers[0].operator, web.layers[0].service) == ("scaleway", "scaleway-kubernetes")
    assert [(d.category, d.certainty) for d in web.data] == [("health_personal", "declared")]
    assert [(f.kind, f.operator) for f in web.flows] == [
        ("image", "docker"),
        ("inference", "openai"),
    ]
    assert web.flows[1].span is not None
    assert web.flows[1].span.line == 28
    settings = found["kubernetes_manifest.settings"]
    assert settings.role == "configures"
    assert [(f.kind, f.operator, f.location.countries) for f in settings.flows] == [
        ("log", "sentry", ("US",))
    ]
    assert found["kubectl_manifest.widget"].role is None
    keys = found["kubernetes_secret.keys"]
    assert [(f.kind, f.operator, f.location.countries) for f in keys.flows] == [
        ("endpoint", "neon", ("DE",))
    ]
    assert keys.flows[0].span is not None
    assert keys.flows[0].span.text == 'resource "kubernetes_secret" "keys"'
    agent = found["helm_release.agent"]
    assert {("metric", "datadog", ("US",)), ("image", "gcp", ("US",))} <= {
        (f.kind, f.operator, f.location.countries) for f in agent.flows
    }


PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "kubernetes_pod.web",
                    "mode": "managed",
                    "type": "kubernetes_pod",
                    "name": "web",
                    "provider_name": "registry.terraform.io/hashicorp/kubernetes",
                    "values": {
                        "metadata": [{"name": "web", "labels": {"data": "sante"}}],
                        "spec": [
                            {
                                "node_selector": {"eks.amazonaws.com/nodegroup": "main"},
                                "init_container": [{"name": "i", "image": "ghcr.io/a/b"}],
                                "container": [
                                    {
                                        "name": "web",
                                        "image": "nginx",
                                        "env": [
                                            {
                                                "name": "OPENAI_BASE_URL",
                                                "value": "https://api.openai.com/v1",
                                            }
                                        ],
                                    }
                                ],
                            }
                        ],
                    },
                }
            ]
        }
    },
    "configuration": {"root_module": {}},
}


def test_objects_in_a_plan_speak_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = facts(run(tmp_path, {"plan.json": json.dumps(PLAN)}))["kubernetes_pod.web"]
    assert found.layers[0].operator == "aws"
    assert {(f.kind, f.operator) for f in found.flows} == {
        ("image", "docker"),
        ("image", "github"),
        ("inference", "openai"),
    }


def test_an_object_that_terraform_makes_up_later_has_no_known_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = """\
    variable "name" {}
    resource "kubernetes_manifest" "later" {
      manifest = yamldecode(var.name)
    }
    """
    assert facts(run(tmp_path, {"main.tf": text}))["kubernetes_manifest.later"].role is None


ELSEWHERE = """\
resource "kubernetes_deployment" "web" {
  metadata {
    name = "web"
  }
  spec {
    template {
      spec {
        container {
          name  = "web"
          image = "nginx"
        }
        node_selector = {
          "eks.amazonaws.com/nodegroup"   = "main"
          "topology.kubernetes.io/region" = "eu-west-3"
        }
      }
    }
  }
}
resource "helm_release" "other" {
  name  = "other"
  chart = "./chart"
}
"""


@pytest.mark.parametrize(
    ("project", "operator", "countries"),
    [
        ("version: 1\n", "aws", ("FR",)),
        (
            "version: 1\nclusters: [{paths: [infra], operator: ovhcloud, region: DE1}]\n",
            "ovhcloud",
            ("DE",),
        ),
    ],
)
def test_what_no_provider_places_is_placed_by_what_is_declared_or_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    project: str,
    operator: str,
    countries: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    found = facts(run(tmp_path, {"infra/main.tf": ELSEWHERE, "souverain.yaml": project}))
    for address in ("kubernetes_deployment.web", "helm_release.other"):
        assert found[address].layers[0].operator == operator
        assert found[address].location.countries == countries


def test_json_of_the_register(app: Report, tmp_path: Path) -> None:
    from souverain.cli.app import run as souverain

    target = tmp_path / "register.json"
    code = souverain(["inventory", "--format", "json", "--output", str(target), "--all"])
    assert code == 0
    entries = json.loads(target.read_text(encoding="utf-8"))["assets"]
    api = next(e for e in entries if e["address"] == "Deployment/care/api")
    assert api["type"] == "apps/v1/Deployment"
    assert api["layers"][0]["service"] == "scaleway-kubernetes"
    assert api["certificates"] == {"secnumcloud": "in_progress", "hds": "unknown"}
    assert [e["address"] for e in entries if e["role"] == "transmits"] == [
        "Schedule/velero/nightly"
    ]
