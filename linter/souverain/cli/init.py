"""``souverain init``: a first souverain.yaml."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from souverain.cli.locale import default_language

if TYPE_CHECKING:
    from souverain.model import Lang

_STANDARD_OUTPUT = Path("-")


@click.command(
    "init",
    epilog="""\b
Examples:
  souverain init
  souverain init --output -         show it, write nothing
  souverain init envs/prod --lang fr
""",
)
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=Path())
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Where to write; - is standard output. Default: souverain.yaml at the project root.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "fr"]),
    help="Language of comments. Default: from the locale.",
)
def command(path: Path, *, force: bool, output: Path | None, lang: Lang | None) -> None:
    """Look at the files and write a commented souverain.yaml.

    It says what was found and what could not be known. What only you know is left in
    comments: nothing is declared for you.
    """
    from souverain.analysis import Request
    from souverain.catalog import load_catalog
    from souverain.cli.errors import ConfigurationError
    from souverain.cli.running import analysed
    from souverain.initialise import document, survey
    from souverain.model import phrase
    from souverain.report.terminal import clean
    from souverain.sources import MANIFEST, project_root
    from souverain.text import render

    root = project_root(Path(os.path.abspath(path)))  # noqa: PTH100 - links stay as written
    target = output or Path(os.path.relpath(root / MANIFEST))
    language = lang or default_language()
    if target != _STANDARD_OUTPUT:
        _refuse_to_overwrite(target, language, force=force)
    report = analysed(Request(paths=(path,), as_of=date.today(), declared=False), language)
    found = survey(report, load_catalog(), root, Path.cwd())
    text = document(found, language)
    if target == _STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigurationError(f"{target}: {error.strerror}") from None
    click.echo(render(phrase("init.written", path=str(target)), language, clean), err=True)


def _refuse_to_overwrite(target: Path, language: Lang, *, force: bool) -> None:
    from souverain.cli.errors import ConfigurationError
    from souverain.model import phrase
    from souverain.report.terminal import clean
    from souverain.text import render

    # A link in the tree could lead anywhere.
    key = "init.is-link" if target.is_symlink() else "init.exists"
    if target.is_symlink() or (target.exists() and not force):
        raise ConfigurationError(render(phrase(key, path=str(target)), language, clean))
