"""Policy files of a user, held to their schema: what is wrong is told with its place.

Our own files are held to the same schemas by the tests, so jsonschema is only imported when
a project brings policies of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from typing import TYPE_CHECKING, Final, cast

from souverain import policystore
from souverain.policystore import JsonValue, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

    from souverain.policyyaml import Located


_LONGEST: Final = 300
"""Characters of an explanation, which may quote what was written."""


def read(file: Path, schema: str, known: JsonValue = None) -> Located:
    """Content of a user's file that fits ``policies/schema/<schema>.schema.json``.

    ``known`` is what the file is merged on top of: a file that adds to something known may
    leave out what the schema demands of something new. Raises :class:`PolicyError`.
    """
    located = _located(file)
    for error in _errors(_overlaid(known, located.content), schema):
        path, expected = _explained(error)
        raise PolicyError(file, *located.place(path), expected)
    return located


def _located(file: Path) -> Located:
    if file.is_symlink():
        raise PolicyError(file, 1, 1, "expected a file of the project, not a symbolic link")
    from souverain.policyyaml import locate

    try:
        return locate(file)
    except OSError as error:
        raise PolicyError(
            file, 1, 1, f"expected a file that can be read: {error.strerror}"
        ) from None


def _overlaid(known: JsonValue, added: JsonValue) -> JsonValue:
    """What the schema must accept: what is known and left out is not missing. Lists are
    those of the file alone, so that the place of an error is a place in the file."""
    if isinstance(known, dict) and isinstance(added, dict):
        both = {key: _overlaid(known.get(key), value) for key, value in added.items()}
        return {**known, **both}
    return added


def _errors(content: JsonValue, name: str) -> Iterator[ValidationError]:
    import jsonschema

    validator = jsonschema.Draft202012Validator(
        _schema(name), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
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
    expected = shorten(error.message, _LONGEST, placeholder="…")
    if error.validator == "additionalProperties" and isinstance(error.schema, Mapping):
        expected += f"; allowed: {', '.join(sorted(error.schema.get('properties', ())))}"
    return tuple(error.absolute_path), expected
