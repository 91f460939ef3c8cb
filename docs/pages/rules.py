"""One page for each rule: the law it comes from, its examples and what they give."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path

from pages.coverage import MARK
from souverain.analysis import Request, analyse
from souverain.doctrine.model import Clause
from souverain.doctrine.relation import Relation
from souverain.model import Finding, Phrase
from souverain.report.trace_markdown import escape
from souverain.rules.load import load_rules
from souverain.rules.model import Compared, Rule
from souverain.text import render
from souverain.trace import load_relation

FOLDER = "rules"
PROJECT = Path(__file__).parents[2]
TODAY = "2026-11-22"
"""Day the examples are judged on, unless they say another."""

FAMILIES = {
    "EXT": "Exposure to foreign law",
    "GOV": "Declarations and exceptions",
    "HDS": "Hosting of health data",
    "KEY": "Encryption and keys",
    "LOC": "Localisation",
    "REV": "Reversibility and resilience",
    "SNC": "SecNumCloud",
    "SRC": "What could not be analysed",
    "TEC": "Technical data and access",
}


@cache
def pages() -> dict[str, str]:
    """A page for each rule, and their index."""
    relation = load_relation()
    rules = load_rules(relation.doctrine)
    with _inside(PROJECT):
        written = {f"{rule.id}.md": _page(rule, rules, relation) for rule in rules}
    return {"index.md": _index(rules), **written}


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Reports show paths relative to the working directory."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


# --- index ----------------------------------------------------------------------------


def _index(rules: Sequence[Rule]) -> str:
    lines = [MARK, "", "# Rules", ""]
    lines += ["`souverain explain RULE` shows the same on a terminal, in English or French.", ""]
    for family, members in groupby(rules, lambda rule: rule.id[:3]):
        lines += [f"## {FAMILIES[family]}", "", "| Rule | Severity | Problem |", "|---|---|---|"]
        lines += [
            f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {escape(rule.title.en)} |"
            for rule in members
        ]
        lines.append("")
    return "\n".join(lines)


# --- one rule -------------------------------------------------------------------------


def _page(rule: Rule, rules: Sequence[Rule], relation: Relation) -> str:
    lines = [
        MARK,
        "",
        f"# {rule.id}: {rule.name}",
        "",
        f"**{_sentence(rule.title.en)}**",
        "",
        f"*{_sentence(rule.title.fr)}*",
        "",
        f"Severity: {rule.severity}; when it cannot be decided: {rule.undecided}."
        + ("" if rule.ignorable else " No exception sets it aside."),
        "",
        *_section("Why", [escape(rule.why.en)]),
        *_section("What to do", _remedy(rule)),
        *_section("Clauses", _clauses(rule.clauses)),
        *_section("Read with", _guards(relation.guards_of(rule.id))),
        *_section("Lowered", _lowered(rule)),
        *_section("Said already by", [_link(other) for other in rule.yields_to]),
        *_section("See also", list(_see_also(rule, rules))),
        *_section("Other tools ask the opposite", _compared(rule.opposed)),
        *_section("Other tools ask the same", _compared(rule.echoed)),
        *_examples(rule),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _sentence(title: str) -> str:
    return f"{escape(title[0].upper() + title[1:])}."


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""] if lines else []


def _remedy(rule: Rule) -> list[str]:
    return [escape(rule.remediation.en.split("\n")[0])]


def _clauses(clauses: Sequence[Clause]) -> list[str]:
    if not clauses:
        return ["None: it rests on what the project says, or on what the linter could not read."]
    rows = [
        f"| {_source(clause)} | {escape(_en(clause.summary))} | {_dates(clause)} "
        f"| {clause.text.basis} | {clause.confidence} |"
        for clause in clauses
    ]
    return [
        "| Clause | What it says | Applies | Basis | Confidence |",
        "|---|---|---|---|---|",
        *rows,
    ]


def _source(clause: Clause) -> str:
    title = escape(_en(clause.text.short))
    named = f"[{title}]({clause.text.url})" if clause.text.url else title
    return f"`{clause.id}`: {named}, {escape(_en(clause.locator))}"


def _dates(clause: Clause) -> str:
    start = clause.start or clause.text.start
    end = clause.end or clause.text.end
    return " ".join(filter(None, (f"from {start}" if start else "", f"until {end}" if end else "")))


def _guards(clauses: Sequence[Clause]) -> list[str]:
    return [
        f"- `{clause.id}` ({escape(_en(clause.text.short))}): {escape(_en(clause.ending.reason))}"
        for clause in clauses
        if clause.ending.reason
    ]


def _lowered(rule: Rule) -> list[str]:
    return [f"- to {easing.to}: {escape(_en(easing.because))}" for easing in rule.eased]


def _link(rule: str) -> str:
    return f"- [{rule}]({rule}.md)"


def _see_also(rule: Rule, rules: Sequence[Rule]) -> Iterator[str]:
    """Rules that may speak beside this one, and those that are silent where it speaks."""
    for name, why in rule.see_also:
        yield f"{_link(name) if name in {r.id for r in rules} else f'- {name}'}: {escape(why.en)}"
    for other in rules:
        reasons = [why for name, why in other.see_also if rule.id.startswith(name)]
        yield from (f"{_link(other.id)}: {escape(why.en)}" for why in reasons)
        if rule.id in other.yields_to:
            yield f"{_link(other.id)}: silent where this rule weighs as much."


def _compared(others: Sequence[Compared]) -> list[str]:
    return [
        f"- {other.tool} ({', '.join(other.checks)}): {escape(other.ask.en)}" for other in others
    ]


def _en(sentence: Phrase) -> str:
    return render(sentence, "en")


# --- examples -------------------------------------------------------------------------


def _examples(rule: Rule) -> Iterator[str]:
    impossible = dict(rule.examples.never)
    kinds = (
        ("Flagged", "bad", rule.examples.bad),
        ("Not flagged", "good", rule.examples.good),
        ("Undecided", "unknown", rule.examples.unknown),
    )
    for title, kind, folders in kinds:
        for folder in folders:
            # Of rules that leave the same question open, one speaks for all.
            alone = (rule.id,) if kind == "unknown" else ()
            yield from (f"## {title}", "", *_files(PROJECT / folder), *_said(rule, folder, alone))
        if kind in impossible:
            yield from (f"## {title}", "", f"Never. {escape(impossible[kind].en)}", "")


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            language = "yaml" if path.suffix == ".yaml" else "hcl"
            content = path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
            yield from (f"`{name}`", "", f"```{language}", content, "```", "")


def _said(rule: Rule, folder: str, select: tuple[str, ...]) -> Iterator[str]:
    day = rule.examples.as_of or TODAY
    found = [finding for finding in _findings(folder, day, select) if finding.rule == rule.id]
    if rule.examples.as_of and found:
        yield from (f"With `--as-of {day}`:", "")
    for finding in found:
        yield f"> {finding.severity} ({finding.verdict}): {escape(_en(finding.message))}"
        yield ""


@cache
def _findings(folder: str, day: str, select: tuple[str, ...]) -> tuple[Finding, ...]:
    request = Request((Path(folder),), date.fromisoformat(day), select=select)
    return analyse(request).findings
