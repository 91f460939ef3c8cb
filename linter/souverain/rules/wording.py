"""The sentences of findings: what the places in a rule's message stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from souverain.model import (
    Certificate,
    Exposure,
    Facts,
    Flow,
    Location,
    Phrase,
    inline,
    phrase,
)
from souverain.rules.model import Answer, Case, Context, Sentences
from souverain.rules.predicates.place import is_anywhere
from souverain.rules.quantifier import Judged, Outcome
from souverain.text import places

Word: TypeAlias = str | int | Phrase
Words: TypeAlias = Mapping[str, Callable[[], Word]]


def fill(sentences: Sentences, words: Words) -> Phrase:
    """The sentence with its places filled; only the places it uses are worked out."""
    return inline(
        sentences.en,
        sentences.fr,
        **{name: words[name]() for name in sorted(places(sentences.en)) if name in words},
    )


def counted(key: str, count: int) -> Phrase:
    """A number with its noun and verb: ``key-one`` or ``key-many``."""
    return phrase(f"{key}-one" if count == 1 else f"{key}-many", count=count)


def message(sentences: Sentences, title: Sentences, outcome: Outcome, context: Context) -> Phrase:
    """What a finding says: a statement, a possibility, or a question left open."""
    shown = outcome.shown
    about_the_unknown = "reason" in places(sentences.en)
    if outcome.verdict == "undecided" and shown.when.undecided:
        return phrase(
            "rules.undecided-scope",
            address=shown.case.facts.asset.address,
            reason=reason_of(shown),
        )
    if outcome.verdict == "undecided" and not about_the_unknown:
        return phrase(
            "rules.undecided",
            address=shown.case.facts.asset.address,
            title=fill(title, {}),
            reason=reason_of(shown),
        )
    stated = fill(sentences, words(shown, context))
    if outcome.verdict != "possible":
        return stated
    if outcome.depends_on:
        return phrase("rules.possible", message=stated, inputs=", ".join(outcome.depends_on))
    if is_anywhere(shown.require.fact):
        return phrase("rules.possible-anywhere", message=stated)
    in_library = shown.case.facts.asset.library and shown.standing == "breach"
    return phrase("rules.possible-library" if in_library else "rules.arguable", message=stated)


def reason_of(judged: Judged) -> Phrase:
    """Why a case could not be decided."""
    unknown = judged.when.undecided or judged.require.undecided
    return unknown.reason if unknown else phrase("rules.no-reason")


def words(judged: Judged, context: Context) -> Words:
    """What the places of a rule's sentences stand for, in one case."""
    case, facts, flow = judged.case, judged.case.facts, judged.case.flow
    return {
        "address": lambda: facts.asset.address,
        "type": lambda: facts.asset.type,
        "reason": lambda: reason_of(judged),
        "data": lambda: data(judged.when),
        "keeps": lambda: phrase(f"rules.keeps-{facts.role or 'stores'}"),
        "place": lambda: place(facts.location),
        "operator": lambda: _operators(case, context),
        "laws": lambda: _laws(flow.exposures if flow else facts.exposures, context),
        "certificate": lambda: _certificate(facts.certificates, judged.require),
        "qualified": lambda: _offers("secnumcloud", facts, context),
        "certified": lambda: _offers("hds", facts, context),
        "custodian": lambda: _operator(facts.custody.custodian, context),
        "destination": lambda: _destination(flow, context),
        "recipient": lambda: _operator(flow.operator if flow else None, context),
        "kind": lambda: phrase(f"rules.flow-{flow.kind}") if flow else "",
    }


def data(when: Answer) -> Phrase:
    """The data that made a rule speak, with how sure we are of it."""
    category = next(iter(sorted(when.categories)), "personal")
    named = phrase(f"rules.data-{category.replace('_', '-')}")
    if when.certainty == "inferred":
        return phrase("rules.guessed-data", data=named)
    if when.certainty == "assumed":
        return phrase("rules.undeclared-data", data=named)
    return named


def place(location: Location) -> Word:
    """A location as people write it: ``eu-west-3 (FR)``."""
    if location.anywhere and not location.countries:
        return phrase("rules.anywhere")
    regions, countries = ", ".join(location.regions), ", ".join(location.countries)
    if regions and countries:
        return f"{regions} ({countries})"
    return regions or countries or phrase("rules.place-unknown")


def _destination(flow: Flow | None, context: Context) -> Word:
    """Where a flow goes; of a service without region, whose choice that is."""
    if flow is None:
        return phrase("rules.place-unknown")
    if flow.operator and flow.location.anywhere and not flow.location.countries:
        return phrase("rules.anywhere-of", operator=_operator(flow.operator, context))
    return place(flow.location)


def _operator(identifier: str | None, context: Context) -> Word:
    if identifier is None:
        return phrase("rules.operator-unknown")
    found = context.catalogue.operator(identifier)
    return found.name if found else identifier


def _operators(case: Case, context: Context) -> Word:
    named = unique(layer.operator for layer in case.facts.layers if layer.operator)
    if not named:
        return phrase("rules.operator-unknown")
    return " / ".join(str(_operator(name, context)) for name in named)


def _laws(exposures: Sequence[Exposure], context: Context) -> Word:
    names = unique(_law(exposure.law, context) for exposure in exposures)
    if not names:
        return phrase("rules.law-unknown")
    if len(names) == 1:
        return names[0]
    return phrase("rules.laws", first=names[0], more=len(names) - 1)


def _law(identifier: str, context: Context) -> str:
    found = context.catalogue.law(identifier)
    return found.name if found else identifier


def _certificate(certificates: Sequence[Certificate], require: Answer) -> Word:
    scheme = require.fact.split(":", 1)[0]
    found = next((c for c in certificates if c.scheme == scheme), None)
    if found is None:
        return phrase("rules.no-reason")
    if found.layers_total > 1:
        return phrase(
            "rules.certificate-layers",
            reason=found.reason,
            qualified=found.layers_qualified,
            total=found.layers_total,
        )
    return found.reason


def _offers(scheme: str, facts: Facts, context: Context) -> Phrase:
    """Offers that hold a scheme and do what the asset does: a way out that exists."""
    capability = facts.layers[0].capability if facts.layers else None
    held = context.certified(scheme, capability) if capability else ()
    if not held:
        return phrase(f"rules.offers-none-{scheme}")
    return phrase(
        f"rules.offers-{scheme}",
        capability=capability or "",
        day=context.as_of.isoformat(),
        offers=", ".join(held),
    )


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names in first-seen order."""
    return tuple(dict.fromkeys(names))
