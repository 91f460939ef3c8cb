"""Documents to Kubernetes objects: what they are, what they are called, what is in a List."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from souverain.kubernetes.documents import Problem
from souverain.kubernetes.model import (
    Fields,
    Items,
    KubernetesObject,
    Node,
    Scalar,
    group_kind,
    key_span,
)
from souverain.kubernetes.secrets import concealed
from souverain.model import Phrase, SourceStatus, Span, phrase
from souverain.records import replace

if TYPE_CHECKING:
    from souverain.catalog.kinds import KindTable

_LIST: Final = "List"


def from_document(
    body: Node, kinds: KindTable, within: tuple[str, str] = ("", "")
) -> Iterator[KubernetesObject | Problem]:
    """The object of a document, or those of its List; why it is none.

    ``within`` is the version and the kind that a typed List leaves out of its items.
    Addresses are unique once :func:`distinct` has seen all objects of a root.
    """
    if not isinstance(body, Fields):
        yield _none(body.span, "skipped", phrase("kubernetes.not-an-object"))
        return
    version = _word(body.get("apiVersion")) or within[0]
    kind = _word(body.get("kind")) or within[1]
    if not (version and kind):
        yield _none(body.span, *_missing(version, kind))
        return
    items = body.get("items")
    if kind.endswith(_LIST) and (isinstance(items, Items) or kind == _LIST):
        inner = ("", "") if kind == _LIST else (version, kind.removesuffix(_LIST))
        for item in items if isinstance(items, Items) else ():
            yield from from_document(item, kinds, inner)
        return
    yield _object(body, version, kind, kinds)


def distinct(objects: Iterable[KubernetesObject]) -> tuple[KubernetesObject, ...]:
    """The objects of one root, in order; the second of an address gets ``#2``."""
    seen: Counter[str] = Counter()
    result = []
    for each in objects:
        seen[each.address] += 1
        number = seen[each.address]
        result.append(replace(each, address=f"{each.address}#{number}") if number > 1 else each)
    return tuple(result)


def address(kind: str, namespace: str | None, name: str, *, cluster_wide: bool) -> str:
    """``Kind/namespace/name``; ``Kind/name`` for what is in no namespace."""
    return f"{kind}/{name}" if cluster_wide else f"{kind}/{namespace or 'default'}/{name}"


def _object(body: Fields, version: str, kind: str, kinds: KindTable) -> KubernetesObject | Problem:
    header = _header(body)
    known_as = group_kind(version, kind)
    name, prefix = _at(body, "name"), _at(body, "generateName")
    if not name and not prefix:
        known = kinds.type(known_as)
        if "metadata" in body.keys or (known is not None and known.role != "configures"):
            return _none(header, "undecided", phrase("kubernetes.no-name", kind=kind))
        return _none(header, "skipped", phrase("kubernetes.no-metadata", kind=kind))
    name = name or f"{prefix}*"
    wide = kinds.is_cluster_wide(known_as)
    namespace = None if wide else _at(body, "namespace") or None
    return KubernetesObject(
        api_version=version,
        kind=kind,
        namespace=namespace,
        name=name,
        address=address(kind, namespace, name, cluster_wide=wide),
        body=concealed(body) if (version, kind) == ("v1", "Secret") else body,
        span=header,
    )


def _at(body: Fields, key: str) -> str:
    """A name in the metadata of an object; "" when it is not written."""
    metadata = body.get("metadata")
    return _word(metadata.get(key)) if isinstance(metadata, Fields) else ""


def _header(body: Fields) -> Span:
    if "kind" not in body.keys:
        return body.span
    at = body.keys.index("kind")
    key, value = key_span(body.source, body.places[at]), body.nodes[at].span
    return Span(value.source, key.start, value.end) if key.start < value.end else value


def _word(node: Node | None) -> str:
    """A name, as text: some are numbers as YAML reads them."""
    if not isinstance(node, Scalar) or node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.span.text


def _missing(version: str, kind: str) -> tuple[SourceStatus, Phrase]:
    if not version and not kind:
        return "skipped", phrase("kubernetes.not-an-object")
    name = "kind" if version else "apiVersion"
    return "undecided", phrase("kubernetes.no-type", name=name)


def _none(span: Span, status: SourceStatus, reason: Phrase) -> Problem:
    return Problem(status, reason, span)
