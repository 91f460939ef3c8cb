"""Charts: what they give, where it is written, and what is said of those that give nothing."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import at, by_address, charts, leaves, place, snapshot, told

from souverain.kubernetes.relocation import Filled
from souverain.kubernetes.rendering import program

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
DEPLOYMENT = """\
{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels:
    {{- include "shop.labels" . | nindent 4 }}
spec:
  template:
    spec:
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Chart.Version }}"
          env:
            {{- range .Values.env }}
            - name: {{ .name }}
              value: {{ .value | quote }}
            {{- end }}
            - {name: FIXED, value: literal}
{{- end }}
"""
VALUES = """\
enabled: true
image:
  repository: rg.fr-par.scw.cloud/shop/web
nodeSelector:
  topology.kubernetes.io/region: fr-par
  pool: web
env:
  - name: BUCKET_REGION
    value: eu-west-3
  - {name: OTHER, value: there}
"""
FILES: dict[str, str | bytes] = {
    "chart/Chart.yaml": CHART,
    "chart/values.yaml": VALUES,
    "chart/templates/web.yaml": DEPLOYMENT,
    "chart/templates/_helpers.tpl": '{{ define "shop.labels" }}app: shop\ntier: web{{ end }}\n',
    "chart/templates/NOTES.txt": "Thank you: {{ .Release.Name }}\n",
}
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


@pytest.fixture(autouse=True, params=["library", "program"])
def _renderer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both renderers must give the same."""
    if request.param == "library":
        monkeypatch.setenv("PATH", "")
        return
    monkeypatch.setitem(sys.modules, "helm_python", None)
    if program("helm") is None:
        monkeypatch.setenv("PATH", str(request.getfixturevalue("renderers")), prepend=os.pathsep)


# --- places ---------------------------------------------------------------------------


def test_what_a_template_says_is_at_its_line(tmp_path: Path) -> None:
    found = charts(tmp_path, FILES)

    assert told(found, "failed", "undecided") == []
    (root,) = found.roots
    assert (root.path, root.scenario, root.kind) == ("chart", None, "helm")
    web = by_address(found)["Deployment/default/release-name-web"]
    assert place(web.span) == "chart/templates/web.yaml:3:1"
    assert place(at(web.body, "metadata", "name").span) == "chart/templates/web.yaml:5:3"
    container = ("spec", "template", "spec", "containers", 0)
    assert place(at(web.body, *container, "name").span) == "chart/templates/web.yaml:16:17"
    fixed = at(web.body, *container, "env", 2, "value")
    assert (fixed.value, place(fixed.span)) == ("literal", "chart/templates/web.yaml:23:36")
    assert fixed.span.text == "literal"
    # A helper gives several lines: they are where it is called.
    assert at(web.body, "metadata", "labels", "tier").span.line == 7
    assert at(web.body, "metadata", "labels", "app").span.line == 7


@pytest.mark.parametrize(
    ("path", "value", "line", "written"),
    [
        (("image",), "rg.fr-par.scw.cloud/shop/web:1.0.0", 17, "chart/values.yaml:3:15"),
        (("env", 0, "value"), "eu-west-3", 21, "chart/values.yaml:9:12"),
        (("env", 1, "name"), "OTHER", 20, "chart/values.yaml:10:12"),
    ],
)
def test_a_value_leads_to_the_line_that_decides_it(
    tmp_path: Path, path: tuple[str | int, ...], value: str, line: int, written: str
) -> None:
    web = by_address(charts(tmp_path, FILES))["Deployment/default/release-name-web"]

    leaf = at(web.body, "spec", "template", "spec", "containers", 0, *path)

    assert isinstance(leaf, Filled)
    assert (leaf.value, leaf.span.file) == (value, "chart/templates/web.yaml")
    assert (leaf.span.line, place(leaf.origin)) == (line, written)


def test_a_block_of_values_leads_to_each_of_its_lines(tmp_path: Path) -> None:
    web = by_address(charts(tmp_path, FILES))["Deployment/default/release-name-web"]

    region = at(
        web.body, "spec", "template", "spec", "nodeSelector", "topology.kubernetes.io/region"
    )

    assert isinstance(region, Filled)
    assert (region.span.line, place(region.origin)) == (13, "chart/values.yaml:5:34")


