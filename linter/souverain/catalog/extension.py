"""A user's own operators, regions, hosts and types: read, checked, and told where wrong."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, cast

from souverain import policystore
from souverain.policystore import JsonValue, PolicyError
from souverain.policyyaml import locate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

_FOLDERS: Final = {
    "operators": "operator",
    "regions": "regions",
    "types": "types",
    "flows": "flows",
}
"""Areas that are folders -> schema of each file in them."""

_FILES: Final = frozenset(
    {
        "backends",
        "custody",
        "families",
        "global-services",
        "hosts",
        "laws",
        "sensitivity",
        "sources",
        "territories",
        "utilities",
    }
)
"""Areas that are one file, with a schema of the same name."""


def check_layout(folder: Path) -> None:
    """Raises :class:`PolicyError` for anything in ``folder/catalog`` that is never read."""
    base = folder / "catalog"
    for path in sorted(base.iterdir()) if base.is_dir() else ():
        if path.is_dir() and path.name in _FOLDERS:
            for file in sorted(path.iterdir()):
                if file.suffix != ".yaml" or not file.is_file():
                    raise PolicyError(file, 1, 1, "a file whose name ends in .yaml")
        elif path.suffix != ".yaml" or path.stem not in _FILES or not path.is_file():
            known = [*(f"{name}/" for name in _FOLDERS), *(f"{n}.yaml" for n in sorted(_FILES))]
            raise PolicyError(path, 1, 1, f"one of {', '.join(known)}")


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
    for file in sorted((folder / "catalog").rglob("*.yaml")):
        seen.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()[:12]


def _checked(file: Path, area: str, known: JsonValue) -> JsonValue:
    located = locate(file)
    for error in _errors(_overlaid(known, located.content), _FOLDERS.get(area, area)):
        path, expected = _explained(error)
        raise PolicyError(file, *located.place(path), expected)
    return located.content


def _overlaid(known: JsonValue, added: JsonValue) -> JsonValue:
    """What the schema must accept: what is known and left out is not missing. Lists are
    those of the file alone, so that the place of an error is a place in the file."""
    if isinstance(known, dict) and isinstance(added, dict):
        both = {key: _overlaid(known.get(key), value) for key, value in added.items()}
        return {**known, **both}
    return added


def _errors(content: JsonValue, name: str) -> Iterator[ValidationError]:
    import jsonschema

    validator = jsonschema.Draft202012Validator(_schema(name))
    yield from sorted(
        validator.iter_errors(content), key=lambda error: [str(key) for key in error.absolute_path]
    )


def _schema(name: str) -> Mapping[str, JsonValue]:
    import json

    text = (policystore.root() / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    return cast("Mapping[str, JsonValue]", json.loads(text))


def _explained(error: ValidationError) -> tuple[tuple[str | int, ...], str]:
    """The deepest place an error is about, and what was expected there."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return tuple(error.absolute_path), error.message
