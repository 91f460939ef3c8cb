"""What deliveries say of what they deploy, as it reaches a report: variables, clusters."""

from __future__ import annotations

import pytest
from tests.integration.test_kubernetes_rules import in_its_folder, judged, of_rule, the_facts

from souverain.cli.app import run as souverain
from souverain.model import Report
from souverain.text import render

__all__ = ["in_its_folder"]

UNDECLARED = """\
version: 1
entity: state_operator
systems:
  - name: care
    paths: ["**"]
    data: [health_personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: %s, name: settings}]}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: flux-system}
data: {REGION: us-east-1}
"""
BACKUP = """\
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: b, namespace: care}
spec: {provider: aws, objectStorage: {bucket: b}, config: {region: '${REGION}'}}
"""


def test_a_region_that_flux_takes_from_a_config_map_is_judged() -> None:
    report = judged(apps__b=BACKUP, flux__ks=FLUX % "ConfigMap", flux__settings=SETTINGS)
    assert the_facts(report, "BackupStorageLocation").location.regions == ("us-east-1",)
    (found,) = of_rule(report, "LOC001")
    assert (found.severity, found.verdict, found.span.file) == ("error", "violation", "apps/b.yaml")
    assert ("flux/settings.yaml", 4) in {
        (link.span.file, link.span.line) for link in found.evidence if link.span
    }


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (
            "ConfigMap",
            "${REGION} may be filled in from the ConfigMap “settings”, which is not in these "
            "files. Add it, give a rendered manifest, or write the value.",
        ),
        (
            "Secret",
            "${REGION} may be filled in from the Secret “settings”, which is not in these "
            "files. Add it, give a rendered manifest, or write the value.",
        ),
    ],
)
def test_a_region_that_flux_takes_from_elsewhere_is_open(kind: str, reason: str) -> None:
    report = judged(apps__b=BACKUP, flux__ks=FLUX % kind)
    unknown = the_facts(report, "BackupStorageLocation").location.unknown
    assert unknown is not None
    assert render(unknown.reason, "en") == reason
    (found,) = of_rule(report, "LOC003")
    assert (found.severity, found.verdict) == ("error", "undecided")
    assert found.remediation.key == "rules.way-render-manifests"


def test_a_region_that_flux_takes_from_a_secret_is_open_and_never_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = SETTINGS.replace("ConfigMap", "Secret").replace("\ndata:", "\nstringData:")
    report = judged(apps__b=BACKUP, flux__ks=FLUX % "Secret", flux__settings=secret)
    facts = the_facts(report, "BackupStorageLocation")
    assert (facts.location.regions, facts.location.countries) == ((), ())
    assert facts.location.unknown is not None
    assert facts.location.unknown.reason.key == "kubernetes.variable-secret"
    assert "us-east-1" not in shown(capsys)


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    assert souverain(["check", "--format", "json", "--as-of", "2026-11-22"]) == 1
    return capsys.readouterr().out


