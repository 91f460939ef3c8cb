"""Second back end (extra ``hcl2``): python-hcl2 8."""

from __future__ import annotations

from souverain.hcl.backends import BackendUnavailable, Grammar
from souverain.model import phrase


def load() -> Grammar:
    """The grammar. Raises :class:`BackendUnavailable`."""
    raise BackendUnavailable(phrase("hcl.no-python-hcl2"))
