"""Kubernetes objects inside Terraform resources, as the signals read them.

``kubernetes_deployment`` and its like spell the API in snake case; ``kubernetes_manifest``
holds an object, ``kubectl_manifest`` the text of some; ``helm_release`` says what an Argo CD
Application would. The asset stays Terraform's: its objects only speak for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from souverain.facts import embedded
from souverain.facts.reading import texts, with_holes
from souverain.kubernetes.model import Entry, Fields, Items, KubernetesObject, Node, Scalar
from souverain.model import Asset, Attr, Config, Span
from souverain.terraform.body import BlockAttr, WrittenAttr, walk
from souverain.values import Partial, SetOf, Unknown, Value

if TYPE_CHECKING:
    from souverain.catalog.embedding import Embedding, ReleaseData

_SECRETS: Final = ("data", "binary_data", "data_wo", "string_data")
"""Arguments of a Secret whose content is never shown."""

_APPLICATION: Final = ("argoproj.io/v1alpha1", "Application")


class TerraformObjects:
    """The objects that resources hold."""

    def __init__(self, embedding: Embedding) -> None:
        self._embedding = embedding

    def may_hold(self, asset: Asset) -> bool:
        """Whether resources of the asset's type hold objects."""
        return self._embedding.knows(asset.type)

    def kind(self, asset: Asset) -> str | None:
        """The kind of the object that a resource holds whole, "" when it cannot be told; None
        for one that is a kind itself."""
        if self._embedding.attribute(asset.type) is None:
            return None
        kinds = {subject.group_kind for subject in self.of(asset)}
        return kinds.pop() if len(kinds) == 1 else ""

    def of(self, asset: Asset) -> tuple[KubernetesObject, ...]:
        """Objects of a resource in the current world; () for one that holds none."""
        attribute = self._embedding.attribute(asset.type)
        if attribute is not None:
            found = (body for attr in asset.config.read(attribute) for body in _bodies(attr))
            return tuple(_object(asset, body) for body in found)
        release = self._embedding.release(asset.type)
        if release is not None:
            return (_object(asset, _application(asset.config, release), _APPLICATION),)
        named = self._embedding.kind(asset.type)
        if named is None:
            return ()
        entries = tuple(self._entries(asset.config, secret=named[1] == "Secret"))
        return (_object(asset, Fields(entries, asset.span), named),)

    def _entries(self, config: Config, *, secret: bool = False) -> Iterator[Entry]:
        names = config.keys()
        for name in names:
            attrs = config.read(name)
            hidden = secret and name in _SECRETS
            nodes = [
                _of_value(attr.value, config.span, secret=True)
                if hidden
                else self._node(name, attr)
                for attr in attrs
            ]
            if nodes:
                span = config.span if hidden else attrs[0].span
                several = len(nodes) > 1 or self._embedding.is_list(name)
                whole = Items(nodes, span) if several else nodes[0]
                yield Entry(self._embedding.api_name(name), span, whole)

    def _node(self, name: str, attr: Attr) -> Node:
        if isinstance(attr, BlockAttr):
            return Fields(tuple(self._entries(attr.config)), attr.span)
        if isinstance(attr, WrittenAttr):
            return _written(attr)
        return self._named(name, attr.value, attr.span)

    def _named(self, name: str, value: Value, span: Span) -> Node:
        """A block of a plan, which has no syntax: its keys under the names of the API."""
        if isinstance(value, Mapping) and not self._embedding.is_map(name):
            inner = ((key, self._named(key, item, span)) for key, item in value.items())
            return Fields((Entry(self._embedding.api_name(k), span, n) for k, n in inner), span)
        if isinstance(value, tuple):
            nodes = tuple(self._named(name, item, span) for item in value)
            blocks = any(isinstance(item, Mapping) for item in value)
            single = blocks and len(nodes) == 1 and not self._embedding.is_list(name)
            return nodes[0] if single else Items(nodes, span)
        return _of_value(value, span)


def _written(attr: Attr) -> Node:
    """The value of an attribute, each member where it is written."""
    value = attr.value
    if isinstance(attr, WrittenAttr) and isinstance(value, Mapping):
        entries = (
            Entry(key, part.span, _written(part))
            for key in value
            for part in (walk(attr, key) if "." not in key else ())
        )
        dotted = (
            Entry(key, attr.span, _of_value(item, attr.span))
            for key, item in value.items()
            if "." in key
        )
        return Fields((*entries, *dotted), attr.span)
    return _of_value(value, attr.span)


def _of_value(value: Value, span: Span, *, secret: bool = False) -> Node:
    if isinstance(value, Mapping):
        found = ((str(key), _of_value(item, span, secret=secret)) for key, item in value.items())
        return Fields((Entry(key, span, node) for key, node in found), span)
    if isinstance(value, (tuple, SetOf)):
        items = value.items if isinstance(value, SetOf) else value
        return Items((_of_value(item, span, secret=secret) for item in items), span)
    if isinstance(value, Unknown):
        return Scalar(None, span, secret)
    return Scalar(with_holes(value) if isinstance(value, Partial) else value, span, secret)


def _bodies(attr: Attr) -> Iterator[Fields]:
    """Objects that an attribute holds, as a value or as text."""
    whole = _written(attr)
    if isinstance(whole, Fields):
        yield whole
    for text in texts(attr.value) if isinstance(whole, Scalar) else ():
        found = None if isinstance(text, Unknown) else embedded.parse(with_holes(text), attr.span)
        documents = found.nodes if isinstance(found, Items) else (found,)
        yield from (each for each in documents if isinstance(each, Fields))


def _object(asset: Asset, body: Fields, named: tuple[str, str] | None = None) -> KubernetesObject:
    version, kind = named or (body.text("apiVersion") or "", body.text("kind") or "")
    name = body.text("metadata", "name") or asset.address
    namespace = body.text("metadata", "namespace")
    return KubernetesObject(version, kind, namespace, name, asset.address, body, asset.span)


# --- releases -------------------------------------------------------------------------


def _application(config: Config, release: ReleaseData) -> Fields:
    """The Application that installs the same chart with the same values."""
    span = config.span
    values = Items(tuple(_values(config, release)), span)
    helm = Fields((Entry("valuesObject", span, values),), span)
    source = [Entry("helm", span, helm)]
    for key, path in (("repoURL", release["repository"]), ("chart", release["chart"])):
        source += [Entry(key, attr.span, _written(attr)) for attr in config.read(path)[:1]]
    spec = Fields((Entry("source", span, Fields(source, span)),), span)
    return Fields((Entry("spec", span, spec),), span)


def _values(config: Config, release: ReleaseData) -> Iterator[Node]:
    for attr in config.read(release["texts"]):
        for text in texts(attr.value):
            if not isinstance(text, Unknown):
                found = embedded.parse(with_holes(text), attr.span)
                if found is not None:
                    yield found
    for names, values in zip(release["names"], release["values"], strict=True):
        written = {attr.position: attr for attr in config.read(values)}
        for name in config.read(names):
            value = written.get(name.position)
            if isinstance(name.value, str) and value is not None:
                yield _nested(name.value, value, config.span)


def _nested(name: str, value: Attr, header: Span) -> Node:
    """A value under its dotted name: ``image.registry``; ``\\.`` is a dot of a key."""
    hidden = "sensitive" in value.path
    node: Node = _of_value(value.value, header, secret=True) if hidden else _written(value)
    keys = name.replace("\\.", "\0").split(".")
    for key in reversed(keys):
        bare = key.replace("\0", ".").partition("[")[0]
        node = Fields((Entry(bare, value.span, node),), value.span)
    return node
