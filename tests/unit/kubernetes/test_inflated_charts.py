"""Overlays that render charts of the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import by_address, lay, overlays, told

from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, load
from souverain.project import ProjectFile

CHART: dict[str, str | bytes] = {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "values.yaml": "region: none\n",
    "templates/a.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"
        "  namespace: {{ .Release.Namespace }}\ndata: {region: {{ .Values.region }}}\n"
    ),
}
INFLATED = "namespace: care, valuesInline: {region: fr-par}"


@pytest.fixture(autouse=True)
def _with_helm(monkeypatch: pytest.MonkeyPatch, renderers: Path) -> None:
    monkeypatch.setenv("PATH", str(renderers))


def project(text: str, home: str = "prod/charts/shop") -> dict[str, str | bytes]:
    chart = {f"{home}/{name}": content for name, content in CHART.items()}
    return {"prod/kustomization.yaml": text, **chart}


@pytest.mark.parametrize(
    ("home", "text"),
    [
        ("prod/charts/shop", f"helmCharts: [{{name: shop, {INFLATED}}}]\n"),
        (
            "prod/charts/shop-1.10.0/shop",
            "helmCharts: [{name: shop, repo: 'https://charts.example.org', version: 1.10.0, "
            f"{INFLATED}}}]\n",
        ),
        (
            "charts/shop",
            f"helmGlobals: {{chartHome: ../charts}}\nhelmCharts: [{{name: shop, {INFLATED}}}]\n",
        ),
    ],
)
def test_a_chart_of_the_project_is_rendered(tmp_path: Path, home: str, text: str) -> None:
    (root,) = overlays(tmp_path, project(text, home)).roots
    (settings,) = root.objects
    assert settings.address == "ConfigMap/care/settings"
    assert settings.body.text("data", "region") == "fr-par"
    assert settings.span.file == "prod/kustomization.yaml"
    assert f"{home}/templates/a.yaml" in root.files


def test_such_a_chart_is_no_root_of_its_own(tmp_path: Path) -> None:
    files = project(f"helmCharts: [{{name: shop, {INFLATED}}}]\n")
    found = load(lay(tmp_path, files), KubernetesOptions(), load_catalog(), ProjectFile())
    assert [(root.path, root.kind) for root in found.roots] == [("prod", "kustomize")]
    assert {e.path: e.status for e in found.ledger.entries} == dict.fromkeys(files, "analysed")


def test_values_files_are_read_from_the_project(tmp_path: Path) -> None:
    text = "helmCharts: [{name: shop, valuesFile: own.yaml}]\n"
    found = overlays(tmp_path, {**project(text), "prod/own.yaml": "region: nl-ams\n"})
    (settings,) = by_address(found).values()
    assert settings.body.text("data", "region") == "nl-ams"


@pytest.mark.parametrize(
    "text",
    [
        "helmCharts: [{name: other}]\n",
        "helmCharts: [{name: ../../shop}]\n",
        "helmCharts: [{name: shop, repo: 'https://charts.example.org', version: 2.0.0}]\n",
        "helmChartInflationGenerator: [{chartName: shop}]\n",
        "generators:\n  - |-\n    apiVersion: builtin\n    kind: HelmChartInflationGenerator\n"
        "    metadata: {name: a}\n    name: other\n    repo: https://charts.example.org\n",
    ],
)
def test_what_is_not_in_the_project_is_never_fetched(tmp_path: Path, text: str) -> None:
    found = overlays(tmp_path, project(text))
    assert found.roots == ()
    assert [e.status for e in found.entries if e.path == "prod/kustomization.yaml"] == ["undecided"]


def test_missing_subcharts_are_told(tmp_path: Path) -> None:
    files = project("helmCharts: [{name: shop}]\n")
    files["prod/charts/shop/Chart.yaml"] = (
        "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
        "dependencies: [{name: redis, version: 1.0.0, repository: 'https://charts.example.org'}]\n"
    )
    found = overlays(tmp_path, files)
    assert len(found.roots[0].objects) == 1
    assert any("redis" in sentence for _, _, sentence in told(found, "undecided"))


def test_without_helm_it_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = overlays(tmp_path, project("helmCharts: [{name: shop}]\n"))
    assert found.roots == ()
    (entry,) = told(found, "undecided")
    assert "needs the program helm" in entry[2]
