"""Encoding functions other than JSON and YAML.

Source: Terraform language documentation, "Encoding Functions"; RFC 4648; RFC 4180; RFC 3986.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import csv
import io
import re
from urllib.parse import quote_plus

from souverain.terraform.conversions import MAX_NODES
from souverain.terraform.errors import invalid, too_large
from souverain.values import ListOf, Value

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def base64encode(value: str) -> Value:
    return base64.b64encode(value.encode()).decode()


def base64decode(value: str) -> Value:
    try:
        return _decoded(value).decode()
    except UnicodeDecodeError:
        raise invalid("bad-document", format="UTF-8") from None


def _decoded(value: str) -> bytes:
    compact = value.replace("\r", "").replace("\n", "")
    if not _BASE64.fullmatch(compact):
        raise invalid("bad-document", format="Base64")
    return binascii.a2b_base64(compact)


def textencodebase64(value: str, encoding: str) -> Value:
    try:
        return base64.b64encode(value.encode(_codec(encoding))).decode()
    except UnicodeEncodeError:
        raise invalid("not-encodable", encoding=encoding[:40]) from None


def textdecodebase64(value: str, encoding: str) -> Value:
    try:
        return _decoded(value).decode(_codec(encoding))
    except UnicodeDecodeError:
        raise invalid("bad-document", format=encoding[:40]) from None


def _codec(encoding: str) -> str:
    """Python's codec for an IANA character set. Raises EvaluationError when there is none."""
    name = {"utf-16": "utf-16-be"}.get(encoding.lower(), encoding)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        raise invalid("no-encoding", encoding=encoding[:40]) from None
    if not getattr(found, "_is_text_encoding", True):
        raise invalid("no-encoding", encoding=encoding[:40])
    return found.name


def urlencode(value: str) -> Value:
    return quote_plus(value, safe="")


def csvdecode(document: str) -> Value:
    """One object per row, named by the header row."""
    try:
        rows = list(csv.reader(io.StringIO(document.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error:
        raise invalid("bad-document", format="CSV") from None
    rows = [row for row in rows if row]
    if not rows:
        raise invalid("bad-document", format="CSV")
    header, *body = rows
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in body):
        raise invalid("bad-document", format="CSV")
    if len(header) * len(body) > MAX_NODES:
        raise too_large("csvdecode", MAX_NODES)
    return ListOf(dict(zip(header, row)) for row in body)
