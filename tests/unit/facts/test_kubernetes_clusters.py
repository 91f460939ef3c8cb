"""Who runs the cluster, and where: declared, told by signals, or left open with a reason."""

from __future__ import annotations

import pytest
from tests.unit.facts.kubernetes import clusters, saying
from tests.unit.manifests import CATALOG, root

from souverain.facts.placement import Place
from souverain.facts.signals import Signals
from souverain.kubernetes.model import KubernetesRoot, Sending
from souverain.model import SourceText, Span
from souverain.project import Cluster
from souverain.records import replace

POD = "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}}}"


def pods(path: str, *names: str, kind: str = "manifests") -> KubernetesRoot:
    text = "\n---\n".join(POD.format(name=name) for name in names)
    return root(text, path, kind)  # type: ignore[arg-type]


def place(found: Place) -> tuple[str | None, str | None, tuple[str, ...], tuple[str, ...]]:
    layer = found.layers[0]
    return layer.operator, layer.service, found.location.regions, found.location.countries


def one(**told: object) -> Place:
    """The cluster of a root with one pod, which says one thing."""
    here = pods("k8s", "a")
    return clusters([here], saying({"Pod/default/a": told})).of(here, "k8s/all.yaml")


def several(*told: dict[str, object]) -> Place:
    names = [f"p{index}" for index in range(len(told))]
    here = pods("k8s", *names)
    said = {f"Pod/default/{name}": each for name, each in zip(names, told, strict=True)}
    return clusters([here], saying(said)).of(here, "k8s/all.yaml")


# --- signals --------------------------------------------------------------------------


def test_a_signal_tells_operator_and_region() -> None:
    found = one(operator="aws", region="eu-west-3", shown="eks")
    assert place(found) == ("aws", "amazon-eks", ("eu-west-3",), ("FR",))
    (layer,) = found.layers
    assert (layer.layer, layer.capability) == ("caas", "managed-kubernetes")
    (link,) = layer.evidence
    assert (link.text.key, link.span.line if link.span else 0) == ("facts.cluster-by-signal", 1)


def test_zones_count_for_their_region() -> None:
    assert place(one(operator="aws", region="eu-west-3a"))[2:] == (("eu-west-3",), ("FR",))


def test_nodes_in_several_regions_are_used_at_once() -> None:
    found = several(
        {"operator": "aws", "region": "eu-west-3"}, {"operator": "aws", "region": "us-east-1"}
    )
    assert place(found)[2:] == (("eu-west-3", "us-east-1"), ("FR", "US"))


def test_a_region_without_operator_is_looked_up_with_the_operator_told_elsewhere() -> None:
    found = several({"operator": "scaleway"}, {"region": "fr-par-1", "certainty": "medium"})
    assert place(found) == ("scaleway", "scaleway-kubernetes", ("fr-par",), ("FR",))


def test_a_code_that_the_operator_does_not_have_is_undecided() -> None:
    found = one(operator="scaleway", region="eu-west-3")
    assert found.location.unknown is not None
    assert found.location.unknown.reason.key == "facts.region-unlisted"
    assert found.location.countries == ()


def test_an_operator_without_region() -> None:
    found = one(operator="aws")
    assert found.operators == ("aws",)
    assert found.location.unknown is not None
    assert found.location.unknown.reason.key == "facts.cluster-without-region"


def test_no_signal_is_unknown_and_tells_what_to_declare() -> None:
    found = one()
    assert found.operators == ()
    assert found.unknown_layer is not None
    assert found.unknown_layer.reason.key == "facts.cluster-unknown"
    # One question for the whole project, at the object that asks it.
    assert (found.unknown_layer.span, found.unknown_layer.cause) == (None, "project:cluster")


@pytest.mark.parametrize("certainty", ["weak"])
def test_a_weak_signal_alone_decides_nothing(certainty: str) -> None:
    assert one(operator="azure", certainty=certainty).operators == ()


def test_a_weak_or_medium_signal_never_contradicts_a_certain_one() -> None:
    found = several(
        {"operator": "scaleway", "certainty": "certain"},
        {"operator": "azure", "certainty": "medium"},
        {"operator": "gcp", "certainty": "weak"},
    )
    assert found.operators == ("scaleway",)


