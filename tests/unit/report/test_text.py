"""Snapshots of the exact terminal output."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from souverain.doctrine import Doctrine
from souverain.model import Evidence, Ledger, Report, SourceText, Span, inline
from souverain.report.table import inventory
from souverain.report.terminal import clean, excerpt, width
from souverain.report.text import Style, check

CLOSING = """\
not read: a.tf:3:3: The file does not exist.
undecided: k8s/0.yaml, k8s/1.yaml, k8s/2.yaml and 2 more: It holds nothing.
Sources: 8 (analysed 1, undecided 5, skipped 1, failed 1).
Assets that store or process data, or may: 2.
Findings: 5 (errors 3, warnings 1, infos 1; undecided among them 1); suppressed: 1.
Law and certificates as of 2026-11-22; facts about operators as seen on 2026-11-20.
Not checked: contracts, practices, and whatever is changed outside these files.
First run? `souverain init` writes the declarations that GOV001 asks for. `souverain check \
--write-baseline souverain-baseline.json` accepts what is there today, so that only what is \
new fails.
"""

FINDINGS = """\
envs/prod/main.tf:2:2: error[LOC001] aws_s3_bucket.patients stores health data in us-east-1 (US)
  |
2 |     region = "us-east-1" …
  |     ^^^^^^^^^^^^^^^^^^^^
  = note: tag data=health ← envs/prod/main.tf:3
  = note: run by AWS
  = clause: FR-HDS-2.0:EXI28 (HDS framework 2.0, EXI28); also OURS:1
  = help: Move it to an EEA region.
  = also: 1 more like it: aws_s3_bucket.scans["\\x1b[31m"]
envs/prod/main.tf:2:2: warning[EXT001] aws_s3_bucket.patients stores health data in us-east-1 (US)
  = help: Move it to an EEA region.
envs/prod/main.tf:2:2: info[EXT002] aws_s3_bucket.patients stores health data in us-east-1 (US)

envs/prod/main.tf:1:1: error[GOV001] Declare:
  entity: …
  |
1 | resource …
  | ^^^^^^^^
  = help: Move it to an EEA region.

