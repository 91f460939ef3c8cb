"""The closed vocabulary of rules.

A predicate is built once from its argument in the rule file and is then a pure function
of one asset (or one of its flows) in one world and of the context of the run. It answers
yes, no, unknown for a stated reason, or open: see :class:`~souverain.rules.model.Answer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.model import (
    Certainty,
    Certificate,
    CertificateStatus,
    CustodyLevel,
    DataFact,
    Evidence,
    Exposure,
    Location,
    Phrase,
    Undecided,
    phrase,
)
from souverain.rules.model import (
    CERTAINTY_ORDER,
    NO,
    YES,
    Answer,
    Case,
    Condition,
    Context,
    Predicate,
)

CUSTODY_ORDER: dict[CustodyLevel, int] = {
    "none": 0,
    "operator": 1,
    "customer_managed": 2,
    "external": 3,
    "client_side": 4,
}

KNOWN: frozenset[Certainty] = frozenset({"declared", "intrinsic", "propagated"})
"""Certainties that are not guesses."""


def _unknown(reason: Phrase) -> Answer:
    return Answer(None, undecided=Undecided(reason))


def _undeclared(name: str) -> Answer:
    return Answer(None, depends_on=(name,))


# --- what the asset is and holds ------------------------------------------------------


def role(argument: Node) -> Predicate:
    """``role: [stores, processes]``: what the type does with data."""
    roles = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        if case.facts.role is None:
            return _unknown(phrase("rules.role-unknown", type=case.facts.asset.type))
        return YES if case.facts.role in roles else NO

    return holds


def technical(argument: Node) -> Predicate:
    """``technical: true``: holds technical data only (a state backend)."""
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        return Answer(case.facts.asset.technical is expected)

    return holds


def data(argument: Node) -> Predicate:
    """``data: [health_personal]``: holds data of one of the categories."""
    categories = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        found = tuple(d for d in case.facts.data if d.category in categories)
        if not found:
            unknown = case.facts.data_unknown
            return Answer(None, undecided=unknown) if unknown else NO
        best = max(found, key=lambda d: CERTAINTY_ORDER[d.certainty])
        return Answer(
            True,
            evidence=tuple(_data_evidence(d) for d in found),
            categories=frozenset(d.category for d in found),
            certainty=best.certainty,
        )

    return holds


def _data_evidence(fact: DataFact) -> Evidence:
    return Evidence("data", fact.because, fact.span)


def data_known(argument: Node) -> Predicate:
    """``data_known: true``: its data is declared, intrinsic or propagated, not guessed."""
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        known = any(d.certainty in KNOWN for d in case.facts.data)
        if known is expected:
            return YES
        return Answer(False, depends_on=("data",))

    return holds


# --- what the project declares --------------------------------------------------------


def entity(argument: Node) -> Predicate:
    """``entity: [hdh]``: who answers for the data, as declared."""
    entities = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        declared = case.facts.declared.entity
        if declared is None:
            return _undeclared("entity")
        return YES if declared in entities else NO

    return holds


def harm(argument: Node) -> Predicate:
    """``harm: [health_life]``: what a breach would harm, as assessed by the project."""
    harms = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        declared = case.facts.declared.harm
        if declared is None:
            return _undeclared("harm")
        met = tuple(h for h in declared if h in harms)
        said = phrase("rules.declared-harm", harm=", ".join(met))
        return Answer(True, evidence=(Evidence("declaration", said),)) if met else NO

    return holds


def environment(argument: Node) -> Predicate:
    """``environment: [production, recette]``; what is not declared counts as production."""
    environments = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        declared = case.facts.declared.environment or "production"
        return YES if declared in environments else NO

    return holds


def hosting_role(argument: Node) -> Predicate:
    """``hosting_role: [hosted_by_processor]``.

    A cloud operator on the stack hosts for its customer whatever the customer calls
    itself; the declaration counts where no such operator is known.
    """
    roles = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        if any(layer.operator for layer in case.facts.layers):
            return YES if "hosted_by_processor" in roles else NO
        declared = case.facts.declared.hosting_role
        if declared is None:
            return _undeclared("hosting_role")
        return YES if declared in roles else NO

    return holds


def declared(argument: Node) -> Predicate:
    """``declared: [entity]``: the manifest (or a tag) says it."""
    names = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        values: Mapping[str, object] = {
            "entity": case.facts.declared.entity,
            "harm": case.facts.declared.harm,
            "data": case.facts.declared.data,
            "environment": case.facts.declared.environment,
            "hosting_role": case.facts.declared.hosting_role,
        }
        inputs = dict(case.facts.declared.inputs)
        missing = tuple(n for n in names if values.get(n, inputs.get(n)) is None)
        return Answer(False, depends_on=missing) if missing else YES

    return holds


def input_(argument: Node) -> Predicate:
    """``input: {eds: {is: true, undeclared: false}}``: a further declared input.

    ``is`` may be left out (any value counts). ``undeclared`` says what silence means:
    true, false, or (left out) open.
    """
    tests = tuple(
        (name, _scalar(test.get("is")), _optional_boolean(test.get("undeclared")))
        for name, test in argument.items()
    )

    def holds(case: Case, context: Context) -> Answer:
        inputs = dict(case.facts.declared.inputs)
        for name, expected, silence in tests:
            value = inputs.get(name)
            if value is None and silence is None:
                return _undeclared(name)
            met = silence if value is None else _agrees(value, expected)
            if not met:
                return NO
        return YES

    return holds


def _scalar(node: Node | None) -> str | bool | None:
    return None if node is None else node.scalar()


def _optional_boolean(node: Node | None) -> bool | None:
    return None if node is None else node.boolean()


def _agrees(value: str | bool, expected: str | bool | None) -> bool:
    return value is not False if expected is None else value == expected


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


# --- who runs it, under whose law -----------------------------------------------------


def operator(argument: Node) -> Predicate:
    """``operator: [azure]``: one of these runs a layer of it."""
    operators = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        layers = case.facts.layers
        if any(layer.operator in operators for layer in layers):
            return YES
        unknown = next((layer.unknown for layer in layers if layer.unknown), None)
        return Answer(None, undecided=unknown) if unknown else NO

    return holds


def law_within(argument: Node) -> Predicate:
    """``law_within: EU27``: no law of a country outside the territory reaches it.

    A law that reaches it only arguably (part of a group, parent company) leaves it open.
    """
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        territory = context.catalogue.territory(name, context.as_of)
        return _free(case.facts.exposures, case.facts.exposure_unknown, territory)

    return holds


def _free(
    exposures: tuple[Exposure, ...], unknown: Undecided | None, territory: frozenset[str]
) -> Answer:
    reaching = tuple(e for e in exposures if e.country not in territory)
    certain = tuple(e for e in reaching if e.certain)
    if not reaching and unknown is None:
        return YES
    return Answer(
        False if certain else None,
        undecided=None if certain or reaching else unknown,
        evidence=tuple(link for e in certain or reaching for link in e.evidence),
        fact=",".join(sorted({e.law for e in certain or reaching})),
    )


def certificate(argument: Node) -> Predicate:
    """``certificate: {scheme: hds, accept: [qualified]}``: standing of the whole stack."""
    scheme = argument.field("scheme").string()
    accepted = argument.field("accept").strings()

    def holds(case: Case, context: Context) -> Answer:
        found = case.facts.certificate(scheme)
        if found is None:
            return _unknown(phrase("rules.certificate-not-established", scheme=scheme_name(scheme)))
        if found.status == "unknown":
            return Answer(None, undecided=Undecided(found.reason, cause=_standing(found)))
        return Answer(
            found.status in accepted,
            evidence=(Evidence("certificate", found.reason),),
            fact=_standing(found),
        )

    return holds


def scheme_name(scheme: str) -> Phrase:
    """The name people use for a certification scheme."""
    return phrase(f"rules.scheme-{scheme}")


def _standing(found: Certificate) -> str:
    return f"{found.scheme}:{found.status}:{found.offer or ''}"


def certificate_lasts(argument: Node) -> Predicate:
    """``certificate_lasts: {scheme: secnumcloud, days: 30}``: it does not end by then.

    Only a qualification can end: what is not qualified, or unknown, is true here.
    """
    scheme = argument.field("scheme").string()
    margin = timedelta(days=argument.field("days").integer())
    ending: tuple[CertificateStatus, ...] = ("qualified", "renewal_unconfirmed")

    def holds(case: Case, context: Context) -> Answer:
        found = case.facts.certificate(scheme)
        if found is None or found.status not in ending:
            return YES
        limit = (context.as_of + margin).isoformat()
        if found.status == "qualified" and (found.until is None or found.until > limit):
            return YES
        return Answer(
            False, evidence=(Evidence("certificate", found.reason),), fact=_standing(found)
        )

    return holds


def custody_at_least(argument: Node) -> Predicate:
    """``custody_at_least: external``: who can use the keys."""
    level = argument.string()
    wanted = next((rank for name, rank in CUSTODY_ORDER.items() if name == level), None)
    if wanted is None:
        raise InvalidPolicyError(argument.where, f"expected one of {', '.join(CUSTODY_ORDER)}")
    threshold = wanted

    def holds(case: Case, context: Context) -> Answer:
        custody = case.facts.custody
        if custody.level == "unknown":
            return _unknown(phrase("rules.custody-unknown"))
        return Answer(CUSTODY_ORDER[custody.level] >= threshold, evidence=custody.evidence)

    return holds


def custodian_law_within(argument: Node) -> Predicate:
    """``custodian_law_within: EU27``: no outside law reaches whoever holds the keys."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        custodian = case.facts.custody.custodian
        if custodian is None:
            return _unknown(phrase("rules.custodian-unknown"))
        territory = context.catalogue.territory(name, context.as_of)
        return _custodian_free(custodian, territory, context)

    return holds


