"""Manifests that nobody asked for: not read, unless something that was asked for hangs on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from souverain import kubernetes
from souverain.analysis import Request, analyse
from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions, manifests
from souverain.kubernetes.model import UnreadObjects
from souverain.model import AssetFacts
from souverain.project import ProjectFile
from souverain.sources import discover

CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: front}
spec: {storageClassName: fast}
"""
CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
"""
NODE = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  nodeSelector: {topology.kubernetes.io/region: eu-west-3, eks.amazonaws.com/nodegroup: a}
  containers: [{name: web, image: example.org/web}]
"""


def write(root: Path, files: dict[str, str]) -> None:
    (root / ".git").mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_what_nobody_asked_for_is_read_when_it_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    parse = manifests.parse
    monkeypatch.setattr(
        manifests, "parse", lambda source, texts: read.append(source.path) or parse(source, texts)
    )
    write(tmp_path, {"app/claim.yaml": CLAIM, "other/class.yaml": CLASS})
    (tree,) = discover([Path("app")], cwd=tmp_path)
    asked, other = kubernetes.load(tree, KubernetesOptions(), load_catalog(), ProjectFile()).roots
    assert read == ["app/claim.yaml"]
    assert isinstance(asked.objects, tuple)
    assert isinstance(other.objects, UnreadObjects)
    for _ in range(2):
        assert [each.address for each in other.objects] == ["StorageClass/fast"]
    assert read == ["app/claim.yaml", "other/class.yaml"]


@pytest.mark.parametrize(
    ("name", "kinds", "may"),
    [
        ("fast", ("StorageClass",), True),
        ("fast", ("Secret", "StorageClass"), True),
        ("fast*", ("StorageClass",), True),
        ("slow", ("StorageClass",), False),
        ("fast", ("Secret",), False),
        ("fast", (), False),
        ("two words", ("Secret",), True),
    ],
)
def test_a_text_may_hold_what_is_written_out(name: str, kinds: tuple[str, ...], may: bool) -> None:
    assert UnreadObjects((b"", CLASS.encode()), tuple).may_hold(name, kinds) is may


@pytest.mark.parametrize("text", ['name: "f\\x61st"', "name: !!binary ZmFzdA=="])
def test_a_text_may_hold_anything_where_it_is_not_written_out(text: str) -> None:
    assert UnreadObjects((text.encode(),), tuple).may_hold("fast", ("StorageClass",))


def facts(root: Path, *given: str) -> AssetFacts:
    report = analyse(Request(tuple(root / each for each in given), date(2026, 11, 22)))
    (claim,) = (each for each in report.assets if each.asset.kind == "PersistentVolumeClaim")
    return claim


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"storage/class.yaml": CLASS},
        {"storage/class.yaml": CLASS.replace("name: fast", 'name: "f\\x61st"')},
        {"storage/class.yaml": CLASS.replace("name: fast", "name: slow")},
        {"one/class.yaml": CLASS, "two/class.yaml": CLASS},
        {"team/other/node.yaml": NODE},
        {},
    ],
)
def test_a_file_alone_is_as_in_its_project(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    write(tmp_path, {"team/app/claim.yaml": CLAIM, **elsewhere})
    ((_, alone),) = facts(tmp_path, "team/app/claim.yaml").worlds
    ((_, among),) = facts(tmp_path, ".").worlds
    assert (alone.layers, alone.location) == (among.layers, among.location)
