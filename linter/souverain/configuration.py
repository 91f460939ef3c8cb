"""Configuration as the facts layer reads it, whatever language it is written in.

Read from :mod:`souverain.model`, where the rest of the shared vocabulary is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from souverain.records import dataclass

if TYPE_CHECKING:
    from souverain.evidence import Evidence, Phrase, Span
    from souverain.values import Value


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a resource instance of the same root, e.g. ``module.m.aws_s3_bucket.us``.

    ``address`` is absolute within the root; without an instance key it means every
    instance. ``attribute`` is the path that was read from it ("" for the whole object).
    """

    address: str
    attribute: str = ""


Position = tuple[tuple[int, ...], ...]
"""For each name of a path but the last, which of its blocks or elements: ``()`` where only
one can stand, else its index. Shorter than the path below an unknown container."""


class Attr(Protocol):
    """One attribute as written, read lazily in the current world."""

    @property
    def path(self) -> str:
        """Dotted path that leads to it, without indices: ``rule.destination.bucket``."""

    @property
    def span(self) -> Span:
        """The attribute (name and value) in the source."""

    @property
    def position(self) -> Position:
        """Where it stands on its path, so that attributes of one block can be told together."""

    @property
    def value(self) -> Value:
        """Its value in the current world (evaluated once per world that matters)."""

    def references(self) -> tuple[Ref, ...]:
        """Resource instances its expression leads to, through locals, inputs and outputs."""

    def trace(self) -> tuple[Evidence, ...]:
        """The chain from this attribute to the literals that decide it, nearest first."""


class Config(Protocol):
    """A body of configuration: a resource, a provider block, a Kubernetes object."""

    @property
    def span(self) -> Span:
        """Header of the block or object."""

    def read(self, path: str) -> tuple[Attr, ...]:
        """Attributes at a dotted path, in source order.

        Blocks, ``dynamic`` blocks, lists of objects and objects are walked alike, so
        ``rule.destination.bucket`` gives one Attr per rule. A path that is not written
        gives (). Below an unknown container there is one Attr whose value is Unknown.
        """

    def keys(self) -> tuple[str, ...]:
        """Names of the attributes and blocks that are written at the top."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider configuration a resource is created with.

    ``source`` is namespace/name without host (``hashicorp/aws``), lower case;
    ``config`` is None when no block configures it (or it is inherited from nowhere).
    """

    source: str
    local_name: str
    alias: str | None
    config: Config | None
    version: str | None = None
    """Version constraint as written, or the exact version from a lock file or plan."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A resource instance or object: what facts are established about.

    ``type`` is the Terraform type, ``apiVersion/Kind``, or ``module`` for a module that
    is not installed. ``address`` is unique within (root, scenario).
    """

    address: str
    type: str
    root: str
    """Directory of the Terraform root (or chart, overlay, manifest), relative like paths."""
    scenario: str | None
    span: Span
    config: Config
    provider: Provider | None
    library: bool = False
    """The root looks like a library module: its findings are at most possible."""
    technical: bool = False
    """Holds technical data only (a state backend)."""
    unread: Phrase | None = None
    """Why what it stands for could not be read (a module that is not installed)."""
    called_at: tuple[Span, ...] = ()
    """Headers of the module calls that lead to it, outermost first."""
    kind: str = ""
    """How the catalogue names its type, when not as reports do: ``Deployment.apps``."""
    namespace: str | None = None
    """Kubernetes namespace it is in, or is."""

    @property
    def known_as(self) -> str:
        """The name of its type in the catalogue."""
        return self.kind or self.type
