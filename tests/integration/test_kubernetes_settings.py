"""How objects are set: volumes, entries, databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.test_kubernetes import facts, of_rule, run

PROJECT = """\
version: 1
entity: state
systems:
  - name: care
    paths: ["**"]
    data: [health_personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
"""
CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: %s
parameters: {%s}
---
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: records, namespace: care}
spec: {storageClassName: fast}
"""
STATEFUL = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: records, namespace: care}
spec:
  template: {spec: {containers: [{name: a, image: registry.example.org/a}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: fast}}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: care, annotations: {%s}}
spec: {type: %s}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: care, annotations: {%s}}
spec: {rules: [{host: www.example.org}]%s}
"""
DATABASE = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: records, namespace: care}
spec: {instances: 2%s}
---
"""
SCHEDULED = """\
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly, namespace: care}
spec: {schedule: "0 0 0 * * *", cluster: {name: records}}
"""
AWS = "service.beta.kubernetes.io/aws-load-balancer"


def settings(tmp_path: Path, text: str) -> dict[str, object]:
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": text})
    return {
        setting.name: setting.value if setting.unknown is None else "?"
        for each in facts(report).values()
        for setting in each.settings
    }


@pytest.mark.parametrize("holder", [CLAIM, STATEFUL])
@pytest.mark.parametrize(
    ("driver", "parameters", "encrypted"),
    [
        ("ebs.csi.aws.com", 'encrypted: "true"', True),
        ("ebs.csi.aws.com", 'encrypted: "false"', False),
        ("ebs.csi.aws.com", "kmsKeyId: 'arn:aws:kms:eu-west-3:123456789012:key/a'", True),
        ("ebs.csi.aws.com", "type: gp3", "?"),
        ("cinder.csi.openstack.org", "type: high-speed-luks", True),
        ("pd.csi.storage.gke.io", "", True),
        ("disk.csi.azure.com", "", True),
    ],
)
def test_a_volume_is_encrypted_as_its_class_asks(
    tmp_path: Path, holder: str, driver: str, parameters: str, encrypted: object
) -> None:
    found = settings(tmp_path, CLASS % (driver, parameters) + holder)
    assert found["encrypted_at_rest"] == encrypted


def test_a_class_that_is_not_there_decides(tmp_path: Path) -> None:
    assert settings(tmp_path, CLAIM) == {"encrypted_at_rest": "?"}


def test_a_volume_that_is_not_encrypted_is_told(tmp_path: Path) -> None:
    text = CLASS % ("ebs.csi.aws.com", 'encrypted: "false"') + CLAIM
    report = run(tmp_path, {"souverain.yaml": PROJECT, "k8s/a.yaml": text})
    (finding,) = of_rule(report, "KEY001")
    assert (finding.address, finding.severity, finding.verdict, finding.span.line) == (
        "PersistentVolumeClaim/care/records",
        "warning",
        "violation",
        5,
    )


@pytest.mark.parametrize(
    ("annotations", "type_", "found"),
    [
        (f"{AWS}-scheme: internet-facing", "LoadBalancer", {"internet_facing": True}),
        (f"{AWS}-scheme: internal", "LoadBalancer", {"internet_facing": False}),
        (f"{AWS}-internal: 'true'", "LoadBalancer", {"internet_facing": False}),
        (
            "networking.gke.io/load-balancer-type: Internal",
            "LoadBalancer",
            {"internet_facing": False},
        ),
        ("", "LoadBalancer", {"internet_facing": "?"}),
        (f"{AWS}-scheme: internet-facing", "ClusterIP", {}),
    ],
)
def test_a_load_balancer_is_open_as_it_says(
    tmp_path: Path, annotations: str, type_: str, found: dict[str, object]
) -> None:
    assert settings(tmp_path, SERVICE % (annotations, type_)) == found


@pytest.mark.parametrize(
    ("annotations", "tls", "encrypted"),
    [
        ("", ", tls: [{secretName: web}]", True),
        ("", ", tls: [{hosts: [www.example.org]}]", True),
        ("nginx.ingress.kubernetes.io/ssl-redirect: 'false'", ", tls: [{secretName: web}]", False),
        ("kubernetes.io/ingress.allow-http: 'false'", "", True),
        ("", "", "?"),
    ],
)
def test_an_ingress_is_encrypted_as_it_says(
    tmp_path: Path, annotations: str, tls: str, encrypted: object
) -> None:
    assert settings(tmp_path, INGRESS % (annotations, tls)) == {"encrypted_in_transit": encrypted}


