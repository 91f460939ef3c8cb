"""Policy YAML with positions: a file as JSON-like values, and where each value stands.

Only policy files go through here (ours, and the folders a project names in ``extends``);
scanned Kubernetes manifests have a reader of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml

from souverain.policystore import JsonValue, PolicyError
from souverain.records import dataclass, field

if TYPE_CHECKING:
    from pathlib import Path

_DEPTH: Final = 40
_BYTES: Final = 4_000_000

Keys = tuple["str | int", ...]
"""Keys and positions that lead from the top of a file to a value."""


@dataclass(frozen=True, slots=True)
class Located:
    """A file's content, and the (line, column) of each value by its path, from 1."""

    content: JsonValue
    places: dict[Keys, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Keys) -> tuple[int, int]:
        """Line and column of a value, or of the nearest value around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML where dates stay text: facts carry ISO dates, JSON has none."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> JsonValue:
    """Content of a file; see :func:`souverain.policystore.read_yaml`."""
    return locate(path).content


def locate(path: Path) -> Located:
    """Content of a file with the place of each value. Raises as :func:`read` does."""
    data = path.read_bytes()
    if len(data) > _BYTES:
        raise PolicyError(path, 1, 1, f"expected a policy file of at most {_BYTES} bytes")
    try:
        _bound(path, data)
        node = _compose(data)
        found = Located(None)
        content = _value(path, node, (), found.places) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise PolicyError(path, line, column, f"expected valid YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise PolicyError(path, 1, 1, f"expected valid YAML: {error}") from error
    return Located(content, found.places)


def _bound(path: Path, data: bytes) -> None:
    """libyaml's composer recurses in C: refuse depth and aliases before it starts."""
    depth = 0
    for event in yaml.parse(data, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise PolicyError(path, *_mark(event), "expected a value written out (no YAML alias)")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH:
                raise PolicyError(
                    path, *_mark(event), f"expected at most {_DEPTH} levels of nesting"
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _compose(data: bytes) -> yaml.Node | None:
    loader = _Loader(data)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


def _mark(item: yaml.Event | yaml.Node) -> tuple[int, int]:
    mark = item.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _value(
    file: Path, node: yaml.Node, path: Keys, places: dict[Keys, tuple[int, int]]
) -> JsonValue:
    places[path] = _mark(node)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            key = _key(file, key_node)
            if key in mapping:
                raise PolicyError(file, *_mark(key_node), f"expected {key!r} once, not twice")
            mapping[key] = _value(file, value_node, (*path, key), places)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(file, item, (*path, index), places) for index, item in enumerate(node.value)]
    return _scalar(file, node)


def _key(file: Path, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise PolicyError(file, *_mark(node), "expected a key that is text")
    if node.tag == "tag:yaml.org,2002:bool":
        raise PolicyError(
            file,
            *_mark(node),
            f'expected "{node.value}" in quotes (YAML reads it as true or false)',
        )
    return str(node.value)


_CONSTRUCTOR = yaml.constructor.SafeConstructor()


def _scalar(file: Path, node: yaml.Node) -> JsonValue:
    value: object = _CONSTRUCTOR.construct_object(node)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise PolicyError(file, *_mark(node), "expected text, a number, true, false or null")
