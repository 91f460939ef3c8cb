"""Terraform configuration to evaluated resources.

:func:`load` finds the roots of a project, evaluates each in each of its scenarios, and
accounts for every file and module call it saw.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from souverain.model import SourceText, phrase
from souverain.project import ProjectFile, Scenario
from souverain.sources import Tree, read_named
from souverain.terraform.account import Account
from souverain.terraform.context import Evaluation
from souverain.terraform.data import load_data_rules
from souverain.terraform.definition import Definition
from souverain.terraform.files import ModuleFiles, is_variables
from souverain.terraform.inputs import Given, assignments, unused_reason
from souverain.terraform.installed import read_installed
from souverain.terraform.model import TerraformResult, TerraformRoot
from souverain.terraform.modules import Module
from souverain.terraform.providers import Providers, locked_versions
from souverain.terraform.root import EvaluatedRoot
from souverain.terraform.roots import Found, RootFinder
from souverain.worlds import Worlds

__all__ = ["TerraformOptions", "load"]


@dataclass(frozen=True, slots=True)
class TerraformOptions:
    """What the command line says of Terraform; it holds for every root.

    ``var_files`` are relative to the working directory and may lie outside the project;
    ``variables`` are names and raw texts of ``--var``, which beat files.
    """

    var_files: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    workspace: str | None = None


def load(tree: Tree, project: ProjectFile, options: TerraformOptions) -> TerraformResult:
    """Evaluates the roots of a project that touch what the user asked for."""
    return _Loader(tree, project, options).load()


class _Loader:
    """One call of :func:`load`."""

    def __init__(self, tree: Tree, project: ProjectFile, options: TerraformOptions) -> None:
        self._tree = tree
        self._project = project
        self._options = options
        self._account = Account()
        self._files = ModuleFiles(tree, self._account)
        self._finder = RootFinder(self._files)
        self._given = Given(tuple(self._named_files()), options.variables)

    def _named_files(self) -> Iterator[SourceText]:
        for path in self._options.var_files:
            text = read_named(path, self._tree.cwd)
            if isinstance(text, SourceText):
                yield text
            else:
                self._account.file(path.as_posix(), "tfvars", "failed", text)

    def load(self) -> TerraformResult:
        roots = [root for found in self._wanted() for root in self._evaluate(found)]
        for root in roots:
            root.instances()
        self._account_for_the_rest()
        return TerraformResult(tuple(roots), self._account.ledger())

    def _wanted(self) -> Iterator[Found]:
        for found in self._finder.roots():
            if self._finder.wanted(found) or self._scenario_is_wanted(found.directory):
                yield found

    def _scenario_is_wanted(self, directory: str) -> bool:
        return any(
            self._tree.given_covers(path)
            for scenario in self._scenarios(directory)
            for path in self._variable_paths(directory, scenario)
        )

    def _scenarios(self, directory: str) -> tuple[Scenario, ...]:
        relative = self._tree.relative(directory)
        return tuple(
            scenario
            for scenario in self._project.scenarios
            if posixpath.normpath(scenario.root) == relative
        )

    def _variable_paths(self, directory: str, scenario: Scenario) -> tuple[str, ...]:
        paths = (self._tree.join(directory, name) for name in scenario.var_files)
        return tuple(path for path in paths if path is not None)

    def _evaluate(self, found: Found) -> Iterator[TerraformRoot]:
        definition = self._files.definition(found.directory)
        if definition is None or definition.first is None:
            return
        scenarios = self._scenarios(found.directory)
        if self._options.var_files or not scenarios:
            yield self._root(definition, self._given, None)
            return
        for scenario in scenarios:
            paths = self._variable_paths(found.directory, scenario)
            if len(paths) < len(scenario.var_files):
                reason = phrase("terraform.scenario-outside", name=scenario.name)
                self._account.note("tfvars", "failed", reason, scenario.span)
            yield self._root(definition, Given(paths, self._given.variables), scenario.name)

    def _root(self, definition: Definition, given: Given, scenario: str | None) -> TerraformRoot:
        directory = definition.directory
        evaluation = Evaluation(
            root=directory,
            files=self._files,
            worlds=Worlds(),
            workspace=self._options.workspace,
            installed=read_installed(self._tree, directory, self._account),
            providers=Providers(
                self._project.provider_defaults, locked_versions(self._files, directory)
            ),
            data_rules=load_data_rules(),
        )
        inputs = assignments(self._files, definition, evaluation, given)
        module = Module(evaluation, definition, inputs)
        return EvaluatedRoot(module, scenario, self._is_library(definition, given))

    def _is_library(self, definition: Definition, given: Given) -> bool:
        deployed = definition.providers or definition.backend or given.var_files
        return not deployed and definition.directory not in self._finder.variable_files

    def _account_for_the_rest(self) -> None:
        """Gives every remaining input of ours its entry."""
        for path in self._tree.paths():
            if self._account.knows(path):
                continue
            kind = self._tree.kind(path)
            if is_variables(path):
                self._account.file(path, kind, "skipped", unused_reason(path))
            elif self._tree.installed(path):
                reason = phrase("terraform.installed-not-called")
                self._account.file(path, kind, "skipped", reason)
            elif posixpath.basename(path).startswith("terragrunt.hcl"):
                reason = phrase("terraform.terragrunt")
                self._account.file(path, kind, "undecided", reason)
