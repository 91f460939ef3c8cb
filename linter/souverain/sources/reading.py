"""Reads one file within limits, without blocking and without following surprises."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from souverain.model import Phrase, phrase

MEGABYTE = 1 << 20
MAX_TEXT = 10 * MEGABYTE
MAX_PLAN = 50 * MEGABYTE
"""Plans are far larger than what a person writes."""
MAX_PIPED = MAX_PLAN
"""So are rendered manifests."""

_WRITTEN_JSON = (".tf.json", ".tofu.json", ".tfvars.json")

# Without blocking: a named pipe would wait for its writer for ever.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

BOM = b"\xef\xbb\xbf"


def read_bytes(target: Path) -> bytes | Phrase:
    """Content of a regular file without its byte order mark, or why it cannot be read."""
    may_be_plan = target.suffix == ".json" and not target.name.endswith(_WRITTEN_JSON)
    limit = MAX_PLAN if may_be_plan else MAX_TEXT
    try:
        handle = os.open(target, _FLAGS)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return phrase("sources.not-a-file")
            with os.fdopen(handle, "rb", closefd=False) as stream:
                data = stream.read(limit + 1)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return phrase("sources.missing")
    except PermissionError:
        return phrase("sources.no-permission")
    except OSError as error:
        return phrase("sources.unreadable", error=error.strerror or type(error).__name__)
    if len(data) > limit:
        return phrase("sources.too-large", limit=limit // MEGABYTE)
    return data.removeprefix(BOM)


def leads_outside(target: Path, real_root: Path) -> bool:
    """Whether a path leads, by symbolic links, out of a directory (links resolved)."""
    try:
        return not target.resolve().is_relative_to(real_root)
    except (OSError, RuntimeError):  # a loop of symbolic links
        return True