# --- clusters that are named ------------------------------------------------------------

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: care}
spec: {containers: [{name: web, image: registry.care.svc/web}]}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: %s, namespace: argocd}
spec:
  source: {repoURL: https://git.example.org/ours, path: apps}
  destination: {%s}
"""
REGISTERED = """\
apiVersion: v1
kind: Secret
metadata: {name: any, namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}
stringData: {name: prod, server: "%s", config: '{"bearerToken": "correct-horse"}'}
"""
EKS = "https://0A1B2C3D4E5F67890A1B2C3D4E5F6789.gr7.us-east-1.eks.amazonaws.com"


def clusters(*declared: str) -> str:
    return UNDECLARED + "clusters:\n" + "".join(f"  - {each}\n" for each in declared)


PROD = "{name: prod, operator: ovhcloud, region: GRA9}"
WEST = "{name: west, operator: aws, region: us-west-2}"


def whose(report: Report) -> tuple[list[str | None], tuple[str, ...], tuple[str, ...]]:
    facts = the_facts(report, "Pod")
    return (
        [each.operator for each in facts.layers],
        facts.location.regions,
        facts.location.countries,
    )


@pytest.mark.parametrize("said", ["name: prod", "server: https://k8s.example.org"])
def test_a_cluster_is_declared_by_the_name_it_is_sent_to(said: str) -> None:
    files = {"argocd__secret": REGISTERED % "https://k8s.example.org/"} if "server" in said else {}
    report = judged(clusters(PROD), apps__pod=POD, argocd__app=APPLICATION % ("web", said), **files)
    assert whose(report) == (["ovhcloud"], ("GRA9",), ("FR",))
    (layer,) = the_facts(report, "Pod").layers
    assert [(link.text.key, link.span.file if link.span else "") for link in layer.evidence] == [
        ("facts.cluster-sent", "argocd/app.yaml"),
        ("facts.cluster-declared", "souverain.yaml"),
    ]


def test_what_goes_to_several_clusters_is_in_all_of_them() -> None:
    report = judged(
        clusters(PROD, WEST),
        apps__pod=POD,
        argocd__a=APPLICATION % ("a", "name: prod"),
        argocd__b=APPLICATION % ("b", "name: west"),
    )
    assert whose(report) == (["ovhcloud", "aws"], ("GRA9", "us-west-2"), ("FR", "US"))
    assert [f.verdict for f in of_rule(report, "LOC002")] == ["violation"]


def test_one_of_several_clusters_that_nobody_declared_leaves_the_place_open() -> None:
    report = judged(
        clusters(PROD),
        apps__pod=POD,
        argocd__a=APPLICATION % ("a", "name: prod"),
        argocd__b=APPLICATION % ("b", "name: west"),
    )
    assert whose(report) == (["ovhcloud", None], ("GRA9",), ("FR",))
    assert why(report) == (
        "Application/argocd/b sends this to the cluster “west”, and nothing here says who runs it, "
        "nor where. Declare it by this name in souverain.yaml (clusters)."
    )


def why(report: Report) -> str:
    unknown = the_facts(report, "Pod").location.unknown
    assert unknown is not None
    return render(unknown.reason, "en")


def test_a_cluster_that_nobody_declared_is_named() -> None:
    beside = POD.replace("name: web, namespace", "name: b, namespace").replace(
        "spec: {", "spec: {nodeSelector: {eks.amazonaws.com/nodegroup: a}, "
    )
    report = judged(
        UNDECLARED,
        all__apps__pod=POD,
        all__others__pod=beside.replace("kind: Pod", "kind: ReplicationController"),
        argocd__a=(APPLICATION % ("a", "name: prod")).replace("path: apps", "path: all/apps"),
    )
    # What is beside may well be on another cluster.
    assert whose(report) == ([None], (), ())
    assert why(report).startswith("Application/argocd/a sends this to the cluster “prod”, and")


def test_a_registered_cluster_is_where_its_address_is(capsys: pytest.CaptureFixture[str]) -> None:
    report = judged(
        UNDECLARED,
        apps__pod=POD,
        argocd__a=APPLICATION % ("a", "name: prod"),
        argocd__secret=REGISTERED % EKS,
    )
    assert whose(report) == (["aws"], ("us-east-1",), ("US",))
    assert "correct-horse" not in shown(capsys)


def test_a_cluster_that_is_only_known_when_it_runs() -> None:
    report = judged(UNDECLARED, apps__pod=POD, argocd__a=APPLICATION % ("a", "name: '{{.name}}'"))
    assert why(report) == (
        "Application/argocd/a sends this to a cluster that is only known when it runs ({{.name}}). "
        "Declare the cluster of these paths in souverain.yaml."
    )


def test_in_cluster_is_where_the_application_is() -> None:
    here = "{paths: [argocd/**], operator: ovhcloud, region: GRA9}"
    files = {"apps__pod": POD, "argocd__a": APPLICATION % ("a", "name: in-cluster")}
    assert whose(judged(clusters(here), **files)) == (["ovhcloud"], ("GRA9",), ("FR",))


def test_what_flux_has_deployed_is_on_its_own_cluster() -> None:
    here = "{paths: [clusters/prod/**], operator: ovhcloud, region: GRA9}"
    top = (FLUX % "ConfigMap").replace("./apps", "./infra").replace("name: apps", "name: top")
    files = {"clusters__prod__top": top, "infra__ks": FLUX % "ConfigMap", "apps__pod": POD}
    report = judged(clusters(here), **files)
    assert whose(report) == (["ovhcloud"], ("GRA9",), ("FR",))
    (layer,) = the_facts(report, "Pod").layers
    assert [link.span.file for link in layer.evidence if link.span] == [
        "infra/ks.yaml",
        "clusters/prod/top.yaml",
        "souverain.yaml",
    ]


def test_deliveries_that_go_round_in_circles_end() -> None:
    one = (FLUX % "ConfigMap").replace("./apps", "./b").replace("name: apps", "name: a")
    two = (FLUX % "ConfigMap").replace("./apps", "./a").replace("name: apps", "name: b")
    report = judged(clusters(PROD), a__ks=one, b__ks=two, b__pod=POD)
    assert whose(report) == ([None], (), ())


def test_what_the_flux_objects_say_tells_their_cluster() -> None:
    node = (
        "apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"
        "spec: {providerID: 'aws:///eu-west-3a/i-0123456789abcdef0'}\n"
    )
    report = judged(UNDECLARED, flux__ks=FLUX % "ConfigMap", flux__node=node, apps__pod=POD)
    assert whose(report) == (["aws"], ("eu-west-3",), ("FR",))


# --- manifests in texts -----------------------------------------------------------------

MANAGEMENT = "{paths: [management/**], operator: ovhcloud, region: GRA9}"
SET = """\
apiVersion: addons.cluster.x-k8s.io/v1beta1
kind: ClusterResourceSet
metadata: {name: addons, namespace: capi}
spec:
  clusterSelector: {matchLabels: {cni: calico}}
  resources: [{kind: ConfigMap, name: addons}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: addons, namespace: capi}
data:
  pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: care}
    spec: {containers: [{name: web, image: registry.care.svc/web}]}