def _custodian_free(custodian: str, territory: frozenset[str], context: Context) -> Answer:
    reached: bool | None = False
    for exposure in context.catalogue.exposures(custodian):
        law = context.catalogue.law(exposure.law)
        if law is None or law.country is None or law.country in territory:
            continue
        if exposure.scope == "entity":
            return NO
        if exposure.scope in ("part", "argued_parent"):
            reached = None
    return YES if reached is False else Answer(None)


# --- when -----------------------------------------------------------------------------


def before(argument: Node) -> Predicate:
    """``before: "2026-12-21"``: the day of the run is earlier."""
    text = argument.string()
    try:
        limit = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidPolicyError(argument.where, "expected a date like 2026-12-21") from error

    def holds(case: Case, context: Context) -> Answer:
        return Answer(context.as_of < limit)

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


def flow_country_in(argument: Node) -> Predicate:
    """``flow_country_in: EEA30``: the copy stays in the territory."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        if case.flow is None:
            return YES
        territory = context.catalogue.territory(name, context.as_of)
        answer = _inside(case.flow.location, territory)
        return Answer(
            answer.truth,
            answer.undecided,
            evidence=answer.evidence,
            span=case.flow.span or answer.span,
            fact=f"{case.flow.kind}:{answer.fact}",
        )

    return holds


def flow_law_within(argument: Node) -> Predicate:
    """``flow_law_within: EU27``: no outside law reaches whoever receives the data."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        flow = case.flow
        if flow is None:
            return YES
        territory = context.catalogue.territory(name, context.as_of)
        unknown = None if flow.operator else Undecided(phrase("rules.recipient-unknown"))
        answer = _free(flow.exposures, unknown, territory)
        return Answer(
            answer.truth,
            answer.undecided,
            evidence=answer.evidence,
            span=flow.span,
            fact=f"{flow.kind}:{flow.operator or ''}:{answer.fact}",
        )

    return holds


