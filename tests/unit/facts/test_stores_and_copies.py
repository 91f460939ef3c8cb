"""Where buckets and backups are when no signal knows the software that names them."""

from __future__ import annotations

import pytest

from souverain.catalog import load_catalog
from souverain.facts.signals import Signals

from .objects import hits, told

Whom = list[tuple[str, str | None, str | None]]


@pytest.fixture(scope="module")
def signals() -> Signals:
    return Signals(load_catalog())


def object_(kind: str, spec: str) -> str:
    api, _, name = kind.rpartition("/")
    return f"apiVersion: {api}\nkind: {name}\nmetadata: {{name: x, namespace: care}}\n{spec}\n"


def config(key: str, text: str) -> str:
    body = "\n".join(f"    {line}" for line in text.splitlines())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n  {key}: |\n{body}\n"


def variables(**env: str) -> str:
    listed = ", ".join(f'{{name: {name}, value: "{value}"}}' for name, value in env.items())
    container = f"{{name: app, image: registry.acme.svc/app:1, env: [{listed}]}}"
    return object_("v1/Pod", f"spec: {{containers: [{container}]}}")


BUCKET = [("bucket-with-region", "aws", "us-east-1")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (object_("acme.example/v1/Thing", "spec: {s3: {bucket: b, region: us-east-1}}"), BUCKET),
        (config("orthanc.json", '{"S3": {"BucketName": "b", "Region": "us-east-1"}}'), BUCKET),
        (config("app.yaml", "config:\n  bucket: b\n  region_name: us-east-1"), BUCKET),
        # Charts list keys that nobody has filled in.
        (
            object_("acme.example/v1/T", 'spec: {bucket: b, region: us-east-1, endpoint: ""}'),
            BUCKET,
        ),
        (
            object_("acme.example/v1/T", "spec: {bucket: b, region: us-east-1, endpoint: null}"),
            BUCKET,
        ),
        # Another's: its address says so, or its code.
        (
            object_("acme.example/v1/T", "spec: {bucket: b, region: us-east-1, endpoint: minio}"),
            [],
        ),
        (
            object_("acme.example/v1/T", "spec: {bucket: b, region: us-east-1, hostname: minio}"),
            [],
        ),
        (object_("acme.example/v1/T", "spec: {bucket: b, region: fr-par}"), []),
        (
            config("rclone.conf", "[a]\ntype = s3\nprovider = AWS\nregion = us-east-1"),
            [("rclone-remote", "aws", "us-east-1")],
        ),
        (object_("acme.example/v1/T", "spec: {name: b, region: us-east-1}"), []),
    ],
)
def test_a_bucket_with_a_region_of_amazon(text: str, expected: Whom, signals: Signals) -> None:
    assert [told(hit) for hit in hits(text, signals)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            variables(S3_ENDPOINT="https://s3.amazonaws.com", AWS_REGION="us-east-1"),
            [("endpoint-variable", "aws", "us-east-1")],
        ),
        (
            config("app.yaml", "s3:\n  endpoint: s3.amazonaws.com\n  region: eu-west-3"),
            [("endpoint-in-values", "aws", "eu-west-3")],
        ),
        (
            config("app.yaml", "s3:\n  endpoint: s3.eu-west-3.amazonaws.com\n  region: us-east-1"),
            [("endpoint-in-values", "aws", "eu-west-3")],
        ),
        (
            config("app.yaml", "s3:\n  endpoint: s3.amazonaws.com"),
            [("endpoint-in-values", "aws", None)],
        ),
    ],
)
def test_a_host_without_region_takes_the_one_beside_it(
    text: str, expected: Whom, signals: Signals
) -> None:
    assert [told(hit) for hit in hits(text, signals)] == expected


