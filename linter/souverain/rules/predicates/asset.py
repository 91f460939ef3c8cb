"""What an asset is, what it holds, and what the project declares of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.model import Certainty, DataFact, Declared, Evidence, Span, phrase
from souverain.rules.model import CERTAINTY_ORDER, NO, YES, Answer, Case, Context, Predicate
from souverain.rules.predicates.answers import undeclared, unknown

KNOWN: frozenset[Certainty] = frozenset({"declared", "intrinsic", "propagated"})
"""Certainties that are not guesses."""


# --- what the asset is and holds ------------------------------------------------------


def role(argument: Node) -> Predicate:
    """``role: [stores, processes]``: what the type does with data."""
    roles = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        if case.facts.role is None and case.flow is not None and case.flow.certain:
            # What sends data has it, whatever else the chart that is not here deploys.
            return YES if "processes" in roles else NO
        if case.facts.role is None:
            asset = case.facts.asset
            why = asset.unread or case.facts.role_unknown
            return unknown(why or phrase("rules.role-unknown", type=asset.type))
        return YES if case.facts.role in roles else NO

    return holds


def technical(argument: Node) -> Predicate:
    """``technical: true``: holds technical data only (a state backend)."""
    expected = argument.boolean()

    def holds(case: Case, context: Context) -> Answer:
        return YES if case.facts.asset.technical is expected else NO

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
            return undeclared("entity")
        return YES if declared in entities else NO

    return holds


def harm(argument: Node) -> Predicate:
    """``harm: [health_life]``: what a breach would harm, as assessed by the project."""
    harms = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        declared = case.facts.declared.harm
        if declared is None:
            return undeclared("harm")
        met = tuple(h for h in declared if h in harms)
        if not met:
            return NO
        said = phrase("rules.declared-harm", harm=", ".join(met))
        return Answer(True, evidence=(Evidence("declaration", said),))

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
            return undeclared("hosting_role")
        return YES if declared in roles else NO

    return holds


def declared(argument: Node) -> Predicate:
    """``declared: [entity]``: the manifest (or a tag) says it."""
    names = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        given = _given(case.facts.declared)
        missing = tuple(name for name in names if given.get(name) is None)
        return Answer(False, depends_on=missing, span=_around(case, missing)) if missing else YES

    return holds


def _around(case: Case, names: Sequence[str]) -> Span | None:
    """Where the declaration is that lacks a part (``hds_chain`` for ``hds_chain.5.holder``)."""
    wholes = {name.partition(".")[0] for name in names} - set(names)
    return next((span for name, span in case.facts.declared.spans if name in wholes), None)


def not_past(argument: Node) -> Predicate:
    """``not_past: [hds_chain.1.until]``: no declared date of these is over on the day."""
    names = argument.strings()

    def holds(case: Case, context: Context) -> Answer:
        day, given = context.as_of.isoformat(), _given(case.facts.declared)
        over = tuple(n for n in names if isinstance(end := given.get(n), str) and end < day)
        span = next((span for name, span in case.facts.declared.spans if name in over), None)
        return Answer(False, depends_on=over, span=span) if over else YES

    return holds


def justified(argument: Node) -> Predicate:
    """``justified: {environment: [dev], harm: []}``: whoever declares one of these values
    says who took it, when and on what ground. ``[]`` is a list declared empty."""
    relaxing = {name: node.elements() for name, node in argument.items()}
    values = {name: tuple(n.scalar() for n in nodes) for name, nodes in relaxing.items()}

    def holds(case: Case, context: Context) -> Answer:
        declared = case.facts.declared
        given = _given(declared)
        bare = tuple(
            name
            for name, wanted in values.items()
            if _relaxes(given.get(name), wanted) and f"{name}.ref" not in given
        )
        span = next((span for name, span in declared.spans if name in bare), None)
        return Answer(False, depends_on=bare, span=span) if bare else YES

    return holds


def _given(declared: Declared) -> Mapping[str, object]:
    """What is declared, by name."""
    return {
        "entity": declared.entity,
        "data": declared.data,
        "harm": declared.harm,
        "environment": declared.environment,
        "hosting_role": declared.hosting_role,
        **dict(declared.inputs),
    }


def _relaxes(value: object, wanted: tuple[str | bool, ...]) -> bool:
    if isinstance(value, tuple):
        return bool(set(value) & set(wanted)) if wanted else value == ()
    return value is not None and value in wanted


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
                return undeclared(name)
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