def test_contradictory_signals_are_both_named() -> None:
    found = several({"operator": "aws", "shown": "eks"}, {"operator": "scaleway", "shown": "scw"})
    assert found.operators == ()
    why = found.unknown_layer
    assert why is not None
    args = dict(why.reason.args)
    assert why.reason.key == "facts.cluster-contradicted"
    assert (args["one"], args["other"]) == ("eks", "scw")
    assert (args["one_place"], args["other_place"]) == ("k8s/all.yaml:1", "k8s/all.yaml:3")


def test_what_names_software_yields_to_what_names_a_company() -> None:
    found = several({"operator": "openstack"}, {"operator": "ovhcloud", "region": "GRA11"})
    assert place(found)[0] == "ovhcloud"
    alone = one(operator="openstack")
    assert alone.operators == ()
    assert alone.unknown_layer is not None
    assert alone.unknown_layer.reason.key == "facts.cluster-software"


# --- look-alikes ----------------------------------------------------------------------

GKE = {"operator": "gcp", "candidates": ("s3ns",), "certainty": "strong"}


def test_of_look_alikes_the_likely_one_counts() -> None:
    found = one(**GKE)
    assert found.operators == ("gcp",)
    assert found.layers[0].evidence[0].text.key == "facts.cluster-by-lookalike"


def test_a_region_of_its_own_shows_the_sovereign_look_alike() -> None:
    assert one(**GKE, region="u-france-east1").operators == ("s3ns",)


def test_a_host_of_its_own_shows_the_sovereign_look_alike() -> None:
    found = several(GKE, {"says": "flow", "operator": "s3ns", "flow": "image"})
    assert found.operators == ("s3ns",)
    assert found.layers[0].evidence[0].text.key == "facts.cluster-by-its-own"


def test_without_likelihood_the_operator_is_unknown() -> None:
    family = {"candidates": ("huawei-cloud", "otc", "orange-flexibleengine")}
    found = one(**family)
    assert found.operators == ()
    assert found.unknown_layer is not None
    assert found.unknown_layer.reason.key == "facts.cluster-ambiguous"
    assert one(**family, region="eu-de").operators == ("otc",)


def test_look_alikes_agree_with_what_one_of_them_says() -> None:
    found = several({"candidates": ("aws", "outscale")}, {"operator": "outscale"})
    assert found.operators == ("outscale",)


# --- scopes ---------------------------------------------------------------------------


def around(kind: str = "manifests") -> tuple[KubernetesRoot, dict[str, KubernetesRoot]]:
    here = pods("clusters/prod/apps/web", "web", kind=kind)
    others = {
        path: pods(path, path.replace("/", "-"))
        for path in ("clusters/prod/storage", "clusters/dev", "infra")
    }
    return here, others


def test_loose_manifests_take_the_cluster_of_the_nearest_directory() -> None:
    here, others = around()
    said = {
        "Pod/default/clusters-prod-storage": {"operator": "aws", "region": "eu-west-3"},
        "Pod/default/clusters-dev": {"operator": "gcp"},
        "Pod/default/infra": {"operator": "azure"},
    }
    found = clusters([here, *others.values()], saying(said)).of(here, "x.yaml")
    assert place(found) == ("aws", "amazon-eks", ("eu-west-3",), ("FR",))
    link = found.layers[0].evidence[0]
    assert link.span is not None
    assert link.span.file == "clusters/prod/storage/all.yaml"


def test_neighbours_that_disagree_leave_it_open() -> None:
    here = pods("clusters/prod/apps/web", "web")
    others = [pods("clusters/prod/a", "a"), pods("clusters/prod/b", "b")]
    said = {"Pod/default/a": {"operator": "aws"}, "Pod/default/b": {"operator": "azure"}}
    found = clusters([here, *others], saying(said)).of(here, "x.yaml")
    assert found.unknown_layer is not None
    assert found.unknown_layer.reason.key == "facts.cluster-contradicted"


def test_the_project_root_is_no_scope() -> None:
    here, other = pods("web", "web"), pods("storage", "storage")
    said = {"Pod/default/storage": {"operator": "aws"}}
    assert clusters([here, other], saying(said)).of(here, "x.yaml").operators == ()


def test_charts_do_not_speak_for_their_neighbours() -> None:
    here, others = around("helm")
    said = {"Pod/default/clusters-prod-storage": {"operator": "aws"}}
    assert clusters([here, *others.values()], saying(said)).of(here, "x").operators == ()


