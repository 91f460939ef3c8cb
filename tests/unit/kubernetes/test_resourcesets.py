"""Manifests that Cluster API hands to other clusters: where they are written, and where they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import lay

from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, load, resourcesets
from souverain.kubernetes.model import KubernetesResult, KubernetesRoot
from souverain.project import ProjectFile
from souverain.text import render

SET = """\
apiVersion: addons.cluster.x-k8s.io/v1beta1
kind: ClusterResourceSet
metadata: {name: addons, namespace: capi}
spec:
  clusterSelector: {%s}
  resources: [{kind: %s, name: addons}]
"""
HOLDER = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: addons, namespace: capi}
data:
  é.yaml: |
    # é
    apiVersion: v1
    kind: Namespace
    metadata:
      name: system

    ---
    {apiVersion: v1, kind: Pod, metadata: {name: "é", namespace: system}}
  notes: nothing to see
"""
CLUSTER = """\
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: %s, namespace: %s, labels: {cni: calico, tier: "1"}}
spec:
  infrastructureRef: {kind: OscCluster, name: infra}
"""
INFRASTRUCTURE = """\
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OscCluster
metadata: {name: infra, namespace: capi}
spec: {network: {subregionName: eu-west-2a}}
"""
LABELS = "matchLabels: {cni: calico}"


def loaded(root: Path, **files: str) -> KubernetesResult:
    tree = lay(root, {f"m/{name}.yaml": text for name, text in files.items()})
    return load(tree, KubernetesOptions(), load_catalog(), ProjectFile())


def handed(found: KubernetesResult) -> KubernetesRoot:
    (root,) = (each for each in found.roots if each.kind == "set")
    return root


def test_manifests_in_texts_are_a_root_of_their_own(tmp_path: Path) -> None:
    found = loaded(tmp_path, set=SET % (LABELS, "ConfigMap"), holder=HOLDER)
    root = handed(found)
    assert (root.path, root.scenario, root.files) == (
        "m",
        "addons",
        ("m/set.yaml", "m/holder.yaml"),
    )
    assert [(o.address, o.span.file, o.span.line, o.span.column) for o in root.objects] == [
        ("Namespace/system", "m/holder.yaml", 8, 5),
        ("Pod/system/é", "m/holder.yaml", 13, 22),
    ]
    name = next(iter(root.objects)).body.get("metadata").get("name")  # type: ignore[union-attr]
    assert name is not None
    assert (name.span.text, name.span.line, name.span.column) == ("system", 10, 13)


def test_what_is_handed_over_is_no_longer_where_it_was(tmp_path: Path) -> None:
    found = loaded(tmp_path, set=SET % (LABELS, "ConfigMap"), holder=HOLDER)
    (left,) = (o for r in found.roots if r.kind != "set" for o in r.objects if o.name == "addons"
               and o.kind == "ConfigMap")  # fmt: skip
    assert left.body.get("data").keys == ("notes",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ['"kind: Pod\\napiVersion: v1\\nmetadata: {name: a}"', ">\n    %s"]
)
def test_what_is_no_literal_block_is_where_the_text_is(tmp_path: Path, text: str) -> None:
    said = text.replace("%s", "{apiVersion: v1, kind: Pod, metadata: {name: a}}")
    holder = HOLDER[: HOLDER.index("  é.yaml")] + f"  a.yaml: {said}\n"
    (pod,) = handed(loaded(tmp_path, set=SET % (LABELS, "ConfigMap"), holder=holder)).objects
    assert (pod.address, pod.span.file, pod.span.line, pod.span.column) == (
        "Pod/default/a",
        "m/holder.yaml",
        5,
        11,
    )


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        (LABELS, ["a", "b"]),
        ("matchLabels: {cni: calico, tier: '1'}", ["a", "b"]),
        ("matchLabels: {cni: cilium}", ["cni: cilium"]),
        ("matchExpressions: [{key: cni, operator: In, values: [cilium, calico]}]", ["a", "b"]),
        ("matchExpressions: [{key: cni, operator: NotIn, values: [calico]}]", ["cni NotIn calico"]),
        ("matchExpressions: [{key: cni, operator: Exists}]", ["a", "b"]),
        ("matchExpressions: [{key: tier, operator: DoesNotExist}]", ["tier DoesNotExist"]),
        ("", ["?"]),
    ],
)
def test_it_goes_to_the_clusters_that_are_selected(
    tmp_path: Path, selector: str, selected: list[str]
) -> None:
    clusters = {
        "a": CLUSTER % ("a", "capi"),
        "b": CLUSTER % ("b", "capi"),
        "c": CLUSTER % ("c", "elsewhere"),
    }
    files = {"set": SET % (selector, "ConfigMap"), "holder": HOLDER, "infra": INFRASTRUCTURE}
    root = handed(loaded(tmp_path, **files, **clusters))
    sent = [each.to for each in root.delivered_by if each.to is not None]
    assert [sorted(to.names) for to in sent] == [[name] for name in selected]
    assert {each.by.address for each in root.delivered_by} == {"ClusterResourceSet/capi/addons"}
    if selected == ["a", "b"]:
        assert [each.address for each in sent[0].registered] == [
            "Cluster/capi/a",
            "OscCluster/capi/infra",
        ]


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_what_cannot_be_read_is_told(tmp_path: Path, kind: str) -> None:
    files = {"holder": HOLDER.replace("ConfigMap", "Secret").replace("\ndata", "\nstringData")}
    found = loaded(tmp_path, set=SET % (LABELS, kind), **(files if kind == "Secret" else {}))
    assert [root.kind for root in found.roots] == ["manifests"]
    told = [
        (e.path, e.span.line, render(e.reason, "en"))
        for e in found.ledger.entries
        if e.status == "undecided" and e.reason is not None and e.span is not None
    ]
    assert told == [
        (
            "m/set.yaml",
            2,
            f"It hands over what the {kind} “addons” holds, which is not in these files or not to "
            "be shown. Check the manifests where they are written.",
        )
    ]


def test_many_sets_of_one_text_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resourcesets, "MAX_HANDED", 5)
    one = SET % (LABELS, "ConfigMap")
    sets = "---\n".join(one.replace("{name: addons, n", f"{{name: s{i}, n") for i in range(4))
    found = loaded(tmp_path, sets=sets, holder=HOLDER)
    assert [root.scenario for root in found.roots if root.kind == "set"] == ["s0", "s1"]
    told = [e.span.line for e in found.ledger.entries if e.status == "undecided" and e.span]
    assert told == [16, 23]


def test_a_broken_manifest_is_told_where_it_is(tmp_path: Path) -> None:
    broken = HOLDER.replace('    {apiVersion: v1, kind: Pod, metadata: {name: "é"', "    {a: [")
    found = loaded(tmp_path, set=SET % (LABELS, "ConfigMap"), holder=broken)
    assert [o.address for o in handed(found).objects] == ["Namespace/system"]
    told = [(e.path, e.status, e.span.line) for e in found.ledger.entries if e.span is not None]
    assert told == [("m/holder.yaml", "failed", 13)]
