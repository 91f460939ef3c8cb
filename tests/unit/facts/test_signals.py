"""What each row of the table of signals tells, what beats it, and what is no signal."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain import policystore
from souverain.catalog import load_catalog
from souverain.catalog.signals import Signal, Told
from souverain.facts.signals import Signals, unbeaten

from .objects import hits, told

ROWS: Any = policystore.read_yaml(Path(__file__).parents[2] / "data" / "kubernetes_signals.yaml")
SHOWN: Any = [row for row in ROWS if "text" in row]

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  template:
    spec:
      containers:
        - name: app
          image: registry.acme.svc/app:1
"""


@pytest.fixture(scope="module")
def signals() -> Signals:
    return Signals(load_catalog())


def container(text: str) -> str:
    return DEPLOYMENT + "\n".join(f"          {line}" for line in text.splitlines()) + "\n"


def whom(text: str, signals: Signals) -> list[tuple[str, str | None, str | None]]:
    return [told(hit) for hit in hits(text, signals)]


# --- every row ------------------------------------------------------------------------


def test_rows_are_all_there() -> None:
    """276 rows, of which eleven are no signal, and say why."""
    assert len(ROWS) == 276
    assert len({row["row"] for row in ROWS}) == 276
    unsaid = [row for row in ROWS if "text" not in row]
    assert len(unsaid) == 11
    assert all(row["reason"] for row in unsaid)


@pytest.mark.parametrize("row", SHOWN, ids=[row["row"] for row in SHOWN])
def test_row_tells(row: Any, signals: Signals) -> None:
    assert [list(item) for item in whom(row["text"], signals)] == row["hits"]


def test_rows_meet_their_own_kind_of_place(signals: Signals) -> None:
    """A hit points into the text it was made from, and never at the whole of it."""
    for row in SHOWN:
        for hit in hits(row["text"], signals):
            assert hit.span.text in row["text"]
            assert 0 < hit.span.end - hit.span.start < len(row["text"].encode())


# --- what beats a word of a provider --------------------------------------------------


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            "[{name: AWS_REGION, value: eu-west-3}]",
            [("aws-region-variable", "aws", "eu-west-3")],
        ),
        (
            "[{name: AWS_REGION, value: eu-west-3},"
            " {name: AWS_ENDPOINT_URL, value: 'https://s3.fr-par.scw.cloud'}]",
            [("endpoint-variable", "scaleway", "fr-par")],
        ),
        (
            "[{name: AWS_REGION, value: eu-west-3},"
            " {name: S3_ENDPOINT, value: 'http://minio.data.svc:9000'}]",
            [],
        ),
        (
            "[{name: AWS_DEFAULT_REGION, value: eu-west-3},"
            " {name: AWS_ENDPOINT_URL_S3, valueFrom: {configMapKeyRef: {name: c, key: k}}}]",
            [],
        ),
    ],
)
def test_endpoint_beats_region_in_the_same_container(
    env: str, expected: list[Any], signals: Signals
) -> None:
    assert whom(container(f"env: {env}"), signals) == expected


def test_endpoint_in_what_a_container_reads(signals: Signals) -> None:
    workload = container("env: [{name: AWS_REGION, value: eu-west-3}]")
    read = (
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
        "data: {AWS_ENDPOINT_URL: 'https://s3.gra.io.cloud.ovh.net'}\n"
    )
    together = unbeaten(hits(workload + read, signals))
    assert [told(hit) for hit in together] == [("endpoint-variable", "ovhcloud", "gra")]
    assert [told(hit) for hit in unbeaten(hits(workload, signals))] == whom(workload, signals)


def test_endpoint_of_another_container_beats_nothing(signals: Signals) -> None:
    text = container("env: [{name: AWS_REGION, value: eu-west-3}]") + (
        "        - name: other\n"
        "          env: [{name: AWS_ENDPOINT_URL, value: 'https://s3.gra.io.cloud.ovh.net'}]\n"
    )
    assert whom(text, signals) == [
        ("aws-region-variable", "aws", "eu-west-3"),
        ("endpoint-variable", "ovhcloud", "gra"),
    ]


