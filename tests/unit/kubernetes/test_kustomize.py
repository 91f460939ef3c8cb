"""Overlays: what they give, where it is written, and what is refused before rendering."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import at, by_address, overlays, place, snapshot, told

from souverain.kubernetes.kustomize import find_renderer

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: nginx:1
          env:
            - name: REGION
              value: none
        - name: sidecar
          image: busybox:1
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      nodeSelector: {topology.kubernetes.io/region: fr-par}
      containers:
        - name: web
          env:
            - name: REGION
              value: eu-west-3
"""
BASE: dict[str, str | bytes] = {
    "base/web.yaml": DEPLOYMENT,
    "base/kustomization.yaml": "resources:\n  - web.yaml\n",
}
WEB = "Deployment/prod/shop-web"
POD = ("spec", "template", "spec")


@pytest.fixture(autouse=True)
def _only_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def overlay(text: str, **more: str) -> dict[str, str | bytes]:
    return {**BASE, "prod/kustomization.yaml": text, **{f"prod/{n}": t for n, t in more.items()}}


# --- places ---------------------------------------------------------------------------


def test_an_object_is_where_its_source_is(tmp_path: Path) -> None:
    files = overlay(
        "resources: [../base]\n"
        "namespace: prod\n"
        "namePrefix: shop-\n"
        "images:\n"
        "  - {name: nginx, newName: rg.fr-par.scw.cloud/shop/nginx}\n"
        "labels: [{pairs: {data: health}}]\n"
        "patches:\n"
        "  - path: region.yaml\n"
        "  - target: {kind: Deployment}\n"
        "    patch: |-\n"
        "      - op: replace\n"
        "        path: /spec/replicas\n"
        "        value: 42\n"
        "  - patch: |\n"
        "      kind: Deployment\n"
        "      apiVersion: apps/v1\n"
        "      metadata:\n"
        "        name: web\n"
        "      spec:\n"
        "        paused: true\n",
        **{"region.yaml": PATCH},
    )

    found = overlays(tmp_path, files)

    assert told(found, "failed", "undecided") == []
    (root,) = found.roots
    assert (root.path, root.kind, root.scenario) == ("prod", "kustomize", None)
    assert root.files == (
        "base/kustomization.yaml", "base/web.yaml", "prod/kustomization.yaml", "prod/region.yaml",
    )  # fmt: skip
    web = by_address(found)[WEB]
    assert place(web.span) == "base/web.yaml:2:1"
    written = {
        ("metadata", "name"): "base/web.yaml:4:9",
        ("metadata", "namespace"): "prod/kustomization.yaml:2:12",
        ("metadata", "labels", "data"): "prod/kustomization.yaml:6:25",
        ("spec", "replicas"): "prod/kustomization.yaml:13:16",
        ("spec", "paused"): "prod/kustomization.yaml:20:17",
        (*POD, "containers", 0, "image"): "prod/kustomization.yaml:5:28",
        (*POD, "containers", 0, "env", 0, "name"): "prod/region.yaml:11:21",
        (*POD, "containers", 0, "env", 0, "value"): "prod/region.yaml:12:22",
        (*POD, "containers", 1, "image"): "base/web.yaml:16:18",
        (*POD, "nodeSelector", "topology.kubernetes.io/region"): "prod/region.yaml:7:53",
    }
    assert {path: place(at(web.body, *path).span) for path in written} == written
    assert not any("origin" in key for key in web.body.keys)


def test_the_origin_annotation_is_ours_and_is_taken_away(tmp_path: Path) -> None:
    annotated = DEPLOYMENT.replace("  name: web\n", "  name: web\n  annotations: {a: b}\n", 1)
    files = {
        **overlay("resources: [../base, one.yaml]\n"),
        "prod/one.yaml": annotated.replace("web", "one"),
    }

    found = by_address(overlays(tmp_path, files))

    metadata = found["Deployment/default/web"].body.get("metadata")
    assert metadata is not None
    assert metadata.keys == ("name",)  # type: ignore[union-attr]
    annotations = found["Deployment/default/one"].body.get("metadata").get("annotations")  # type: ignore[union-attr]
    assert annotations.keys == ("a",)  # type: ignore[union-attr]


