"""``souverain catalog``: what is known, without looking at any project."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from souverain.cli.locale import default_language
from souverain.records import dataclass

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.catalog.model import TypeMapping
    from souverain.cli.answers import Row
    from souverain.facts.offers import OfferStanding
    from souverain.facts.standing import Scheme
    from souverain.model import Lang, Phrase

F = TypeVar("F", bound=Callable[..., Any])

VERSION = 1
_FIELDS = ("operator", "service", "layer", "capability", "role", "location", "matched_by")
_STATUSES = ("qualified", "renewal_unconfirmed", "in_progress", "unknown", "not_qualified", "any")


@click.group("catalog")
def command() -> None:
    """Query what is known of operators, offers and places.

    Nothing is claimed that no source shows: what is not known is said to be unknown.
    """


# --- what every question has in common ------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """How to answer."""

    form: str
    lang: Lang | None
    extends: tuple[Path, ...]
    as_of: datetime | None = None

    @property
    def day(self) -> date:
        """The day whose certificates count: ``--as-of``, else today."""
        return self.as_of.date() if self.as_of else date.today()

    def catalog(self) -> Catalog:
        """The catalogue, with the folders of ``--extends``."""
        from souverain.catalog import load_catalog
        from souverain.cli.errors import ConfigurationError
        from souverain.policystore import PolicyError

        catalog = load_catalog(self.extends)
        try:
            if self.extends:
                catalog.check()
        except PolicyError as error:
            raise ConfigurationError(str(error)) from None
        return catalog

    def answer(self, document: Row, lines: Iterable[Phrase]) -> None:
        """Prints the document, or the sentences."""
        import json

        if self.form == "json":
            click.echo(json.dumps({"version": VERSION, **document}, indent=2, ensure_ascii=False))
            return
        for line in lines:
            click.echo(self.said(line))

    def said(self, line: Phrase) -> str:
        """A sentence in the user's language."""
        from souverain.report.terminal import clean
        from souverain.text import render

        return render(line, self.lang or default_language(), clean)


def _question(*, dated: bool = False) -> Callable[[F], F]:
    """Options of a question. The command gets them as keywords of :class:`_Asked`."""
    options = [
        click.option(
            "--format", "form", type=click.Choice(["text", "json"]), default="text",
            show_default=True,
        ),
        click.option(
            "--lang",
            type=click.Choice(["en", "fr"]),
            help="Language of the text. Default: from the locale.",
        ),
        click.option(
            "--extends",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            multiple=True,
            metavar="FOLDER",
            help="Also use the facts of this folder, as in souverain.yaml.",
        ),
    ]  # fmt: skip
    if dated:
        options.append(
            click.option(
                "--as-of",
                type=click.DateTime(["%Y-%m-%d"]),
                metavar="DATE",
                help="Certificates of that day (2026-11-22). Default: today.",
            )
        )

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


# --- resource types -------------------------------------------------------------------


