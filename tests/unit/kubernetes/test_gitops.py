"""What objects of Argo CD and Flux have deployed: from the project, or from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import KINDS, lay

from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, gitops, load
from souverain.kubernetes.model import KubernetesResult
from souverain.project import ProjectFile
from souverain.text import render

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
FILES: dict[str, str | bytes] = {
    "apps/web/pod.yaml": POD,
    "overlays/base/kustomization.yaml": "resources: [pod.yaml]\n",
    "overlays/base/pod.yaml": POD,
    "overlays/prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
    "jsonnet/main.jsonnet": "{}",
}
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  source: {repoURL: https://git.example.org/ours, %s}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web}
spec:
  path: %s
  sourceRef: {kind: %s, name: ours}
"""


@pytest.fixture(autouse=True)
def _only_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def loaded(root: Path, **files: str) -> KubernetesResult:
    tree = lay(root, {**FILES, **{f"cd/{name}.yaml": text for name, text in files.items()}})
    return load(tree, KubernetesOptions(), load_catalog(), ProjectFile())


def elsewhere(found: KubernetesResult) -> list[tuple[str, str]]:
    return [
        (f"{e.path}:{e.span.line}:{e.span.column}", render(e.reason, "en"))
        for e in found.ledger.entries
        if e.status == "undecided" and e.reason is not None and e.span is not None
    ]


@pytest.mark.parametrize(
    "text",
    [
        APPLICATION % "path: apps/web",
        APPLICATION % "path: ./overlays/prod",
        FLUX % ("./apps/web", "GitRepository"),
        FLUX % ("/apps", "GitRepository"),
        FLUX % ("./", "GitRepository"),
        # An artifact is made of parts of the repository: the end of the path counts.
        FLUX % ("./web", "ExternalArtifact"),
        "apiVersion: fleet.cattle.io/v1alpha1\nkind: GitRepo\nmetadata: {name: a}\n"
        "spec: {repo: https://git.example.org/ours, paths: [apps/web, overlays/prod]}\n",
    ],
)
def test_what_lies_in_the_project_needs_no_word(tmp_path: Path, text: str) -> None:
    assert elsewhere(loaded(tmp_path, app=text)) == []


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        (APPLICATION % "path: far/away", "cd/app.yaml:5:57",
         "It deploys far/away of https://git.example.org/ours, which is not in this project: "
         "check it there as well."),
        (APPLICATION % "chart: redis", "cd/app.yaml:5:58",
         "It deploys the chart redis of https://git.example.org/ours, which is not in this "
         "project: only its values here are checked. Copy the chart in, or pipe in what it "
         "renders."),
        (APPLICATION % "path: '{{ .path }}'", "cd/app.yaml:5:57",
         "What it deploys ({{ .path }}) is only known when it runs. Check the directories it "
         "stands for."),
        (APPLICATION % "path: jsonnet", "cd/app.yaml:5:57",
         "It deploys jsonnet, where no manifest, chart or overlay was found. Pipe in what its "
         "tool gives."),
        (FLUX % ("./web", "GitRepository"), "cd/app.yaml:5:9",
         "It deploys ./web of ours, which is not in this project: check it there as well."),
        ("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n"
         "spec: {chart: {spec: {chart: redis, sourceRef: {name: far}}}}\n", "cd/app.yaml:4:30",
         "It deploys the chart redis of far, which is not in this project: only its values here "
         "are checked. Copy the chart in, or pipe in what it renders."),
    ],
)  # fmt: skip
def test_what_lies_elsewhere_is_told_where_it_is_named(
    tmp_path: Path, text: str, place: str, sentence: str
) -> None:
    assert elsewhere(loaded(tmp_path, app=text)) == [(place, sentence)]


def test_several_sources_are_told_apart(tmp_path: Path) -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n"
        "  sources:\n"
        "    - {repoURL: https://charts.example.org, chart: redis}\n"
        "    - {repoURL: https://git.example.org/ours, path: apps/web}\n"
    )

    assert [place for place, _ in elsewhere(loaded(tmp_path, app=text))] == ["cd/app.yaml:6:52"]


def test_a_base_that_is_deployed_is_a_root(tmp_path: Path) -> None:
    text = FLUX % ("./overlays/base", "GitRepository")
    tree = lay(tmp_path, {**FILES, "cd/app.yaml": text})

    assert gitops.deployed(tree, KINDS) == {"overlays/base"}
    roots = [root.path for root in loaded(tmp_path, app=text).roots if root.kind == "kustomize"]
    assert roots == ["overlays/base", "overlays/prod"]


def test_objects_that_overlays_and_loose_files_share_are_reported_once(tmp_path: Path) -> None:
    found = loaded(tmp_path)

    assert [(root.kind, root.path, [o.address for o in root.objects]) for root in found.roots] == [
        ("kustomize", "overlays/prod", ["Pod/prod/web"]),
        ("manifests", "apps/web", ["Pod/default/web"]),
    ]


# --- what deliveries say of what they deliver -----------------------------------------

FILLED = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s}
spec:
  path: ./vars
  sourceRef: {kind: GitRepository, name: ours}
  postBuild: {%s}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {zone: "${zone}", place: "a-${zone}", twice: "${a}${b:=c}", open: "${other}"}
"""


def settings(root: Path, *fillings: str) -> dict[str, str | None]:
    files = {f"f{i}": FILLED % (f"f{i}", said) for i, said in enumerate(fillings)}
    tree = lay(root, {"vars/a.yaml": SETTINGS, **{f"cd/{n}.yaml": t for n, t in files.items()}})
    found = load(tree, KubernetesOptions(), load_catalog(), ProjectFile())
    (config,) = next(r for r in found.roots if r.path == "vars").objects
    return {key: config.body.text("data", key) for key in ("zone", "place", "twice", "open")}


def test_what_a_delivery_fills_in_is_read(tmp_path: Path) -> None:
    assert settings(tmp_path, "substitute: {zone: eu-west-3a, a: x}") == {
        "zone": "eu-west-3a",
        "place": "a-eu-west-3a",
        "twice": "xc",
        "open": "${other}",
    }


def test_what_is_filled_in_from_elsewhere_may_replace_a_default(tmp_path: Path) -> None:
    more = "substitute: {zone: z}, substituteFrom: [{kind: ConfigMap, name: vars}]"
    assert settings(tmp_path, more)["twice"] == "${a}${b:=c}"


@pytest.mark.parametrize("second", ["substitute: {zone: eu-west-1a}", "substitute: {other: x}"])
def test_deliveries_that_disagree_fill_nothing_in(tmp_path: Path, second: str) -> None:
    assert settings(tmp_path, "substitute: {zone: eu-west-3a}", second)["zone"] == "${zone}"


def test_a_root_knows_what_has_it_deployed(tmp_path: Path) -> None:
    prod = (APPLICATION % "path: overlays/prod").replace("name: web", "name: prod")
    found = loaded(tmp_path, web=APPLICATION % "path: apps", prod=prod)
    assert {root.path: [each.name for each in root.delivered_by] for root in found.roots} == {
        "overlays/prod": ["prod"],
        "apps/web": ["web"],
        "cd": [],
    }
