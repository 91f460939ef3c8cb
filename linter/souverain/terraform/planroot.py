"""A root read from a plan: what Terraform itself computed, completed by adjacent source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial

from souverain.hcl import ast
from souverain.model import Provider, Ref, Span, phrase
from souverain.records import replace
from souverain.terraform.addresses import AddressIndex
from souverain.terraform.model import Instance
from souverain.terraform.planjson import Json, Plan, PlanResource
from souverain.terraform.planproviders import provider_of
from souverain.terraform.planvalues import PlanConfig
from souverain.terraform.provenance import BodyScope
from souverain.terraform.providers import Defaults, with_defaults
from souverain.terraform.root import EvaluatedRoot
from souverain.terraform.variables import Assignment
from souverain.worlds import Worlds


class PlanRoot:
    """Implements :class:`souverain.terraform.model.TerraformRoot` over a plan.

    ``source`` is the configuration beside the plan, evaluated with the plan's variables:
    positions, chains and provider expressions come from it where it has them.
    """

    def __init__(
        self,
        plan: Plan,
        directory: str,
        scenario: str | None,
        source: EvaluatedRoot | None,
        defaults: Defaults,
    ) -> None:
        self._plan = plan
        self._path = directory
        self._scenario = scenario
        self._source = source
        self._defaults = defaults
        self._worlds = source.worlds if source else Worlds()

    @property
    def path(self) -> str:
        return self._path

    @property
    def scenario(self) -> str | None:
        return self._scenario

    @property
    def library(self) -> bool:
        """Never: what is planned is about to be deployed."""
        return False

    @property
    def worlds(self) -> Worlds:
        return self._worlds

    @property
    def span(self) -> Span:
        return self._source.span if self._source else self._plan.whole

    @property
    def files(self) -> tuple[str, ...]:
        source = self._source.files if self._source else ()
        return tuple(sorted({*source, self._plan.source.path}))

    def instances(self) -> tuple[Instance, ...]:
        return self._instances

    def find(self, ref: Ref) -> tuple[Instance, ...]:
        return self._index.find(ref.address)

    def exists(self, instance: Instance) -> bool:
        return True

    def repeated_in(self, instance: Instance) -> frozenset[str]:
        return frozenset()

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
        self.worlds.close()

    @cached_property
    def _index(self) -> AddressIndex:
        return AddressIndex(self._instances)

    @cached_property
    def _instances(self) -> tuple[Instance, ...]:
        backends = self._source.instances() if self._source else ()
        return (
            *(instance for instance in backends if instance.kind == "backend"),
            *(self._instance(resource) for resource in self._plan.resources),
        )

    def _instance(self, resource: PlanResource) -> Instance:
        written = self._written(resource.address)
        config = PlanConfig(self._plan, resource, written.config if written else None)
        return Instance(
            resource.address,
            resource.type,
            "data" if resource.mode == "data" else "resource",
            config,
            self._provider(resource, written),
            config.span,
            called_at=written.called_at if written else (),
        )

    def _written(self, address: str) -> Instance | None:
        """The same resource in the adjacent source."""
        found = self._source.index.find(address) if self._source else ()
        return found[0] if found else None

    def _provider(self, resource: PlanResource, written: Instance | None) -> Provider:
        planned = provider_of(self._plan, resource)
        if written is not None and written.provider is not None:
            return replace(written.provider, version=written.provider.version or planned.version)
        return with_defaults(planned, self._defaults, self._plan.whole)


def plan_assignments(plan: Plan, scope: BodyScope) -> Mapping[str, Assignment]:
    """The plan's variables as values given to the adjacent source."""
    return {
        name: Assignment(
            ast.Attribute(name, plan.whole, plan.whole, partial(_literal, value, plan.whole)),
            scope,
            phrase("terraform.trace-plan-variable", name=name),
            plan.whole,
        )
        for name, value in plan.variables.items()
    }


def _literal(value: Json, span: Span) -> ast.Expr:
    if isinstance(value, dict):
        return ast.Object(
            tuple(
                ast.ObjectItem(ast.Literal(name, span), _literal(item, span), span)
                for name, item in value.items()
            ),
            span,
        )
    if isinstance(value, list):
        return ast.Tuple(tuple(_literal(item, span) for item in value), span)
    return ast.Literal(value, span)
