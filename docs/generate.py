"""Writes the pages of the documentation that follow from ``policies/`` and ``fixtures/``.

Usage: python docs/generate.py [--check]

``--check`` writes nothing and fails when a page is missing, out of date or left over. Each
module of ``docs/pages`` gives one kind of page: ``FOLDER``, which holds nothing else, and
``pages()``, the text of each file of it by name.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from pages import coverage, doctrine, rules, signals  # noqa: E402 - beside this file, no package

KINDS = (coverage, doctrine, rules, signals)


def wanted() -> dict[Path, str]:
    """Text of every generated page, by path."""
    return {
        HERE / kind.FOLDER / name: text for kind in KINDS for name, text in kind.pages().items()
    }


def stale(pages: dict[Path, str]) -> Iterator[Path]:
    """Pages that differ from what is on disk, and files that no longer have a source."""
    for path, text in pages.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield path
    for kind in KINDS:
        yield from sorted(set((HERE / kind.FOLDER).glob("*.md")) - pages.keys())


def main() -> int:
    """Writes the pages, or says which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    check = parser.parse_args().check
    pages = wanted()
    for path in (differing := list(stale(pages))):
        sys.stdout.write(f"{path.relative_to(HERE.parent)}\n")
        if check:
            continue
        if path in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
