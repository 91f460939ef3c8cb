"""A line on standard error that says what a long run is doing."""

from __future__ import annotations

import time
from typing import TextIO

from souverain.model import Lang, Phrase
from souverain.report.terminal import clean
from souverain.text import render

PATIENCE = 1.0
"""Seconds before anything is shown: most runs are over by then."""

_WIDTH = 79


class Progress:
    """Shows the current step on one line of a terminal; silent on anything else."""

    def __init__(self, stream: TextIO, lang: Lang) -> None:
        self._stream = stream
        self._lang = lang
        self._started = time.monotonic()
        self._shown = False

    def __call__(self, step: Phrase) -> None:
        """Shows a step, once the run has lasted long enough to wonder."""
        if time.monotonic() - self._started < PATIENCE or not self._stream.isatty():
            return
        self._write(render(step, self._lang, clean)[:_WIDTH])
        self._shown = True

    def close(self) -> None:
        """Leaves the line empty for what follows."""
        if self._shown:
            self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r\x1b[2K{text}")
        self._stream.flush()
