"""Evaluated resources as assets: what facts are established about."""

from __future__ import annotations

from souverain.assets.terraform import TerraformSite

__all__ = ["TerraformSite"]
