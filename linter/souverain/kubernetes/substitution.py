"""Variables that Flux fills in what it has deployed: ``${zone}``, ``${zone:=eu-west-3a}``.

A variable is filled in where all that deploy something give it the same value. What one of
them leaves open, or takes from elsewhere, stays open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from souverain.kubernetes.model import Entry, Fields, Items, KubernetesObject, Node, Scalar
from souverain.kubernetes.relocation import Filled, written
from souverain.records import dataclass, replace
from souverain.regex import regex

_VARIABLE: Final = regex(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::?[-=](?P<default>[^{}$]*))?\}")


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """What one delivery fills in. ``more``: others are filled in too, from elsewhere."""

    variables: Mapping[str, Scalar]
    more: bool

    @staticmethod
    def of(variables: Node | None, more: Node | None) -> Filling:
        """What the fields of an object say."""
        given = variables.entries if isinstance(variables, Fields) else ()
        leaves = {entry.key: entry.node for entry in given if isinstance(entry.node, Scalar)}
        return Filling(leaves, more is not None)


def filled(
    objects: tuple[KubernetesObject, ...], fillings: Sequence[Filling]
) -> tuple[KubernetesObject, ...]:
    """Objects with the variables that all deliveries fill in alike."""
    if not any(filling.variables for filling in fillings):
        return objects
    first = fillings[0].variables
    agreed = {
        name: leaf
        for name, leaf in first.items()
        if all(_says(filling, name) == written(leaf) for filling in fillings)
    }
    fill = _Fill(agreed, defaults=not any(filling.more for filling in fillings))
    return tuple(replace(each, body=fill.mapping(each.body)) for each in objects)


def _says(filling: Filling, name: str) -> str | None:
    leaf = filling.variables.get(name)
    return written(leaf) if leaf is not None else None


class _Fill:
    """Fills in the leaves of objects; the rest stays the same nodes."""

    def __init__(self, agreed: Mapping[str, Scalar], *, defaults: bool) -> None:
        self._agreed = agreed
        self._defaults = defaults

    def mapping(self, fields: Fields) -> Fields:
        """A mapping with its variables filled in."""
        nodes = [self._node(node) for node in fields.nodes]
        if _are_same(nodes, fields.nodes):
            return fields
        entries = zip(fields.entries, nodes, strict=True)
        return Fields((Entry(e.key, e.key_span, node) for e, node in entries), fields.span)

    def _node(self, node: Node) -> Node:
        if isinstance(node, Fields):
            return self.mapping(node)
        if isinstance(node, Items):
            inner = [self._node(each) for each in node.nodes]
            return node if _are_same(inner, node.nodes) else Items(inner, node.span)
        return self._leaf(node)

    def _leaf(self, leaf: Scalar) -> Scalar:
        if not isinstance(leaf.value, str) or "${" not in leaf.value:
            return leaf
        used: list[Scalar] = []

        def value(match: re.Match[str]) -> str:
            given = self._agreed.get(match["name"])
            if given is not None:
                used.append(given)
                return written(given)
            return match["default"] if self._defaults and match["default"] else match[0]

        text = _VARIABLE.sub(value, leaf.value)
        if text == leaf.value:
            return leaf
        new = Scalar(text, leaf.span, leaf.secret)
        return Filled(new, leaf.span, used[0].span) if used else new


def _are_same(ones: Sequence[Node], others: Sequence[Node]) -> bool:
    return all(one is other for one, other in zip(ones, others, strict=True))
