"""Kinds of Kubernetes objects: the tables, and how a name is found in them."""

from __future__ import annotations

import json
from typing import Any, cast

import jsonschema
import pytest

from souverain import policystore
from souverain.catalog import load_catalog
from souverain.catalog.kinds import KindsData, KindTable, Reference

CATALOG = load_catalog()
KINDS = CATALOG.kinds()
FILES = cast("dict[str, Any]", policystore.load_mapping("catalog/kubernetes/kinds"))
SCHEMA = json.loads(
    (policystore.root() / "schema" / "kinds.schema.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_follows_its_schema(name: str) -> None:
    found = jsonschema.Draft202012Validator(SCHEMA).iter_errors(FILES[name])
    assert [f"{list(error.absolute_path)}: {error.message}" for error in found] == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_a_kind_creates_is_a_type_of_the_catalogue(name: str) -> None:
    for type_ in FILES[name].get("creates", {}):
        mapping = CATALOG.type(type_)
        assert mapping is not None, type_
        assert (mapping.matched_by == "default") is type_.endswith("*"), type_


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_kind_is_filed_twice(name: str) -> None:
    file = FILES[name]
    groups = [
        *file.get("creates", {}).values(),
        *(s[role] for s in file.get("services", ()) for role in ROLES if role in s),
    ]
    filed = [kind for group in groups for kind in group]
    assert sorted(kind for kind in set(filed) if filed.count(kind) > 1) == []


ROLES = ("stores", "processes", "transmits", "configures")


@pytest.mark.parametrize(
    ("kind", "family", "service", "role", "location"),
    [
        ("Deployment.apps", "kubernetes", "kubernetes", "processes", "cluster"),
        ("Secret", "kubernetes", "kubernetes", "stores", "cluster"),
        ("ConfigMap", "kubernetes", "kubernetes", "configures", "cluster"),
        ("Service", "kubernetes", "kubernetes", "transmits", "cluster"),
        (
            "ClusterRole.rbac.authorization.k8s.io",
            "kubernetes",
            "kubernetes",
            "configures",
            "cluster",
        ),
        ("PersistentVolume", "kubernetes", "kubernetes-storage", "stores", "cluster"),
        (
            "StorageClass.storage.k8s.io",
            "kubernetes",
            "kubernetes-storage",
            "configures",
            "cluster",
        ),
        ("Cluster.postgresql.cnpg.io", "kubernetes", "kubernetes-database", "stores", "cluster"),
        ("Pooler.postgresql.cnpg.io", "kubernetes", "kubernetes-database", "configures", "cluster"),
        ("BackupStorageLocation.velero.io", "kubernetes", "kubernetes-backup", "stores", "signals"),
        ("HTTPRoute.gateway.networking.k8s.io", "kubernetes", "kubernetes", "transmits", "cluster"),
    ],
)
def test_what_runs_in_the_cluster_is_where_the_cluster_is(
    kind: str, family: str, service: str, role: str, location: str
) -> None:
    found = KINDS.type(kind)
    assert found is not None
    assert (found.family, found.service, found.role) == (family, service, role)
    assert found.location.text == location


@pytest.mark.parametrize(
    ("kind", "type_", "location"),
    [
        (
            "Bucket.s3.aws.m.upbound.io",
            "aws_s3_bucket",
            "own:spec.forProvider.region>own:spec.forProvider.location>own:spec.forProvider.zone",
        ),
        (
            "Bucket.s3.services.k8s.aws",
            "aws_s3_bucket",
            "own:metadata.annotations[services.k8s.aws/region]>parent:metadata.namespace",
        ),
        (
            "StorageBucket.storage.cnrm.cloud.google.com",
            "google_storage_bucket",
            "own:spec.location>default:US",
        ),
        (
            "FlexibleServer.dbforpostgresql.azure.com",
            "azurerm_postgresql_flexible_server",
            "own:spec.location>parent:spec.owner.name",
        ),
    ],
)
def test_what_creates_cloud_resources_is_such_a_resource(
    kind: str, type_: str, location: str
) -> None:
    found, like = CATALOG.type(kind), CATALOG.type(type_)
    assert found is not None
    assert like is not None
    assert (found.type, found.family, found.service) == (kind, like.family, like.service)
    assert (found.layer, found.capability, found.role) == (like.layer, like.capability, like.role)
    assert (found.location.text, found.endpoint_keys) == (location, ())


def test_of_a_kind_that_no_table_names_only_the_operator_is_known() -> None:
    found = CATALOG.type("Ledger.qldb.aws.upbound.io")
    assert found is not None
    assert (found.family, found.matched_by) == ("aws", "default")
    assert CATALOG.type("Widget.example.org") is None


def test_health_services_stay_what_they_are() -> None:
    found = CATALOG.type("HealthcareFHIRStore.healthcare.cnrm.cloud.google.com")
    assert found is not None
    assert found.health


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("apps/v1/Deployment", "Deployment.apps"),
        ("v1/Secret", "Secret"),
        ("Deployment.apps", "Deployment.apps"),
    ],
)
def test_kinds_are_found_as_reports_name_them(written: str, kind: str) -> None:
    found = CATALOG.type(written)
    assert found is not None
    assert found == CATALOG.type(kind)
    assert found.type == kind


