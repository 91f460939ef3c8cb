"""What a Kubernetes object says about who runs something, where, and whom it talks to.

One walk over an object: each key is looked up once in an index of the signals its kind can
give, and only values that may hold a host or an identifier are looked into. Signals are
data (:mod:`souverain.catalog.signals`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from souverain.facts import embedded
from souverain.facts.hits import Hit as Hit
from souverain.facts.hits import Place, Word
from souverain.facts.hits import unbeaten as unbeaten
from souverain.facts.hostnames import Hosts
from souverain.facts.signalindex import Index, KeyPatterns, Path, Probe
from souverain.facts.telling import Teller
from souverain.kubernetes.model import VALUES, Fields, Items, Scalar, key_span
from souverain.kubernetes.secrets import concealed

if TYPE_CHECKING:
    from souverain.catalog import Catalog
    from souverain.kubernetes.model import KubernetesObject, Node
    from souverain.model import Span

_DEEPEST_TEXT: Final = 3
"""Texts in texts: values in a chart's values in a ConfigMap."""

_EXCLUDING: Final = ("NotIn", "DoesNotExist")
"""Operators of a selector that keeps out of the nodes it names: it tells nothing of where
the others are."""


_OBJECT: Final = ("apiVersion", "kind")
"""Keys that an object begins with, one of them first."""


