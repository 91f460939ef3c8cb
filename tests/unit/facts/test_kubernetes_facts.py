"""What is true of Kubernetes objects: place, data, flows, declarations."""

from __future__ import annotations

import pytest
from tests.unit.facts.kubernetes import facts, saying
from tests.unit.manifests import root

from souverain.catalog.model import HostMatch
from souverain.model import DataFact, Facts, Flow, SourceText, Span, phrase
from souverain.project import Context, Declaration, ProjectFile, System

APP = """\
    apiVersion: v1
    kind: Namespace
    metadata: {name: care, labels: {data-classification: sante}}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: care}
    spec:
      template:
        spec:
          containers:
            - {name: web, image: nginx, envFrom: [{configMapRef: {name: settings}}]}
          volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: care}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: unread, namespace: care}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data, namespace: care}
    spec: {storageClassName: fast, volumeName: pv}
    ---
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: pv}
    spec: {storageClassName: fast}
    ---
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: fast}
    ---
    apiVersion: snapshot.storage.k8s.io/v1
    kind: VolumeSnapshot
    metadata: {name: nightly, namespace: care}
    spec: {source: {persistentVolumeClaimName: data}}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: other, namespace: elsewhere}
    spec: {containers: [{name: a, image: nginx}]}
    """
WEB = "Deployment/care/web"
CLAIM = "PersistentVolumeClaim/care/data"
AWS = {"operator": "aws", "region": "eu-west-3"}


def app(
    said: dict[str, object] | None = None, project: ProjectFile | None = None
) -> dict[str, Facts]:
    return facts([root(APP)], saying(said or {}), project)  # type: ignore[arg-type]


def known(data: tuple[DataFact, ...]) -> list[tuple[str, str]]:
    return [(fact.category, fact.certainty) for fact in data]


# --- roles and places -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "role"),
    [
        (WEB, "processes"),
        (CLAIM, "stores"),
        ("PersistentVolume/pv", "stores"),
        ("VolumeSnapshot/care/nightly", "stores"),
        ("ConfigMap/care/settings", "configures"),
        ("Namespace/care", "configures"),
    ],
)
def test_roles(address: str, role: str) -> None:
    assert app()[address].role == role


@pytest.mark.parametrize(
    ("claims", "role"), [("", "processes"), ("volumeClaimTemplates: []", "stores")]
)
def test_a_stateful_set_stores_with_claims_of_its_own(claims: str, role: str) -> None:
    text = f"{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: db}}, spec: {{{claims}}}}}"
    assert facts([root(text)])["StatefulSet/default/db"].role == role


RELEASE = (
    "{{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease,"
    " metadata: {{name: r}}, spec: {spec}}}"
)


@pytest.mark.parametrize(
    ("spec", "role"),
    [
        ("{chart: {spec: {chart: podinfo}}}", None),
        ("{chartRef: {kind: OCIRepository, name: podinfo}}", None),
        ("{values: {a: 1}}", "configures"),
    ],
)
def test_what_a_chart_elsewhere_does_is_left_open(spec: str, role: str | None) -> None:
    found = facts([root(RELEASE.format(spec=spec))])["HelmRelease/default/r"]
    assert found.role == role
    assert found.data == ()


def layer(found: Facts) -> tuple[str | None, str | None, str | None]:
    return found.layers[0].operator, found.layers[0].service, found.layers[0].layer


def test_everything_in_the_cluster_is_where_the_cluster_is() -> None:
    found = app({WEB: AWS})
    for address in (WEB, "Secret/care/x", CLAIM, "Pod/elsewhere/other"):
        if address in found:
            assert layer(found[address]) == ("aws", "amazon-eks", "caas")
            assert found[address].location.countries == ("FR",)


def test_a_workload_is_on_the_nodes_that_it_selects() -> None:
    found = app(
        {
            "Namespace/care": {"operator": "aws", "region": "eu-west-3"},
            WEB: {"region": "us-east-1a", "certainty": "medium"},
        }
    )
    assert found[WEB].location.countries == ("US",)
    assert found["Pod/elsewhere/other"].location.countries == ("FR", "US")