def test_velero_plugin_for_s3_is_not_amazon(signals: Signals) -> None:
    location = """
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default}
spec:
  provider: aws
  objectStorage: {bucket: b}
  config: {region: REGION}
"""
    assert whom(location.replace("REGION", "eu-west-3"), signals) == [
        ("velero-location", "aws", "eu-west-3")
    ]
    elsewhere = "fr-par, s3Url: 'https://s3.fr-par.scw.cloud'"
    assert whom(location.replace("REGION", elsewhere), signals) == [
        ("velero-address", "scaleway", "fr-par")
    ]


def test_backup_of_one_cluster_does_not_cover_the_other(signals: Signals) -> None:
    """The endpoint stands in the block of one store: the other goes to Amazon."""
    text = """
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: pg}
spec:
  backup:
    barmanObjectStore: {destinationPath: "s3://a/", endpointURL: "https://s3.gra.io.cloud.ovh.net"}
  externalClusters:
    - name: old
      barmanObjectStore: {destinationPath: "s3://b/"}
"""
    assert whom(text, signals) == [
        ("postgres-backup-address", "ovhcloud", "gra"),
        ("postgres-backup-path", "aws", None),
    ]


# --- what leaving something out means -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (container("env: [{name: DD_API_KEY, value: x}]"), ("datadog-key", "datadog", "us1")),
        (
            container("env: [{name: NEW_RELIC_LICENSE_KEY, value: x}]"),
            ("newrelic-key", "newrelic", "US"),
        ),
        (
            container("env: [{name: NEW_RELIC_LICENSE_KEY, value: eu01xx}]"),
            ("newrelic-key-eu", "newrelic", "EU"),
        ),
        (
            container("env: [{name: SNOWFLAKE_ACCOUNT, value: ab12345}]"),
            ("snowflake-account", "snowflake", "us-west-2"),
        ),
        (
            "apiVersion: datadoghq.com/v2alpha1\nkind: DatadogAgent\nmetadata: {name: d}\n"
            "spec: {global: {clusterName: c}}\n",
            ("datadog-agent", "datadog", "us1"),
        ),
        (
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: d}\n"
            "spec: {triggers: [{type: datadog, metadata: {query: q}}]}\n",
            ("scaler-datadog", "datadog", "us1"),
        ),
        (
            "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: s}\n"
            "spec: {provider: {gcpsm: {projectID: p}}}\n",
            ("secret-store-gcp", "gcp", "global"),
        ),
        (
            "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\n"
            "metadata: {name: s}\ndriver: pd.csi.storage.gke.io\n",
            ("snapshot-without-location-gcp", "gcp", None),
        ),
        (
            "loki: {storage: {s3: {bucketnames: chunks}}}\n",
            ("logs-store", "aws", None),
        ),
        ("image: {repository: bitnami/redis, tag: '7'}\n", None),
    ],
)
def test_silent_default(text: str, expected: Any, signals: Signals) -> None:
    found = hits(text, signals)
    if expected is None:
        expected = ("image-without-registry-elsewhere", "docker", None)
    assert expected in [told(hit) for hit in found]
    assert all(hit.shown for hit in found)


@pytest.mark.parametrize(
    ("image", "signal", "operator"),
    [
        ("nginx", "image-without-registry", "docker"),
        ("nginx:1.27", "image-without-registry", "docker"),
        ("bitnami/redis@sha256:" + "0" * 64, "image-without-registry", "docker"),
        ("docker.io/library/nginx", "image-registry", "docker"),
        ("quay.io:443/org/app:1", "image-registry", "redhat"),
        ("rg.fr-par.scw.cloud/ns/app", "image-registry", "scaleway"),
        ("harbor.acme.io/app", "image-registry-unlisted", None),
        ("${REGISTRY}.azurecr.io/app:1", "image-registry", "azure"),
    ],
)
def test_image(image: str, signal: str, operator: str | None, signals: Signals) -> None:
    text = DEPLOYMENT.replace("registry.acme.svc/app:1", f"'{image}'")
    assert [(s, o) for s, o, _ in whom(text, signals)] == [(signal, operator)]


