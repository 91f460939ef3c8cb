"""``souverain trace``: which rule checks which clause of which text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from souverain.model import Lang

if TYPE_CHECKING:
    from souverain.doctrine.relation import Relation


@click.command(
    "trace",
    epilog="""\b
Examples:
  souverain trace                              the whole relation, on a terminal
  souverain trace --format html -o trace.html  the same as a page with links
""",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where it goes. Default: standard output.",
)
@click.option(
    "--lang", type=click.Choice(["en", "fr"]), help="Language (JSON is in English always)."
)
def command(form: str, output: Path | None, lang: Lang | None) -> None:
    """Show which rule checks which clause of which text.

    Every clause ends in one of three ways: checked by rules, a guard that restrains rules,
    or not mechanisable, with the reason. Claims of the press lead to the law of today.
    """
    from souverain.cli.locale import default_language
    from souverain.cli.running import write_file
    from souverain.trace import load_relation

    written = _written(form, lang or default_language(), load_relation())
    if output is None:
        sys.stdout.write(written)
    else:
        write_file(output, written)


def _written(form: str, lang: Lang, relation: Relation) -> str:
    from souverain.report import trace_html, trace_json, trace_markdown, trace_text

    if form == "json":
        return trace_json.trace(relation)
    if form == "markdown":
        return trace_markdown.trace(relation, lang)
    if form == "html":
        return trace_html.trace(relation, lang)
    return trace_text.trace(relation, lang)
