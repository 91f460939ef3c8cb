"""Terraform provider -> operator: ``policies/catalog/families.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from souverain.catalog.names import NameTable
from souverain.records import TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from souverain.catalog.model import HostMatch


class RefineData(TypedDict, total=False):
    """One step: a provider argument with its listed values, or the regions of a partition."""

    setting: str
    values: Mapping[str, str]
    host: bool
    regions: Sequence[str]
    operator: str | None


class _Named(TypedDict):
    sources: Sequence[str]
    prefixes: Sequence[str]


class FamilyData(_Named, total=False):
    """The providers of one operator and what may stand behind them."""

    refine: Sequence[RefineData]


class Families:
    """Providers by operator. ``host`` answers who runs a host."""

    def __init__(
        self, data: Mapping[str, FamilyData], host: Callable[[str], HostMatch | None]
    ) -> None:
        self._data = data
        self._host = host
        self._sources: dict[str, str] = {}
        self._prefixes: NameTable[str] = NameTable()
        for operator, family in data.items():
            for source in family["sources"]:
                self._sources[source.lower()] = operator
                self._sources.setdefault(source.lower().rsplit("/", 1)[-1], operator)
            for prefix in family["prefixes"]:
                self._prefixes.add(prefix + "*", operator)

    def family(self, source: str | None, type_: str) -> str | None:
        """Operator of a provider: by full address, then its last segment, then the type."""
        if source:
            address = source.lower()
            known = self._sources.get(address) or self._sources.get(address.rsplit("/", 1)[-1])
            if known is not None:
                return known
        found = self._prefixes.find(type_)
        return found[0] if found else None

    def prefixes(self, operator: str) -> Sequence[str]:
        """Prefixes of the resource types of an operator's providers."""
        known = self._data.get(operator)
        return known["prefixes"] if known else ()

    def technologies(self, operator: str) -> tuple[str, ...]:
        """Prefixes of the resource types that create things at an operator: its own, else
        those of the providers that a listed setting or partition points at it."""
        own = tuple(self.prefixes(operator))
        if own:
            return own
        return tuple(
            prefix
            for family, data in self._data.items()
            if any(_leads_to(step, operator) for step in self._steps(family))
            for prefix in data["prefixes"]
        )

    def settings(self, family: str) -> tuple[str, ...]:
        """Provider arguments that :meth:`refine` reads."""
        return tuple(step["setting"] for step in self._steps(family) if "setting" in step)

    def refine(self, family: str, region: str | None, settings: Mapping[str, str]) -> str | None:
        """The operator behind a family; None when a setting or a region points to one that is
        unlisted."""
        for step in self._steps(family):
            value = settings.get(step["setting"]) if "setting" in step else None
            if value:
                operator = self._set(step, value)
                if operator != family:
                    return operator
        return self._partition(family, region)

    def _set(self, step: RefineData, value: str) -> str | None:
        folded = value.strip().lower().rstrip("/")
        for listed, operator in step.get("values", {}).items():
            if fnmatchcase(folded, listed):
                return operator
        match = self._host(folded) if step.get("host") else None
        return match.operator if match else None

    def _partition(self, family: str, region: str | None) -> str | None:
        code = (region or "").strip().lower().replace(" ", "")
        for step in self._steps(family):
            if any(fnmatchcase(code, glob) for glob in step.get("regions", ())):
                return step["operator"]
        return family

    def _steps(self, family: str) -> Sequence[RefineData]:
        known = self._data.get(family)
        return known.get("refine", ()) if known else ()


def _leads_to(step: RefineData, operator: str) -> bool:
    return operator == step.get("operator") or operator in step.get("values", {}).values()
