"""Makes trees of Kubernetes manifests for the benchmark, the same for the same arguments.

Usage: ``python benchmarks/manifests.py DIRECTORY [--manifests 10000] [--plain]``

Each application has a directory of its own with the objects that most have, one per file; one
in four holds health data and says so in its labels. ``--plain`` leaves those labels out.
"""

from __future__ import annotations

import argparse
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

META = """\
apiVersion: {version}
kind: {kind}
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: {team}
    app.kubernetes.io/managed-by: kustomize
{labels}"""

OBJECTS = {
    "deployment": (
        "apps/v1",
        "Deployment",
        """\
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
    spec:
      serviceAccountName: {name}
      securityContext:
        runAsNonRoot: true
      containers:
        - name: web
          image: {registry}/{team}/{name}:1.{number}.0
          args: ["--listen=:8080", "--log-level", "info"]
          env:
            - name: DATABASE_HOST
              value: {name}-db.{namespace}.svc.cluster.local
            - name: STORE_ENDPOINT
              value: {store}
            - name: PASSWORD
              valueFrom:
                secretKeyRef:
                  name: {name}
                  key: password
          envFrom:
            - configMapRef:
                name: {name}
          ports:
            - containerPort: 8080
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          readinessProbe:
            httpGet: {{path: /ready, port: 8080}}
          volumeMounts:
            - name: data
              mountPath: /var/lib/{name}
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: {name}
""",
    ),
    "service": (
        "v1",
        "Service",
        """\
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: 8080
""",
    ),
    "configmap": (
        "v1",
        "ConfigMap",
        """\
data:
  LOG_LEVEL: info
  CACHE_TTL: "300"
  FEATURES: search,export
  PUBLIC_URL: https://{name}.example.org
  application.properties: |
    server.port=8080
    server.forward-headers-strategy=native
    spring.datasource.url=jdbc:postgresql://{name}-db:5432/{team}
    management.endpoints.web.exposure.include=health,prometheus
""",
    ),
    "claim": (
        "v1",
        "PersistentVolumeClaim",
        """\
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: {storage}
  resources:
    requests:
      storage: 10Gi
""",
    ),
    "ingress": (
        "networking.k8s.io/v1",
        "Ingress",
        """\
spec:
  ingressClassName: nginx
  tls:
    - hosts: [{name}.example.org]
      secretName: {name}-tls
  rules:
    - host: {name}.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port: {{name: http}}
""",
    ),
    "account": ("v1", "ServiceAccount", "automountServiceAccountToken: false\n"),
    "policy": (
        "networking.k8s.io/v1",
        "NetworkPolicy",
        """\
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {name}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ingress-nginx
      ports:
        - port: 8080
""",
    ),
    "autoscaler": (
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        """\
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  minReplicas: 2
  maxReplicas: 6
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {{type: Utilization, averageUtilization: 70}}
""",
    ),
}

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: reports{number}.{team}.example.org
spec:
  group: {team}.example.org
  scope: Namespaced
  names:
    kind: Report{number}
    plural: reports{number}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
"""

PROPERTY = """\
                field{number}:
                  type: string
                  description: What the report says in its column {number}, as text.
                  maxLength: 256
"""

STORES = ("https://s3.gra.io.cloud.ovh.net", "https://s3.eu-west-3.amazonaws.com", "http://minio")
REGISTRIES = ("registry.example.org", "ghcr.io", "docker.io")
CLASSES = ("csi-cinder-high-speed", "gp3", "standard")
APPLICATIONS_IN_TEAM = 12
EVERY_DEFINITION = 40
"""Applications between two that define a kind of their own."""
SENSITIVE = 4
"""One application in so many holds health data."""


def application(number: int, *, labelled: bool) -> Iterator[tuple[str, str]]:
    """Path and text of each object of one application."""
    team = f"team-{number // APPLICATIONS_IN_TEAM}"
    sensitive = labelled and number % SENSITIVE == 0
    said = {
        "number": number,
        "name": f"app-{number}",
        "team": team,
        "namespace": team,
        "registry": REGISTRIES[number % 3],
        "store": STORES[number % 3],
        "storage": CLASSES[number % 3],
        "labels": "    data: health\n" if sensitive else "",
    }
    home = f"{team}/app-{number}"
    for name, (version, kind, body) in OBJECTS.items():
        head = META.format(version=version, kind=kind, **said)
        yield f"{home}/{name}.yaml", head + body.format(**said)
    if number % EVERY_DEFINITION == 0:
        fields = "".join(PROPERTY.format(number=field) for field in range(40))
        yield f"{home}/definition.yaml", DEFINITION.format(**said) + fields


def generate(directory: Path, manifests: int, *, labelled: bool = True) -> None:
    """Write ``manifests`` manifests of about 700 bytes below ``directory``."""
    files = (file for number in count() for file in application(number, labelled=labelled))
    for path, text in islice(files, manifests):
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--manifests", type=int, default=10_000)
    parser.add_argument("--plain", action="store_true", help="no labels that declare data")
    options = parser.parse_args()
    generate(options.directory, options.manifests, labelled=not options.plain)


if __name__ == "__main__":
    main()
