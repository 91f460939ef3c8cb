"""Which provider configuration a resource is created with.

Source: Terraform, "Provider configuration", "Providers within modules", "Provider
requirements", "Dependency lock file".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from souverain.model import Attr, Config, Evidence, Position, Provider, Ref, Span, phrase
from souverain.project import Declaration
from souverain.records import dataclass, field, replace
from souverain.terraform.body import BlockConfig
from souverain.terraform.calls import ProviderName, provider_name
from souverain.terraform.definition import (
    Members,
    ProviderBlock,
    ResourceBlock,
    literal_text,
    normal_source,
    top_blocks,
)
from souverain.values import Value

if TYPE_CHECKING:
    from souverain.terraform.files import ModuleFiles
    from souverain.terraform.modules import Module

LOCK_FILE = ".terraform.lock.hcl"

BUILT_IN = "builtin/terraform"

Defaults = Mapping[str, Mapping[str, Declaration[str]]]
"""``provider_defaults`` of the manifest: provider name -> argument -> value."""


@dataclass(frozen=True, slots=True)
class DeclaredAttr:
    """A provider argument that the manifest says the environment sets."""

    path: str
    declaration: Declaration[str]
    position: Position = ()

    @property
    def span(self) -> Span:
        return self.declaration.span

    @property
    def value(self) -> Value:
        return self.declaration.value

    def references(self) -> tuple[Ref, ...]:
        return ()

    def trace(self) -> tuple[Evidence, ...]:
        text = phrase("terraform.trace-provider-default", name=self.path)
        return (Evidence("declaration", text, self.declaration.span),)


@dataclass(frozen=True, slots=True)
class DefaultedConfig:
    """A provider configuration completed by what the manifest declares."""

    config: Config | None
    defaults: Mapping[str, Declaration[str]]
    span: Span

    def read(self, path: str) -> tuple[Attr, ...]:
        """Written attributes, else the declared default when they are absent or null."""
        written = self.config.read(path) if self.config else ()
        if path not in self.defaults or any(attr.value is not None for attr in written):
            return written
        return (DeclaredAttr(path, self.defaults[path]),)

    def keys(self) -> tuple[str, ...]:
        written = self.config.keys() if self.config else ()
        return tuple(dict.fromkeys((*written, *self.defaults)))


@dataclass(frozen=True, slots=True)
class UnitedConfig:
    """Several configurations of one provider, read as one: a module may use them all."""

    configs: tuple[Config, ...]

    @property
    def span(self) -> Span:
        return self.configs[0].span

    def read(self, path: str) -> tuple[Attr, ...]:
        """Attributes of all of them."""
        return tuple(attr for config in self.configs for attr in config.read(path))

    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(chain.from_iterable(c.keys() for c in self.configs)))


def united(provider: Provider, among: Iterable[Provider]) -> Provider:
    """``provider`` with the configurations of all that have its source."""
    same = (other.config for other in among if other.source == provider.source)
    configs = {id(config): config for config in (provider.config, *same) if config is not None}
    if len(configs) < 2:
        return provider
    return replace(provider, config=UnitedConfig(tuple(configs.values())))


@dataclass(eq=False)
class Providers:
    """Provider configurations of one root."""

    defaults: Defaults
    locked: Mapping[str, str]
    """Exact versions by source, from the lock file."""
    _known: dict[tuple[int, ProviderName], Provider] = field(default_factory=dict)
    _configs: dict[ProviderBlock, BlockConfig] = field(default_factory=dict)

    def close(self) -> None:
        """Empties every configuration. See :meth:`BlockConfig.close`."""
        for config in self._configs.values():
            config.close()

    def of_resource(self, block: ResourceBlock, module: Module) -> Provider:
        """The provider of a resource: ``provider =``, else the one its type is named after."""
        expr = block.members.expr("provider")
        name = provider_name(expr) if expr is not None else None
        return self.named(name or (block.type.partition("_")[0], None), module)

    def named(self, name: ProviderName, module: Module) -> Provider:
        """The configuration that a local name and alias stand for in a module."""
        key = (id(module), name)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(name, module)
        return found

    def _find(self, name: ProviderName, module: Module) -> Provider:
        source = source_of(module, name[0])
        located = _locate(name, module)
        defaults = _defaults(self.defaults, source, name[0])
        config: Config | None = None
        if located is not None:
            block, owner = located
            written = self._configs.get(block)
            if written is None:
                written = self._configs[block] = BlockConfig(block.members, owner, block.span)
            config = DefaultedConfig(written, defaults, block.span) if defaults else written
        elif defaults:
            config = DefaultedConfig(None, defaults, next(iter(defaults.values())).span)
        version = self.locked.get(source) or _constraint(module, name[0])
        if version is None and located is not None:
            version = located[0].members.text("version")
        alias = located[0].alias if located is not None else name[1]
        return Provider(source, name[0], alias, config, version)


def _defaults(declared: Defaults, source: str, local: str) -> Mapping[str, Declaration[str]]:
    for key in (local, source, source.rpartition("/")[2]):
        if key in declared:
            return declared[key]
    return {}


def with_defaults(provider: Provider, declared: Defaults, span: Span) -> Provider:
    """A provider completed by what the manifest declares for it."""
    defaults = _defaults(declared, provider.source, provider.local_name)
    if not defaults:
        return provider
    return replace(provider, config=DefaultedConfig(provider.config, defaults, span))


def source_of(module: Module, local: str) -> str:
    """Source address behind a local provider name; the default namespace when undeclared.

    Undeclared, the name ``terraform`` is the provider built into Terraform itself.
    """
    required = module.definition.required.get(local)
    if required is not None and required.source is not None:
        return required.source
    return BUILT_IN if local == "terraform" else normal_source(local)


def _constraint(module: Module, local: str) -> str | None:
    here: Module | None = module
    source = source_of(module, local)
    while here is not None:
        for name, required in here.definition.required.items():
            if required.version and source_of(here, name) == source:
                return required.version
        here = here.parent
    return None


def _locate(name: ProviderName, module: Module) -> tuple[ProviderBlock, Module] | None:
    """The block that configures a provider: own, passed by the caller, or inherited."""
    while True:
        block = module.definition.providers.get(name)
        if block is not None:
            return block, module
        if module.parent is None or module.call is None:
            return None
        passed = module.call.providers.get(name)
        if passed is None:
            if name[1] is not None:
                return None
            # Default configurations are inherited by source address, whatever their name.
            passed = (_same_source(module.parent, source_of(module, name[0]), name[0]), None)
        name, module = passed, module.parent


def _same_source(module: Module, source: str, local: str) -> str:
    if source_of(module, local) == source:
        return local
    names = [*module.definition.required, *(n for n, _ in module.definition.providers)]
    return next((n for n in names if source_of(module, n) == source), local)


def locked_versions(files: ModuleFiles, root: str) -> Mapping[str, str]:
    """Versions selected by ``terraform init``, by source address."""
    path = files.tree.join(root, LOCK_FILE)
    if path is None or not files.tree.exists(path):
        return {}
    file = files.parse(path)
    if file is None:
        return {}
    versions = {}
    for block in top_blocks(file):
        version = literal_text(Members(block.body).expr("version"))
        if block.type == "provider" and block.labels and version:
            versions[normal_source(block.labels[0])] = version
    return versions
