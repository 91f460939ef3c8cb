"""How much the catalogue knows: resource types by provider, operators, and settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from souverain import policystore
from souverain.catalog import Catalog, load_catalog
from souverain.catalog.model import Operator
from souverain.catalog.types import ROLES

FOLDER = "coverage"
LISTS = Path(__file__).parents[2] / "tests" / "data" / "resource-types"
MARK = "<!-- Written by docs/generate.py: change its sources, not this page. -->"


def pages() -> dict[str, str]:
    """The three tables."""
    catalog = load_catalog()
    return {
        "types.md": _types(catalog),
        "operators.md": _operators(catalog),
        "settings.md": _settings(),
    }


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


def _settings() -> str:
    files = policystore.load_mapping("catalog/settings")
    entries = [entry for file in files.values() for entry in file["settings"]]
    head = ("Setting", "Resource types", "Written in", "When nothing is written")
    rows = [
        (
            entry["setting"].replace("_", " "),
            " ".join(f"`{type_}`" for type_ in entry["types"]),
            "<br>".join(_written(reading) for reading in entry.get("read", ())) or "–",
            "<br>".join(_otherwise(default) for default in entry["otherwise"]),
        )
        for entry in sorted(entries, key=lambda entry: (entry["setting"], entry["types"][0]))
    ]
    return _page(
        "Settings",
        "How a resource is set is read for these types, and for these types only: of any other, "
        "the rules on encryption, access, zones, backups and logs say nothing. Attributes decide "
        "in the order given; what is not written is as the service does by default, when that "
        "is known and the operator is the one that the provider was made for. Letters are "
        "confidences: S read in a secondary source, GK general knowledge, which is held against "
        "nobody.",
        head,
        rows,
    )


def _written(reading: Mapping[str, Any]) -> str:
    path = ".".join(filter(None, (reading.get("each"), reading["path"])))
    return f"`{path}` of `{reading['of']}`" if "of" in reading else f"`{path}`"


def _otherwise(default: Mapping[str, Any]) -> str:
    since = f"since version {default['since']}: " if "since" in default else ""
    value = default.get("value")
    said = {True: "yes", False: "no", None: f"unknown ({default.get('decides')})"}
    known = isinstance(value, bool) or value is None
    return (
        f"{since}{said[value] if known else value} ({default['source']}; {default['confidence']})"
    )


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
