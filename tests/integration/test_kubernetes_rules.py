"""Rules on objects: what only Kubernetes shows, what stays silent, and what is never shown."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.cli.app import run as souverain
from souverain.model import Facts, Finding, Report
from souverain.report import formats
from souverain.report.grouping import blocks
from souverain.text import render

DAY = date(2026, 11, 22)
DECLARED = """\
version: 1
entity: state_operator
clusters: [{paths: ["**"], operator: s3ns, region: u-france-east1}]
systems:
  - name: care
    namespaces: [care]
    data: [health_personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
"""
UNDECLARED = 'version: 1\nclusters: [{paths: ["**"], operator: scaleway, region: fr-par}]\n'
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: care}}
spec:
  template:
    spec:
      containers:
        - name: web
          image: {image}
          env: [{{name: PARTNER, value: "{url}"}}]
"""
ISSUER = """\
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: public, namespace: care}
spec: {acme: {server: "https://acme-v02.api.letsencrypt.org/directory"}}
"""
HELD = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: care}\n"


@pytest.fixture(autouse=True)
def in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    gc.enable()


def judged(project: str = DECLARED, **files: str) -> Report:
    Path("souverain.yaml").write_text(project, encoding="utf-8")
    for name, text in files.items():
        file = Path(name.replace("__", "/") + ".yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return analyse(Request((Path(),), DAY))


def web(name: str = "web", image: str = "registry.care.svc/web:1", url: str = "") -> str:
    return WEB.format(name=name, image=image, url=url)


def of_rule(report: Report, *rules: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule in rules]


def the_facts(report: Report, kind: str) -> Facts:
    (found,) = (a.worlds[0][1] for a in report.assets if a.asset.address.startswith(f"{kind}/"))
    return found


# --- images and certificates ----------------------------------------------------------


def test_images_of_one_registry_are_told_once_for_the_repository() -> None:
    files = {f"{name}__app": web(name, "nginx:1.27") for name in ("one", "two", "three")}
    report = judged(**files)
    found = of_rule(report, "EXT009")
    assert {(f.severity, f.verdict) for f in found} == {("info", "violation")}
    assert len(found) == 3
    shown = [each for block in blocks(found) for each in block]
    assert [len(each.others) for each in shown] == [2]


def test_two_registries_are_two_findings() -> None:
    report = judged(one=web("one", "nginx"), two=web("two", "ghcr.io/care/web:1"))
    assert len({finding.group for finding in of_rule(report, "EXT009")}) == 2


@pytest.mark.parametrize("project", [UNDECLARED, "version: 1\nentity: state\n"])
def test_information_needs_sensitive_data_that_is_known(project: str) -> None:
    report = judged(project, web=web("patients", "nginx"), issuer=ISSUER, secret=HELD)
    assert of_rule(report, "EXT009", "TEC008", "KEY007") == []


def test_information_is_silent_where_harm_was_assessed_and_there_is_none() -> None:
    report = judged(
        DECLARED.replace(
            "harm: [health_life]", 'harm: {value: [], by: "DPO", on: 2026-01-05, ref: "n"}'
        ),
        web=web(image="nginx"),
        issuer=ISSUER,
        secret=HELD + "stringData: {a: b}\n",
    )
    assert of_rule(report, "EXT009", "TEC008", "KEY007") == []


def test_a_public_authority_is_information() -> None:
    (found,) = of_rule(judged(issuer=ISSUER), "TEC008")
    assert (found.address, found.severity, found.span.line) == ("Issuer/care/public", "info", 4)
    assert "FR-SNC-3.2:10.6.a" in found.clauses


def test_an_authority_whose_control_is_unknown_is_undecided() -> None:
    other = ISSUER.replace("acme-v02.api.letsencrypt.org/directory", "acme.zerossl.com/v2/DV90")
    (found,) = of_rule(judged(issuer=other), "TEC008")
    assert (found.verdict, found.severity) == ("undecided", "info")


# --- agents and models ----------------------------------------------------------------


def test_an_agent_sends_what_its_namespace_holds() -> None:
    agent = (
        "apiVersion: datadoghq.com/v2alpha1\nkind: DatadogAgent\n"
        "metadata: {name: agent, namespace: care}\nspec: {global: {site: datadoghq.eu}}\n"
    )
    report = judged(agent=agent)
    assert the_facts(report, "DatadogAgent").role == "processes"
    (found,) = of_rule(report, "EXT007")
    assert (found.severity, found.verdict) == ("warning", "violation")
    assert of_rule(report, "TEC007") == []


def test_a_host_of_models_is_one_under_any_name() -> None:
    report = judged(web=web(url="https://bedrock-runtime.us-east-1.amazonaws.com"))
    (flow,) = [f for f in the_facts(report, "Deployment").flows if f.kind == "inference"]
    assert (flow.operator, flow.location.countries) == ("aws", ("US",))
    (found,) = of_rule(report, "LOC010")
    assert (found.severity, found.verdict) == ("error", "violation")


def test_a_service_without_region_may_be_anywhere() -> None:
    (found,) = of_rule(judged(web=web(url="https://api.openai.com/v1")), "LOC010")
    assert found.verdict == "possible"
    assert render(found.message, "en") == (
        "Deployment/care/web sends health data to whichever country OpenAI picks (a service "
        "without region) (inference), outside the European Economic Area (possible: nothing "
        "written here keeps it in one country)"
    )


# --- what is left open ----------------------------------------------------------------


def test_a_region_that_is_filled_in_later_is_not_the_cluster_s() -> None:
    backup = (
        "apiVersion: velero.io/v1\nkind: BackupStorageLocation\n"
        "metadata: {name: b, namespace: care}\n"
        "spec: {provider: aws, objectStorage: {bucket: b}, config: {region: '${REGION}'}}\n"
    )
    report = judged(backup=backup)
    place = the_facts(report, "BackupStorageLocation").location
    assert (place.regions, place.countries) == ((), ())
    assert place.unknown is not None
    assert place.unknown.reason.key == "facts.region-left-open"
    (found,) = of_rule(report, "LOC003")
    assert found.severity == "error"
    assert found.remediation.key == "rules.way-render-manifests"


def test_one_open_region_among_those_of_the_nodes_leaves_the_place_open() -> None:
    nodes = (
        "      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "{nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/region, "
        "operator: In, values: [u-france-east1, '${OTHER}']}]}]}}}\n      containers:"
    )
    report = judged(web=web().replace("      containers:", nodes))
    place = the_facts(report, "Deployment").location
    assert place.countries == ("FR",)
    assert place.unknown is not None


def test_what_is_open_in_a_host_is_not_shown_as_a_name() -> None:
    report = judged(web=web(url="https://s3.${REGION}.amazonaws.com"))
    reasons = [f.location.unknown for f in the_facts(report, "Deployment").flows]
    assert [render(u.reason, "en") for u in reasons if u] == [
        "s3.….amazonaws.com (Amazon Web Services) names no region."
    ]


# --- secrets --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sealed"),
    [
        ("stringData: {password: example}\n", False),
        ("data: {password: ZXhhbXBsZQ==}\n", False),
        ("stringData: {user: care, password: '${PASSWORD}'}\n", None),
        ("stringData: {password: '${PASSWORD}'}\n", None),
        ("stringData: {password: ''}\n", None),
        ("type: kubernetes.io/service-account-token\n", None),
        ("stringData: {password: 'ENC[x]'}\nsops: {mac: 'ENC[y]'}\n", True),
    ],
)
def test_whether_a_secret_is_sealed(content: str, sealed: bool | None) -> None:
    report = judged(secret=HELD + content)
    (setting,) = the_facts(report, "Secret").settings
    assert (setting.name, setting.value) == ("sealed", sealed)
    verdicts = {True: [], False: ["violation"], None: ["undecided"]}
    assert [f.verdict for f in of_rule(report, "KEY007")] == verdicts[sealed]


def test_an_external_secret_is_in_a_vault() -> None:
    external = (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
        "metadata: {name: s, namespace: care}\nspec: {target: {name: s}}\n"
    )
    assert of_rule(judged(external=external), "KEY007") == []


@pytest.mark.parametrize("form", formats.CHECK)
@pytest.mark.parametrize(
    "text",
    [
        HELD + "stringData: {password: correct-horse}\n",
        HELD + "stringData:\n  password: correct-horse\n",
        '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"care"},'
        '"stringData":{"password":"correct-horse"}}\n',
    ],
    ids=["flow", "block", "json"],
)
def test_what_a_secret_holds_is_in_no_report(form: str, text: str) -> None:
    assert len(of_rule(judged(secret=text), "KEY007")) == 1
    souverain(["check", "-v", "--format", form, "--output", "report", "--as-of", "2026-11-22"])
    written = Path("report").read_text(encoding="utf-8")
    assert "correct-horse" not in written
    assert "KEY007" in written


POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: app, namespace: care}\nspec: {containers: [%s]}\n"
)
CALLS = [
    "{name: app, env: [{name: OPENAI_API_KEY, value: correct-horse}]}",
    "{name: app, env: [{value: correct-horse, name: OPENAI_API_KEY}]}",
    "{name: app, args: [OPENAI_API_KEY=correct-horse]}",
    "{name: app, env: [{name: STRIPE_KEY, value: 'x=1;Key=correct-horse'}]}",
]