def test_names_of_kinds_never_answer_for_terraform_types() -> None:
    assert CATALOG.type("module") is None
    bucket = CATALOG.type("aws_s3_bucket")
    assert bucket is not None
    assert bucket.location.text == "own:region>provider"


@pytest.mark.parametrize(
    ("kind", "wide"),
    [
        ("Namespace", True),
        ("PersistentVolume", True),
        ("PersistentVolumeClaim", False),
        ("ClusterRole.rbac.authorization.k8s.io", True),
        ("Role.rbac.authorization.k8s.io", False),
        ("ClusterIssuer.cert-manager.io", True),
        ("Widget.example.org", False),
    ],
)
def test_cluster_wide(kind: str, wide: bool) -> None:
    assert KINDS.is_cluster_wide(kind) is wide


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Pod", "spec"),
        ("StatefulSet.apps", "spec.template.spec"),
        ("CronJob.batch", "spec.jobTemplate.spec.template.spec"),
        ("Rollout.argoproj.io", "spec.template.spec"),
        ("Service", None),
    ],
)
def test_where_pods_are_said(kind: str, path: str | None) -> None:
    assert KINDS.pod_spec(kind) == path


def test_a_stateful_set_stores_with_its_claims() -> None:
    found = KINDS.type("StatefulSet.apps")
    assert found is not None
    assert (found.role, found.stores_with) == ("processes", "spec.volumeClaimTemplates")


def test_references() -> None:
    claim = KINDS.references("PersistentVolumeClaim")
    assert claim[:3] == (
        Reference("metadata.namespace", ("Namespace",), data="takes"),
        Reference("spec.volumeName", ("PersistentVolume",), data="shares"),
        Reference("spec.storageClassName", ("StorageClass.storage.k8s.io",)),
    )
    mounts = "pod.volumes.persistentVolumeClaim.claimName"
    assert mounts in [reference.at for reference in KINDS.references("DaemonSet.apps")]
    assert mounts not in [reference.at for reference in KINDS.references("Service")]


def test_a_kind_that_begins_a_name_wins_over_one_that_ends_it() -> None:
    data: dict[str, Any] = {
        "location": "own:spec.region",
        "creates": {
            "aws_s3_bucket": ["Bucket.s3.*"],
            "aws_*": ["*.s3.much.longer.example.org"],
        },
        "locations": {"global": ["Bucket.s3.*"]},
    }
    table = KindTable({"one": cast("KindsData", data)}, CATALOG.type)
    found = table.type("Bucket.s3.much.longer.example.org")
    assert found is not None
    assert (found.service, found.location.text) == ("amazon-s3", "global")
    other = table.type("Policy.s3.much.longer.example.org")
    assert other is not None
    assert (other.service, other.location.text) == ("aws-other", "own:spec.region")
