"""Copies that objects order: backups, snapshots, replicas of services they stand for."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from tests.integration.test_kubernetes import facts, of_rule, run

from souverain.text import render

PROJECT = """\
version: 1
entity: private_health
systems:
  - name: care
    paths: ["**"]
    data: [health_personal]
    harm: []
    environment: production
    hosting_role: hosted_by_processor
"""
SNAPSHOT = """\
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: nightly}
driver: pd.csi.storage.gke.io
deletionPolicy: Retain
parameters: {%s}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: records, namespace: care}
spec: {volumeSnapshotClassName: nightly, source: {persistentVolumeClaimName: records}}
"""
COPIES = {
    "write-ahead log with its region beside it": (
        "postgresql/care/records",
        """\
        apiVersion: acid.zalan.do/v1
        kind: postgresql
        metadata: {name: records, namespace: care}
        spec: {env: [{name: WAL_S3_BUCKET, value: wal}, {name: AWS_REGION, value: us-east-1}]}
        """,
        ("backup", "aws", ("us-east-1",)),
    ),
    "volume that restic copies": (
        "ReplicationSource/care/records",
        """\
        apiVersion: volsync.backube/v1alpha1
        kind: ReplicationSource
        metadata: {name: records, namespace: care}
        spec: {sourcePVC: records, restic: {repository: restic}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: restic, namespace: care}
        stringData: {RESTIC_REPOSITORY: "s3:https://s3.us-east-1.amazonaws.com/b"}
        """,
        ("backup", "aws", ("us-east-1",)),
    ),
    "backup of a namespace": (
        "Schedule/care/nightly",
        """\
        apiVersion: k8up.io/v1
        kind: Schedule
        metadata: {name: nightly, namespace: care}
        spec: {backend: {s3: {endpoint: https://s3.us-east-1.wasabisys.com, bucket: b}}}
        """,
        ("backup", "wasabi", ("us-east-1",)),
    ),
    "replica in Virginia": (
        "Table/records",
        """\
        apiVersion: dynamodb.aws.upbound.io/v1beta1
        kind: Table
        metadata: {name: records}
        spec: {forProvider: {region: eu-west-3, replica: [{regionName: us-east-1}]}}
        """,
        ("replication", "aws", ("us-east-1",)),
    ),
    "pair of a region": (
        "StorageAccount/care/records",
        """\
        apiVersion: storage.azure.com/v1api20230101
        kind: StorageAccount
        metadata: {name: records, namespace: care}
        spec: {location: uksouth, sku: {name: Standard_RAGRS}}
        """,
        ("replication", "azure", ("ukwest",)),
    ),
    "values of Velero’s chart": (
        "HelmRelease/care/velero",
        """\
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: velero, namespace: care}
        spec:
          chart: {spec: {chart: velero, sourceRef: {kind: HelmRepository, name: velero}}}
          values:
            configuration:
              backupStorageLocation: [{provider: aws, bucket: b, config: {region: us-east-1}}]
        """,
        ("backup", "aws", ("us-east-1",)),
    ),
}


@pytest.mark.parametrize("case", COPIES)
def test_a_copy_goes_where_the_object_says(case: str, tmp_path: Path) -> None:
    address, text, flow = COPIES[case]
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": dedent(text)})
    found = facts(report)[address]
    told = {(f.kind, f.operator, f.location.regions): f.certain for f in found.flows}
    assert flow in told
    severity = "error" if told[flow] else "warning"
    assert {(f.address, f.severity) for f in of_rule(report, "LOC010")} == {(address, severity)}


def test_a_snapshot_goes_where_its_class_keeps_it(tmp_path: Path) -> None:
    text = SNAPSHOT % "storage-locations: us"
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": text})
    found = facts(report)
    (flow,) = found["VolumeSnapshot/care/records"].flows
    assert (flow.kind, flow.operator, flow.location.countries) == ("snapshot", "gcp", ("US",))
    assert found["VolumeSnapshotClass/nightly"].flows == ()
    (finding,) = of_rule(report, "LOC010")
    assert (finding.address, finding.severity) == ("VolumeSnapshot/care/records", "error")


def test_a_snapshot_without_a_place_is_undecided(tmp_path: Path) -> None:
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": SNAPSHOT % ""})
    (finding,) = of_rule(report, "LOC010")
    assert (finding.address, finding.verdict) == ("VolumeSnapshot/care/records", "undecided")


# --- regions that are kept elsewhere ----------------------------------------------------

KEPT = {
    "in a Secret, by CloudNativePG": (
        "Cluster/care/records",
        """\
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: records, namespace: care}
        spec:
          backup:
            barmanObjectStore:
              destinationPath: s3://records/
              s3Credentials:
                accessKeyId: {name: store, key: ACCESS_KEY_ID}
                secretAccessKey: {name: store, key: SECRET_ACCESS_KEY}
                region: {name: store, key: REGION}
        """,
        "destinationPath: the region is kept in the key “REGION” of the Secret “store”, which is "
        "not read. Name an endpoint with its region beside it.",
    ),
    "in a Secret, by its plugin": (
        "ObjectStore/care/records",
        """\
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: records, namespace: care}
        spec:
          configuration:
            destinationPath: s3://records/
            s3Credentials: {region: {name: store, key: REGION}}
        """,
        "destinationPath: the region is kept in the key “REGION” of the Secret “store”, which is "
        "not read. Name an endpoint with its region beside it.",
    ),
    "in a variable from a Secret": (
        "postgresql/care/records",
        """\
        apiVersion: acid.zalan.do/v1
        kind: postgresql
        metadata: {name: records, namespace: care}
        spec:
          env:
            - {name: WAL_S3_BUCKET, value: wal}
            - {name: AWS_REGION, valueFrom: {secretKeyRef: {name: store, key: region}}}
        """,
        "WAL_S3_BUCKET: the region is kept in the key “region” of the Secret “store”, which is not "
        "read. Name an endpoint with its region beside it.",
    ),
    "in a variable from a ConfigMap": (
        "postgresql/care/records",
        """\
        apiVersion: acid.zalan.do/v1
        kind: postgresql
        metadata: {name: records, namespace: care}
        spec:
          env:
            - {name: WAL_S3_BUCKET, value: wal}
            - {name: AWS_REGION, valueFrom: {configMapKeyRef: {name: store, key: region}}}
        """,
        "WAL_S3_BUCKET: the region is kept in the key “region” of the ConfigMap “store”, which is "
        "not read. Name an endpoint with its region beside it.",
    ),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_region_that_is_kept_elsewhere_is_a_reason(case: str, tmp_path: Path) -> None:
    address, text, reason = KEPT[case]
    store = (
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: store, namespace: care}\n"
        "stringData: {REGION: us-east-1}\n"
    )
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": dedent(text) + store})
    found = facts(report)[address]
    places = (
        [found.location]
        if address.startswith("Object")
        else [flow.location for flow in found.flows if flow.kind == "backup"]
    )
    assert [(place.regions, place.countries) for place in places] == [((), ())]
    assert [render(place.unknown.reason, "en") for place in places if place.unknown] == [reason]
    rule = "LOC003" if address.startswith("Object") else "LOC010"
    assert [f.verdict for f in of_rule(report, rule) if f.address == address] == ["undecided"]


def test_an_endpoint_says_more_than_a_region_that_is_kept_elsewhere(tmp_path: Path) -> None:
    _, text, _ = KEPT["in a Secret, by CloudNativePG"]
    text = dedent(text).replace(
        "destinationPath: s3://records/",
        "destinationPath: s3://records/\n      endpointURL: https://s3.eu-west-3.amazonaws.com",
    )
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": text})
    (flow,) = facts(report)["Cluster/care/records"].flows
    assert (flow.operator, flow.location.regions) == ("aws", ("eu-west-3",))
