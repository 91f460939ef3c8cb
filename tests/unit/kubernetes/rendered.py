"""A project on disk, rendered with the renderers of the extras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from souverain.catalog import load_catalog
from souverain.kubernetes import helm, kustomize
from souverain.kubernetes.model import Fields, Items, KubernetesObject, Node, Renderings, Scalar
from souverain.kubernetes.rendering import RenderOptions
from souverain.model import Span
from souverain.project import ProjectFile, load
from souverain.sources import Tree, discover
from souverain.text import render

KINDS = load_catalog().kinds()


def lay(root: Path, files: Mapping[str, str | bytes]) -> Tree:
    """Writes a project and gives its tree; paths are shown as the project sees them."""
    (root / ".git").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return discover([root], cwd=root)[0]


def charts(root: Path, files: Mapping[str, str | bytes], **options: object) -> Renderings:
    tree = lay(root, files)
    project = load(tree, None) if "souverain.yaml" in files else ProjectFile()
    return helm.load(tree, project, RenderOptions(KINDS, **options))  # type: ignore[arg-type]


def overlays(
    root: Path, files: Mapping[str, str | bytes], deployed: frozenset[str] = frozenset()
) -> Renderings:
    return kustomize.load(lay(root, files), RenderOptions(KINDS), deployed)


def by_address(found: Renderings, root: int = 0) -> dict[str, KubernetesObject]:
    return {each.address: each for each in found.roots[root].objects}


def at(node: Node | None, *path: str | int) -> Scalar:
    """The leaf at a path of keys and indices."""
    for key in path:
        if isinstance(key, int):
            assert isinstance(node, Items)
            node = node.nodes[key]
        else:
            assert isinstance(node, Fields), key
            node = node.get(key)
    assert isinstance(node, Scalar), path
    return node


def leaves(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    else:
        for each in node.nodes:
            yield from leaves(each)


def place(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"


def told(found: Renderings, *statuses: str) -> list[tuple[str, str, str]]:
    """Status, place and sentence of what the account says, in order."""
    return [
        (e.status, f"{e.path}:{e.span.line}" if e.span else e.path, render(e.reason, "en"))
        for e in found.entries
        if e.status in statuses and e.reason is not None
    ]


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
