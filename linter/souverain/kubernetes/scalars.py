"""What Kubernetes reads in a YAML scalar.

Kubernetes and Helm turn YAML into JSON with ``sigs.k8s.io/yaml``, whose parser resolves plain
scalars in its own way (``docs/decisions/0006-yaml-as-kubernetes-reads-it.md``): the booleans
of YAML 1.1, the numbers of Go, dates as text.
"""

from __future__ import annotations

import base64
import binascii
import math
from decimal import Decimal
from typing import Final

from souverain.kubernetes.model import ScalarValue
from souverain.regex import regex

_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(_TRUE, True),
    **dict.fromkeys(_FALSE, False),
}

_INTEGER = regex(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)")
_FLOAT = regex(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_OCTAL = regex(r"([-+]?)0([0-7]+)")
_NUMERIC = frozenset("+-.0123456789")

_CORE = "tag:yaml.org,2002:"


def plain(text: str) -> ScalarValue:
    """Value of a plain scalar without a tag.

    What is not finite (``.inf``, ``.nan``) stays text: JSON has no such numbers.
    """
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMERIC else text


def tagged(tag: str, text: str) -> ScalarValue:
    """Value of a scalar with a tag. Raises ValueError when it is not what its tag says."""
    if not tag.startswith(_CORE):
        return text
    name = tag.removeprefix(_CORE)
    if name == "binary":
        return _binary(text)
    if name not in _TYPES:
        return text
    value = plain(text)
    if name == "float" and type(value) is int:
        return Decimal(value)
    if type(value) is not _TYPES[name]:
        raise ValueError(text)
    return value


_TYPES: Final[dict[str, type]] = {
    "null": type(None),
    "bool": bool,
    "int": int,
    "float": Decimal,
}


def key(value: ScalarValue) -> str:
    """Text of a key that is not a string, as JSON has it. Raises ValueError for null."""
    if value is None:
        raise ValueError("null")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{float(value):g}"
    return str(value)


def _number(text: str) -> int | Decimal | str:
    digits = text if text[0] == "." else text.replace("_", "")
    try:
        if _INTEGER.fullmatch(digits):
            octal = _OCTAL.fullmatch(digits)
            return int(f"{octal[1]}0o{octal[2]}" if octal else digits, 0)
        if _FLOAT.fullmatch(digits):
            approximate = float(digits)
            if math.isfinite(approximate):
                return Decimal(digits) if approximate else Decimal(0)
    except ValueError:  # thousands of digits
        return text
    return text


def _binary(text: str) -> str:
    """The text behind ``!!binary``, or the scalar itself when no text is."""
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