def test_an_ingress_of_a_public_load_balancer_is_on_the_internet(tmp_path: Path) -> None:
    scheme = "alb.ingress.kubernetes.io/scheme: internet-facing"
    assert settings(tmp_path, INGRESS % (scheme, ""))["internet_facing"] is True


@pytest.mark.parametrize(
    ("spec", "others", "backed_up"),
    [
        (", backup: {barmanObjectStore: {destinationPath: 's3://b/'}}", "", True),
        (", plugins: [{name: barman-cloud.cloudnative-pg.io}]", "", True),
        ("", SCHEDULED, True),
        ("", "", False),
    ],
)
def test_a_database_is_backed_up_as_it_says(
    tmp_path: Path, spec: str, others: str, backed_up: bool
) -> None:
    assert settings(tmp_path, DATABASE % spec + others)["backed_up"] == backed_up


# --- several zones, and how long logs are kept --------------------------------------------

ZONE = "topology.kubernetes.io/zone"
SPREAD = f"topologySpreadConstraints: [{{maxSkew: 1, topologyKey: {ZONE}, whenUnsatisfiable: %s}}]"
APART = (
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{topologyKey: %s}]}}"
)


def stateful(pods: str = "", more: str = "") -> str:
    inside = "template: {spec: {" + (f"{pods}, " if pods else "")
    return STATEFUL.replace("template: {spec: {", inside).replace(
        "  volumeC", f"  {more}\n  volumeC"
    )


def custom(kind: str, group: str, spec: str) -> str:
    return (
        f"apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: x, namespace: care}}\n"
        f"spec: {spec}\n"
    )


@pytest.mark.parametrize(
    ("text", "spread"),
    [
        (stateful(), "?"),
        (stateful(more="replicas: 1"), False),
        (stateful(SPREAD % "DoNotSchedule", "replicas: 1"), False),
        (stateful(SPREAD % "DoNotSchedule", "replicas: 3"), True),
        (stateful(SPREAD % "ScheduleAnyway", "replicas: 3"), "?"),
        (stateful(APART % ZONE, "replicas: 3"), True),
        (stateful(APART % "kubernetes.io/hostname", "replicas: 3"), "?"),
        (stateful(f"nodeSelector: {{{ZONE}: fr-par-1}}", "replicas: 3"), False),
        (stateful(more="replicas: 3"), "?"),
        (stateful(more="replicas: ${COUNT}"), "?"),
        (CLASS % ("pd.csi.storage.gke.io", "replication-type: regional-pd") + stateful(), True),
        (CLASS % ("disk.csi.azure.com", "skuName: Premium_ZRS") + stateful(), True),
        (CLASS % ("disk.csi.azure.com", "skuName: Premium_LRS") + stateful(), "?"),
        (DATABASE.replace("instances: 2", "instances: 1") % "", False),
        (DATABASE % "", "?"),
        (DATABASE % f", {SPREAD % 'DoNotSchedule'}", True),
        (DATABASE % f", affinity: {{topologyKey: {ZONE}}}", "?"),
        (DATABASE % f", affinity: {{topologyKey: {ZONE}, podAntiAffinityType: required}}", True),
        (DATABASE % f", affinity: {{nodeSelector: {{{ZONE}: fr-par-1}}}}", False),
        (
            custom("PerconaXtraDBCluster", "pxc.percona.com", "{pxc: {size: 3, affinity: "
            f"{{antiAffinityTopologyKey: {ZONE}}}}}}}"),
            True,
        ),
        (custom("PerconaXtraDBCluster", "pxc.percona.com", "{pxc: {size: 1}}"), False),
        (
            custom("PerconaServerMongoDB", "psmdb.percona.com", "{replsets: [{size: 3, affinity: "
            f"{{antiAffinityTopologyKey: {ZONE}}}}}]}}"),
            True,
        ),
        (custom("PerconaServerMongoDB", "psmdb.percona.com", "{replsets: [{size: 3}]}"), "?"),
        (custom("postgresql", "acid.zalan.do", "{numberOfInstances: 1}"), False),
        (custom("postgresql", "acid.zalan.do", "{numberOfInstances: 2}"), "?"),
        (
            custom("Kafka", "kafka.strimzi.io", "{kafka: {replicas: 3, rack: "
            f"{{topologyKey: {ZONE}}}}}}}"),
            True,
        ),
        (custom("Kafka", "kafka.strimzi.io", "{kafka: {replicas: 3}}"), "?"),
        (custom("DBInstance", "rds.services.k8s.aws", "{multiAZ: true}"), True),
        (custom("DBInstance", "rds.services.k8s.aws", "{multiAZ: false}"), False),
        (custom("DBInstance", "rds.services.k8s.aws", "{engine: postgres}"), "?"),
        (custom("Instance", "rds.aws.upbound.io", "{forProvider: {multiAz: true}}"), True),
        (
            custom("SQLInstance", "sql.cnrm.cloud.google.com",
            "{settings: {availabilityType: ZONAL}}"),
            False,
        ),
        (
            custom("FlexibleServer", "dbforpostgresql.azure.com",
            "{highAvailability: {mode: ZoneRedundant}}"),
            True,
        ),
    ],
)  # fmt: skip
def test_a_database_is_in_several_zones_as_it_says(
    tmp_path: Path, text: str, spread: object
) -> None:
    assert settings(tmp_path, text)["in_several_zones"] == spread


