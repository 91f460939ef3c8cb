"""How Kubernetes objects are written in Terraform."""

from __future__ import annotations

import json
from typing import Any, cast

import jsonschema
import pytest

from souverain import policystore
from souverain.catalog import load_catalog

CATALOG = load_catalog()
EMBEDDING = CATALOG.embedding()
DATA = cast("dict[str, Any]", policystore.load_mapping("catalog/kubernetes/terraform"))


def test_file_follows_its_schema() -> None:
    schema = (policystore.root() / "schema" / "terraform.schema.json").read_text(encoding="utf-8")
    found = jsonschema.Draft202012Validator(json.loads(schema)).iter_errors(DATA)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in found] == []


def test_every_kind_is_listed_and_every_type_too() -> None:
    for type_, kind in DATA["kinds"].items():
        version, _, name = kind.rpartition("/")
        group = version.rpartition("/")[0]
        mapping = CATALOG.type(f"{name}.{group}" if group else name)
        assert mapping is not None, kind
        assert mapping.matched_by != "default", kind
        resource = CATALOG.type(type_)
        assert resource is not None, type_


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("kubernetes_deployment", ("apps/v1", "Deployment")),
        ("kubernetes_deployment_v1", ("apps/v1", "Deployment")),
        (
            "kubernetes_horizontal_pod_autoscaler_v2beta2",
            ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ),
        ("kubernetes_secret", ("v1", "Secret")),
        ("kubernetes_manifest", None),
        ("aws_s3_bucket", None),
    ],
)
def test_kinds(type_: str, kind: tuple[str, str] | None) -> None:
    assert EMBEDDING.kind(type_) == kind


@pytest.mark.parametrize(
    ("name", "api"),
    [
        ("container", "containers"),
        ("init_container", "initContainers"),
        ("node_selector", "nodeSelector"),
        ("storage_class_name", "storageClassName"),
        ("spec", "spec"),
    ],
)
def test_names(name: str, api: str) -> None:
    assert EMBEDDING.api_name(name) == api


@pytest.mark.parametrize(
    ("type_", "known"),
    [
        ("kubernetes_manifest", True),
        ("kubectl_manifest", True),
        ("helm_release", True),
        ("kubernetes_pod_v1", True),
        ("aws_instance", False),
    ],
)
def test_types_that_hold_objects(type_: str, known: bool) -> None:
    assert EMBEDDING.knows(type_) is known
