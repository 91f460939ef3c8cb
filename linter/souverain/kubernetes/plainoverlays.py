"""Overlays that only list what they are made of: no renderer is needed to tell what they give.

Most kustomizations that Flux or Argo CD deploy name files and change nothing in them. A
renderer would take a hundred times as long to say the same, and would not say it where none
is installed. Whatever it might change, leave out or refuse is left to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from souverain.kubernetes.kustomization import API, Kustomization
from souverain.kubernetes.model import Items, KubernetesObject, Scalar
from souverain.kubernetes.objects import from_document
from souverain.model import SourceText

if TYPE_CHECKING:
    from souverain.catalog.kinds import KindTable
    from souverain.kubernetes.documents import Documents

_LISTING: Final = frozenset({"apiVersion", "kind", "metadata", "resources"})
"""Keys of a kustomization that changes nothing."""
_INSTRUCTION: Final = b"config.kubernetes.io/"
"""In annotations, tells a renderer what to do with an object."""


def plain(
    graph: Sequence[Kustomization], parse: Callable[[SourceText], Documents], kinds: KindTable
) -> tuple[KubernetesObject, ...] | None:
    """The objects of an overlay; None when a renderer has to tell.

    Source: Kustomize reference, "resources" (files as they are, each object once).
    """
    if not all(map(_only_lists, graph)) or not _each_once(graph):
        return None
    found: list[KubernetesObject] = []
    for source in (text for each in graph for text in each.files.values()):
        objects = _objects(source, parse, kinds)
        if objects is None:
            return None
        found += objects
    addresses = Counter(each.address for each in found)
    return tuple(found) if found and addresses.total() == len(addresses) else None


def _only_lists(each: Kustomization) -> bool:
    """Whether it is nothing but a list of files and directories, all of them there."""
    listed = each.fields.get("resources")
    return (
        _LISTING.issuperset(each.fields.keys)
        and isinstance(listed, Items)
        and len(listed.nodes) == len(each.files) + len(each.below)
        and all(isinstance(leaf, Scalar) for leaf in listed.nodes)
        and not (each.obstacles or each.left_out or each.remote or each.links)
    )


def _each_once(graph: Sequence[Kustomization]) -> bool:
    """Whether no directory and no file takes part twice."""
    below = Counter(directory for each in graph for directory in each.below)
    files = Counter(path for each in graph for path in each.files)
    return below.total() == len(below) == len(graph) - 1 and files.total() == len(files)


def _objects(
    source: SourceText, parse: Callable[[SourceText], Documents], kinds: KindTable
) -> list[KubernetesObject] | None:
    """The objects of a file, if it holds nothing else."""
    read = parse(source)
    if read.problems or _INSTRUCTION in source.data:
        return None
    found: list[KubernetesObject] = []
    for document in read.documents:
        for each in from_document(document.body, kinds):
            if not isinstance(each, KubernetesObject) or not _is_taken(each, document.body):
                return None
            found.append(each)
    return found


def _is_taken(each: KubernetesObject, document: object) -> bool:
    """Whether a renderer takes an object as it is: named, and a document of its own."""
    named = each.body.text("metadata", "name") is not None
    whole = each.body is document or each.kind == "Secret"
    return named and whole and not each.api_version.startswith(API)
