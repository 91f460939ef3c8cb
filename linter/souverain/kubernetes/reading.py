"""What charts and overlays read alike: the one mapping of a file, a path below a directory."""

from __future__ import annotations

import posixpath

from souverain.kubernetes.documents import Problem, parse
from souverain.kubernetes.model import Fields
from souverain.model import SourceText, Span, phrase


def mapping(text: SourceText) -> Fields | Problem | None:
    """The first document of a file, None when it holds nothing, or what is wrong with it."""
    found = parse(text)
    broken = next((each for each in found.problems if each.status == "failed"), None)
    if broken is not None:
        return broken
    body = found.documents[0].body if found.documents else None
    if body is None or isinstance(body, Fields):
        return body
    return Problem("failed", phrase("kubernetes.not-a-mapping"), Span(text, 0, 0))


def below(directory: str, *names: str) -> str:
    """A path below a directory of the project, as the project names its files."""
    return posixpath.normpath(posixpath.join(directory, *names))