class Signals:
    """Reads objects with the signals of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._table = catalog.signals()
        self.reading = self._table.reading
        self.hosts = Hosts(catalog.host, self.reading)
        self._probes = {signal.id: Probe(signal) for signal in self._table.signals}
        self._patterns = KeyPatterns(self._probes.values(), self.reading)
        self._indexes: dict[str, Index] = {}

    def hits(self, object_: KubernetesObject) -> tuple[Hit, ...]:
        """Every signal met in an object, in the order of its text."""
        if self.index(object_.group_kind).skipped:
            return ()
        return _Walk(self, object_).hits()

    def index(self, kind: str) -> Index:
        """The signals that objects of a kind can give."""
        found = self._indexes.get(kind)
        if found is None:
            found = Index(kind, self._patterns, self._table, self._probes)
            self._indexes[kind] = found
        return found


@lru_cache(maxsize=8)
def signals_of(catalog: Catalog) -> Signals:
    """Those of a catalogue, which projects share."""
    return Signals(catalog)


class _Walk:
    """One pass over one object."""

    def __init__(self, signals: Signals, object_: KubernetesObject) -> None:
        self._signals = signals
        self._reading = signals.reading
        self._object = object_
        self._index = signals.index(object_.group_kind)
        self._values = self._index.values
        self._teller = Teller(signals.catalog, signals.hosts)
        self._around: list[Fields] = []
        self._texts = 0

    def hits(self) -> tuple[Hit, ...]:
        body, kind = self._object.body, self._object.group_kind
        word = Word("", Place((), (body,)), body, self._object.span, kind=kind)
        self._teller.tell(self._index.of_kind, word)
        self._fields(body, ())
        return tuple(self._teller.hits)

    # --- mappings and lists -----------------------------------------------------------

    def _fields(self, fields: Fields, path: Path, but: str = "") -> None:
        """Reads a mapping; ``but`` is a key whose value was read under another name."""
        keys = self._index.at(path)
        self._around.append(fields)
        for at, (key, node) in enumerate(zip(fields.keys, fields.nodes, strict=True)):
            probes, may_hold = keys[key]
            if isinstance(node, Scalar):
                value = node.value
                if key != but and (
                    probes
                    or (
                        may_hold
                        and type(value) is str
                        and ("/" in value or ":" in value or "\n" in value or "{" in value)
                    )
                ):
                    self._scalar(key, value, node, path)
            elif key != but:
                if probes:
                    span = key_span(fields.source, fields.places[at])
                    self._presence(key, node, span, path)
                self._inside(key, node, path)
        self._around.pop()

    def _inside(self, key: str, node: Node, path: Path) -> None:
        if key in self._reading.skipped:
            return
        below, outer = (*path, key), self._index
        if self._values and below in self._values:
            self._index = self._signals.index(VALUES)
        if isinstance(node, Fields):
            if node.keys and node.keys[0] in _OBJECT:
                self._mapping(node, below)
            else:
                self._fields(node, below)
        elif isinstance(node, Items):
            self._items(key, node, below)
        self._index = outer

    def _mapping(self, fields: Fields, path: Path) -> None:
        """A mapping, which may be an object of its own (an item, a template)."""
        kind = _kind_of(fields)
        if kind is None:
            self._fields(fields, path)
        elif not (index := self._signals.index(kind)).skipped:
            if kind == "Secret":
                fields = concealed(fields)
            outer, self._index = self._index, index
            word = Word("", Place((), (fields,)), fields, fields.span, kind=kind)
            self._teller.tell(self._index.of_kind, word)
            self._fields(fields, ())
            self._index = outer

    def _items(self, key: str, items: Items, path: Path) -> None:
        if key in self._reading.arguments:
            self._arguments(key, items, path[:-1])
            return
        for node in items.nodes:
            if isinstance(node, Fields):
                self._member(node, path)
            elif isinstance(node, Items):
                self._items("", node, path)
            else:
                self._scalar(key, node.value, node, path[:-1])

    def _member(self, fields: Fields, path: Path) -> None:
        """An item that is a mapping: a variable with its value, a label with its values."""
        value = fields.get("value")
        name = fields.text("name")
        if name is not None and (value or fields.get("valueFrom")):
            self._named(name, value, fields, path)
            self._fields(fields, path, but="value")
            return
        label = fields.text("key")
        if label is not None:
            if fields.text("operator") in _EXCLUDING:
                return
            values = fields.get("values")
            self._named(label, values or value, fields, path)
            self._fields(fields, path, but="values" if values else "value")
            return
        self._mapping(fields, path)

    def _named(self, name: str, node: Node | None, fields: Fields, path: Path) -> None:
        """What is written under a name that is itself a value."""
        if path in self._values:
            # A parameter of a chart names a path of its values.
            *above, name = name.split(".")
            path = (*path, *above)
        scalars = node.nodes if isinstance(node, Items) else (node,)
        found = False
        for scalar in scalars:
            if isinstance(scalar, Scalar):
                found = True
                self._scalar(name, scalar.value, scalar, path)
        if not found:
            self._presence(name, node, fields.span, path)

    def _arguments(self, key: str, items: Items, path: Path) -> None:
        """Arguments of a command: ``--flag=value``, ``--flag value``, ``NAME=value``."""
        flag = ""
        for node in items.nodes:
            text = node.value if isinstance(node, Scalar) else None
            if not isinstance(node, Scalar) or not isinstance(text, str):
                continue
            name, equals, value = text.partition("=")
            if equals and name.replace("-", "").replace("_", "").replace(".", "").isalnum():
                self._scalar(name, value, node, path)
                flag = ""
            elif text.startswith("-") and " " not in text:
                flag = text
                self._presence(flag, node, node.span, path)
            else:
                self._scalar(flag or key, text, node, path)
                flag = ""

    # --- scalars ----------------------------------------------------------------------

    def _presence(self, key: str, node: Node | None, span: Span, path: Path) -> None:
        """A key that holds no text: only the key speaks."""
        probes = self._index.at(path)[key][0]
        if probes:
            self._teller.tell(probes, Word(key, self._place(path), node, span))

    def _scalar(self, key: str, value: object, node: Scalar, path: Path) -> None:
        """A value: by its key, then by what is in it."""
        text = _text(value)
        if key in self._reading.lookups:
            key, text = text, ""
        probes, may_hold = self._index.at(path)[key]
        word = Word(key, self._place(path), node, None, text, node.secret)
        explained = bool(probes) and self._teller.tell(probes, word)
        if not may_hold:
            return
        configured = _is_configuration(text) or self._is_values(path, key)
        if configured and self._embedded(key, text, node, path):
            return
        if not explained and (":" in text or "/" in text):
            self._teller.sweep(self._index.anywhere, word)

    def _is_values(self, path: Path, key: str) -> bool:
        return bool(self._values) and (*path, key) in self._values

    def _embedded(self, key: str, text: str, node: Scalar, path: Path) -> bool:
        """Configuration in a text, read like the mapping it stands for."""
        if self._texts >= _DEEPEST_TEXT:
            return False
        inside = embedded.parse(text, node.span, secret=node.secret)
        if inside is None:
            return False
        self._texts += 1
        self._inside(key, inside, path)
        self._texts -= 1
        return True

    def _place(self, path: Path) -> Place:
        return Place(path, tuple(self._around[::-1]))


def _is_configuration(text: str) -> bool:
    return "\n" in text.rstrip("\n") or text.startswith(("{", "[")) or text.endswith("}")


def _kind_of(fields: Fields) -> str | None:
    """``Deployment.apps`` for a mapping that is an object, not a reference to one."""
    if not fields.keys or fields.keys[0] not in _OBJECT:
        return None
    version, kind = fields.text("apiVersion"), fields.text("kind")
    if version is None or kind is None or not (fields.get("metadata") or fields.get("spec")):
        return None
    group, slash, _ = version.rpartition("/")
    return f"{kind}.{group}" if slash else kind


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
