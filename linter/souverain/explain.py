"""What is known of anything a report names: a rule, a clause, a text, an operator, an offer.

A name may stand for several things (a region code of two operators): each gets a sheet.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial

from souverain.catalog import Catalog
from souverain.catalog.model import CertificateFact, Control, Offer, Operator, Provenance, Region
from souverain.catalog.offers import certificate_reason
from souverain.doctrine.model import Clause, Text
from souverain.doctrine.relation import Relation
from souverain.doctrine.seeds import Claim, Seed
from souverain.model import Phrase, inline, phrase
from souverain.records import dataclass
from souverain.report.sheet import Entry, Sheet
from souverain.rules.model import Compared, Rule
from souverain.trace import said

CLOSE_NAMES = 3


class UnknownNameError(KeyError):
    """Nothing has that name. ``close`` are names like it, best first."""

    def __init__(self, name: str, close: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.close = close


@dataclass(frozen=True)
class Knowledge:
    """Everything that can be asked for."""

    relation: Relation
    rules: Mapping[str, Rule]
    catalog: Catalog

    def explain(self, name: str) -> tuple[Sheet, ...]:
        """A sheet for each thing of that name, case aside; a clause also by its last part.

        Raises :class:`UnknownNameError`.
        """
        wanted = name.strip().lower()
        things = (*self._names, *self._regions)
        found = [sheet() for known, sheet in things if known.lower() == wanted]
        if not found:
            ending = f":{wanted}"
            found = [sheet() for known, sheet in self._names if known.lower().endswith(ending)]
        if not found:
            raise UnknownNameError(name, self._close(wanted))
        return tuple(dict.fromkeys(found))

    def _close(self, name: str) -> tuple[str, ...]:
        known = {known.lower(): known for known, _ in (*self._regions, *self._names)}
        close = difflib.get_close_matches(name, known, len(known))
        best = sorted(close, key=lambda word: (-_likeness(name, word), word))
        return tuple(known[word] for word in best[:CLOSE_NAMES])

    @cached_property
    def _names(self) -> tuple[tuple[str, Callable[[], Sheet]], ...]:
        return tuple(self._things())

    def _things(self) -> Iterator[tuple[str, Callable[[], Sheet]]]:
        for rule in self.rules.values():
            yield rule.id, partial(_rule, rule, self.relation)
            yield rule.name, partial(_rule, rule, self.relation)
        for clause in self.relation.clauses():
            yield clause.id, partial(_clause, clause, self.relation)
        for text in self.relation.doctrine.texts.values():
            yield text.id, partial(_text, text, self.relation)
        for seed in self.relation.seeds.values():
            yield seed.id, partial(_seed, seed)
            for claim in seed.claims:
                yield claim.id, partial(_seed, seed)
        for operator in self.catalog.operators():
            for known in (operator.id, *operator.aliases):
                yield known, partial(self._operator, operator)
            for offer in operator.offers:
                yield offer.id, partial(self._offer, offer)

    @cached_property
    def _regions(self) -> tuple[tuple[str, Callable[[], Sheet]], ...]:
        """Regions of every operator: asked for last, because each operator has a file."""
        return tuple(
            (code, partial(self._region, operator, code))
            for operator in self.catalog.operators()
            for code in self.catalog.regions(operator.id)
        )

    # --- who and where ----------------------------------------------------------------

    def _operator(self, operator: Operator) -> Sheet:
        laws = tuple(
            phrase(
                f"explain.law-{fact.scope.replace('_', '-')}",
                law=self._law(fact.law),
                why=fact.why,
            )
            for fact in operator.exposures
        )
        country = operator.country or phrase("explain.no-country")
        return Sheet(
            "operator",
            operator.id,
            _plain(operator.name),
            (
                Entry("entity", (phrase("explain.entity", name=operator.entity, country=country),)),
                Entry("controlled-by", tuple(map(_control, operator.controlled_by))),
                Entry("laws", laws),
                Entry("offers", tuple(map(_offer_line, operator.offers))),
                Entry("regions", tuple(self._places(operator))),
                Entry("source", (_source(operator.provenance),)),
            ),
        )

    def _law(self, identifier: str) -> str:
        law = self.catalog.law(identifier)
        return law.name if law else identifier

    def _places(self, operator: Operator) -> Iterator[str]:
        for code in self.catalog.regions(operator.id):
            region = self.catalog.region(operator.id, code)
            country = (region.country if region else None) or "-"
            yield f"{code} ({country})"

    def _offer(self, offer: Offer) -> Sheet:
        operator = self.catalog.operator(offer.operator)
        return Sheet(
            "offer",
            offer.id,
            _plain(offer.name),
            (
                Entry("operator", (f"{offer.operator} ({operator.name})" if operator else "",)),
                Entry("layers", offer.layers),
                Entry("certificates", tuple(map(_certificate, offer.certificates))),
                Entry("perimeter", tuple(_perimeter(offer))),
                Entry("conditions", tuple(c for f in offer.certificates for c in f.conditions)),
            ),
        )

    def _region(self, operator: Operator, code: str) -> Sheet:
        region = self.catalog.region(operator.id, code) or Region(code, None)
        country = region.country or phrase("explain.no-country")
        return Sheet(
            "region",
            code,
            phrase("explain.region", operator=operator.name, country=country),
            (
                Entry("operator", (f"{operator.id} ({operator.name})",)),
                Entry("country", (country,)),
                Entry("city", (region.city,) if region.city else ()),
                Entry("spread", region.parts),
                Entry("pair", tuple(filter(None, (self.catalog.pair(operator.id, code),)))),
                Entry("stands-on", (region.hosted_by,) if region.hosted_by else ()),
                Entry("note", (region.note,) if region.note else ()),
            ),
        )


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


# --- rules and law --------------------------------------------------------------------


def _rule(rule: Rule, relation: Relation) -> Sheet:
    return Sheet(
        "rule",
        rule.id,
        said(rule.title),
        (
            Entry("name", (rule.name,)),
            Entry("severity", (rule.severity,)),
            Entry("why", (said(rule.why),)),
            Entry("remediation", (_example(rule),)),
            Entry("clauses", tuple(map(_cited, rule.clauses))),
            Entry("url", tuple(_addresses(rule.clauses))),
            Entry("guards", tuple(map(_guard, relation.guards_of(rule.id)))),
            Entry("lowered", tuple(_eased(rule))),
            Entry("yields-to", rule.yields_to),
            Entry("see-also", tuple(_beside(rule))),
            Entry("opposed", tuple(map(_compared, rule.opposed))),
            Entry("echoed", tuple(map(_compared, rule.echoed))),
            Entry("press", tuple(_claims(relation, *(c.id for c in rule.clauses)))),
        ),
    )


def _example(rule: Rule) -> Phrase:
    """The way out, with its places shown as they are written."""
    en, fr = rule.remediation.en, rule.remediation.fr
    return inline(
        en.replace("{", "{{").replace("}", "}}"), fr.replace("{", "{{").replace("}", "}}")
    )


def _eased(rule: Rule) -> Iterator[Phrase]:
    for easing in rule.eased:
        yield phrase("explain.lowered", to=easing.to, because=easing.because)


def _addresses(clauses: Iterable[Clause]) -> Iterator[Phrase]:
    """Where the texts of some clauses are published, each once."""
    for text in dict.fromkeys(clause.text for clause in clauses):
        if text.url:
            yield phrase("explain.published", text=text.short, url=text.url)


def _beside(rule: Rule) -> Iterator[Phrase]:
    for other, why in rule.see_also:
        yield phrase("explain.beside", rule=other, why=said(why))


def _compared(other: Compared) -> Phrase:
    return phrase(
        "explain.compared", tool=other.tool, checks=", ".join(other.checks), ask=said(other.ask)
    )


def _clause(clause: Clause, relation: Relation) -> Sheet:
    ending = clause.ending
    rules = relation.rules_of(clause)
    return Sheet(
        "clause",
        clause.id,
        clause.summary,
        (
            Entry("text", (_named(clause.text),)),
            Entry("official-title", (clause.text.title,)),
            Entry("url", (clause.text.url,) if clause.text.url else ()),
            Entry("locator", (clause.locator,)),
            Entry("in-force", (_period(clause.start or clause.text.start, clause.end),)),
            Entry("binds", tuple(sorted(clause.binds)) or (phrase("explain.nobody"),)),
            Entry("contested", tuple(sorted(clause.contested))),
            Entry("data", tuple(sorted(clause.data))),
            Entry("derogates", clause.derogation.clauses if clause.derogation else ()),
            Entry("checked-by", rules if ending.kind == "checked" else ()),
            Entry("restrains", rules if ending.kind == "guard" else ()),
            Entry("reason", (ending.reason,) if ending.reason else ()),
            Entry("press", tuple(_claims(relation, clause.id))),
            Entry("confidence", (phrase(f"explain.confidence-{clause.confidence}"),)),
            Entry("source", (clause.source,)),
        ),
    )


def _text(text: Text, relation: Relation) -> Sheet:
    clauses = relation.clauses_of(text.id)
    press = tuple(dict.fromkeys(c for clause in clauses for c in _claims(relation, clause.id)))
    return Sheet(
        "text",
        text.id,
        text.short,
        (
            Entry("official-title", (text.title,)),
            Entry("issuer", (text.issuer,)),
            Entry("date", (text.date,) if text.date else ()),
            Entry("status", (phrase(f"trace.status-{text.status.replace('_', '-')}"),)),
            Entry("in-force", (_period(text.start, text.end),)),
            Entry("clauses", tuple(map(_cited_within, clauses))),
            Entry("press", press),
            Entry("confidence", (phrase(f"explain.confidence-{text.confidence}"),)),
            Entry("source", (text.source,)),
            Entry("url", (text.url,) if text.url else ()),
            Entry("url-seen", (text.url_source,) if text.url_source else ()),
        ),
    )


def _seed(seed: Seed) -> Sheet:
    return Sheet(
        "seed",
        seed.id,
        _plain(seed.title),
        (
            Entry("publisher", (seed.publisher,)),
            Entry("date", (seed.date,)),
            Entry("claims", tuple(map(_claim, seed.claims))),
        ),
    )


def _claim(claim: Claim) -> Phrase:
    return phrase(
        "explain.claim",
        id=claim.id,
        claim=claim.claim,
        standing=phrase(f"trace.standing-{claim.standing}"),
        today=claim.today,
        clauses=", ".join(claim.clauses),
    )


def _claims(relation: Relation, *clauses: str) -> Iterator[Phrase]:
    found = {c.id: c for clause in clauses for c in relation.claims_of(clause)}
    for identifier in sorted(found):
        claim = found[identifier]
        standing = phrase(f"trace.standing-{claim.standing}")
        yield phrase("explain.press", id=claim.id, claim=claim.claim, standing=standing)


def _named(text: Text) -> Phrase:
    return phrase("explain.text", id=text.id, title=text.short)


def _cited(clause: Clause) -> Phrase:
    place = phrase("explain.place", text=clause.text.short, locator=clause.locator)
    return phrase("explain.clause", id=clause.id, place=place, summary=clause.summary)


def _cited_within(clause: Clause) -> Phrase:
    return phrase("explain.clause", id=clause.id, place=clause.locator, summary=clause.summary)


def _guard(clause: Clause) -> Phrase:
    return phrase("explain.guard", id=clause.id, reason=clause.ending.reason or "")


def _period(start: str | None, end: str | None) -> Phrase:
    if start and end:
        return phrase("explain.from-until", start=start, end=end)
    if start:
        return phrase("explain.from", start=start)
    return phrase("explain.no-date")


# --- catalogue ------------------------------------------------------------------------


def _plain(text: str) -> Phrase:
    literal = text.replace("{", "{{").replace("}", "}}")
    return inline(literal, literal)


def _control(control: Control) -> Phrase:
    share = "" if control.share is None else phrase("explain.share", share=f"{control.share:g}")
    return phrase("explain.control", entity=control.entity, country=control.country, share=share)


def _offer_line(offer: Offer) -> Phrase:
    standings = tuple(map(_standing, offer.certificates))
    both: Phrase | str = ""
    for standing in standings:
        both = phrase("explain.both", one=both, other=standing) if both else standing
    return phrase("explain.offer", id=offer.id, name=offer.name, standing=both)


def _standing(fact: CertificateFact) -> Phrase:
    return phrase(
        "explain.standing",
        scheme=phrase(f"rules.scheme-{fact.scheme}"),
        status=phrase(f"explain.standing-{fact.status.replace('_', '-')}"),
    )


def _certificate(fact: CertificateFact) -> Phrase:
    why = certificate_reason(fact) if fact.reason or fact.remarks else ""
    return phrase(
        "explain.certificate",
        standing=_standing(fact),
        period=_period(fact.start, fact.end),
        why=phrase("explain.why", why=why) if why else "",
        source=_source(fact.provenance),
    )


def _perimeter(offer: Offer) -> Iterator[str]:
    for fact in offer.certificates:
        if fact.services or fact.regions:
            yield f"{fact.scheme}: {', '.join((*fact.services, *fact.regions))}"


def _source(provenance: Provenance) -> Phrase:
    return phrase(
        "explain.source",
        source=provenance.source,
        confidence=provenance.confidence,
        seen=provenance.seen,
    )
