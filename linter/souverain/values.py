"""Values of configuration: known, partly known, or unknown for a stated reason.

A known value is a plain Python object:

========================  =======================================================
Terraform                 Python
========================  =======================================================
null                      ``None``
bool                      ``bool``
number                    ``int`` when integral, else ``decimal.Decimal``
string                    ``str`` (NFC)
tuple                     ``tuple``
list                      :class:`ListOf`, a ``tuple``
tuple, list or set        :class:`Untyped`, a ``tuple``
set                       :class:`SetOf` (deduplicated, in Terraform's order)
object                    ``dict`` (never mutated once built)
map                       :class:`MapOf`, a ``dict``
map or object, in part    :class:`OpenMap`
========================  =======================================================

Alternatives never appear inside a value: they are worlds (:mod:`souverain.worlds`), and
evaluating in one world gives one value. Containers may hold unknown parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Union

from souverain.records import dataclass, replace

if TYPE_CHECKING:
    from souverain.model import Phrase, Ref, Span


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the configuration does not decide. ``reason`` is always stated.

    ``ref`` keeps the resource it would come from, so that ``aws_s3_bucket.us.arn`` still
    leads to that bucket. ``cause`` groups undecided findings (``var.region``). ``error``
    marks what Terraform itself would reject: ``try`` and ``can`` catch it. ``element`` is
    what is known of each element of an unknown list (zones of a region begin with it).
    """

    reason: Phrase
    span: Span | None = None
    ref: Ref | None = None
    cause: str = ""
    error: bool = False
    element: Partial | None = None

    def below(self, *names: str) -> Unknown:
        """The unknown found below this one: its reference keeps the path that was read."""
        if self.ref is None or not names:
            return self
        path = ".".join((self.ref.attribute, *names) if self.ref.attribute else names)
        return replace(self, ref=replace(self.ref, attribute=path), element=None)


@dataclass(frozen=True, slots=True)
class Partial:
    """A template with unknown parts: literal text and unknowns in order, none adjacent twice.

    Only the literal text may be matched: ARN fields from the left, host suffixes from
    the right.
    """

    segments: tuple[str | Unknown, ...]

    @property
    def prefix(self) -> str:
        """Literal text before the first unknown part."""
        first = self.segments[0] if self.segments else ""
        return first if isinstance(first, str) else ""

    @property
    def suffix(self) -> str:
        """Literal text after the last unknown part."""
        last = self.segments[-1] if self.segments else ""
        return last if isinstance(last, str) else ""

    @property
    def unknown(self) -> Unknown:
        """The first unknown part: it says why."""
        return next(s for s in self.segments if isinstance(s, Unknown))


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set value; ``items`` has no duplicates and is in Terraform's iteration order."""

    items: tuple[Value, ...]


class ListOf(tuple["Value", ...]):
    """A list: all elements have one type. It equals a plain tuple in Python, never in Terraform."""

    __slots__ = ()


class Untyped(tuple["Value", ...]):
    """A tuple that Terraform may make a list or a set: a branch whose other is not known."""

    __slots__ = ()


class MapOf(dict[str, "Value"]):
    """A map: all values have one type. It equals a plain dict in Python, never in Terraform."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenMap(Mapping[str, "Value"]):
    """A map or object with the members ``known`` and others, of which ``rest`` says why not.

    It can be asked for any name, but not for all of them: what is not among the known
    members reads as ``rest``, and iterating visits the known ones only.
    """

    known: Mapping[str, Value]
    rest: Unknown

    def __getitem__(self, name: str) -> Value:
        return self.known[name] if name in self.known else self.rest.below(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


Value = Union[
    None,
    bool,
    int,
    Decimal,
    str,
    "tuple[Value, ...]",
    "Mapping[str, Value]",
    SetOf,
    Unknown,
    Partial,
]
