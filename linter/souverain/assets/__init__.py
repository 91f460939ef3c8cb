"""Evaluated resources and objects as assets: what facts are established about."""

from __future__ import annotations

from souverain.assets.kubernetes import KubernetesSite, KubernetesSites
from souverain.assets.terraform import TerraformSite

__all__ = ["KubernetesSite", "KubernetesSites", "TerraformSite"]
