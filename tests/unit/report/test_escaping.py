"""Names made to break out of a report: each format is read back by a parser of its own kind."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from souverain.doctrine import Doctrine
from souverain.model import (
    AssetFacts,
    Evidence,
    Finding,
    Ledger,
    Report,
    SourceEntry,
    SourceText,
    Span,
    Suppression,
    inline,
    phrase,
)
from souverain.report import formats, github
from souverain.report.terminal import clean
from souverain.report.text import Style

HOSTILE = (
    "\x1b[31mred\x1b]8;;https://evil.example\x07",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "https://evil.example www.evil.example",
    "](1)",
    r"a|b\|c\\|d",
    "`code` **bold** _it_ ~~no~~ $x$ <br>",
    "\n::error file=x::owned",
    "\r\n::add-mask::x",
    "%0A::warning::x",
    "file,line=9::x",
    "##[error]owned",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    'x;"=1+1',
    "\x00\x0b\ufffe\uffff",
    "]]></failure><error/>&lt;&#10;",
    "\u202egpj.exe\u2066\u200b",
    "\udcff\ud800",
    "# title\n- item",
    "&amp; &nbsp;",
)
STYLE = Style("en")


def named(report: Report, name: str) -> Report:
    """The report, with a name wherever a scanned file may bring one."""
    source = SourceText(f"{name}/main.tf", b"x = 1\n")
    span = Span(source, 0, 5)
    return replace(
        report,
        assets=tuple(renamed(entry, name) for entry in report.assets),
        findings=tuple(
            spoilt(finding, name, span, number) for number, finding in enumerate(report.findings)
        ),
        ledger=Ledger(
            (
                SourceEntry(source.path, "terraform", "analysed"),
                SourceEntry(name, "terraform", "failed", said(name), span),
                SourceEntry(f"{name}.yaml", "kubernetes", "undecided", said(name)),
            )
        ),
    )


def said(name: str) -> Any:
    return phrase("sources.unreadable", error=name)


def renamed(entry: AssetFacts, name: str) -> AssetFacts:
    asset = replace(entry.asset, address=f"{name}{entry.asset.address}", root=name, scenario=name)
    return replace(entry, asset=asset)


def set_aside(name: str, span: Span) -> Suppression:
    reason = inline("{a}", "{a}", a=name)
    return Suppression("inline", reason, "2027-03-31", ref=name, contested=True, span=span)


def spoilt(finding: Finding, name: str, span: Span, number: int) -> Finding:
    return replace(
        finding,
        message=inline("{a}", "{a}", a=name),
        address=name,
        root=name,
        scenario=name,
        system=name,
        span=span,
        evidence=(Evidence("data", inline("{a}", "{a}", a=name), span),),
        remediation=inline("{a} is\n{a}", "{a} is\n{a}", a=name),
        group=str(number),
        suppressed=set_aside(name, span) if finding.suppressed else None,
    )


@pytest.fixture(params=HOSTILE, ids=ascii)
def name(request: pytest.FixtureRequest) -> str:
    given: str = request.param
    return given


def written(form: str, report: Report, doctrine: Doctrine) -> tuple[str, ...]:
    """The findings, and the register when the format has it."""
    register = [
        formats.inventory(form, report, STYLE, everything=True)
        for known in formats.INVENTORY
        if known == form
    ]
    return (formats.check(form, report, doctrine, STYLE), *register)


@pytest.mark.parametrize("form", formats.CHECK)
def test_nothing_invisible(form: str, name: str, report: Report, doctrine: Doctrine) -> None:
    for text in written(form, named(report, name), doctrine):
        assert {unicodedata.category(c) for c in text if c != "\n"}.isdisjoint(
            {"Cc", "Cf", "Cs", "Zl", "Zp"}
        )


# --- workflow commands --------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def test_github_commands(name: str, report: Report, doctrine: Doctrine) -> None:
    lines = github.check(named(report, name), STYLE).splitlines()
    found = [COMMAND.fullmatch(line) for line in lines]
    # Five live findings and a contested one; a failed source that a finding speaks of; one
    # that none does.
    assert [f and f[1] for f in found] == ["error"] * 3 + ["warning"] + ["notice"] * 3
    for each in found:
        assert each is not None
        properties = dict(pair.split("=", 1) for pair in each[2].split(","))
        assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        shown = unescaped(properties["file"].replace("%3A", ":").replace("%2C", ","))
        assert shown in {clean(f"{name}/main.tf"), clean(f"{name}.yaml")}
    assert found[0] is not None
    assert unescaped(found[0][3]) == f"{clean(name)}\n{clean(name)} is\n{clean(name)}"


def unescaped(text: str) -> str:
    return text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


# --- Markdown and HTML --------------------------------------------------------------------


def shown_by(document: str) -> tuple[list[str], list[str], str]:
    """Kinds of tokens, links and raw HTML, and the text a reader sees."""
    kinds, active, text = [], [], []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document):
        kinds.append(token.type)
        for child in token.children or ():
            if child.type in {"link_open", "image"}:
                active.append(str(child.attrs.get("href") or child.attrs.get("src")))
            elif child.type == "html_inline":
                active.append(child.content)
            elif child.type not in {"text", "text_special", "link_close", "softbreak"}:
                active.append(child.type)
            text.append(child.content)
    return kinds, active, "".join(text)


def test_markdown(name: str, report: Report, doctrine: Doctrine) -> None:
    plain = written("markdown", named(report, "name"), doctrine)
    spoiled = written("markdown", named(report, name), doctrine)
    for calm, wild in zip(plain, spoiled, strict=True):
        kinds, active, text = shown_by(wild)
        assert (kinds, active) == shown_by(calm)[:2]
        assert set(active) <= {"<br>"}
        assert " ".join(clean(name).split()) in text
        assert not re.search(r"(?<!\\):(?=//)|www(?<!\\)\.", wild.replace("\\\\", ""))


class Page(HTMLParser):
    """Tags with their attributes, and the text between them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html(name: str, report: Report, doctrine: Doctrine) -> None:
    plain = written("html", named(report, "name"), doctrine)
    spoiled = written("html", named(report, name), doctrine)
    for calm, wild in zip(plain, spoiled, strict=True):
        page = Page(wild)
        assert page.tags == Page(calm).tags
        assert clean(name) in "".join(page.text)


