"""Files that expressions read: confined to the project, never anywhere else."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from souverain.model import SourceText, Span, phrase
from souverain.terraform.files import MAX_FILES
from souverain.values import Unknown, Value

if TYPE_CHECKING:
    from souverain.terraform.modules import Module


def path_value(module: Module, name: str) -> str | None:
    """``path.module`` and ``path.root`` relative to the root, as Terraform gives them.

    ``path.cwd`` is absolute in Terraform: it is not known before a run.
    """
    if name == "root":
        return "."
    if name != "module":
        return None
    tree = module.evaluation.files.tree
    root = tree.relative(module.evaluation.root)
    here = tree.relative(module.definition.directory)
    return posixpath.relpath(here, root)


def read_file(module: Module, path: str, span: Span) -> bytes | Value:
    """Bytes of a file named as Terraform would from the root's directory."""
    evaluation = module.evaluation
    known = evaluation.texts.get(path)
    if known is not None:
        return known
    located = evaluation.files.tree.join(evaluation.root, path)
    if located is None:
        return Unknown(phrase("terraform.file-outside", file=path), span)
    text = evaluation.files.tree.read(located)
    if not isinstance(text, SourceText):
        reason = phrase("terraform.file-unreadable", file=located, reason=text)
        missing = not evaluation.files.tree.exists(located)
        return Unknown(reason, span, error=missing)
    evaluation.texts[path] = text.data
    return text.data


def file_names(module: Module, directory: str, span: Span) -> tuple[str, ...] | Value:
    """Paths of the files below a directory, relative to it, sorted."""
    evaluation = module.evaluation
    start = evaluation.files.tree.join(evaluation.root, directory)
    if start is None:
        return Unknown(phrase("terraform.file-outside", file=directory), span)
    found = evaluation.files.below(start)
    if found is None:
        return Unknown(phrase("terraform.too-many-files", limit=MAX_FILES), span)
    return found
