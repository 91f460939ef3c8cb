"""Finding instances by address, instance keys or not."""

from __future__ import annotations

from collections.abc import Iterable

from souverain.regex import regex
from souverain.terraform.model import Instance

_KEYS = regex(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
"""Instance keys in an address."""


class AddressIndex:
    """Instances by address without keys."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._found: dict[str, list[Instance]] = {}
        for instance in instances:
            self._found.setdefault(_KEYS.sub("", instance.address), []).append(instance)

    def find(self, address: str) -> tuple[Instance, ...]:
        """Instances an address may mean: a key that is missing on either side is any key."""
        candidates = self._found.get(_KEYS.sub("", address), ())
        exact = tuple(i for i in candidates if i.address == address)
        return exact or tuple(i for i in candidates if _matches(address, i.address))


def _matches(wanted: str, address: str) -> bool:
    ours, theirs = _segments(wanted), _segments(address)
    return len(ours) == len(theirs) and all(
        name == other and (not key or not present or key == present)
        for (name, key), (other, present) in zip(ours, theirs, strict=True)
    )


def _segments(address: str) -> list[tuple[str, str]]:
    """An address as (name, key), an absent key as ""."""
    names = _KEYS.split(address)
    keys = [*_KEYS.findall(address), ""]
    found: list[tuple[str, str]] = []
    for names_between, key in zip(names, keys, strict=True):
        parts = [part for part in names_between.split(".") if part]
        found.extend((part, "") for part in parts[:-1])
        if parts:
            found.append((parts[-1], key))
    return found
