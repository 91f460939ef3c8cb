"""``souverain catalog``: what is known, without looking at any project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from souverain.catalog.model import TypeMapping

VERSION = 1
_FIELDS = ("operator", "service", "layer", "capability", "role", "location", "matched_by")


@click.group("catalog")
def command() -> None:
    """Query what is known of operators and resource types."""


@command.command(
    "type",
    epilog="""\b
Example:
  souverain catalog type aws_s3_bucket google_sql_database_instance
""",
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def type_command(names: tuple[str, ...], form: str) -> None:
    """Say what Terraform resource types are and where their location comes from."""
    from souverain.catalog import load_catalog

    catalog = load_catalog()
    rows = [{"type": name, **_described(catalog.type(name))} for name in names]
    if form == "json":
        click.echo(json.dumps({"version": VERSION, "types": rows}, indent=2))
        return
    for row in rows:
        click.echo(row["type"])
        for field in _FIELDS:
            click.echo(f"  {field}: {row[field] or '-'}")


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
