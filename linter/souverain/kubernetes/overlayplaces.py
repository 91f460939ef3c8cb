"""Places of an object that an overlay gave: its source, the patches, the kustomizations."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from souverain.kubernetes.documents import Documents, parse
from souverain.kubernetes.kustomization import Kustomization
from souverain.kubernetes.model import Fields, Items, Node, Scalar
from souverain.kubernetes.relocation import Path, written
from souverain.model import SourceText, Span
from souverain.records import dataclass
from souverain.regex import regex

_ORIGIN: Final = "config.kubernetes.io/origin"
_ORIGIN_LINE = regex(r"^(path|configuredIn): \"?(.+?)\"?$", re.MULTILINE)
_NAMING: Final = ("name", "key", "mountPath", "containerPort", "port", "host", "path", "ip")
"""Keys by which items of a list are told apart."""
_LABELS: Final = ("commonLabels", "commonAnnotations")
_HASHED = regex(r"-[0-9a-z]{10}$")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the renderer says an object comes from."""

    path: str
    """Of a file of objects, or of the kustomization that generates it."""
    generated: bool


def origin_of(body: Fields) -> Origin | None:
    """What the annotation that the rendering added says."""
    said = body.text("metadata", "annotations", _ORIGIN)
    found = _ORIGIN_LINE.search(said) if said else None
    return Origin(found.group(2), found.group(1) == "configuredIn") if found else None


def without_origin(body: Fields) -> Fields:
    """The object as it was before the annotation was added."""
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Fields) else None
    if not isinstance(metadata, Fields) or not isinstance(annotations, Fields):
        return body
    rest = Fields((e for e in annotations.entries if e.key != _ORIGIN), annotations.span)
    return _replaced(body, "metadata", _replaced(metadata, "annotations", rest))


def _replaced(fields: Fields, key: str, node: Fields) -> Fields:
    """With one member replaced, or without it when it is empty."""
    entries = (
        type(each)(each.key, each.key_span, node) if each.key == key else each
        for each in fields.entries
        if each.key != key or node.keys
    )
    return Fields(entries, fields.span)


class Sources:
    """Files that take part in one overlay, read once as nodes."""

    def __init__(
        self, graph: Sequence[Kustomization], parse: Callable[[SourceText], Documents]
    ) -> None:
        self.graph = graph
        self._texts = {path: text for each in graph for path, text in each.files.items()}
        self._parse = parse
        self._bodies: dict[str, tuple[Fields, ...]] = {}
        self.patches = tuple(body for each in graph for body in self._patches(each))
        self.generators = frozenset(
            name
            for each in graph
            for item in _generators(each.fields)
            if (name := item.text("name"))
        )
        """Names of the objects that are generated, before prefixes and suffixes."""
        self.settings = tuple(setting for each in graph for setting in _settings(each.fields))

    def bodies(self, path: str) -> tuple[Fields, ...]:
        """The mappings a file holds, those of its lists included."""
        known = self._bodies.get(path)
        if known is None:
            text = self._texts.get(path)
            held = self._nodes(text) if text is not None else ()
            known = self._bodies[path] = tuple(_mappings(held))
        return known

    def _nodes(self, text: SourceText) -> tuple[Node, ...]:
        """The documents of a file."""
        return tuple(document.body for document in self._parse(text).documents)

    def generator(self, path: str, name: str) -> tuple[Kustomization, Fields] | None:
        """The entry of a kustomization that generates an object, by its final name."""
        found = next((each for each in self.graph if each.text.path == path), None)
        if found is None:
            return None
        entries = [each for each in _generators(found.fields) if (each.text("name") or "") in name]
        # Of names that contain one another, the longest was meant.
        best = max(entries, key=lambda item: len(item.text("name") or ""), default=None)
        return (found, best) if best is not None else None

    def _patches(self, found: Kustomization) -> Iterator[Node]:
        for text in found.patches:
            yield from self._nodes(text)
        inline = [
            item.get("patch")
            for key in ("patches", "patchesJson6902")
            for item in _items(found.fields.get(key))
            if isinstance(item, Fields)
        ]
        for leaf in (*inline, *_items(found.fields.get("patchesStrategicMerge"))):
            if isinstance(leaf, Scalar) and "\n" in written(leaf):
                yield from (each.body for each in parse(_alone(leaf)).documents)


