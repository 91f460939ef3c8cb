"""The closed vocabulary of rules.

A predicate is built once from its argument in the rule file and is then a pure function
of one asset (or one of its flows) in one world and of the context of the run. It answers
yes, no, unknown for a stated reason, or open: see :class:`~souverain.rules.model.Answer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from souverain.doctrine.decode import InvalidPolicyError, Node
from souverain.rules.model import Condition, Predicate
from souverain.rules.predicates import asset, control, place, setting

PREDICATES: Mapping[str, Callable[[Node], Predicate]] = {
    "role": asset.role,
    "has_setting": setting.has_setting,
    "technical": asset.technical,
    "data": asset.data,
    "data_known": asset.data_known,
    "entity": asset.entity,
    "harm": asset.harm,
    "environment": asset.environment,
    "hosting_role": asset.hosting_role,
    "declared": asset.declared,
    "justified": asset.justified,
    "not_past": asset.not_past,
    "input": asset.input_,
    "country_in": place.country_in,
    "country_named": place.country_named,
    "place_known": place.place_known,
    "claimed": control.claimed,
    "commercial": control.commercial,
    "portable": control.portable,
    "operator": control.operator,
    "law_within": control.law_within,
    "certificate": control.certificate,
    "certificate_lasts": control.certificate_lasts,
    "custody_at_least": control.custody_at_least,
    "custodian_law_within": control.custodian_law_within,
    "key_country_in": place.key_country_in,
    "setting": setting.setting,
    "before": asset.before,
    "flow_kind": place.flow_kind,
    "flow_country_in": place.flow_country_in,
    "flow_country_named": place.flow_country_named,
    "flow_law_within": control.flow_law_within,
    "flow_to_other_operator": control.flow_to_other_operator,
    "flow_service": place.flow_service,
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
        found.append(Condition(name, f"{name}: {node.value!r}", PREDICATES[name](node)))
    order = {name: rank for rank, name in enumerate(PREDICATES)}
    return tuple(sorted(found, key=lambda condition: order[condition.name]))
