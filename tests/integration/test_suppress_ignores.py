"""Ignores through the whole pipeline: what they cover, what they need, what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from souverain.analysis import Request, analyse
from souverain.cli.running import exit_code
from souverain.model import Report
from souverain.text import render

Project = Callable[..., Report]

DAY = date(2026, 11, 22)
UNTIL = 'until=2027-03-31 reason="emptied by then"'
REF = f'{UNTIL} ref="note 12"'

CLINIC = """\
version: 1
entity: private_health
systems: [{name: all, paths: ["**"], data: [health_personal], hosting_role: hosted_by_processor}]
"""
COMPANY = """\
version: 1
entity: private_company
systems: [{name: all, paths: ["**"], data: [personal]}]
"""
VIRGINIA = 'provider "aws" {\n  region = "us-east-1"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def run(files: dict[str, str], day: date = DAY, **options: object) -> Report:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return analyse(Request((Path(),), day, **options))  # type: ignore[arg-type]

    return run


def live(report: Report, *families: str) -> list[str]:
    return sorted(
        f"{f.rule} {f.address}".rstrip()
        for f in report.findings
        if f.suppressed is None and f.rule.startswith(families or "LOC")
    )


def aside(report: Report) -> list[str]:
    return sorted(f"{f.rule} {f.address}" for f in report.findings if f.suppressed is not None)


def said(report: Report) -> list[tuple[str, str, int, str]]:
    """Rule, file, line and sentence of what is said about ignores."""
    return [
        (f.rule, f.span.file, f.span.line, render(f.message, "en"))
        for f in report.findings
        if f.rule.startswith("GOV02")
    ]


# --- where an ignore counts ---------------------------------------------------------------


@pytest.mark.parametrize(
    "main",
    [
        f"{VIRGINIA}# souverain: ignore[LOC002] {REF}\n{BUCKET}",
        VIRGINIA + BUCKET.replace("{\n", f"{{ // souverain: ignore[LOC002] {REF}\n"),
        f"{VIRGINIA}/* souverain: ignore[LOC002] {REF} */\n# why\n{BUCKET}",
        VIRGINIA.replace('"us-east-1"', f'"us-east-1" # souverain: ignore[LOC002] {REF}') + BUCKET,
        VIRGINIA.replace("  region", f"  # souverain: ignore[LOC002] {REF}\n  region") + BUCKET,
        f"# souverain: ignore[LOC002] {REF}\n{VIRGINIA}{BUCKET}",
        f"{VIRGINIA}# souverain: ignore[personal-data-in-third-country-without-adequacy] {REF}\n"
        + BUCKET,
    ],
    ids=["above-block", "on-block", "stacked", "attribute", "above-it", "provider", "by-name"],
)
def test_places_that_count(main: str, project: Project) -> None:
    names = {"personal-data-in-third-country-without-adequacy": loc002_name()}
    for old, new in names.items():
        main = main.replace(old, new)
    report = project({"souverain.yaml": COMPANY, "main.tf": main})
    assert (live(report), aside(report)) == ([], ["LOC002 aws_s3_bucket.b"])
    assert said(report) == []
    assert exit_code(report) == 0


def loc002_name() -> str:
    from souverain.doctrine import load_doctrine
    from souverain.rules.load import load_rules

    return next(rule.name for rule in load_rules(load_doctrine()) if rule.id == "LOC002")


@pytest.mark.parametrize(
    "main",
    [
        f"# souverain: ignore[LOC002] {REF}\n\n{VIRGINIA}{BUCKET}",
        VIRGINIA + BUCKET.replace('"b"\n}', f'"b" # souverain: ignore[LOC002] {REF}\n}}'),
        VIRGINIA + BUCKET.replace("}\n", f"}} # souverain: ignore[LOC002] {REF}\n"),
        f'{VIRGINIA}{BUCKET}resource "aws_vpc" "v" {{\n  # souverain: ignore[LOC002] {REF}\n}}\n',
    ],
    ids=["empty-line", "other-attribute", "end-of-block", "other-block"],
)
def test_places_that_do_not(main: str, project: Project) -> None:
    report = project({"souverain.yaml": COMPANY, "main.tf": main})
    assert (live(report), aside(report)) == (["LOC002 aws_s3_bucket.b"], [])
    ((rule, file, line, sentence),) = said(report)
    assert (rule, file) == ("GOV022", "main.tf")
    assert "souverain: ignore" in main.splitlines()[line - 1]
    assert sentence == "this ignore sets nothing aside: nothing for LOC002 to find here"
    assert exit_code(report) == 1


def test_a_string_or_a_heredoc_is_no_comment(project: Project) -> None:
    inside = f"# souverain: ignore[LOC002] {REF}".replace('"', "'")
    bucket = BUCKET.replace('"b"\n}', f'"{inside}"\n  tags = {{ x = <<E\n{inside}\nE\n  }}\n}}')
    report = project({"souverain.yaml": COMPANY, "main.tf": VIRGINIA + bucket})
    assert (live(report), aside(report), said(report)) == (["LOC002 aws_s3_bucket.b"], [], [])


def test_an_ignore_in_a_called_module_holds_for_every_call(project: Project) -> None:
    call = 'module "{0}" {{\n  source = "../../m"\n}}\n'
    report = project(
        {
            "souverain.yaml": COMPANY,
            "envs/a/main.tf": VIRGINIA + call.format("one") + call.format("two"),
            "envs/b/main.tf": VIRGINIA + call.format("three"),
            "m/main.tf": f"# souverain: ignore[LOC002] {REF}\n{BUCKET}",
        }
    )
    assert live(report) == []
    assert aside(report) == [f"LOC002 module.{n}.aws_s3_bucket.b" for n in ("one", "three", "two")]
    assert said(report) == []


def test_an_ignore_on_a_call_holds_for_what_it_creates_and_nothing_else(project: Project) -> None:
    report = project(
        {
            "souverain.yaml": COMPANY,
            "main.tf": (
                f"{VIRGINIA}# souverain: ignore[LOC002] {REF}\n"
                'module "one" {\n  source = "./m"\n}\nmodule "two" {\n  source = "./m"\n}\n'
            ),
            "m/main.tf": 'module "inner" {\n  source = "./n"\n}\n',
            "m/n/main.tf": BUCKET,
        }
    )
    assert aside(report) == ["LOC002 module.one.module.inner.aws_s3_bucket.b"]
    assert live(report) == ["LOC002 module.two.module.inner.aws_s3_bucket.b"]


def test_a_downloaded_module_does_not_speak_for_itself(project: Project) -> None:
    import json

    modules = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "m", "Source": "registry.terraform.io/x/y/aws", "Dir": ".terraform/modules/m"},
    ]
    files = {
        "souverain.yaml": COMPANY,
        "main.tf": f'{VIRGINIA}module "m" {{\n  source = "x/y/aws"\n}}\n',
        ".terraform/modules/modules.json": json.dumps({"Modules": modules}),
        ".terraform/modules/m/main.tf": f"# souverain: ignore[LOC002] {REF}\n{BUCKET}",
    }
    report = project(files)
    assert (live(report), said(report)) == (["LOC002 module.m.aws_s3_bucket.b"], [])
    call = f"# souverain: ignore[LOC002] {REF}\nmodule"
    report = project({"main.tf": files["main.tf"].replace("module", call, 1)})
    assert (live(report), said(report)) == ([], [])


def test_a_plan_is_covered_by_the_source_beside_it(project: Project) -> None:
    import json

    resource = {
        "address": "aws_s3_bucket.b",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "b",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": {"bucket": "b", "region": "us-east-1"},
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [resource]}},
        "resource_changes": [
            {**resource, "change": {"actions": ["create"], "after": resource["values"]}}
        ],
        "configuration": {},
    }
    report = project(
        {
            "souverain.yaml": COMPANY,
            "main.tf": f"{VIRGINIA}# souverain: ignore[LOC002] {REF}\n{BUCKET}",
            "plan.json": json.dumps(plan),
        }
    )
    assert {e.path: e.status for e in report.ledger.entries}["plan.json"] == "analysed"
    assert (live(report), aside(report)) == ([], ["LOC002 aws_s3_bucket.b"])


# --- what it needs ------------------------------------------------------------------------


def test_what_rests_on_law_is_contested_and_needs_a_reference(project: Project) -> None:
    def main(fields: str) -> str:
        return f"{VIRGINIA}# souverain: ignore[LOC001] {fields}\n{BUCKET}"

    report = project({"souverain.yaml": CLINIC, "main.tf": main(UNTIL)})
    assert "LOC001 aws_s3_bucket.b" in live(report)
    assert said(report) == [
        (
            "GOV020",
            "main.tf",
            4,
            "this ignore has no effect: LOC001 rests on law here: "
            'add ref="…", the assessment that contests it',
        )
    ]
    report = project({"main.tf": main(REF)})
    (contested,) = (f.suppressed for f in report.findings if f.suppressed)
    assert contested.contested
    assert (contested.kind, contested.until, contested.ref) == ("inline", "2027-03-31", "note 12")
    assert contested.span is not None
    assert contested.span.line == 4
    assert said(report) == []


def test_what_rests_on_no_law_needs_no_reference_and_is_not_contested(project: Project) -> None:
    main = VIRGINIA.replace("us-east-1", "eu-west-3")
    main += f"# souverain: ignore[EXT002] {UNTIL}\n{BUCKET}"
    report = project({"souverain.yaml": CLINIC, "main.tf": main})
    (ignored,) = (f.suppressed for f in report.findings if f.suppressed)
    assert not ignored.contested
    assert said(report) == []


@pytest.mark.parametrize(
    ("entity", "rule", "until", "counts"),
    [
        ("law", "LOC001", "2027-11-22", True),
        ("law", "LOC001", "2027-11-23", False),
        ("framework", "EXT002", "2029-11-22", True),
        ("framework", "EXT002", "2029-11-23", False),
    ],
)
def test_an_ignore_reaches_only_so_far(
    entity: str, rule: str, until: str, counts: bool, project: Project
) -> None:
    comment = f'# souverain: ignore[{rule}] until={until} reason="x" ref="y"\n'
    report = project({"souverain.yaml": CLINIC, "main.tf": VIRGINIA + comment + BUCKET})
    assert (f"{rule} aws_s3_bucket.b" in aside(report)) is counts
    told = said(report)
    if counts:
        assert told == []
    else:
        ((gov, _, line, sentence),) = told
        months = {"law": "12 months", "framework": "36 months"}[entity]
        assert (gov, line) == ("GOV020", 4)
        assert months in sentence


@pytest.mark.parametrize(("day", "counts"), [("2027-03-31", True), ("2027-04-01", False)])
def test_an_ignore_ends(day: str, counts: bool, project: Project) -> None:
    main = f"{VIRGINIA}# souverain: ignore[LOC002] {REF}\n{BUCKET}"
    report = project({"souverain.yaml": COMPANY, "main.tf": main}, date.fromisoformat(day))
    if counts:
        assert (live(report), said(report)) == ([], [])
    else:
        assert live(report) == ["LOC002 aws_s3_bucket.b"]
        ((rule, _, _, sentence),) = said(report)
        assert rule == "GOV021"
        assert sentence == (
            "this ignore has ended: it ended on 2027-03-31; LOC002 is reported again"
        )
        (evidence,) = next(f for f in report.findings if f.rule == "GOV021").evidence
        assert evidence.span == next(f for f in report.findings if f.rule == "LOC002").span


def test_what_cannot_be_ignored(project: Project) -> None:
    files = {
        "souverain.yaml": COMPANY.replace("[personal]", "[classified]"),
        "main.tf": (
            f"# souverain: ignore[SRC001, GOV002, GOV022, LOC999] {REF}\n{VIRGINIA}{BUCKET}"
        ),
        "broken.tf": f"# souverain: ignore[SRC001] {REF}\na = = 1\n",
    }
    report = project(files)
    assert aside(report) == []
    assert {"GOV002", "SRC001"} <= {f.rule for f in report.findings}
    assert exit_code(report) == 2
    told = {(rule, file, text.split(": ", 1)[1]) for rule, file, _, text in said(report)}
    assert told == {
        ("GOV023", "broken.tf", "SRC001 cannot be ignored"),
        ("GOV020", "main.tf", "there is no rule “LOC999”"),
        ("GOV023", "main.tf", "SRC001 cannot be ignored"),
        ("GOV023", "main.tf", "GOV002 cannot be ignored"),
        ("GOV023", "main.tf", "GOV022 cannot be ignored"),
    }


# --- what it does not hide ----------------------------------------------------------------


def test_what_another_rule_says_as_well_is_told_in_its_place(project: Project) -> None:
    plain = project({"souverain.yaml": CLINIC, "main.tf": VIRGINIA + BUCKET})
    assert live(plain) == ["LOC001 aws_s3_bucket.b"]
    report = project({"main.tf": f"{VIRGINIA}# souverain: ignore[LOC001] {REF}\n{BUCKET}"})
    assert live(report) == ["LOC002 aws_s3_bucket.b"]
    report = project({"main.tf": f"{VIRGINIA}# souverain: ignore[LOC001, LOC002] {REF}\n{BUCKET}"})
    assert live(report) == []


def test_an_ignore_of_what_is_said_otherwise_is_not_unused(project: Project) -> None:
    report = project(
        {
            "souverain.yaml": CLINIC,
            "main.tf": f"{VIRGINIA}# souverain: ignore[LOC002] {REF}\n{BUCKET}",
        }
    )
    assert live(report) == ["LOC001 aws_s3_bucket.b"]
    assert said(report) == []


def test_a_question_that_other_rules_ask_stays(project: Project) -> None:
    main = (
        'variable "region" {}\nprovider "aws" {\n  region = var.region\n}\n'
        f"# souverain: ignore[LOC003] {REF}\n{BUCKET}"
    )
    plain = project({"souverain.yaml": CLINIC, "main.tf": main.replace("souverain:", "")})
    assert undecided(plain) == {"LOC003"}
    (other,) = undecided(project({"main.tf": main}))
    assert other in ("LOC001", "LOC002")


def undecided(report: Report) -> set[str]:
    found = (f for f in report.findings if f.verdict == "undecided" and f.suppressed is None)
    return {finding.rule for finding in found if finding.rule.startswith("LOC")}


def test_rules_that_were_not_run_leave_no_ignore_unused(project: Project) -> None:
    main = f"{VIRGINIA}# souverain: ignore[LOC002, SNC001] {REF}\n{BUCKET}"
    report = project({"souverain.yaml": COMPANY, "main.tf": main}, select=("LOC", "GOV02"))
    assert said(report) == []
    report = project({}, select=("SNC001", "GOV02"))
    assert [text for _, _, _, text in said(report)] == [
        "this ignore sets nothing aside: nothing for SNC001 to find here"
    ]


def test_a_part_of_a_project_does_not_make_an_ignore_of_a_shared_module_unused(
    project: Project, tmp_path: Path
) -> None:
    call = 'module "m" {\n  source = "../../m"\n}\n'
    files = {
        "souverain.yaml": COMPANY,
        "envs/us/main.tf": VIRGINIA + call,
        "envs/fr/main.tf": VIRGINIA.replace("us-east-1", "eu-west-3") + call,
        "m/main.tf": f"# souverain: ignore[LOC002] {REF}\n{BUCKET}",
    }
    assert said(project(files)) == []
    for path in ("envs/fr", "envs/us", "m/main.tf", "m"):
        assert said(analyse(Request((tmp_path / path,), DAY))) == [], path


def test_the_declaration_that_is_missing_can_be_ignored_like_the_rest(project: Project) -> None:
    report = project({"main.tf": f"# souverain: ignore[GOV001] {UNTIL}\n{VIRGINIA}{BUCKET}"})
    assert aside(report) == ["GOV001 "]


def test_the_findings_do_not_depend_on_where_the_run_starts(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = f"{VIRGINIA}# souverain: ignore[LOC001] {UNTIL}\n{BUCKET}"
    here = project({"souverain.yaml": CLINIC, "envs/main.tf": main})
    monkeypatch.chdir(tmp_path / "envs")
    there = analyse(Request((tmp_path,), DAY))
    assert {f.fingerprint for f in here.findings} == {f.fingerprint for f in there.findings}


def test_what_is_said_of_an_ignore_keeps_its_fingerprint(project: Project) -> None:
    comment = '# souverain: ignore[LOC002, SNC001] until=2040-01-01 reason="x" ref="y"\n'
    main = VIRGINIA + comment + BUCKET
    runs = []
    for day, above in ((DAY, ""), (date(2026, 11, 30), "\n\n")):
        report = project({"souverain.yaml": COMPANY, "main.tf": above + main}, day)
        found = [f for f in report.findings if f.rule.startswith("GOV02")]
        runs.append({(f.rule, f.fingerprint) for f in found})
    assert len(runs[0]) == 2
    assert runs[0] == runs[1]


HOSTILE = ("\x1b[31m", "::error::x", "<script>", "%0A", "](x)", "\u202e", 'a\\"b')


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_hostile_reason_is_escaped(
    reason: str, project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    from souverain.cli.app import run

    main = (
        f'{VIRGINIA}# souverain: ignore[LOC002] until=2027-03-31 ref="{reason}" reason="{reason}"'
    )
    project({"souverain.yaml": COMPANY, "main.tf": f"{main}\n{BUCKET}"})
    for form in ("text", "github", "html", "markdown"):
        assert run(["check", "--as-of", "2026-11-22", "--format", form, "--show-suppressed"]) == 0
        shown = capfd.readouterr().out
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "<script>" not in shown or form in ("text", "github")
        assert not any(line.startswith("::error::x") for line in shown.splitlines())
