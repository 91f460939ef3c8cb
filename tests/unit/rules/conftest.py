"""Hand-made facts and a small catalogue, so that rules are tested on nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from souverain.catalog.model import Control, ExposureFact, Law, Operator, Provenance
from souverain.doctrine import load_doctrine
from souverain.model import (
    Asset,
    AssetFacts,
    Certificate,
    Custody,
    DataFact,
    Declared,
    Exposure,
    Facts,
    Finding,
    LayerPlacement,
    Ledger,
    Location,
    SourceText,
    Span,
    Undecided,
    phrase,
)
from souverain.rules.engine import evaluate
from souverain.rules.load import load_rules
from souverain.rules.model import Context, Rule

SOURCE = SourceText("envs/prod/main.tf", b"one\ntwo\nthree\nfour\n")
ASSET_SPAN = Span(SOURCE, 0, 3)
REGION_SPAN = Span(SOURCE, 4, 7)
SEEN = Provenance("test", "P", "2026-11-22")

EU = frozenset({"FR", "DE", "IE", "SE"})
TERRITORIES = {
    "FR": frozenset({"FR"}),
    "EU27": EU,
    "EEA30": EU | {"NO", "IS", "LI"},
    "EEA_ADEQUATE": EU | {"NO", "IS", "LI", "CH", "GB"},
}


class NoConfig:
    span = ASSET_SPAN

    def read(self, path):
        return ()

    def keys(self):
        return ()


class SmallCatalogue:
    """Amazon (US), OVHcloud (FR) and a key holder each way."""

    def territory(self, name, as_of):
        return TERRITORIES[name]

    def operator(self, name):
        known = {"aws": ("Amazon Web Services", "US"), "ovhcloud": ("OVHcloud", "FR")}
        if name not in known:
            return None
        title, country = known[name]
        control = (Control(title, country, 100.0, SEEN),)
        return Operator(name, title, title, country, control, (), (), (), SEEN)

    def law(self, id_):
        return Law(id_, "the CLOUD Act", "US") if id_ == "US-CLOUDACT" else None

    def exposures(self, operator):
        scopes = {"aws": "entity", "halfus": "part"}
        if operator not in scopes:
            return ()
        return (ExposureFact("US-CLOUDACT", scopes[operator], "why", SEEN),)

    def is_proprietary(self, service):
        return False


def bucket(address="aws_s3_bucket.b", *, library=False, technical=False, root="envs/prod"):
    return Asset(
        address, "aws_s3_bucket", root, None, ASSET_SPAN, NoConfig(), None, library, technical
    )


def located(region, *countries):
    return Location((region,), tuple(sorted(countries)), span=REGION_SPAN)


def nowhere(cause="var.region"):
    reason = phrase("rules.no-reason")
    return Location(unknown=Undecided(reason, REGION_SPAN, cause), span=REGION_SPAN)


def holding(category, certainty="declared"):
    return DataFact(category, certainty, phrase("rules.no-reason"))


def certified(scheme, status, **more):
    return Certificate(scheme, status, phrase("rules.no-reason"), **more)


CLOUD_ACT = Exposure("US-CLOUDACT", "US", "aws", certain=True)

PARIS_HEALTH = Facts(
    asset=bucket(),
    role="stores",
    layers=(LayerPlacement("aws", "amazon-s3", "paas", "object-storage"),),
    location=located("eu-west-3", "FR"),
    exposures=(CLOUD_ACT,),
    exposure_unknown=None,
    data=(holding("health_personal"),),
    data_unknown=None,
    certificates=(certified("secnumcloud", "not_qualified"), certified("hds", "qualified")),
    custody=Custody("operator", "aws"),
    flows=(),
    declared=Declared(),
)
"""Health data, declared, in a bucket of AWS Paris; the project declares nothing else."""


@dataclass(frozen=True)
class Place:
    """A deployment root."""

    path: str = "envs/prod"
    scenario: str | None = None
    library: bool = False
    span: Span = ASSET_SPAN


@dataclass(frozen=True)
class Bench:
    """Judges hand-made facts with the rules that are shipped."""

    context: Context

    def on(self, day: str) -> Bench:
        return Bench(replace(self.context, as_of=date.fromisoformat(day)))

    def only(self, *rules: Rule) -> Bench:
        return Bench(replace(self.context, rules=rules))

    def findings(self, *worlds: Facts, roots=(), ledger=None) -> tuple[Finding, ...]:
        return evaluate(_assets(worlds), ledger or Ledger(), roots, self.context)

    def outcome(self, *worlds: Facts, roots=()) -> dict[str, tuple[str, str]]:
        """Verdict and severity by rule id."""
        found = self.findings(*worlds, roots=roots)
        return {f.rule: (f.verdict, f.severity) for f in found}


def _assets(worlds) -> tuple[AssetFacts, ...]:
    """Facts of one asset are its worlds; facts of several are several assets."""
    by_asset: dict[str, list[Facts]] = {}
    for facts in worlds:
        by_asset.setdefault(facts.asset.address, []).append(facts)
    return tuple(
        AssetFacts(same[0].asset, tuple(((), facts) for facts in same))
        for same in by_asset.values()
    )


@pytest.fixture(scope="session")
def doctrine():
    return load_doctrine()


@pytest.fixture(scope="session")
def bench(doctrine) -> Bench:
    rules = load_rules(doctrine)
    return Bench(Context(date(2026, 11, 22), SmallCatalogue(), doctrine, rules))


@pytest.fixture
def make():
    """The builders of this file, by name."""
    import types

    return types.SimpleNamespace(
        PARIS_HEALTH=PARIS_HEALTH,
        REGION_SPAN=REGION_SPAN,
        CLOUD_ACT=CLOUD_ACT,
        Place=Place,
        SOURCE=SOURCE,
        bucket=bucket,
        certified=certified,
        holding=holding,
        located=located,
        nowhere=nowhere,
    )
