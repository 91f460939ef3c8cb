"""Whom an access policy lets in: anyone, or others than the owner.

A policy is the JSON text of AWS IAM, or a data source that writes that text. What it denies
lets nobody in, and a service of the operator is no recipient.
Source: AWS IAM user guide, "JSON policy element reference".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from souverain.catalog.model import Grants
from souverain.facts.reading import Text, open_part, ref_of, texts
from souverain.facts.survey import Survey
from souverain.model import Asset, Attr, Ref
from souverain.regex import regex
from souverain.values import Partial, Unknown, Value

ANYONE: Final = "anyone"
ANYONE_IF: Final = "anyone-if"
"""Anyone who meets a condition: an address, an organisation, a protocol."""
OTHERS: Final = "others"

_HOLE: Final = regex("\ue000([0-9]+)\ue001")
_WHOLE: Final = regex("(?<=[:,[])(\ue000[0-9]+\ue001)(?=[],}])")
"""An unknown part that is a value of its own: it has no quotes."""

_BUILT_ON: Final = (
    "source_policy_documents",
    "override_policy_documents",
    "source_json",
    "override_json",
)


class Granted:
    """Reads the recipients of access policies. ``spec`` says what is the owner's own."""

    def __init__(self, survey: Survey, spec: Grants) -> None:
        self._survey = survey
        self._spec = spec

    def by(self, policy: Attr) -> tuple[Value, ...]:
        """``anyone``, ``anyone-if``, ``others`` or why it is not known, each once; () when
        nobody is let in."""
        found: dict[str | Unknown, None] = {}
        seen: set[str] = set()
        queue = list(texts(policy.value))
        while queue:
            text = queue.pop(0)
            documents = self._documents(text)
            for document in documents:
                if document.address not in seen:
                    seen.add(document.address)
                    found.update(dict.fromkeys(self._of_document(document)))
                    queue += _built_on(document)
            if not documents:
                found.update(dict.fromkeys(self._of_text(text)))
        return tuple(found)

    def _documents(self, text: Text) -> tuple[Asset, ...]:
        """The data sources that write a text."""
        ref = text.ref if isinstance(text, Unknown) else None
        found = self._survey.named(ref) if ref is not None else ()
        return tuple(asset for asset in found if asset.type == self._spec.document)

    def _of_document(self, document: Asset) -> Iterator[str | Unknown]:
        for kind, name, conditional in _statements(document):
            yield from self._recipient(kind, name, conditional)

    def _of_text(self, text: Text) -> Iterator[str | Unknown]:
        if isinstance(text, Unknown):
            yield text
            return
        holes = tuple(text.segments) if isinstance(text, Partial) else (text,)
        written = "".join(
            part if isinstance(part, str) else f"\ue000{index}\ue001"
            for index, part in enumerate(holes)
        )
        try:
            policy = json.loads(_WHOLE.sub(r'"\1"', written))
        except (ValueError, RecursionError):
            unknown = open_part(text)
            yield from () if unknown is None else (unknown,)
            return
        for kind, name, conditional in _allowed(policy):
            yield from self._recipient(kind, _with_unknowns(name, holes), conditional)

    def _recipient(self, kind: str, name: Text, conditional: bool) -> Iterator[str | Unknown]:
        if kind not in ("AWS", "*"):
            return
        if name == "*":
            yield ANYONE_IF if conditional else ANYONE
            return
        ref = ref_of(name)
        unknown = open_part(name)
        if ref is not None:
            if not self._is_own(ref):
                yield OTHERS
        elif unknown is not None:
            yield unknown
        else:
            yield OTHERS

    def _is_own(self, ref: Ref) -> bool:
        return any(f"{a.type}.{ref.attribute}" in self._spec.own for a in self._survey.named(ref))


def _with_unknowns(name: str, holes: tuple[str | Unknown, ...]) -> Text:
    parts = _HOLE.split(name)
    if len(parts) == 1:
        return name
    segments = tuple(
        holes[int(part)] if index % 2 else part
        for index, part in enumerate(parts)
        if index % 2 or part
    )
    first = segments[0]
    return first if len(segments) == 1 and isinstance(first, Unknown) else Partial(segments)


def _allowed(policy: object) -> Iterator[tuple[str, str, bool]]:
    """Kind and name of each principal that a statement of a JSON policy allows, and whether
    under a condition."""
    written = policy.get("Statement") if isinstance(policy, dict) else None
    for statement in written if isinstance(written, list) else [written]:
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        by_kind: Mapping[str, object] = (
            principal if isinstance(principal, dict) else {"AWS": principal}
        )
        for kind, names in by_kind.items():
            for name in names if isinstance(names, list) else [names]:
                if isinstance(name, str):
                    yield kind, name, bool(statement.get("Condition"))


def _built_on(document: Asset) -> Iterator[Text]:
    """The policies that a data source adds its statements to."""
    for path in _BUILT_ON:
        for attr in document.config.read(path):
            yield from texts(attr.value)


def _statements(document: Asset) -> Iterator[tuple[str, Text, bool]]:
    """The same of a data source that writes a policy; a statement allows unless told."""
    read = document.config.read
    denied = {a.position[:1] for a in read("statement.effect") if a.value == "Deny"}
    narrowed = {a.position[:1] for a in read("statement.condition")}
    kinds = {a.position[:2]: a.value for a in read("statement.principals.type")}
    for attr in read("statement.principals.identifiers"):
        if attr.position[:1] not in denied:
            kind = kinds.get(attr.position[:2])
            conditional = attr.position[:1] in narrowed
            yield from (
                (kind if isinstance(kind, str) else "AWS", name, conditional)
                for name in texts(attr.value)
            )