LOKI = "loki.grafana.com"
LOGS = "operator.victoriametrics.com"
OPENSHIFT = "{logStore: {retentionPolicy: {application: {maxAge: %s}}}}"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (custom("LokiStack", LOKI, "{limits: {global: {retention: {days: 20}}}}"), 20),
        (custom("LokiStack", LOKI, "{size: 1x.small}"), "forever"),
        (custom("VLSingle", LOGS, "{retentionPeriod: '6'}"), 180),
        (custom("VLSingle", LOGS, "{retentionPeriod: 30d}"), 30),
        (custom("VLogs", LOGS, "{retentionPeriod: 1y}"), 365),
        (custom("VLogs", LOGS, "{retentionPeriod: '${KEPT}'}"), "?"),
        (custom("VLCluster", LOGS, "{vlstorage: {retentionPeriod: 26w}}"), 182),
        (custom("VLCluster", LOGS, "{vlstorage: {retentionPeriod: soon}}"), 7),
        (custom("ClusterLogging", "logging.openshift.io", OPENSHIFT % "720h"), 30),
        (custom("ClusterLogging", "logging.openshift.io", OPENSHIFT % "1d12h"), 1),
        (custom("ClusterLogging", "logging.openshift.io", "{}"), "?"),
        (custom("LogGroup", "cloudwatchlogs.services.k8s.aws", "{retentionDays: 0}"), "forever"),
        (custom("LogGroup", "cloudwatchlogs.services.k8s.aws", "{retentionDays: 14}"), 14),
        (
            custom("Group", "cloudwatchlogs.aws.upbound.io",
            "{forProvider: {retentionInDays: 400}}"),
            400,
        ),
        (custom("Workspace", "operationalinsights.azure.com", "{retentionInDays: 90}"), 90),
        (custom("LoggingLogBucket", "logging.cnrm.cloud.google.com", "{retentionDays: 1}"), 1),
    ],
)  # fmt: skip
def test_logs_are_kept_as_it_says(tmp_path: Path, text: str, days: object) -> None:
    assert settings(tmp_path, text)["log_retention_days"] == days


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 5000 + "d", "999999999d", "3000y"])
def test_logs_that_are_kept_for_ages_never_end(tmp_path: Path, length: str) -> None:
    text = custom("VLSingle", LOGS, f"{{retentionPeriod: '{length}'}}")
    assert settings(tmp_path, text)["log_retention_days"] == "forever"


def test_the_shortest_of_several_lengths_is_told(tmp_path: Path) -> None:
    both = "{logStore: {retentionPolicy: {application: {maxAge: 365d}, audit: {maxAge: 7d}}}}"
    files = {
        "souverain.yaml": PROJECT,
        "k8s/a.yaml": custom("ClusterLogging", "logging.openshift.io", both),
    }
    (finding,) = of_rule(run(tmp_path, files), "TEC002")
    assert (finding.verdict, finding.severity) == ("violation", "warning")