@pytest.mark.parametrize(
    "image", ["localhost:5000/app", "localhost/app", "10.0.0.5:5000/app", "registry.acme.svc/app:1"]
)
def test_image_of_the_own_network(image: str, signals: Signals) -> None:
    assert whom(DEPLOYMENT.replace("registry.acme.svc/app:1", f"'{image}'"), signals) == []


def test_image_in_values(signals: Signals) -> None:
    text = "image: {registry: quay.io, repository: org/app, tag: '1'}\n"
    found = hits(text, signals)
    assert [told(hit) for hit in found] == [("image-registry-in-values", "redhat", None)]
    assert found[0].shown == "quay.io/org/app"


def test_placeholder_hides_the_registry(signals: Signals) -> None:
    text = DEPLOYMENT.replace("registry.acme.svc/app:1", "'${REGISTRY}/app:1'")
    found = hits(text, signals)
    assert [(hit.signal.id, hit.operator, hit.unresolved) for hit in found] == [
        ("image-registry", None, True)
    ]


# --- look-alikes ----------------------------------------------------------------------


def test_region_tells_look_alikes_apart(signals: Signals) -> None:
    def node(provider_id: str) -> Any:
        text = "apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"
        text += f"spec: {{providerID: '{provider_id}'}}\n"
        (found,) = hits(text, signals)
        return found.operator, found.candidates, found.region

    assert node("aws:///eu-west-2a/i-046f4bd0") == ("outscale", (), "eu-west-2")
    assert node("aws:///eu-west-3a/i-0123456789abcdef0") == ("aws", (), "eu-west-3")
    assert node("gce://p/u-france-east1-a/n") == ("s3ns", (), "u-france-east1")
    assert node("gce://p/europe-west9-a/n") == ("gcp", (), "europe-west9")
    operator, candidates, region = node("openstack:///11111111")
    assert (operator, region) == (None, None)
    assert {"ovhcloud", "otc", "infomaniak"} <= set(candidates)


def test_everest_volumes(signals: Signals) -> None:
    text = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {csi: {driver: disk.csi.everest.io, volumeAttributes: {everest.io/region: eu-west-0}}}
