"""One Terraform root evaluated in one scenario."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from souverain.model import Phrase, Provider, Ref, Span
from souverain.terraform.addresses import AddressIndex
from souverain.terraform.body import BlockConfig
from souverain.terraform.calls import CallNode, registry_provider
from souverain.terraform.context import Evaluation
from souverain.terraform.model import Instance
from souverain.terraform.modules import Module
from souverain.terraform.providers import united
from souverain.terraform.repetition import Key, Repetition, key_text
from souverain.terraform.resources import ResourceNode
from souverain.worlds import Worlds


class EvaluatedRoot:
    """Implements :class:`souverain.terraform.model.TerraformRoot`."""

    def __init__(self, module: Module, scenario: str | None, library: bool) -> None:
        self.module = module
        self._scenario = scenario
        self._library = library
        self._places: dict[Instance, tuple[Module, Repetition | None, Key]] = {}

    @property
    def evaluation(self) -> Evaluation:
        return self.module.evaluation

    @property
    def path(self) -> str:
        return self.evaluation.root

    @property
    def scenario(self) -> str | None:
        return self._scenario

    @property
    def library(self) -> bool:
        return self._library

    @property
    def worlds(self) -> Worlds:
        return self.evaluation.worlds

    @property
    def span(self) -> Span:
        """A provider block, else a terraform block, else the first block."""
        definition = self.module.definition
        provider = next(iter(definition.providers.values()), None)
        span = provider.span if provider else definition.terraform or definition.first
        assert span is not None
        return span

    @property
    def files(self) -> tuple[str, ...]:
        self.instances()
        return tuple(sorted(self.evaluation.used))

    def instances(self) -> tuple[Instance, ...]:
        return self._instances

    @cached_property
    def _instances(self) -> tuple[Instance, ...]:
        return (*self._backend(), *self._of_module(self.module))

    def close(self) -> None:
        for instance in self._instances:
            if isinstance(instance.config, BlockConfig):
                instance.config.close()
        self.evaluation.providers.close()
        self.evaluation.grounds.close()
        self._places.clear()
        self.module.close()
        self.worlds.close()

    @cached_property
    def index(self) -> AddressIndex:
        """Instances of all worlds by address."""
        return AddressIndex(self._instances)

    def find(self, ref: Ref) -> tuple[Instance, ...]:
        return tuple(i for i in self.index.find(ref.address) if self.exists(i))

    def exists(self, instance: Instance) -> bool:
        module, repetition, key = self._places[instance]
        if not module.exists():
            return False
        return repetition is None or key in repetition.current().keys

    def repeated_in(self, instance: Instance) -> frozenset[str]:
        module, repetition, _ = self._places[instance]
        return module.repeated_in | (repetition.decided_in if repetition else frozenset())

    # --- collecting -------------------------------------------------------------------

    def _add(
        self, instance: Instance, module: Module, repetition: Repetition | None, key: Key
    ) -> Instance:
        self._places[instance] = (module, repetition, key)
        return instance

    def _backend(self) -> Iterator[Instance]:
        backend = self.module.definition.backend
        if backend is not None:
            name = f"backend.{backend.name}"
            config = BlockConfig(backend.members, self.module, backend.span)
            instance = Instance(f"terraform.{name}", name, "backend", config, None, backend.span)
            yield self._add(instance, self.module, None, None)

    def _of_module(self, module: Module) -> Iterator[Instance]:
        for node in module.resources:
            for key, counted_by in self._keys(module, node.repetition, node.block.span):
                yield self._resource(node, module, key, counted_by)
        for call in module.calls:
            for key, counted_by in self._keys(module, call.repetition, call.block.span):
                child = call.child(key)
                if child is not None:
                    yield from self._of_module(child)
                else:
                    yield self._unread(call, module, key, counted_by)

    def _keys(
        self, module: Module, repetition: Repetition, span: Span
    ) -> Iterator[tuple[Key, Span | None]]:
        """Keys in the worlds where the module exists, and what leaves them open."""
        more = False
        keys: dict[Key, None] = {}
        explored = self.worlds.explore(lambda: repetition.current() if module.exists() else None)
        for _, expansion in explored:
            if expansion is not None:
                keys.update(dict.fromkeys(expansion.keys))
                more = more or expansion.unknown is not None
        if self.evaluation.may_add(len(keys), span):
            for key in keys:
                yield key, repetition.span if more and key is None else None

    def _resource(
        self, node: ResourceNode, module: Module, key: Key, counted_by: Span | None
    ) -> Instance:
        found = node.instance(key)
        instance = Instance(
            found.address,
            node.block.type,
            "data" if node.block.mode == "data" else "resource",
            found.config,
            found.provider,
            node.block.span,
            counted_by,
            called_at=module.called_at,
        )
        return self._add(instance, module, node.repetition, key)

    def _unread(
        self, call: CallNode, module: Module, key: Key, counted_by: Span | None
    ) -> Instance:
        assert isinstance(call.target, Phrase)
        self.evaluation.files.account.note("module", "undecided", call.target, call.block.span)
        instance = Instance(
            call.address + key_text(key),
            "module",
            "module",
            call.arguments(key),
            _provider_of_call(call, module, key),
            call.block.span,
            counted_by,
            call.target,
            module.called_at,
        )
        return self._add(instance, module, call.repetition, key)


def _provider_of_call(call: CallNode, module: Module, key: Key) -> Provider | None:
    """The provider a module that cannot be read is given, or would inherit.

    Which providers it uses is not known: those passed to it, first of all for the one its
    registry source is named for; else that one; else the only one of its caller.
    """
    providers = module.evaluation.providers
    registry = registry_provider(call.block.members.text("source") or "")
    scope = call.scope(key)
    passed = {inner: providers.used(use, module, scope) for inner, use in call.providers.items()}
    if passed:
        named = (provider for inner, provider in passed.items() if inner[0] == registry)
        return united(next(named, next(iter(passed.values()))), passed.values())
    if registry is not None:
        return providers.named((registry, None), module)
    configured = {name: None for name, _ in _configured(module)}
    if len(configured) == 1:
        return providers.named((next(iter(configured)), None), module)
    return None


def _configured(module: Module) -> Iterator[tuple[str, str | None]]:
    """Provider configurations of a module and of its callers."""
    here: Module | None = module
    while here is not None:
        yield from here.definition.providers
        here = here.parent