@command.command(
    "type",
    epilog="""\b
Example:
  souverain catalog type aws_s3_bucket google_sql_database_instance
""",
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_question()
def type_command(names: tuple[str, ...], **asked: Any) -> None:
    """Say what resource types are and what decides their place."""
    how = _Asked(**asked)
    catalog = how.catalog()
    rows = [_row(catalog, name) for name in names]
    if how.form == "json":
        how.answer({"types": rows}, ())
        return
    for row in rows:
        click.echo(row["type"])
        for field in (field for field in row if field != "type"):
            click.echo(f"  {field}: {row[field] or '-'}")


def _row(catalog: Catalog, name: str) -> dict[str, str | None]:
    """What a type is; and, when it creates what it is told to, what decides instead."""
    row = {"type": name, **_described(catalog.type(name))}
    generic = catalog.generic(name)
    return row if generic is None else {**row, "decided_by": generic.named_by or "template"}


def _described(mapping: TypeMapping | None) -> dict[str, str | None]:
    """The fields of the contract; every one is None for a type nobody knows."""
    if mapping is None:
        return dict.fromkeys(_FIELDS)
    return {
        "operator": mapping.family,
        "service": mapping.service,
        "layer": mapping.layer,
        "capability": mapping.capability,
        "role": mapping.role,
        "location": mapping.location.text,
        "matched_by": mapping.matched_by,
    }


# --- offers and certificates ----------------------------------------------------------


@command.command(
    epilog="""\b
Examples:
  souverain catalog offers --capability managed-kubernetes
  souverain catalog offers --scheme hds --capability object-storage --status any
"""
)
@click.option("--scheme", type=click.Choice(["secnumcloud", "hds"]), help="Default: both.")
@click.option(
    "--capability",
    metavar="NAME",
    help="Only services that do this: managed-kubernetes, object-storage, managed-database…",
)
@click.option("--status", type=click.Choice(_STATUSES), default="qualified", show_default=True)
@_question(dated=True)
def offers(scheme: Scheme | None, capability: str | None, status: str, **asked: Any) -> None:
    """List offers: which are qualified or certified, for what."""
    from souverain.facts.offers import standings
    from souverain.facts.standing import SCHEMES

    how = _Asked(**asked)
    catalog = how.catalog()
    if capability is not None and capability not in catalog.capabilities():
        raise click.BadParameter(
            f"no such capability; use one of {', '.join(catalog.capabilities())}",
            param_hint="--capability",
        )
    schemes = (scheme,) if scheme else SCHEMES
    found = [
        standing
        for standing in standings(catalog, how.day, schemes, capability)
        if status in ("any", standing.status)
    ]
    _answer_offers(how, catalog, found)


def _answer_offers(how: _Asked, catalog: Catalog, found: Sequence[OfferStanding]) -> None:
    from souverain.cli.answers import offer_lines, offer_row

    lines = [line for standing in found for line in offer_lines(standing)]
    rows = [offer_row(standing) for standing in found]
    how.answer({"as_of": how.day.isoformat(), "offers": rows}, _closed(how, catalog, lines))


def _closed(how: _Asked, catalog: Catalog, lines: Sequence[Phrase]) -> list[Phrase]:
    """Sentences with what they rest on, or that there are none."""
    from souverain.model import phrase

    footer = phrase("catalog.answer-footer", day=how.day.isoformat(), seen=catalog.seen_on)
    return [*(lines or [phrase("catalog.answer-none")]), footer]


@command.command()
@click.option("--days", type=click.IntRange(min=0), default=90, show_default=True)
@_question(dated=True)
def expiring(days: int, **asked: Any) -> None:
    """List certificates that end soon or ended unrenewed."""
    from souverain.cli.answers import expiring_lines, offer_row
    from souverain.facts.offers import expiring as ending

    how = _Asked(**asked)
    catalog = how.catalog()
    found = ending(catalog, how.day, days)
    lines = [line for standing in found for line in expiring_lines(standing, how.day)]
    document: Row = {
        "as_of": how.day.isoformat(),
        "days": days,
        "offers": [offer_row(standing) for standing in found],
    }
    how.answer(document, _closed(how, catalog, lines))


@command.command(
    epilog="""\b
Example:
  souverain catalog alternatives aws_eks_cluster
"""
)
@click.argument("names", nargs=-1, required=True, metavar="TYPE...")
@_question(dated=True)
def alternatives(names: tuple[str, ...], **asked: Any) -> None:
    """List certified offers that do the same as a type."""
    from souverain.cli.answers import alternatives_lines, alternatives_row
    from souverain.facts.offers import certified, comparable
    from souverain.facts.standing import SCHEMES

    how = _Asked(**asked)
    catalog = how.catalog()
    rows: list[Row] = []
    lines: list[Phrase] = []
    for name in names:
        what = comparable(catalog.type(name))
        held = {s: certified(catalog, how.day, s, what) for s in SCHEMES} if what else {}
        rows.append(alternatives_row(name, what, held))
        lines += alternatives_lines(name, what, held, how.day)
    document: Row = {"as_of": how.day.isoformat(), "alternatives": rows}
    how.answer(document, _closed(how, catalog, lines))


# --- operators and places -------------------------------------------------------------


@command.command()
@click.option(
    "--exposed-to",
    metavar="COUNTRY",
    help="Only those that a law of this country (US, CN…) reaches, or may reach.",
)
@_question()
def operators(exposed_to: str | None, **asked: Any) -> None:
    """List operators, who controls them, which laws reach them."""
    from souverain.cli.answers import operator_lines, operator_row

    how = _Asked(**asked)
    catalog = how.catalog()
    wanted = exposed_to.upper() if exposed_to else None
    found = [
        operator
        for operator in catalog.operators()
        if wanted is None or wanted in catalog.exposed_to(operator.id)
    ]
    lines = [line for operator in found for line in operator_lines(catalog, operator)]
    how.answer({"operators": [operator_row(catalog, operator) for operator in found]}, lines)


@command.command(
    epilog="""\b
Examples:
  souverain catalog region aws eu-west-3
  souverain catalog region outscale eu-west-2
"""
)
@click.argument("operator")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@_question()
def region(operator: str, codes: tuple[str, ...], **asked: Any) -> None:
    """Say where a region of an operator is. A code means nothing without its operator."""
    from souverain.cli.answers import near, region_lines, region_row
    from souverain.cli.errors import ConfigurationError
    from souverain.model import phrase

    how = _Asked(**asked)
    catalog = how.catalog()
    known = catalog.operator(operator)
    if known is None:
        names = [o.id for o in catalog.operators() if catalog.regions(o.id)]
        close = near(difflib.get_close_matches(operator.lower(), names, 3))
        said = phrase("catalog.answer-operator-unknown", name=operator, close=close)
        raise ConfigurationError(how.said(said))
    rows: list[Row] = []
    lines: list[Phrase] = []
    for code in codes:
        found, pair = catalog.region(known.id, code), catalog.pair(known.id, code)
        close_codes = difflib.get_close_matches(code.lower(), catalog.regions(known.id), 3)
        rows.append(region_row(known, code, found, pair))
        lines += region_lines(known, code, found, pair, close_codes)
    how.answer({"regions": rows}, lines)


@command.command()
@click.argument("hosts", nargs=-1, required=True, metavar="HOST...")
@_question()
def host(hosts: tuple[str, ...], **asked: Any) -> None:
    """Say who runs a host name, and where."""
    from souverain.cli.answers import host_lines, host_row

    how = _Asked(**asked)
    catalog = how.catalog()
    found = [(name, catalog.host(name)) for name in hosts]
    lines = [line for name, match in found for line in host_lines(catalog, name, match)]
    how.answer({"hosts": [host_row(name, match) for name, match in found]}, lines)
