"""A user's own operators, regions, hosts and types: read, checked, and told where wrong."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from souverain import policyschema
from souverain.policystore import JsonValue, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDERS: Final = {
    "operators": "operator",
    "regions": "regions",
    "types": "types",
    "flows": "flows",
    "settings": "settings",
    "kubernetes/kinds": "kinds",
    "kubernetes/signals": "signals",
}
"""Areas that are folders -> schema of each file in them."""

_GROUPS: Final = frozenset(area.split("/")[0] for area in _FOLDERS if "/" in area)
"""Folders that hold areas."""

_FILES: Final = frozenset(
    {
        "backends",
        "capabilities",
        "custody",
        "environments",
        "families",
        "generic",
        "global-services",
        "hosts",
        "laws",
        "proprietary",
        "sensitivity",
        "sources",
        "territories",
        "utilities",
    }
)
"""Areas that are one file, with a schema of the same name."""


def check_layout(folder: Path) -> None:
    """Raises :class:`PolicyError` for anything in ``folder`` that looks like facts or rules
    and is never read."""
    for path in _entries(folder):
        if path.suffix == ".yaml" or path.name in _GROUPS or path.name in _FOLDERS:
            raise PolicyError(path, 1, 1, "move it to catalog/ or rules/")
    for path in _entries(folder / "rules"):
        _check_file(path)
    for path in _areas(folder / "catalog"):
        if path.is_dir() and path.relative_to(folder / "catalog").as_posix() in _FOLDERS:
            for file in _entries(path):
                _check_file(file)
        elif path.suffix != ".yaml" or path.stem not in _FILES or not path.is_file():
            known = [*(f"{name}/" for name in _FOLDERS), *(f"{n}.yaml" for n in sorted(_FILES))]
            raise PolicyError(path, 1, 1, f"expected one of {', '.join(known)}")


def _areas(base: Path) -> Iterator[Path]:
    """What stands for an area below ``catalog/``; folders that only group areas are opened."""
    for path in _entries(base):
        if path.is_dir() and path.name in _GROUPS:
            yield from _entries(path)
        else:
            yield path


def _entries(folder: Path) -> tuple[Path, ...]:
    if folder.is_symlink():
        raise PolicyError(folder, 1, 1, "expected a folder of the project, not a symbolic link")
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def _check_file(path: Path) -> None:
    if path.suffix != ".yaml" or not path.is_file():
        raise PolicyError(path, 1, 1, "expected a file whose name ends in .yaml")


def read(folder: Path, area: str, known: JsonValue) -> JsonValue:
    """What ``folder`` says of an area, checked; None when it says nothing.

    ``known`` is what is merged below it: a file that adds to something known may leave out
    what the schema demands of something new. Raises :class:`PolicyError`.
    """
    base = folder / "catalog"
    if (base / area).is_dir():
        entries = known if isinstance(known, dict) else {}
        return {
            file.stem: _checked(file, area, entries.get(file.stem))
            for file in sorted((base / area).glob("*.yaml"))
        }
    file = base / f"{area}.yaml"
    if file.is_file():
        return _checked(file, area.split("/")[0], known)
    return None


def digest(folder: Path) -> str:
    """Version of a user's folder: 12 hexadecimal digits of a hash of its YAML files."""
    seen = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        seen.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()[:12]


def _checked(file: Path, area: str, known: JsonValue) -> JsonValue:
    return policyschema.read(file, _FOLDERS.get(area, area), known).content
