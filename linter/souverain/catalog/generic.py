"""Resource types that create whatever they are told to: ``policies/catalog/generic.yaml``.

``azapi_resource`` creates what its ``type`` names, a CloudFormation stack what its template
describes. The first is what it names, when the catalogue knows that; of the second nothing
but its place is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from souverain.catalog.names import NameTable
from souverain.records import TypedDict, dataclass
from souverain.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from souverain.values import Partial


class RegistryData(TypedDict):
    """Whose resource types a CloudFormation registry holds, and the prefix of their names in
    Terraform."""

    vendor: str
    prefix: str


class _Types(TypedDict):
    types: Sequence[str]


class GenericData(_Types, total=False):
    """An entry of ``generic.yaml`` (``policies/schema/generic.schema.json``)."""

    named_by: str
    until: str
    kinds: Mapping[str, Sequence[str]]
    cloudformation: RegistryData


_WORD_ENDS: Final = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class _Registry:
    """Resource types named as in a CloudFormation registry: ``AWS::RDS::DBInstance``."""

    vendor: str
    prefix: str

    def spelled(self, name: str) -> str | None:
        """``AWS::RDS::DBInstance`` as ``<prefix>rds_db_instance``, None for another vendor's.

        Source: names of the resources of the Terraform provider hashicorp/awscc.
        """
        vendor, *rest = name.split("::")
        if vendor != self.vendor or len(rest) != 2:
            return None
        service, resource = rest
        return f"{self.prefix}{service}_{_WORD_ENDS.sub('_', resource)}".lower()


@dataclass(frozen=True, slots=True)
class GenericType:
    """How to tell what a resource creates. ``named_by`` is the attribute that names it, ""
    when no attribute does."""

    named_by: str
    _until: str
    _kinds: NameTable[str]
    _cloudformation: _Registry | None

    def like(self, name: str | Partial) -> str | None:
        """The resource type that stands for ``name``, case aside; None when none is known.

        An unknown part may follow the name (the version of an API).
        """
        written = name if isinstance(name, str) else name.prefix
        short, ends, _ = written.partition(self._until or "\0")
        if not isinstance(name, str) and not ends:
            return None
        found = self._kinds.find(short.casefold())
        if found is not None:
            return found[0]
        return self._cloudformation.spelled(short) if self._cloudformation else None


def generic_table(entries: Iterable[GenericData]) -> NameTable[GenericType]:
    """The entries, by type. Of several on one type the first decides, and the others add to
    the names it knows."""
    by_type: dict[str, list[GenericData]] = {}
    for entry in entries:
        for pattern in entry["types"]:
            by_type.setdefault(pattern, []).append(entry)
    table: NameTable[GenericType] = NameTable()
    for pattern, found in by_type.items():
        table.add(pattern, _generic(found))
    return table


def _generic(entries: Sequence[GenericData]) -> GenericType:
    kinds: NameTable[str] = NameTable()
    for entry in reversed(entries):
        for type_, names in entry.get("kinds", {}).items():
            for name in names:
                kinds.add(name.casefold(), type_)
    first = entries[0]
    registry = first.get("cloudformation")
    return GenericType(
        first.get("named_by", ""),
        first.get("until", ""),
        kinds,
        _Registry(registry["vendor"], registry["prefix"]) if registry else None,
    )
