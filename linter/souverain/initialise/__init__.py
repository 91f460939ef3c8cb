"""A first ``souverain.yaml``: :func:`survey` looks, :func:`document` writes."""

from __future__ import annotations

from souverain.initialise.document import document
from souverain.initialise.survey import Place, Scenario, Survey, survey

__all__ = ["Place", "Scenario", "Survey", "document", "survey"]
