"""The relation between rules, clauses, texts and press, as ``souverain trace`` shows it."""

from __future__ import annotations

from pages.coverage import MARK
from souverain.report import trace_markdown
from souverain.trace import load_relation

FOLDER = "doctrine"


def pages() -> dict[str, str]:
    """The trace, in English."""
    return {"trace.md": f"{MARK}\n\n{trace_markdown.trace(load_relation(), 'en')}"}
