"""Where agents, connectors and clients of models go: their default when nothing is written."""

from __future__ import annotations

import pytest

from souverain.catalog import load_catalog
from souverain.facts.signals import Signals

from .objects import hits, told

Whom = list[tuple[str, str | None, str | None]]

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: x}
data:
  app.yaml: |
"""
MACHINES = """\
apiVersion: machine.openshift.io/v1beta1
kind: MachineSet
metadata: {name: x}
spec: {template: {spec: {providerSpec: {value: {%s}}}}}
"""


@pytest.fixture(scope="module")
def signals() -> Signals:
    return Signals(load_catalog())


def config(text: str) -> str:
    return CONFIG + "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "sinks:\n  out: {type: datadog_logs, site: datadoghq.eu}",
            [
                ("vector-sink", "datadog", None),
                ("vector-address", "datadog", "eu1-germany"),
            ],
        ),
        (
            "sinks:\n  out: {type: datadog_logs}",
            [
                ("vector-sink", "datadog", None),
                ("vector-datadog", "datadog", "us1"),
            ],
        ),
        (
            "sinks:\n  out: {type: http, uri: 'https://d1.eu-west-3.aws.elastic-cloud.com'}",
            [("vector-address", "elastic-cloud", "eu-west-3")],
        ),
        (
            "connectors:\n  - {type: github, id: github}\n  - {type: ldap, id: own}",
            [("identity-connector", "github", None)],
        ),
        (
            "litellm_params:\n  aws_region_name: us-east-1\n  model: bedrock/x",
            [("model-region", "aws", "us-east-1")],
        ),
        (
            "litellm_params:\n  vertex_location: us-central1\n  model: vertex_ai/x",
            [("model-region", "gcp", "us-central1")],
        ),
        (
            "litellm_params:\n  vertex_location: ${LOCATION}\n  model: vertex_ai/x",
            [],
        ),
    ],
)
def test_configuration(text: str, expected: Whom, signals: Signals) -> None:
    assert [told(hit) for hit in hits(config(text), signals)] == expected


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (
            "kind: AWSMachineProviderConfig, placement: {region: us-east-1}",
            ("openshift-machine-provider", "aws", "us-east-1"),
        ),
        (
            "kind: GCPMachineProviderSpec, region: europe-west9",
            ("openshift-machine-provider", "gcp", "europe-west9"),
        ),
    ],
)
def test_machines_of_openshift(
    provider: str, expected: tuple[str, str, str], signals: Signals
) -> None:
    assert expected in [told(hit) for hit in hits(MACHINES % provider, signals)]


def test_any_service_of_a_region(signals: Signals) -> None:
    text = (
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: x}\n"
        "spec: {egress: [{toFQDNs: [{matchPattern: '*.us-east-1.amazonaws.com'}]}]}\n"
    )
    (hit,) = hits(text, signals)
    assert (hit.operator, hit.region) == ("aws", "us-east-1")


LOGS = "datadog: {site: %s, logs: {enabled: %s}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            LOGS % ("datadoghq.eu", "true"),
            {("metric", "eu1-germany"), ("log", "datadoghq.eu")},
        ),
        (LOGS % ("datadoghq.eu", "false"), {("metric", "eu1-germany")}),
        (
            "datadog: {apiKeyExistingSecret: dd, logs: {enabled: true}}\n",
            {("metric", "us1"), ("log", "us1")},
        ),
        (f"global: {{licenseKey: {'a' * 36}NRAL}}\n", {("metric", "US")}),
        (f"global: {{licenseKey: eu01{'a' * 32}NRAL}}\n", {("metric", "EU")}),
        ("global: {licenseKey: ours}\n", set()),
    ],
)
def test_values_of_agents(text: str, expected: set[tuple[str, str]], signals: Signals) -> None:
    found = hits(text, signals)
    assert {(hit.signal.flow, hit.region) for hit in found} == expected