# --- XML, CSV and JSON --------------------------------------------------------------------


def test_junit(name: str, report: Report, doctrine: Doctrine) -> None:
    def outline(form: str) -> list[tuple[str, tuple[str, ...]]]:
        root = ET.fromstring(formats.check("junit", named(report, form), doctrine, STYLE))  # noqa: S314
        return [(element.tag, tuple(element.attrib)) for element in root.iter()]

    assert outline(name) == outline("name")
    root = ET.fromstring(formats.check("junit", named(report, name), doctrine, STYLE))  # noqa: S314
    messages = {e.attrib["message"] for e in root.iter("failure")}
    assert {visible(m) for m in messages} == {visible(clean(name))}


def visible(text: str) -> str:
    """What no XML document can hold is written as its number."""
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def cells(document: str, separator: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(document), delimiter=separator):
        yield from row


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv(separator: str, name: str, report: Report, doctrine: Doctrine) -> None:
    for document in written("csv", named(report, name), doctrine):
        assert [c for c in cells(document, separator) if re.match(r"[\s\"]*[=+\-@]", c)] == []
    rows = list(csv.reader(io.StringIO(document)))
    assert {len(row) for row in rows} == {21}
    assert len(rows) == 4


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "gitlab-sast"])
def test_json(form: str, name: str, report: Report, doctrine: Doctrine) -> None:
    def outline(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: outline(member) for key, member in value.items()}
        return [outline(item) for item in value] if isinstance(value, list) else type(value)

    calm = written(form, named(report, "name"), doctrine)
    for plain, spoiled in zip(calm, written(form, named(report, name), doctrine), strict=True):
        assert spoiled.isascii()
        assert outline(json.loads(spoiled)) == outline(json.loads(plain))


def test_sarif_links_and_addresses(name: str, report: Report, doctrine: Doctrine) -> None:
    run = json.loads(formats.check("sarif", named(report, name), doctrine, STYLE))["runs"][0]
    for result in run["results"]:
        text = re.sub(r"\\.", "", result["message"]["text"])
        assert re.findall(r"\]\(([^)]*)\)", text) == ["1"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII)


def test_a_summary_that_is_too_long_says_so(report: Report, doctrine: Doctrine) -> None:
    many = tuple(
        replace(
            report.findings[1], group=str(n), fingerprint=str(n), message=inline(f"{n:0>900}é", "x")
        )
        for n in range(1300)
    )
    summary = github.summary(replace(report, findings=many), doctrine, STYLE)
    assert len(summary.encode()) <= github.SUMMARY_BYTES
    assert summary.endswith(" |\n\nThe rest is left out, as it is too long for a job summary.\n")
