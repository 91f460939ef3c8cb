"""Resources and data sources of a module instance, and what other expressions read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from souverain.model import Config, Provider, Ref, Span, phrase
from souverain.records import replace
from souverain.terraform.body import BlockConfig, WrittenAttr
from souverain.terraform.data import DataRule
from souverain.terraform.definition import ResourceBlock
from souverain.terraform.provenance import BodyScope, Link, Step
from souverain.terraform.repetition import InstanceScope, Key, Repetition, key_text
from souverain.terraform.scope import IndexStep
from souverain.terraform.scope import Step as ScopeStep
from souverain.values import OpenMap, Partial, Unknown, Value

if TYPE_CHECKING:
    from souverain.terraform.modules import Module


class ResourceNode:
    """One ``resource`` or ``data`` block of one module instance."""

    def __init__(self, block: ResourceBlock, module: Module) -> None:
        self.block = block
        self.module = module
        self.address = module.prefix + block.address
        """Absolute in the root, without instance key."""
        self.repetition = Repetition(block.members, module, self.address)
        self._instances: dict[Key, ResourceInstance] = {}

    def close(self) -> None:
        """Gives up the instances. See :meth:`Module.close`."""
        self._instances.clear()

    def instance(self, key: Key) -> ResourceInstance:
        """The instance of a key, whether it exists in the current world or not."""
        found = self._instances.get(key)
        if found is None:
            found = self._instances[key] = ResourceInstance(self, key)
        return found

    def resolve(self, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        """Value of the block followed by the first *n* steps, and *n*."""
        expansion = self.repetition.current()
        if expansion.kind == "single":
            if expansion.keys:
                return self.instance(None).resolve(steps, span)
            return (self._absent(None, span), len(steps)) if steps else (None, 0)
        if not steps:
            return self._whole(span), 0
        key = _key_of(steps[0])
        if key is None:
            return self.unknown("", span), len(steps)
        if key not in expansion.keys:
            if expansion.unknown is None:
                return self._absent(key, span), len(steps)
            key = None
        value, taken = self.instance(key).resolve(steps[1:], span)
        return value, taken + 1

    def unknown(self, attribute: str, span: Span, key: Key = None) -> Unknown:
        """An attribute that only the provider can tell; it keeps the reference."""
        address = self.address + key_text(key)
        name = f"{address}.{attribute}" if attribute else address
        key_ = "terraform.data-read" if self.block.mode == "data" else "terraform.computed"
        reason = phrase(key_, name=name)
        return Unknown(reason, span, Ref(address, attribute), name)

    def _absent(self, key: Key, span: Span) -> Unknown:
        name = self.address + key_text(key)
        return Unknown(phrase("terraform.no-such-instance", name=name), span, error=True)

    def _whole(self, span: Span) -> Value:
        expansion = self.repetition.current()
        keys = [key for key in expansion.keys if key is not None]
        objects = [ResourceObject(self.instance(key), span) for key in keys]
        known = dict(zip(map(str, keys), objects, strict=True))
        if expansion.unknown is not None:
            unknown = self.unknown("", span)
            return OpenMap(known, unknown) if known else unknown
        return tuple(objects) if expansion.kind == "count" else known

    def links(self, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        """The reference itself, then the attribute that decides the value, if written."""
        key: Key = None
        if self.repetition.kind != "single" and steps:
            first, steps = steps[0], steps[1:]
            key = first if isinstance(first, (int, str)) else None
        path = [step for step in steps if isinstance(step, str)]
        address = self.address + key_text(key)
        found: list[Link | Ref] = [Ref(address, ".".join(path))]
        written = self.instance(key).config.attribute(path[0]) if path else None
        if written is not None:
            name = f"{address}.{path[0]}"
            text = phrase("terraform.trace-attribute", name=name)
            rest = steps[steps.index(path[0]) + 1 :]
            found.append(Link(written.expr, written.scope, rest, text, written.span))
        elif path and self.block.mode == "data":
            found.extend(self._decided_by(self.instance(key), path[0]))
        return tuple(found)

    def _decided_by(self, instance: ResourceInstance, name: str) -> Iterator[Link]:
        """The provider argument that decides an attribute of a data source."""
        rule = self.module.evaluation.data_rules.rule(self.block.type, name)
        for attr in rule.read(instance) if rule is not None else ():
            text = phrase("terraform.trace-provider", name=f"{self.address}.{name}")
            yield Link(None, None, (), text, attr.span)
            if isinstance(attr, WrittenAttr):
                yield Link(attr.expr, attr.scope, ())


def _key_of(step: ScopeStep) -> Key:
    key = step.key if isinstance(step, IndexStep) else None
    if isinstance(key, (int, str)) and not isinstance(key, bool):
        return key
    return None


class ResourceInstance:
    """One instance: its configuration with ``each`` and ``count`` in scope."""

    def __init__(self, node: ResourceNode, key: Key) -> None:
        self.node = node
        self.key = key
        scope: BodyScope = node.module
        if node.repetition.kind != "single":
            scope = InstanceScope(node.module, node.repetition, key)
        self.config = BlockConfig(node.block.members, scope, node.block.span)
        self._scope = scope

    @property
    def address(self) -> str:
        return self.node.address + key_text(self.key)

    @cached_property
    def provider(self) -> Provider:
        """The provider configuration it is created with."""
        node = self.node
        return node.module.evaluation.providers.of_resource(node.block, node.module, self._scope)

    def resolve(self, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        """Value of the instance followed by the first *n* steps, and *n*."""
        if not steps:
            return ResourceObject(self, span), 0
        name = _name_of(steps[0])
        if name is None:
            return self.node.unknown("", span, self.key), len(steps)
        written = self.config.attribute(name)
        if written is not None:
            return self._written(written, name, span), 1
        if self.node.block.mode == "data":
            rule = self.node.module.evaluation.data_rules.rule(self.node.block.type, name)
            if rule is not None:
                return self._decided(rule, steps, span)
        return self._in_blocks(steps, span)

    @property
    def provider_config(self) -> Config | None:
        """Configuration of the provider it is created with."""
        return self.provider.config

    def _decided(
        self, rule: DataRule, steps: tuple[ScopeStep, ...], span: Span
    ) -> tuple[Value, int]:
        """An attribute of a data source that the configuration decides."""
        name = _name_of(steps[0]) or ""
        unknown = self.node.unknown(name, span, self.key)
        value = rule.decide(self, lambda: unknown)
        if rule.each and isinstance(value, Partial):
            value = replace(unknown, element=value)
        return value, 1

    def member(self, name: str, span: Span) -> Value:
        """One attribute, as configured or Unknown."""
        return self.resolve((name,), span)[0]

    def _written(self, written: WrittenAttr, name: str, span: Span) -> Value:
        value = written.value
        if isinstance(value, Partial):
            return self._own(value, name)
        # A null argument is as if it were not written: the provider fills it in.
        return self.node.unknown(name, span, self.key) if value is None else value

    def _own(self, text: Partial, name: str) -> Partial:
        """A text made up of other values leads to this resource, not to its parts.

        ``aws_s3_bucket.b.bucket`` is that bucket, though its name has the account in it.
        """
        ref = Ref(self.address, name)
        parts = (replace(p, ref=ref) if isinstance(p, Unknown) else p for p in text.segments)
        return Partial(tuple(parts))

    def _in_blocks(self, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        """Walks nested blocks, whose nesting (list, set or single) only the provider knows."""
        config: BlockConfig = self.config
        names: list[str] = []
        for taken, step in enumerate(steps):
            name = _name_of(step)
            if name is None:
                continue
            names.append(name)
            written = config.attribute(name)
            if written is not None and taken:
                return self._written(written, ".".join(names), span), taken + 1
            blocks = config.blocks(name)
            position = _position(steps[taken + 1 :], len(blocks))
            if position is None:
                break
            nested = blocks[position]
            if isinstance(nested, Unknown):
                return nested, len(steps)
            config = nested
        return self.node.unknown(".".join(names), span, self.key), len(steps)


def _name_of(step: ScopeStep) -> str | None:
    if isinstance(step, str):
        return step
    return step.key if isinstance(step.key, str) else None


def _position(following: tuple[ScopeStep, ...], count: int) -> int | None:
    """Which of ``count`` nested blocks the next step reads; None when it cannot be told."""
    step = following[0] if following else None
    if isinstance(step, IndexStep):
        index = step.key
        return index if isinstance(index, int) and 0 <= index < count else None
    return 0 if count == 1 else None


class ResourceObject(Mapping[str, Value]):
    """A whole resource as a value: written attributes, and Unknown for every other name."""

    def __init__(self, instance: ResourceInstance, span: Span) -> None:
        self._instance = instance
        self._span = span

    def __getitem__(self, name: str) -> Value:
        return self._instance.member(name, self._span)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self._instance.config.keys())

    def __len__(self) -> int:
        return len(self._instance.config.keys())

    def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override]
        return self[name]
