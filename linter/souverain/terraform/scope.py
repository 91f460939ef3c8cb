"""What the expression evaluator needs to know of its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from souverain.model import phrase
from souverain.records import dataclass
from souverain.terraform.syntax import root_names
from souverain.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from souverain.hcl.ast import Expr
    from souverain.model import Span
    from souverain.values import Value
    from souverain.worlds import Choice, Worlds


@dataclass(frozen=True, slots=True)
class IndexStep:
    """``[key]`` in a traversal; the key is already evaluated."""

    key: Value


Step = str | IndexStep
"""``.name`` or ``[key]``."""


class Scope(Protocol):
    """Names an expression may use. Implemented by modules, and by :class:`ChildScope`."""

    @property
    def worlds(self) -> Worlds:
        """The alternatives of the root this scope belongs to."""

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        """Value of ``root`` followed by the first *n* steps, and *n*.

        The scope takes as many steps as it needs to name one thing (``var.x``: 1,
        ``aws_s3_bucket.us[0].arn``: 3); the evaluator applies the others. A name that
        does not exist gives an Unknown whose reason says so; it never raises.
        """

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        """The choice that stands for a boolean expression whose value is unknown.

        The same condition in the same module instance gives the same choice. None when
        it must stay unknown (the unknown comes from a resource or data source).
        """

    def read_file(self, path: str, span: Span) -> bytes | Value:
        """Bytes of a file of the project (for ``file``, ``templatefile``...), or Unknown."""

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        """Paths of the files below a project directory (for ``fileset``), or Unknown."""

    def path_value(self, name: str) -> str | None:
        """``path.module``, ``path.root``, ``path.cwd`` as evaluated, None when not known."""


@dataclass(frozen=True, slots=True)
class ChildScope:
    """A scope with more names: variables of ``for``, templates, ``dynamic`` iterators."""

    parent: Scope
    names: Mapping[str, Value]

    @property
    def worlds(self) -> Worlds:
        return self.parent.worlds

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        if root in self.names:
            return self.names[root], 0
        return self.parent.resolve(root, steps, span)

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        """None for an expression over these names: it is another one in each iteration."""
        if any(name in self.names for name in root_names(expr)):
            return None
        return self.parent.condition(expr, span)

    def read_file(self, path: str, span: Span) -> bytes | Value:
        return self.parent.read_file(path, span)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        return self.parent.file_names(directory, span)

    def path_value(self, name: str) -> str | None:
        return self.parent.path_value(name)


@dataclass(frozen=True, slots=True)
class TemplateScope(ChildScope):
    """The surroundings of a template file: only the names that were passed to it."""

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        if root in self.names:
            return self.names[root], 0
        return Unknown(phrase("expr.not-passed", name=root), span, error=True), len(steps)

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        return None