def flow_to_other_operator(argument: Node) -> Predicate:
    """``flow_to_other_operator: true``: another company receives the data."""
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        own = {layer.operator for layer in case.facts.layers}
        other = case.flow is not None and case.flow.operator not in own
        return Answer(other is expected)

    return holds


PREDICATES: Mapping[str, Callable[[Node], Predicate]] = {
    "role": role,
    "technical": technical,
    "data": data,
    "data_known": data_known,
    "entity": entity,
    "harm": harm,
    "environment": environment,
    "hosting_role": hosting_role,
    "declared": declared,
    "input": input_,
    "country_in": country_in,
    "place_known": place_known,
    "operator": operator,
    "law_within": law_within,
    "certificate": certificate,
    "certificate_lasts": certificate_lasts,
    "custody_at_least": custody_at_least,
    "custodian_law_within": custodian_law_within,
    "before": before,
    "flow_kind": flow_kind,
    "flow_country_in": flow_country_in,
    "flow_law_within": flow_law_within,
    "flow_to_other_operator": flow_to_other_operator,
}
"""The whole vocabulary; its order is the order in which cheap tests come first."""


def conditions(argument: Node | None) -> tuple[Condition, ...]:
    """Conditions of a ``when`` or ``require`` mapping, cheapest first.

    Raises :class:`~souverain.doctrine.decode.InvalidPolicyError` for a word outside the vocabulary.
    """
    if argument is None:
        return ()
    found: list[Condition] = []
    for name, node in argument.items():
        if name not in PREDICATES:
            raise InvalidPolicyError(node.where, f"unknown predicate; use {', '.join(PREDICATES)}")
        found.append(Condition(name, PREDICATES[name](node)))
    order = {name: rank for rank, name in enumerate(PREDICATES)}
    return tuple(sorted(found, key=lambda condition: order[condition.name]))