def test_a_scenario_file_is_where_its_values_are(tmp_path: Path) -> None:
    prod = "image: {repository: registry.example.org/web}\n"
    found = charts(tmp_path, {**FILES, "chart/values-prod.yaml": prod})

    web = by_address(found)["Deployment/default/release-name-web"]
    image = at(web.body, "spec", "template", "spec", "containers", 0, "image")
    assert isinstance(image, Filled)
    assert place(image.origin) == "chart/values-prod.yaml:1:21"


def test_a_checksum_of_another_template_does_not_hide_lines(tmp_path: Path) -> None:
    template = (
        CONFIG % "a" + "data:\n"
        '  sum: {{ include (print $.Template.BasePath "/b.yaml") . | sha256sum }}\n'
        "  region: eu-west-3\n"
    )
    files = {**FILES, "chart/templates/a.yaml": template, "chart/templates/b.yaml": CONFIG % "b"}

    config = by_address(charts(tmp_path, files))["ConfigMap/default/a"]

    assert place(at(config.body, "data", "region").span) == "chart/templates/a.yaml:6:11"


def test_a_subchart_takes_its_values_from_its_parent(tmp_path: Path) -> None:
    files = {
        **FILES,
        "chart/values.yaml": VALUES + "cache:\n  region: eu-west-3\nglobal: {zone: z1}\n",
        "chart/charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 0.1.0\n",
        "chart/charts/cache/values.yaml": "region: none\nsize: small\n",
        "chart/charts/cache/templates/c.yaml": CONFIG
        % "cache"
        + "data:\n  region: {{ .Values.region }}\n  size: {{ .Values.size }}\n"
        "  zone: {{ .Values.global.zone }}\n",
    }

    config = by_address(charts(tmp_path, files))["ConfigMap/default/cache"]

    assert place(config.span) == "chart/charts/cache/templates/c.yaml:2:1"
    origins = [each.origin for each in leaves(config.body) if isinstance(each, Filled)]
    assert list(map(place, origins)) == [
        "chart/values.yaml:12:11",
        "chart/charts/cache/values.yaml:2:7",
        "chart/values.yaml:13:16",
    ]


def test_definitions_of_custom_resources_are_objects_of_the_chart(tmp_path: Path) -> None:
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata:\n  name: things.example.org\nspec: {note: '{{ not a template }}'}\n"
    )

    found = by_address(charts(tmp_path, {**FILES, "chart/crds/thing.yaml": definition}))

    defined = found["CustomResourceDefinition/things.example.org"]
    assert place(defined.span) == "chart/crds/thing.yaml:2:1"


def test_blocks_for_usual_operators_do_not_vanish(tmp_path: Path) -> None:
    template = (
        '{{ if .Capabilities.APIVersions.Has "external-secrets.io/v1" }}\n'
        + CONFIG % "asked"
        + '{{ end }}\n---\n{{ if .Capabilities.APIVersions.Has "route.openshift.io/v1" }}\n'
        + CONFIG % "openshift"
        + "{{ end }}\n"
    )

    found = by_address(charts(tmp_path, {**FILES, "chart/templates/c.yaml": template}))

    assert set(found) == {"ConfigMap/default/asked", "Deployment/default/release-name-web"}


def test_names_that_are_drawn_are_the_same_in_every_run(tmp_path: Path) -> None:
    template = (
        '{{ $name := printf "job-%s" (randAlphaNum 8 | lower) }}'
        + CONFIG % '"{{ $name }}-data"'
        + "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ $name }}\n"
        "spec: {password: '{{ randAlphaNum 8 }}'}\n"
    )

    found = by_address(charts(tmp_path, {**FILES, "chart/templates/c.yaml": template}))

    assert set(found) >= {"Pod/default/job-generated"}


# --- scenarios ------------------------------------------------------------------------


