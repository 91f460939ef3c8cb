"""Reads one file within limits, without blocking and without following surprises."""

from __future__ import annotations

import codecs
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

BOM = codecs.BOM_UTF8

# The mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Without a mark, the zeros around the first character tell (YAML 1.2.2, 5.2).
_ZEROS = (
    (b"\1\0\0\0", "utf-32-le"),
    (b"\0\0\0\1", "utf-32-be"),
    (b"\1\0", "utf-16-le"),
    (b"\0\1", "utf-16-be"),
)


def read_bytes(target: str | Path) -> bytes | Phrase:
    """Content of a regular file without its byte order mark, or why it cannot be read.

    What a program wrote and a shell stored in UTF-16 (``terraform show -json > plan.json``) is
    given in UTF-8: JSON and YAML may be in either, Terraform's own files may not.
    """
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
    if len(data) > limit:
        return _too_large(limit)
    stored = may_be_plan or name.endswith((".yaml", ".yml"))
    return in_utf8(data) if stored else data.removeprefix(BOM)


def in_utf8(data: bytes) -> bytes:
    """Text in any encoding that YAML may be in, in UTF-8 and without its mark.

    What is not in the encoding it begins with stays as it is from there on, and is found to be
    no text.
    """
    encoding = _encoding(data)
    if encoding is not None:
        try:
            data = data.decode(encoding).encode()
        except UnicodeDecodeError as error:
            data = data[: error.start].decode(encoding).encode() + data[error.start :]
    return data.removeprefix(BOM)


def _encoding(data: bytes) -> str | None:
    """What a text is in, when that is not UTF-8."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked is not None or 0 not in data[:2]:
        return marked
    head = bytes(map(bool, data[:4]))
    return next((encoding for zeros, encoding in _ZEROS if head.startswith(zeros)), None)


def _too_large(limit: int) -> Phrase:
    return phrase("sources.too-large", limit=limit // MEGABYTE)


def leads_outside(target: Path, real_root: Path) -> bool:
    """Whether a path leads, by symbolic links, out of a directory (links resolved)."""
    try:
        return not target.resolve().is_relative_to(real_root)
    except (OSError, RuntimeError):  # a loop of symbolic links
        return True
