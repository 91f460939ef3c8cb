"""What becomes of each file of a chart that gives nothing."""

from __future__ import annotations

from pathlib import Path

from tests.unit.kubernetes.rendered import charts, lay, told

from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, load
from souverain.project import ProjectFile

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
DEPENDENCIES = "dependencies:\n  - {name: store, version: 1.0.0, repository: https://example.org}\n"
FILES: dict[str, str | bytes] = {
    "chart/Chart.yaml": CHART,
    "chart/values.yaml": "a: b\n",
    "chart/templates/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
}


def test_files_of_a_chart_that_does_not_render_are_not_analysed(tmp_path: Path) -> None:
    files = {**FILES, "chart/templates/x.yaml": '{{ include "nobody.name" . }}\n'}

    found = charts(tmp_path, files)

    part = "Part of the chart “chart”, which is not rendered."
    assert not [each.path for each in found.entries if each.status == "analysed"]
    # Its values are left to those who read values files by themselves.
    assert {(where, why) for _, where, why in told(found, "skipped")} == {
        (path, part) for path in files if path != "chart/values.yaml"
    }
    assert "chart/values.yaml" not in found.taken


def test_values_of_a_chart_that_does_not_render_are_read(tmp_path: Path) -> None:
    chart = (
        "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
        "dependencies: [{name: common, version: 1.0.0, repository: 'https://charts.example.org'}]\n"
    )
    files: dict[str, str | bytes] = {
        **FILES,
        "chart/Chart.yaml": chart,
        "chart/templates/x.yaml": '{{ include "common.name" . }}\n',
        "chart/ci/try-values.yaml": "a: 1\n",
    }
    found = load(lay(tmp_path, files), KubernetesOptions(), load_catalog(), ProjectFile())
    assert [(root.path, root.kind, root.files) for root in found.roots] == [
        ("chart", "values", ("chart/values.yaml",))
    ]
    status = {entry.path: entry.status for entry in found.ledger.entries}
    assert status["chart/values.yaml"] == "analysed"
    assert status["chart/templates/x.yaml"] == "skipped"


def test_a_chart_without_name_is_for_another_tool(tmp_path: Path) -> None:
    files = {"chart/Chart.yaml": "version: 1.0.0\n" + DEPENDENCIES, "chart/values.yaml": "a: b\n"}

    found = charts(tmp_path, files)

    assert told(found, "undecided", "failed") == [
        (
            "undecided",
            "chart/Chart.yaml:1",
            "Chart.yaml has no name, so Helm refuses the chart. Name it, or pipe what the tool "
            "that reads it gives into “souverain check -”.",
        )
    ]
    assert [where for _, where, _ in told(found, "skipped")] == [
        "chart/Chart.yaml",
        "chart/values.yaml",
    ]


def test_a_test_of_a_chart_is_no_object(tmp_path: Path) -> None:
    files = {
        **FILES,
        "chart/templates/tests/a.yaml": (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: try\n"
            "  annotations: {helm.sh/hook: test}\n"
        ),
        "chart/templates/b.yaml": (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: install\n"
            '  annotations: {helm.sh/hook: "post-install,test"}\n'
        ),
    }
    found = charts(tmp_path, files)
    assert [each.address for each in found.roots[0].objects] == [
        "Pod/default/install",
        "ConfigMap/default/web",
    ]
    assert (
        "skipped",
        "chart/templates/tests/a.yaml:2",
        "Pod/default/try is a test of the chart, which only “helm test” runs.",
    ) in told(found, "skipped")
