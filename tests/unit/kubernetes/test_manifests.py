"""Files of a project to roots of objects, and the account of every one of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from souverain import kubernetes
from souverain.catalog import load_catalog
from souverain.kubernetes import KubernetesOptions
from souverain.kubernetes.model import Fields, KubernetesResult, KubernetesRoot, Scalar
from souverain.project import ProjectFile
from souverain.sources import MAX_PIPED, discover, piped

CATALOG = load_catalog()


def load(root: Path, files: dict[str, str | bytes], *given: str) -> KubernetesResult:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    (tree,) = discover([Path(name) for name in given or (".",)], cwd=root)
    return kubernetes.load(tree, KubernetesOptions(), CATALOG, ProjectFile())


def read(root: Path, text: str | bytes) -> KubernetesRoot:
    (found,) = load(root, {"x.yaml": text}).roots
    return found


def addresses(root: KubernetesRoot) -> list[str]:
    return [each.address for each in root.objects]


def account(result: KubernetesResult) -> list[tuple[str, str, str, str | None, int | None]]:
    return [
        (
            entry.path,
            entry.kind,
            entry.status,
            entry.reason.key.removeprefix("kubernetes.") if entry.reason else None,
            entry.span.line if entry.span else None,
        )
        for entry in result.ledger.entries
    ]


def manifest(kind: str, name: str, *, version: str = "v1", more: str = "") -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n{more}---\n"


# --- objects ------------------------------------------------------------------------------


def test_objects_are_named(tmp_path: Path) -> None:
    root = read(
        tmp_path,
        manifest("Service", "web")
        + manifest("Service", "web", more="  namespace: prod\n")
        + manifest("Namespace", "prod", more="  namespace: ignored\n")
        + manifest("ClusterRole", "r", version="rbac.authorization.k8s.io/v1")
        + manifest("PersistentVolume", "v")
        + manifest("Widget", "w", version="example.org/v1", more="  namespace: prod\n")
        + "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-}\n---\n"
        + manifest("Pod", "012")
        + manifest("Pod", "yes"),
    )
    assert [
        (each.address, each.namespace, each.type, each.group_kind) for each in root.objects
    ] == [
        ("Service/default/web", None, "v1/Service", "Service"),
        ("Service/prod/web", "prod", "v1/Service", "Service"),
        ("Namespace/prod", None, "v1/Namespace", "Namespace"),
        (
            "ClusterRole/r",
            None,
            "rbac.authorization.k8s.io/v1/ClusterRole",
            "ClusterRole.rbac.authorization.k8s.io",
        ),
        ("PersistentVolume/v", None, "v1/PersistentVolume", "PersistentVolume"),
        ("Widget/prod/w", "prod", "example.org/v1/Widget", "Widget.example.org"),
        ("Job/default/run-*", None, "batch/v1/Job", "Job.batch"),
        ("Pod/default/012", None, "v1/Pod", "Pod"),
        ("Pod/default/yes", None, "v1/Pod", "Pod"),
    ]


def test_an_object_is_shown_at_its_kind(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "# x\nmetadata: {name: a}\napiVersion: v1\nkind:  Pod # y\n").objects
    assert (found.span.text, found.span.line, found.span.file) == ("kind:  Pod", 4, "x.yaml")


def test_lists_are_opened(tmp_path: Path) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    bare = {"metadata": {"name": "b", "namespace": "n"}}
    inner = {"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [bare]}
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod, inner]})
    (root,) = load(tmp_path, {"all.json": text}).roots
    assert [(each.address, each.type) for each in root.objects] == [
        ("Pod/default/a", "v1/Pod"),
        ("Deployment/n/b", "apps/v1/Deployment"),
    ]
    empty = load(tmp_path, {"all.json": '{"apiVersion": "v1", "kind": "List", "items": []}'})
    assert (empty.roots, account(empty)) == (
        (),
        [("all.json", "kubernetes", "skipped", "empty", None)],
    )


def test_an_object_that_ends_like_a_list(tmp_path: Path) -> None:
    root = read(tmp_path, manifest("AllowList", "a", version="example.org/v1"))
    assert addresses(root) == ["AllowList/default/a"]


def test_equal_addresses_are_told_apart(tmp_path: Path) -> None:
    result = load(tmp_path, {"a.yaml": manifest("Pod", "x") * 2, "b.yaml": manifest("Pod", "x")})
    (root,) = result.roots
    assert addresses(root) == ["Pod/default/x", "Pod/default/x#2", "Pod/default/x#3"]
    assert [each.span.file for each in root.objects] == ["a.yaml", "a.yaml", "b.yaml"]


def test_what_is_no_object_is_told(tmp_path: Path) -> None:
    text = (
        manifest("Pod", "a")
        + "- apiVersion: v1\n  kind: Pod\n---\n"  # line 6
        + "a: 1\n---\n"  # 9
        + "kind: Pod\nmetadata: {name: b}\n---\n"  # 11
        + "apiVersion: v1\nkind: Pod\n---\n"  # 14
        + "apiVersion: apps/v1\nkind: Deployment\nmetadata: {labels: {}}\n---\n"  # 17
        + "apiVersion: kubeadm.k8s.io/v1\nkind: ClusterConfiguration\n---\n"  # 21
        + "a: [\n---\n"  # 24
        + "kind: [x]\napiVersion: v1\nkind: Pod\nmetadata: {name: c}\n"  # 26
    )
    assert account(load(tmp_path, {"x.yaml": text})) == [
        ("x.yaml", "kubernetes", "analysed", None, None),
        ("x.yaml", "kubernetes", "skipped", "not-an-object", 6),
        ("x.yaml", "kubernetes", "skipped", "not-an-object", 9),
        ("x.yaml", "kubernetes", "undecided", "no-type", 11),
        ("x.yaml", "kubernetes", "undecided", "no-name", 15),
        ("x.yaml", "kubernetes", "undecided", "no-name", 18),
        ("x.yaml", "kubernetes", "skipped", "no-metadata", 22),
        ("x.yaml", "kubernetes", "failed", "not-yaml", 24),
        ("x.yaml", "kubernetes", "undecided", "key-twice", 28),
    ]


# --- secrets ------------------------------------------------------------------------------


def secret_texts(root: KubernetesRoot, *path: str) -> list[tuple[object, bool, str]]:
    node = root.objects[0].body
    for key in path:
        below = node.get(key)
        assert isinstance(below, Fields)
        node = below
    return [
        (each.value, each.secret, each.span.text) for each in node.nodes if isinstance(each, Scalar)
    ]


def test_contents_of_secrets_are_decoded_and_marked(tmp_path: Path) -> None:
    url = base64.b64encode(b"https://db.example.org").decode()
    text = manifest(
        "Secret",
        "s",
        more=f"""  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{{"data": 1}}'
    note: seen