"""


def test_findings(report: Report, doctrine: Doctrine) -> None:
    assert check(report, doctrine, Style()) == FINDINGS + CLOSING


def test_in_french(report: Report, doctrine: Doctrine) -> None:
    lines = check(report, doctrine, Style("fr")).splitlines()
    assert lines[0] == (
        "envs/prod/main.tf:2:2: erreur[LOC001] "
        "aws_s3_bucket.patients stocke des données de santé à us-east-1 (US)"
    )
    assert "  = aide : Déplacez-le dans une région de l’EEE." in lines
    clause = "  = clause : FR-HDS-2.0:EXI28 (référentiel HDS 2.0, EXI28) ; ainsi que OURS:1"
    assert clause in lines
    assert lines[-6] == "Sources : 8 (analysées 1, indécises 5, écartées 1, en échec 1)."


def test_quiet_is_one_line_per_finding(report: Report, doctrine: Doctrine) -> None:
    story = "aws_s3_bucket.patients stores health data in us-east-1 (US)"
    assert check(report, doctrine, Style(verbosity=-1)).splitlines() == [
        f"envs/prod/main.tf:2:2: error[LOC001] {story}",
        '  = also: 1 more like it: aws_s3_bucket.scans["\\x1b[31m"]',
        f"envs/prod/main.tf:2:2: warning[EXT001] {story}",
        f"envs/prod/main.tf:2:2: info[EXT002] {story}",
        "",
        "envs/prod/main.tf:1:1: error[GOV001] Declare:",
        "  entity: …",
        "",
        *CLOSING.splitlines()[2:5],
        CLOSING.splitlines()[-1],
    ]


def test_an_address_found_in_several_roots_is_named_once(
    report: Report, doctrine: Doctrine
) -> None:
    like = next(f for f in report.findings if f.address.startswith("aws_s3_bucket.scans"))
    again = tuple(replace(like, root=root) for root in ("envs/dev", "envs/stage"))
    text = check(replace(report, findings=(*report.findings, *again)), doctrine, Style())
    assert '  = also: 3 more like it: aws_s3_bucket.scans["\\x1b[31m"]\n' in text


def test_verbose_shortens_nothing(report: Report, doctrine: Doctrine) -> None:
    text = check(report, doctrine, Style(verbosity=1))
    assert "k8s/0.yaml, k8s/1.yaml, k8s/2.yaml, k8s/3.yaml, k8s/4.yaml: It holds" in text
    assert "skipped: ci.yaml: Not a Kubernetes object." in text
    assert "EXI28)\n  = clause: OURS:1\n" in text


def test_long_lists_are_cut_and_counted(report: Report, doctrine: Doctrine) -> None:
    first = report.findings[4]
    notes = tuple(Evidence("region", inline(f"step {n}", f"étape {n}")) for n in range(7))
    clauses = tuple(f"OURS:{n}" for n in range(8))
    crowd = tuple(
        replace(first, address=f"b.x{n}", evidence=notes, clauses=clauses) for n in range(6)
    )
    text = check(replace(report, findings=crowd), doctrine, Style())
    assert "  = also: 5 more like it: b.x1, b.x2, b.x3, …" in text
    assert "  = note: step 4\n  = note: 2 more (-v shows them)\n  = clause:" in text
    assert "OURS:0; also OURS:1, OURS:2, OURS:3, OURS:4, OURS:5, 2 more (-v shows them)" in text
    full = check(replace(report, findings=crowd), doctrine, Style(verbosity=1))
    assert "  = also: 5 more like it: b.x1, b.x2, b.x3, b.x4, b.x5\n" in full
    assert "  = note: step 6\n  = clause:" in full


def test_without_findings_it_says_what_was_looked_at(report: Report, doctrine: Doctrine) -> None:
    bare = replace(report, findings=(), ledger=Ledger(report.ledger.entries[:1]))
    text = check(bare, doctrine, Style())
    assert text.splitlines()[:3] == [
        "Sources: 1 (analysed 1, undecided 0, skipped 0, failed 0).",
        "Assets that store or process data, or may: 2.",
        "Findings: 0 (errors 0, warnings 0, infos 0; undecided among them 0); suppressed: 0.",
    ]
    assert "compliant" not in text.lower()


def test_colour_only_adds_escapes(report: Report, doctrine: Doctrine) -> None:
    painted = check(report, doctrine, Style(color=True))
    assert click.unstyle(painted) == FINDINGS + CLOSING
    assert "\x1b[31m" in painted


def test_scenario_is_named(report: Report, doctrine: Doctrine) -> None:
    one = replace(report.findings[4], scenario="prod")
    line = check(replace(report, findings=(one,)), doctrine, Style()).splitlines()[0]
    assert line.startswith("envs/prod/main.tf:2:2: error[LOC001] [prod] aws_s3_bucket")


# --- the register -------------------------------------------------------------------------


def test_register(report: Report) -> None:
    lines = inventory(report, Style()).splitlines()
    assert [" ".join(line.split()) for line in lines[:6]] == [
        "envs/prod",
        "resource role operator and service place data foreign law SecNumCloud / HDS",
        "aws_s3_bucket.patients stores aws amazon-s3 us-east-1 (US) | eu-west-3 (FR) "
        "health_personal (declared) US, CN? no / qualified | unknown / in progress",
        "? The file does not exist.",
        "→ replication: aws amazon-s3 us-west-2 (US)",
        'aws_s3_bucket.scans["\\x1b[31m"] unknown unknown - - - unknown / unknown',
    ]
    assert lines[6] == "    ? The file is larger than 10 MB, the limit for one file."
    assert lines[2].index("stores") == lines[1].index("role") == lines[5].index("unknown")
    assert not any(line.startswith("Findings") for line in lines)


def test_register_of_everything(report: Report) -> None:
    assert "aws_iam_role.r" not in inventory(report, Style())
    shown = inventory(report, Style(), everything=True)
    (line,) = [line for line in shown.splitlines() if "aws_iam_role.r" in line]
    assert line.split()[:6] == [
        "aws_iam_role.r",
        "configures",
        "aws",
        "amazon-s3",
        "any",
        "country",
    ]


def test_register_of_nothing(report: Report) -> None:
    text = inventory(replace(report, assets=()), Style())
    assert text.startswith("No resource that stores or processes data was found.\n")


# --- the terminal -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("é 東", "é 東"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\x9b2J\x7f", "\\x9b2J\\x7f"),
        ("\u202eevil\u2066\u200b", "\\u202eevil\\u2066\\u200b"),
        ("\u2028", "\\u2028"),
        ("\udce9", "\\udce9"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_width() -> None:
    assert [width(text) for text in ("ab", "é", "e\u0301", "東京")] == [2, 1, 1, 4]


def shown(line: str, marked: str) -> tuple[str, str]:
    data = line.encode()
    start = data.index(marked.encode())
    return excerpt(Span(SourceText("x.tf", data), start, start + len(marked.encode())))


@pytest.mark.parametrize(
    ("line", "marked", "expected"),
    [
        ('  region = "x"', 'region = "x"', ('  region = "x"', "  ^^^^^^^^^^^^")),
        ("\tregion = 1\r\n", "region = 1", ("    region = 1", "    ^^^^^^^^^^")),
        ('b { r = "東"  }', 'r = "東"', ('… r = "東"  }', "  ^^^^^^^^")),
        ("r = [1, # why\n 2]", "r = [1, # why\n 2]", ("r = [1, # why", "^^^^^^^^^^^^^")),
        ('password = "p", r = 1', "r = 1", ("… r = 1", "  ^^^^^")),
        ('r = 1 # token "t"', "r = 1", ("r = 1 …", "^^^^^")),
        ('u = "https://me:pw@h/"', 'u = "https://me:pw@h/"', ('u = "https://…@h/"', "^" * 18)),
        ('u = "https://h/hook/t0k3n?s=1"', None, ('u = "https://h/…"', "^" * 17)),
        ('v = { KEY = "s", "U" : "t" }', None, ('v = { KEY = "…", "U" : "…" }', "^" * 28)),
        ('v = [{ a = ["s", "a{b\\"c"] }]', None, ('v = [{ a = ["…", "…"] }]', "^" * 24)),
        ('"v":{"KEY":"s","U":"t', None, ('"v":{"KEY":"…","U":"…"', "^" * 22)),
        ('r = "us-${var.n}"', None, ('r = "us-${var.n}"', "^" * 17)),
        ('r = lookup(local.r, "fr", "x")', None, ('r = lookup(local.r, "fr", "x")', "^" * 30)),
        ('r = "\x1b[2J"', 'r = "\x1b[2J"', ('r = "\\x1b[2J"', "^" * 13)),
        ("  provider: aws", "aws", ("  provider: aws", " " * 12 + "^^^")),
        ('\t- "u": "https://ex/p" # x', "ex", ('    - "u": "https://ex …', " " * 20 + "^^")),
        ("{token: s, url: h}", "h", ("… h}", "  ^")),
        ("url: https://me:pw@example", "example", ("… example", "  " + "^" * 7)),
        ("x" * 500, "x" * 500, ("x" * 95 + "…", "^" * 96)),
        ("東" * 100, "東" * 100, ("東" * 47 + "…", "^" * 95)),
        ("{", "", ("{", "^")),
    ],
)
def test_excerpt(line: str, marked: str | None, expected: tuple[str, str]) -> None:
    assert shown(line, line if marked is None else marked) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('  token = "secret" +', ('  token = "…" +', " " * 15 + "^")),
        ('x = "secret', ('x = "…"', " " * 7 + "^")),
        ("x" * 200, ("…", "  ^")),
    ],
)
def test_excerpt_where_something_is_missing(line: str, expected: tuple[str, str]) -> None:
    source = SourceText("x.tf", line.encode())
    assert excerpt(Span(source, len(line), len(line))) == expected


def test_source_with_a_finding_is_not_told_twice(report: Report, doctrine: Doctrine) -> None:
    told = replace(report.findings[4], rule="SRC001", address="a.tf")
    text = check(replace(report, findings=(told,)), doctrine, Style())
    assert "not read: a.tf" not in text
    assert "undecided: k8s/0.yaml" in text
