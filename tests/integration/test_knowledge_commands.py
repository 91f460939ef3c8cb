"""``explain`` and ``trace`` as commands: what goes where, and with which exit code."""

from __future__ import annotations

import json

import pytest

from souverain.cli.app import run


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")


def test_explain_follows_a_finding_to_the_legal_text(capfd):
    assert run(["explain", "SNC001"]) == 0
    shown = capfd.readouterr()
    assert "FR-LOI-SREN-2024:A31-I (SREN law, art. 31, I): " in shown.out
    assert shown.err == ""


def test_explain_in_french(capfd):
    assert run(["explain", "SNC001", "--lang", "fr"]) == 0
    assert capfd.readouterr().out.startswith("SNC001 (règle) : des données sensibles ")


def test_explain_json(capfd):
    assert run(["explain", "aws", "--format", "json"]) == 0
    (sheet,) = json.loads(capfd.readouterr().out)["sheets"]
    assert (sheet["kind"], sheet["id"]) == ("operator", "aws")


def test_an_unknown_name_is_a_usage_error(capfd):
    assert run(["explain", "LOC01"]) == 2
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Nothing is called LOC01. Did you mean LOC001, ")


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_trace_is_the_same_each_time(form, capfd):
    assert run(["trace", "--format", form]) == 0
    first = capfd.readouterr().out
    assert run(["trace", "--format", form]) == 0
    assert capfd.readouterr().out == first
    assert "FR-HDS-2.0:EXI28" in first


def test_trace_covers_rules_clauses_texts_and_press(capfd):
    assert run(["trace", "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)
    clauses = {clause["id"]: clause for clause in document["clauses"]}
    assert {clause["text"] for clause in clauses.values()} == {t["id"] for t in document["texts"]}
    for rule in document["rules"]:
        for identifier in rule["clauses"]:
            assert rule["id"] in clauses[identifier]["rules"]
    claims = [claim for seed in document["seeds"] for claim in seed["claims"]]
    assert all(claim["id"] in clauses[c]["claims"] for claim in claims for c in claim["clauses"])


def test_trace_into_a_file(tmp_path, capfd):
    target = tmp_path / "trace.html"
    assert run(["trace", "--format", "html", "-o", str(target)]) == 0
    assert capfd.readouterr().out == ""
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_trace_into_a_folder_that_is_not(tmp_path, capfd):
    assert run(["trace", "-o", str(tmp_path / "no" / "trace.txt")]) == 2
    assert "trace.txt" in capfd.readouterr().err