class OverlayPlaces:
    """Where the parts of one object of an overlay are written.

    A part is where its source has it with the same text, else where a patch or a setting of
    a kustomization gives that text, else where its surroundings are.
    """

    def __init__(self, body: Fields, origin: Origin | None, sources: Sources, root: Span) -> None:
        self._nodes: list[dict[Path, Node]] = []
        self._keys: dict[Path, Span] = {}
        self._whole: dict[Path, Node] = {}
        """What no patch touched: most of most objects."""
        self._sources = sources
        self._values: list[Scalar] = []
        self._generated: Callable[[str], Span] | None = None
        self._root = self._found(body, origin) or root
        kind, name = body.text("kind"), body.text("metadata", "name") or ""
        for patch in sources.patches:
            if isinstance(patch, Items):
                self._values += (leaf for op in patch for leaf in _leaves(_given(op)))
            elif isinstance(patch, Fields) and _may_be(patch, kind, name):
                self._align(body, patch)

    def _found(self, body: Fields, origin: Origin | None) -> Span | None:
        """The place of the object as a whole: its kind in its source."""
        kind, name = body.text("kind"), body.text("metadata", "name") or ""
        if origin is None:
            return None
        if origin.generated:
            found = self._sources.generator(origin.path, name)
            if found is None:
                return None
            self._generated = lambda key: _generated(*found, key)
            return _key_or_start(found[1], "name")
        same = [each for each in self._sources.bodies(origin.path) if each.text("kind") == kind]
        named = [each for each in same if _may_be(each, kind, name)]
        source = max(named or same[:1], key=lambda each: len(_name(each)), default=None)
        if source is None:
            return None
        self._align(body, source)
        return _key_or_start(source, "kind")

    def key(self, path: Path, span: Span) -> Span:
        return self._keys.get(path) or self._around(path)

    def node(self, path: Path, node: Node) -> Span:
        if isinstance(node, Scalar):
            return self._leaf(path, node)
        found = next((nodes[path] for nodes in self._nodes if path in nodes), None)
        return found.span if found is not None else self._around(path)

    def origin(self, path: Path, leaf: Scalar) -> Span | None:
        return None

    def place(self, span: Span) -> Span:
        return self._root

    def whole(self, path: Path) -> Node | None:
        return self._whole.get(path)

    def _leaf(self, path: Path, leaf: Scalar) -> Span:
        text = written(leaf)
        for nodes in self._nodes:
            same = nodes.get(path)
            if isinstance(same, Scalar) and written(same) == text:
                return same.span
        if self._generated is not None and path[:1] in (("data",), ("stringData",)):
            return self._generated(str(path[-1]))
        patch = next((each for each in self._values if written(each) == text), None)
        if patch is not None:
            return patch.span
        key = str(path[-1]) if path else ""
        for setting in self._sources.settings:
            if setting.gives(key, text):
                return setting.span
        # A name that a prefix or a suffix was added to.
        parts = (nodes[path] for nodes in self._nodes if path in nodes)
        part = next((each for each in parts if isinstance(each, Scalar)), None)
        if part is not None and written(part) and written(part) in text:
            return part.span
        return self._around(path)

    def _around(self, path: Path) -> Span:
        while path:
            path = path[:-1]
            if path in self._keys:
                return self._keys[path]
        return self._root

    def _align(self, body: Fields, source: Fields) -> None:
        """Notes which nodes of a file stand for which of the object."""
        nodes: dict[Path, Node] = {}
        self._nodes.append(nodes)
        pending: list[tuple[Path, Node, Node]] = [((), body, source)]
        while pending:
            path, made, given = pending.pop()
            nodes[path] = given
            if not isinstance(made, Scalar) and _same(made, given):
                self._whole.setdefault(path, given)
            elif isinstance(made, Fields) and isinstance(given, Fields):
                theirs = {entry.key: entry for entry in given.entries}
                for key, node in zip(made.keys, made.nodes, strict=True):
                    if key in theirs:
                        self._keys.setdefault((*path, key), theirs[key].key_span)
                        pending.append(((*path, key), node, theirs[key].node))
            elif isinstance(made, Items) and isinstance(given, Items):
                pairs = _paired(made, given)
                pending += (((*path, at), node, other) for at, node, other in pairs)


