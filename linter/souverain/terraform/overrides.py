"""Override files merged into the blocks they override.

Source: Terraform, "Override files", merging behaviour: an argument replaces the one of
the same name; a nested block type replaces all nested blocks of that type, except that
``lifecycle`` is merged argument by argument, ``required_providers`` entry by entry, and
``backend`` and ``cloud`` replace each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from souverain.hcl import ast
from souverain.model import phrase
from souverain.terraform.definition import Problem, literal_text, view

Identity = tuple[str, ...]

_STATE = frozenset({"backend", "cloud"})


def merge(
    base: Iterable[ast.Block], overrides: Iterable[ast.Block]
) -> tuple[tuple[ast.Block, ...], tuple[Problem, ...]]:
    """Blocks of a module with its override blocks applied in order, and what had no base."""
    blocks = list(base)
    problems: list[Problem] = []
    for override in overrides:
        if override.type in ("locals", "terraform"):
            blocks = _merge_shared(blocks, override)
            continue
        position = _find(blocks, override)
        if position is not None:
            blocks[position] = _merge_block(blocks[position], override)
        elif _may_stand_alone(override):
            blocks.append(override)
        else:
            name = ".".join((override.type, *override.labels))
            reason = phrase("terraform.override-without-base", name=name)
            problems.append(Problem(reason, override.header))
    return tuple(blocks), tuple(problems)


def _may_stand_alone(block: ast.Block) -> bool:
    return block.type == "provider" and _alias(block) is None


def _find(blocks: list[ast.Block], override: ast.Block) -> int | None:
    wanted = _identity(override)
    return next((i for i, block in enumerate(blocks) if _identity(block) == wanted), None)


def _identity(block: ast.Block) -> Identity:
    alias = _alias(block) if block.type == "provider" else None
    return (block.type, *block.labels, *((alias,) if alias else ()))


def _alias(block: ast.Block) -> str | None:
    for attribute in block.body.attributes:
        if attribute.name == "alias":
            return literal_text(attribute.expr)
    return None


def _merge_block(base: ast.Block, override: ast.Block) -> ast.Block:
    body = _merge_body(view(base.body, base.type), view(override.body, override.type))
    return ast.Block(base.type, base.labels, body, base.span, base.header)


def _merge_body(base: ast.Body, override: ast.Body) -> ast.Body:
    generated = {_generated(block) for block in override.blocks} - {"lifecycle"}
    # The JSON syntax writes blocks as attributes, so a name replaces its namesake of either kind.
    replaced = generated | {attribute.name for attribute in override.attributes}
    kept = [b for b in base.blocks if _generated(b) not in replaced]
    written = tuple(a for a in base.attributes if a.name not in generated)
    attributes = _merge_attributes(written, override.attributes)
    blocks = tuple(_with_lifecycle(kept, override.blocks))
    return ast.Body(attributes, blocks, base.span, base.json and override.json)


def _merge_attributes(
    base: tuple[ast.Attribute, ...], override: tuple[ast.Attribute, ...]
) -> tuple[ast.Attribute, ...]:
    merged = {attribute.name: attribute for attribute in base}
    merged.update((attribute.name, attribute) for attribute in override)
    return tuple(merged.values())


def _generated(block: ast.Block) -> str:
    """The block type that a block or ``dynamic`` block stands for."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _with_lifecycle(
    kept: list[ast.Block], overriding: tuple[ast.Block, ...]
) -> Iterable[ast.Block]:
    for block in overriding:
        position = next(
            (i for i, b in enumerate(kept) if b.type == block.type == "lifecycle"), None
        )
        if position is None:
            kept.append(block)
        else:
            kept[position] = _merge_block(kept[position], block)
    return kept


def _merge_shared(blocks: list[ast.Block], override: ast.Block) -> list[ast.Block]:
    """Applies a ``locals`` or ``terraform`` block, which have no identity of their own."""
    overridden = view(override.body, override.type)
    names = {attribute.name for attribute in overridden.attributes}
    state = any(block.type in _STATE for block in overridden.blocks)
    providers = {
        attribute.name
        for block in overridden.blocks
        if block.type == "required_providers"
        for attribute in block.body.attributes
    }
    stripped = [
        _without(block, names, providers, state) if block.type == override.type else block
        for block in blocks
    ]
    return [*stripped, override]


def _without(block: ast.Block, names: set[str], providers: set[str], state: bool) -> ast.Block:
    body = view(block.body, block.type)
    attributes = tuple(a for a in body.attributes if a.name not in names)
    nested = tuple(
        _without(inner, providers, set(), False) if inner.type == "required_providers" else inner
        for inner in body.blocks
        if not (state and inner.type in _STATE)
    )
    return ast.Block(
        block.type,
        block.labels,
        ast.Body(attributes, nested, body.span, json=False),
        block.span,
        block.header,
    )
