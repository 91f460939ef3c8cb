"""One instance of a module: the names its expressions may use.

Source: Terraform, "References to named values", "Module blocks".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from souverain.hcl import ast
from souverain.model import Ref, Span, phrase
from souverain.terraform import conditions, filesystem, variables
from souverain.terraform.calls import CallNode
from souverain.terraform.context import Cell, Evaluation
from souverain.terraform.definition import Definition
from souverain.terraform.expressions import evaluate
from souverain.terraform.provenance import Link, Step
from souverain.terraform.repetition import Key, key_text
from souverain.terraform.resources import ResourceNode
from souverain.terraform.scope import Step as ScopeStep
from souverain.terraform.variables import Assignment
from souverain.values import Unknown, Value
from souverain.worlds import Choice, Worlds


class Module:
    """A module instance. Implements :class:`souverain.terraform.scope.Scope`."""

    def __init__(
        self,
        evaluation: Evaluation,
        definition: Definition,
        assignments: Mapping[str, Assignment],
        call: CallNode | None = None,
        key: Key = None,
    ) -> None:
        self.evaluation = evaluation
        self.definition = definition
        self.assignments = assignments
        self.call = call
        self.key = key
        self.parent: Module | None = call.module if call else None
        self.address = f"{call.address}{key_text(key)}" if call else ""
        """``module.a["k"].module.b``; empty for the root."""
        self._cells: dict[str, Cell] = {}
        self._nodes: dict[str, ResourceNode] = {}
        self._calls: dict[str, CallNode] = {}
        evaluation.used.update(definition.files)

    @property
    def place(self) -> str:
        return self.address

    @property
    def prefix(self) -> str:
        """What stands before the addresses of this module's resources."""
        return f"{self.address}." if self.address else ""

    @property
    def call_path(self) -> tuple[str, ...]:
        """Names of the calls that lead here."""
        if self.parent is None or self.call is None:
            return ()
        return (*self.parent.call_path, self.call.block.name)

    @cached_property
    def called_at(self) -> tuple[Span, ...]:
        """Headers of the calls that lead here, outermost first."""
        if self.parent is None or self.call is None:
            return ()
        return (*self.parent.called_at, self.call.block.span)

    @cached_property
    def repeated_in(self) -> frozenset[str]:
        """Files that the repetitions of those calls rest on."""
        if self.parent is None or self.call is None:
            return frozenset()
        return self.parent.repeated_in | self.call.repetition.decided_in

    @property
    def worlds(self) -> Worlds:
        return self.evaluation.worlds

    def exists(self) -> bool:
        """Whether the instance exists in the current world."""
        if self.parent is None or self.call is None:
            return True
        return self.parent.exists() and self.key in self.call.repetition.current().keys

    def close(self) -> None:
        """Gives up all that it has evaluated, which refers to it in turn."""
        for call in self._calls.values():
            call.close()
        for node in self._nodes.values():
            node.close()
        self._calls.clear()
        self._nodes.clear()
        self._cells.clear()

    # --- what it declares -------------------------------------------------------------

    @property
    def resources(self) -> tuple[ResourceNode, ...]:
        """Resources and data sources in declaration order."""
        return tuple(self._node(address) for address in self.definition.resources)

    @property
    def calls(self) -> tuple[CallNode, ...]:
        """Module calls in declaration order."""
        return tuple(self._call(name) for name in self.definition.calls)

    def _node(self, address: str) -> ResourceNode:
        node = self._nodes.get(address)
        if node is None:
            block = self.definition.resources[address]
            node = self._nodes[address] = ResourceNode(block, self)
        return node

    def _call(self, name: str) -> CallNode:
        call = self._calls.get(name)
        if call is None:
            call = self._calls[name] = CallNode(self.definition.calls[name], self)
        return call

    # --- values -----------------------------------------------------------------------

    def _once(self, name: str, span: Span, compute: variables.Compute) -> Value:
        cell = self._cells.get(name)
        if cell is None:
            cell = self._cells[name] = Cell()
        elif (settled := cell.memo.settled) is not None:
            return settled[0]
        return self.evaluation.once(cell, compute, self.prefix + name, span)

    def variable(self, name: str, span: Span) -> Value:
        """Value of ``var.<name>``."""
        block = self.definition.variables.get(name)
        if block is None:
            return self._undeclared(f"var.{name}", span)
        return self._once(f"var.{name}", block.span, lambda: variables.value_of(self, block))

    def local(self, name: str, span: Span) -> Value:
        """Value of ``local.<name>``."""
        attribute = self.definition.locals.get(name)
        if attribute is None:
            return self._undeclared(f"local.{name}", span)
        return self._once(f"local.{name}", attribute.span, lambda: evaluate(attribute.expr, self))

    def output(self, name: str, span: Span) -> Value:
        """Value of an output as a caller sees it."""
        block = self.definition.outputs.get(name)
        expr = block.members.expr("value") if block else None
        if block is None or expr is None:
            return self._undeclared(f"output.{name}", span)
        return self._once(f"output.{name}", block.span, lambda: evaluate(expr, self))

    def _undeclared(self, name: str, span: Span) -> Unknown:
        reason = phrase("terraform.undeclared", name=self.prefix + name)
        return Unknown(reason, span, error=True)

    # --- Scope ------------------------------------------------------------------------

    def resolve(self, root: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        """Value of a name and how many steps it took. See :class:`Scope`."""
        name = steps[0] if steps and isinstance(steps[0], str) else None
        if name is None:
            return self._undeclared(root, span), len(steps)
        if root == "var":
            return self.variable(name, span), 1
        if root == "local":
            return self.local(name, span), 1
        if root == "module":
            return self._of_call(name, steps, span)
        if root == "data":
            return self._of_data(name, steps, span)
        if root in _NAMESPACES:
            return self._of_namespace(root, name, span), 1
        return self._of_resource(f"{root}.{name}", steps, 1, span)

    def _of_data(self, type_: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        if len(steps) > 1 and isinstance(steps[1], str):
            return self._of_resource(f"data.{type_}.{steps[1]}", steps, 2, span)
        return self._undeclared(f"data.{type_}", span), len(steps)

    def _of_resource(
        self, address: str, steps: tuple[ScopeStep, ...], named: int, span: Span
    ) -> tuple[Value, int]:
        if address not in self.definition.resources:
            return self._undeclared(address, span), len(steps)
        value, taken = self._node(address).resolve(steps[named:], span)
        return value, named + taken

    def _of_call(self, name: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        if name not in self.definition.calls:
            return self._undeclared(f"module.{name}", span), len(steps)
        value, taken = self._call(name).resolve(steps[1:], span)
        return value, 1 + taken

    def _of_namespace(self, root: str, name: str, span: Span) -> Value:
        if root == "path" and name != "cwd":
            return filesystem.path_value(self, name) or self._undeclared(f"path.{name}", span)
        if root == "terraform" and name == "workspace":
            if self.evaluation.workspace is not None:
                return self.evaluation.workspace
            return Unknown(phrase("terraform.workspace"), span, cause="terraform.workspace")
        if root in ("path", "terraform", "ephemeral"):
            return Unknown(phrase("terraform.run-time", name=f"{root}.{name}"), span)
        return self._undeclared(f"{root}.{name}", span)

    def condition(self, expr: ast.Expr, span: Span) -> Choice | None:
        """The choice that stands for an open condition. See :class:`Scope`."""
        return conditions.choice_of(self, expr, span)

    def read_file(self, path: str, span: Span) -> bytes | Value:
        """Bytes of a file of the project. See :class:`Scope`."""
        return filesystem.read_file(self, path, span)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        """Files below a directory of the project. See :class:`Scope`."""
        return filesystem.file_names(self, directory, span)

    def path_value(self, name: str) -> str | None:
        """``path.module``, ``path.root``, ``path.cwd``. See :class:`Scope`."""
        return filesystem.path_value(self, name)

    # --- BodyScope ---------------------------------------------------------------------

    def links(self, root: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        """What a name stands for. See :class:`souverain.terraform.provenance.BodyScope`."""
        name = steps[0] if steps and isinstance(steps[0], str) else None
        if name is None:
            return ()
        if root == "var":
            return self._variable_links(name, steps[1:])
        if root == "local":
            return self._local_links(name, steps[1:])
        if root == "module":
            return self._call(name).links(steps[1:]) if name in self.definition.calls else ()
        if root == "data":
            second = steps[1] if len(steps) > 1 else None
            return self._resource_links(f"data.{name}.{second}", steps[2:])
        return self._resource_links(f"{root}.{name}", steps[1:])

    def _resource_links(self, address: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        if address not in self.definition.resources:
            return ()
        return self._node(address).links(steps)

    def _local_links(self, name: str, steps: tuple[Step, ...]) -> tuple[Link, ...]:
        attribute = self.definition.locals.get(name)
        if attribute is None:
            return ()
        text = phrase("terraform.trace-local", name=name)
        return (Link(attribute.expr, self, steps, text, attribute.span),)

    def _variable_links(self, name: str, steps: tuple[Step, ...]) -> tuple[Link, ...]:
        block = self.definition.variables.get(name)
        if block is None:
            return ()
        given = self.assignments.get(name)
        if given is not None:
            return (Link(given.expr, given.scope, steps, given.text, given.span),)
        default = block.members.attributes.get("default")
        if default is not None:
            text = phrase("terraform.trace-default", name=name)
            return (Link(default.expr, self, steps, text, default.span),)
        text = phrase("terraform.trace-no-value", name=name)
        return (Link(None, None, (), text, block.span),)


_NAMESPACES = frozenset(
    {"path", "terraform", "ephemeral", "each", "count", "self", "provider", "action"}
)
"""First names that are never a resource type."""
