"""What the project declares for each asset."""

from __future__ import annotations

from collections.abc import Callable

from souverain.model import Asset
from souverain.project import Applied, ProjectFile


class Declarations:
    """Declarations of the assets of one root, each looked up once.

    A system that names places may name where the resource is written, or where the root
    that deploys it is: a module shared by several roots holds what each of them puts there.
    """

    def __init__(
        self, project: ProjectFile, root_file: str, relative: Callable[[str], str]
    ) -> None:
        self._project = project
        self._root_file = root_file
        self._relative = relative
        self._placed = frozenset(
            system.name
            for system in project.systems
            if system.paths or system.addresses or system.namespaces
        )
        self._found: dict[tuple[str, str, str | None], Applied] = {}

    def of(self, asset: Asset) -> Applied:
        """What is declared for an asset, and where."""
        own = (asset.address, asset.span.file, asset.namespace)
        key = own if self._project.systems else ("", "", None)
        if key not in self._found:
            self._found[key] = self._applied(*own)
        return self._found[key]

    def _applied(self, address: str, file: str, namespace: str | None) -> Applied:
        here = self._project.context_for(address, self._relative(file), namespace)
        if file == self._root_file or here.declared.system in self._placed:
            return here
        return self._project.context_for(address, self._relative(self._root_file), namespace)
