"""Words that a survey of public files found to mislead, and what they must not suggest.

Each row: the term, names that hold it and are about something else, names that are about
health. A term without the latter is never a hit of its own.
"""

from __future__ import annotations

import pytest

from souverain.catalog import load_catalog

TERMS = [
    (
        "ins",
        ["instance", "install-contains", "insights", "ins"],
        ["ins-patient", "identite-ins-nir"],
    ),
    ("lab", ["label", "available", "gitlab", "jupyterlab", "lab-vpc"], ["labo-biologie"]),
    ("labo", ["collaborateurs", "collaboration", "labo"], ["labo-resultats"]),
    ("lis", ["list", "listener", "lis"], []),
    ("ris", ["enterprise", "ris"], ["ris-pacs"]),
    ("sil", ["silent", "sil"], ["sil-labo"]),
    ("atc", ["match", "patch", "atc"], []),
    ("ght", ["weight", "rights", "copyright", "ght"], ["ght-dpi"]),
    ("chu", ["szechuan", "chu"], ["chu-urgences"]),
    ("chr", ["synchronous", "chr", "AqchrZ81kdMpQ02ztLw9"], []),
    (
        "health",
        [
            "healthcheck",
            "health-check",
            "health_check_path",
            "machineHealthCheck",
            "unhealthy",
            "healthz",
            "health-probe",
            "health-status-care",
            "health_endpoint_rdv",
            "health-port",
            "health-monitor",
            "health-timeout",
            "health-interval",
            "health-threshold",
            "health-grace",
            "health-server",
            "health-ready",
            "health-live",
            "health",
        ],
        ["health-data", "health-care-records", "mutuelle-health"],
    ),
    ("rx", ["network-rx", "rx-tx"], []),
    ("sensitive", ["sensitive", "case-sensitive"], []),
    ("confidential", ["confidential", "confidential-nodes"], []),
    ("diag", ["diag", "diagnostic", "deploy-diagnostics", "boot-diagnostics"], ["diagnosis-labo"]),
    ("emr", ["emr", "emr-cluster"], ["emr-consultations"]),
    ("ehr", ["ehr4kQz81mdMpQ02ztLw9A"], ["ehr"]),
    ("phr", ["passphrase", "phr"], []),
    ("phi", ["graphite", "cryptographic"], ["phi-store"]),
    ("psc", ["psc", "psc-endpoint"], ["prosanteconnect", "psc-soins"]),
    ("cnam", ["cname", "pvcName", "cnam"], ["cnam-beneficiaire"]),
    ("care", ["care", "care-bundle"], ["healthcare"]),
    ("amo", ["amount", "bergamo", "amo"], ["amo-amc"]),
    ("amc", ["dynamodb", "ipamConfig", "amc"], []),
    ("nir", ["obtenir", "nir"], ["nir-assure"]),
    ("nss", ["dnssec", "nss"], ["nss-assure"]),
    ("dmp", ["dmp", "Xdmp81kdMpQ02ztLw9aB"], ["dmp-consultation"]),
    ("dpi", ["sandpit", "dpi"], ["dpi-urgences"]),
    ("hds", ["hds"], ["hds-soins"]),
    ("hapi", ["chapitre", "hapi"], ["hapi-fhir"]),
    ("psy", ["psycopg2", "psy", "psy-cabinet"], []),
    ("rdv", ["rdv", "rdv-insertion"], ["rdv-soins"]),
    ("epic", ["epic", "epic-board", "agile-epics"], []),
    ("fhir", [], ["fhir", "FHIRStore"]),
    ("patient", ["impatient", "patiently"], ["patient", "launch-patient", "DossierPatient"]),
    ("loinc", [], ["loinc"]),
    ("hl7", [], ["hl7", "hl7v2Feed"]),
    ("dicom", [], ["dicom", "dicomweb"]),
    ("pacs", ["pacs", "pac-worker"], ["pacs-imagerie"]),
    ("ameli", ["amelie", "ameliorer"], ["ameli"]),
    ("cpam", [], ["cpam"]),
    ("snds", [], ["snds"]),
    ("pmsi", [], ["pmsi"]),
]


def hits(name: str) -> tuple[str, ...]:
    return load_catalog().sensitivity().lexicon.hits((name,))


@pytest.mark.parametrize(
    ("term", "name"), [(term, name) for term, others, _ in TERMS for name in others]
)
def test_a_name_about_something_else_suggests_nothing(term: str, name: str) -> None:
    assert hits(name) == ()


@pytest.mark.parametrize(
    ("term", "name"), [(term, name) for term, _, health in TERMS for name in health]
)
def test_a_name_about_health_suggests_it(term: str, name: str) -> None:
    assert hits(name) != ()


@pytest.mark.parametrize(
    "guarded", sorted(load_catalog().sensitivity().lexicon.not_before["health"])
)
def test_health_followed_by_a_word_of_operations_is_no_health(guarded: str) -> None:
    assert hits(f"health-{guarded}-care") == ()
    assert hits(f"health-{guarded}-care-soins") == ("care", "soins")


@pytest.mark.parametrize("denial", sorted(load_catalog().sensitivity().lexicon.denials))
def test_a_word_that_is_denied_suggests_nothing(denial: str) -> None:
    assert hits(f"db_username_{denial}_phi") == ()
    assert hits(f"db_{denial}_user_phi") == ("phi",)
    assert hits(f"{denial}_phi_patient") == ("patient",)
