"""Ignores: where they are written, what each sets aside, and what is wrong with them.

An ignore counts on a finding that points into what it covers, or that is on a resource
whose block, or the call of whose module, begins there. On what rests on law it needs the
reference of the assessment that contests it, and the finding is told as contested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from souverain.model import (
    Asset,
    Finding,
    Phrase,
    SourceText,
    Span,
    Suppression,
    inline,
    phrase,
)
from souverain.records import dataclass, replace
from souverain.rules.model import Context, Rule, SuppressionProblem
from souverain.sources import Tree
from souverain.suppress.areas import Areas
from souverain.suppress.comments import comments
from souverain.suppress.dates import months_after
from souverain.suppress.directive import Directive, Fault, is_meant, parse
from souverain.suppress.findings import Trouble

MONTHS: Final = 36
"""How far ahead an ignore may reach: a qualification or an HDS certificate lasts as long."""
MONTHS_ON_LAW: Final = 12
"""The same where the law is at stake: the shortest exception that the doctrine allows, the
twelve months of rule R9 (circular 6404)."""

Key = tuple[str, "str | None", str]
"""Root, scenario and address of an asset."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A directive, or why it is none, where it is written and what it covers: a stretch of
    a file, or the assets that one annotation stands on."""

    directive: Directive | Fault
    span: Span
    text: str
    covers: Span | frozenset[Key]

    @property
    def places(self) -> Iterable[str | Key]:
        """The file, or the assets, that what it covers is in."""
        return (self.covers.file,) if isinstance(self.covers, Span) else self.covers

    def is_about(self, finding: Finding, asset: Asset | None) -> bool:
        """Whether it covers what a finding points at, or the asset it is on."""
        if not isinstance(self.covers, Span):
            return _key(finding) in self.covers
        headers = (asset.span, *asset.called_at) if asset is not None else ()
        if any(_begins_in(header, self.covers) for header in headers):
            return True
        if asset is not None and finding.span == asset.span:
            return False
        return _meet(finding.span, self.covers)


def _key(subject: Asset | Finding) -> Key:
    return subject.root, subject.scenario, subject.address


def _begins_in(span: Span, area: Span) -> bool:
    return span.file == area.file and area.start <= span.start < area.end


def _meet(span: Span, area: Span) -> bool:
    end = max(span.end, span.start + 1)
    return span.file == area.file and span.start < area.end and area.start < end


# --- where they are written ---------------------------------------------------------------


def written_in(tree: Tree, paths: Iterable[str]) -> Iterator[Ignore]:
    """The ignores in the comments of some files of a project."""
    for path in sorted(set(paths)):
        source = tree.read(path)
        if isinstance(source, SourceText):
            yield from _of_file(source)


def _of_file(source: SourceText) -> Iterator[Ignore]:
    found = comments(source)
    areas = Areas(source, found)
    for comment in found:
        for text, span in comment.said():
            if is_meant(text):
                yield Ignore(parse(text), span, text, areas.covered_by(comment))


def written_on(annotations: Iterable[tuple[Asset, str, Span]]) -> Iterator[Ignore]:
    """The ignores in annotations of objects, one on each line; they cover the object.

    What is written once covers every object made of it, in whichever overlay.
    """
    covered: dict[tuple[Span, str], set[Key]] = {}
    for asset, text, span in annotations:
        for line in filter(None, map(str.strip, text.splitlines())):
            covered.setdefault((span, line), set()).add(_key(asset))
    for (span, line), keys in covered.items():
        yield Ignore(parse(line), span, line, frozenset(keys))


# --- what they do -------------------------------------------------------------------------


def set_aside(
    found: Sequence[Finding],
    ignores: Sequence[Ignore],
    assets: Mapping[Key, Asset],
    known: Sequence[Rule],
    context: Context,
) -> tuple[tuple[Finding, ...], tuple[Trouble, ...]]:
    """Findings with those that ignores cover set aside, and what is wrong with ignores.

    ``known`` are all rules, those of ``context`` the ones that were applied.
    """
    desk = _Desk(ignores, assets, known, context)
    return tuple(map(desk.judged, found)), tuple(desk.troubles())


class _Desk:
    """The ignores of a project on one day, and what each of them met."""

    def __init__(
        self,
        ignores: Sequence[Ignore],
        assets: Mapping[Key, Asset],
        known: Sequence[Rule],
        context: Context,
    ) -> None:
        self._assets = assets
        self._context = context
        self._applied = {rule.id for rule in context.rules}
        self._ignorable = {rule.id for rule in known if rule.ignorable}
        self._ids = {rule.id: rule.id for rule in known} | {rule.name: rule.id for rule in known}
        self._ignores = ignores
        self._near: dict[tuple[str, str | Key], list[tuple[int, Directive]]] = {}
        """By rule, and by file or asset."""
        for at, ignore in enumerate(ignores):
            if isinstance(ignore.directive, Directive):
                for name in ignore.directive.rules:
                    for place in ignore.places if name in self._ids else ():
                        same = self._near.setdefault((self._ids[name], place), [])
                        same.append((at, ignore.directive))
        self._met: dict[tuple[int, str], list[Finding]] = {}
        """By ignore and rule, the findings it is about, whether or not it counts on them."""
        self._refused: dict[tuple[int, str], Phrase] = {}
        """What an ignore lacks on such a finding."""

    def judged(self, finding: Finding) -> Finding:
        """The finding, set aside when an ignore counts on it: the one that lasts longest."""
        if finding.rule not in self._ignorable:
            return finding
        asset = self._assets.get(_key(finding))
        counting: list[tuple[int, Directive]] = []
        for at, directive in self._candidates(finding, asset):
            if not self._ignores[at].is_about(finding, asset):
                continue
            self._met.setdefault((at, finding.rule), []).append(finding)
            if directive.until < self._context.as_of:
                continue
            lacking = self._lacking(directive, finding)
            if lacking is None:
                counting.append((at, directive))
            else:
                self._refused[at, finding.rule] = lacking
        if not counting:
            return finding
        at, directive = max(counting, key=lambda each: each[1].until)
        suppressed = _suppression(directive, self._ignores[at].span, finding)
        return replace(finding, suppressed=suppressed, group=f"{finding.group}:ignored:{at}")

    def _candidates(self, finding: Finding, asset: Asset | None) -> Iterator[tuple[int, Directive]]:
        """Ignores of its rule on the asset itself, or in a file that it is written in."""
        headers = (asset.span, *asset.called_at) if asset is not None else ()
        places: list[str | Key] = [
            _key(finding),
            finding.span.file,
            *(span.file for span in headers),
        ]
        for place in dict.fromkeys(places):
            yield from self._near.get((finding.rule, place), ())

    def _lacking(self, directive: Directive, finding: Finding) -> Phrase | None:
        """What an ignore must say and does not, on one finding."""
        on_law = finding.basis == "law"
        if on_law and not directive.ref:
            return phrase("suppress.no-ref", rule=finding.rule)
        months = MONTHS_ON_LAW if on_law else MONTHS
        last = months_after(self._context.as_of, months)
        if directive.until > last:
            key = "suppress.too-far-on-law" if on_law else "suppress.too-far"
            return phrase(key, rule=finding.rule, months=months, last=last.isoformat())
        return None

    # --- what is wrong with them --------------------------------------------------------

    def troubles(self) -> Iterator[Trouble]:
        """Faults, rules that no ignore may name, ends, and what has no use."""
        for at, ignore in enumerate(self._ignores):
            if isinstance(ignore.directive, Fault):
                yield _trouble("incomplete", ignore, ignore.directive.reason)
                continue
            for name in ignore.directive.rules:
                yield from self._about_rule(at, ignore, ignore.directive, name)

    def _about_rule(
        self, at: int, ignore: Ignore, directive: Directive, name: str
    ) -> Iterator[Trouble]:
        rule = self._ids.get(name)
        if rule is None:
            yield _trouble("incomplete", ignore, phrase("suppress.unknown-rule", rule=name))
        elif rule not in self._ignorable:
            yield _trouble("forbidden", ignore, phrase("suppress.not-ignorable", rule=rule))
        elif (at, rule) not in self._met:
            if rule in self._applied:
                yield _trouble("unused", ignore, phrase("suppress.unused", rule=rule))
        elif directive.until < self._context.as_of:
            day = directive.until.isoformat()
            reason = phrase("suppress.expired", rule=rule, day=day)
            yield _trouble("expired", ignore, reason, self._met[at, rule])
        elif (at, rule) in self._refused:
            yield _trouble("incomplete", ignore, self._refused[at, rule], self._met[at, rule])


def _suppression(directive: Directive, span: Span, finding: Finding) -> Suppression:
    return Suppression(
        kind="inline",
        reason=inline("{reason}", "{reason}", reason=directive.reason),
        until=directive.until.isoformat(),
        ref=directive.ref,
        contested=finding.basis == "law",
        span=span,
    )


def _trouble(
    problem: SuppressionProblem, ignore: Ignore, reason: Phrase, met: Sequence[Finding] = ()
) -> Trouble:
    # Not the whole reason: some name a day that moves with the day of the run.
    about = f"{ignore.text}:{reason.key}:{dict(reason.args).get('rule', '')}"
    return Trouble("ignore", problem, reason, ignore.span, about, tuple(met))