OADP = "oadp.openshift.io/v1alpha1/DataProtectionApplication"
FORWARDER = "observability.openshift.io/v1/ClusterLogForwarder"


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        (
            "stackgres.io/v1beta1/SGObjectStorage",
            "spec: {type: s3, s3: {region: us-east-1}}",
            [("stackgres-store", "aws", "us-east-1")],
        ),
        (
            "stackgres.io/v1beta1/SGObjectStorage",
            "spec: {s3Compatible: {bucket: b, endpoint: 'https://s3.fr-par.scw.cloud'}}",
            [("stackgres-store-address", "scaleway", "fr-par")],
        ),
        (
            "stash.appscode.com/v1alpha1/Repository",
            "spec: {backend: {gcs: {bucket: b}}}",
            [("backup-store-kinds", "gcp", None)],
        ),
        (
            "triliovault.trilio.io/v1/Target",
            "spec: {vendor: AWS, objectStoreCredentials: {region: us-east-1}}",
            [("backup-target", "aws", "us-east-1")],
        ),
        (
            "k8ssandra.io/v1alpha1/K8ssandraCluster",
            "spec: {medusa: {storageProperties: {storageProvider: s3, region: us-east-1}}}",
            [("cassandra-backup", "aws", "us-east-1")],
        ),
        (
            "longhorn.io/v1beta2/Setting",
            "value: s3://b@us-east-1/",
            [("longhorn-backup-setting", "aws", "us-east-1")],
        ),
        (
            "noobaa.io/v1alpha1/BackingStore",
            "spec: {awsS3: {targetBucket: b}}",
            [("backing-store", "aws", None)],
        ),
        (
            "noobaa.io/v1alpha1/BackingStore",
            "spec: {s3Compatible: {endpoint: 'https://s3.fr-par.scw.cloud'}}",
            [("backing-store-address", "scaleway", "fr-par")],
        ),
        (
            "imageregistry.operator.openshift.io/v1/Config",
            "spec: {storage: {s3: {region: us-east-1}}}",
            [("registry-store", "aws", "us-east-1")],
        ),
        (
            FORWARDER,
            "spec: {outputs: [{type: cloudwatch, cloudwatch: {region: us-east-1}}]}",
            [("log-forwarder-output", "aws", "us-east-1")],
        ),
        (
            FORWARDER,
            "spec: {outputs: [{type: splunk, splunk: {url: 'https://a.splunkcloud.com:8088'}}]}",
            [("log-forwarder-host", "splunk", None)],
        ),
        (
            OADP,
            "spec: {backupLocations: [{velero: {provider: aws, config: {region: us-east-1}}}]}",
            [("velero-location", "aws", "us-east-1")],
        ),
        (
            OADP,
            "spec: {snapshotLocations: [{velero: {provider: aws, config: {region: us-east-1}}}]}",
            [("velero-snapshots", "aws", "us-east-1")],
        ),
        (
            "acme.example/v1/Database",
            "spec: {backup: {s3: {bucket: b, region: us-east-1}}}",
            [("backup-bucket", "aws", "us-east-1"), *BUCKET],
        ),
        # The gateway stands around the bucket, in the cluster.
        (
            "acme.example/v1/Database",
            "spec: {backup: {endpoint: 'http://minio:9000', s3: {bucket: b, region: us-east-1}}}",
            [],
        ),
        (
            "longhorn.io/v1beta2/Setting",
            "value: s3://b@eu-central-003/",
            [("longhorn-backup-setting", "backblaze", "eu-central-003")],
        ),
        (
            "acme.example/v1/Database",
            "spec: {backup: {s3: {bucket: b, endpoint: 'https://s3.fr-par.scw.cloud'}}}",
            [("backup-address", "scaleway", "fr-par")],
        ),
    ],
)
def test_stores_of_operators(kind: str, spec: str, expected: Whom, signals: Signals) -> None:
    assert [told(hit) for hit in hits(object_(kind, spec), signals)] == expected


def test_a_variable_that_names_backups(signals: Signals) -> None:
    (hit,) = hits(variables(BACKUP_S3_ENDPOINT="https://s3.fr-par.scw.cloud"), signals)
    assert (hit.signal.flow, hit.operator, hit.region) == ("backup", "scaleway", "fr-par")


def test_values_of_velero_in_a_config_map(signals: Signals) -> None:
    text = config(
        "values.yaml",
        "configuration:\n  backupStorageLocation:\n"
        "    - {provider: aws, config: {region: eu-west-3}}",
    )
    assert [told(hit) for hit in hits(text, signals)] == [("velero-values", "aws", "eu-west-3")]
