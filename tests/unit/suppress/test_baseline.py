"""Baselines: what an entry matches, which are left alone, and files that are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from souverain.doctrine import load_doctrine
from souverain.model import Finding, Ledger, Report, RuleCard, SourceText, Span, inline
from souverain.project import ProjectError
from souverain.rules.load import load_rules
from souverain.sources import discover
from souverain.suppress import baseline
from souverain.suppress.baseline import accept, applied, load, written
from souverain.text import render

RULES = {rule.id: rule for rule in load_rules(load_doctrine())}
SCHEMA = json.loads(
    (resources.files("souverain.policies") / "schema" / "baseline.schema.json").read_text("utf-8")
)
SOURCE = SourceText("a/main.tf", b"x")


def finding(root: str, address: str, rule: str = "LOC002", **more: str) -> Finding:
    return Finding(
        rule=rule,
        name="x",
        severity=more.get("severity", "warning"),  # type: ignore[arg-type]
        verdict="violation",
        message=inline("m", "m"),
        address=address,
        root=root,
        scenario=None,
        system=None,
        span=Span(SOURCE, 0, 1),
        clauses=(),
        basis="none",
        confidence="P",
        depends_on=(),
        evidence=(),
        remediation=inline("r", "r"),
        fingerprint=f"{rule}/{root}/{address}",
        group="g",
        rootless=f"{rule}//{address}",
        home=root,
    )


def report(*findings: Finding) -> Report:
    cards = tuple(
        RuleCard(r.id, r.name, "error", inline("t", "t"), inline("w", "w"), None, (), r.ignorable)
        for r in RULES.values()
    )
    return Report("2026-11-22", "c", "2026-11-20", Ledger(), (), findings, rules=cards)


Matched = tuple[list[str], list[str]]
Match = Callable[..., Matched]


@pytest.fixture
def match(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Match:
    """What is still live after a baseline of ``old`` is applied, and what is said of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def run(
        old: list[Finding], new: list[Finding], given: str = ".", there: tuple[str, ...] = ()
    ) -> Matched:
        for root in {*there, *(f.root for f in new)}:
            (tmp_path / root).mkdir(exist_ok=True, parents=True)
        (tmp_path / "b.json").write_text(written(report(*old)).text, encoding="utf-8")
        trees = discover([Path(given)])
        found, gone = accept(new, load(Path("b.json")), trees, RULES)
        assert [replace(f, suppressed=None, group="") for f in found] == [
            replace(f, group="") for f in new
        ]
        live = [f"{f.root} {f.address}" for f in found if f.suppressed is None]
        return live, [render(trouble.reason, "en") for trouble in gone]

    return run


A, B = finding("a", "x.one"), finding("a", "x.two")


def test_what_is_there_is_accepted_and_what_is_new_is_not(match: Match) -> None:
    assert match([A, B], [A, B]) == ([], [])
    assert match([A], [A, B]) == (["a x.two"], [])


def test_a_renamed_root(match: Match) -> None:
    assert match([A, B], [finding("c", "x.one"), finding("c", "x.two")]) == ([], [])


def test_a_copied_root_is_new(match: Match) -> None:
    assert match([A], [A, finding("c", "x.one")]) == (["c x.one"], [])
    assert match([A], [finding("c", "x.one"), A]) == (["c x.one"], [])


def test_what_moved_to_another_root(match: Match) -> None:
    assert match([A], [finding("c", "x.one")], there=("a",)) == ([], [])


def test_as_many_as_there_were(match: Match) -> None:
    twice = [finding("c", "x.one"), finding("d", "x.one")]
    live, gone = match([A], twice, there=("a",))
    assert (live, gone) == (["d x.one"], [])
    live, gone = match([A, finding("b", "x.one")], [finding("c", "x.one")], there=("a", "b"))
    assert live == []
    assert len(gone) == 1


def test_a_root_that_was_not_looked_at_keeps_its_entries(match: Match) -> None:
    elsewhere = finding("b", "x.one")
    assert match([A], [elsewhere], given="b", there=("a", "b")) == (["b x.one"], [])
    # Had it been renamed, its entries would count.
    assert match([finding("gone", "x.one")], [elsewhere], given="b") == ([], [])


def test_what_is_gone_is_told_once_it_was_looked_at(match: Match) -> None:
    said = ["LOC002 no longer finds anything at a: x.one"]
    assert match([A], [], there=("a",)) == ([], said)
    assert match([A], [], given="b", there=("a", "b")) == ([], [])
    assert match([A], []) == ([], said)
    assert match([A], [], given="b", there=("b",)) == ([], [])


