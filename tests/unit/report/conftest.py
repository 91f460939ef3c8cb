"""A report made by hand: two roots, grouped findings, worlds, and sources that were not read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from souverain.doctrine import Clause, Doctrine, Ending, Text
from souverain.model import (
    Asset,
    AssetFacts,
    Attr,
    Certificate,
    Custody,
    DataFact,
    Declared,
    Evidence,
    Exposure,
    Facts,
    Finding,
    Flow,
    LayerPlacement,
    Ledger,
    Location,
    Report,
    RuleCard,
    SourceEntry,
    SourceText,
    Span,
    Suppression,
    Undecided,
    inline,
    phrase,
)
from souverain.worlds import Choice

MAIN = SourceText(
    "envs/prod/main.tf",
    b'resource "aws_s3_bucket" "patients" {\n'
    b'\tregion = "us-east-1" # secret\n'
    b'  tags = { data = "health" }\n'
    b"}\n"
    b'resource "aws_s3_bucket" "scans" {}\n',
)


def at(text: str, source: SourceText = MAIN) -> Span:
    start = source.data.index(text.encode())
    return Span(source, start, start + len(text.encode()))


class NoConfig:
    """A body of configuration that reports never ask."""

    span = at("resource")

    def read(self, path: str) -> tuple[Attr, ...]:
        raise AssertionError(path)

    def keys(self) -> tuple[str, ...]:
        raise AssertionError


def asset(address: str, header: str) -> Asset:
    return Asset(address, "aws_s3_bucket", "envs/prod", None, at(header), NoConfig(), None)


def facts(of: Asset) -> Facts:
    return Facts(
        asset=of,
        role="stores",
        layers=(
            LayerPlacement(
                "aws",
                "amazon-s3",
                "paas",
                "object-storage",
                evidence=(Evidence("operator", inline("provider aws", "fournisseur aws")),),
            ),
        ),
        location=Location(("us-east-1",), ("US",), span=at('region = "us-east-1"')),
        exposures=(
            Exposure("CLOUD_ACT", "US", "aws", certain=True),
            Exposure("CSL", "CN", "aws", certain=False),
        ),
        exposure_unknown=None,
        data=(DataFact("health_personal", "declared", inline("tag data=health", "étiquette")),),
        data_unknown=None,
        certificates=(
            Certificate("secnumcloud", "not_qualified", inline("no", "non")),
            Certificate("hds", "qualified", inline("yes", "oui")),
        ),
        custody=Custody("operator"),
        flows=(
            Flow(
                "replication",
                "aws",
                "amazon-s3",
                Location(("us-west-2",), ("US",)),
                evidence=(Evidence("flow", inline("copies", "copies"), at("tags")),),
            ),
        ),
        declared=Declared(),
    )


PATIENTS = asset("aws_s3_bucket.patients", 'resource "aws_s3_bucket" "patients"')
SCANS = asset('aws_s3_bucket.scans["\x1b[31m"]', 'resource "aws_s3_bucket" "scans"')


def two_worlds() -> AssetFacts:
    """A bucket whose region hangs on a variable, and whose copies exist in one world only."""
    here = facts(PATIENTS)
    unknown = Undecided(phrase("sources.missing"), cause="var.region")
    there = replace(
        here,
        location=Location(("eu-west-3",), ("FR",)),
        flows=(),
        certificates=(Certificate("hds", "in_progress", inline("soon", "bientôt")),),
        custody=Custody("unknown"),
        data_unknown=unknown,
    )
    choice = Choice(("envs/prod", "var.region"), 2)
    return AssetFacts(PATIENTS, ((((choice, 0),), here), (((choice, 1),), there)))


def unplaced() -> AssetFacts:
    """A bucket of an unknown operator in an unknown place."""
    unknown = Undecided(phrase("sources.too-large", limit=10))
    return AssetFacts(
        SCANS,
        (
            (
                (),
                replace(
                    facts(SCANS),
                    role=None,
                    layers=(LayerPlacement(None, None, None, None, unknown),),
                    location=Location(),
                    exposures=(),
                    data=(),
                    certificates=(),
                    flows=(),
                ),
            ),
        ),
    )


def network() -> AssetFacts:
    """Something that only configures."""
    role = Asset("aws_iam_role.r", "aws_iam_role", "envs/prod", None, at("tags"), NoConfig(), None)
    everywhere = replace(facts(role), role="configures", location=Location(anywhere=True), flows=())
    return AssetFacts(role, (((), everywhere),))


def finding(of: Asset, rule: str = "LOC001") -> Finding:
    return Finding(
        rule=rule,
        name="health-data-stored-outside-eea",
        severity="error",
        verdict="violation",
        message=inline(
            "{address} stores health data in us-east-1 (US)",
            "{address} stocke des données de santé à us-east-1 (US)",
            address=of.address,
        ),
        address=of.address,
        root="envs/prod",
        scenario=None,
        system="entrepôt",
        span=at('region = "us-east-1"') if of is PATIENTS else of.span,
        clauses=("FR-HDS-2.0:EXI28", "OURS:1"),
        basis="law",
        confidence="P",
        depends_on=(),
        evidence=(
            Evidence("data", inline("tag data=health", "étiquette data=health"), at("tags")),
            Evidence("operator", inline("run by AWS", "exploité par AWS")),
        ),
        remediation=inline("Move it to an EEA region.", "Déplacez-le dans une région de l’EEE."),
        fingerprint=f"{rule}:{of.address}",
        group=f"{rule}:us-east-1",
    )


ACCEPTED = Suppression("baseline", inline("accepted in b.json", "accepté dans b.json"))


def context_finding() -> Finding:
    return replace(
        finding(PATIENTS, "GOV001"),
        name="context-not-declared",
        message=inline("Declare:\n  entity: …", "Déclarez :\n  entity : …"),
        address="",
        span=at("resource"),
        clauses=(),
        evidence=(),
        fingerprint="GOV001",
        group="GOV001",
    )


def exposure_finding() -> Finding:
    return replace(
        finding(PATIENTS, "EXT001"),
        severity="warning",
        verdict="possible",
        depends_on=("entity",),
        clauses=(),
    )


def disclosure() -> Finding:
    return replace(finding(PATIENTS, "EXT002"), severity="info", verdict="undecided")


ENTRIES = (
    SourceEntry("envs/prod/main.tf", "terraform", "analysed"),
    SourceEntry("a.tf", "terraform", "failed", phrase("sources.missing"), at("tags")),
    *(
        SourceEntry(f"k8s/{n}.yaml", "kubernetes", "undecided", phrase("kubernetes.empty"))
        for n in range(5)
    ),
    SourceEntry("ci.yaml", "other", "skipped", phrase("sources.not-kubernetes")),
)


RULES = (
    RuleCard(
        id="EXT001",
        name="exposed",
        severity="warning",
        title=inline("data is exposed", "des données sont exposées"),
        why=inline("A law reaches it.", "Une loi l’atteint."),
        remediation=inline("Leave.", "Partez."),
        clauses=("FR-HDS-2.0:EXI28", "OURS:1"),
    ),
    RuleCard(
        id="GOV001",
        name="context-not-declared",
        severity="error",
        title=inline("nothing is declared", "rien n’est déclaré"),
        why=inline("The law depends on it.", "Le droit en dépend."),
        remediation=None,
    ),
    RuleCard(
        id="LOC001",
        name="health-data-stored-outside-eea",
        severity="error",
        title=inline("health data is stored outside the EEA", "données hors de l’EEE"),
        why=inline("Hosts may not.", "Les hébergeurs n’en ont pas le droit."),
        remediation=inline("Move it.", "Déplacez-le."),
        clauses=("FR-HDS-2.0:EXI28",),
    ),
    RuleCard(
        id="REV001",
        name="no-way-back",
        severity="info",
        title=inline("there is no way back", "aucun retour possible"),
        why=inline("Data must be able to leave.", "Les données doivent pouvoir sortir."),
        remediation=None,
        clauses=("FR-HDS-2.0:EXI28",),
    ),
)


@pytest.fixture
def report() -> Report:
    return Report(
        as_of="2026-11-22",
        catalog_version="c0ffee",
        catalog_seen_on="2026-11-20",
        ledger=Ledger(ENTRIES),
        assets=(two_worlds(), unplaced(), network()),
        findings=(
            context_finding(),
            finding(SCANS),
            disclosure(),
            exposure_finding(),
            finding(PATIENTS),
            replace(finding(PATIENTS, "KEY001"), suppressed=ACCEPTED),
        ),
        rules=RULES,
    )


@pytest.fixture
def doctrine() -> Doctrine:
    text = Text(
        id="FR-HDS-2.0",
        title="Référentiel de certification HDS",
        short=inline("HDS framework 2.0", "référentiel HDS 2.0"),
        issuer="ANS",
        basis="framework",
        status="in_force",
        confidence="P",
        source="ANS",
    )
    clause = Clause(
        id="FR-HDS-2.0:EXI28",
        text=text,
        locator=inline("EXI28", "EXI28"),
        summary=inline("storage in the EEA", "stockage dans l’EEE"),
        binds=frozenset(),
        data=frozenset(),
        confidence="P",
        source="ANS",
        ending=Ending("checked"),
    )
    return Doctrine({text.id: text}, {clause.id: clause})
