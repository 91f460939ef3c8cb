"""How much the catalogue knows: resource types by provider, and operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from souverain.catalog import Catalog, load_catalog
from souverain.catalog.model import Operator
from souverain.catalog.types import ROLES

FOLDER = "coverage"
LISTS = Path(__file__).parents[2] / "tests" / "data" / "resource-types"
MARK = "<!-- Written by docs/generate.py: change its sources, not this page. -->"


def pages() -> dict[str, str]:
    """The two tables."""
    catalog = load_catalog()
    return {"types.md": _types(catalog), "operators.md": _operators(catalog)}


def _types(catalog: Catalog) -> str:
    counted = {path.stem: _counted(catalog, path) for path in sorted(LISTS.glob("*.txt"))}
    total: Counter[str] = sum(counted.values(), Counter())
    head = ("Prefix", "Types", "By name", "By pattern", "By default", *map(str.capitalize, ROLES))
    keys = ("types", "exact", "pattern", "default", *ROLES)
    rows = [(f"`{prefix}_`", *(found[key] for key in keys)) for prefix, found in counted.items()]
    rows.append(("**All**", *(total[key] for key in keys)))
    return _page(
        "Resource types",
        "Every resource type of each provider has a service and a role. Most are named one by "
        "one or matched by a prefix; a type newer than the table is taken for what its provider "
        "mostly is, and never for a store of data. `souverain catalog type NAME` shows one.",
        head,
        rows,
    )


def _counted(catalog: Catalog, path: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for name in path.read_text(encoding="utf-8").split():
        mapping = catalog.type(name)
        found["types"] += 1
        if mapping is not None:
            found[mapping.matched_by] += 1
            found[mapping.role] += 1
    return found


def _operators(catalog: Catalog) -> str:
    head = ("Operator", "Company in", "Exposed to", "Regions", "Offers", "SecNumCloud", "HDS")
    rows = [
        (
            f"{operator.name} (`{operator.id}`)",
            operator.country or "?",
            ", ".join(sorted(catalog.exposed_to(operator.id))) or "–",
            len(catalog.regions(operator.id)),
            len(operator.offers),
            _standing(operator, "secnumcloud"),
            _standing(operator, "hds"),
        )
        for operator in catalog.operators()
        if not operator.software
    ]
    return _page(
        "Operators",
        "What is held of each operator. “Exposed to” are the countries whose law reaches it "
        "through control, certainly or possibly; – means that none is known, not that there is "
        "none. The last columns count offers by what was read, before any date is applied; "
        "`souverain catalog offers` applies it.",
        head,
        rows,
    )


def _standing(operator: Operator, scheme: str) -> str:
    found = Counter(
        fact.status.replace("_", " ")
        for offer in operator.offers
        for fact in offer.certificates
        if fact.scheme == scheme
    )
    return ", ".join(f"{count} {status}" for status, count in sorted(found.items())) or "–"


def _page(title: str, lead: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    rule = "|".join(" --- " for _ in head)
    lines = [
        MARK,
        "",
        f"# {title}",
        "",
        lead,
        "",
        f"| {' | '.join(head)} |",
        f"|{rule}|",
        *(f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in row)} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"