"""
    assert ("volume-region-everest", "orange-flexibleengine", "eu-west-0") in whom(text, signals)


def test_universe_of_s3ns(signals: Signals) -> None:
    text = container(
        "env: [{name: GOOGLE_CLOUD_PROJECT, value: 's3ns:p'},"
        " {name: GOOGLE_CLOUD_UNIVERSE_DOMAIN, value: s3nsapis.fr}]"
    )
    assert whom(text, signals) == [("google-universe", "s3ns", None)]


@pytest.mark.parametrize(
    ("account", "operator"),
    [
        ("app@p.iam.gserviceaccount.com", "gcp"),
        ("app@p.s3ns.iam.gserviceaccount.com", "s3ns"),
    ],
)
def test_service_account(account: str, operator: str, signals: Signals) -> None:
    text = (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, "
        f"annotations: {{iam.gke.io/gcp-service-account: {account}}}}}\n"
    )
    assert whom(text, signals) == [("account-of-gke", operator, None)]


# --- what looks like a signal and is none ---------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # API groups, names of drivers and of services
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n"
        "rules: [{apiGroups: [containerservice.azure.com], resources: ['*']}]\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: r, finalizers: [csi.scaleway.com]}\n",
        container(
            "env: [{name: SERVICES, value: 'compute.googleapis.com container.googleapis.com'}]"
        ),
        # documentation and schemas
        "$schema: https://json.schemastore.org/chart\ndescription: see https://aws.amazon.com\n"
        "home: https://github.com/acme/app\nicon: https://github.com/acme/app.png\n"
        "docs: https://docs.github.com\nsources: [https://github.com/acme/app]\n"
        "maintainers: [{name: a, url: https://github.com/a}]\n",
        # keys and values of labels and annotations
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations:\n"
        "    description: https://github.com/acme\n    meta.helm.sh/source: https://github.com/a\n"
        "  labels: {app.kubernetes.io/name: s3.eu-west-3.amazonaws.com}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  annotations:\n"
        '    kubectl.kubernetes.io/last-applied-configuration: \'{"u": "https://api.openai.com"}\'\n',
        # inside the cluster and the own network
        container(
            "env: [{name: DB_HOST, value: pg.data.svc.cluster.local},"
            " {name: CACHE_URL, value: 'redis://redis:6379'},"
            " {name: LOKI_URL, value: 'http://loki.monitoring:3100'},"
            " {name: VAULT_ADDR, value: 'https://10.1.2.3:8200'},"
            " {name: SELF_URL, value: 'http://localhost:8080'}]"
        ),
        # classes, files and addresses of people
        container(
            "env: [{name: DRIVER_CLASS, value: com.mysql.cj.jdbc.Driver},"
            " {name: CONFIG_FILE, value: /etc/app/config.yaml},"
            " {name: SMTP_FROM, value: equipe@chu-nantes.fr}]"
        ),
        # schemes without a host, and what is not text
        container("args: ['--db=s3://bucket.with.dots/x', '--socket=unix:///run/x.sock', '--n=4']"),
        # zones without information
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {nodeSelector: {topology.kubernetes.io/zone: nova}}\n",
        # what a workload is reached by
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n"
        "spec: {rules: [{host: app.beta.gouv.fr}], tls: [{hosts: [app.beta.gouv.fr]}]}\n",
        "ingress: {host: app.beta.gouv.fr, hosts: [{host: app.beta.gouv.fr}]}\n",
        "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: i}\n"
        "spec: {host: app.beta.gouv.fr}\n",
        # a public load balancer without a word of a vendor
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: LoadBalancer}\n",
    ],
)
def test_nothing_is_told(text: str, signals: Signals) -> None:
    assert whom(text, signals) == []


def test_schemas_cost_nothing(signals: Signals) -> None:
    described = {"description": "see https://api.openai.com", "default": "s3.amazonaws.com"}
    text = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: a.b}\n"
        f"spec: {{versions: [{{schema: {{openAPIV3Schema: {described}}}}}]}}\n"
    )
    assert whom(text, signals) == []
    inside = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  crd.yaml: |\n" + (
        "".join(f"    {line}\n" for line in text.splitlines())
    )
    assert whom(inside, signals) == []


# --- texts in texts -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "app.yaml",
            "smtp:\n  host: smtp.mailgun.org\n",
            ("host-in-values", "mailgun", None),
        ),
        (
            "app.env",
            "AWS_REGION=eu-west-3\n# none\nX=1\n",
            ("aws-region-variable", "aws", "eu-west-3"),
        ),
        (
            "app.properties",
            "spring.datasource.url=jdbc:postgresql://pg.abc.database.cloud.ovh.net:20184/db\nx=1\n",
            ("url", "ovhcloud", None),
        ),
        (
            "fluent.conf",
            "<match **>\n  @type s3\n  s3_region eu-west-3\n"
            "  s3_endpoint https://s3.fr-par.scw.cloud\n</match>\n",
            ("fluentd-address", "scaleway", "fr-par"),
        ),
        (
            "fluent-bit.conf",
            "[INPUT]\n    Name tail\n[OUTPUT]\n    Name  datadog\n"
            "    Host http-intake.logs.datadoghq.eu\n",
            ("fluent-bit-host", "datadog", "eu1-germany"),
        ),
        (
            "vector.toml",
            '[sinks.out]\ntype = "aws_s3"\nregion = "eu-west-3"\n',
            ("vector-sink", "aws", "eu-west-3"),
        ),
        (
            "config.alloy",
            'loki.write "cloud" {\n  endpoint {\n'
            '    url = "https://logs-prod-eu-west-0.grafana.net/x"\n  }\n}\n',
            ("log-clients", "grafana", "eu-west-0"),
        ),
        (
            "app.json",
            '{"storage": {"endpoint": "s3.fr-par.scw.cloud"}}',
            ("endpoint-in-values", "scaleway", "fr-par"),
        ),
        (
            "objects.yaml",
            "apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nmetadata:\n  name: b\n"
            "  annotations: {services.k8s.aws/region: eu-west-3}\n",
            ("controller-aws", "aws", "eu-west-3"),
        ),
    ],
)
def test_text_of_a_config_map(name: str, content: str, expected: Any, signals: Signals) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n" + f"  {name}: |\n"
    text += "".join(f"    {line}\n" for line in content.splitlines())
    found = hits(text, signals)
    assert expected in [told(hit) for hit in found]


def test_long_text_is_still_searched(signals: Signals) -> None:
    filler = "    # nothing\n" * 200_000
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  x: |\n{filler}"
    assert whom(text + "    https://api.openai.com/v1\n", signals) == [("url", "openai", "global")]


def test_line_inside_a_text(signals: Signals) -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  app.yaml: |\n"
        "    name: app\n    s3:\n      endpoint: s3.fr-par.scw.cloud\n"
    )
    (found,) = hits(text, signals)
    assert (found.span.line, found.span.column, found.span.text) == (8, 17, "s3.fr-par.scw.cloud")


def test_values_of_an_application(signals: Signals) -> None:
    text = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
  source:
    repoURL: https://charts.jetstack.io
    helm:
      values: |
        storageClass:
          provisioner: csi.scaleway.com
      parameters:
        - {name: image.repository, value: rg.fr-par.scw.cloud/ns/app}
"""
    assert whom(text, signals) == [
        ("source-repository", "jetstack", None),
        ("volume-driver-scaleway", "scaleway", None),
        ("image-registry-in-values", "scaleway", "fr-par"),
    ]


