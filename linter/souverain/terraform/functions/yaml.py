"""``yamlencode`` and ``yamldecode``.

Source: Terraform language documentation, "yamldecode Function"; YAML 1.2 core schema with
merge keys, and without tags of its own.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

import yaml

from souverain.model import phrase
from souverain.terraform import numerics
from souverain.terraform.conversions import MAX_NODES, elements, text
from souverain.terraform.errors import EvaluationError, NotEvaluated, invalid, too_large
from souverain.values import Value

_MAX_DEPTH = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STR, _INT, _FLOAT, _BOOL, _NULL, _BINARY, _TIMESTAMP = (
    "tag:yaml.org,2002:" + name
    for name in ("str", "int", "float", "bool", "null", "binary", "timestamp")
)


# --- encoding -------------------------------------------------------------------------


def yamlencode(value: Value) -> Value:
    """A document with every string quoted and members in name order."""
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(value, 0),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    written = yaml.emit(events, width=1 << 30, allow_unicode=True)
    assert isinstance(written, str)
    return written.removesuffix("...\n")


def _events(value: Value, depth: int) -> Iterator[yaml.Event]:
    if depth > _MAX_DEPTH:
        raise NotEvaluated(phrase("expr.too-deep", limit=_MAX_DEPTH))
    if isinstance(value, Mapping):
        yield yaml.MappingStartEvent(None, None, True, flow_style=not value)
        for name in sorted(value):
            yield _scalar(name)
            yield from _events(value[name], depth + 1)
        yield yaml.MappingEndEvent()
        return
    items = elements(value)
    if items is None:
        yield _scalar(value)
        return
    yield yaml.SequenceStartEvent(None, None, True, flow_style=not items)
    for item in items:
        yield from _events(item, depth + 1)
    yield yaml.SequenceEndEvent()


def _scalar(value: Value) -> yaml.ScalarEvent:
    if isinstance(value, str):
        style = "|" if "\n" in value else '"'
        return yaml.ScalarEvent(None, None, (False, True), value, style=style)
    plain = "null" if value is None else str(value).lower()
    if isinstance(value, (int,)) and not isinstance(value, bool):
        plain = numerics.to_text(value)
    return yaml.ScalarEvent(None, None, (True, False), plain)


# --- decoding -------------------------------------------------------------------------


def yamldecode(document: str) -> Value:
    """Tuples and objects. Raises EvaluationError on invalid YAML, NotEvaluated on a document
    that is too deep or whose aliases make it too large."""
    try:
        return _Decoder(document).document()
    except (yaml.YAMLError, ValueError):
        raise _malformed() from None


def _malformed() -> EvaluationError:
    return invalid("bad-document", format="YAML")


class _Decoder:
    def __init__(self, document: str) -> None:
        self._events = yaml.parse(document, Loader=_LOADER)
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._nodes = 0

    def document(self) -> Value:
        found: Value = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _malformed()
                found = self._node(next(self._events), 0)
        return found

    def _node(self, event: yaml.Event, depth: int) -> Value:
        if depth > _MAX_DEPTH:
            raise NotEvaluated(phrase("expr.too-deep", limit=_MAX_DEPTH))
        before = self._nodes
        self._count(1)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _malformed()
            value, size = self._anchors[event.anchor]
            self._count(size)
            return value
        if isinstance(event, yaml.ScalarEvent):
            value = _resolve(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(depth)
        else:
            value = self._mapping(depth)
        anchor = getattr(event, "anchor", None)
        if isinstance(anchor, str):
            self._anchors[anchor] = (value, self._nodes - before)
        return value

    def _count(self, size: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise too_large("yamldecode", MAX_NODES)

    def _sequence(self, depth: int) -> Value:
        items: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return tuple(items)

    def _mapping(self, depth: int) -> Value:
        found: dict[str, Value] = {}
        merged: list[Mapping[str, Value]] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            merging = isinstance(event, yaml.ScalarEvent) and _is_merge(event)
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if merging:
                merged.extend(_merged(value))
            else:
                found[_name(key)] = value
        for one in merged:
            found = {**one, **found}
        return found


def _is_merge(event: yaml.ScalarEvent) -> bool:
    return event.value == "<<" and bool(event.implicit[0])


def _merged(value: Value) -> list[Mapping[str, Value]]:
    given = value if isinstance(value, tuple) else (value,)
    maps = [one for one in given if isinstance(one, Mapping)]
    if len(maps) != len(given):
        raise _malformed()
    return maps


def _name(key: Value) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int):
        return str(key)
    raise _malformed()


_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)")
_FLOATING = re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def _resolve(event: yaml.ScalarEvent) -> Value:
    """Value of a scalar: by its tag, or by how it is written when it is plain."""
    tag = event.tag
    plain = bool(event.implicit[0]) and tag is None
    if tag in (None, "!") and not plain:
        return text(event.value)
    if tag in (_STR, _TIMESTAMP):
        return text(event.value)
    if tag == _BINARY:
        try:
            return base64.b64decode(event.value, validate=False).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise _malformed() from None
    found = _plain(event.value)
    if tag is None or _TAGGED.get(tag, lambda _: False)(found):
        return found
    raise _malformed()


_TAGGED = {
    _NULL: lambda v: v is None,
    _BOOL: lambda v: isinstance(v, bool),
    _INT: lambda v: isinstance(v, int) and not isinstance(v, bool),
    _FLOAT: lambda v: not isinstance(v, (bool, str)) and v is not None,
}


def _plain(written: str) -> Value:
    if written in _NULLS:
        return None
    if written in _BOOLEANS:
        return _BOOLEANS[written]
    if written.lower() in (".inf", "+.inf", "-.inf", ".nan"):
        raise _malformed()
    if len(written) < 300 and _INTEGER.fullmatch(written):
        return _integer(written)
    if len(written) < 300 and _FLOATING.fullmatch(written):
        number = numerics.parse(written.replace("_", ""))
        return written if number is None else number
    return text(written)


def _integer(written: str) -> Value:
    compact = written.replace("_", "")
    sign = -1 if compact.startswith("-") else 1
    digits = compact.lstrip("+-")
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        digits = "0o" + digits[1:]
    return sign * int(digits, 0)
