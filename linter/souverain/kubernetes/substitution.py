"""Variables that Flux fills in what it has deployed: ``${zone}``, ``${zone:=eu-west-3a}``.

A variable is filled in where all that deploy something give it the same value. What one of
them leaves open, or takes from where it cannot be read, stays open, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from souverain.kubernetes.model import Entry, Fields, Items, KubernetesObject, Node, Scalar
from souverain.kubernetes.relocation import Filled, Open, written
from souverain.kubernetes.variables import Cause, Given
from souverain.model import Phrase
from souverain.records import replace
from souverain.regex import regex

_VARIABLE: Final = regex(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::?[-=](?P<default>[^{}$]*))?\}")


def filled(
    objects: tuple[KubernetesObject, ...], given: Sequence[Given]
) -> tuple[KubernetesObject, ...]:
    """Objects with the variables that all deliveries fill in alike."""
    if not any(each.known or each.hidden or each.others for each in given):
        return objects
    fill = _Fill(given)
    return tuple(replace(each, body=fill.mapping(each.body)) for each in objects)


class _Fill:
    """Fills in the leaves of objects; the rest stays the same nodes."""

    def __init__(self, given: Sequence[Given]) -> None:
        self._given = given
        self._agreed: dict[str, Scalar | Cause | None] = {}

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
        causes: dict[str, Phrase] = {}

        def value(match: re.Match[str]) -> str:
            given = self._of(match["name"])
            if isinstance(given, Scalar):
                used.append(given)
                return written(given)
            if given is not None:
                causes[match[0]] = given.of(match[0])
                return match[0]
            return match["default"] or match[0]

        text = _VARIABLE.sub(value, leaf.value)
        new = leaf if text == leaf.value else Scalar(text, leaf.span, leaf.secret)
        if causes:
            return Open(new, causes)
        return Filled(new, leaf.span, used[0].span) if used else new

    def _of(self, name: str) -> Scalar | Cause | None:
        """What all give for a variable, why it stays open, None when nobody gives it."""
        if name not in self._agreed:
            self._agreed[name] = self._agree(name)
        return self._agreed[name]

    def _agree(self, name: str) -> Scalar | Cause | None:
        cause = next(filter(None, (each.cause(name) for each in self._given)), None)
        if cause is not None:
            return cause
        leaves = [each.known.get(name) for each in self._given]
        if len({None if leaf is None else written(leaf) for leaf in leaves}) == 1:
            return leaves[0]
        names = ", ".join(dict.fromkeys(each.by for each in self._given))
        return Cause("kubernetes.variable-differs", (("deliveries", names),))


def _are_same(ones: Sequence[Node], others: Sequence[Node]) -> bool:
    return all(one is other for one, other in zip(ones, others, strict=True))