data:
  url: {url}
  key: /w==
  plain: not base64
stringData:
  host: db.example.org
""",
    )
    root = read(tmp_path, text)
    assert secret_texts(root, "data") == [
        ("https://db.example.org", True, url),
        ("/w==", True, "/w=="),
        ("not base64", True, "not base64"),
    ]
    assert secret_texts(root, "stringData") == [("db.example.org", True, "db.example.org")]
    assert secret_texts(root, "metadata", "annotations") == [
        ('{"data": 1}', True, "'{\"data\": 1}'"),
        ("seen", False, "seen"),
    ]


def test_only_secrets_hold_secrets(tmp_path: Path) -> None:
    root = read(tmp_path, manifest("ConfigMap", "c", more="data:\n  a: YQ==\n"))
    assert secret_texts(root, "data") == [("YQ==", False, "YQ==")]


# --- roots --------------------------------------------------------------------------------


def test_a_directory_is_a_root(tmp_path: Path) -> None:
    result = load(
        tmp_path,
        {
            "b.yaml": manifest("Pod", "b"),
            "a.yml": manifest("Pod", "a"),
            "sub/c.yaml": manifest("Pod", "c"),
            "sub/ci.yaml": "jobs: {}\n",
            "none/d.yaml": "apiVersion: v1\nkind: Pod\n",
        },
    )
    assert [(root.path, root.kind, root.scenario, root.files) for root in result.roots] == [
        (".", "manifests", None, ("a.yml", "b.yaml")),
        ("sub", "manifests", None, ("sub/c.yaml",)),
    ]
    assert [(root.span.file, root.span.line) for root in result.roots] == [
        ("a.yml", 1),
        ("sub/c.yaml", 1),
    ]


def test_values_files_are_roots_of_their_own(tmp_path: Path) -> None:
    result = load(
        tmp_path,
        {
            "gitops/prod-values.yaml": "image:\n  repository: harbor.example.org/x\n",
            "gitops/test-values.yaml": "a: 1\n---\nb: 2\n",
            "values/list.yaml": "- a\n",
            "values/none.yaml": "# nothing\n",
            "values/broken.yaml": "a: [\n",
        },
    )
    assert [(root.path, root.kind, root.files, addresses(root)) for root in result.roots] == [
        ("gitops", "values", ("gitops/prod-values.yaml",), ["values/prod-values.yaml"]),
        ("gitops", "values", ("gitops/test-values.yaml",), ["values/test-values.yaml"]),
    ]
    found = result.roots[0].objects[0]
    assert (found.type, found.group_kind, found.namespace) == ("values", "values", None)
    assert found.body.text("image", "repository") == "harbor.example.org/x"
    assert account(result) == [
        ("gitops/prod-values.yaml", "values", "analysed", None, None),
        ("gitops/test-values.yaml", "values", "analysed", None, None),
        ("gitops/test-values.yaml", "values", "undecided", "values-several", 3),
        ("values/broken.yaml", "values", "failed", "not-yaml", 1),
        ("values/list.yaml", "values", "skipped", "not-values", 1),
        ("values/none.yaml", "values", "skipped", "empty", None),
    ]


def test_nothing_is_read_when_none_of_it_was_asked_for(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "souverain.yaml": "version: 1\n",
        "tf/main.tf": "",
        "k8s/a.yaml": manifest("Pod", "a") + "b: [\n",
    }
    result = load(tmp_path, files, "tf")
    assert (result.roots, result.ledger.entries) == ((), ())
    assert [root.path for root in load(tmp_path, files, "k8s").roots] == ["k8s"]


def test_a_file_is_what_it_was_when_it_was_found(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(manifest("Pod", "a"))
    (tree,) = discover([Path()], cwd=tmp_path)
    (tmp_path / "a.yaml").unlink()
    result = kubernetes.load(tree, KubernetesOptions(), CATALOG, ProjectFile())
    assert [each.address for root in result.roots for each in root.objects] == ["Pod/default/a"]
    assert [(e.path, e.status) for e in result.ledger.entries] == [("a.yaml", "analysed")]


# --- standard input -----------------------------------------------------------------------


def pipe(root: Path, data: bytes) -> KubernetesResult:
    options = KubernetesOptions(stdin=data)
    return kubernetes.load(piped(root), options, CATALOG, ProjectFile())


def test_what_was_piped_in(tmp_path: Path) -> None:
    (tmp_path / "beside.yaml").write_text(manifest("Pod", "beside"))
    data = b"\xef\xbb\xbf---\n# Source: app/templates/a.yaml\n" + manifest("Pod", "a").encode()
    result = pipe(tmp_path, data)
    (root,) = result.roots
    assert (root.path, root.kind, root.files, addresses(root)) == (
        "-",
        "stdin",
        ("-",),
        ["Pod/default/a"],
    )
    assert root.objects[0].origin == "app/templates/a.yaml"
    assert (root.objects[0].span.file, root.objects[0].span.line) == ("-", 4)
    assert account(result) == [("-", "kubernetes", "analysed", None, None)]
    assert piped(tmp_path).given_covers("-")
    assert not piped(tmp_path).given_covers("beside.yaml")


def read_as(root: Path, data: bytes, is_piped: bool) -> KubernetesResult:
    if is_piped:
        return pipe(root, data)
    (root / "a.yaml").write_bytes(data)
    (tree,) = discover([Path()], cwd=root)
    return kubernetes.load(tree, KubernetesOptions(), CATALOG, ProjectFile())


ACCENTED = "# é𝄞\nkind: Pod\napiVersion: v1\nmetadata: {name: é𝄞, namespace: w}\n"
WIDE = {
    "utf-8-mark": ACCENTED.encode("utf-8-sig"),
    "utf-16-le": b"\xff\xfe" + ACCENTED.encode("utf-16-le"),
    "utf-16-be": b"\xfe\xff" + ACCENTED.encode("utf-16-be"),
    "utf-16-le-unmarked": ACCENTED.encode("utf-16-le"),
    "utf-16-be-unmarked": ACCENTED.encode("utf-16-be"),
    "utf-32": ACCENTED.encode("utf-32"),
    "lines-of-windows": ACCENTED.replace("\n", "\r\n").encode("utf-16"),
}


@pytest.mark.parametrize("data", WIDE.values(), ids=WIDE)
@pytest.mark.parametrize("is_piped", [True, False])
def test_what_a_shell_stored_in_another_encoding(
    tmp_path: Path, data: bytes, is_piped: bool
) -> None:
    found = read_as(tmp_path, data, is_piped)
    file = "-" if is_piped else "a.yaml"
    assert account(found) == [(file, "kubernetes", "analysed", None, None)]
    (pod,) = (each for root in found.roots for each in root.objects)
    assert (pod.address, pod.span.line, pod.span.column) == ("Pod/w/é𝄞", 2, 1)
    namespace = pod.body.get("metadata").get("namespace")  # type: ignore[union-attr]
    assert namespace is not None
    assert (namespace.span.line, namespace.span.column) == (4, 33)


@pytest.mark.parametrize("is_piped", [True, False])
@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (ACCENTED.encode("utf-16") + b"\x00\xd8", "not-utf8", 5),
        (ACCENTED.encode("utf-16-be") + b"\x00", "unprintable", 5),
        (b"\xff" + ACCENTED.encode(), "not-utf8", 1),
    ],
    ids=["half-a-pair", "half-a-character", "no-mark"],
)
def test_what_is_not_in_the_encoding_it_begins_with(
    tmp_path: Path, data: bytes, reason: str, line: int, is_piped: bool
) -> None:
    file = "-" if is_piped else "a.yaml"
    entry = (file, "kubernetes", "failed", reason, line)
    assert entry in account(read_as(tmp_path, data, is_piped))


def test_piped_input_may_be_empty_broken_or_endless(tmp_path: Path) -> None:
    assert account(pipe(tmp_path, b"")) == [("-", "kubernetes", "skipped", "empty", None)]
    assert account(pipe(tmp_path, b"a: [\n")) == [("-", "kubernetes", "failed", "not-yaml", 1)]
    assert account(pipe(tmp_path, b"a" * (MAX_PIPED + 1))) == [
        ("-", "kubernetes", "failed", "sources.too-large", None)
    ]


@pytest.mark.parametrize("name", ["souverain.yaml", ".git"])
def test_piped_input_belongs_to_the_project_around(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    assert piped(tmp_path / "sub").root == tmp_path
