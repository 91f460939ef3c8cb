"""Kubernetes objects from texts, for the tests of signals."""

from __future__ import annotations

from souverain.catalog import Catalog
from souverain.evidence import SourceText
from souverain.facts.signals import Hit, Signals
from souverain.kubernetes.documents import parse
from souverain.kubernetes.model import VALUES, Fields, KubernetesObject
from souverain.kubernetes.objects import from_document


def objects(text: str, catalog: Catalog) -> list[KubernetesObject]:
    """The objects of a YAML text; a document that is none is a values file."""
    found: list[KubernetesObject] = []
    for document in parse(SourceText("k8s.yaml", text.encode())).documents:
        body = document.body
        assert isinstance(body, Fields)
        if body.text("kind") is None or body.text("apiVersion") is None:
            found.append(KubernetesObject("", VALUES, None, "v", f"{VALUES}/v", body, body.span))
            continue
        for each in from_document(body, catalog.kinds()):
            assert isinstance(each, KubernetesObject), each
            found.append(each)
    return found


def hits(text: str, signals: Signals) -> list[Hit]:
    """Every signal met in a text."""
    return [hit for each in objects(text, signals.catalog) for hit in signals.hits(each)]


def told(hit: Hit) -> tuple[str, str | None, str | None]:
    """Which signal, whom (or the candidates), and where."""
    return hit.signal.id, hit.operator or "|".join(hit.candidates) or None, hit.region