def test_objects_in_templates(signals: Signals) -> None:
    text = """
apiVersion: kro.run/v1alpha1
kind: ResourceGraphDefinition
metadata: {name: r}
spec:
  resources:
    - id: bucket
      template:
        apiVersion: s3.aws.upbound.io/v1beta1
        kind: Bucket
        metadata: {name: b}
        spec: {forProvider: {region: eu-west-3}}
"""
    assert whom(text, signals) == [("crossplane-aws", "aws", "eu-west-3")]


# --- Secrets --------------------------------------------------------------------------


def test_secret_shows_nothing_of_its_content(signals: Signals) -> None:
    url = "postgres://alice:hunter2@pg-42.abc.database.cloud.ovh.net:20184/patients?sslmode=x"
    config = '{"auths": {"rg.fr-par.scw.cloud": {"username": "nologin", "auth": "aHVudGVyMg=="}}}'
    data = {
        "DATABASE_URL": url,
        ".dockerconfigjson": config,
        "OPENAI_API_KEY": "sk-hunter2",
        "PRIVATE_URL": "https://alice:hunter2@intra.acme-secret.io/x",
    }
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    for kept in ({"stringData": data}, {"data": encoded}):
        text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n{kept_as_yaml(kept)}"
        found = hits(text, signals)
        assert {told(hit)[:2] for hit in found} == {
            ("connection-variable", "ovhcloud"),
            ("pull-credentials", "scaleway"),
            ("model-key-openai", "openai"),
            ("connection-variable", None),
        }
        for hit in found:
            said = f"{hit.shown} {hit.host} {hit.path}"
            for word in ("hunter2", "alice", "nologin", "patients", "pg-42", "acme-secret"):
                assert word not in said
            assert hit.span.text in text


