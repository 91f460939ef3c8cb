"""Declarations: what is read, where it was written, and how mistakes are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from souverain.model import Declared, Phrase
from souverain.project import ProjectError, ProjectFile, load
from souverain.sources import Exclusion, discover
from souverain.text import render

FULL = """\
version: 1
entity: {value: private_health, by: RSSI, on: 2026-05-01, ref: note 12}
systems:
  - name: entrepôt
    paths: ["infra/eds/**"]
    data: [health_personal, personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
    owner: dsi@example.org
    eds: true
    homologation: {level: standard, derogation_location: true}
  - name: repo
    data: {value: [synthetic], by: DPO, on: 2026-01-02, ref: note 3}
    harm: []
clusters: [{paths: ["k8s/prod/**"], operator: ovhcloud, service: managed-kubernetes, region: GRA9}]
scenarios: [{root: infra/eds, name: prod, var_files: [common.tfvars, prod.tfvars]}]
provider_defaults: {aws: {region: eu-west-3}}
exclude: [{path: examples/broken, reason: "kept to show an error"}]
extends: [policies/ours]
transfer_basis: scc
"""


def project(root: Path, text: str | None = None, name: str = "souverain.yaml") -> ProjectFile:
    if text is not None:
        (root / name).write_text(text, encoding="utf-8")
    (tree,) = discover([Path()], cwd=root)
    return load(tree)


def problems(root: Path, text: str, name: str = "souverain.yaml") -> list[str]:
    """``line:column: message`` of each problem."""
    with pytest.raises(ProjectError) as raised:
        project(root, text, name)
    return [
        f"{p.span.line}:{p.span.column}: {render(p.message, 'en')}" for p in raised.value.problems
    ]


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "policies/ours").mkdir(parents=True)
    found = project(tmp_path, FULL)
    assert found.entity is not None
    assert found.entity.value == "private_health"
    assert found.entity.justified
    assert (found.entity.by, found.entity.on, found.entity.ref) == ("RSSI", "2026-05-01", "note 12")
    assert (found.entity.span.line, found.entity.span.column) == (2, 1)
    assert [(s.name, s.owner, s.paths) for s in found.systems] == [
        ("entrepôt", "dsi@example.org", ("infra/eds/**",)),
        ("repo", None, ()),
    ]
    (cluster,) = found.clusters
    assert (cluster.paths, cluster.operator, cluster.service, cluster.region) == (
        ("k8s/prod/**",),
        "ovhcloud",
        "managed-kubernetes",
        "GRA9",
    )
    (scenario,) = found.scenarios
    assert (scenario.root, scenario.name, scenario.var_files) == (
        "infra/eds",
        "prod",
        ("common.tfvars", "prod.tfvars"),
    )
    region = found.provider_defaults["aws"]["region"]
    assert (region.value, region.span.text) == ("eu-west-3", "region: eu-west-3")
    assert found.exclude == (Exclusion("examples/broken", "kept to show an error"),)
    assert found.extends == (tmp_path / "policies/ours",)


def test_a_cluster_may_be_declared_by_name(tmp_path: Path) -> None:
    (cluster,) = project(tmp_path, "version: 1\nclusters: [{name: 7, operator: aws}]\n").clusters
    assert (cluster.name, cluster.paths, cluster.operator) == ("7", (), "aws")


def test_context_of_a_system(tmp_path: Path) -> None:
    (tmp_path / "policies/ours").mkdir(parents=True)
    applied = project(tmp_path, FULL).context_for("aws_s3_bucket.b", "infra/eds/main.tf")
    assert applied.declared == Declared(
        entity="private_health",
        data=("health_personal", "personal"),
        harm=("health_life",),
        environment="production",
        hosting_role="hosted_by_processor",
        system="entrepôt",
        inputs=(
            ("eds", True),
            ("entity.ref", "note 12"),
            ("homologation.derogation_location", True),
            ("homologation.level", "standard"),
            ("transfer_basis", "scc"),
        ),
    )
    assert {name: span.line for name, span in applied.spans.items()} == {
        "entity": 2,
        "data": 6,
        "harm": 7,
        "environment": 8,
        "hosting_role": 9,
        "eds": 11,
        "homologation.level": 12,
        "homologation.derogation_location": 12,
        "transfer_basis": 21,
    }


def test_context_elsewhere_and_reference_of_a_relaxing_declaration(tmp_path: Path) -> None:
    (tmp_path / "policies/ours").mkdir(parents=True)
    declared = project(tmp_path, FULL).context_for("x.y", "other/main.tf").declared
    assert (declared.system, declared.data, declared.harm) == ("repo", ("synthetic",), ())
    assert dict(declared.inputs)["data.ref"] == "note 3"


def test_nothing_declared(tmp_path: Path) -> None:
    assert project(tmp_path).context_for("a.b", "main.tf").declared == Declared()
    assert project(tmp_path, "version: 1\n").context_for("a.b", "main.tf").declared == Declared()


SYSTEMS = """\
version: 1
systems:
  - {name: everywhere}
  - {name: infra, paths: [infra]}
  - {name: eds, paths: ["/infra/eds/**"]}
  - {name: module, addresses: [module.m]}
  - {name: bucket, addresses: ["module.m.aws_s3_*.b"]}
  - {name: keyed, addresses: ['aws_s3_bucket.b["dr"]']}
  - {name: space, namespaces: ["prod-*"]}
"""


@pytest.mark.parametrize(
    ("address", "path", "namespace", "system"),
    [
        ("a.b", "main.tf", None, "everywhere"),
        ("a.b", "infra/main.tf", None, "infra"),
        ("a.b", "x/infra/main.tf", None, "infra"),
        ("a.b", "infra/eds/x/main.tf", None, "eds"),
        ("module.m.a.b", "infra/eds/main.tf", None, "module"),
        ("module.m[0].a.b", "main.tf", None, "module"),
        ("module.mm.a.b", "main.tf", None, "everywhere"),
        ("module.m.aws_s3_bucket.b[0]", "main.tf", None, "bucket"),
        ('aws_s3_bucket.b["dr"]', "main.tf", None, "keyed"),
        ('aws_s3_bucket.b["x"]', "main.tf", None, "everywhere"),
        ("Pod/prod-a/x", "infra/pod.yaml", "prod-a", "space"),
        ("Pod/dev/x", "infra/pod.yaml", "dev", "infra"),
    ],
)
def test_most_specific_system_wins(
    tmp_path: Path, address: str, path: str, namespace: str | None, system: str
) -> None:
    found = project(tmp_path, SYSTEMS)
    assert found.context_for(address, path, namespace).declared.system == system


def test_system_that_names_other_places_does_not_apply(tmp_path: Path) -> None:
    text = "version: 1\nsystems: [{name: a, paths: [a]}]\n"
    assert project(tmp_path, text).context_for("x.y", "b/main.tf").declared.system is None


# --- mistakes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("entity: state\n", ["1:1: The key “version” is missing."]),
        ("version: 2\n", ["1:10: Expected 1, the only version of this format, found “2”."]),
        ("version: true\n", ["1:10: Expected 1, the only version of this format, found “true”."]),
        ("version: 1\nentitty: state\n", ["2:1: Unknown key “entitty”. Did you mean “entity”?"]),
        ("version: 1\nversion: 1\n", ["2:1: The key “version” is written twice. Keep one."]),
        ("version: 1\nsystems: {}\n", ["2:10: Expected a list, found a mapping."]),
        ("version: 1\nexclude: [{path: a}]\n", ["2:11: The key “reason” is missing."]),
        ("version: 1\neds: perhaps\n", ["2:6: Expected true or false, found “perhaps”."]),
        (
            "version: 1\nengaged_before: 2026-02-30\n",
            ["2:17: Expected a date such as 2026-05-01, found “2026-02-30”."],
        ),
        (
            "version: 1\nclusters: [{operator: aws}]\n",
            [
                "2:12: Say what is deployed to the cluster: its paths, or the name that Argo CD, "
                "Flux and the like give the cluster."
            ],
        ),
        ("version: 1\nextends: [nowhere]\n", ["2:11: No folder “nowhere” in the project."]),
        ("version: 1\nextends: [../..]\n", ["2:11: No folder “../..” in the project."]),
        ("version: 1\n? [a]\n: b\n", ["2:3: A key must be a text."]),
        ("version: 1\nprovider_defaults: {aws: x}\n", None),
        ("version: 1\nentity: [state]\n", None),
        ("version: 1\nentity: {value: state, because: x}\n", None),
        ("version: 1\nsystems: [{paths: ['!a']}]\n", None),
        ("version: 1\nhoming: 1\n", None),
        ("- 1\n", None),
        ("version: [1\n", None),
        ("version: 1\n---\nversion: 1\n", None),
        ("a: \0\n", None),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, told: list[str] | None) -> None:
    found = problems(tmp_path, text)
    if told is None:
        assert len(found) == 1
    else:
        assert found == told


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "version: 1\nentity: stat\nsystems:\n  - {data: health, harm: [healthlife]}\n"
    found = problems(tmp_path, text)
    assert [line.split(":", 2)[0:2] for line in found] == [["2", "9"], ["4", "12"], ["4", "27"]]
    assert found[0].endswith("(did you mean state?), found “stat”.")
    assert found[1].startswith("4:12: Expected a list of some of: health_personal, personal,")
    assert "did you mean health_life?" in found[2]


def test_columns_count_code_points(tmp_path: Path) -> None:
    text = "version: 1\nsystems: [{name: “é”, harm: [x]}]\n"
    assert problems(tmp_path, text)[0].startswith("2:30: ")


def test_hostile_files_give_a_problem(tmp_path: Path) -> None:
    deep = "version: 1\nentity: " + "[" * 40_000
    assert problems(tmp_path, deep) == [
        "2:28: Nested more than 20 levels deep. A declaration needs fewer."
    ]
    (tmp_path / "souverain.yaml").write_bytes(b"version: 1\nentity: \xff\n")
    with pytest.raises(ProjectError) as raised:
        project(tmp_path)
    (problem,) = raised.value.problems
    assert (problem.message.key, problem.span.line) == ("project.not-utf8", 2)


def test_aliases_are_read_once_and_cycles_end(tmp_path: Path) -> None:
    text = "version: 1\nsystems: [{name: a, harm: &h [health_life]}, {name: b, harm: *h}]\n"
    assert [s.context.harm and s.context.harm.value for s in project(tmp_path, text).systems] == [
        ("health_life",),
        ("health_life",),
    ]
    assert problems(tmp_path, "version: 1\nsystems: &s [*s]\n")


# --- where it is written ------------------------------------------------------------------


def test_pyproject_takes_the_same_keys(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "x"\n\n[tool.souverain]\nentity = "state"\n\n'
        '[[tool.souverain.systems]]\nname = "s"\npaths = ["infra"]\nharm = ["health_life"]\n'
    )
    found = project(tmp_path, text, "pyproject.toml")
    applied = found.context_for("a.b", "infra/main.tf")
    assert (applied.declared.entity, applied.declared.harm) == ("state", ("health_life",))
    assert applied.spans["entity"].line == 5
    assert applied.spans["harm"].line == 10


def test_pyproject_mistakes_have_a_line(tmp_path: Path) -> None:
    text = '[tool.souverain]\nversion = 1\nentity = "états"\n'
    assert problems(tmp_path, text, "pyproject.toml")[0].startswith("3:1: Expected one of: state,")
    text = "[tool.souverain]\nentity = \n"
    assert problems(tmp_path, text, "pyproject.toml")[0].startswith("2:1: This is not valid TOML:")


def test_pyproject_of_someone_else_is_none_of_ours(tmp_path: Path) -> None:
    assert project(tmp_path, "[tool.ruff\n", "pyproject.toml").source is None


def test_two_declarations_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "souverain.yaml").write_text("version: 1\n")
    assert problems(tmp_path, '[tool.souverain]\nentity = "state"\n', "pyproject.toml") == [
        "1:1: Both souverain.yaml and pyproject.toml declare the project. Keep one of them."
    ]


def test_config_may_be_anywhere(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "ours.yaml").write_text("version: 1\nentity: oiv\n")
    (tree,) = discover([Path("p")], cwd=tmp_path)
    found = load(tree, Path("ours.yaml"))
    assert found.entity is not None
    assert (found.entity.value, found.entity.span.file) == ("oiv", "ours.yaml")
    with pytest.raises(ProjectError) as raised:
        load(tree, Path("none.yaml"))
    assert raised.value.problems[0].message == Phrase("sources.missing")
    assert re.search("sources.missing", str(raised.value))
