"""What the files of one module directory declare, before anything is evaluated.

Built once per directory and shared by every call of the module. Source: Terraform
configuration language, "Files and directories" and "Override files".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

from souverain.hcl import ast
from souverain.hcl.jsonsyntax import split
from souverain.model import Phrase, Span, phrase
from souverain.records import dataclass, field

Mode = Literal["managed", "data"]

TOP_LEVEL: Mapping[str, int] = {
    "resource": 2,
    "data": 2,
    "provider": 1,
    "variable": 1,
    "output": 1,
    "module": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
    "check": 1,
    "ephemeral": 2,
    "action": 2,
}
"""Block types of a module and how many labels each has."""

IGNORED = frozenset({"moved", "import", "removed", "check", "ephemeral", "action"})
"""Blocks that create nothing that lasts."""

_NESTED: Mapping[str, Mapping[str, int]] = {
    "terraform": {"required_providers": 0, "backend": 1, "cloud": 0, "provider_meta": 1},
    "variable": {"validation": 0},
    "resource": {"dynamic": 1, "lifecycle": 0, "connection": 0, "provisioner": 1},
    "data": {"dynamic": 1, "lifecycle": 0},
    "provider": {"dynamic": 1},
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
}


class Members:
    """Attributes and nested blocks of one body, by name."""

    def __init__(self, body: ast.Body) -> None:
        self.body = body
        self._nested: dict[ast.Block, Members] = {}

    @cached_property
    def attributes(self) -> Mapping[str, ast.Attribute]:
        found: dict[str, ast.Attribute] = {}
        for attribute in self.body.attributes:
            found.setdefault(attribute.name, attribute)
        return found

    @cached_property
    def blocks(self) -> Mapping[str, tuple[ast.Block, ...]]:
        found: dict[str, list[ast.Block]] = {}
        for block in self.body.blocks:
            found.setdefault(block.type, []).append(block)
        return {name: tuple(blocks) for name, blocks in found.items()}

    @cached_property
    def dynamics(self) -> Mapping[str, tuple[ast.Block, ...]]:
        """``dynamic`` blocks by the block type they generate."""
        found: dict[str, list[ast.Block]] = {}
        for block in self.blocks.get("dynamic", ()):
            if block.labels:
                found.setdefault(block.labels[0], []).append(block)
        return {name: tuple(blocks) for name, blocks in found.items()}

    def of(self, block: ast.Block) -> Members:
        """Members of a block of this body."""
        members = self._nested.get(block)
        if members is None:
            members = self._nested[block] = Members(view(block.body, block.type))
        return members

    def expr(self, name: str) -> ast.Expr | None:
        """Expression of an attribute, None when it is not written."""
        attribute = self.attributes.get(name)
        return attribute.expr if attribute is not None else None

    def text(self, name: str) -> str | None:
        """An attribute written as a literal string."""
        return literal_text(self.expr(name))


@dataclass(frozen=True, eq=False)
class Block:
    """A top-level block: its labels' last name, its members, and where its header is."""

    name: str
    members: Members
    span: Span


@dataclass(frozen=True, eq=False)
class ResourceBlock(Block):
    """A ``resource`` or ``data`` block."""

    mode: Mode
    type: str

    @property
    def address(self) -> str:
        """Address within its module, without instance key."""
        prefix = "data." if self.mode == "data" else ""
        return f"{prefix}{self.type}.{self.name}"


@dataclass(frozen=True, eq=False)
class ProviderBlock(Block):
    """A ``provider`` block; ``alias`` is None for the default configuration."""

    alias: str | None


@dataclass(frozen=True, eq=False)
class BackendBlock(Block):
    """A ``backend`` or ``cloud`` block; ``name`` is ``s3``, ``remote``, ``cloud``..."""


@dataclass(frozen=True, slots=True)
class RequiredProvider:
    """One entry of ``required_providers``. ``source`` is namespace/name, lower case."""

    source: str | None
    version: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """Something Terraform would refuse in the structure of a module."""

    reason: Phrase
    span: Span


@dataclass(eq=False)
class Definition:
    """Everything one module directory declares."""

    directory: str
    files: tuple[str, ...]
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, ast.Attribute] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    resources: dict[str, ResourceBlock] = field(default_factory=dict)
    """By address within the module."""
    calls: dict[str, Block] = field(default_factory=dict)
    providers: dict[tuple[str, str | None], ProviderBlock] = field(default_factory=dict)
    required: dict[str, RequiredProvider] = field(default_factory=dict)
    backend: BackendBlock | None = None
    first: Span | None = None
    """Header of the first block of the first file."""
    terraform: Span | None = None
    problems: list[Problem] = field(default_factory=list)