def test_the_managed_cluster_is_certified_as_terraform_s_would_be() -> None:
    text = "{apiVersion: v1, kind: Pod, metadata: {name: a}}"
    said = saying({"Pod/default/a": {"operator": "outscale", "region": "cloudgouv-eu-west-1"}})
    found = facts([root(text)], said)["Pod/default/a"]
    assert layer(found) == ("outscale", "outscale-kubernetes", "caas")
    certificate = found.certificate("secnumcloud")
    assert certificate is not None
    assert certificate.offer is not None


# --- volumes --------------------------------------------------------------------------


def test_a_volume_is_where_its_class_keeps_it() -> None:
    found = app(
        {
            WEB: {"operator": "scaleway", "region": "fr-par"},
            "StorageClass/fast": {
                "says": "object",
                "operator": "aws",
                "region": "us-east-1",
                "service": "amazon-ebs",
                "layer": "iaas",
            },
        }
    )
    assert layer(found[CLAIM]) == ("aws", "amazon-ebs", "iaas")
    assert found[CLAIM].location.countries == ("US",)
    assert layer(found[WEB])[0] == "scaleway"


def test_a_driver_of_the_cluster_s_operator_keeps_volumes_beside_it() -> None:
    found = app(
        {
            WEB: {"operator": "aws", "region": "eu-west-3"},
            "StorageClass/fast": {"says": "object", "operator": "aws", "service": "amazon-ebs"},
        }
    )
    assert found[CLAIM].location.regions == ("eu-west-3",)


def test_a_look_alike_driver_is_that_of_the_cluster() -> None:
    found = app(
        {
            WEB: {"operator": "s3ns", "region": "u-france-east1"},
            "StorageClass/fast": {"says": "object", "operator": "gcp", "candidates": ("s3ns",)},
        }
    )
    assert layer(found[CLAIM])[0] == "s3ns"


def test_a_weak_sign_alone_only_says_what_it_suggests() -> None:
    sign = {"says": "object", "operator": "azure", "certainty": "weak", "shown": "class: managed"}
    place = app({CLAIM: sign})[CLAIM]
    assert (place.layers[0].operator, place.location.countries) == (None, ())
    assert place.location.unknown is not None
    assert place.location.unknown.reason == phrase(
        "facts.object-suggested", shown="class: managed", operator="Microsoft Azure"
    )


def test_a_weak_sign_says_nothing_of_a_cluster_that_contradicts_itself() -> None:
    sign = {"says": "object", "operator": "azure", "certainty": "weak"}
    told = [{"operator": "aws"}, {"operator": "gcp"}]
    place = app({CLAIM: sign, WEB: told})[CLAIM]  # type: ignore[dict-item]
    assert place.location.unknown is not None
    assert place.location.unknown.reason.key == "facts.cluster-contradicted"


def test_a_weak_sign_never_moves_a_volume_out_of_the_cluster() -> None:
    found = app({WEB: AWS, CLAIM: {"says": "object", "operator": "azure", "certainty": "weak"}})
    assert layer(found[CLAIM]) == ("aws", "amazon-eks", "caas")


def test_what_is_kept_elsewhere_without_a_region_is_undecided() -> None:
    found = app({WEB: AWS, "PersistentVolume/pv": {"says": "object", "operator": "gcp"}})
    unknown = found["PersistentVolume/pv"].location.unknown
    assert unknown is not None
    assert unknown.reason.key == "facts.object-without-region"


STORE = "{apiVersion: velero.io/v1, kind: BackupStorageLocation, metadata: {name: b}}"


def test_a_store_for_backups_is_where_it_names() -> None:
    text = f"{STORE}\n---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p}}}}"
    told = {
        "Pod/default/p": {"operator": "scaleway", "region": "fr-par"},
        "BackupStorageLocation/default/b": {
            "says": "flow",
            "operator": "aws",
            "region": "us-east-1",
            "flow": "backup",
            "service": "amazon-s3",
        },
    }
    found = facts([root(text)], saying(told))["BackupStorageLocation/default/b"]
    assert layer(found)[:2] == ("aws", "amazon-s3")
    assert found.location.countries == ("US",)
    assert found.flows == ()


