"""Values given to the variables of a root, in the order Terraform gives them weight.

Source: Terraform, "Input variables", variable definition precedence: ``terraform.tfvars``,
``terraform.tfvars.json``, ``*.auto.tfvars`` and ``*.auto.tfvars.json`` by name, then
``-var`` and ``-var-file`` as written. Environment variables are not read: they are not in the tree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from souverain import hcl
from souverain.hcl import ast
from souverain.model import Phrase, Ref, SourceText, Span, phrase
from souverain.records import dataclass
from souverain.terraform.context import Evaluation
from souverain.terraform.definition import Definition
from souverain.terraform.files import ModuleFiles
from souverain.terraform.provenance import Link, Step
from souverain.terraform.scope import Step as ScopeStep
from souverain.terraform.syntax import traversal
from souverain.terraform.variables import Assignment
from souverain.values import Unknown, Value
from souverain.worlds import Choice, Worlds


class LiteralScope:
    """The surroundings of a tfvars file: no name is in scope."""

    address = ""
    place = ""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation

    @property
    def worlds(self) -> Worlds:
        return self.evaluation.worlds

    def resolve(self, root: str, steps: tuple[ScopeStep, ...], span: Span) -> tuple[Value, int]:
        reason = phrase("terraform.not-literal", name=root)
        return Unknown(reason, span, error=True), len(steps)

    def links(self, root: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        return ()

    def condition(self, expr: ast.Expr, span: Span) -> Choice | None:
        return None

    def read_file(self, path: str, span: Span) -> bytes | Value:
        return Unknown(phrase("terraform.not-literal", name="file"), span, error=True)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        return Unknown(phrase("terraform.not-literal", name="fileset"), span, error=True)

    def path_value(self, name: str) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class Given:
    """What the user gives on top of what Terraform loads by itself."""

    values: tuple[str | SourceText | tuple[str, str], ...] = ()
    """Display path of a file in the project, text of a file named on the command line, or
    name and raw text of a ``-var``; the last wins."""

    @property
    def files(self) -> tuple[str | SourceText, ...]:
        return tuple(value for value in self.values if not isinstance(value, tuple))

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        return tuple(value for value in self.values if isinstance(value, tuple))


def automatic_files(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the variable files that Terraform loads by itself, weakest first."""
    first = [n for n in ("terraform.tfvars", "terraform.tfvars.json") if n in names]
    auto = sorted(n for n in names if n.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return (*first, *auto)


def assignments(
    files: ModuleFiles, definition: Definition, evaluation: Evaluation, given: Given
) -> Mapping[str, Assignment]:
    """The assignment that wins for each variable of a root."""
    scope = LiteralScope(evaluation)
    directory = definition.directory
    found: dict[str, Assignment] = {}
    names = automatic_files(files.tree.list(directory))
    paths = [path for name in names if (path := files.tree.join(directory, name))]
    for source in (*paths, *given.values):
        if isinstance(source, tuple):
            name, raw = source
            found[name] = _of_command_line(definition, scope, name, raw)
            continue
        file = files.parse(source, "tfvars") if isinstance(source, str) else hcl.parse(source)
        if file is None:
            continue
        files.read_report(file.source.path, file, "tfvars")
        evaluation.used.add(file.source.path)
        found.update(_of_file(file, scope))
    return found


def _of_file(file: ast.File, scope: LiteralScope) -> Mapping[str, Assignment]:
    base = posixpath.basename(file.source.path)
    return {
        attribute.name: Assignment(
            attribute,
            scope,
            phrase("terraform.trace-tfvars", name=attribute.name, file=base),
            attribute.span,
        )
        for attribute in file.body.attributes
    }


def _of_command_line(
    definition: Definition, scope: LiteralScope, name: str, raw: str
) -> Assignment:
    """``-var``: literal text for a variable of primitive or no type, else an expression."""
    source = SourceText(f"-var {name}", raw.encode())
    variable = definition.variables.get(name)
    declared = variable.members.expr("type") if variable else None
    whole = Span(source, 0, len(source.data))
    written = ast.Attribute(name, whole, whole, lambda: ast.Literal(raw, whole))
    if declared is not None and traversal(declared) not in _PRIMITIVE:
        written = ast.Attribute(name, whole, whole, lambda: hcl.parse_expression(source))
    return Assignment(written, scope, phrase("terraform.trace-command-line", name=name), None)


_PRIMITIVE = (("string",), ("number",), ("bool",))


def unused_reason(path: str) -> Phrase:
    """Why a variable file is not part of any evaluation."""
    return phrase("terraform.tfvars-unused", file=posixpath.basename(path))