def test_generated_objects_are_where_their_content_is(tmp_path: Path) -> None:
    files = overlay(
        "configMapGenerator:\n"
        "  - name: settings\n"
        "    literals: [REGION=eu-west-3, OTHER=x]\n"
        "    files: [app.conf, renamed=more.txt]\n"
        "    envs: [settings.env]\n"
        "resources: [user.yaml]\n",
        **{
            "app.conf": "a\nb\n",
            "more.txt": "c\n",
            "settings.env": "# note\nHOST=s3.fr-par.scw.cloud\n",
            "user.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: user}\nspec:\n"
            "  containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]\n",
        },
    )

    found = by_address(overlays(tmp_path, files), -1)

    settings = found["ConfigMap/default/settings"]
    assert place(settings.span) == "prod/kustomization.yaml:2:5"
    written = {
        "REGION": "prod/kustomization.yaml:3:16",
        "OTHER": "prod/kustomization.yaml:3:34",
        "app.conf": "prod/app.conf:1:1",
        "renamed": "prod/more.txt:1:1",
        "HOST": "prod/settings.env:2:1",
    }
    assert {key: place(at(settings.body, "data", key).span) for key in written} == written
    # The name is the one a person gave: the hash of the content would change with it.
    user = found["Pod/default/user"]
    assert at(user.body, "spec", "containers", 0, "envFrom", 0, "configMapRef", "name").value == (
        "settings"
    )


def test_content_of_generated_secrets_is_marked(tmp_path: Path) -> None:
    files = overlay("secretGenerator: [{name: keys, literals: [TOKEN=hush]}]\n")

    keys = by_address(overlays(tmp_path, files), -1)["Secret/default/keys"]

    token = at(keys.body, "data", "TOKEN")

    assert (token.value, token.secret) == ("hush", True)


# --- roots ----------------------------------------------------------------------------


def test_each_overlay_is_a_root_and_its_base_is_none(tmp_path: Path) -> None:
    files = {
        **overlay("resources: [../base]\nnamespace: prod\n"),
        "dev/kustomization.yml": "bases: [../base]\nnamespace: dev\ncomponents: [../extra]\n",
        "extra/Kustomization": "kind: Component\nlabels: [{pairs: {a: b}}]\n",
        "unused/kustomization.yaml": "kind: Component\nlabels: []\n",
    }

    found = overlays(tmp_path, files)

    assert [(root.path, [o.address for o in root.objects]) for root in found.roots] == [
        ("dev", ["Deployment/dev/web"]),
        ("prod", ["Deployment/prod/web"]),
    ]
    assert "base/web.yaml" in found.taken
    skipped = {where: sentence for _, where, sentence in told(found, "skipped")}
    assert skipped == {"unused/kustomization.yaml": "No overlay that was rendered uses it."}
    analysed = {where: sentence for _, where, sentence in told(found, "analysed")}
    assert analysed["base/web.yaml"] == "Part of what is rendered: dev, prod."


def test_a_base_that_something_deploys_is_a_root_as_well(tmp_path: Path) -> None:
    found = overlays(tmp_path, overlay("resources: [../base]\n"), frozenset({"base"}))

    assert [root.path for root in found.roots] == ["base", "prod"]


def test_kustomizations_that_only_use_one_another_are_seen(tmp_path: Path) -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b]\n",
        "b/kustomization.yaml": "resources: [../a]\n",
    }

    found = overlays(tmp_path, files)

    assert found.roots == ()
    ((status, where, sentence),) = told(found, "failed")
    assert (status, where) == ("failed", "a/kustomization.yaml:1")
    assert "cycle" in sentence


