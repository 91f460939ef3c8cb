"""Encoding functions other than JSON.

Source: Terraform language documentation, "Encoding Functions"; RFC 4648; RFC 4180; RFC 3986.
"""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Iterator
from urllib.parse import quote_plus

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform.errors import EvaluationError, too_large
from souverain.terraform.walking import MAX_NODES
from souverain.values import ListOf, Value

_FIELD = regex(r'(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|\Z)')
_BASE64 = regex(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def base64encode(value: str) -> Value:
    """UTF-8 bytes of a text in Base64."""
    return base64.b64encode(value.encode()).decode()


def base64decode(value: str) -> Value:
    """Text of Base64 that holds UTF-8."""
    try:
        return _decoded(value).decode()
    except UnicodeDecodeError:
        raise EvaluationError(phrase("expr.bad-document", format="UTF-8")) from None


def _decoded(value: str) -> bytes:
    compact = value.replace("\r", "").replace("\n", "")
    if not _BASE64.fullmatch(compact):
        raise EvaluationError(phrase("expr.bad-document", format="Base64"))
    return binascii.a2b_base64(compact)


def textencodebase64(value: str, encoding: str) -> Value:
    """A text in a character set, in Base64."""
    codec = _codec(encoding)
    try:
        encoded = (
            b"\xfe\xff" + value.encode("utf-16-be") if codec == "utf-16" else value.encode(codec)
        )
        return base64.b64encode(encoded).decode()
    except UnicodeEncodeError:
        raise EvaluationError(phrase("expr.not-encodable", encoding=encoding[:40])) from None


def textdecodebase64(value: str, encoding: str) -> Value:
    """Text of Base64 that holds a character set."""
    try:
        return _decoded(value).decode(_codec(encoding))
    except UnicodeDecodeError:
        raise EvaluationError(phrase("expr.bad-document", format=encoding[:40])) from None


def _codec(encoding: str) -> str:
    """Python's codec for an IANA character set. Raises EvaluationError when there is none."""
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise EvaluationError(phrase("expr.no-encoding", encoding=encoding[:40])) from None
    if not getattr(found, "_is_text_encoding", True):
        raise EvaluationError(phrase("expr.no-encoding", encoding=encoding[:40]))
    return found.name


def urlencode(value: str) -> Value:
    """A text as a query parameter; a space becomes ``+``."""
    return quote_plus(value, safe="")


def csvdecode(document: str) -> Value:
    """One object per row, named by the header row."""
    rows = list(_rows(document.replace("\r\n", "\n")))
    if not rows:
        raise _malformed_csv()
    header, *body = rows
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in body):
        raise _malformed_csv()
    if len(header) * len(body) > MAX_NODES:
        raise too_large("csvdecode", MAX_NODES)
    return ListOf(dict(zip(header, row, strict=True)) for row in body)


def _malformed_csv() -> EvaluationError:
    return EvaluationError(phrase("expr.bad-document", format="CSV"))


def _rows(document: str) -> Iterator[list[str]]:
    """Rows with something on them. Raises EvaluationError at a misplaced quote."""
    row: list[str] = []
    at = 0
    while at < len(document):
        if not row and document[at] == "\n":
            at += 1
            continue
        found = _FIELD.match(document, at)
        if found is None:
            raise _malformed_csv()
        quoted, bare, end = found.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        at = found.end()
        if end != ",":
            yield row
            row = []
        elif at == len(document):
            yield [*row, ""]
            row = []


def yamldecode(document: str) -> Value:
    """The value a YAML document holds."""
    # PyYAML takes long to import, and few configurations need it.
    from souverain.terraform.functions import yaml

    return yaml.yamldecode(document)


def yamlencode(value: Value) -> Value:
    """A value as a YAML document."""
    from souverain.terraform.functions import yaml

    return yaml.yamlencode(value)
