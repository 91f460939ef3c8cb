"""``souverain catalog``: the questions people ask, and what must never be claimed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from souverain.cli.app import run

Ask = Callable[..., Any]
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def ask(capfd: pytest.CaptureFixture[str]) -> Ask:
    """The JSON answer to a question."""

    def call(*arguments: str) -> Any:
        assert run(["catalog", *arguments, "--format", "json"]) == 0
        document = json.loads(capfd.readouterr().out)
        assert document["version"] == 1
        return document

    return call


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """The lines of the text answer."""

    def call(*arguments: str) -> list[str]:
        assert run(["catalog", *arguments]) == 0
        return capfd.readouterr().out.splitlines()

    return call


def held(document: Any) -> set[tuple[str, str | None]]:
    return {(row["operator"], row["service"]) for row in document["offers"]}


def test_what_is_qualified_for_managed_kubernetes(ask: Ask) -> None:
    asked = ("offers", "--scheme", "secnumcloud", "--capability", "managed-kubernetes", *DAY)
    assert held(ask(*asked)) == {("s3ns", "google-kubernetes-engine")}
    unknown = held(ask(*asked, "--status", "unknown"))
    # The annex of NumSpot's decision was not seen; a qualified IaaS does not qualify what
    # runs on it (FR-SNC-3.2:2).
    assert ("numspot", "numspot-kubernetes") in unknown
    assert ("ovhcloud", "ovhcloud-managed-kubernetes") in unknown
    assert ("scaleway", "scaleway-kubernetes") in held(ask(*asked, "--status", "in_progress"))


def test_only_services_shown_inside_a_perimeter_are_certified(ask: Ask) -> None:
    asked = ("offers", "--scheme", "hds", *DAY, "--capability")
    assert ("scaleway", "scaleway-object-storage") in held(ask(*asked, "object-storage"))
    kubernetes = ask(*asked, "managed-kubernetes", "--status", "any")["offers"]
    shown = {row["status"] for row in kubernetes if row["operator"] == "scaleway"}
    assert "qualified" not in shown
    assert "unknown" in shown


def test_an_offer_whose_services_are_not_listed_is_unknown(ask: Ask) -> None:
    asked = ("offers", "--scheme", "secnumcloud", "--capability", "object-storage", *DAY)
    unknown = ask(*asked, "--status", "unknown")["offers"]
    (row,) = (row for row in unknown if row["operator"] == "worldline")
    assert (row["service"], row["status"]) == (None, "unknown")
    assert "was not seen" in row["reason"]


def test_every_status_of_every_offer(ask: Ask) -> None:
    rows = ask("offers", "--status", "any", *DAY)["offers"]
    by_status = {
        status: [row for row in rows if row["status"] == status]
        for status in ("qualified", "in_progress", "unknown", "not_qualified")
    }
    assert all(by_status.values())
    assert sum(map(len, by_status.values())) == len(rows)
    assert {row["operator"] for row in by_status["in_progress"]} >= {"bleu", "scaleway"}


def test_what_expires(ask: Ask) -> None:
    def ending(*arguments: str) -> list[tuple[str, str]]:
        return [(r["offer"], r["status"]) for r in ask("expiring", *arguments)["offers"]]

    assert ending(*DAY) == [
        ("outscale-cloudgouv", "qualified"),
        ("ovh-hpc-vmware-snc", "qualified"),
    ]
    assert ending(*DAY, "--days", "8") == [("outscale-cloudgouv", "qualified")]
    assert ending(*DAY, "--days", "7") == []
    later = ending("--as-of", "2026-12-15", "--days", "0")
    assert later == [("outscale-cloudgouv", "renewal_unconfirmed")]


def test_the_end_comes_first(say: Callable[..., list[str]]) -> None:
    assert say("expiring", *DAY, "--lang", "fr")[0] == (
        "2026-11-30 (8 jours) : Outscale, IaaS Cloud on demand (cloudgouv-eu-west-1) : "
        "SecNumCloud, qualifiée"
    )
    assert say("expiring", "--days", "0", "--as-of", "2026-10-01", "--lang", "en") == [
        "Nothing in the catalogue answers this.",
        "As of 2026-10-01; sources seen until 2026-11-22. What no source shows inside a "
        "perimeter is unknown: ask for the annex of the decision.",
    ]


def test_a_perimeter_that_was_not_seen_is_told(ask: Ask, say: Callable[..., list[str]]) -> None:
    asked = ("offers", "--scheme", "hds", "--capability", "object-storage", *DAY)
    seen = {row["operator"]: row["services_seen"] for row in ask(*asked)["offers"]}
    assert (seen["scaleway"], seen["aws"]) == (True, False)
    lines = say(*asked, "--lang", "en")
    at = lines.index("Amazon Web Services, amazon-s3 (AWS): HDS certified")
    assert lines[at + 2] == ("  perimeter: the offer as a whole; no source seen lists its services")


def test_alternatives(ask: Ask, say: Callable[..., list[str]]) -> None:
    (row,) = ask("alternatives", "aws_eks_cluster", *DAY)["alternatives"]
    assert row["capability"] == "managed-kubernetes"
    assert [each["service"] for each in row["secnumcloud"]] == ["google-kubernetes-engine"]
    assert {each["operator"] for each in row["hds"]} >= {"aws", "gcp"}
    assert say("alternatives", "aws_eks_cluster", *DAY, "--lang", "en")[:2] == [
        "aws_eks_cluster (managed-kubernetes), SecNumCloud:",
        "  S3NS: google-kubernetes-engine (PREMI3NS), until 2028-12-17",
    ]
    assert ask("alternatives", "nobody_store", *DAY)["alternatives"] == [
        {"type": "nobody_store", "capability": None}
    ]
    assert ask("alternatives", "aws_not_a_type", *DAY)["alternatives"] == [
        {"type": "aws_not_a_type", "capability": None}
    ]


def test_a_qualification_that_does_not_exist_is_said_so(say: Callable[..., list[str]]) -> None:
    shown = say("alternatives", "awscc_healthlake_fhir_datastore", *DAY, "--lang", "en")
    assert "No offer is shown to be qualified or certified for health-data on 2026-11-22." in shown


def test_operators_by_the_law_that_reaches_them(ask: Ask) -> None:
    exposed = {row["id"] for row in ask("operators", "--exposed-to", "us")["operators"]}
    assert {"aws", "azure", "gcp", "mongodb-atlas", "cloudflare"} <= exposed
    # US technology, European control (S3NS, Bleu) is not exposure.
    assert not {"s3ns", "bleu", "scaleway", "cloudtemple"} & exposed
    assert {"alibaba"} & {row["id"] for row in ask("operators", "--exposed-to", "CN")["operators"]}


def test_a_region_belongs_to_an_operator(ask: Ask) -> None:
    def country(operator: str, code: str) -> Any:
        return ask("region", operator, code)["regions"][0]["country"]

    assert country("aws", "eu-west-2") == "GB"
    assert country("outscale", "eu-west-2") == "FR"
    assert country("aws", "eu-west-3-cmn-wlz-1a") == "MA"
    assert country("gcp", "eu-moon-1") is None
    (pair,) = ask("region", "azure", "West Europe")["regions"]
    assert (pair["code"], pair["pair"]) == ("westeurope", "northeurope")


def test_what_is_close_is_proposed(
    say: Callable[..., list[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    assert say("region", "aws", "eu-west-9", "--lang", "en") == [
        "Amazon Web Services eu-west-9: not a region of the catalogue "
        "(did you mean eu-west-3, eu-west-2, eu-west-1?)"
    ]
    assert run(["catalog", "region", "scalway", "x", "--lang", "en"]) == 2
    assert capfd.readouterr().err == (
        "“scalway” is not an operator of the catalogue (did you mean scaleway?).\n"
    )


def test_hosts(ask: Ask, say: Callable[..., list[str]]) -> None:
    rows = ask("host", "s3.fr-par.scw.cloud", "db.acme.io.", "localhost", "10.1.2.3")["hosts"]
    assert [(row["operator"], row["region"], row["scope"]) for row in rows] == [
        ("scaleway", "fr-par", "public"),
        (None, None, None),
        (None, None, "none"),
        (None, None, "private"),
    ]
    assert say("host", "db.acme.io", "--lang", "fr") == ["db.acme.io : société inconnue"]
    assert say("host", "a\x1b[31m.acme.io", "--lang", "en") == [
        "a\\x1b[31m.acme.io: unknown company"
    ]


def test_a_capability_nobody_has(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["catalog", "offers", "--capability", "teleportation"]) == 2
    assert "managed-kubernetes" in capfd.readouterr().err
