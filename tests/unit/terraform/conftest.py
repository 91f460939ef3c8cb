"""Small projects written in a test, evaluated as the product does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from souverain.model import Config, Evidence, Ref
from souverain.project import load as load_project
from souverain.sources import discover
from souverain.terraform import Roots, TerraformOptions
from souverain.terraform.model import Instance, TerraformRoot
from souverain.text import render
from souverain.values import Partial, Unknown, Value


class Loaded:
    """A project that was evaluated, and short ways to ask about it."""

    def __init__(self, roots: Roots) -> None:
        self.evaluated: list[TerraformRoot] = []
        for root in roots:
            root.instances()
            self.evaluated.append(root)
        self.account = roots.ledger()

    @property
    def root(self) -> TerraformRoot:
        [root] = self.evaluated
        return root

    @property
    def roots(self) -> list[tuple[str, str | None]]:
        return [(root.path, root.scenario) for root in self.evaluated]

    @property
    def addresses(self) -> list[str]:
        return [instance.address for instance in self.root.instances()]

    def instance(self, address: str) -> Instance:
        return next(i for i in self.root.instances() if i.address == address)

    def provider(self, address: str) -> tuple[str, str | None]:
        provider = self.instance(address).provider
        assert provider is not None
        return provider.source, provider.alias

    def region(self, address: str) -> Value:
        """``region`` of the provider of an instance."""
        provider = self.instance(address).provider
        assert provider is not None
        return None if provider.config is None else one(provider.config, "region")

    def value(self, address: str, path: str) -> Value:
        return one(self.instance(address).config, path)

    def worlds(self, address: str, path: str) -> dict[tuple[tuple[str, int], ...], Value]:
        """Values of an attribute by the labels of the choices they rest on."""
        instance = self.instance(address)

        def compute() -> Value:
            if not self.root.exists(instance):
                return "absent"
            return one(instance.config, path)

        explored = self.root.worlds.explore(compute)
        return {tuple((c.label, o) for c, o in guard): value for guard, value in explored}

    def trace(self, address: str, path: str) -> list[tuple[str, str | None]]:
        [attr] = self.instance(address).config.read(path)
        return [told(evidence) for evidence in attr.trace()]

    def references(self, address: str, path: str) -> list[str]:
        [attr] = self.instance(address).config.read(path)
        return [shown(ref) for ref in attr.references()]

    @property
    def ledger(self) -> dict[str, list[tuple[str, str]]]:
        """Statuses and reasons by path."""
        found: dict[str, list[tuple[str, str]]] = {}
        for entry in self.account.entries:
            reason = entry.reason.key.removeprefix("terraform.") if entry.reason else ""
            found.setdefault(entry.path, []).append((entry.status, reason))
        return found


def one(config: Config, path: str) -> Value:
    [attr] = config.read(path)
    return attr.value


def told(evidence: Evidence) -> tuple[str, str | None]:
    place = f"{evidence.span.file}:{evidence.span.line}" if evidence.span else None
    return render(evidence.text, "en"), place


def shown(ref: Ref) -> str:
    return f"{ref.address}.{ref.attribute}" if ref.attribute else ref.address


def why(value: Value) -> str:
    """Key of the reason a value is unknown."""
    unknown = value.unknown if isinstance(value, Partial) else value
    assert isinstance(unknown, Unknown), value
    return unknown.reason.key.removeprefix("terraform.")


@pytest.fixture
def reason() -> Callable[[Value], str]:
    return why


Project = Callable[..., Loaded]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes files (name -> text) as a project and evaluates it.

    ``given`` are the paths asked for; the other arguments are the command line's.
    """

    def make(
        files: dict[str, str],
        *,
        given: tuple[str, ...] = (".",),
        var_files: tuple[str, ...] = (),
        variables: tuple[tuple[str, str], ...] = (),
        workspace: str | None = None,
    ) -> Loaded:
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text).lstrip("\n"), "utf-8")
        [tree] = discover([Path(name) for name in given], cwd=tmp_path)
        manifest = load_project(tree)
        options = TerraformOptions((*map(Path, var_files), *variables), workspace)
        return Loaded(Roots(tree.excluding(manifest.exclude), manifest, options))

    return make
