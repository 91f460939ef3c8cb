"""Hash functions. Source: Terraform language documentation, "Hash and Crypto Functions"."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable

from souverain.model import phrase
from souverain.terraform.errors import EvaluationError
from souverain.values import Value

ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
}
_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def digest(data: bytes, algorithm: str, *, base64_text: bool = False) -> str:
    """Digest of ``data`` in hexadecimal or Base64."""
    raw = ALGORITHMS[algorithm](data)
    return base64.b64encode(raw).decode() if base64_text else raw.hex()


def md5(value: str) -> Value:
    """MD5 in hexadecimal."""
    return digest(value.encode(), "md5")


def sha1(value: str) -> Value:
    """SHA-1 in hexadecimal."""
    return digest(value.encode(), "sha1")


def sha256(value: str) -> Value:
    """SHA-256 in hexadecimal."""
    return digest(value.encode(), "sha256")


def sha512(value: str) -> Value:
    """SHA-512 in hexadecimal."""
    return digest(value.encode(), "sha512")


def base64sha256(value: str) -> Value:
    """SHA-256 in Base64."""
    return digest(value.encode(), "sha256", base64_text=True)


def base64sha512(value: str) -> Value:
    """SHA-512 in Base64."""
    return digest(value.encode(), "sha512", base64_text=True)


def uuidv5(namespace: str, name: str) -> Value:
    """A UUID made from a namespace (a UUID, ``dns``, ``url``, ``oid``, ``x500``) and a name."""
    try:
        space = _NAMESPACES.get(namespace) or uuid.UUID(namespace)
    except ValueError:
        raise EvaluationError(phrase("expr.bad-document", format="UUID")) from None
    return str(uuid.uuid5(space, name))
