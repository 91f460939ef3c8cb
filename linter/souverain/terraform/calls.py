"""Module calls: which module they lead to, and what their instances give back.

Source: Terraform, "Module blocks", "Module sources".
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from souverain.hcl import ast
from souverain.model import Phrase, Ref, Span, phrase
from souverain.records import dataclass
from souverain.regex import regex
from souverain.terraform.body import BlockConfig
from souverain.terraform.context import MAX_MODULE_DEPTH
from souverain.terraform.definition import Block, Definition
from souverain.terraform.provenance import BodyScope, Link, Step
from souverain.terraform.repetition import InstanceScope, Key, Repetition, key_text
from souverain.terraform.scope import IndexStep
from souverain.terraform.scope import Step as ScopeStep
from souverain.terraform.syntax import traversal
from souverain.terraform.variables import Assignment
from souverain.values import OpenMap, Unknown, Value

if TYPE_CHECKING:
    from souverain.terraform.modules import Module

ARGUMENTS = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})
"""Arguments of a module block that are not inputs."""

_REGISTRY_NAME = regex(r"[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?")

ProviderName = tuple[str, str | None]
"""Local name and alias."""


@dataclass(frozen=True, slots=True)
class ProviderUse:
    """``aws``, ``aws.us`` or, in OpenTofu, ``aws.by_region[each.key]``.

    Source: OpenTofu, "Provider configuration", for_each.
    """

    name: ProviderName
    key: ast.Expr | None = None


class CallNode:
    """One ``module`` block of one module instance."""

    def __init__(self, block: Block, module: Module) -> None:
        self.block = block
        self.module = module
        self.address = f"{module.prefix}module.{block.name}"
        self.repetition = Repetition(block.members, module, self.address)
        self._children: dict[Key, Module] = {}

    @cached_property
    def target(self) -> Definition | Phrase:
        """The called module, or why it cannot be read."""
        source = self.block.members.text("source")
        evaluation = self.module.evaluation
        if len(self.module.call_path) >= MAX_MODULE_DEPTH:
            return phrase("terraform.module-too-deep", limit=MAX_MODULE_DEPTH)
        if source is None:
            return phrase("terraform.module-source", name=self.block.name)
        if is_local(source):
            return self._local(source)
        directory = evaluation.installed.directory((*self.module.call_path, self.block.name))
        found = evaluation.files.definition(directory) if directory else None
        return found or phrase("terraform.module-not-installed", source=source)

    def _local(self, source: str) -> Definition | Phrase:
        files = self.module.evaluation.files
        directory = files.called(self.module.definition.directory, source)
        if directory is None:
            return phrase("terraform.module-outside", source=source)
        return files.definition(directory) or phrase("terraform.module-absent", source=source)

    def child(self, key: Key) -> Module | None:
        """The module instance of a key; None when the module cannot be read."""
        from souverain.terraform.modules import Module

        if not isinstance(self.target, Definition):
            return None
        child = self._children.get(key)
        if child is None:
            scope = self.scope(key)
            child = Module(self.module.evaluation, self.target, self._assignments(scope), self, key)
            self._children[key] = child
        return child

    def close(self) -> None:
        """Gives up the instances. See :meth:`Module.close`."""
        for child in self._children.values():
            child.close()
        self._children.clear()

    def scope(self, key: Key) -> BodyScope:
        """Surroundings of the arguments of one instance."""
        if self.repetition.kind == "single":
            return self.module
        return InstanceScope(self.module, self.repetition, key)

    def arguments(self, key: Key) -> BlockConfig:
        """The arguments of one instance."""
        return BlockConfig(self.block.members, self.scope(key), self.block.span)

    def _assignments(self, scope: BodyScope) -> dict[str, Assignment]:
        return {
            name: Assignment(
                attribute,
                scope,
                phrase("terraform.trace-argument", name=name, module=self.address),
                attribute.span,
            )
            for name, attribute in self.block.members.attributes.items()
            if name not in ARGUMENTS
        }

    @cached_property
    def providers(self) -> dict[ProviderName, ProviderUse]:
        """The ``providers`` argument: child's configuration -> caller's."""
        expr = self.block.members.expr("providers")
        found: dict[ProviderName, ProviderUse] = {}
        if isinstance(expr, ast.Object):
            for item in expr.items:
                inner, outer = provider_use(item.key), provider_use(item.value)
                if inner is not None and outer is not None:
                    found[inner.name] = outer
        return found

    # --- values -----------------------------------------------------------------------

    def resolve(self, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        """Value of ``module.<name>`` followed by the first *n* steps, and *n*."""
        expansion = self.repetition.current()
        if not isinstance(self.target, Definition):
            return self._unread(steps, span), len(steps)
        if expansion.kind == "single":
            if expansion.keys:
                return self._of_instance(None, steps, span)
            return (self._absent(None, span), len(steps)) if steps else (None, 0)
        if not steps:
            return self._whole(span), 0
        key = steps[0].key if isinstance(steps[0], IndexStep) else None
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            return self._open(span), len(steps)
        if key not in expansion.keys:
            if expansion.unknown is None:
                return self._absent(key, span), len(steps)
            key = None
        value, taken = self._of_instance(key, steps[1:], span)
        return value, taken + 1

    def _absent(self, key: Key, span: Span) -> Unknown:
        name = self.address + key_text(key)
        return Unknown(phrase("terraform.no-such-instance", name=name), span, error=True)

    def _of_instance(self, key: Key, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        child = self.child(key)
        assert child is not None
        if not steps:
            return {name: child.output(name, span) for name in child.definition.outputs}, 0
        step = steps[0]
        name = step.key if isinstance(step, IndexStep) else step
        if not isinstance(name, str):
            return self._open(span), len(steps)
        return child.output(name, span), 1

    def _whole(self, span: Span) -> Value:
        expansion = self.repetition.current()
        keys = [key for key in expansion.keys if key is not None]
        objects = [self._of_instance(key, (), span)[0] for key in keys]
        known = dict(zip(map(str, keys), objects, strict=True))
        if expansion.unknown is not None:
            return OpenMap(known, expansion.unknown) if known else expansion.unknown
        return tuple(objects) if expansion.kind == "count" else known

    def _open(self, span: Span) -> Unknown:
        unknown = self.repetition.current().unknown
        return unknown or Unknown(phrase("terraform.key-unknown", name=self.address), span)

    def _unread(self, steps: tuple[ScopeStep, ...], span: Span) -> Unknown:
        assert isinstance(self.target, Phrase)
        reason = phrase("terraform.output-unread", name=self.address, reason=self.target)
        names = tuple(step for step in steps if isinstance(step, str))
        ref = Ref(self.address, ".".join(names))
        return Unknown(reason, span, ref, self.address)

    def links(self, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        """The output that ``module.<name>`` followed by ``steps`` reads, in each instance."""
        if not isinstance(self.target, Definition):
            return (Ref(self.address, ".".join(s for s in steps if isinstance(s, str))),)
        keys: tuple[Key, ...] = (None,)
        if self.repetition.kind != "single" and steps:
            keys = self._keys(steps[0])
            steps = steps[1:]
        name = steps[0] if steps else None
        found: list[Link | Ref] = []
        for key in keys:
            child = self.child(key)
            block = child.definition.outputs.get(str(name)) if child else None
            value = block.members.attributes.get("value") if block else None
            if value is not None:
                text = phrase("terraform.trace-output", name=f"{self.address}.{name}")
                found.append(Link(value.expr, child, steps[1:], text, value.span))
        return tuple(found)

    def _keys(self, step: Step) -> tuple[Key, ...]:
        keys = self.repetition.current().keys
        if isinstance(step, (int, str)):
            return (step,) if step in keys else (None,)
        return keys


def is_local(source: str) -> bool:
    """Whether a module source is a directory of the same project.

    Terraform takes a source as local exactly when it starts with ``./`` or ``../``.
    """
    normal = source.replace("\\", "/")
    return normal.startswith(("./", "../")) or normal in (".", "..")


def registry_provider(source: str) -> str | None:
    """The provider that a registry source is named for; None for any other source.

    Source: Terraform, "Module sources": ``[host/]namespace/name/provider``, where only a
    host has a dot (``github.com/a/b`` is a repository).
    """
    parts = source.partition("//")[0].split("/")
    if "." in parts[0] and len(parts) == 4:
        parts = parts[1:]
    if len(parts) != 3 or any(not _REGISTRY_NAME.fullmatch(part) for part in parts):
        return None
    return parts[2]


def provider_use(expr: ast.Expr) -> ProviderUse | None:
    """``aws.us``, ``aws`` or ``"${aws.us}"`` in a ``provider`` or ``providers`` argument."""
    if isinstance(expr, ast.Template) and isinstance(expr.parts[0], ast.Interpolation):
        expr = expr.parts[0].expr
    names = traversal(expr)
    if names is None or not names[0]:
        return None
    key = expr.key if isinstance(expr, ast.Index) else None
    return ProviderUse((names[0], names[1] if len(names) > 1 else None), key)