def overlay(path: str, name: str) -> KubernetesRoot:
    return pods(path, name, kind="kustomize")


@pytest.mark.parametrize(
    ("here", "other", "taken"),
    [
        (overlay("apps/overlays/ovh", "here"), overlay("apps/overlays/aws", "other"), False),
        (overlay("apps/web/prod", "here"), overlay("apps/api/prod", "other"), True),
        (overlay("apps/prod", "here"), overlay("apps/prod/eu", "other"), True),
        (overlay("k8s/overlays/prod", "here"), pods("k8s/storage", "other"), True),
        (pods("k8s/prod", "here"), pods("k8s/recette", "other"), False),
        (pods("k8s/web", "here"), pods("k8s/recette", "other"), True),
    ],
)
def test_what_is_for_another_environment_does_not_speak(
    here: KubernetesRoot, other: KubernetesRoot, taken: bool
) -> None:
    said = saying({"Pod/default/other": {"operator": "aws", "region": "us-east-1"}})
    found = clusters([here, other], said).of(here, "x.yaml")
    assert found.operators == (("aws",) if taken else ())


def test_what_has_manifests_deployed_names_their_cluster() -> None:
    (application,) = pods("argocd", "application").objects
    here = replace(pods("apps/web", "web"), delivered_by=(Sending(application, "argocd"),))
    address = {"says": "object", "operator": "aws", "region": "us-east-1"}
    said = saying({application.address: {**address, "capability": "managed-kubernetes"}})
    assert place(clusters([here], said).of(here, "x.yaml"))[::2] == ("aws", ("us-east-1",))
    assert clusters([here], saying({application.address: address})).of(here, "x").operators == ()


# --- declared -------------------------------------------------------------------------


def declared(**keys: object) -> Cluster:
    span = Span(SourceText("souverain.yaml", b"clusters: []\n"), 0, 8)
    return Cluster(span, ("k8s/prod/**",), **keys)  # type: ignore[arg-type]


def of_declared(cluster: Cluster, path: str = "k8s/prod") -> Place:
    here = pods(path, "a")
    said = saying({"Pod/default/a": {"operator": "aws", "region": "us-east-1"}})
    return clusters([here], said, (cluster,)).of(here, f"{path}/all.yaml")


@pytest.mark.parametrize(
    ("service", "shown"),
    [
        (None, "ovhcloud-managed-kubernetes"),
        ("managed-kubernetes", "ovhcloud-managed-kubernetes"),
        ("ovhcloud-managed-kubernetes", "ovhcloud-managed-kubernetes"),
    ],
)
def test_what_is_declared_beats_every_signal(service: str | None, shown: str) -> None:
    found = of_declared(declared(operator="ovhcloud", service=service, region="GRA9"))
    assert place(found) == ("ovhcloud", shown, ("GRA9",), ("FR",))
    assert found.location.span is not None
    assert found.location.span.file == "souverain.yaml"


def test_what_is_declared_for_other_paths_says_nothing() -> None:
    found = of_declared(declared(operator="ovhcloud"), "k8s/dev")
    assert found.operators == ("aws",)


def test_a_root_below_the_declared_path_is_covered() -> None:
    found = of_declared(declared(operator="ovhcloud"), "k8s/prod/apps/web")
    assert found.operators == ("ovhcloud",)


def test_a_declared_operator_that_nobody_knows() -> None:
    found = of_declared(declared(operator="nobody"))
    assert found.unknown_layer is not None
    assert found.unknown_layer.reason.key == "facts.cluster-operator-unlisted"


def test_a_cluster_that_terraform_does_not_create() -> None:
    found = of_declared(declared(root="infra", address="scaleway_k8s_cluster.main"))
    assert found.unknown_layer is not None
    assert found.unknown_layer.reason.key == "facts.cluster-not-created"


# --- with the signals of the catalogue ------------------------------------------------


def test_nodes_that_a_selector_keeps_out_of_tell_nothing() -> None:
    text = """\
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions:
                      - {key: eks.amazonaws.com/compute-type, operator: %s, values: [fargate]}
        """
    signals = Signals(CATALOG)
    for operator, found in (("In", ("aws",)), ("NotIn", ()), ("DoesNotExist", ())):
        here = root(text % operator)
        assert clusters([here], signals.hits).of(here, "x").operators == found
