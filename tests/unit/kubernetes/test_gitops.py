"""What objects of Argo CD and Flux have deployed: from the project, or from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import KINDS, lay

from souverain.assets.objects import value_of
from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, gitops, load
from souverain.kubernetes.model import Fields, KubernetesObject, KubernetesResult
from souverain.kubernetes.relocation import Filled, written
from souverain.project import ProjectFile
from souverain.text import render
from souverain.values import Partial, Unknown

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


def config(root: Path, *fillings: str, **files: str) -> KubernetesObject:
    cd = {f"cd/f{i}.yaml": FILLED % (f"f{i}", said) for i, said in enumerate(fillings)}
    tree = lay(root, {"vars/a.yaml": SETTINGS, **cd, **files})
    found = load(tree, KubernetesOptions(), load_catalog(), ProjectFile())
    (config,) = next(r for r in found.roots if r.path == "vars").objects
    return config


KEYS = ("zone", "place", "twice", "open")


def settings(root: Path, *fillings: str, **files: str) -> dict[str, str | None]:
    found = config(root, *fillings, **files)
    return {key: found.body.text("data", key) for key in KEYS}


def reasons(root: Path, *fillings: str, **files: str) -> dict[str, str]:
    data = config(root, *fillings, **files).body.get("data")
    assert isinstance(data, Fields)
    found = {key: value_of(node) for key, node in zip(data.keys, data.nodes, strict=True)}
    return {
        key: render(part.reason, "en")
        for key, value in found.items()
        for part in (value.segments if isinstance(value, Partial) else (value,))
        if isinstance(part, Unknown)
    }


def test_what_a_delivery_fills_in_is_read(tmp_path: Path) -> None:
    assert settings(tmp_path, "substitute: {zone: eu-west-3a, a: x}") == {
        "zone": "eu-west-3a",
        "place": "a-eu-west-3a",
        "twice": "xc",
        "open": "${other}",
    }


def source(kind: str, name: str, **data: str) -> str:
    said = ", ".join(f'{key}: "{value}"' for key, value in data.items())
    held = "stringData" if kind == "Secret" else "data"
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{held}: {{{said}}}\n"


FROM = "substituteFrom: [{kind: ConfigMap, name: one}, {kind: ConfigMap, name: two}]"


def test_what_a_config_map_says_is_filled_in(tmp_path: Path) -> None:
    files = {
        "cd/one.yaml": source("ConfigMap", "one", zone="eu-west-1a", a="x"),
        "cd/two.yaml": source("ConfigMap", "two", zone="eu-west-3a", other="known"),
    }
    # The last one named wins, and what is written in the object itself over all.
    assert settings(tmp_path, f"{FROM}, substitute: {{a: own}}", **files) == {
        "zone": "eu-west-3a",
        "place": "a-eu-west-3a",
        "twice": "ownc",
        "open": "known",
    }
    leaf = config(tmp_path, FROM, **files).body.get("data").get("zone")  # type: ignore[union-attr]
    assert isinstance(leaf, Filled)
    assert (leaf.span.file, leaf.origin.file, leaf.origin.text) == (
        "vars/a.yaml",
        "cd/two.yaml",
        '"eu-west-3a"',
    )


def test_the_nearest_source_counts(tmp_path: Path) -> None:
    near = {
        "cd/vars/one.yaml": source("ConfigMap", "one", zone="near"),
        "far/one.yaml": source("ConfigMap", "one", zone="far"),
    }
    said = "substituteFrom: [{kind: ConfigMap, name: one}]"
    assert settings(tmp_path, said, **near)["zone"] == "near"


KUSTOMIZED = "resources: [a.yaml]\n"


@pytest.mark.parametrize(
    ("beside", "zone"), [("prod/config", "z"), ("dev/config", None), ("other/config", "z")]
)
def test_a_source_may_be_in_an_overlay_beside(
    tmp_path: Path, beside: str, zone: str | None
) -> None:
    said = FILLED % ("web", "substituteFrom: [{kind: ConfigMap, name: one}]")
    files = {
        "cd/prod/apps/kustomization.yaml": KUSTOMIZED,
        "cd/prod/apps/a.yaml": said,
        f"cd/{beside}/kustomization.yaml": KUSTOMIZED,
        f"cd/{beside}/a.yaml": source("ConfigMap", "one", zone="z"),
    }
    assert settings(tmp_path, **files)["zone"] == (zone or "${zone}")


def test_sources_of_another_namespace_are_others(tmp_path: Path) -> None:
    elsewhere = source("ConfigMap", "one", zone="z").replace("name: one", "name: one, namespace: b")
    said = FILLED.replace("name: %s", "name: %s, namespace: a") % (
        "web",
        "substituteFrom: [{kind: ConfigMap, name: one}]",
    )
    found = config(tmp_path, **{"cd/app.yaml": said, "cd/one.yaml": elsewhere})
    assert found.body.text("data", "zone") == "${zone}"


MISSING = (
    "${%s} may be filled in from the %s “%s”, which is not in these files. Add it, give a rendered "
    "manifest, or write the value."
)


def test_a_source_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    # The second may say all of it otherwise.
    files = {"cd/one.yaml": source("ConfigMap", "one", zone="z")}
    assert settings(tmp_path, FROM, **files)["twice"] == "${a}${b:=c}"
    assert reasons(tmp_path, f"{FROM}, substitute: {{a: own}}", **files) == {
        "zone": MISSING % ("zone", "ConfigMap", "two"),
        "place": MISSING % ("zone", "ConfigMap", "two"),
        "twice": MISSING % ("b:=c", "ConfigMap", "two"),
        "open": MISSING % ("other", "ConfigMap", "two"),
    }


def test_a_secret_is_never_read(tmp_path: Path) -> None:
    said = (
        "substituteFrom: [{kind: ConfigMap, name: one}, {kind: Secret, name: hidden}, "
        "{kind: ConfigMap, name: two}]"
    )
    files = {
        "cd/one.yaml": source("ConfigMap", "one", zone="z", a="x", other="known"),
        "cd/hidden.yaml": source("Secret", "hidden", zone="shown-to-nobody", a="nor-this"),
        "cd/two.yaml": source("ConfigMap", "two", a="y"),
    }
    # Its keys tell what it does not replace.
    assert settings(tmp_path, said, **files) == {
        "zone": "${zone}",
        "place": "a-${zone}",
        "twice": "yc",
        "open": "known",
    }
    hidden = (
        "${zone} is filled in from the Secret “hidden”, whose content is not read. Give a rendered "
        "manifest, or write the value."
    )
    assert reasons(tmp_path, said, **files) == {"zone": hidden, "place": hidden}


def test_a_secret_that_is_not_there_may_hold_anything(tmp_path: Path) -> None:
    said = "substituteFrom: [{kind: ConfigMap, name: one}, {kind: Secret, name: hidden}]"
    files = {"cd/one.yaml": source("ConfigMap", "one", zone="z")}
    assert reasons(tmp_path, said, **files)["zone"] == MISSING % ("zone", "Secret", "hidden")
    first = "substituteFrom: [{kind: Secret, name: hidden}, {kind: ConfigMap, name: one}]"
    found = settings(tmp_path, first, **files)
    assert (found["zone"], found["twice"]) == ("z", "${a}${b:=c}")


def test_sources_as_near_that_disagree_are_a_reason(tmp_path: Path) -> None:
    files = {
        "cd/a/one.yaml": source("ConfigMap", "one", zone="z", other="same"),
        "cd/b/one.yaml": source("ConfigMap", "one", zone="y", other="same"),
    }
    said = "substituteFrom: [{kind: ConfigMap, name: one}]"
    assert settings(tmp_path, said, **files)["open"] == "same"
    several = (
        "Several objects ConfigMap “one” that are as near fill in ${zone} differently. Give a "
        "rendered manifest, or write the value."
    )
    assert reasons(tmp_path, said, **files)["zone"] == several


def test_a_source_nobody_asked_for_is_read(tmp_path: Path) -> None:
    (tmp_path / "vars").mkdir()
    files = {
        "vars/a.yaml": SETTINGS,
        "cd/app.yaml": FILLED % ("web", "substituteFrom: [{kind: ConfigMap, name: one}]"),
        "cd/vars/one.yaml": source("ConfigMap", "one", zone="z"),
    }
    tree = replace(lay(tmp_path, {**files}), given=("vars/a.yaml",))
    found = load(tree, KubernetesOptions(), load_catalog(), ProjectFile())
    (asked,) = next(r for r in found.roots if r.path == "vars").objects
    assert asked.body.text("data", "zone") == "z"


@pytest.mark.parametrize("second", ["substitute: {zone: eu-west-1a}", "substitute: {other: x}"])
def test_deliveries_that_disagree_fill_nothing_in(tmp_path: Path, second: str) -> None:
    both = ("substitute: {zone: eu-west-3a}", second)
    assert settings(tmp_path, *both)["zone"] == "${zone}"
    assert reasons(tmp_path, *both)["zone"] == (
        "${zone} is not filled in alike by all that have this deployed (f0, f1). Give a manifest "
        "rendered for each, or write the value."
    )


def test_a_root_knows_what_has_it_deployed(tmp_path: Path) -> None:
    prod = (APPLICATION % "path: overlays/prod").replace("name: web", "name: prod")
    found = loaded(tmp_path, web=APPLICATION % "path: apps", prod=prod)
    assert {root.path: [each.by.name for each in root.delivered_by] for root in found.roots} == {
        "overlays/prod": ["prod"],
        "apps/web": ["web"],
        "cd": [],
    }


# --- where deliveries send to ----------------------------------------------------------

SENT = (APPLICATION % "path: apps/web") + "  destination: {%s}\n"
REGISTERED = """\
apiVersion: v1
kind: Secret
metadata: {name: any, labels: {argocd.argoproj.io/secret-type: %s}}
%s
"""


def sent_to(root: Path, said: str, **files: str) -> list[tuple[str, list[str], list[str]]]:
    found = loaded(root, app=said, **files)
    (web,) = (each for each in found.roots if each.path == "apps/web")
    assert [(each.by.name, each.root) for each in web.delivered_by] == [("web", "cd")] * len(
        web.delivered_by
    )
    destinations = (each.to for each in web.delivered_by if each.to is not None)
    return [
        (written(to.leaf), sorted(to.names), [each.address for each in to.registered])
        for to in destinations
    ]


@pytest.mark.parametrize(
    "said",
    [
        "name: in-cluster",
        "server: https://kubernetes.default.svc",
        "server: https://kubernetes.default.svc/",
        "namespace: web",
    ],
)
def test_a_delivery_goes_to_its_own_cluster(tmp_path: Path, said: str) -> None:
    assert sent_to(tmp_path, SENT % said) == []


def test_a_delivery_goes_to_a_named_cluster(tmp_path: Path) -> None:
    assert sent_to(tmp_path, SENT % "name: prod") == [("prod", ["prod"], [])]


def test_which_cluster_it_is_may_only_be_known_when_it_runs(tmp_path: Path) -> None:
    assert sent_to(tmp_path, SENT % "name: '{{ .name }}'") == [("{{ .name }}", [], [])]


@pytest.mark.parametrize(
    "held",
    [
        "stringData: {name: prod, server: https://k8s.example.org, config: nobody-reads-this}",
        "data: {name: cHJvZA==, server: aHR0cHM6Ly9rOHMuZXhhbXBsZS5vcmc=, config: bm8=}",
    ],
)
@pytest.mark.parametrize("said", ["name: prod", "server: https://k8s.example.org/"])
def test_a_registered_cluster_has_a_name_and_an_address(
    tmp_path: Path, said: str, held: str
) -> None:
    ((_, names, registered),) = sent_to(
        tmp_path, SENT % said, secret=REGISTERED % ("cluster", held)
    )
    assert names == ["https://k8s.example.org", "prod"]
    assert registered == ["Secret/default/any"]
    other = REGISTERED % ("repository", held)
    assert sent_to(tmp_path, SENT % said, secret=other)[0][2] == []


def test_a_registered_cluster_may_be_the_own(tmp_path: Path) -> None:
    held = "stringData: {name: hub, server: https://kubernetes.default.svc}"
    assert sent_to(tmp_path, SENT % "name: hub", secret=REGISTERED % ("cluster", held)) == []


def test_flux_and_fleet_name_clusters_too(tmp_path: Path) -> None:
    flux = FLUX % ("./apps/web", "GitRepository") + "  kubeConfig: {secretRef: {name: prod}}\n"
    assert sent_to(tmp_path, flux) == [("prod", ["prod"], [])]
    fleet = (
        "apiVersion: fleet.cattle.io/v1alpha1\nkind: GitRepo\nmetadata: {name: web}\n"
        "spec: {repo: r, paths: [apps/web], targets: [{clusterName: a}, {clusterName: b}]}\n"
    )
    assert sent_to(tmp_path, fleet) == [("a", ["a"], []), ("b", ["b"], [])]


def test_what_flux_changes_in_what_it_deploys_is_told(tmp_path: Path) -> None:
    changed = FLUX % ("./apps/web", "GitRepository") + "  patches: [{patch: x}]\n  images: []\n"
    assert elsewhere(loaded(tmp_path, flux=changed)) == [
        (
            "cd/flux.yaml:5:9",
            "What it changes in ./apps/web (patches) is not applied here. "
            "Pipe in what its tool gives, or write the change into an overlay.",
        )
    ]


def test_what_argo_changes_in_what_it_deploys_is_told(tmp_path: Path) -> None:
    said = "path: apps/web, kustomize: {namePrefix: a-, images: ['web=ghcr.io/acme/web']}"
    ((_, sentence),) = elsewhere(loaded(tmp_path, app=APPLICATION % said))
    assert "(kustomize.images)" in sentence


def test_values_that_are_not_read_are_told(tmp_path: Path) -> None:
    lay(tmp_path, {"env/prod/web.yaml": "a: 1\n", "env/prod/values.yaml": "a: 1\n"})
    files = "[$cfg/env/prod/web.yaml, $cfg/env/prod/values.yaml, $cfg/gone.yaml, $cfg/../x.yaml]"
    said = f"chart: web, helm: {{valueFiles: {files}}}"
    sentences = [sentence for _, sentence in elsewhere(loaded(tmp_path, app=APPLICATION % said))]
    assert [each for each in sentences if "values of" in each] == [
        "It gives the chart the values of env/prod/web.yaml, which is not read as values. "
        "Write “values” in its name or its folder’s."
    ]