def kept_as_yaml(kept: dict[str, dict[str, str]]) -> str:
    import json

    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in kept.items())


def test_key_store_in_a_secret(signals: Signals) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nhttps://api.openai.com\n-----END PRIVATE KEY-----\n"
    binary = base64.b64encode(bytes(range(256))).decode()
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
        f"data: {{a: {base64.b64encode(pem.encode()).decode()}, b: {binary}}}\n"
    )
    assert whom(text, signals) == []


# --- hostile input --------------------------------------------------------------------


@given(st.text(max_size=300), st.sampled_from(["app.conf", "AWS_REGION", "url", "image", "type"]))
def test_any_text_can_be_read(content: str, key: str) -> None:
    from souverain.evidence import SourceText, Span
    from souverain.kubernetes.model import Entry, Fields, KubernetesObject, Scalar

    span = Span(SourceText("x.yaml", b"x" * 10), 0, 10)
    data = Fields([Entry(key, span, Scalar(content, span))], span)
    body = Fields([Entry("data", span, data)], span)
    subject = KubernetesObject("v1", "ConfigMap", None, "c", "ConfigMap/default/c", body, span)
    for hit in ANY.hits(subject):
        assert hit.signal.id


ANY = Signals(load_catalog())


@pytest.mark.parametrize(
    "content",
    [
        "[" * 5_000,
        "{" * 5_000,
        "a:\n" + "".join(" " * i + "b:\n" for i in range(300)),
        "&a [" + "*a, " * 1_000,
        "http://" * 20_000,
        "a" * 200_000 + "://x",
        "@" * 100_000 + "://" + "@" * 100_000,
        "x {\n" * 5_000,
        "[a.b]\n" * 5_000,
        "${" * 50_000,
        "{{" * 50_000,
        "<a" * 50_000,
    ],
)
def test_hostile_text(content: str) -> None:
    import time

    from souverain.evidence import SourceText, Span
    from souverain.kubernetes.model import Entry, Fields, KubernetesObject, Scalar

    span = Span(SourceText("x.yaml", b"x" * 10), 0, 10)
    data = Fields([Entry("app", span, Scalar(content + "\n" + content, span))], span)
    body = Fields([Entry("data", span, data)], span)
    subject = KubernetesObject("v1", "ConfigMap", None, "c", "ConfigMap/default/c", body, span)
    start = time.process_time()
    ANY.hits(subject)
    assert time.process_time() - start < 5


# --- every word of every table --------------------------------------------------------


def written(signal: Signal) -> Iterator[tuple[str, str, Told | None]]:
    """A key and a value for each word of a signal's table, or for each of its keys."""
    keys = [key.replace("*", "x") for key in signal.keys] or [""]
    if signal.told_by == "key":
        yield from ((word.replace("*", "x"), "x", told) for word, told in signal.table.items())
    elif signal.told_by == "value" and signal.value is None:
        for word, told in signal.table.items():
            yield keys[0], word.replace("*", "x"), told
    elif signal.reads == "host" and signal.keys:
        yield from ((key, "https://s3.fr-par.scw.cloud/x", None) for key in keys)
    elif signal.value is None and not signal.reads and signal.keys:
        yield from ((key, "x", None) for key in keys)


def manifest(signal: Signal, key: str, value: str) -> str:
    """The shortest object that writes a key where the signal looks for it."""
    import json

    kind = signal.kinds[0].replace("*", "X") if signal.kinds else "Pod"
    node: Any = {key: value, **{beside.replace("*", "x"): "x" for beside in signal.beside[:1]}}
    for above in reversed(signal.at[0].replace("*", "x").split(".") if signal.at else ()):
        node = {above: node}
    if kind == "values":
        return json.dumps(node)
    name, _, group = kind.partition(".")
    metadata = {"name": "n", **node.pop("metadata", {})}
    body = {"apiVersion": f"{group}/v1" if group else "v1", "kind": name, "metadata": metadata}
    return json.dumps({**body, **node})