def test_values_files_beside_a_chart_are_its_scenarios(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        **FILES,
        "chart/values-prod.yaml": "enabled: true\n",
        "chart/values.dev.yaml": "enabled: true\n",
        "chart/recette-values.yml": "enabled: true\n",
        "chart/environments/sandbox/values.yaml": "enabled: true\n",
        "chart/ci/values-test.yaml": "enabled: true\n",
    }

    found = charts(tmp_path, files)

    assert [root.scenario for root in found.roots] == [
        "sandbox", "recette-values", "values-prod", "values.dev",
    ]  # fmt: skip
    assert ("skipped", "chart/ci/values-test.yaml") in [
        (status, where) for status, where, _ in told(found, "skipped")
    ]


def test_declared_scenarios_replace_the_files_beside_it(tmp_path: Path) -> None:
    manifest = (
        "version: 1\nscenarios:\n"
        "  - {root: chart, name: prod, var_files: [values-a.yaml, ../shared/values-b.yaml]}\n"
        "  - {root: elsewhere, name: other, var_files: [x.tfvars]}\n"
    )
    files = {
        **FILES,
        "souverain.yaml": manifest,
        "chart/values-a.yaml": "image: {repository: first}\nenv: []\n",
        "shared/values-b.yaml": "image: {repository: second}\n",
    }

    found = charts(tmp_path, files)

    assert [root.scenario for root in found.roots] == ["prod"]
    web = by_address(found)["Deployment/default/release-name-web"]
    container = ("spec", "template", "spec", "containers", 0)
    assert at(web.body, *container, "image").value == "second:1.0.0"
    assert at(web.body, *container, "env", 0, "name").value == "FIXED"
    assert "shared/values-b.yaml" in found.taken
    assert "shared/values-b.yaml" in found.roots[0].files


def test_values_of_the_command_line_replace_all_scenarios(tmp_path: Path) -> None:
    (tmp_path / "given.yaml").write_text("image: {repository: given}\n")
    files = {**FILES, "chart/values-prod.yaml": "image: {repository: prod}\n"}

    found = charts(
        tmp_path, files, values=(Path("given.yaml"),), sets=("env[0].name=A", "enabled=true")
    )

    assert [root.scenario for root in found.roots] == [None]
    web = by_address(found)["Deployment/default/release-name-web"]
    container = ("spec", "template", "spec", "containers", 0)
    assert at(web.body, *container, "image").value == "given:1.0.0"
    assert at(web.body, *container, "env", 0, "name").value == "A"


def test_a_scenario_that_cannot_be_read_is_failed(tmp_path: Path) -> None:
    found = charts(tmp_path, {**FILES, "chart/values-prod.yaml": "a: [\n"})

    assert found.roots == ()
    ((status, where, _),) = told(found, "failed")
    assert (status, where.partition(":")[0]) == ("failed", "chart/values-prod.yaml")


# --- subcharts ------------------------------------------------------------------------

DEPENDENCIES = """\
dependencies:
  - name: postgresql
    version: 15.x.x
    repository: https://charts.example.org
    condition: postgresql.enabled
"""


def test_a_missing_subchart_is_told_and_the_rest_is_rendered(tmp_path: Path) -> None:
    found = charts(tmp_path, {**FILES, "chart/Chart.yaml": CHART + DEPENDENCIES})

    assert list(by_address(found)) == ["Deployment/default/release-name-web"]
    assert told(found, "undecided", "failed") == [
        (
            "undecided",
            "chart/Chart.yaml:5",
            "Subcharts are not in charts/, so what they deploy is not checked: postgresql. "
            "Run “helm dependency build chart”.",
        )
    ]


SAID = """\
postgresql:
  backup: {endpoint: https://s3.fr-par.scw.cloud, bucket: b}
  image: {registry: docker.io}
"""


