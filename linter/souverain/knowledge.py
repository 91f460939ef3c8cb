"""What is known before a project is read: the doctrine, the catalogue, the rules.

Projects that extend it with nothing of their own share one of each: a repository may hold
hundreds of projects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from souverain import policyschema
from souverain.catalog import Catalog, load_catalog
from souverain.doctrine import Doctrine, load_doctrine
from souverain.doctrine.decode import Keys, Node
from souverain.facts.offers import certified
from souverain.records import dataclass
from souverain.rules.load import load_rules
from souverain.rules.model import Rule

if TYPE_CHECKING:
    from souverain.policyyaml import Located

Extends = tuple[Path, ...]
"""Folders with policies of a project's own; later ones win."""


@dataclass(frozen=True)
class Knowledge:
    """What projects that extend the same folders are judged with.

    ``offers`` names the offers that are shown to hold a scheme for a capability on the day.
    """

    doctrine: Doctrine
    catalog: Catalog
    rules: tuple[Rule, ...]
    offers: Callable[[str, str], tuple[str, ...]]


def shared(as_of: date) -> Callable[[Extends], Knowledge]:
    """What is known on a day, loaded once for all projects that extend the same folders.

    Raises :class:`~souverain.policystore.PolicyError` and
    :class:`~souverain.doctrine.InvalidPolicyError` for policies that cannot be used.
    """
    return cache(partial(_learn, load_doctrine(), as_of))


def _learn(doctrine: Doctrine, as_of: date, extends: Extends) -> Knowledge:
    catalog = load_catalog(extends)
    if extends:
        catalog.check()
    rules = load_rules(doctrine, _rule_files(extends))
    return Knowledge(doctrine, catalog, rules, cache(partial(_certified, catalog, as_of)))


def _certified(catalog: Catalog, day: date, scheme: str, capability: str) -> tuple[str, ...]:
    """Offers shown to hold a scheme for a capability, as people name them."""
    held = certified(catalog, day, "hds" if scheme == "hds" else "secnumcloud", capability)
    return tuple(f"{each.operator.name} ({each.offer.name})" for each in held)


def _rule_files(extends: Extends) -> Iterator[Node]:
    """Rules of the project's own policy folders."""
    for folder in extends:
        for path in sorted(folder.glob("rules/*.yaml")):
            located = policyschema.read(path, "rule")
            yield Node(located.content, partial(_written_at, path, located))


def _written_at(file: Path, located: Located, path: Keys) -> str:
    line, column = located.place(path)
    return f"{file}:{line}:{column}"
