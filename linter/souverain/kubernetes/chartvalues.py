"""Values of a chart as they are written: which line of which file decides a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from souverain.kubernetes.chart import Chart
from souverain.kubernetes.model import Entry, Fields, Items, Node, Scalar
from souverain.kubernetes.relocation import written
from souverain.kubernetes.secrets import names_secret
from souverain.kubernetes.templates import ValuesPath
from souverain.model import Span

GLOBAL = "global"
_SHORTEST: Final = 4
"""Characters of a secret; shorter texts stand in any sentence."""
Layer = tuple[Fields, ValuesPath]
"""A values file, and the path in it below which the values of a chart are."""


class Values:
    """The values files of a chart, and what its parents' files say for it."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)
        self._leaves: dict[ValuesPath, dict[tuple[str, str], Span]] = {}

    @classmethod
    def of(cls, chart: Chart, files: Sequence[Fields]) -> Values:
        """Of a chart that is rendered; the later of two files wins."""
        own = (chart.values,) if chart.values is not None else ()
        return cls([(fields, ()) for fields in (*own, *files)])

    def below(self, key: str, chart: Chart) -> Values:
        """Those of a subchart: its own, then what its parents say under its name."""
        own = ((chart.values, ()),) if chart.values is not None else ()
        return Values([*own, *((fields, (*prefix, key)) for fields, prefix in self._layers)])

    def of_subchart(self, key: str) -> Fields | None:
        """What is written for a subchart that is not there; None when nothing is."""
        found: Node | None = None
        for fields, prefix in self._layers:
            for node in _descend(fields, (*prefix, key)):
                found = _merged(found, node)
        return found if isinstance(found, Fields) and found.keys else None

    def without_secrets(self, message: str) -> str:
        """What a renderer says, without the texts that stand under keys of secrets."""
        leaves = (leaf for fields, _ in self._layers for leaf in _leaves(fields, ""))
        texts = {leaf.value for key, leaf in leaves if names_secret(key)}
        secrets = (text for text in texts if isinstance(text, str) and len(text) >= _SHORTEST)
        for secret in sorted(secrets, key=len, reverse=True):
            message = message.replace(secret, "…")
        return message

    def nodes(self, path: ValuesPath) -> tuple[Node, ...]:
        """What the file that decides writes at a path: several nodes below a list."""
        for fields, prefix in reversed(self._layers):
            start = () if path[:1] == (GLOBAL,) else prefix
            found = tuple(_descend(fields, (*start, *path)))
            if found:
                return found
        return ()

    def flag(self, path: ValuesPath) -> bool | None:
        """A switch, as conditions of subcharts read it; None when it is not written."""
        node = next(iter(self.nodes(path)), None)
        value = node.value if isinstance(node, Scalar) else None
        return value if isinstance(value, bool) else None

    def origin(self, references: Sequence[ValuesPath], key: str, text: str) -> Span | None:
        """Where the text of a rendered leaf comes from, if one of the references gives it."""
        if not text:
            return None
        for path in references:
            for node in self.nodes(path):
                if isinstance(node, Scalar) and written(node) and written(node) in text:
                    return node.span
            found = self._below(path).get((key, text))
            if found is not None:
                return found
        return None

    def _below(self, path: ValuesPath) -> dict[tuple[str, str], Span]:
        known = self._leaves.get(path)
        if known is None:
            known = self._leaves[path] = {}
            for node in self.nodes(path):
                for key, leaf in _leaves(node, ""):
                    known.setdefault((key, written(leaf)), leaf.span)
        return known


def enabled(values: Values, conditions: Sequence[ValuesPath], tags: Sequence[str]) -> bool:
    """Whether a subchart takes part: its first condition that is written, else its tags."""
    for path in conditions:
        said = values.flag(path)
        if said is not None:
            return said
    flags = [values.flag(("tags", tag)) for tag in tags]
    return True in flags or False not in flags


def _merged(below: Node | None, above: Node) -> Node:
    """A value of one file over that of another, as Helm puts them together."""
    if not isinstance(below, Fields) or not isinstance(above, Fields):
        return above
    entries = {entry.key: entry for entry in below.entries}
    for entry in above.entries:
        known = entries.get(entry.key)
        node = _merged(known.node if known else None, entry.node)
        entries[entry.key] = Entry(entry.key, entry.key_span, node)
    return Fields(entries.values(), above.span)


def _descend(node: Node, path: ValuesPath) -> Iterator[Node]:
    """The nodes at a path; every item of a list stands for the list."""
    if not path:
        yield node
    elif isinstance(node, Items):
        for each in node:
            yield from _descend(each, path)
    elif isinstance(node, Fields) and (below := node.get(path[0])) is not None:
        yield from _descend(below, path[1:])


def _leaves(node: Node, key: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(node, Scalar):
        yield key, node
    elif isinstance(node, Items):
        for each in node:
            yield from _leaves(each, key)
    else:
        for name, each in zip(node.keys, node.nodes, strict=True):
            yield from _leaves(each, name)