def test_a_store_that_names_nothing_known_is_undecided() -> None:
    text = f"{STORE}\n---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p}}}}"
    told = {"Pod/default/p": {"operator": "scaleway", "region": "fr-par"}}
    found = facts([root(text)], saying(told))["BackupStorageLocation/default/b"]
    assert layer(found)[0] is None
    assert found.location.unknown is not None
    assert found.location.unknown.reason.key == "facts.object-names-nothing"


# --- resources of clouds --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "service", "countries"),
    [
        (
            "{apiVersion: s3.aws.upbound.io/v1beta1, kind: Bucket, metadata: {name: b},"
            " spec: {forProvider: {region: eu-west-3}}}",
            ("aws", "amazon-s3"),
            ("FR",),
        ),
        (
            "{apiVersion: s3.services.k8s.aws/v1alpha1, kind: Bucket, metadata: {name: b,"
            " annotations: {services.k8s.aws/region: us-east-1}}, spec: {name: b}}",
            ("aws", "amazon-s3"),
            ("US",),
        ),
        (
            "{apiVersion: storage.cnrm.cloud.google.com/v1beta1, kind: StorageBucket,"
            " metadata: {name: b}, spec: {location: europe-west9}}",
            ("gcp", "google-cloud-storage"),
            ("FR",),
        ),
        (
            "{apiVersion: storage.cnrm.cloud.google.com/v1beta1, kind: StorageBucket,"
            " metadata: {name: b}, spec: {location: u-france-east1}}",
            ("s3ns", "google-cloud-storage"),
            ("FR",),
        ),
        (
            "{apiVersion: storage.azure.com/v1api20230101, kind: StorageAccount,"
            " metadata: {name: b}, spec: {location: francecentral}}",
            ("azure", "azure-storage"),
            ("FR",),
        ),
    ],
)
def test_what_creates_a_resource_of_a_cloud_is_there(
    text: str, service: tuple[str, str], countries: tuple[str, ...]
) -> None:
    (found,) = facts([root(text)]).values()
    assert layer(found)[:2] == service
    assert found.location.countries == countries
    assert found.role == "stores"


# --- data -----------------------------------------------------------------------------


def test_data_passes_from_the_namespace_to_all_that_holds_it() -> None:
    found = app()
    for address in (WEB, CLAIM, "PersistentVolume/pv", "VolumeSnapshot/care/nightly"):
        assert known(found[address].data) == [("health_personal", "propagated")], address
    assert known(found["Pod/elsewhere/other"].data) == [("personal", "assumed")]


@pytest.mark.parametrize(
    "metadata",
    [
        "metadata: {name: db, labels: {data: sante}}",
        "metadata: {name: db, annotations: {example.org/data-classification: health}}",
    ],
)
def test_labels_and_annotations_declare_data(metadata: str) -> None:
    text = f"{{apiVersion: apps/v1, kind: Deployment, {metadata}, spec: {{}}}}"
    assert known(facts([root(text)])["Deployment/default/db"].data) == [
        ("health_personal", "declared")
    ]


def test_the_labels_of_pods_declare_the_data_of_what_runs_them() -> None:
    text = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: db},"
        " spec: {template: {metadata: {labels: {data: sante}}, spec: {containers: []}}}}"
    )
    assert known(facts([root(text)])["Deployment/default/db"].data) == [
        ("health_personal", "declared")
    ]


def test_names_suggest_data_and_kinds_do_not() -> None:
    text = """\
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: patient-api}}
        ---
        {apiVersion: example.org/v1, kind: Patient, metadata: {name: web}}
        """
    found = facts([root(text)])
    assert known(found["Deployment/default/patient-api"].data) == [("health_personal", "inferred")]
    assert known(found["Patient/default/web"].data) == []


def test_signals_suggest_data() -> None:
    text = "{apiVersion: v1, kind: Pod, metadata: {name: a}}"
    said = saying({"Pod/default/a": {"says": "data", "data": "health_personal"}})
    found = facts([root(text)], said)["Pod/default/a"]
    assert known(found.data) == [("health_personal", "inferred")]


def test_what_is_suggested_stays_with_what_suggests_it() -> None:
    text = """\
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec: {volumes: [{name: d, persistentVolumeClaim: {claimName: d}}]}
        ---
        {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: d}}
        """
    said = saying({"Pod/default/a": {"says": "data", "data": "health_personal"}})
    found = facts([root(text)], said)
    assert known(found["Pod/default/a"].data) == [("health_personal", "inferred")]
    assert known(found["PersistentVolumeClaim/default/d"].data) == [("personal", "assumed")]