"""
CLUSTER = """\
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: prod, namespace: capi, labels: {cni: calico}}
spec: {infrastructureRef: {kind: %s, name: prod}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: %s
metadata: {name: prod, namespace: capi}
spec: {%s}
"""


def test_what_cluster_api_hands_over_is_where_the_cluster_is() -> None:
    outscale = CLUSTER % ("OscCluster", "OscCluster", "network: {subregionName: eu-west-2a}")
    report = judged(clusters(MANAGEMENT), management__all=SET + outscale)
    assert whose(report) == (["outscale"], ("eu-west-2",), ("FR",))
    (found,) = (a.asset for a in report.assets if a.asset.address == "Pod/care/web")
    assert (found.root, found.scenario, found.span.line) == ("management", "addons", 14)


def test_a_cluster_that_objects_create_may_be_declared_by_its_name() -> None:
    own = CLUSTER % ("Metal3Cluster", "Metal3Cluster", "noCloudProvider: true")
    report = judged(clusters(MANAGEMENT, PROD), management__all=SET + own)
    assert whose(report) == (["ovhcloud"], ("GRA9",), ("FR",))
    report = judged(clusters(MANAGEMENT), management__all=SET + own)
    assert why(report).startswith("ClusterResourceSet/capi/addons sends this to the cluster “prod”")


def test_clusters_that_are_not_there_leave_it_open() -> None:
    report = judged(clusters(MANAGEMENT), management__all=SET)
    assert whose(report) == ([None], (), ())
    assert why(report) == (
        "ClusterResourceSet/capi/addons sends this to the cluster “cni: calico”, and nothing here "
        "says who runs it, nor where. Declare it by this name in souverain.yaml (clusters)."
    )
    asked = PROD.replace("name: prod", "name: 'cni: calico'")
    report = judged(clusters(MANAGEMENT, asked), management__all=SET)
    assert whose(report) == (["ovhcloud"], ("GRA9",), ("FR",))


def test_what_is_handed_over_does_not_tell_the_cluster_it_is_handed_from() -> None:
    node = "spec: {nodeSelector: {eks.amazonaws.com/nodegroup: a}, containers"
    text = SET.replace("spec: {containers", node)
    beside = POD.replace("kind: Pod", "kind: ReplicationController")
    report = judged(UNDECLARED, management__all=text, management__own=beside)
    places = {a.asset.address: a.worlds[0][1].layers[0].operator for a in report.assets}
    assert (places["Pod/care/web"], places["ReplicationController/care/web"]) == ("aws", None)
