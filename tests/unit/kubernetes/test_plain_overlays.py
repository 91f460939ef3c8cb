"""Overlays that only list files: the renderer would say the same, and is not asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.kubernetes.rendered import overlays, place

from souverain.kubernetes import kustomize
from souverain.kubernetes.model import (
    Fields,
    Items,
    KubernetesObject,
    KubernetesRoot,
    Node,
    Scalar,
    ScalarValue,
)

Files = dict[str, str | bytes]

LIST = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n"
CLAIM = (
    "# Of the shop.\n"
    "kind: PersistentVolumeClaim\n"
    "apiVersion: v1\n"
    "metadata:\n"
    "  name: data\n"
    "  labels: &labels {data: health}\n"
    "  annotations: *labels\n"
    "spec:\n"
    "  resources: {requests: {storage: 010Gi}}\n"
    "  storageClassName: 'csi'\n"
    "---\n"
    "# nothing\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Secret\n"
    "metadata: {name: key}\n"
    "stringData: {password: hunter2}\n"
)

PLAIN: dict[str, Files] = {
    "a file": {
        "kustomization.yaml": LIST + "  - a.yaml\n",
        "a.yaml": ACCOUNT,
    },
    "several documents": {
        "kustomization.yaml": "resources: [claim.yaml, a.yaml]\n",
        "a.yaml": ACCOUNT,
        "claim.yaml": CLAIM,
    },
    "directories below": {
        "prod/kustomization.yaml": LIST + "  - ../base\n  - a.yaml\n",
        "prod/a.yaml": ACCOUNT,
        "base/kustomization.yml": LIST + "  - claim.yaml\n  - ./more\n",
        "base/claim.yaml": CLAIM,
        "base/more/Kustomization": LIST + "  - b.json\n",
        "base/more/b.json": '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "b"}}',
    },
    "the same name in two namespaces": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - b.yaml\n",
        "a.yaml": ACCOUNT,
        "b.yaml": ACCOUNT.replace("shop", "lab"),
    },
}

CHANGED: dict[str, Files] = {
    "a namespace": {
        "kustomization.yaml": LIST + "  - a.yaml\nnamespace: lab\n",
        "a.yaml": ACCOUNT,
    },
    "a namespace below": {
        "prod/kustomization.yaml": LIST + "  - ../base\n",
        "base/kustomization.yaml": LIST + "  - a.yaml\nnamePrefix: x-\n",
        "base/a.yaml": ACCOUNT,
    },
    "the same object twice": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - b.yaml\n",
        "a.yaml": ACCOUNT,
        "b.yaml": ACCOUNT,
    },
    "the same file twice": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - ./a.yaml\n",
        "a.yaml": ACCOUNT,
    },
    "the same directory twice": {
        "prod/kustomization.yaml": LIST + "  - ../one\n  - ../two\n",
        "one/kustomization.yaml": LIST + "  - ../base\n",
        "two/kustomization.yaml": LIST + "  - ../base\n",
        "base/kustomization.yaml": LIST + "  - a.yaml\n",
        "base/a.yaml": ACCOUNT,
    },
    "an object that stays here": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - b.yaml\n",
        "a.yaml": ACCOUNT,
        "b.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n"
            '  annotations: {config.kubernetes.io/local-config: "true"}\n'
        ),
    },
    "a list": {
        "kustomization.yaml": LIST + "  - a.yaml\n",
        "a.yaml": (
            "apiVersion: v1\nkind: List\nitems:\n"
            "  - {apiVersion: v1, kind: Namespace, metadata: {name: b}}\n"
        ),
    },
    "an object without a name": {
        "kustomization.yaml": LIST + "  - a.yaml\n",
        "a.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: x-}\n",
    },
    "no object": {
        "kustomization.yaml": LIST + "  - a.yaml\n",
        "a.yaml": "replicas: 3\n",
    },
    "a broken file": {
        "kustomization.yaml": LIST + "  - a.yaml\n",
        "a.yaml": "a: [\n",
    },
    "a key that is written twice": {
        "kustomization.yaml": LIST + "  - a.yaml\n",
        "a.yaml": ACCOUNT + "metadata: {name: b}\n",
    },
    "a kustomization as a file": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - other/k.yaml\n",
        "a.yaml": ACCOUNT,
        "other/k.yaml": LIST.replace("resources:\n", "metadata: {name: k}\n"),
    },
    "something that is not there": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - missing.yaml\n",
        "a.yaml": ACCOUNT,
    },
    "something remote": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - https://example.org/b.yaml\n",
        "a.yaml": ACCOUNT,
    },
    "nothing": {"kustomization.yaml": LIST.replace("resources:\n", "resources: []\n")},
    "what is no reference": {
        "kustomization.yaml": LIST + "  - a.yaml\n  - {path: b.yaml}\n",
        "a.yaml": ACCOUNT,
    },
}


@pytest.fixture(autouse=True)
def _only_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[KubernetesObject, ...] | None]:
    """What was told of each overlay without a renderer."""
    answers: list[tuple[KubernetesObject, ...] | None] = []
    plain = kustomize.plain

    def noted(*args: object) -> tuple[KubernetesObject, ...] | None:
        answers.append(plain(*args))  # type: ignore[arg-type]
        return answers[-1]

    monkeypatch.setattr(kustomize, "plain", noted)
    return answers


def said(root: KubernetesRoot) -> tuple[object, ...]:
    objects = [
        (
            (each.address, each.api_version, each.kind, each.namespace, each.name),
            (each.group_kind, each.origin, place(each.span)),
            leaves(each.body),
        )
        for each in root.objects
    ]
    return root.path, root.kind, root.scenario, place(root.span), root.files, objects


def leaves(node: Node, path: str = "") -> dict[str, tuple[ScalarValue, bool, str]]:
    """Value and place of each leaf; renderers order keys in their own way."""
    if isinstance(node, Scalar):
        return {path: (node.value, node.secret, place(node.span))}
    if isinstance(node, Items):
        members = [(str(index), each) for index, each in enumerate(node.nodes)]
    else:
        assert isinstance(node, Fields)
        members = list(zip(node.keys, node.nodes, strict=True))
    return {at: leaf for key, each in members for at, leaf in leaves(each, f"{path}/{key}").items()}


@pytest.mark.parametrize("name", PLAIN)
def test_it_is_what_the_renderer_gives(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(kustomize, "find_renderer", lambda: None)
        alone = overlays(tmp_path, PLAIN[name])
    with monkeypatch.context() as asking:
        asking.setattr(kustomize, "plain", lambda *_: None)
        rendered = overlays(tmp_path, PLAIN[name])

    assert [said(root) for root in alone.roots] == [said(root) for root in rendered.roots]
    assert alone.roots[0].objects
    assert alone.entries == rendered.entries
    assert {entry.status for entry in alone.entries} == {"analysed"}


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_renderer_may_change_or_refuse_is_left_to_it(
    name: str, tmp_path: Path, asked: list[tuple[KubernetesObject, ...] | None]
) -> None:
    overlays(tmp_path, CHANGED[name])

    assert asked
    assert not any(asked)