def test_what_became_graver_was_not_accepted(match: Match) -> None:
    worse = replace(A, severity="error")
    assert match([A], [worse]) == (
        ["a x.one"],
        ["LOC002 at a: x.one was accepted as a warning, and is now an error"],
    )
    assert match([worse], [A]) == ([], [])
    moved = replace(finding("c", "x.one"), severity="error")
    assert match([A], [moved])[0] == ["c x.one"]


def test_what_cannot_be_ignored_has_no_entry(match: Match) -> None:
    source = finding("a", "main.tf", "SRC001", severity="error")
    assert match([source], [source]) == (["a main.tf"], [])
    text = written(report(source, A)).text
    assert [entry["rule"] for entry in json.loads(text)["findings"]] == ["LOC002"]
    forged = text.replace("LOC002", "SRC001")
    Path("forged.json").write_text(forged.replace(A.fingerprint, source.fingerprint))
    found, _ = accept([source], load(Path("forged.json")), discover([Path()]), RULES)
    assert found == (source,)


# --- the file -----------------------------------------------------------------------------


def test_the_file() -> None:
    text = written(report(B, A, finding("a", "", "GOV001", severity="error"))).text
    document = json.loads(text)
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(document)
    assert [(entry["rule"], entry["address"]) for entry in document["findings"]] == [
        ("GOV001", ""),
        ("LOC002", "x.one"),
        ("LOC002", "x.two"),
    ]
    assert text == written(report(A, finding("a", "", "GOV001", severity="error"), B)).text
    assert len(text.splitlines()) == 4 + 3 + 2
    assert json.loads(written(report()).text)["findings"] == []


def test_entries_are_those_of_the_schema() -> None:
    entry = SCHEMA["properties"]["findings"]["items"]
    assert set(entry["required"]) == set(entry["properties"]) == {*baseline.FIELDS, "scenario"}


def test_applied_sets_aside_what_it_accepts() -> None:
    source = finding("a", "main.tf", "SRC001")
    whole = report(A, source)
    done = applied(whole, written(whole), Path("dir/b.json"))
    assert [f.suppressed and render(f.suppressed.reason, "en") for f in done.findings] == [
        "accepted in dir/b.json",
        None,
    ]


ENTRY = json.loads(written(report(A)).text)["findings"][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1:1 This is not a baseline: it is not valid JSON"),
        (b'{\n"version": 1,,}', "2:14 This is not a baseline"),
        (b"\xff", "1:1 This is not a baseline"),
        (b"[" * 100_000, "1:1 This is not a baseline"),
        (b"[]", '1:1 Expected a baseline with "version": 1.'),
        (b'{"version": 2, "findings": []}', '1:1 Expected a baseline with "version": 1.'),
        (b'{"version": true, "findings": []}', '1:1 Expected a baseline with "version": 1.'),
        (b'{"version": 1}', '1:1 Expected a list under "findings".'),
        (b'{"version": 1, "findings": [{}]}', "1:1 Entry 1: expected the texts rule"),
        (
            json.dumps({"version": 1, "findings": [{**ENTRY, "severity": "fatal"}]}).encode(),
            "Entry 1: expected the texts rule",
        ),
        (
            json.dumps({"version": 1, "findings": [{**ENTRY, "rule": 1}]}).encode(),
            "Entry 1: expected the texts rule",
        ),
    ],
)
def test_files_that_are_none(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_bytes(content)
    with pytest.raises(ProjectError) as raised:
        load(path)
    (problem,) = raised.value.problems
    told = f"{problem.span.line}:{problem.span.column} {render(problem.message, 'en')}"
    assert said in told


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as raised:
        load(tmp_path / "none.json")
    assert "does not exist" in render(raised.value.problems[0].message, "en")


@settings(deadline=None)
@given(st.fixed_dictionaries({name: st.text() for name in baseline.FIELDS}))
def test_hostile_entries_never_crash(
    tmp_path_factory: pytest.TempPathFactory, entry: dict[str, str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.json"
    listed = [{**entry, "severity": "error", "fingerprint": entry["fingerprint"] + "\ud800"}]
    path.write_text(json.dumps({"version": 1, "findings": listed}), encoding="utf-8")
    found, gone = accept(
        [A], load(path), discover([path.parent]), {**RULES, entry["rule"]: RULES["LOC002"]}
    )
    assert found == (A,)
    assert len(gone) <= 1
