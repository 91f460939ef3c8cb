"""One changed file is checked alone, as a hook does: what it causes elsewhere is told."""

from __future__ import annotations

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

    places = {(each.span.file, each.span.line) for each in report.findings}
    assert places == {("chart/templates/forms.yaml", 15)}
    for each in report.findings:
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
