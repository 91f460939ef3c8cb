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
from souverain.terraform.calls import ProviderName, ProviderUse, provider_use
from souverain.terraform.chosen import ChosenScope
from souverain.terraform.definition import (
    Members,
    ProviderBlock,
    ResourceBlock,
    literal_text,
    normal_source,
    top_blocks,
)
from souverain.terraform.repetition import Repetition
from souverain.values import Value

if TYPE_CHECKING:
    from souverain.hcl import ast
    from souverain.terraform.files import ModuleFiles
    from souverain.terraform.modules import Module
    from souverain.terraform.provenance import BodyScope

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
    _chosen: list[BlockConfig] = field(default_factory=list)
    _repetitions: dict[ProviderBlock, Repetition] = field(default_factory=dict)

    def close(self) -> None:
        """Empties every configuration, and gives up what refers to the modules."""
        for config in (*self._configs.values(), *self._chosen):
            config.close()
        self._known.clear()
        self._repetitions.clear()

    def of_resource(self, block: ResourceBlock, module: Module, scope: BodyScope) -> Provider:
        """The provider of an instance: ``provider =``, else the one its type is named after.

        ``scope`` is the instance's own.
        """
        expr = block.members.expr("provider")
        use = provider_use(expr) if expr is not None else None
        return self.used(use or ProviderUse((block.type.partition("_")[0], None)), module, scope)

    def named(self, name: ProviderName, module: Module) -> Provider:
        """The configuration that a local name and alias stand for in a module."""
        return self.used(ProviderUse(name), module, module)

    def used(self, use: ProviderUse, module: Module, scope: BodyScope) -> Provider:
        """The configuration that is meant in a module; ``scope`` is where its key is read."""
        if use.key is not None:
            return self._find(use, module, scope)
        known = (id(module), use.name)
        found = self._known.get(known)
        if found is None:
            found = self._known[known] = self._find(use, module, scope)
        return found

    def _find(self, use: ProviderUse, module: Module, scope: BodyScope) -> Provider:
        local = use.name[0]
        source = source_of(module, local)
        located = _locate(use, module, scope)
        defaults = _defaults(self.defaults, source, local)
        config: Config | None = None
        if located is not None:
            block = located.block
            written = self._written(located)
            config = DefaultedConfig(written, defaults, block.span) if defaults else written
        elif defaults:
            config = DefaultedConfig(None, defaults, next(iter(defaults.values())).span)
        version = self.locked.get(source) or _constraint(module, local)
        if version is None and located is not None:
            version = located.block.members.text("version")
        alias = located.block.alias if located is not None else use.name[1]
        return Provider(source, local, alias, config, version)

    def _written(self, located: _Located) -> BlockConfig:
        block, owner = located.block, located.owner
        if located.key is not None and "for_each" in block.members.attributes:
            name = f"{owner.prefix}provider.{block.name}.{block.alias}"
            repetition = self._repetitions.setdefault(block, Repetition(block.members, owner, name))
            scope = ChosenScope(owner, repetition, located.key, located.scope)
            self._chosen.append(BlockConfig(block.members, scope, block.span))
            return self._chosen[-1]
        written = self._configs.get(block)
        if written is None:
            written = self._configs[block] = BlockConfig(block.members, owner, block.span)
        return written


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


@dataclass(frozen=True, slots=True)
class _Located:
    """The block that configures a provider, in the module that has it, and which instance."""

    block: ProviderBlock
    owner: Module
    key: ast.Expr | None
    scope: BodyScope


def _locate(use: ProviderUse, module: Module, scope: BodyScope) -> _Located | None:
    """The block that configures a provider: own, passed by the caller, or inherited."""
    while True:
        name = use.name
        block = module.definition.providers.get(name)
        if block is not None:
            return _Located(block, module, use.key, scope)
        if module.parent is None or module.call is None:
            return None
        passed = module.call.providers.get(name)
        if passed is None:
            if name[1] is not None:
                return None
            # Default configurations are inherited by source address, whatever their name.
            local = _same_source(module.parent, source_of(module, name[0]), name[0])
            passed = ProviderUse((local, None))
        use, scope, module = passed, module.call.scope(module.key), module.parent


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
