"""What a project declares about itself, as immutable values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from souverain.model import Declared, Span
from souverain.records import dataclass, field

T = TypeVar("T", covariant=True)

Input = str | bool


@dataclass(frozen=True, slots=True)
class Declaration(Generic[T]):
    """A declared value. ``by``, ``on`` (ISO date) and ``ref`` say who took it, when and on
    what ground; a declaration that relaxes counts only with all three."""

    value: T
    span: Span
    by: str | None = None
    on: str | None = None
    ref: str | None = None

    @property
    def justified(self) -> bool:
        """Whether it says who, when and on what reference."""
        return None not in (self.by, self.on, self.ref)


@dataclass(frozen=True, slots=True)
class Context:
    """Declarations that hold in some place. None and absent mean undeclared."""

    entity: Declaration[str] | None = None
    data: Declaration[tuple[str, ...]] | None = None
    harm: Declaration[tuple[str, ...]] | None = None
    environment: Declaration[str] | None = None
    hosting_role: Declaration[str] | None = None
    inputs: Mapping[str, Declaration[Input]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """One information system: where it is, and what is declared of it.

    ``paths`` are patterns relative to the project root, written as in a ``.gitignore``;
    ``addresses`` and ``namespaces`` are globs. Without any of them it is every place.
    """

    span: Span
    name: str | None = None
    owner: str | None = None
    paths: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that the manifests under ``paths`` are deployed to, or what Argo CD, Flux and the
    like send to its ``name``: who runs it and where, or the Terraform resource at ``address``
    that creates it, in the directory ``root`` relative to the project root."""

    span: Span
    paths: tuple[str, ...]
    operator: str | None = None
    service: str | None = None
    region: str | None = None
    root: str | None = None
    address: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A combination of variable files that is really deployed.

    ``root`` is relative to the project root, ``var_files`` to ``root``.
    """

    span: Span
    root: str
    name: str
    var_files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What is declared for one place: the values rules read, and where each was written.

    ``spans`` has an entry per declared name (``entity``, ``data``, ``homologation.level``).
    """

    declared: Declared
    spans: Mapping[str, Span]
