"""What is found, what is left out and why, and that nothing outside is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.model import Phrase, SourceText
from souverain.sources import Exclusion, SourcesError, Tree, discover, read_named


def make(root: Path, *names: str, **contents: str) -> None:
    for name in names:
        write(root / name, "")
    for name, text in contents.items():
        write(root / name, text)


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def one(root: Path, *given: str) -> Tree:
    (tree,) = discover([Path(name) for name in given or (".",)], cwd=root)
    return tree


def ledger(tree: Tree) -> dict[str, tuple[str, str, str | None]]:
    return {
        entry.path: (entry.kind, entry.status, entry.reason.key if entry.reason else None)
        for entry in tree.ledger.entries
    }


# --- roots --------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", [".git", "souverain.yaml"])
def test_root_is_the_nearest_marked_ancestor(tmp_path: Path, marker: str) -> None:
    make(tmp_path, marker, "modules/m/main.tf", "envs/prod/main.tf")
    tree = one(tmp_path, "envs/prod")
    assert tree.root == tmp_path
    assert tree.given == ("envs/prod",)
    assert tree.paths() == ("envs/prod/main.tf", "modules/m/main.tf")
    assert [tree.given_covers(path) for path in tree.paths()] == [True, False]


def test_unmarked_path_is_its_own_root(tmp_path: Path) -> None:
    make(tmp_path, "a/main.tf", "b/main.tf")
    assert one(tmp_path, "a").root == tmp_path / "a"
    assert one(tmp_path, "a/main.tf").root == tmp_path / "a"


def test_paths_of_several_projects_give_several_trees(tmp_path: Path) -> None:
    make(tmp_path, "a/.git/HEAD", "a/main.tf", "b/.git/HEAD", "b/main.tf")
    trees = discover([Path("b"), Path("a/main.tf")], cwd=tmp_path)
    assert [(t.root.name, t.given, t.paths()) for t in trees] == [
        ("a", ("a/main.tf",), ("a/main.tf",)),
        ("b", ("b",), ("b/main.tf",)),
    ]


def test_project_inside_a_project_is_a_tree_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "main.tf", "in/souverain.yaml", "in/a.tf", "in/x/.git", "in/x/b.tf")
    trees = discover([Path("in/a.tf"), Path()], cwd=tmp_path)
    assert [(t.display_root, t.given, t.paths()) for t in trees] == [
        (".", (".",), ("main.tf",)),
        ("in", (".", "in/a.tf"), ("in/a.tf",)),
        ("in/x", (".",), ("in/x/b.tf",)),
    ]
    assert one(tmp_path, "main.tf").paths() == ("main.tf",)


def test_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourcesError) as raised:
        discover([Path("nowhere")], cwd=tmp_path)
    assert raised.value.reason.key == "sources.no-such-path"
    assert raised.value.reason.args == (("path", "nowhere"),)


# --- what is found ------------------------------------------------------------------------


def test_kinds(tmp_path: Path) -> None:
    make(
        tmp_path,
        "a.tf",
        "b.tofu",
        "c.tf.json",
        "d.tofu.json",
        "e.tfvars",
        "f.auto.tfvars.json",
        "terragrunt.hcl",
        "README.md",
        "package.json",
        ".terraform.lock.hcl",
        "x.tfdeploy.hcl",
        ".git/config.tf",
        "node_modules/m/main.tf",
    )
    plan = '{"format_version":"1.2","planned_values":{}}'
    write(tmp_path / "plan.json", plan)
    write(tmp_path / "manifest.json", '{"apiVersion": "v1", "kind": "Pod"}')
    tree = one(tmp_path)
    assert {path: tree.kind(path) for path in tree.paths()} == {
        "a.tf": "terraform",
        "b.tofu": "terraform",
        "c.tf.json": "terraform",
        "d.tofu.json": "terraform",
        "e.tfvars": "tfvars",
        "f.auto.tfvars.json": "tfvars",
        "manifest.json": "kubernetes",
        "plan.json": "plan",
        "terragrunt.hcl": "other",
    }
    assert ledger(tree) == {"x.tfdeploy.hcl": ("other", "undecided", "sources.stacks-not-read")}


def test_kinds_of_kubernetes(tmp_path: Path) -> None:
    make(tmp_path, "over/kustomization.yaml", "old/Kustomization", "souverain.yaml")
    make(tmp_path, "chart/Chart.yaml", "chart/Chart.lock", "chart/values-prod.yaml")
    make(tmp_path, "chart/templates/_x.tpl", "chart/templates/values.yaml", "chart/crds/a/b.yaml")
    make(tmp_path, "chart/charts/sub/templates/NOTES.txt", "chart/notes.yaml", "other.tpl")
    make(tmp_path, "gitops/prod-values.yaml", "values/prod.yml", "apps/x.values.dev.yaml")
    write(tmp_path / "chart/ci/app.yaml", "apiVersion: v1\nkind: Pod\n")
    write(tmp_path / "pod.yml", "# x\n---\napiVersion: v1\nkind: Pod\n")
    write(tmp_path / "list.yaml", "- apiVersion: v1\n  kind: Pod\n")
    write(tmp_path / "late.yaml", "data: |\n" + "  x\n" * 30_000 + "kind: A\napiVersion: v1\n")
    write(tmp_path / "api/prod.yaml", "# ours\nimage:\n  # which\n  repository: harbor.example/x\n")
    write(tmp_path / "api/secrets.prod.yaml", "db:\n  password: ENC[x]\nsops:\n  version: 3.9.0\n")
    tree = one(tmp_path)
    assert {path: tree.kind(path) for path in tree.paths()} == {
        "api/prod.yaml": "values",
        "api/secrets.prod.yaml": "values",
        "apps/x.values.dev.yaml": "values",
        "chart/Chart.lock": "helm",
        "chart/Chart.yaml": "helm",
        "chart/ci/app.yaml": "kubernetes",
        "chart/crds/a/b.yaml": "helm",
        "chart/templates/_x.tpl": "helm",
        "chart/templates/values.yaml": "helm",
        "chart/values-prod.yaml": "values",
        "gitops/prod-values.yaml": "values",
        "late.yaml": "kubernetes",
        "list.yaml": "kubernetes",
        "old/Kustomization": "kustomize",
        "over/kustomization.yaml": "kustomize",
        "pod.yml": "kubernetes",
        "values/prod.yml": "values",
    }
    assert ledger(tree) == {"chart/notes.yaml": ("other", "skipped", "sources.not-kubernetes")}


OTHER_FORMATS = {
    ".github/workflows/ci.yaml": ("on: push\n", "GitHub Actions"),
    "sub/workflow.yaml": ("'on': push\njobs: {}\n", "GitHub Actions"),
    "action.yml": ("runs: {}\n", "GitHub Actions"),
    ".gitlab-ci.yml": ("x: 1\n", "GitLab CI"),
    "docker-compose.prod.yml": ("services: {}\n", "Docker Compose"),
    "stack.yml": ('version: "3"\nservices: {}\n', "Docker Compose"),
    "site.yml": ("---\n- hosts: all\n  tasks: []\n", "Ansible"),
    "roles/x/tasks/main.yml": ("- name: y\n  k8s:\n    apiVersion: v1\n    kind: P\n", "Ansible"),
    "api.yaml": ('openapi: "3.1.0"\n', "OpenAPI"),
    "old.yaml": ('swagger: "2.0"\n', "OpenAPI"),
    "stack.yaml": ("AWSTemplateFormatVersion: 2010-09-09\n", "AWS CloudFormation"),
    "index.yaml": ("apiVersion: v1\nentries: {}\n", "Helm repository index"),
    "chart/tests/web_test.yaml": (
        "suite: web\ntests:\n  - asserts:\n      - image:\n          repository: a/b\n",
        "helm-unittest",
    ),
    "arm.json": (
        '{"$schema": "https://schema.management.azure.com/2019/deploymentTemplate.json#",'
        '"resources": [{"apiVersion": "2021-01-01", "kind": "StorageV2"}]}',
        "Azure Resource Manager",
    ),
    "assignment.tmpl.json": (
        '{"type": "Microsoft.Authorization/policyAssignments", "apiVersion": "2024-04-01",'
        '"properties": {"overrides": [{"kind": "policyEffect"}]}}',
        "Azure Resource Manager",
    ),
}


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_other_formats_are_skipped_by_name(tmp_path: Path, name: str) -> None:
    text, known_as = OTHER_FORMATS[name]
    write(tmp_path / name, text)
    (entry,) = one(tmp_path).ledger.entries
    assert (entry.path, entry.kind, entry.status) == (name, "other", "skipped")
    assert entry.reason == Phrase("sources.other-format", (("format", known_as),))


def test_helmfile_is_undecided(tmp_path: Path) -> None:
    write(tmp_path / "helmfile.yaml", "releases: []\n")
    assert ledger(one(tmp_path)) == {"helmfile.yaml": ("other", "undecided", "sources.helmfile")}


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("helmfile.yaml.gotmpl", "undecided", "sources.helmfile"),
        ("helmfile.d/01-apps.yaml.gotmpl", "undecided", "sources.helmfile"),
        ("env.d/prod/values.registry.yaml.gotmpl", "skipped", "sources.template"),
        ("roles/registry/templates/secret.yaml.j2", "skipped", "sources.template"),
    ],
)
def test_templates_of_other_tools_are_accounted_for(
    tmp_path: Path, name: str, status: str, reason: str
) -> None:
    write(tmp_path / name, "host: {{ .Environment.Name }}.example.fr\n")
    assert ledger(one(tmp_path)) == {name: ("other", status, reason)}


def test_templates_of_other_texts_are_none(tmp_path: Path) -> None:
    write(tmp_path / "README.md.gotmpl", "# {{ .Name }}\n")
    write(tmp_path / "nginx.conf.j2", "listen {{ port }};\n")
    assert one(tmp_path).ledger.entries == ()


def test_snapshots_of_jest_are_no_manifests(tmp_path: Path) -> None:
    text = "// Jest Snapshot v1\nexports[`a`] = `apiVersion: v1\nkind: Pod\n`;\n"
    write(tmp_path / "__snapshots__/a.yaml", text)
    assert ledger(one(tmp_path)) == {
        "__snapshots__/a.yaml": ("other", "skipped", "sources.other-format")
    }


def test_a_gitignore_hides_no_vendored_subchart(tmp_path: Path) -> None:
    write(tmp_path / ".gitignore", "charts/\n")
    write(tmp_path / "app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n")
    write(tmp_path / "app/charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n")
    write(tmp_path / "app/charts/db/templates/db.yaml", "kind: Pod\n")
    assert one(tmp_path).paths() == (
        "app/Chart.yaml",
        "app/charts/db/Chart.yaml",
        "app/charts/db/templates/db.yaml",
    )


def test_a_workflow_that_lints_a_helmfile_is_none(tmp_path: Path) -> None:
    name = ".github/workflows/helmfile-lint.yaml"
    write(tmp_path / name, "name: lint\non: push\njobs: {}\n")
    assert ledger(one(tmp_path)) == {name: ("other", "skipped", "sources.other-format")}


def test_only_modules_count_below_dot_terraform(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".terraform/providers/p/main.tf",
        ".terraform/modules/modules.json",
        ".terraform/modules/m/.git/HEAD",
        ".terraform/modules/m/main.tf",
        ".terraform/modules/m/terraform.tfvars",
        ".terraform/modules/m/ci.yaml",
    )
    write(tmp_path / ".gitignore", ".terraform\n")
    tree = one(tmp_path)
    assert tree.paths() == (".terraform/modules/m/main.tf",)
    assert tree.installed(".terraform/modules/m/main.tf")
    assert not tree.installed("main.tf")
    assert isinstance(tree.read(".terraform/modules/modules.json"), SourceText)


def test_gitignore_is_obeyed_and_told(tmp_path: Path) -> None:
    make(tmp_path, "override.tf", "kept.tf", "out/a.tf", "out/prod.tfvars", "out/b.md", "sub/x.tf")
    make(tmp_path, "sub/keep/y.tf", "out/inner/.git/HEAD", "out/inner/z.tf", "terraform.tfvars")
    write(tmp_path / ".gitignore", "override.tf\nout/\n*.tfvars\nx.tf\n")
    write(tmp_path / "sub/.gitignore", "!x.tf\nkeep\n")
    tree = one(tmp_path)
    assert tree.paths() == ("kept.tf", "out/prod.tfvars", "sub/x.tf", "terraform.tfvars")
    ignored = ("terraform", "skipped", "sources.ignored")
    assert ledger(tree) == {
        "out/a.tf": ignored,
        "out/inner/z.tf": ignored,
        "override.tf": ignored,
        "sub/keep/y.tf": ignored,
    }


def test_what_is_given_by_name_is_never_ignored(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "out/a.tf", "out/b.tf", "override.tf", "x_override.tf")
    write(tmp_path / ".gitignore", "out/\n*override.tf\n")
    assert one(tmp_path, "out").paths() == ("out/a.tf", "out/b.tf")
    assert one(tmp_path, "override.tf").paths() == ("override.tf",)


def test_unreadable_gitignore_hides_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a.tf", ".gitignore/x")
    assert one(tmp_path).paths() == ("a.tf",)


def test_python_environments_are_not_entered(tmp_path: Path) -> None:
    make(tmp_path, "env/pyvenv.cfg", "env/lib/main.tf", "main.tf")
    assert one(tmp_path).paths() == ("main.tf",)


def test_exclusions_go_to_the_ledger(tmp_path: Path) -> None:
    make(tmp_path, "examples/broken/main.tf", "examples/good/main.tf", "a/b/ci.yaml", "a/b/m.tf")
    tree = one(tmp_path).excluding(
        [Exclusion("examples/broken", "kept to show"), Exclusion("a/**", "not ours")]
    )
    assert tree.paths() == ("examples/good/main.tf",)
    assert ledger(tree) == {
        "a/b/ci.yaml": ("other", "skipped", "sources.excluded"),
        "a/b/m.tf": ("terraform", "skipped", "sources.excluded"),
        "examples/broken/main.tf": ("terraform", "skipped", "sources.excluded"),
    }
    reasons = {dict(e.reason.args)["reason"] for e in tree.ledger.entries if e.reason}
    assert reasons == {"kept to show", "not ours"}


# --- reading ------------------------------------------------------------------------------


def reason(result: SourceText | Phrase) -> str:
    assert isinstance(result, Phrase)
    return result.key


def test_read_strips_the_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path / "a.tf", b"\xef\xbb\xbfx = 1\r\n")
    text = one(tmp_path).read("a.tf")
    assert isinstance(text, SourceText)
    assert (text.path, text.data) == ("a.tf", b"x = 1\r\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_what_a_shell_stored_in_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    plan = '{"format_version": "1.2", "planned_values": {}, "é": 1}'
    write(tmp_path / "plan.json", plan.encode(encoding))
    write(tmp_path / "objects.yaml", "kind: A\napiVersion: v1\n".encode(encoding))
    tree = one(tmp_path)
    text = tree.read("plan.json")
    assert isinstance(text, SourceText)
    assert text.data == plan.encode()
    assert {found.path: found.kind for found in tree.found} == {
        "plan.json": "plan",
        "objects.yaml": "kubernetes",
    }


@pytest.mark.parametrize(
    ("name", "data", "read"),
    [
        ("main.tf", "a = 1".encode("utf-16"), "a = 1".encode("utf-16")),
        ("plan.json", "é".encode("utf-16") + b"\x00\xd8", "é".encode() + b"\x00\xd8"),
        ("plan.json", b"{\xff", b"{\xff"),
        ("a.yaml", b"", b""),
        ("a.yaml", b"\0", b"\0"),
    ],
)
def test_what_is_not_text_stays_as_it_is(
    tmp_path: Path, name: str, data: bytes, read: bytes
) -> None:
    write(tmp_path / name, data)
    text = read_named(tmp_path / name)
    assert isinstance(text, SourceText)
    assert text.data == read


def test_read_gives_the_same_object_twice(tmp_path: Path) -> None:
    make(tmp_path, "a.tf")
    tree = one(tmp_path)
    assert tree.read("a.tf") is tree.read("a.tf")


def test_size_limits(tmp_path: Path) -> None:
    for name, size in [
        ("a.tf", 10),
        ("b.tf", 11),
        ("b.tf.json", 11),
        ("c.json", 50),
        ("d.json", 51),
    ]:
        path = tmp_path / name
        path.touch()
        os.truncate(path, (size << 20) - (0 if size % 10 == 0 else (1 << 20) - 1))
    tree = one(tmp_path)
    assert isinstance(tree.read("a.tf"), SourceText)
    assert isinstance(tree.read("c.json"), SourceText)
    assert tree.read("b.tf") == Phrase("sources.too-large", (("limit", 10),))
    assert tree.read("b.tf.json") == Phrase("sources.too-large", (("limit", 10),))
    assert tree.read("d.json") == Phrase("sources.too-large", (("limit", 50),))


def test_read_says_why_not(tmp_path: Path) -> None:
    make(tmp_path, "p/dir/a.tf")
    os.mkfifo(tmp_path / "p/pipe.tf")
    tree = one(tmp_path, "p")
    assert tree.paths() == ("p/dir/a.tf", "p/pipe.tf")
    assert reason(tree.read("p/none.tf")) == "sources.missing"
    assert reason(tree.read("p/pipe.tf")) == "sources.not-a-file"
    assert reason(tree.read("p/dir")) == "sources.not-a-file"
    assert reason(tree.read("p/\0.tf")) == "sources.outside"


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    make(tmp_path, "secret.tf", "pod.yaml", "more/x.tf", "p/main.tf", "p/real/y.tf")
    project = tmp_path / "p"
    (project / "out.tf").symlink_to("../secret.tf")
    (project / "pod.yaml").symlink_to("../pod.yaml")
    (project / "more").symlink_to("../more")
    (project / "again").symlink_to("real")
    (project / "in.tf").symlink_to("real/y.tf")
    (project / "loop.tf").symlink_to("loop.tf")
    tree = one(tmp_path, "p")
    assert tree.paths() == ("p/in.tf", "p/loop.tf", "p/main.tf", "p/out.tf", "p/real/y.tf")
    assert ledger(tree) == {
        "p/again": ("other", "skipped", "sources.link-inside"),
        "p/more": ("other", "undecided", "sources.link-outside"),
        "p/pod.yaml": ("other", "undecided", "sources.link-outside"),
    }
    assert reason(tree.read("p/out.tf")) == "sources.outside"
    assert reason(tree.read("p/loop.tf")) in {"sources.outside", "sources.unreadable"}
    assert reason(tree.read("secret.tf")) == "sources.outside"
    assert reason(tree.read("p/more/x.tf")) == "sources.outside"
    assert isinstance(tree.read("p/in.tf"), SourceText)
    assert isinstance(tree.read("p/again/y.tf"), SourceText)
    assert not tree.exists("secret.tf")
    assert not tree.isdir("p/more")
    assert tree.list("p/more") == ()
    assert tree.list("p") == (
        "again", "in.tf", "loop.tf", "main.tf", "more", "out.tf", "pod.yaml", "real",
    )  # fmt: skip


def test_join_stays_inside(tmp_path: Path) -> None:
    make(tmp_path, "p/.git/HEAD", "p/modules/m/a.tf", "p/envs/prod/main.tf")
    tree = one(tmp_path / "p/envs", "prod")
    assert tree.join("prod", "../../modules/m") == "../modules/m"
    assert tree.join("../modules/m", "../../envs/prod") == "prod"
    assert tree.join("prod", "../../..") is None
    assert tree.join("prod", "/etc") is None
    assert tree.join("prod", "a\0b") is None
    assert tree.join(".", "..") == ".."
    assert tree.display_root == ".."
    assert tree.relative("prod/main.tf") == "envs/prod/main.tf"
    assert tree.isdir("../modules/m")


@given(st.lists(st.sampled_from(["..", ".", "a", "b", "p", "", "q"]), max_size=8), st.booleans())
def test_join_never_leaves_the_root(parts: list[str], absolute: bool) -> None:
    tree = Tree(Path("/x/p"), Path("/x/q/r"), (), (), ())
    joined = tree.join("../../p/a", ("/" if absolute else "") + "/".join(parts))
    expected = os.path.normpath(os.path.join("/x/p/a", ("/" if absolute else "") + "/".join(parts)))  # noqa: PTH118
    if expected == "/x/p" or expected.startswith("/x/p/"):
        assert joined is not None
        assert os.path.normpath(f"/x/q/r/{joined}") == expected
    else:
        assert joined is None


def test_named_file_may_be_anywhere(tmp_path: Path) -> None:
    write(tmp_path / "ours.yaml", "version: 1\n")
    (tmp_path / "p").mkdir()
    text = read_named(Path("../ours.yaml"), cwd=tmp_path / "p")
    assert isinstance(text, SourceText)
    assert (text.path, text.data) == ("../ours.yaml", b"version: 1\n")
    assert reason(read_named(Path("none.yaml"), cwd=tmp_path)) == "sources.missing"