@pytest.mark.parametrize("templates", [True, False])
def test_what_is_written_for_a_missing_subchart_is_read(tmp_path: Path, templates: bool) -> None:
    files = {
        "chart/Chart.yaml": CHART + DEPENDENCIES,
        "chart/values.yaml": VALUES + SAID,
        "chart/values-prod.yaml": "postgresql: {image: {registry: ghcr.io}, backup: {bucket: p}}\n",
        "chart/values-test.yaml": "postgresql: {enabled: false}\n",
    }
    found = charts(tmp_path, {**FILES, **files} if templates else files)

    prod, test = sorted(found.roots, key=lambda root: root.scenario or "")
    (values,) = (each for each in prod.objects if each.kind == "values")
    assert (values.address, values.type) == ("values/postgresql", "values")
    assert place(at(values.body, "image", "registry").span) == "chart/values-prod.yaml:1:32"
    endpoint = at(values.body, "backup", "endpoint")
    assert (endpoint.value, place(endpoint.span)) == (
        "https://s3.fr-par.scw.cloud",
        "chart/values.yaml:12:22",
    )
    assert at(values.body, "backup", "bucket").value == "p"
    assert [each.kind for each in test.objects if each.kind == "values"] == []
    sentences = [sentence for _, _, sentence in told(found, "undecided", "failed")]
    assert sum("Subcharts are not in charts/" in sentence for sentence in sentences) == 1
    # Only where the subchart is switched off is there nothing that could be deployed.
    empty = [sentence for sentence in sentences if "renders to nothing" in sentence]
    assert ["values-test.yaml" in sentence for sentence in empty] == [True] * (not templates)


def test_a_missing_subchart_that_is_switched_off_is_not_missed(tmp_path: Path) -> None:
    off = VALUES + "postgresql: {enabled: false}\n"
    files = {**FILES, "chart/Chart.yaml": CHART + DEPENDENCIES, "chart/values.yaml": off}

    assert told(charts(tmp_path, files), "undecided", "failed") == []


def test_a_chart_that_needs_its_missing_subchart_is_undecided(tmp_path: Path) -> None:
    files = {
        **FILES,
        "chart/Chart.yaml": CHART + DEPENDENCIES,
        "chart/templates/x.yaml": '{{ include "postgresql.name" . }}\n',
    }

    found = charts(tmp_path, files)

    assert found.roots == ()
    assert told(found, "failed") == []
    sentence = told(found, "undecided")[-1][2]
    assert "does not render without its subcharts (postgresql)" in sentence
    assert 'no template "postgresql.name"' in sentence


def test_a_subchart_of_the_project_stands_for_itself(tmp_path: Path) -> None:
    local = (
        CHART + "dependencies:\n  - {name: base, version: 1.x.x, repository: 'file://../base'}\n"
    )
    files = {
        **FILES,
        "chart/Chart.yaml": local,
        "base/Chart.yaml": "apiVersion: v2\nname: base\ntype: library\nversion: 1.2.0\n",
        "base/templates/c.yaml": CONFIG % "base",
    }

    found = charts(tmp_path, files)

    assert told(found, "undecided", "failed") == []
    assert "base/templates/c.yaml" in found.roots[0].files


def archive(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


def test_what_an_archive_gives_is_at_its_declaration(tmp_path: Path) -> None:
    packed = archive(
        {
            "postgresql/Chart.yaml": "apiVersion: v2\nname: postgresql\nversion: 15.1.0\n",
            "postgresql/templates/c.yaml": CONFIG % "db",
        }
    )
    files = {
        **FILES,
        "chart/Chart.yaml": CHART + DEPENDENCIES,
        "chart/charts/postgresql-15.1.0.tgz": packed,
    }

    found = charts(tmp_path, files)

    assert told(found, "undecided", "failed") == []
    assert place(by_address(found)["ConfigMap/default/db"].span) == "chart/Chart.yaml:5:5"


# --- what gives nothing ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "where", "words"),
    [
        ('a: {{ required "a host is needed" .Values.host }}', "x.yaml:1", "a host is needed"),
        ("a: 1\nb: {{ .Values.a.b.c }}", "x.yaml:2", "nil pointer"),
        ("a: 1\n\n{{ if }}", "x.yaml:3", "missing value for if"),
        ('a: {{ fail "never" }}', "x.yaml:1", "never"),
        ('{{ include "shop.broken" . }}', "_broken.tpl:2", "interface {}.b"),
    ],
)
def test_a_failed_rendering_is_failed_where_it_fails(
    tmp_path: Path, template: str, where: str, words: str
) -> None:
    broken = '{{ define "shop.broken" }}\n{{ .Values.a.b.deep }}{{ end }}'
    files = {**FILES, "chart/templates/x.yaml": template, "chart/templates/_broken.tpl": broken}

    found = charts(tmp_path, files)

    assert found.roots == ()
    ((_, place_, sentence),) = told(found, "failed")
    assert place_ == f"chart/templates/{where}"
    assert words in sentence
    assert "See it with “helm template chart”." in sentence
    assert str(tmp_path.parent) not in sentence
    assert "souverain-" not in sentence


