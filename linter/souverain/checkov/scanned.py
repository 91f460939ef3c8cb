"""What a Checkov run was asked to scan.

Checks are told a path below the scanned folder, but not which folder that is, and charts are
rendered into a temporary one: the command line of the process says where everything comes from.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_OPTIONS = ("-d", "--directory", "-f", "--file")


def scanned_paths(arguments: Sequence[str]) -> tuple[Path, ...]:
    """Absolute paths that Checkov's arguments name; the working directory when they name none."""
    named = tuple(Path(os.path.abspath(text)) for text in _values(arguments))  # noqa: PTH100
    return named or (Path.cwd(),)


def _values(arguments: Sequence[str]) -> Iterator[str]:
    taking = False
    for argument in arguments:
        option, equals, value = argument.partition("=")
        if argument.startswith("-"):
            taking = option in _OPTIONS and not equals
            if option in _OPTIONS and equals:
                yield value
        elif taking:
            yield argument


def file_of(shown: str, scanned: Sequence[Path]) -> Path | None:
    """The file that Checkov shows as ``/path/below/the/folder``; None when it is nowhere.

    With ``--file``, paths begin at the folder that all the files share.
    """
    below = shown.lstrip("/")
    folders = [path if path.is_dir() else path.parent for path in scanned]
    for folder in (*folders, Path(os.path.commonpath(folders)), Path.cwd()):
        if (folder / below).is_file():
            return (folder / below).resolve()
    return None
