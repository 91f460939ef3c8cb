"""Names that objects are reached by are not companies that they call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.test_kubernetes import facts, run

from souverain.cli.app import run as cli
from souverain.text import render

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: care}
spec: {rules: [{host: %s}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: care}
spec:
  template:
    spec:
      containers:
        - name: web
          image: rg.fr-par.scw.cloud/care/web:1
          env:
            - {name: PUBLIC_URL, value: https://care.example.fr}
            - {name: API_URL, value: https://api.partner.example.fr}
"""
VALUES = """\
image: {repository: rg.fr-par.scw.cloud/care/web, tag: "1"}
replicaCount: 2
%s
envVars: {HOST: care.example.fr, API_URL: https://api.partner.example.fr}
"""
OWN, PARTNER = "host.care.example.fr", "host.api.partner.example.fr"


def called(tmp_path: Path, name: str, text: str, address: str) -> list[str]:
    flows = facts(run(tmp_path, {name: text}))[address].flows
    return [f.location.unknown.cause for f in flows if f.location.unknown]


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("care.example.fr", [PARTNER]),
        ("'*.example.fr'", []),
        ("other.example.fr", [OWN, PARTNER]),
    ],
)
def test_objects_do_not_call_their_own_ingress(tmp_path: Path, host: str, hosts: list[str]) -> None:
    assert called(tmp_path, "k8s/a.yaml", INGRESS % host, "Deployment/care/web") == hosts


@pytest.mark.parametrize(
    ("entry", "hosts"),
    [
        ("ingress: {hosts: [{host: care.example.fr, paths: [/]}]}", [PARTNER]),
        ("ingress: {hosts: [care.example.fr]}", [PARTNER]),
        ("front: {ingress: {hostname: care.example.fr}}", [PARTNER]),
        ("ingress: {enabled: true}", [OWN, PARTNER]),
        ("paymentGateway: {host: api.partner.example.fr}", [OWN, PARTNER]),
    ],
)
def test_values_say_by_which_names_something_is_reached(
    tmp_path: Path, entry: str, hosts: list[str]
) -> None:
    assert called(tmp_path, "values/prod.yaml", VALUES % entry, "values/prod.yaml") == hosts


def test_the_register_tells_each_unlisted_company(tmp_path: Path) -> None:
    run(tmp_path, {"k8s/a.yaml": INGRESS % "other.example.fr"})
    target = tmp_path / "register.json"
    cli(["inventory", str(tmp_path / "k8s"), "--format", "json", "--output", str(target)])
    (web,) = json.loads(target.read_text(encoding="utf-8"))["assets"]
    assert [flow["unknown"].split(" ")[0] for flow in web["flows"] if flow["unknown"]] == [
        "care.example.fr",
        "api.partner.example.fr",
    ]


def test_an_egress_to_anywhere_is_no_company(tmp_path: Path) -> None:
    policy = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out, namespace: care}
spec: {podSelector: {}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
"""
    report = run(tmp_path, {"k8s/a.yaml": policy})
    (flow,) = facts(report)["NetworkPolicy/care/out"].flows
    assert flow.location.unknown is not None
    assert render(flow.location.unknown.reason, "en") == (
        "cidr: 0.0.0.0/0 does not say who is reached."
    )


def test_names_of_vocabularies_are_no_hosts(tmp_path: Path) -> None:
    config = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: care}
data: {a.json: '{"system": "http://loinc.org", "profile": "http://hl7.org/fhir/Patient"}'}
"""
    assert facts(run(tmp_path, {"k8s/a.yaml": config}))["ConfigMap/care/a"].flows == ()


def test_a_forge_is_where_code_comes_from_not_where_data_goes(tmp_path: Path) -> None:
    config = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: care, labels: {data: sante}}
spec:
  template:
    spec:
      containers:
        - {name: web, image: rg.fr-par.scw.cloud/a, env: [{name: DOCS_URL, value: "https://github.com/a/b"}]}
"""
    found = facts(run(tmp_path, {"k8s/a.yaml": config}))["Deployment/care/web"]
    assert [(flow.kind, flow.operator) for flow in found.flows] == [
        ("image", "scaleway"),
        ("image", "github"),
    ]


LEAVING = """\
apiVersion: %s
kind: %s
metadata: {name: out, namespace: care}
spec: %s
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: care}
spec:
  template:
    spec:
      containers:
        - name: web
          image: rg.fr-par.scw.cloud/care/web:1
          env: [{name: API_URL, value: "https://%s/v1"}]
"""
ENTRY = """\
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: out, namespace: care}
spec: {hosts: [%s], location: MESH_EXTERNAL}
"""


@pytest.mark.parametrize(
    ("version", "kind", "spec"),
    [
        ("networking.istio.io/v1", "Gateway", "{servers: [{hosts: [%s]}]}"),
        (
            "networking.istio.io/v1",
            "VirtualService",
            "{http: [{route: [{destination: {host: %s}}]}]}",
        ),
        (
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            "{rules: [{filters: [{urlRewrite: {hostname: %s}}]}]}",
        ),
        ("networking.k8s.io/v1", "Ingress", "{rules: [{host: %s}]}"),
    ],
)
def test_what_lets_calls_out_hides_no_company(
    tmp_path: Path, version: str, kind: str, spec: str
) -> None:
    host = "api.openai.com"
    text = LEAVING % (version, kind, spec % host, host)
    flows = facts(run(tmp_path, {"k8s/a.yaml": text}))["Deployment/care/web"].flows
    assert [(f.kind, f.operator) for f in flows if f.kind != "image"] == [("inference", "openai")]


def test_names_that_a_mesh_lists_as_outside_are_those_of_others(tmp_path: Path) -> None:
    gateway = (
        "networking.istio.io/v1",
        "Gateway",
        "{servers: [{hosts: [api.partner.example.fr]}]}",
    )
    alone = LEAVING % (*gateway, "api.partner.example.fr")
    assert called(tmp_path, "k8s/a.yaml", alone, "Deployment/care/web") == []
    listed = alone + ENTRY % "api.partner.example.fr"
    assert called(tmp_path, "k8s/a.yaml", listed, "Deployment/care/web") == [PARTNER]
