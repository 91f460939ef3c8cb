"""``yamlencode`` and ``yamldecode``.

Source: Terraform language documentation, "yamldecode Function"; YAML 1.2 core schema with
merge keys, and without tags of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import yaml

from souverain.model import phrase
from souverain.regex import regex
from souverain.terraform import numerics
from souverain.terraform.conversions import convert, text
from souverain.terraform.errors import EvaluationError, NotEvaluated, too_large
from souverain.terraform.typesystem import STRING
from souverain.terraform.walking import MAX_NODES, closed, elements
from souverain.values import Value

_MAX_DEPTH = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# --- encoding -------------------------------------------------------------------------


def yamlencode(value: Value) -> Value:
    """A document with every string quoted and members in name order."""
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(value, 0),
        yaml.DocumentEndEvent(explicit=True),
        yaml.StreamEndEvent(),
    ]
    written = yaml.emit(events, Dumper=_DUMPER, allow_unicode=True)
    ends_open = elements(value) is None and not isinstance(value, (str, Mapping))
    return str(written).removesuffix("...\n") + ("...\n" if ends_open else "")


def _events(value: Value, depth: int) -> Iterator[yaml.Event]:
    if depth > _MAX_DEPTH:
        raise NotEvaluated(phrase("expr.too-deep", limit=_MAX_DEPTH))
    if isinstance(value, Mapping):
        yield yaml.MappingStartEvent(None, None, True, flow_style=not value)
        for name in sorted(closed(value)):
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
    return EvaluationError(phrase("expr.bad-document", format="YAML"))


class _Decoder:
    def __init__(self, document: str) -> None:
        self._events = yaml.parse(document, Loader=_LOADER)
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._nodes = 0

    def document(self) -> Value:
        found: list[Value] = [
            self._node(next(self._events), 0)
            for event in self._events
            if isinstance(event, yaml.DocumentStartEvent)
        ]
        if len(found) != 1:
            raise _malformed()
        return found[0]

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
        elif getattr(event, "tag", None) not in (None, "!", *_COLLECTIONS):
            raise _malformed()
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
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = _name(self._node(event, depth + 1))
            value = self._node(next(self._events), depth + 1)
            if key != "<<":
                found[key] = value
            elif isinstance(value, Mapping):
                found.update(value)
            else:
                raise _malformed()
        return found


def _name(key: Value) -> str:
    if isinstance(key, (str, bool, int, Decimal)):
        return str(convert(key, STRING))
    raise _malformed()


_INTEGER = regex(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOATING = regex(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_INFINITE = regex(r"[-+]?\.(?:inf|Inf|INF)")
_TIMESTAMP = regex(
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(Z|[-+]\d\d:\d\d)"
    r"| (\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?)?",
    re.ASCII,
)
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TRUE = frozenset(["true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"])
_FALSE = frozenset(["false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"])
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def _resolve(event: yaml.ScalarEvent) -> Value:
    """Value of a scalar: text when it is quoted, else what it looks like.

    Raises EvaluationError when a tag asks for something else.
    """
    quoted = bool(event.style)
    found = text(event.value) if quoted else _plain(event.value)
    if event.tag is None:
        return found
    wanted = event.tag.removeprefix("tag:yaml.org,2002:")
    if wanted == "str" or (wanted == "binary" and _BASE64.fullmatch(event.value)):
        return text(event.value)
    if wanted == "null" and not quoted:
        return None
    if wanted == "timestamp" and (moment := _timestamp(event.value)) is not None:
        return moment
    if wanted in _SCALARS and (event.style in ("'", '"') or isinstance(found, _NUMBERS)):
        return found
    raise _malformed()


_SCALARS = frozenset({"int", "float", "bool", "null", "timestamp"})
_NUMBERS = (bool, int, Decimal)
_BASE64 = regex(r"[A-Za-z0-9+/\s]*={0,2}\s*")


def _plain(written: str) -> Value:
    if written in _NULLS:
        return None
    if written in _TRUE or written in _FALSE:
        return written in _TRUE
    if _INFINITE.fullmatch(written):
        raise numerics.infinite()
    if written in (".nan", ".NaN", ".NAN"):
        raise _malformed()
    if _INTEGER.fullmatch(written) and written[1:2] in ("x", "o"):
        return int(written, 0) if len(written) < 130 else text(written)
    if _INTEGER.fullmatch(written) or _FLOATING.fullmatch(written):
        return numerics.parse(written)
    return _timestamp(written) or text(written)


def _timestamp(written: str) -> str | None:
    """A date or moment in RFC 3339, to the second; None when it is not one."""
    found = _TIMESTAMP.fullmatch(written)
    if found is None:
        return None
    parts = found.groups()
    clock = parts[3:6] if parts[3] else parts[7:10] if parts[7] else ("0", "0", "0")
    year, month, day, hour, minute, second = map(int, (*parts[:3], *clock))
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return moment.isoformat(timespec="seconds") + (parts[6] or "Z")
