"""Terraform configuration to evaluated resources.

:class:`Roots` finds the roots of a project, evaluates each in each of its scenarios, and
accounts for every file and module call it saw.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from souverain.model import Ledger, Phrase, SourceText, phrase
from souverain.project import ProjectFile, Scenario
from souverain.records import dataclass
from souverain.sources import Tree, read_named
from souverain.sources.account import Account
from souverain.terraform.context import Evaluation
from souverain.terraform.data import load_data_rules
from souverain.terraform.definition import Definition
from souverain.terraform.files import ModuleFiles, directory_of, is_variables
from souverain.terraform.inputs import Given, LiteralScope, assignments, unused_reason
from souverain.terraform.installed import read_installed
from souverain.terraform.model import TerraformRoot
from souverain.terraform.modules import Module
from souverain.terraform.planjson import Plan, read_plan
from souverain.terraform.planroot import PlanRoot, plan_assignments
from souverain.terraform.providers import Providers, locked_versions
from souverain.terraform.root import EvaluatedRoot
from souverain.terraform.roots import Found, RootFinder
from souverain.terraform.variabletypes import VariableLibrary
from souverain.worlds import Worlds

__all__ = ["Roots", "TerraformOptions"]


@dataclass(frozen=True, slots=True)
class TerraformOptions:
    """What the command line says of Terraform; it holds for every root.

    ``values`` are variable files, relative to the working directory and possibly outside
    the project, and names and raw texts of ``--var``; the last wins.
    """

    values: tuple[Path | tuple[str, str], ...] = ()
    workspace: str | None = None


class Roots:
    """The roots of a project that touch what the user asked for, evaluated one by one.

    To be iterated over once. Syntax trees that no later root needs are given up when the next
    one is asked for.
    """

    def __init__(self, tree: Tree, project: ProjectFile, options: TerraformOptions) -> None:
        self._tree = tree
        self._project = project
        self._options = options
        self._account = Account()
        self._files = ModuleFiles(tree, self._account)
        self._finder = RootFinder(self._files)
        self._library = VariableLibrary()
        self._evaluated = False
        self._declared: set[str] = set()
        self._given = Given(tuple(self._values()))

    @property
    def _named_a_file(self) -> bool:
        return any(isinstance(value, Path) for value in self._options.values)

    def _values(self) -> Iterator[SourceText | tuple[str, str]]:
        for value in self._options.values:
            text = read_named(value, self._tree.cwd) if isinstance(value, Path) else value
            if isinstance(text, Phrase):
                self._account.file(str(value), "tfvars", "failed", text)
            else:
                yield text

    def __iter__(self) -> Iterator[TerraformRoot]:
        wanted = {found.directory: found for found in self._wanted()}
        plans = self._plans(frozenset(wanted))
        last = {directory: found for found in wanted.values() for directory in found.reached}
        for planned in plans.values():
            yield from planned
        for found in wanted.values():
            if found.directory not in plans:
                yield from self._evaluate(found)
            self._files.forget(d for d in found.reached if last[d] == found)

    def ledger(self) -> Ledger:
        """What became of every file and module call, once all roots are evaluated."""
        self._account_for_scenarios()
        self._account_for_variables()
        self._account_for_the_rest()
        return self._account.ledger()

    def _plans(self, wanted: frozenset[str]) -> dict[str, list[TerraformRoot]]:
        """Roots read from plans, by directory; they stand in for the source beside them."""
        by_directory: dict[str, list[Plan]] = {}
        for path in self._tree.paths():
            directory = directory_of(path)
            if self._tree.kind(path) != "plan":
                continue
            if directory in wanted or self._tree.given_covers(path):
                plan = self._plan(path)
                if plan is not None:
                    by_directory.setdefault(directory, []).append(plan)
        return {
            directory: [self._plan_root(directory, plan, len(plans) > 1) for plan in plans]
            for directory, plans in by_directory.items()
        }

    def _plan(self, path: str) -> Plan | None:
        text = self._tree.read(path)
        plan = read_plan(text) if isinstance(text, SourceText) else text
        if isinstance(plan, Phrase):
            self._account.file(path, "plan", "failed", plan)
            return None
        partial = phrase("terraform.plan-partial") if plan.is_partial else None
        self._account.file(path, "plan", "undecided" if partial else "analysed", partial)
        return plan

    def _plan_root(self, directory: str, plan: Plan, several: bool) -> TerraformRoot:
        definition = self._files.definition(directory)
        source = None
        if definition is not None and definition.first is not None:
            evaluation = self._evaluation(directory)
            values = plan_assignments(plan, LiteralScope(evaluation))
            source = EvaluatedRoot(Module(evaluation, definition, values), None, library=False)
        scenario = posixpath.basename(plan.source.path).removesuffix(".json") if several else None
        defaults = self._project.provider_defaults
        return PlanRoot(plan, directory, scenario, source, defaults)

    def _wanted(self) -> Iterator[Found]:
        named = frozenset(filter(self._is_named, self._finder.directories))
        covered = filter(self._tree.given_covers, self._tree.paths())
        for found in self._finder.roots({*named, *map(directory_of, covered)}):
            if found.directory in named or self._finder.wanted(found):
                yield found

    def _is_named(self, directory: str) -> bool:
        """Whether the project names a directory for something that was asked for."""
        return self._scenario_is_wanted(directory) or (
            self._tree.relative(directory) in self._cluster_roots
        )

    @cached_property
    def _cluster_roots(self) -> frozenset[str]:
        """Directories that the project declares to create clusters: manifests stand on them."""
        return frozenset(
            posixpath.normpath(cluster.root or ".")
            for cluster in self._project.clusters
            if cluster.address is not None
        )

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
        self._evaluated = True
        self._declared.update(definition.variables)
        scenarios = self._scenarios(found.directory)
        if self._named_a_file or not scenarios:
            yield self._root(found, definition, self._given, None)
            return
        for scenario in scenarios:
            paths = self._variable_paths(found.directory, scenario)
            if len(paths) < len(scenario.var_files):
                reason = phrase("terraform.scenario-outside", name=scenario.name)
                self._account.note("tfvars", "failed", reason, scenario.span)
            given = Given((*paths, *self._given.variables))
            yield self._root(found, definition, given, scenario.name)

    def _root(
        self, found: Found, definition: Definition, given: Given, scenario: str | None
    ) -> TerraformRoot:
        evaluation = self._evaluation(definition.directory)
        inputs = assignments(self._files, definition, evaluation, given)
        module = Module(evaluation, definition, inputs)
        return EvaluatedRoot(module, scenario, self._is_library(found, definition, given))

    def _evaluation(self, directory: str) -> Evaluation:
        return Evaluation(
            root=directory,
            files=self._files,
            worlds=Worlds(),
            workspace=self._options.workspace,
            installed=read_installed(self._tree, directory, self._account),
            providers=Providers(
                self._project.provider_defaults, locked_versions(self._files, directory)
            ),
            data_rules=load_data_rules(),
            library=self._library,
        )

    def _is_library(self, found: Found, definition: Definition, given: Given) -> bool:
        """Modules for others to call leave providers to them (Terraform, "Providers within
        modules"): a module that configures one makes whatever reaches it a deployment."""
        deployed = definition.providers or definition.backend or given.files
        if deployed or definition.directory in self._finder.variable_files:
            return False
        return not any(map(self._configures, found.reached))

    def _configures(self, directory: str) -> bool:
        definition = self._files.definition(directory)
        return definition is not None and bool(definition.providers)

    def _account_for_scenarios(self) -> None:
        """A scenario of a root that is not there would leave what it names unchecked."""
        named = {posixpath.normpath(scenario.root) for scenario in self._project.scenarios}
        there = {d for d in self._finder.directories if self._tree.relative(d) in named}
        roots = {self._tree.relative(found.directory) for found in self._finder.roots(there)}
        for scenario in self._project.scenarios:
            if posixpath.normpath(scenario.root) not in roots and not self._is_chart(scenario):
                reason = phrase(
                    "terraform.scenario-without-root", name=scenario.name, root=scenario.root
                )
                self._account.note("terraform", "failed", reason, scenario.span)

    def _is_chart(self, scenario: Scenario) -> bool:
        """Whether a scenario is for a chart, whose values files are not ours."""
        chart = self._tree.join(self._tree.display_root, f"{scenario.root}/Chart.yaml")
        return chart is not None and self._tree.exists(chart)

    def _account_for_variables(self) -> None:
        """A name that no evaluated root declares is a mistake, as it is for Terraform."""
        for name, _ in self._given.variables:
            if self._evaluated and name not in self._declared:
                reason = phrase("terraform.variable-undeclared", name=name)
                self._account.file(f"--var {name}", "other", "failed", reason)

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
