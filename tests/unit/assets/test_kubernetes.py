"""Kubernetes objects as assets: fields by path, references, values left open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.manifests import CATALOG, root

from souverain.assets import KubernetesSite, KubernetesSites
from souverain.assets.objects import ObjectConfig, written_at
from souverain.kubernetes.model import Entry, Fields, Scalar
from souverain.kubernetes.relocation import Filled
from souverain.model import Asset, Ref, SourceText, Span
from souverain.values import Partial, Unknown

KINDS = CATALOG.kinds()

WEB = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: front
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::1:role/web
    spec:
      replicas: 2
      template:
        metadata:
          labels: {data: sante}
        spec:
          serviceAccountName: web
          nodeSelector:
            topology.kubernetes.io/region: ${REGION}
          containers:
            - name: web
              image: nginx
              env:
                - {name: AWS_REGION, value: eu-west-3}
                - {name: HOST, value: "https://$(NAME).example.org"}
                - name: DSN
                  valueFrom: {secretKeyRef: {name: dsn, key: dsn}}
              envFrom:
                - configMapRef: {name: settings}
            - name: side
              env: [{name: AWS_REGION, value: us-east-1}]
          initContainers:
            - name: wait
              envFrom: [{secretRef: {name: dsn}}]
          volumes:
            - name: data
              persistentVolumeClaim: {claimName: data}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: front}
    data: {HOST: api.openai.com}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: back}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: dsn, namespace: front}
    stringData: {dsn: "postgres://user:pass@db.example.org/x"}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data, namespace: front}
    spec:
      storageClassName: fast
      dataSource: {kind: VolumeSnapshot, name: nightly}
    ---
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: fast}
    provisioner: ebs.csi.aws.com
    ---
    apiVersion: snapshot.storage.k8s.io/v1
    kind: VolumeSnapshot
    metadata: {name: nightly, namespace: front}
    ---
    apiVersion: v1
    kind: Namespace
    metadata: {name: front}
    """


@pytest.fixture(scope="module")
def site() -> KubernetesSite:
    return KubernetesSite(root(WEB), KINDS)


def asset(site: KubernetesSite, address: str) -> Asset:
    return next(a for a in site.assets if a.address == address)


def config(site: KubernetesSite, address: str = "Deployment/front/web") -> ObjectConfig:
    found = asset(site, address).config
    assert isinstance(found, ObjectConfig)
    return found


def test_an_object_is_an_asset_that_the_catalogue_knows_by_its_kind(site: KubernetesSite) -> None:
    web = asset(site, "Deployment/front/web")
    assert (web.type, web.kind, web.known_as) == (
        "apps/v1/Deployment",
        "Deployment.apps",
        "Deployment.apps",
    )
    assert (web.root, web.scenario, web.namespace, web.provider) == ("app", None, "front", None)
    assert (web.span.file, web.span.line) == ("app/all.yaml", 2)
    assert asset(site, "StorageClass/fast").namespace is None
    assert asset(site, "Namespace/front").namespace == "front"


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("spec.replicas", [2]),
        ("metadata.annotations[eks.amazonaws.com/role-arn]", ["arn:aws:iam::1:role/web"]),
        ("pod.containers.image", ["nginx"]),
        ("pod.containers.env[AWS_REGION].value", ["eu-west-3", "us-east-1"]),
        ("pod.containers|initContainers.name", ["web", "side", "wait"]),
        ("template.metadata.labels.data", ["sante"]),
        ("spec.template.spec.volumes.name", ["data"]),
        ("pod.containers.missing", []),
        ("nothing.at.all", []),
    ],
)
def test_read(site: KubernetesSite, path: str, values: list[object]) -> None:
    # Where several keys are asked for, they come in the order of the object.
    assert [attr.value for attr in config(site).read(path)] == values


def test_what_runs_no_pods_has_no_pod(site: KubernetesSite) -> None:
    settings = config(site, "ConfigMap/front/settings")
    assert settings.read("pod.containers.image") == ()
    assert settings.keys() == ("apiVersion", "kind", "metadata", "data")
    assert config(site).keys() == ("apiVersion", "kind", "metadata", "spec", "pod", "template")


def test_a_field_is_shown_with_its_key(site: KubernetesSite) -> None:
    (attr,) = config(site).read("spec.replicas")
    assert (attr.span.text, attr.span.line, attr.span.column) == ("replicas: 2", 9, 3)


def test_items_of_a_list_are_told_apart(site: KubernetesSite) -> None:
    names = config(site).read("pod.containers.env.name")
    assert [attr.value for attr in names] == ["AWS_REGION", "HOST", "DSN", "AWS_REGION"]
    assert [attr.position[-2:] for attr in names] == [
        ((0,), (0,)),
        ((0,), (1,)),
        ((0,), (2,)),
        ((1,), (0,)),
    ]


