"""The location mini-language: where the place of a type or of a flow is read.

``own:region>provider`` means "the ``region`` argument, else the provider's region". ``>``
separates alternatives (first known wins), ``+`` joins places used at once, and each place
is ``kind`` or ``kind:argument`` with the kinds of :data:`ResolverKind`. ``provider:name``
is an argument of the provider that is not called as usual (``default_region``), and
``own:plan.configuration.value[label=dc]`` the value of the block labelled ``dc``.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from souverain.catalog.model import LocationSpec, Resolver, ResolverKind

_NEEDS_ARGUMENT: Final[dict[str, ResolverKind]] = {
    "own": "own",
    "parent": "parent",
    "ref": "ref",
    "arn": "arn",
    "host": "host",
    "enum": "enum",
    "pair": "pair",
    "zone": "zone",
    "multi": "multi",
    "default": "default",
}
_STANDS_ALONE: Final[dict[str, ResolverKind]] = {
    "provider": "provider",
    "global": "global",
    "cluster": "cluster",
    "signals": "signals",
}


class LocationSyntaxError(ValueError):
    """A location text that does not follow the mini-language."""


@cache
def parse_location(text: str) -> LocationSpec:
    """The location written as ``text``.

    Raises :class:`LocationSyntaxError` for an unknown kind, a missing argument or an
    empty alternative.
    """
    return LocationSpec(
        text,
        tuple(
            tuple(_resolver(place, text) for place in alternative.split("+"))
            for alternative in text.split(">")
        ),
    )


def _resolver(place: str, text: str) -> Resolver:
    kind, colon, argument = place.strip().partition(":")
    if not colon and kind in _STANDS_ALONE:
        return Resolver(_STANDS_ALONE[kind])
    if argument and kind == "provider":
        return Resolver("provider", argument)
    if argument and kind in _NEEDS_ARGUMENT:
        return Resolver(_NEEDS_ARGUMENT[kind], argument)
    expected = ", ".join([*(f"{k}:..." for k in _NEEDS_ARGUMENT), *_STANDS_ALONE])
    raise LocationSyntaxError(f"{place!r} in location {text!r}: expected one of {expected}")
