"""Modules that ``terraform init`` downloaded: ``.terraform/modules/modules.json``.

Source: Terraform, internal module manifest (format kept since 0.12): ``Modules`` is a
list of ``Key`` (call names joined by dots), ``Source``, ``Version`` and ``Dir``, the
directory relative to the one ``init`` ran in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from souverain.model import SourceText, phrase
from souverain.records import dataclass
from souverain.sources import Tree
from souverain.sources.account import Account

MANIFEST = ".terraform/modules/modules.json"


@dataclass(frozen=True, slots=True)
class Installed:
    """Directories (display paths) of installed modules by call path (``vpc.subnets``)."""

    directories: Mapping[str, str]

    def directory(self, call_path: tuple[str, ...]) -> str | None:
        """Where the module of a call path is installed, None when it is not."""
        return self.directories.get(".".join(call_path))


def read_installed(tree: Tree, root: str, account: Account) -> Installed:
    """Reads the manifest of a root; an absent one means that nothing is installed."""
    path = tree.join(root, MANIFEST)
    if path is None or not tree.exists(path):
        return Installed({})
    text = tree.read(path)
    if not isinstance(text, SourceText):
        account.file(path, "module", "failed", text)
        return Installed({})
    entries = _entries(text)
    if entries is None:
        account.file(path, "module", "failed", phrase("terraform.modules-json-broken"))
        return Installed({})
    account.file(path, "module", "analysed")
    found: dict[str, str] = {}
    for key, directory in entries:
        joined = tree.join(root, directory)
        if joined is not None and key:
            found[key] = joined
    return Installed(found)


def _entries(text: SourceText) -> list[tuple[str, str]] | None:
    try:
        content = json.loads(text.data)
    except (ValueError, RecursionError):
        return None
    modules = content.get("Modules") if isinstance(content, dict) else None
    if not isinstance(modules, list):
        return None
    return [
        (module["Key"], module["Dir"])
        for module in modules
        if isinstance(module, dict)
        and isinstance(module.get("Key"), str)
        and isinstance(module.get("Dir"), str)
    ]