def test_what_is_filled_in_later_is_unknown(site: KubernetesSite) -> None:
    (whole,) = config(site).read("pod.nodeSelector[topology.kubernetes.io/region]")
    assert isinstance(whole.value, Unknown)
    assert whole.value.reason.key == "assets.placeholder"
    assert whole.value.cause == "placeholder.${REGION}"
    (part,) = config(site).read("pod.containers.env[HOST].value")
    assert isinstance(part.value, Partial)
    assert (part.value.prefix, part.value.suffix) == ("https://", ".example.org")


def test_the_content_of_a_secret_is_no_value(site: KubernetesSite) -> None:
    (attr,) = config(site, "Secret/front/dsn").read("stringData.dsn")
    assert isinstance(attr.value, Unknown)
    assert "pass" not in repr(attr.value.reason)


def referred(site: KubernetesSite, address: str, path: str) -> list[str]:
    return [ref.address for attr in config(site, address).read(path) for ref in attr.references()]


@pytest.mark.parametrize(
    ("address", "path", "found"),
    [
        ("Deployment/front/web", "metadata.namespace", ["Namespace/front"]),
        (
            "Deployment/front/web",
            "pod.volumes.persistentVolumeClaim.claimName",
            ["PersistentVolumeClaim/front/data"],
        ),
        (
            "Deployment/front/web",
            "pod.containers|initContainers|ephemeralContainers.envFrom.configMapRef.name",
            ["ConfigMap/front/settings"],
        ),
        (
            "Deployment/front/web",
            "pod.containers|initContainers|ephemeralContainers.envFrom.secretRef.name",
            ["Secret/front/dsn"],
        ),
        (
            "Deployment/front/web",
            "pod.containers|initContainers|ephemeralContainers.env.valueFrom.secretKeyRef.name",
            ["Secret/front/dsn"],
        ),
        ("Deployment/front/web", "pod.serviceAccountName", []),
        ("Deployment/front/web", "metadata.name", []),
        ("PersistentVolumeClaim/front/data", "spec.storageClassName", ["StorageClass/fast"]),
        (
            "PersistentVolumeClaim/front/data",
            "spec.dataSource.name",
            ["VolumeSnapshot/front/nightly"],
        ),
    ],
)
def test_references(site: KubernetesSite, address: str, path: str, found: list[str]) -> None:
    assert referred(site, address, path) == found


def test_find(site: KubernetesSite) -> None:
    assert site.find(Ref("StorageClass/fast")) == (asset(site, "StorageClass/fast"),)
    assert site.find(Ref("StorageClass/slow")) == ()
    assert site.exists(asset(site, "StorageClass/fast"))
    assert site.worlds.explore(lambda: 1) == (((), 1),)


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


def borrowed(*elsewhere: str) -> list[str]:
    """Roots whose class the claim of clusters/prod/apps/web is given."""
    claim = root(CLAIM, "clusters/prod/apps/web")
    others = [root(CLASS, path) for path in elsewhere]
    site = KubernetesSites([claim, *others], KINDS)[claim]
    (attr,) = site.assets[0].config.read("spec.storageClassName")
    return [found.root for ref in attr.references() for found in site.find(ref)]


@pytest.mark.parametrize(
    ("elsewhere", "found"),
    [
        (["clusters/prod/storage", "clusters/dev/storage"], ["clusters/prod/storage"]),
        (["clusters/dev/storage"], ["clusters/dev/storage"]),
        (["clusters/dev/storage", "clusters/test/storage"], []),
        ([], []),
    ],
)
def test_names_are_looked_for_nearby(elsewhere: list[str], found: list[str]) -> None:
    assert borrowed(*elsewhere) == found


def test_numbers_stay_what_they_are() -> None:
    site = KubernetesSite(
        root(
            "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w},"
            " spec: {a: 1.5, b: no, c: null}}"
        ),
        KINDS,
    )
    (widget,) = site.assets
    values = [widget.config.read(f"spec.{key}")[0].value for key in "abc"]
    assert values == [Decimal("1.5"), False, None]


def test_the_chain_leads_to_the_file_that_decides_a_value() -> None:
    values = SourceText("chart/values.yaml", b"region: eu-west-3\n")
    origin = Span(values, 8, 17)
    (pod,) = root("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {image: x}}").objects
    spec = pod.body.get("spec")
    assert isinstance(spec, Fields)
    leaf = spec.get("image")
    assert isinstance(leaf, Scalar)
    filled = Filled(leaf, leaf.span, origin)
    entries = (*pod.body.entries[:3], Entry("spec", leaf.span, filled))
    subject = replace(pod, body=Fields(entries, pod.body.span))
    assert written_at(subject, leaf.span) == origin
    assert written_at(subject, pod.span) is None
    (attr,) = ObjectConfig(subject, KINDS, lambda *_: ()).read("spec")
    assert [link.span for link in attr.trace()] == [origin]
