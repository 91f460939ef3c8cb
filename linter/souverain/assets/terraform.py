"""The assets of one Terraform root.

Resources, state backends and modules that are not installed are assets. Data sources are
not, but a reference may lead to one, and it stands somewhere just as a resource does.
"""

from __future__ import annotations

from functools import cached_property

from souverain.model import Asset, Provider, Ref
from souverain.terraform.model import Instance, TerraformRoot
from souverain.worlds import Worlds


class TerraformSite:
    """Assets of a root and the references between them."""

    def __init__(self, root: TerraformRoot) -> None:
        self._root = root
        self._made: dict[str, Asset] = {}

    @property
    def worlds(self) -> Worlds:
        """The alternatives of the root."""
        return self._root.worlds

    @cached_property
    def assets(self) -> tuple[Asset, ...]:
        """Assets over all worlds, in the order of the root."""
        return tuple(
            self._asset(instance)
            for instance in self._instances.values()
            if instance.kind in ("resource", "module", "backend")
        )

    def find(self, ref: Ref) -> tuple[Asset, ...]:
        """Assets and data sources in the current world that ``ref`` points at."""
        return tuple(self._asset(instance) for instance in self._root.find(ref))

    def exists(self, asset: Asset) -> bool:
        """Whether the asset exists in the current world."""
        instance = self._instances.get(asset.address)
        return instance is not None and self._root.exists(instance)

    @cached_property
    def _instances(self) -> dict[str, Instance]:
        return {instance.address: instance for instance in self._root.instances()}

    def _asset(self, instance: Instance) -> Asset:
        asset = self._made.get(instance.address)
        if asset is None:
            asset = self._made[instance.address] = Asset(
                address=instance.address,
                type=instance.type,
                root=self._root.path,
                scenario=self._root.scenario,
                span=instance.span,
                config=instance.config,
                provider=_provider(instance),
                library=self._root.library,
                technical=instance.kind == "backend",
                unread=instance.note,
                called_at=instance.called_at,
            )
        return asset


def _provider(instance: Instance) -> Provider | None:
    """The provider of an instance; a state backend is configured by its own block."""
    if instance.kind != "backend":
        return instance.provider
    return Provider(instance.type, instance.type, None, instance.config)
