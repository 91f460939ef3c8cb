"""The one way to find and read ``policies/``: facts, texts, rules and sentences as data.

An *area* is a YAML file (``catalog/laws``) or a folder of them (``catalog/operators``,
read as ``{stem: content}``). Areas are read from JSON shards: those built with the wheel,
else those in a per-user cache keyed by the names, sizes and dates of the YAML files, else
the YAML itself. A shard that is missing, broken or out of date is never an error.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import zlib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

JsonValue: TypeAlias = (
    "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
"""What JSON can hold. Dates stay text; mapping keys are text."""

COMPILED: Final = "compiled"
"""Folder of ready-made shards inside the package ``souverain.policies``."""

_FORMAT: Final = "1"
"""Part of every cache key: change it when a shard's shape changes."""


class PolicyError(Exception):
    """A policy file that cannot be used: where it is, and what was expected there."""

    def __init__(self, path: Path, line: int, column: int, expected: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {expected}")
        self.path = path
        self.line = line
        self.column = column
        self.expected = expected


def load(area: str) -> JsonValue:
    """Content of an area of the built-in policies (``"catalog/operators"``).

    The result is shared: do not change it. Raises :class:`FileNotFoundError` when there is
    no such area and :class:`PolicyError` when its YAML cannot be read.
    """
    return _load(root(), area)


def load_mapping(area: str) -> Mapping[str, JsonValue]:
    """Like :func:`load`, for an area that is a mapping (every folder is one).

    Raises :class:`TypeError` when the file holds something else.
    """
    content = load(area)
    if not isinstance(content, dict):
        raise TypeError(f"policies/{area} is not a mapping")
    return content


def exists(area: str) -> bool:
    """Whether the built-in policies have this area."""
    return root().joinpath(f"{area}.yaml").is_file() or root().joinpath(area).is_dir()


@cache
def digest() -> str:
    """Version of the built-in policies: 12 hexadecimal digits of a hash of their content."""
    ready = _compiled(root(), "digest")
    if isinstance(ready, str):
        return ready
    files = _yaml_files(root())
    cached = _cached(root(), "digest", files)
    if isinstance(cached, str):
        return cached
    found = _content_digest(root(), files)
    _remember(root(), "digest", files, found)
    return found


@cache
def root() -> Path:
    """Folder of the built-in policies, in a wheel and in an editable install alike."""
    # importlib.resources would find the same folder, 8 ms of imports later.
    file = import_module("souverain.policies").__file__
    if file is None:
        raise FileNotFoundError("the package souverain.policies has no folder")
    return Path(file).parent


def read_yaml(path: Path) -> JsonValue:
    """Content of one YAML file as JSON would hold it (dates stay text).

    Raises :class:`PolicyError` with the place of a syntax error, a key given twice, or a
    key or value that JSON cannot hold; :class:`OSError` when the file cannot be read.
    """
    # PyYAML takes longer to import than the shards take to read.
    from souverain import policyyaml

    return policyyaml.read(path)


def compile_into(target: Path, source: Path | None = None) -> None:
    """Write the shards of every area of ``source`` (default: :func:`root`) into ``target``.

    Called when a wheel is built, with ``target`` the ``compiled`` folder beside the YAML.
    """
    base = source or root()
    target.mkdir(parents=True, exist_ok=True)
    for area in _areas(base):
        content = _parse(base, area)
        _write(target / _shard_name(area), _dumps(content))
    _write(target / "digest.json", _dumps(_content_digest(base, _yaml_files(base))))


# --- areas ----------------------------------------------------------------------------


@cache
def _load(base: Path, area: str) -> JsonValue:
    ready = _compiled(base, area)
    if ready is not None:
        return ready
    files = _area_files(base, area)
    cached = _cached(base, area, files)
    if cached is not None:
        return cached
    content = _parse(base, area)
    _remember(base, area, files, content)
    return content


def _area_files(base: Path, area: str) -> list[str]:
    """Files of an area, as paths below ``base``."""
    # Strings all along: paths of pathlib would take as long as the rest of the reading.
    try:
        names = os.listdir(base / area)  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        if not (base / f"{area}.yaml").is_file():
            raise FileNotFoundError(f"no policies for {area} in {base}") from None
        return [f"{area}.yaml"]
    return [f"{area}/{name}" for name in sorted(names) if name.endswith(".yaml")]


def _parse(base: Path, area: str) -> JsonValue:
    files = [base / name for name in _area_files(base, area)]
    if (base / area).is_dir():
        return {file.stem: read_yaml(file) for file in files}
    return read_yaml(files[0])


def _areas(base: Path) -> Iterator[str]:
    files = _yaml_files(base)
    yield from sorted({name.rpartition("/")[0] for name in files} - {""})
    yield from (name.removesuffix(".yaml") for name in files)


def _yaml_files(base: Path) -> list[str]:
    """Every file but compiled ones, as paths below ``base``, folder by folder."""
    found = []
    for folder, below, names in os.walk(base):
        below[:] = (name for name in below if name != COMPILED)
        inside = folder.removeprefix(str(base)).replace(os.sep, "/").lstrip("/")
        prefix = f"{inside}/" if inside else ""
        found += [prefix + name for name in names if name.endswith(".yaml")]
    return sorted(found, key=lambda name: name.split("/"))


def _content_digest(base: Path, files: Sequence[str]) -> str:
    import hashlib

    seen = hashlib.sha256()
    for name in files:
        seen.update(name.encode())
        seen.update(b"\0")
        # Git may check text files out with either line ending.
        seen.update((base / name).read_bytes().replace(b"\r\n", b"\n"))
        seen.update(b"\0")
    return seen.hexdigest()[:12]


# --- shards ---------------------------------------------------------------------------


def _shard_name(area: str) -> str:
    return area.replace("/", "--") + ".json"


def _compiled(base: Path, area: str) -> JsonValue:
    return _read_json(base / COMPILED / _shard_name(area))


def _stamp(base: Path, files: Sequence[str]) -> str:
    """What a cached shard was made from; any change makes it out of date."""
    stats = ((name, os.stat(f"{base}/{name}")) for name in files)  # noqa: PTH116
    return "\n".join(
        [_FORMAT, *(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)]
    )


def _cache_file(base: Path, area: str) -> Path | None:
    folder = _cache_folder()
    if folder is None:
        return None
    # Installations beside each other must not overwrite each other's shards.
    return folder / f"{zlib.crc32(os.fsencode(base)):08x}" / _shard_name(area)


def _cached(base: Path, area: str, files: Sequence[str]) -> JsonValue:
    file = _cache_file(base, area)
    shard = _read_json(file) if file else None
    if isinstance(shard, dict) and shard.get("made_from") == _stamp(base, files):
        return cast("JsonValue", shard.get("content"))
    return None


def _remember(base: Path, area: str, files: Sequence[str], content: JsonValue) -> None:
    file = _cache_file(base, area)
    if file is None:
        return
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(file, _dumps({"made_from": _stamp(base, files), "content": content}))


def _cache_folder() -> Path | None:
    """Where this user keeps caches; None when there is no such place (then nothing is)."""
    named = os.environ.get("SOUVERAIN_CACHE_DIR")
    if named is not None:
        return Path(named) if named else None
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local, "souverain", "cache") if local else None
    base = os.environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():
        return Path(base, "souverain")
    try:
        return Path.home() / ".cache" / "souverain"
    except RuntimeError:
        return None


def _read_json(path: Path) -> JsonValue:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    try:
        return cast("JsonValue", json.loads(data))
    except (ValueError, RecursionError):
        return None


def _dumps(content: JsonValue) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _write(path: Path, data: bytes) -> None:
    """Write at once or not at all, so that two runs can share the folder."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
