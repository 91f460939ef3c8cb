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


def read_bytes(target: str | Path) -> bytes | Phrase:
    """Content of a regular file without its byte order mark, or why it cannot be read."""
    name = os.fspath(target)
    may_be_plan = name.endswith(".json") and not name.endswith(_WRITTEN_JSON)
    limit = MAX_PLAN if may_be_plan else MAX_TEXT
    try:
        handle = os.open(name, _FLAGS)
        try:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                return phrase("sources.not-a-file")
            if about.st_size > limit:
                return _too_large(limit)
            # Without a buffer: one as large as the limit takes longer to get than most files.
            with os.fdopen(handle, "rb", buffering=0, closefd=False) as stream:
                data = stream.readall()
        finally:
            os.close(handle)
    except FileNotFoundError:
        return phrase("sources.missing")
    except PermissionError:
        return phrase("sources.no-permission")
    except OSError as error:
        return phrase("sources.unreadable", error=error.strerror or type(error).__name__)
    return _too_large(limit) if len(data) > limit else data.removeprefix(BOM)


def _too_large(limit: int) -> Phrase:
    return phrase("sources.too-large", limit=limit // MEGABYTE)


def leads_outside(target: Path, real_root: Path) -> bool:
    """Whether a path leads, by symbolic links, out of a directory (links resolved)."""
    try:
        return not target.resolve().is_relative_to(real_root)
    except (OSError, RuntimeError):  # a loop of symbolic links
        return True
