"""The command line. Nothing is imported before it is needed: start-up is part of the product."""

from __future__ import annotations

import gc
import sys

from souverain import __version__

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_ERROR = 2
EXIT_NOTHING = 3


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"souverain {__version__}\n")
        return
    # Modules and values live until the end of the run: to look for garbage only costs time.
    gc.disable()
    from souverain.cli.app import run

    code = run()
    # What the run has made dies with the process: taking it apart first takes a tenth of it.
    gc.freeze()
    sys.exit(code)