@pytest.mark.parametrize("form", formats.CHECK)
@pytest.mark.parametrize("container", CALLS, ids=["block", "value-first", "argument", "pairs"])
def test_a_key_of_a_service_is_in_no_report(form: str, container: str) -> None:
    """Where only the name of a variable says whom it calls, its value is never shown."""
    (told,) = of_rule(judged(app=POD % container), "EXT007")
    assert told.span.text in ("OPENAI_API_KEY", "STRIPE_KEY", "")
    souverain(["check", "-v", "--format", form, "--output", "report", "--as-of", "2026-11-22"])
    written = Path("report").read_text(encoding="utf-8")
    assert "correct-horse" not in written
    assert "EXT007" in written


DISK = (
    "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: {0}}}\nprovisioner: {1}\n"
)


def test_signs_that_contradict_each_other_are_one_question_for_all() -> None:
    report = judged(
        project="version: 1\n",
        k8s__infra__a=DISK.format("a", "ebs.csi.aws.com"),
        k8s__infra__b=DISK.format("b", "pd.csi.storage.gke.io"),
        k8s__apps__one__web=web("one"),
        k8s__apps__two__web=web("two"),
    )
    found = [f for f in of_rule(report, "LOC002") if f.address.startswith("Deployment")]
    assert {f.root for f in found} == {"k8s/apps/one", "k8s/apps/two"}
    assert len({f.group for f in found}) == 1
    assert all("contradict each other" in render(f.message, "en") for f in found)


def test_a_declared_cluster_is_one_cause_for_all_that_stands_on_it() -> None:
    project = DECLARED.replace("s3ns, region: u-france-east1", "scaleway, region: fr-par")
    found = of_rule(judged(project, a__one__web=web("one"), a__two__web=web("two")), "SNC001")
    assert {f.root for f in found} == {"a/one", "a/two"}
    assert (len({f.group for f in found}), len({f.fingerprint for f in found})) == (1, 2)


def test_what_stands_elsewhere_is_told_where_it_is() -> None:
    project = DECLARED.replace("s3ns, region: u-france-east1", "scaleway, region: fr-par")
    files = {
        f"a__{name}__disk": DISK.format(name, "ebs.csi.aws.com")
        + "---\napiVersion: v1\nkind: PersistentVolumeClaim\n"
        f"metadata: {{name: {name}, namespace: care}}\nspec: {{storageClassName: {name}}}\n"
        for name in ("one", "two")
    }
    found = of_rule(judged(project, **files), "SNC001")
    assert len({f.group for f in found}) == 2