def test_values_that_break_their_schema_are_failed(tmp_path: Path) -> None:
    schema = (
        '{"type": "object", "required": ["region"], "properties": {"enabled": {"type": "string"}}}'
    )

    found = charts(tmp_path, {**FILES, "chart/values.schema.json": schema})

    assert found.roots == ()
    ((_, _, sentence),) = told(found, "failed")
    assert "missing property 'region'" in sentence
    assert "got boolean, want string" in sentence


def test_a_template_that_gives_no_yaml_is_failed_at_its_line(tmp_path: Path) -> None:
    found = charts(tmp_path, {**FILES, "chart/templates/x.yaml": "a: 1\nb: [{{ 1 }}\nc: 2\n"})

    ((_, where, _),) = told(found, "failed")
    assert where.startswith("chart/templates/x.yaml")


def test_a_chart_that_gives_nothing_says_so(tmp_path: Path) -> None:
    off = VALUES.replace("enabled: true", "enabled: false")

    found = charts(tmp_path, {**FILES, "chart/values.yaml": off})

    ((status, where, sentence),) = told(found, "failed", "undecided")
    assert (status, where) == ("undecided", "chart/Chart.yaml:2")
    assert sentence.startswith("The chart renders to nothing with these values.")


def test_a_library_chart_is_skipped_with_its_reason(tmp_path: Path) -> None:
    found = charts(tmp_path, {**FILES, "chart/Chart.yaml": CHART + "type: library\n"})

    assert found.roots == ()
    assert "A library chart gives no objects of its own." in told(found, "skipped")[0][2]


def test_a_vendored_subchart_is_no_chart_of_its_own(tmp_path: Path) -> None:
    files = {
        **FILES,
        "chart/charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 0.1.0\n",
        # `charts` is also a common name for a directory of charts.
        "charts/other/Chart.yaml": "apiVersion: v2\nname: other\nversion: 0.1.0\n",
        "charts/other/templates/c.yaml": CONFIG % "other",
    }

    assert [root.path for root in charts(tmp_path, files).roots] == ["chart", "charts/other"]


def test_manifests_beside_a_chart_are_not_its_parts(tmp_path: Path) -> None:
    files = {**{name.removeprefix("chart/"): text for name, text in FILES.items()}}

    found = charts(tmp_path, {**files, "k8s/a.yaml": CONFIG % "a"})

    assert [root.path for root in found.roots] == ["."]
    assert "templates/web.yaml" in found.taken
    assert "k8s/a.yaml" not in found.taken


def test_rendering_leaves_nothing_in_the_tree(tmp_path: Path) -> None:
    charts(tmp_path, {**FILES, "chart/Chart.yaml": CHART + DEPENDENCIES})
    before = snapshot(tmp_path)

    charts(tmp_path, {})

    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("call", ['fail (printf "no %s" .Values.db.password)', ".Values.token.of"])
def test_what_helm_says_of_a_secret_is_not_repeated(tmp_path: Path, call: str) -> None:
    files = {
        "chart/Chart.yaml": CHART,
        "chart/values.yaml": "db: {password: correct-horse}\ntoken: battery-staple\n",
        "chart/templates/x.yaml": f"a: {{{{ {call} }}}}\n",
    }
    ((_, _, sentence),) = told(charts(tmp_path, files), "failed")
    assert "The rendering failed" in sentence
    assert "correct-horse" not in sentence
    assert "battery-staple" not in sentence
