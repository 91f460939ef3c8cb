"""Where data is, and where copies of it go."""

from __future__ import annotations

from souverain.doctrine.decode import Node
from souverain.model import Facts, Flow, Location, Undecided, phrase
from souverain.rules.model import NO, YES, Answer, Case, Context, Predicate
from souverain.rules.predicates.answers import undeclared

# --- where it is ----------------------------------------------------------------------


def country_in(argument: Node) -> Predicate:
    """``country_in: EEA30``: every place it uses at once lies in the territory."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        return _inside(case.facts.location, context.catalogue.territory(name, context.as_of))

    return holds


def _inside(location: Location, territory: frozenset[str]) -> Answer:
    outside = tuple(c for c in location.countries if c not in territory)
    truth: bool | None = not outside
    undecided: Undecided | None = None
    if not outside and location.unknown:
        truth, undecided = None, location.unknown
    elif not outside and location.anywhere:
        truth = None
    elif not location.countries:
        truth, undecided = None, _no_country(location)
    return Answer(
        truth,
        undecided=undecided,
        evidence=location.evidence,
        span=location.span,
        fact=place_fact(location),
    )


def _no_country(location: Location) -> Undecided:
    reason = phrase("rules.country-unknown", region=", ".join(location.regions))
    return location.unknown or Undecided(reason, location.span, cause=place_fact(location))


def place_fact(location: Location) -> str:
    """A location in normal form, for fingerprints and groups."""
    return "global" if location.anywhere else ",".join(sorted(location.regions))


def is_anywhere(fact: str) -> bool:
    """Whether a decisive fact is that of a location without a country (``cache:global``)."""
    return fact.rpartition(":")[2] == "global"


def country_named(argument: Node) -> Predicate:
    """``country_named: contract_countries``: every place it uses at once lies in a country
    that the declaration names."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        named = _named(case, name)
        return undeclared(name) if named is None else _inside(case.facts.location, named)

    return holds


def _named(case: Case, name: str) -> frozenset[str] | None:
    """Countries of a declaration; None when it is not there."""
    value = dict(case.facts.declared.inputs).get(name)
    return frozenset(value.split()) if isinstance(value, str) else None


def place_known(argument: Node) -> Predicate:
    """``place_known: true``: every place it uses could be worked out."""
    argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        location = case.facts.location
        unknown = location.unknown
        if unknown is None and not location.countries and not location.anywhere:
            unknown = _no_country(location)
        if unknown is None:
            return YES
        return Answer(None, undecided=unknown, evidence=location.evidence, span=location.span)

    return holds


def key_country_in(argument: Node) -> Predicate:
    """``key_country_in: EU27``: the key that is named is kept in the territory. The
    operator's own keys are where the data is: the store is judged for them."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        kept = case.facts.custody.location
        if kept is None:
            return YES
        answer = _inside(kept, context.catalogue.territory(name, context.as_of))
        return Answer(
            answer.truth,
            answer.undecided,
            evidence=(*case.facts.custody.evidence, *answer.evidence),
            span=answer.span,
            fact=f"key:{answer.fact}",
        )

    return holds


# --- flows ----------------------------------------------------------------------------


def flow_kind(argument: Node) -> Predicate:
    """``flow_kind: [replication, backup]``: what the movement is."""
    kinds = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        if case.flow is None or case.flow.kind not in kinds:
            return NO
        return Answer(True if case.flow.certain else None, evidence=case.flow.evidence)

    return holds


def flow_service(argument: Node) -> Predicate:
    """``flow_service: [acme-ca]``: the service that receives it is one of these."""
    services = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        return YES if case.flow is not None and case.flow.service in services else NO

    return holds


def flow_country_in(argument: Node) -> Predicate:
    """``flow_country_in: EEA30``: the copy stays in the territory.

    What stays where a store is, or goes to an asset beside it, adds no place: the store or
    that asset is judged for it.
    """
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        return _goes_inside(case, context.catalogue.territory(name, context.as_of))

    return holds


def flow_country_named(argument: Node) -> Predicate:
    """``flow_country_named: contract_countries``: the copy stays in countries that the
    declaration names."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        named = _named(case, name)
        return undeclared(name) if named is None else _goes_inside(case, named)

    return holds


def _goes_inside(case: Case, territory: frozenset[str]) -> Answer:
    if case.flow is None or _stays(case.facts, case.flow):
        return YES
    answer = _inside(case.flow.location, territory)
    return Answer(
        answer.truth,
        answer.undecided,
        evidence=answer.evidence,
        span=case.flow.span or answer.span,
        fact=f"{case.flow.kind}:{answer.fact}",
    )


def _stays(facts: Facts, flow: Flow) -> bool:
    operators = {layer.operator for layer in facts.layers}
    there = flow.location
    return (
        (facts.role == "stores" or flow.target is not None)
        and flow.operator in operators
        and there.unknown is None
        and bool(there.regions)
        and set(there.regions) <= set(facts.location.regions)
    )
