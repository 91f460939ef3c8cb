"""What the Terraform layer gives to the assets layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from souverain.records import dataclass

if TYPE_CHECKING:
    from souverain.model import Config, Phrase, Provider, Ref, Span
    from souverain.worlds import Worlds

InstanceKind = Literal["resource", "data", "module", "backend", "provider"]


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One resource instance that exists in at least one world.

    ``kind`` is ``module`` for a module call whose source is not installed (``type`` is
    then ``module``, ``config`` its arguments, ``provider`` the configuration passed to
    it or inherited), ``backend`` for a state backend (``type`` ``backend.s3``, address
    ``terraform.backend.s3``).
    """

    address: str
    """Absolute in the root: ``module.m["a"].aws_s3_bucket.b[0]``."""
    type: str
    kind: InstanceKind
    config: Config
    provider: Provider | None
    span: Span
    """Header of the block (the primary place when no attribute is to blame)."""
    counted_by: Span | None = None
    """The ``count``/``for_each`` whose value is unknown, when existence is open."""
    note: Phrase | None = None
    """Why the instance could not be read whole (module not installed...)."""
    called_at: tuple[Span, ...] = ()
    """Headers of the module calls that lead to it, outermost first."""


class TerraformRoot(Protocol):
    """One root evaluated in one scenario."""

    @property
    def path(self) -> str:
        """Directory, relative to the working directory (``.`` for itself)."""

    @property
    def scenario(self) -> str | None: ...

    @property
    def library(self) -> bool:
        """No provider block here or in what it calls, no backend, no tfvars: looks like a
        library module."""

    @property
    def worlds(self) -> Worlds: ...

    @property
    def span(self) -> Span:
        """Where a finding about the root as a whole points (a provider or terraform block,
        else the first block of the first file)."""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that takes part in the evaluation, called modules included."""

    def instances(self) -> tuple[Instance, ...]:
        """All instances over all worlds, in a deterministic order. Not to be called while
        a world is being explored."""

    def find(self, ref: Ref) -> tuple[Instance, ...]:
        """Instances in the current world that ``ref`` points at; () when none."""

    def exists(self, instance: Instance) -> bool:
        """Whether the instance exists in the current world."""

    def repeated_in(self, instance: Instance) -> frozenset[str]:
        """Files that the ``count`` and ``for_each`` of an instance, and of the calls that lead
        to it, rest on: with each of them, the chain that decides it."""

    def close(self) -> None:
        """Empties the configurations of its instances, which would keep all that was read."""


@dataclass(frozen=True, slots=True)
class RootSummary:
    """What remains of a root once the facts of its assets are established."""

    path: str
    scenario: str | None
    library: bool
    span: Span
    files: tuple[str, ...]


def summary(root: TerraformRoot) -> RootSummary:
    """The summary of a root. When it is asked for last, it has every file that was read."""
    return RootSummary(root.path, root.scenario, root.library, root.span, root.files)
