"""Which formats there are for findings and for the register. Each is imported when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from souverain.doctrine import Doctrine
    from souverain.model import Report
    from souverain.report.text import Style

CHECK = (
    "text",
    "json",
    "sarif",
    "junit",
    "gitlab",
    "gitlab-sast",
    "github",
    "markdown",
    "csv",
    "html",
)
INVENTORY = ("text", "json", "markdown", "csv", "html")


def check(form: str, report: Report, doctrine: Doctrine, style: Style) -> str:
    """The findings in one of :data:`CHECK`. Formats for programs are in English."""
    match form:
        case "json":
            from souverain.report import json

            return json.check(report)
        case "sarif":
            from souverain.report import sarif

            return sarif.check(report, doctrine, suppressed=style.suppressed)
        case "junit":
            from souverain.report import junit

            return junit.check(report)
        case "gitlab":
            from souverain.report import gitlab

            return gitlab.check(report, suppressed=style.suppressed)
        case "gitlab-sast":
            from souverain.report import gitlab_sast

            return gitlab_sast.check(report, doctrine, suppressed=style.suppressed)
        case "github":
            from souverain.report import github

            return github.check(report, style)
        case "markdown":
            from souverain.report import markdown

            return markdown.check(report, doctrine, style)
        case "csv":
            from souverain.report import csv

            return csv.check(report)
        case "html":
            from souverain.report import html

            return html.check(report, doctrine, style)
        case _:
            from souverain.report import text

            return text.check(report, doctrine, style)


def inventory(form: str, report: Report, style: Style, *, everything: bool) -> str:
    """The register in one of :data:`INVENTORY`."""
    match form:
        case "json":
            from souverain.report import json

            return json.inventory(report, everything=everything)
        case "markdown":
            from souverain.report import markdown

            return markdown.inventory(report, style, everything=everything)
        case "csv":
            from souverain.report import csv

            return csv.inventory(report, everything=everything)
        case "html":
            from souverain.report import html

            return html.inventory(report, style, everything=everything)
        case _:
            from souverain.report import table

            return table.inventory(report, style, everything=everything)
