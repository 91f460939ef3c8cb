"""``derogations.yaml``: the exceptions that an authority has granted to the project.

What a derogation may be granted from, for how long and by whom is in the doctrine; here is
what the project says it was granted. Source: circular 6404 (rule R9), SREN law, article 31.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from souverain.doctrine.model import Clause, DerogationNeed
from souverain.model import Phrase, SourceText, Span, phrase
from souverain.project import Problem, ProjectError, ProjectFile
from souverain.project.nodes import Node
from souverain.records import dataclass
from souverain.sources import DEROGATIONS, Tree
from souverain.suppress.dates import day_of, months_after

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from souverain.project.decode import Decoder

TOP = ("version", "derogations")
SCOPE = ("paths", "systems")
ACT = ("on", "ref")
KEYS = (
    "id",
    "under",
    "authority",
    "requested_on",
    "decided_on",
    "prime_minister",
    "publication",
    "offer_available_since",
    "rules",
    "scope",
    "assets",
)


@dataclass(frozen=True, slots=True)
class Act:
    """A decision, a validation or a publication: its day, and where it can be read."""

    on: date
    ref: str


@dataclass(frozen=True, eq=False)
class Grant:
    """One derogation as it was granted. None is what the file does not say."""

    id: str
    span: Span
    under: tuple[str, ...]
    """Clauses that allow it (``FR-CIRC-6404-2023:R9.5``)."""
    authority: str | None = None
    requested_on: date | None = None
    """Day on which it was asked for; it counts once it was decided."""
    decided_on: date | None = None
    prime_minister: Act | None = None
    publication: Act | None = None
    offer_available_since: date | None = None
    """Day on which an offer that would comply became available in France."""
    rules: tuple[str, ...] = ()
    """Rules it is about; () for all that its clauses allow."""
    paths: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    """Addresses of what existed on the day of the decision: it covers nothing else."""

    def lacks(self, clause: Clause) -> tuple[str, ...]:
        """Keys that the clause needs, or that its end hangs on, and that are not written."""
        needs = clause.derogation.needs if clause.derogation else ()
        written = {
            "authority": self.authority,
            "decided_on": self.decided_on,
            "prime_minister": self.prime_minister,
            "publication": self.publication,
            "offer_available_since": self.offer_available_since,
            "assets": self.assets,
        }
        optional = {"prime_minister", "publication"} - set(needs)
        return tuple(k for k, value in written.items() if not value and k not in optional)

    def starts(self, clause: Clause) -> date | None:
        """The day from which it counts: everything the clause needs has been done."""
        acts: dict[DerogationNeed, date | None] = {
            "authority": self.decided_on,
            "prime_minister": self.prime_minister.on if self.prime_minister else None,
            "publication": self.publication.on if self.publication else None,
        }
        needs = clause.derogation.needs if clause.derogation else ()
        days = [acts[need] for need in needs]
        return max((day for day in days if day), default=None)

    def ends(self, clause: Clause) -> date | None:
        """The last day on which it counts under a clause."""
        if clause.derogation is None or self.offer_available_since is None:
            return None
        return months_after(self.offer_available_since, clause.derogation.months)

    def in_scope(self, address: str, path: str, system: str | None) -> bool:
        """Whether it speaks of a place. ``path`` is relative to the project root."""
        if not self.paths and not self.systems:
            return address in self.assets
        return any(spec.match_file(path) for spec in self._specs) or system in self.systems

    @cached_property
    def _specs(self) -> tuple[GitIgnoreSpec, ...]:
        from pathspec import GitIgnoreSpec

        return tuple(GitIgnoreSpec.from_lines([pattern]) for pattern in self.paths)


# --- reading ------------------------------------------------------------------------------


def load(tree: Tree, project: ProjectFile) -> tuple[Grant, ...]:
    """The derogations of a project; () when it has none.

    Raises :class:`~souverain.project.ProjectError` with every problem of the file.
    """
    named = project.derogations
    path = tree.join(tree.display_root, named[0] if named else DEROGATIONS)
    if named is None and (path is None or not tree.exists(path)):
        return ()
    outside = phrase("sources.outside", root=tree.display_root)
    source = outside if path is None else tree.read(path)
    if isinstance(source, Phrase):
        span = named[1] if named else Span(SourceText(path or DEROGATIONS, b""), 0, 0)
        raise ProjectError.at(phrase("suppress.no-derogations", reason=source), span)
    from souverain.project.decode import Decoder
    from souverain.project.yamlnodes import read_yaml

    decoder = Decoder()
    grants = _decode(decoder, read_yaml(source) or Node((), Span(source, 0, 0), mapping=True))
    if decoder.problems:
        raise ProjectError(*sorted(decoder.problems, key=lambda p: p.span.start))
    return grants


def _decode(decoder: Decoder, node: Node) -> tuple[Grant, ...]:
    fields = decoder.fields(node, TOP, TOP)
    decoder.one(fields, "version", decoder.version)
    grants = decoder.each(fields, "derogations", lambda item: _grant(decoder, item))
    _named_once(decoder, grants)
    return grants


def _grant(decoder: Decoder, node: Node) -> Grant:
    fields = decoder.fields(node, KEYS, needed=("id", "under"))
    scope = decoder.fields(fields["scope"].value, SCOPE) if "scope" in fields else {}
    return Grant(
        id=decoder.one(fields, "id", decoder.text) or "",
        span=fields["id"].value.span if "id" in fields else node.span,
        under=decoder.texts(fields, "under"),
        authority=decoder.one(fields, "authority", decoder.text),
        requested_on=decoder.one(fields, "requested_on", lambda day: _day(decoder, day)),
        decided_on=decoder.one(fields, "decided_on", lambda day: _day(decoder, day)),
        prime_minister=decoder.one(fields, "prime_minister", lambda act: _act(decoder, act)),
        publication=decoder.one(fields, "publication", lambda act: _act(decoder, act)),
        offer_available_since=decoder.one(
            fields, "offer_available_since", lambda day: _day(decoder, day)
        ),
        rules=decoder.texts(fields, "rules"),
        paths=decoder.each(scope, "paths", decoder.pattern),
        systems=decoder.texts(scope, "systems"),
        assets=decoder.texts(fields, "assets"),
    )


def _act(decoder: Decoder, node: Node) -> Act | None:
    fields = decoder.fields(node, ACT, needed=ACT)
    on = decoder.one(fields, "on", lambda day: _day(decoder, day))
    ref = decoder.one(fields, "ref", decoder.text)
    return Act(on, ref) if on and ref else None


def _day(decoder: Decoder, node: Node) -> date | None:
    return day_of(decoder.day(node))


def _named_once(decoder: Decoder, grants: Sequence[Grant]) -> None:
    seen: set[str] = set()
    for grant in grants:
        if grant.id in seen:
            message = phrase("suppress.derogation-twice", id=grant.id)
            decoder.problems.append(Problem(message, grant.span))
        seen.add(grant.id)
