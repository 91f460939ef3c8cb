"""Who runs it, under whose law, with what certificate, and who holds the keys."""

from __future__ import annotations

from datetime import timedelta

from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.model import (
    Certificate,
    CertificateStatus,
    CustodyLevel,
    Evidence,
    Exposure,
    Flow,
    Phrase,
    Undecided,
    phrase,
)
from souverain.rules.model import NO, YES, Answer, Case, Context, Predicate
from souverain.rules.predicates.answers import unknown

CUSTODY_ORDER: dict[CustodyLevel, int] = {
    "none": 0,
    "operator": 1,
    "customer_managed": 2,
    "external": 3,
    "client_side": 4,
}


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


STATE_CLOUD = "state cloud"
"""Kind of the State's own clouds, an alternative to qualified ones (FR-CIRC-6404-2023:R6-INT)."""


def commercial(argument: Node) -> Predicate:
    """``commercial: true``: not wholly on the State's own clouds."""
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        named = (layer.operator for layer in case.facts.layers if layer.operator)
        kinds = {
            found.kind if (found := context.catalogue.operator(name)) else "" for name in named
        }
        return Answer((kinds != {STATE_CLOUD}) is expected)

    return holds


def portable(argument: Node) -> Predicate:
    """``portable: true``: others offer the interface of the service, or free software does.

    Whoever imitates a proprietary interface makes it portable: an unknown operator may.
    """
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        for layer in case.facts.layers:
            if layer.service is not None and context.catalogue.is_proprietary(layer.service):
                if layer.operator is None:
                    return Answer(None, undecided=layer.unknown)
                return Answer(not expected, evidence=layer.evidence, fact=layer.service)
        return Answer(expected)

    return holds


def claimed(argument: Node) -> Predicate:
    """``claimed: secnumcloud``: a tag claims that status for it."""
    status = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        found = next((c for c in case.facts.claims if c.status == status), None)
        return Answer(True, evidence=(found.evidence,)) if found else NO

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
            return unknown(phrase("rules.certificate-not-established", scheme=scheme_name(scheme)))
        if found.status == "unknown":
            unknown_operator = next((x.unknown for x in case.facts.layers if x.unknown), None)
            standing = Undecided(found.reason, cause=_standing(found))
            return Answer(None, undecided=unknown_operator or standing)
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
            return unknown(phrase("rules.custody-unknown"))
        return Answer(CUSTODY_ORDER[custody.level] >= threshold, evidence=custody.evidence)

    return holds


def custodian_law_within(argument: Node) -> Predicate:
    """``custodian_law_within: EU27``: no outside law reaches whoever holds the keys."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        custodian = case.facts.custody.custodian
        if custodian is None:
            return unknown(phrase("rules.custodian-unknown"))
        territory = context.catalogue.territory(name, context.as_of)
        return _custodian_free(custodian, case.facts.custody.country, territory, context)

    return holds


def _custodian_free(
    custodian: str, country: str | None, territory: frozenset[str], context: Context
) -> Answer:
    reached: bool | None = False
    for exposure in context.catalogue.exposures(custodian):
        law = context.catalogue.law(exposure.law)
        if law is None or law.country is None or law.country in territory:
            continue
        if exposure.countries and country and country not in exposure.countries:
            continue
        if exposure.scope == "entity":
            return NO
        if exposure.scope in ("part", "argued_parent"):
            reached = None
    return YES if reached is False else Answer(None)


# --- flows ----------------------------------------------------------------------------


def flow_law_within(argument: Node) -> Predicate:
    """``flow_law_within: EU27``: no outside law reaches whoever receives the data."""
    name = argument.string()

    def holds(case: Case, context: Context) -> Answer:
        flow = case.flow
        if flow is None:
            return YES
        territory = context.catalogue.territory(name, context.as_of)
        answer = _free(flow.exposures, _recipient_unknown(flow, context), territory)
        return Answer(
            answer.truth,
            answer.undecided,
            evidence=answer.evidence,
            span=flow.span,
            fact=f"{flow.kind}:{flow.operator or ''}:{answer.fact}",
        )

    return holds


def _recipient_unknown(flow: Flow, context: Context) -> Undecided | None:
    """Why it is not known who receives a flow; what hides its place hides its company too."""
    if flow.operator is not None:
        known = context.catalogue.operator(flow.operator)
        if known is None or known.country is not None:
            return None
        # One of several companies, of whom only the trade is known.
        return Undecided(phrase("rules.recipient-control-unknown", operator=known.name))
    return flow.location.unknown or Undecided(phrase("rules.recipient-unknown"))


def flow_to_other_operator(argument: Node) -> Predicate:
    """``flow_to_other_operator: true``: another company receives the data."""
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        own = {layer.operator for layer in case.facts.layers}
        other = case.flow is not None and case.flow.operator not in own
        return Answer(other is expected)

    return holds