def _same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same, whatever the order of their keys."""
    if isinstance(one, Scalar):
        return (
            isinstance(other, Scalar)
            and type(one.value) is type(other.value)
            and one.value == other.value
        )
    if type(one) is not type(other) or len(one.nodes) != len(other.nodes):
        return False
    if isinstance(one, Items):
        return all(map(_same, one.nodes, other.nodes))
    assert isinstance(other, Fields)
    theirs = dict(zip(other.keys, other.nodes, strict=True))
    return all(
        key in theirs and _same(node, theirs[key])
        for key, node in zip(one.keys, one.nodes, strict=True)
    )


def _paired(made: Items, given: Items) -> Iterator[tuple[int, Node, Node]]:
    """Items that are the same: by what names them, else by their text, else by their place."""
    named = {_identity(node): node for node in reversed(given.nodes)}
    for at, node in enumerate(made):
        identity = _identity(node)
        if identity is None:
            if at < len(given.nodes) and _identity(given.nodes[at]) is None:
                yield at, node, given.nodes[at]
        elif identity in named:
            yield at, node, named[identity]


def _identity(node: Node) -> tuple[str, str] | None:
    if isinstance(node, Scalar):
        return ("", written(node))
    if isinstance(node, Fields):
        for key in _NAMING:
            leaf = node.get(key)
            if isinstance(leaf, Scalar):
                return (key, written(leaf))
    return None


@dataclass(frozen=True, slots=True)
class _Setting:
    """Something a kustomization sets in many objects."""

    key: str
    text: str
    span: Span
    start: bool = False
    """It is the start of the text: a registry before a tag."""

    def gives(self, key: str, text: str) -> bool:
        same = text.startswith(self.text) if self.start else text == self.text
        return key == self.key and same


def _settings(fields: Fields) -> Iterator[_Setting]:
    for item in _items(fields.get("images")):
        renamed = item.get("newName") if isinstance(item, Fields) else None
        named = item.get("name") if isinstance(item, Fields) else None
        for leaf in (renamed, named):
            if isinstance(leaf, Scalar):
                yield _Setting("image", written(leaf), leaf.span, start=True)
                break
    namespace = fields.get("namespace")
    if isinstance(namespace, Scalar):
        yield _Setting("namespace", written(namespace), namespace.span)
    labels = [fields.get(name) for name in _LABELS]
    pairs = [i.get("pairs") for i in _items(fields.get("labels")) if isinstance(i, Fields)]
    for each in (*labels, *pairs):
        for entry in each.entries if isinstance(each, Fields) else ():
            if isinstance(entry.node, Scalar):
                yield _Setting(entry.key, written(entry.node), entry.node.span)


def _generators(fields: Fields) -> Iterator[Fields]:
    for key in ("configMapGenerator", "secretGenerator"):
        yield from (item for item in _items(fields.get(key)) if isinstance(item, Fields))


def _generated(found: Kustomization, entry: Fields, key: str) -> Span:
    """Where the content of one key of a generated object is written."""
    for leaf in _items(entry.get("literals")):
        if isinstance(leaf, Scalar) and written(leaf).partition("=")[0] == key:
            return leaf.span
    for leaf in _items(entry.get("files")):
        name, _, path = written(leaf).rpartition("=") if isinstance(leaf, Scalar) else ("",) * 3
        if (name or posixpath.basename(path)) == key:
            file = _file(found, path)
            return Span(file, 0, 0) if file is not None else leaf.span
    for leaf in (*_items(entry.get("envs")), *_items(entry.get("env"))):
        file = _file(found, written(leaf)) if isinstance(leaf, Scalar) else None
        line = re.search(rb"^%s=.*$" % re.escape(key.encode()), file.data, re.M) if file else None
        if file is not None and line is not None:
            return Span(file, line.start(), line.end())
    return _key_or_start(entry, "name")


def _file(found: Kustomization, path: str) -> SourceText | None:
    place = posixpath.normpath(posixpath.join(found.directory, path))
    return found.files.get(place)


def plain_name(name: str, generators: Iterable[str]) -> str:
    """The name of a generated object without the hash of its content."""
    plain = _HASHED.sub("", name)
    return plain if any(each in plain for each in generators) else name


def _may_be(source: Fields, kind: str | None, name: str) -> bool:
    """Whether an object may be made from a source: prefixes and suffixes are added."""
    return source.text("kind") == kind and _name(source) in name


def _name(body: Fields) -> str:
    return body.text("metadata", "name") or ""


def _key_or_start(fields: Fields, key: str) -> Span:
    found = next((each for each in fields.entries if each.key == key), None)
    return (
        Span(found.key_span.source, found.key_span.start, found.node.span.end)
        if found
        else (Span(fields.span.source, fields.span.start, fields.span.start))
    )


def _given(operation: Node) -> Node | None:
    return operation.get("value") if isinstance(operation, Fields) else None


def _alone(leaf: Scalar) -> SourceText:
    """A block scalar as a text of its own, every character at the place it has in its file."""
    span = leaf.span
    data = span.source.data
    start = data.find(b"\n", span.start, span.end) + 1
    if not start:
        return SourceText(span.file, b"")
    before = re.sub(rb"[^\n]", b" ", data[:start])
    return SourceText(span.file, before + data[start : span.end])


def _mappings(nodes: Iterable[Node]) -> Iterator[Fields]:
    """Mappings, and those in lists of objects."""
    for node in nodes:
        if isinstance(node, Fields):
            yield node
            yield from (each for each in _items(node.get("items")) if isinstance(each, Fields))


def _items(node: Node | None) -> tuple[Node, ...]:
    if isinstance(node, Items):
        return node.nodes
    return (node,) if node is not None else ()


def _leaves(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Items | Fields):
        for each in node.nodes:
            yield from _leaves(each)
