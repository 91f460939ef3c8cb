"""Functions that read files of the project, and functions over paths.

Nothing outside the project is read: :meth:`Scope.read_file` decides. Source: Terraform
language documentation, "Filesystem Functions".
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Mapping
from functools import lru_cache

from souverain.hcl import diagnose_template, parse_template
from souverain.hcl.ast import Diagnostic, Expr
from souverain.model import SourceText, phrase
from souverain.records import dataclass, field
from souverain.terraform.conversions import set_of
from souverain.terraform.errors import EvaluationError, NotEvaluated
from souverain.terraform.functions import glob, hashing
from souverain.terraform.functions.collections import mapping
from souverain.terraform.functions.memory import SHORT
from souverain.terraform.functions.signature import Context
from souverain.terraform.syntax import calls, root_names
from souverain.values import OpenMap, Unknown, Value

_BOM = b"\xef\xbb\xbf"


def file(context: Context, path: str) -> Value:
    """Text of a file."""
    data = context.scope.read_file(path, context.span)
    return _decoded(data) if isinstance(data, bytes) else data


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise EvaluationError(phrase("expr.bad-document", format="UTF-8")) from None


def filebase64(context: Context, path: str) -> Value:
    """Bytes of a file in Base64."""
    data = context.scope.read_file(path, context.span)
    return base64.b64encode(data).decode() if isinstance(data, bytes) else data


def fileexists(context: Context, path: str) -> Value:
    """Whether a file exists; unknown when the scope does not say."""
    data = context.scope.read_file(path, context.span)
    if isinstance(data, Unknown):
        return False if data.error else data
    return True


def _digest(context: Context, path: str, algorithm: str, *, base64_text: bool = False) -> Value:
    data = context.scope.read_file(path, context.span)
    if not isinstance(data, bytes):
        return data
    return hashing.digest(data, algorithm, base64_text=base64_text)


def filemd5(context: Context, path: str) -> Value:
    """MD5 of a file."""
    return _digest(context, path, "md5")


def filesha1(context: Context, path: str) -> Value:
    """SHA-1 of a file."""
    return _digest(context, path, "sha1")


def filesha256(context: Context, path: str) -> Value:
    """SHA-256 of a file."""
    return _digest(context, path, "sha256")


def filesha512(context: Context, path: str) -> Value:
    """SHA-512 of a file."""
    return _digest(context, path, "sha512")


def filebase64sha256(context: Context, path: str) -> Value:
    """SHA-256 of a file in Base64."""
    return _digest(context, path, "sha256", base64_text=True)


def filebase64sha512(context: Context, path: str) -> Value:
    """SHA-512 of a file in Base64."""
    return _digest(context, path, "sha512", base64_text=True)


def fileset(context: Context, directory: str, pattern: str) -> Value:
    """Paths below ``directory``, relative to it, that match a glob."""
    names = context.scope.file_names(directory, context.span)
    if not isinstance(names, tuple):
        return names
    return set_of(glob.matching(posixpath.normpath(pattern), tuple(map(str, names))))


def templatefile(context: Context, path: str, names: Value) -> Value:
    """A file as a template with the names given to it."""
    data = context.scope.read_file(path, context.span)
    if not isinstance(data, bytes):
        return data
    _decoded(data)
    return _rendered(context, path, data.removeprefix(_BOM), names)


def templatestring(context: Context, template: str, names: Value) -> Value:
    """A text as a template with the names given to it."""
    return _rendered(context, context.span.file, template.encode(), names)


def _rendered(context: Context, path: str, data: bytes, names: Value) -> Value:
    template = _template(path, data)
    if isinstance(template, Diagnostic):
        raise EvaluationError(template.message, template.span)
    passed = names if isinstance(names, OpenMap) else mapping(names, "templatefile")
    texts = template.deciding(passed)
    known = template.rendered.get(texts) if texts is not None else None
    if known is not None:
        return known
    value = context.render(template.expr, passed, context.scope)
    if texts is not None and isinstance(value, str) and len(value) <= SHORT:
        template.keep(texts, value)
    return value


_Texts = tuple[str, ...]

_RENDERED = 16
"""Results of one template that are kept."""


@dataclass(eq=False)
class _Template:
    """A parsed template, and what it gave last."""

    expr: Expr
    names: tuple[str, ...] | None
    """The names it uses; None when its value rests on more than these."""
    rendered: dict[_Texts, str] = field(default_factory=dict)
    """By the texts that its names had."""

    def deciding(self, passed: Mapping[str, Value]) -> _Texts | None:
        """The texts that decide its value; None when something else has a part in it."""
        if self.names is None:
            return None
        texts = [passed.get(name) for name in self.names]
        known = tuple([text for text in texts if isinstance(text, str)])
        return known if len(known) == len(texts) else None

    def keep(self, texts: _Texts, value: str) -> None:
        """Keeps what ``texts`` gave."""
        if len(self.rendered) == _RENDERED:
            self.rendered.clear()
        self.rendered[texts] = value


@lru_cache(maxsize=1024)
def _template(path: str, data: bytes) -> _Template | Diagnostic:
    """A template parsed once, since modules render the same file over and over."""
    source = SourceText(path, data)
    diagnostic = diagnose_template(source)
    if diagnostic is not None:
        return diagnostic
    expr = parse_template(source)
    # A call may read other files, whose place depends on the module.
    names = None if calls(expr) else tuple(sorted(root_names(expr)))
    return _Template(expr, names)


# --- paths ----------------------------------------------------------------------------


def abspath(path: str) -> Value:
    """An absolute path without ``.`` and ``..``. Raises NotEvaluated for a relative one."""
    if not path.startswith("/"):
        raise NotEvaluated(phrase("expr.machine", name="abspath"))
    return "/" + posixpath.normpath(path).lstrip("/")


def pathexpand(path: str) -> Value:
    """The path itself. Raises NotEvaluated when it begins with ``~``."""
    if path.startswith("~"):
        raise NotEvaluated(phrase("expr.machine", name="pathexpand"))
    return path


def basename(path: str) -> Value:
    """The last element of a path."""
    if path == "":
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def dirname(path: str) -> Value:
    """A path without its last element."""
    directory = path.rpartition("/")[0] + ("/" if "/" in path else "")
    clean = posixpath.normpath(directory)
    return "/" + clean.lstrip("/") if clean.startswith("/") else clean
