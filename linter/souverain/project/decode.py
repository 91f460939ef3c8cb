"""From nodes to a :class:`~souverain.project.ProjectFile`, or all the problems at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from souverain.model import Phrase, Span, phrase
from souverain.project import vocabulary as words
from souverain.project.model import (
    Cluster,
    Context,
    Declaration,
    Input,
    Scenario,
    System,
)
from souverain.project.nodes import Entry, Node, Problem
from souverain.regex import regex
from souverain.sources import Exclusion

T = TypeVar("T")
Fields = dict[str, Entry]

VERSION = 1

_ISO_DATE = regex(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = regex(r"[A-Z]{2}")


class Decoder:
    """Reads nodes and collects problems; a value that has one reads as undeclared."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    # --- shapes -----------------------------------------------------------------------

    def fields(self, node: Node, allowed: Sequence[str], needed: Sequence[str] = ()) -> Fields:
        """Entries of a mapping by key: each known, each once, none missing."""
        if not node.mapping:
            self._expected(node, phrase("project.a-mapping", keys=", ".join(allowed)))
            return {}
        found: Fields = {}
        for entry in node.entries:
            if entry.key not in allowed:
                self._unknown_key(entry, allowed)
            elif entry.key in found:
                self._problem(phrase("project.twice", key=entry.key), entry.span)
            else:
                found[entry.key] = entry
        for key in needed:
            if key not in found:
                self._problem(phrase("project.missing-key", key=key), node.span)
        return found

    def each(self, fields: Fields, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        """What ``read`` makes of each item of a list; () when the key is absent."""
        if key not in fields:
            return ()
        node = fields[key].value
        if node.items is None:
            self._expected(node, phrase("project.a-list"))
            return ()
        return tuple(read(item) for item in node.items)

    def one(self, fields: Fields, key: str, read: Callable[[Node], T]) -> T | None:
        """What ``read`` makes of a value; None when the key is absent."""
        return read(fields[key].value) if key in fields else None

    # --- scalars ----------------------------------------------------------------------

    def text(self, node: Node) -> str:
        """Text that is not empty; a number is taken as written."""
        value = node.scalar
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._expected(node, phrase("project.a-text"))
        return ""

    def texts(self, fields: Fields, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return self.each(fields, key, self.text)

    def pattern(self, node: Node) -> str:
        """A pattern as in a ``.gitignore``."""
        text = self.text(node)
        if text.startswith("!") or text.strip("/ ") == "":
            self._expected(node, phrase("project.a-pattern"))
        return text

    def yes_no(self, node: Node) -> bool:
        """``true`` or ``false``."""
        if isinstance(node.scalar, bool):
            return node.scalar
        self._expected(node, phrase("project.a-yes-no"))
        return False

    def version(self, node: Node) -> None:
        """The one version of the format there is."""
        if node.scalar is True or node.scalar != VERSION:
            self._expected(node, phrase("project.the-version", version=VERSION))

    def day(self, node: Node) -> str:
        """A date as ``2026-05-01``."""
        value = node.scalar
        if isinstance(value, str) and _ISO_DATE.fullmatch(value) and _exists(value):
            return value
        self._expected(node, phrase("project.a-date"))
        return ""

    def countries(self, node: Node) -> str:
        """Codes of countries (ISO 3166), one or more, as one text with spaces between."""
        codes = [item.scalar for item in node.items or ()]
        known = [code for code in codes if isinstance(code, str) and _COUNTRY.fullmatch(code)]
        if known and len(known) == len(codes):
            return " ".join(dict.fromkeys(known))
        self._expected(node, phrase("project.countries"))
        return ""

    def word(self, allowed: Sequence[str]) -> Callable[[Node], str]:
        """Reads one of a few words."""

        def read(node: Node) -> str:
            value = node.scalar
            if isinstance(value, str) and value in allowed:
                return value
            close = difflib.get_close_matches(str(value), allowed, 1)
            one_of = phrase("project.one-of", words=", ".join(allowed))
            hint = phrase("project.did-you-mean", word=close[0], rest=one_of) if close else one_of
            self._expected(node, hint)
            return ""

        return read

    def some_of(self, allowed: Sequence[str]) -> Callable[[Node], tuple[str, ...]]:
        """Reads a list of a few words, possibly empty."""

        def read(node: Node) -> tuple[str, ...]:
            if node.items is None:
                self._expected(node, phrase("project.a-list-of", words=", ".join(allowed)))
                return ()
            return tuple(dict.fromkeys(map(self.word(allowed), node.items)))

        return read

    # --- declarations -----------------------------------------------------------------

    def declaration(self, entry: Entry, read: Callable[[Node], T]) -> Declaration[T]:
        """A value, or ``{value: …, by: …, on: …, ref: …}``."""
        if not entry.value.mapping:
            return Declaration(read(entry.value), _whole(entry))
        fields = self.fields(entry.value, words.JUSTIFICATION)
        nothing = Node(None, entry.value.span)
        return Declaration(
            read(fields["value"].value if "value" in fields else nothing),
            _whole(entry),
            self.one(fields, "by", self.text),
            self.one(fields, "on", self.day),
            self.one(fields, "ref", self.text),
        )

    def context(self, fields: Fields) -> Context:
        """Declarations among the keys of the top level or of a system."""

        def declared(key: str, read: Callable[[Node], T]) -> Declaration[T] | None:
            return self.declaration(fields[key], read) if key in fields else None

        return Context(
            entity=declared("entity", self.word(words.ENTITIES)),
            data=declared("data", self.some_of(words.DATA)),
            harm=declared("harm", self.some_of(words.HARM)),
            environment=declared("environment", self.word(words.ENVIRONMENTS)),
            hosting_role=declared("hosting_role", self.word(words.HOSTING_ROLES)),
            inputs=self.inputs(fields),
        )

    def inputs(self, fields: Fields) -> dict[str, Declaration[Input]]:
        """Further inputs by name; parts of ``homologation`` as ``homologation.level``."""
        found: dict[str, Declaration[Input]] = {}
        for key, entry in fields.items():
            if key in words.YES_NO_INPUTS:
                found[key] = self.declaration(entry, self.yes_no)
            elif key in words.TEXT_INPUTS:
                found[key] = self.declaration(entry, self.text)
            elif key in words.DATE_INPUTS:
                found[key] = self.declaration(entry, self.day)
            elif key in words.COUNTRIES_INPUTS:
                found[key] = self.declaration(entry, self.countries)
            elif key == "hds_chain":
                found |= self._chain(entry)
            elif key == "homologation":
                found |= self._parts(entry, words.HOMOLOGATION)
        return found

    def _parts(self, entry: Entry, kinds: dict[str, str]) -> dict[str, Declaration[Input]]:
        readers: dict[str, Callable[[Node], Input]] = {"text": self.text, "bool": self.yes_no}
        fields = self.fields(entry.value, tuple(kinds))
        return {
            f"{entry.key}.{key}": Declaration(readers[kinds[key]](part.value), _whole(part))
            for key, part in fields.items()
        }

    def _chain(self, entry: Entry) -> dict[str, Declaration[Input]]:
        """``hds_chain``: a reference, or who holds each activity as ``hds_chain.5.holder``.

        ``hds_chain.activities`` tells that they are listed.
        """
        if entry.value.items is None:
            return {entry.key: self.declaration(entry, self.text)}
        if not entry.value.items:
            self._expected(entry.value, phrase("project.some-holders"))
        parts = [part for node in entry.value.items for part in self._holder(entry.key, node)]
        span = _whole(entry)
        listed = ", ".join(sorted({name.split(".")[1] for name, _ in parts}))
        # The first who is said to hold an activity counts.
        found = dict(reversed(parts))
        found[entry.key] = Declaration(listed, span)
        found[f"{entry.key}.activities"] = Declaration(True, span)
        return found

    def _holder(self, key: str, node: Node) -> list[tuple[str, Declaration[Input]]]:
        fields = self.fields(node, words.HOLDER, needed=("activities", "holder"))
        activities = self.each(fields, "activities", self.activity)
        readers = {"holder": self.text, "certificate": self.text, "until": self.day}
        return [
            (
                f"{key}.{activity}.{name}",
                Declaration(read(fields[name].value), _whole(fields[name])),
            )
            for name, read in readers.items()
            if name in fields
            for activity in activities
        ]

    def activity(self, node: Node) -> int:
        """The number of an HDS hosting activity."""
        value = node.scalar
        if isinstance(value, int) and value is not True and 1 <= value <= words.HDS_ACTIVITIES:
            return value
        self._expected(node, phrase("project.an-activity", last=words.HDS_ACTIVITIES))
        return 0

    # --- sections ---------------------------------------------------------------------

    def system(self, node: Node) -> System:
        """One of ``systems:``."""
        fields = self.fields(node, words.SYSTEM)
        return System(
            span=node.span,
            name=self.one(fields, "name", self.text),
            owner=self.one(fields, "owner", self.text),
            paths=self.each(fields, "paths", self.pattern),
            addresses=self.texts(fields, "addresses"),
            namespaces=self.texts(fields, "namespaces"),
            context=self.context(fields),
        )

    def cluster(self, node: Node) -> Cluster:
        """One of ``clusters:``."""
        fields = self.fields(node, words.CLUSTER)
        if node.mapping and "paths" not in fields and "name" not in fields:
            self._problem(phrase("project.cluster-of-what"), node.span)
        if node.mapping and "operator" not in fields and "address" not in fields:
            self._problem(phrase("project.cluster-of-whom"), node.span)
        return Cluster(
            span=node.span,
            paths=self.each(fields, "paths", self.pattern),
            operator=self.one(fields, "operator", self.text),
            service=self.one(fields, "service", self.text),
            region=self.one(fields, "region", self.text),
            root=self.one(fields, "root", self.text),
            address=self.one(fields, "address", self.text),
            name=self.one(fields, "name", self.text),
        )

    def scenario(self, node: Node) -> Scenario:
        """One of ``scenarios:``."""
        fields = self.fields(node, words.SCENARIO, needed=words.SCENARIO)
        return Scenario(
            span=node.span,
            root=self.one(fields, "root", self.text) or "",
            name=self.one(fields, "name", self.text) or "",
            var_files=self.texts(fields, "var_files"),
        )

    def exclusion(self, node: Node) -> Exclusion:
        """One of ``exclude:``."""
        fields = self.fields(node, words.EXCLUDE, needed=words.EXCLUDE)
        return Exclusion(
            self.one(fields, "path", self.pattern) or "-",
            self.one(fields, "reason", self.text) or "",
        )

    def defaults(self, node: Node) -> dict[str, dict[str, Declaration[str]]]:
        """``provider_defaults:``: provider, argument, value."""
        found: dict[str, dict[str, Declaration[str]]] = {}
        if not node.mapping:
            self._expected(node, phrase("project.provider-defaults"))
        for provider in node.entries:
            if not provider.value.mapping:
                self._expected(provider.value, phrase("project.provider-defaults"))
            found[provider.key] = {
                entry.key: Declaration(self.text(entry.value), _whole(entry))
                for entry in provider.value.entries
            }
        return found

    # --- problems ---------------------------------------------------------------------

    def _unknown_key(self, entry: Entry, allowed: Sequence[str]) -> None:
        close = difflib.get_close_matches(entry.key, allowed, 1)
        if close:
            message = phrase("project.unknown-key-close", key=entry.key, close=close[0])
        else:
            keys = ", ".join(allowed)
            message = phrase("project.unknown-key", key=entry.key, keys=keys)
        self._problem(message, entry.span)

    def _expected(self, node: Node, what: Phrase) -> None:
        self._problem(phrase("project.expected", what=what, found=_described(node)), node.span)

    def _problem(self, message: Phrase, span: Span) -> None:
        self.problems.append(Problem(message, span))


def _whole(entry: Entry) -> Span:
    """Key and value."""
    return Span(entry.span.source, entry.span.start, entry.value.span.end)


def _described(node: Node) -> Phrase:
    if node.mapping:
        return phrase("project.found-mapping")
    if node.items is not None:
        return phrase("project.found-list")
    if node.scalar is None:
        return phrase("project.found-nothing")
    shown = str(node.scalar).lower() if isinstance(node.scalar, bool) else str(node.scalar)
    return phrase("project.found-value", value=shown[:60])


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