def system(**place: tuple[str, ...]) -> ProjectFile:
    span = Span(SourceText("souverain.yaml", b"systems: []\n"), 0, 7)
    data = Declaration(("legal_secret",), span)
    return ProjectFile(systems=(System(span, name="s", context=Context(data=data), **place),))


@pytest.mark.parametrize(
    "place",
    [
        {"namespaces": ("care*",)},
        {"addresses": ("Deployment/care/*",)},
        {"paths": ("app/**",)},
    ],
)
def test_systems_are_declared_by_namespace_address_and_path(
    place: dict[str, tuple[str, ...]],
) -> None:
    found = app(project=system(**place))[WEB]
    assert known(found.data) == [("legal_secret", "declared")]
    assert found.declared.system == "s"


def test_a_system_of_another_namespace_says_nothing() -> None:
    found = app(project=system(namespaces=("other",)))[WEB]
    assert found.declared.system is None


# --- flows ----------------------------------------------------------------------------

OPENAI = {
    "says": "flow",
    "operator": "openai",
    "flow": "inference",
    "host": "api.openai.com",
    "shown": "api.openai.com",
}


def flow(found: Flow) -> tuple[str, str | None, bool]:
    return found.kind, found.operator, found.certain


def test_a_host_is_a_flow() -> None:
    (found,) = app({WEB: OPENAI})[WEB].flows
    assert flow(found) == ("inference", "openai", True)
    assert found.location.unknown is not None
    assert [link.text.key for link in found.evidence] == ["facts.exchange-by-signal"]
    assert {exposure.country for exposure in found.exposures} == {"US"}


def test_the_configuration_that_a_workload_reads_is_the_workload_s() -> None:
    found = app({"ConfigMap/care/settings": OPENAI, "ConfigMap/care/unread": OPENAI})
    (given,) = found[WEB].flows
    assert flow(given) == ("inference", "openai", True)
    assert given.span is not None
    assert given.span.line == 16
    assert found["ConfigMap/care/settings"].flows == ()
    assert [flow(each) for each in found["ConfigMap/care/unread"].flows] == [
        ("inference", "openai", True)
    ]


def test_one_company_is_told_once_for_each_kind_and_region() -> None:
    said = [
        {**OPENAI, "certainty": "weak"},
        OPENAI,
        {**OPENAI, "flow": "endpoint"},
        {"says": "flow", "operator": "aws", "flow": "backup", "region": "eu-west-3"},
        {"says": "flow", "operator": "aws", "flow": "backup", "region": "us-east-1"},
    ]
    found = app({WEB: said})[WEB].flows
    assert [(*flow(each), each.location.countries) for each in found] == [
        ("inference", "openai", True, ()),
        ("endpoint", "openai", True, ()),
        ("backup", "aws", True, ("FR",)),
        ("backup", "aws", True, ("US",)),
    ]


@pytest.mark.parametrize("certainty", ["medium", "weak"])
def test_what_is_not_sure_is_said_so(certainty: str) -> None:
    (found,) = app({WEB: {**OPENAI, "certainty": certainty}})[WEB].flows
    assert not found.certain


def test_a_host_in_a_country_without_region() -> None:
    match = HostMatch("bleu", country="FR")
    said = {"says": "flow", "operator": "bleu", "match": match, "host": "x.sovcloud-api.fr"}
    (found,) = app({WEB: said})[WEB].flows
    assert found.location.countries == ("FR",)


def test_an_unlisted_host_is_an_unknown_company() -> None:
    said = {"says": "flow", "host": "api.example.org", "shown": "api.example.org"}
    (found,) = app({WEB: said})[WEB].flows
    assert (found.operator, found.certain) == (None, False)
    assert found.location.unknown is not None
    assert found.location.unknown.reason.key == "facts.exchange-unlisted"


def test_a_call_to_the_cluster_s_own_region_goes_nowhere() -> None:
    said = {"says": "flow", "operator": "aws", "flow": "endpoint", "region": "eu-west-3"}
    assert app({"Namespace/care": AWS, WEB: said})[WEB].flows == ()