def literal_text(expr: ast.Expr | None) -> str | None:
    """The string an expression spells out; None when it is anything else."""
    if isinstance(expr, ast.Literal) and isinstance(expr.value, str):
        return expr.value
    return None


def normal_source(source: str) -> str:
    """``namespace/name`` of a provider source address, without host, lower case.

    Source: Terraform, "Provider requirements", source addresses.
    """
    parts = source.strip().lower().split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else f"hashicorp/{parts[0]}"


def view(body: ast.Body, kind: str) -> ast.Body:
    """A nested body with its blocks told apart from its attributes, JSON included."""
    schema = _NESTED.get(kind)
    return split(body, schema) if body.json and schema else body


def top_blocks(file: ast.File) -> tuple[ast.Block, ...]:
    """Blocks of a file, native or JSON."""
    body = split(file.body, TOP_LEVEL) if file.body.json else file.body
    return body.blocks


def module_of(directory: str, files: tuple[str, ...], blocks: Iterable[ast.Block]) -> Definition:
    """Collects blocks, overrides already merged, into a definition."""
    definition = Definition(directory, files)
    for block in blocks:
        if definition.first is None:
            definition.first = block.header
        if _labels_are_right(definition, block):
            _declare(definition, block)
    return definition


def _labels_are_right(definition: Definition, block: ast.Block) -> bool:
    expected = TOP_LEVEL.get(block.type)
    if expected is None:
        _problem(definition, "terraform.block-unknown", block, type=block.type)
        return False
    if len(block.labels) != expected:
        reason = phrase("terraform.block-labels", type=block.type, count=expected)
        definition.problems.append(Problem(reason, block.header))
        return False
    return True


def _problem(definition: Definition, key: str, block: ast.Block, **args: str) -> None:
    definition.problems.append(Problem(phrase(key, **args), block.header))


def _declare(definition: Definition, block: ast.Block) -> None:
    if block.type in IGNORED:
        return
    if block.type == "locals":
        _declare_locals(definition, block)
    elif block.type == "terraform":
        _declare_settings(definition, block)
    elif not _declare_named(definition, block):
        name = ".".join((block.type, *block.labels))
        _problem(definition, "terraform.declared-twice", block, name=name)


def _declare_named(definition: Definition, block: ast.Block) -> bool:
    """Adds a block that has a name of its own; False when the name is taken."""
    members = Members(view(block.body, block.type))
    name, span = block.labels[-1], block.header
    if block.type in ("resource", "data"):
        mode: Mode = "data" if block.type == "data" else "managed"
        resource = ResourceBlock(name, members, span, mode, block.labels[0])
        return definition.resources.setdefault(resource.address, resource) is resource
    if block.type == "provider":
        provider = ProviderBlock(name, members, span, members.text("alias"))
        return definition.providers.setdefault((name, provider.alias), provider) is provider
    named = {
        "variable": definition.variables,
        "output": definition.outputs,
        "module": definition.calls,
    }[block.type]
    entry = Block(name, members, span)
    return named.setdefault(name, entry) is entry


def _declare_locals(definition: Definition, block: ast.Block) -> None:
    for attribute in block.body.attributes:
        if definition.locals.setdefault(attribute.name, attribute) is not attribute:
            reason = phrase("terraform.declared-twice", name=f"local.{attribute.name}")
            definition.problems.append(Problem(reason, attribute.span))


def _declare_settings(definition: Definition, block: ast.Block) -> None:
    definition.terraform = definition.terraform or block.header
    for nested in view(block.body, "terraform").blocks:
        if nested.type == "required_providers":
            for attribute in nested.body.attributes:
                definition.required[attribute.name] = _required(attribute)
        elif nested.type in ("backend", "cloud"):
            name = nested.labels[0] if nested.labels else "cloud"
            definition.backend = BackendBlock(name, Members(nested.body), nested.header)


def _required(attribute: ast.Attribute) -> RequiredProvider:
    items = dict(object_items(attribute.expr))
    source = literal_text(items.get("source"))
    version = literal_text(items.get("version")) or literal_text(attribute.expr)
    return RequiredProvider(normal_source(source) if source else None, version, attribute.span)


def object_items(expr: ast.Expr | None) -> Iterator[tuple[str, ast.Expr]]:
    """Items of an object constructor whose keys are literal; nothing for anything else."""
    if isinstance(expr, ast.Object):
        for item in expr.items:
            key = item.key.value if isinstance(item.key, ast.Literal) else None
            if isinstance(key, str):
                yield key, item.value
