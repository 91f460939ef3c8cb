"""Objects of any shape have facts: nothing in a manifest is taken for granted."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.facts.kubernetes import facts
from tests.unit.manifests import CATALOG, root

from souverain.facts.signals import Signals

SIGNALS = Signals(CATALOG)

KEYS = (
    "metadata", "spec", "template", "jobTemplate", "containers", "env", "envFrom", "name", "value",
    "valueFrom", "secretKeyRef", "configMapRef", "volumes", "persistentVolumeClaim", "claimName",
    "labels", "annotations", "namespace", "data", "stringData", "storageClassName", "image",
    "nodeSelector", "affinity", "matchExpressions", "key", "values", "dataSource", "kind",
    "forProvider", "region", "location", "topology.kubernetes.io/region", "provisioner", "owner",
    "volumeClaimTemplates", "selector", "args", "souverain.dev/ignore", "includedNamespaces",
)  # fmt: skip
WORDS = (
    "a", "eu-west-3", "${REGION}", "https://s3.${REGION}.amazonaws.com", "$(HOST).example.org",
    "nginx", "{{ .Values.x }}", "https://api.openai.com", "arn:aws:kms:eu-west-3:1:key/x", "",
    "ConfigMap", "health", "-----BEGIN", "\u202e", "a" * 300, "*", "[]", "a.b[c]",
)  # fmt: skip
TYPES = (
    ("v1", "Pod"), ("apps/v1", "StatefulSet"), ("batch/v1", "CronJob"), ("v1", "ConfigMap"),
    ("v1", "Secret"), ("v1", "PersistentVolumeClaim"), ("storage.k8s.io/v1", "StorageClass"),
    ("s3.aws.upbound.io/v1", "Bucket"), ("velero.io/v1", "BackupStorageLocation"),
    ("example.org/v1", "Widget"), ("v1", "Namespace"), ("s3.services.k8s.aws/v1", "Bucket"),
    ("storage.azure.com/v1", "StorageAccount"), ("resources.azure.com/v1", "ResourceGroup"),
)  # fmt: skip

SCALARS = st.one_of(st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(), st.floats())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


@st.composite
def manifests(draw: st.DrawFn) -> str:
    documents = []
    for number in range(draw(st.integers(1, 4))):
        version, kind = draw(st.sampled_from(TYPES))
        body: dict[str, Any] = draw(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=4))
        metadata = body.get("metadata")
        named = {**(metadata if isinstance(metadata, dict) else {}), "name": f"n{number % 2}"}
        whole = {**body, "apiVersion": version, "kind": kind, "metadata": named}
        documents.append(json.dumps(whole))
    return "\n---\n".join(documents).replace("NaN", "1").replace("Infinity", "2")


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(manifests())
def test_whatever_is_written_has_facts(text: str) -> None:
    here = root(text)
    found = facts([here], SIGNALS.hits)
    assert set(found) == {subject.address for subject in here.objects}
