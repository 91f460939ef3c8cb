"""``souverain explain``: what is known of anything a report names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from souverain.model import Lang, phrase

if TYPE_CHECKING:
    from souverain.explain import Knowledge, UnknownNameError


@click.command(
    "explain",
    epilog="""\b
Examples:
  souverain explain LOC001               a rule, down to the law it comes from
  souverain explain FR-HDS-2.0:EXI28     a clause: whom it binds, since when, who checks it
  souverain explain eu-west-2            the regions of that name, each with its country
""",
)
@click.argument("name")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option(
    "--lang", type=click.Choice(["en", "fr"]), help="Language (JSON is in English always)."
)
def command(name: str, form: str, lang: Lang | None) -> None:
    """Explain a rule, clause, text, operator, offer or region.

    NAME may be any of these, or a press article the project started from.
    A clause may be given by its last part (EXI28) when that is enough.
    """
    from souverain.cli.errors import ConfigurationError
    from souverain.cli.locale import default_language
    from souverain.explain import UnknownNameError
    from souverain.report import sheet

    language = lang or default_language()
    try:
        sheets = _knowledge().explain(name)
    except UnknownNameError as error:
        raise ConfigurationError(_unknown(error, language)) from None
    sys.stdout.write(sheet.as_json(sheets) if form == "json" else sheet.text(sheets, language))


def _knowledge() -> Knowledge:
    from souverain.catalog import load_catalog
    from souverain.doctrine import load_doctrine
    from souverain.explain import Knowledge
    from souverain.rules.load import load_rules
    from souverain.trace import relation

    doctrine = load_doctrine()
    rules = load_rules(doctrine)
    return Knowledge(relation(doctrine, rules), {rule.id: rule for rule in rules}, load_catalog())


def _unknown(error: UnknownNameError, lang: Lang) -> str:
    from souverain.report.terminal import clean
    from souverain.text import render

    if error.close:
        said = phrase("explain.did-you-mean", name=error.name, close=", ".join(error.close))
    else:
        said = phrase("explain.unknown", name=error.name)
    return render(said, lang, clean)
