"""The commented manifest. What only the project knows stands in comments, never as a fact.

Texts of the scanned tree are quoted or escaped: none can end a comment or become a value.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from souverain.initialise.survey import SHOWN, Place, Survey
from souverain.model import Lang, Phrase, phrase
from souverain.project import vocabulary as words
from souverain.regex import regex
from souverain.report.terminal import clean
from souverain.text import render

WIDTH: Final = 96
"""Columns of a line of choices."""

_PATTERN_SPECIAL: Final = regex(r"([\\*?\[\]!# ])")


def document(survey: Survey, lang: Lang) -> str:
    """A manifest with everything a manifest can say; it declares where systems are, no more."""
    return "\n".join(_Writer(survey, lang).lines()) + "\n"


class _Writer:
    """One document in one language."""

    def __init__(self, survey: Survey, lang: Lang) -> None:
        self._survey = survey
        self._lang: Lang = lang

    def lines(self) -> Iterator[str]:
        yield from self._note(phrase("init.head"))
        yield "#"
        yield from self._found()
        yield from self._unknown()
        yield "version: 1"
        yield ""
        yield from self._note(phrase("init.entity"))
        yield from self._choices("entity", words.ENTITIES)
        yield "# entity: …"
        yield from self._note(phrase("init.relax"))
        yield ""
        yield from self._systems()
        yield ""
        yield from self._scenarios()
        yield ""
        yield from self._provider_defaults()
        yield ""
        yield from self._clusters()
        yield ""
        yield from self._exclude()
        yield ""
        yield from self._note(phrase("init.extends"))
        yield ""
        yield from self._note(phrase("init.derogations"))
        yield ""
        yield from self._note(phrase("init.inputs"))

    # --- what was seen ----------------------------------------------------------------

    def _found(self) -> Iterator[str]:
        yield from self._note(phrase("init.found"))
        places = self._survey.places
        for place in places[:SHOWN]:
            yield from self._item(
                phrase(
                    "init.place",
                    path=place.path,
                    stores=place.stores,
                    operators=_listed(place.operators),
                    places=_listed(place.regions),
                    countries=_listed(place.countries),
                )
            )
            if place.data:
                yield from self._item(phrase("init.data-told", data=", ".join(place.data)), 2)
            if place.guessed:
                said = phrase("init.data-guessed", data=", ".join(place.guessed))
                yield from self._item(said, 2)
        yield from self._more(len(places))
        if not places:
            yield from self._item(phrase("init.nothing"))

    def _unknown(self) -> Iterator[str]:
        yield "#"
        yield from self._note(phrase("init.not-known"))
        yield from self._item(phrase("init.never-in-code"))
        for reason in self._survey.unknown[:SHOWN]:
            yield from self._item(reason)
        yield from self._more(len(self._survey.unknown))
        for reason, paths in self._survey.unread[:SHOWN]:
            more = phrase("init.and-more", count=len(paths) - 1) if len(paths) > 1 else ""
            yield from self._item(phrase("init.unread", path=paths[0], more=more, reason=reason))
        yield from self._more(len(self._survey.unread))
        for path in self._survey.loose_variables[:SHOWN]:
            yield from self._item(phrase("init.loose", path=path))
        yield from self._more(len(self._survey.loose_variables))

    # --- sections ---------------------------------------------------------------------

    def _systems(self) -> Iterator[str]:
        yield from self._note(phrase("init.systems"))
        yield from self._choices("data", words.DATA)
        yield from self._choices("harm", words.HARM)
        yield from self._choices("environment", words.ENVIRONMENTS)
        yield from self._choices("hosting_role", words.HOSTING_ROLES)
        holding = [place for place in self._survey.places if place.holds and not place.library]
        if not holding:
            yield "# systems:"
            yield '#   - {name: …, paths: ["infra/**"], data: […], harm: […]}'
            return
        yield "systems:"
        for place, name in zip(holding, _names(holding), strict=True):
            yield from self._system(name, place)

    def _system(self, name: str, place: Place) -> Iterator[str]:
        pattern = "**" if place.path == "." else f"/{_escaped(place.path)}/**"
        yield f"  - name: {_quoted(name)}"
        yield f"    paths: [{_quoted(pattern)}]"
        yield f"    # data: [{', '.join(place.data or place.guessed) or '…'}]"
        yield "    # harm: […]"
        if place.environment:
            hint = self._said(phrase("init.by-its-name"))
            yield f"    # environment: {place.environment}   # {hint}"
        else:
            yield "    # environment: …"
        yield "    # hosting_role: …"
        yield "    # owner: dsi@example.org"

    def _scenarios(self) -> Iterator[str]:
        yield from self._note(phrase("init.scenarios"))
        found = self._survey.scenarios
        yield "scenarios:" if found else "# scenarios:"
        for scenario in found:
            files = ", ".join(map(_quoted, scenario.var_files))
            yield f"  - root: {_quoted(scenario.root)}"
            yield f"    name: {_quoted(scenario.name)}"
            yield f"    var_files: [{files}]"
        if not found:
            yield "#   - {root: infra, name: prod, var_files: [prod.tfvars]}"

    def _provider_defaults(self) -> Iterator[str]:
        yield from self._note(phrase("init.provider-defaults"))
        yield "# provider_defaults:"
        for provider in self._survey.without_region or ("aws",):
            yield f"#   {_quoted(provider)}: {{region: …}}"

    def _clusters(self) -> Iterator[str]:
        yield from self._note(phrase("init.clusters"))
        yield "# clusters:"
        created = [
            f"root: {_quoted(root)}, address: {_quoted(address)}"
            for root, address in self._survey.clusters
        ]
        said = created[0] if len(created) == 1 else "operator: …, service: …, region: …"
        for path in self._survey.manifests[:SHOWN] or ("k8s",):
            pattern = "**" if path == "." else f"/{_escaped(path)}/**"
            yield f"#   - {{paths: [{_quoted(pattern)}], {said}}}"
        others = created[:SHOWN] or ["root: infra, address: …"]
        for cluster in others if len(created) != 1 else ():
            yield f"#   - {{paths: […], {cluster}}}"

    def _exclude(self) -> Iterator[str]:
        yield from self._note(phrase("init.exclude"))
        yield "# exclude:"
        unread = dict.fromkeys(path for _, paths in self._survey.unread for path in paths)
        for path in list(unread)[:SHOWN] or ["examples/broken"]:
            yield f"#   - {{path: {_quoted('/' + _escaped(path))}, reason: …}}"

    # --- pieces -----------------------------------------------------------------------

    def _choices(self, key: str, allowed: Sequence[str]) -> Iterator[str]:
        """The words a key takes, wrapped."""
        yield from wrap(
            ", ".join(allowed), WIDTH, initial_indent=f"#   {key}: ", subsequent_indent="#     "
        )

    def _note(self, sentences: Phrase) -> Iterator[str]:
        for line in self._said(sentences).splitlines():
            yield f"# {line}".rstrip()

    def _item(self, sentence: Phrase, depth: int = 1) -> Iterator[str]:
        yield f"#{'  ' * depth} - {' '.join(self._said(sentence).split())}"

    def _more(self, count: int) -> Iterator[str]:
        if count > SHOWN:
            yield from self._item(phrase("init.more", count=count - SHOWN))

    def _said(self, sentence: Phrase) -> str:
        return render(sentence, self._lang, clean)


def _listed(names: Sequence[str]) -> str | Phrase:
    if not names:
        return phrase("init.unknown-word")
    shown = ", ".join(names[:SHOWN])
    return f"{shown}, …" if len(names) > SHOWN else shown


def _names(places: Sequence[Place]) -> list[str]:
    """A name for each system: its directory, or its whole path when two share one."""
    short = [posixpath.basename(place.path) for place in places]
    return [
        "main" if place.path == "." else name if short.count(name) == 1 else place.path
        for place, name in zip(places, short, strict=True)
    ]


def _escaped(path: str) -> str:
    """A path as a pattern of a ``.gitignore`` that matches it alone."""
    return _PATTERN_SPECIAL.sub(r"\\\1", path)


def _quoted(text: str) -> str:
    """A YAML scalar: plain where it can be, else in double quotes (JSON is YAML)."""
    if re.fullmatch(r"[a-z][a-z0-9_./-]*", text) and text not in _AMBIGUOUS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


_AMBIGUOUS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Plain words that YAML does not read as text."""
