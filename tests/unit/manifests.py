"""Manifests written in a test, as roots and objects."""

from __future__ import annotations

from textwrap import dedent

from souverain.catalog import load_catalog
from souverain.kubernetes.documents import parse
from souverain.kubernetes.model import KubernetesObject, KubernetesRoot, RootKind
from souverain.kubernetes.objects import distinct, from_document
from souverain.model import SourceText, Span

CATALOG = load_catalog()


def objects(text: str, path: str = "app/all.yaml") -> tuple[KubernetesObject, ...]:
    """The objects of a file; every document must be one."""
    read = parse(SourceText(path, dedent(text).encode()))
    assert read.problems == ()
    found = [each for d in read.documents for each in from_document(d.body, CATALOG.kinds())]
    kept = [each for each in found if isinstance(each, KubernetesObject)]
    assert kept == found
    return distinct(kept)


def root(
    text: str, path: str = "app", kind: RootKind = "manifests", scenario: str | None = None
) -> KubernetesRoot:
    """A root of one file."""
    file = f"{path}/all.yaml"
    found = objects(text, file)
    span = found[0].span if found else Span(SourceText(file, b""), 0, 0)
    return KubernetesRoot(path, scenario, kind, span, (file,), found)