def test_objects_of_flux_with_the_same_kind_are_no_kustomization(tmp_path: Path) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: apps}\nspec: {path: ./apps}\n"
    )

    found = overlays(tmp_path, {"flux/kustomization.yaml": flux})

    assert (found.roots, found.entries, found.taken) == ((), (), frozenset())


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/all.yaml",
        "https://github.com/owner/name//path?ref=v1",
        "github.com/owner/name?ref=v1",
        "github.com/owner/name",
        "git@github.com:owner/name.git",
        "git::https://example.org/name",
        "ssh://git@example.org/name",
        "file:///etc",
        "gh:owner/name",
        "oci://registry.example.org/name",
        "gitlab.example.org/owner/name/path",
        "owner/name.git",
    ],
)
def test_what_is_remote_is_left_out_and_told(tmp_path: Path, source: str) -> None:
    found = overlays(tmp_path, overlay(f"resources:\n  - ../base\n  - '{source}'\n"))

    assert [each.address for each in found.roots[0].objects] == ["Deployment/default/web"]
    ((status, where, sentence),) = told(found, "failed", "undecided")
    assert (status, where) == ("undecided", "prod/kustomization.yaml:3")
    assert source in sentence
    assert "kustomize build prod | souverain check -" in sentence


def test_an_overlay_that_needs_what_is_remote_is_undecided(tmp_path: Path) -> None:
    needs = (
        "resources: [https://example.org/all.yaml]\n"
        "patches: [{path: p.yaml, target: {kind: Deployment, name: gone}}]\n"
    )
    patch = "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: gone}\nspec: {paused: true}\n"

    found = overlays(tmp_path, overlay(needs, **{"p.yaml": patch}))

    assert told(found, "failed") == []
    assert told(found, "undecided")[0][1] == "prod/kustomization.yaml:1"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("resources: [../../outside]\n", "undecided", "reaches outside the project"),
        ("resources: [/etc/passwd]\n", "undecided", "reaches outside the project"),
        ("resources: [linked.yaml]\n", "undecided", "reaches outside the project"),
        ("resources: [linked]\n", "undecided", "reaches outside the project"),
        ("components: [../../outside]\n", "undecided", "reaches outside the project"),
        ("patches: [{path: ../../outside/p.yaml}]\n", "undecided", "reaches outside the project"),
        ("crds: [../../outside/p.yaml]\n", "undecided", "reaches outside the project"),
        ("openapi: {path: ../../outside/p.yaml}\n", "undecided", "reaches outside the project"),
        ("replacements: [{path: ../../outside/p.yaml}]\n", "undecided", "reaches outside"),
        ("configMapGenerator: [{name: a, files: [x=../../outside/p.yaml]}]\n", "undecided",
         "reaches outside the project"),
        ("secretGenerator: [{name: a, envs: [/etc/passwd]}]\n", "undecided", "reaches outside"),
        ("transformers: [https://example.org/t.yaml]\n", "undecided", "Nothing is downloaded"),
        ("components: [https://example.org/t]\n", "undecided", "Nothing is downloaded"),
        ("helmCharts: [{name: a, repo: https://example.org}]\n", "undecided", "renders a chart"),
        ("generators: [helm.yaml]\n", "undecided", "renders a chart"),
        ("generators: [exec.yaml]\n", "undecided", "runs a plugin (Exec)"),
        ("transformers: [annotated.yaml]\n", "undecided", "runs a plugin (LabelTransformer)"),
        ("validators:\n  - |-\n    metadata: {annotations: {config.kubernetes.io/function: x}}\n"
         "    kind: X\n", "undecided", "runs a plugin"),
        ("resources: [gone.yaml]\n", "failed", "prod/gone.yaml, which is not there"),
        ("resources: [empty]\n", "failed", "prod/empty holds no kustomization"),
        ("resources: [.]\n", "failed", "uses itself"),
        ("resources: [\n", "failed", ""),
        ("unknown: [a]\nnamePrefix: [1]\n", "failed", "The rendering failed"),
    ],
)  # fmt: skip
def test_what_is_not_rendered_says_why(tmp_path: Path, text: str, status: str, words: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kustomization.yaml").write_text("resources: [p.yaml]\n")
    (outside / "p.yaml").write_text(DEPLOYMENT)
    root = tmp_path / "project"
    (root / "prod" / "empty").mkdir(parents=True)
    (root / "prod/linked.yaml").symlink_to(outside / "p.yaml")
    (root / "prod/linked").symlink_to(outside)
    function = "{config.kubernetes.io/function: 'exec: {path: ./run.sh}'}"
    more = {
        "helm.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\n"
        "metadata: {name: a}\n",
        "exec.yaml": "apiVersion: ours/v1\nkind: Exec\nmetadata: {name: a}\n",
        "annotated.yaml": "apiVersion: builtin\nkind: LabelTransformer\n"
        f"metadata: {{name: a, annotations: {function}}}\n",
    }

    found = overlays(root, overlay(text, **more))

    # The base stands on its own where nothing uses it.
    assert [each.path for each in found.roots] == ["base"]
    assert [(s, where.partition(":")[0]) for s, where, _ in told(found, "failed", "undecided")] == [
        (status, "prod/kustomization.yaml")
    ]
    assert words in told(found, "failed", "undecided")[0][2]


def test_sources_of_generators_that_are_not_committed_are_told(tmp_path: Path) -> None:
    text = "resources: [../base]\nsecretGenerator: [{name: keys, envs: [.env]}]\n"

    found = overlays(tmp_path, overlay(text))

    assert {each.address for each in found.roots[0].objects} == {
        "Deployment/default/web",
        "Secret/default/keys",
    }
    ((status, where, sentence),) = told(found, "failed", "undecided")
    assert (status, where) == ("undecided", "prod/kustomization.yaml:2")
    assert "prod/.env, which is not there" in sentence


def test_links_within_the_project_are_followed(tmp_path: Path) -> None:
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod/common").symlink_to("../base")
    (tmp_path / "prod/copy.yaml").symlink_to("../other/pod.yaml")
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\n"

    found = overlays(
        tmp_path, {**overlay("resources: [common, copy.yaml]\n"), "other/pod.yaml": pod}
    )

    assert told(found, "failed", "undecided") == []
    places = {each.address: place(each.span) for each in found.roots[0].objects}
    assert places == {
        "Deployment/default/web": "base/web.yaml:2:1",
        "Pod/default/pod": "prod/copy.yaml:2:1",
    }


def test_builtin_transformers_read_their_files(tmp_path: Path) -> None:
    transformer = (
        "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\n"
        "path: patch.yaml\ntarget: {kind: Deployment}\n"
    )
    text = "resources: [../base]\ntransformers: [t.yaml]\n"

    found = overlays(tmp_path, overlay(text, **{"t.yaml": transformer, "patch.yaml": PATCH}))

    assert told(found, "failed", "undecided") == []
    web = by_address(found)["Deployment/default/web"]
    region = at(web.body, *POD, "nodeSelector", "topology.kubernetes.io/region")
    assert place(region.span) == "prod/patch.yaml:7:53"


# --- without a renderer ---------------------------------------------------------------


def test_rendering_leaves_nothing_in_the_tree(tmp_path: Path) -> None:
    overlays(tmp_path, overlay("resources: [../base]\n"))
    before = snapshot(tmp_path)

    overlays(tmp_path, {})

    assert snapshot(tmp_path) == before


def test_the_renderer_is_that_of_the_extra() -> None:
    command = find_renderer()

    assert command is not None
    assert Path(command[0]).name.startswith("kubectl")
    assert command[1] == "kustomize"
