"""What deliveries say of what they deploy, as it reaches a report: variables, clusters."""

from __future__ import annotations

import pytest
from tests.integration.test_kubernetes_rules import in_its_folder, judged, of_rule, the_facts

from souverain.cli.app import run as souverain
from souverain.text import render

__all__ = ["in_its_folder"]

UNDECLARED = """\
version: 1
entity: state_operator
systems:
  - name: care
    paths: ["**"]
    data: [health_personal]
    harm: [health_life]
    environment: production
    hosting_role: hosted_by_processor
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: %s, name: settings}]}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: flux-system}
data: {REGION: us-east-1}
"""
BACKUP = """\
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: b, namespace: care}
spec: {provider: aws, objectStorage: {bucket: b}, config: {region: '${REGION}'}}
"""


def test_a_region_that_flux_takes_from_a_config_map_is_judged() -> None:
    report = judged(apps__b=BACKUP, flux__ks=FLUX % "ConfigMap", flux__settings=SETTINGS)
    assert the_facts(report, "BackupStorageLocation").location.regions == ("us-east-1",)
    (found,) = of_rule(report, "LOC001")
    assert (found.severity, found.verdict, found.span.file) == ("error", "violation", "apps/b.yaml")
    assert ("flux/settings.yaml", 4) in {
        (link.span.file, link.span.line) for link in found.evidence if link.span
    }


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (
            "ConfigMap",
            "${REGION} may be filled in from the ConfigMap “settings”, which is not in these "
            "files. Add it, give a rendered manifest, or write the value.",
        ),
        (
            "Secret",
            "${REGION} may be filled in from the Secret “settings”, which is not in these "
            "files. Add it, give a rendered manifest, or write the value.",
        ),
    ],
)
def test_a_region_that_flux_takes_from_elsewhere_is_open(kind: str, reason: str) -> None:
    report = judged(apps__b=BACKUP, flux__ks=FLUX % kind)
    unknown = the_facts(report, "BackupStorageLocation").location.unknown
    assert unknown is not None
    assert render(unknown.reason, "en") == reason
    (found,) = of_rule(report, "LOC003")
    assert (found.severity, found.verdict) == ("error", "undecided")
    assert found.remediation.key == "rules.way-render-manifests"


def test_a_region_that_flux_takes_from_a_secret_is_open_and_never_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = SETTINGS.replace("ConfigMap", "Secret").replace("\ndata:", "\nstringData:")
    report = judged(apps__b=BACKUP, flux__ks=FLUX % "Secret", flux__settings=secret)
    facts = the_facts(report, "BackupStorageLocation")
    assert (facts.location.regions, facts.location.countries) == ((), ())
    assert facts.location.unknown is not None
    assert facts.location.unknown.reason.key == "kubernetes.variable-secret"
    assert "us-east-1" not in shown(capsys)


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    assert souverain(["check", "--format", "json", "--as-of", "2026-11-22"]) == 1
    return capsys.readouterr().out
