"""Provider configurations of a plan without adjacent source.

A plan lists what a provider expression refers to, not the expression: a constant is
known, a lone variable is taken as the value itself, anything else is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping

from souverain.model import Attr, Evidence, Position, Provider, Ref, Span, phrase
from souverain.records import dataclass
from souverain.terraform.definition import normal_source
from souverain.terraform.planjson import (
    Json,
    Plan,
    PlanResource,
    call_names,
    items,
    table,
    text,
    texts,
)
from souverain.terraform.planvalues import MAX_HOPS, value_of
from souverain.values import Unknown, Value


@dataclass(frozen=True, slots=True)
class PlanProviderAttr:
    """One argument of a provider configuration."""

    path: str
    value: Value
    span: Span
    chain: tuple[Evidence, ...]
    position: Position = ()

    def references(self) -> tuple[Ref, ...]:
        return ()

    def trace(self) -> tuple[Evidence, ...]:
        return self.chain


class PlanProviderConfig:
    """Implements :class:`souverain.model.Config` over ``provider_config.*.expressions``."""

    def __init__(self, plan: Plan, entry: Mapping[str, Json]) -> None:
        self._plan = plan
        self._expressions = table(entry.get("expressions"))
        self._calls = call_names(text(entry.get("module_address")))

    @property
    def span(self) -> Span:
        return self._plan.whole

    def keys(self) -> tuple[str, ...]:
        return tuple(self._expressions)

    def read(self, path: str) -> tuple[Attr, ...]:
        return tuple(self._attr(path, found) for found in _at(self._expressions, path))

    def _attr(self, path: str, expression: Mapping[str, Json]) -> PlanProviderAttr:
        chain: list[Evidence] = []
        value = self._value(expression, self._calls, chain, path)
        return PlanProviderAttr(path, value, self._plan.whole, tuple(chain))

    def _value(
        self,
        expression: Mapping[str, Json],
        calls: tuple[str, ...],
        chain: list[Evidence],
        path: str,
    ) -> Value:
        for _ in range(MAX_HOPS):
            if "constant_value" in expression:
                return _constant(expression["constant_value"])
            names = texts(expression.get("references"))
            root, _, name = (names[0] if len(names) == 1 else "").partition(".")
            if root != "var" or "." in name or "[" in name:
                break
            if not calls:
                return self._variable(name, chain, path)
            call = self._plan.call(self._plan.module(calls[:-1]), calls[-1])
            expression, calls = table(table(call.get("expressions")).get(name)), calls[:-1]
        return Unknown(phrase("terraform.plan-expression", name=path), self._plan.whole)

    def _variable(self, name: str, chain: list[Evidence], path: str) -> Value:
        if name not in self._plan.variables:
            return Unknown(phrase("terraform.plan-expression", name=path), self._plan.whole)
        text_ = phrase("terraform.trace-plan-variable", name=name)
        chain.append(Evidence("region", text_, self._plan.whole))
        return _constant(self._plan.variables[name])


def _constant(written: Json) -> Value:
    return value_of(written, False, Unknown(phrase("terraform.plan-broken")))


def _at(expressions: Mapping[str, Json], path: str) -> list[Mapping[str, Json]]:
    name, _, rest = path.partition(".")
    written = expressions.get(name)
    entries = list(items(written)) if isinstance(written, list) else [table(written)]
    if not rest:
        return [entry for entry in entries if entry]
    return [found for entry in entries for found in _at(entry, rest)]


def provider_of(plan: Plan, resource: PlanResource) -> Provider:
    """The provider configuration a planned resource is created with."""
    key = text(plan.block(resource).get("provider_config_key"))
    entry = table(plan.provider_config.get(key))
    local = text(entry.get("name")) or resource.type.partition("_")[0]
    source = text(entry.get("full_name")) or resource.provider_name
    return Provider(
        normal_source(source or local),
        local,
        text(entry.get("alias")) or None,
        PlanProviderConfig(plan, entry) if "expressions" in entry else None,
        text(entry.get("version_constraint")) or None,
    )
