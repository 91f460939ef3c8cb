"""Where catalogue data comes from: the built-in policies, then the user's folders on top.

A user's folder has the same layout and formats (``<folder>/catalog/operators/ours.yaml``).
What it says of a known operator, region or host is added to, and wins over, what we say.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from souverain import policystore
from souverain.policystore import JsonValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from souverain.catalog.model import Provenance
    from souverain.model import Confidence

_ORDERED_LATER: Final = frozenset({"services"})
"""Lists where a later entry wins; in every other list the first one does."""


class CatalogData:
    """Areas below ``catalog/``, merged. Each is read when it is first asked for."""

    def __init__(self, extra: Sequence[Path] = ()) -> None:
        self._extra = tuple(extra)
        self._merged: dict[str, JsonValue] = {}

    def get(self, area: str) -> JsonValue:
        """Content of ``catalog/<area>``; None when nobody has it.

        Raises :class:`souverain.policystore.PolicyError` on a user's file that is wrong.
        """
        if area not in self._merged:
            self._merged[area] = self._read(area)
        return self._merged[area]

    def mapping(self, area: str) -> Mapping[str, JsonValue]:
        """Content of an area that is a mapping; empty when nobody has it."""
        content = self.get(area)
        return content if isinstance(content, dict) else {}

    def sequence(self, area: str) -> Sequence[JsonValue]:
        """Content of an area that is a list; empty when nobody has it."""
        content = self.get(area)
        return content if isinstance(content, list) else ()

    def check_layout(self) -> None:
        """Raises :class:`souverain.policystore.PolicyError` for a user's file never read."""
        for folder in self._extra:
            from souverain.catalog.extension import check_layout

            check_layout(folder)

    @cached_property
    def version(self) -> str:
        """Version of the built-in policies, and of the user's folders when there are any."""
        if not self._extra:
            return policystore.digest()
        from souverain.catalog.extension import digest

        return "+".join([policystore.digest(), *(digest(folder) for folder in self._extra)])

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """Where facts were read, by source key."""
        return cast("Mapping[str, Mapping[str, str]]", self.mapping("sources"))

    def provenance(self, fact: Mapping[str, JsonValue]) -> Provenance:
        """Source, confidence and date seen of a fact (the earliest date of joined sources)."""
        from souverain.catalog.model import Provenance

        source = str(fact.get("source", "user"))
        seen = fact.get("seen")
        if not isinstance(seen, str):
            known = [self.sources[key]["seen"] for key in source.split("+") if key in self.sources]
            seen = min(known, default="")
        return Provenance(source, cast("Confidence", fact.get("confidence", "GK")), seen)

    def _read(self, area: str) -> JsonValue:
        name = f"catalog/{area}"
        content = policystore.load(name) if policystore.exists(name) else None
        for folder in self._extra:
            from souverain.catalog.extension import read

            found = read(folder, area, known=content)
            if found is not None:
                content = found if content is None else merge(content, found)
        return content


def merge(base: JsonValue, added: JsonValue) -> JsonValue:
    """``added`` on top of ``base``: mappings key by key, lists end to end, else ``added``."""
    if isinstance(base, dict) and isinstance(added, dict):
        merged = dict(base)
        for key, value in added.items():
            if key not in base:
                merged[key] = value
            elif key in _ORDERED_LATER:
                merged[key] = merge(value, base[key])
            else:
                merged[key] = merge(base[key], value)
        return merged
    if isinstance(base, list) and isinstance(added, list):
        return [*added, *base]
    return added