WORDS = [
    (signal, key, value, told_)
    for signal in load_catalog().signals().signals
    if signal.value is None
    for key, value, told_ in written(signal)
]


def test_words_of_tables(signals: Signals) -> None:
    """Each word of a table, each key and each path is reached by some object."""
    missed = []
    for signal, key, value, expected in WORDS:
        found = [h for h in hits(manifest(signal, key, value), signals) if h.signal.id == signal.id]
        wanted = expected.operator if expected and expected.operator else signal.operator
        if not found or (wanted and wanted != found[0].operator and signal.reads == ""):
            missed.append((signal.id, key, value, found))
    assert missed == []
    assert len(WORDS) > 800


def test_kinds_of_tables(signals: Signals) -> None:
    missed = []
    for signal in signals.catalog.signals().signals:
        if signal.keys or signal.value is not None or signal.reads:
            continue
        for kind in signal.kinds:
            name, _, group = kind.replace("*", "x").partition(".")
            text = f"apiVersion: {group}/v1\nkind: {name}\nmetadata: {{name: n}}\nspec: {{a: b}}\n"
            found = [h for h in hits(text, signals) if h.signal.id == signal.id]
            expected = signal.table.get(kind)
            wanted = expected.operator if expected else signal.operator
            if [h.operator for h in found] != [wanted]:
                missed.append((signal.id, kind, found))
    assert missed == []


def test_many_hosts_of_one_text_take_linear_time() -> None:
    """Each is pointed at on its own line, without the text being searched for each anew."""
    import time

    lines = [f"    - https://h{i}.s3.fr-par.scw.cloud/x" for i in range(4_000)]
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  x: |\n"
    start = time.process_time()
    found = hits(text + "\n".join(lines) + "\n", ANY)
    assert time.process_time() - start < 5
    assert [hit.span.line for hit in found] == list(range(6, 4_006))
    assert found[-1].host == "h3999.s3.fr-par.scw.cloud"


@pytest.mark.parametrize(
    ("name", "service"), [("azurefile-csi", "azure-storage"), ("managed-csi", None)]
)
def test_a_class_of_shares_is_no_disk(name: str, service: str | None, signals: Signals) -> None:
    text = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: v}\n"
    (hit,) = hits(f"{text}spec: {{storageClassName: {name}}}\n", signals)
    assert (hit.operator, hit.service) == ("azure", service)


def test_an_account_that_is_not_named_yet_is_of_gke_or_its_look_alike(signals: Signals) -> None:
    text = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n"
    account = "iam.gke.io/gcp-service-account: ACCOUNT_OF_THE_REGISTRY"
    (hit,) = hits(f"{text}  annotations: {{{account}}}\n", signals)
    assert (hit.operator, hit.candidates, hit.signal.says) == ("gcp", ("gcp", "s3ns"), "cluster")


@pytest.mark.parametrize(("prefix", "operator"), [("", "gcp"), ("s3ns:", "s3ns")])
def test_a_database_of_spanner_is_told_from_its_name(
    prefix: str, operator: str, signals: Signals
) -> None:
    name = f"projects/{prefix}PROJECT/instances/registry/databases/acts"
    (hit,) = hits(container(f"env: [{{name: STORE, value: {name}}}]"), signals)
    assert (hit.operator, hit.service) == (operator, "google-spanner")


def test_an_image_beside_other_settings_of_a_release_is_fetched(signals: Signals) -> None:
    text = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n"
        "spec: {values: {cache: {repository: public.ecr.aws/docker/library/redis, tag: 8}}}\n"
    )
    (hit,) = hits(text, signals)
    assert (hit.operator, hit.signal.flow) == ("aws", "image")
