"""What is known of operators, their regions, offers, hosts and resource types.

:func:`load_catalog` gives a :class:`Catalog`; every question is answered from
``policies/catalog`` and the user's folders, read when first needed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

from souverain.catalog.companies import Companies, with_members
from souverain.catalog.embedding import Embedding, EmbeddingData
from souverain.catalog.environments import EnvironmentData, EnvironmentWords
from souverain.catalog.families import Families, FamilyData
from souverain.catalog.flows import CustodyData, CustodyTable, FlowData, FlowTable
from souverain.catalog.generic import GenericData, GenericType, generic_table
from souverain.catalog.hosts import HostRule, HostTable
from souverain.catalog.kinds import KindsData, KindTable, group_kind
from souverain.catalog.names import NameTable
from souverain.catalog.offers import find_offer
from souverain.catalog.regions import RegionsData, RegionTable
from souverain.catalog.settings import SettingData, SettingTable
from souverain.catalog.signals import SignalTable
from souverain.catalog.source import CatalogData
from souverain.catalog.store import (
    Decoder,
    GlobalServiceData,
    LawData,
    OperatorData,
    global_service,
    law,
)
from souverain.catalog.territories import Territories, TerritoryData
from souverain.catalog.types import TableData, TypeTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from souverain.catalog.model import (
        CertificateFact,
        Control,
        CustodySpec,
        ExposureFact,
        FlowSpec,
        GlobalService,
        HostMatch,
        Law,
        Offer,
        Operator,
        Region,
        Service,
        SettingSpec,
        TypeMapping,
    )
    from souverain.catalog.sensitivity import Sensitivity
    from souverain.model import LayerName


_AREAS: Final = (
    "operators",
    "regions",
    "families",
    "hosts",
    "laws",
    "sources",
    "territories",
    "types",
    "flows",
    "custody",
    "settings",
    "kubernetes/kinds",
    "kubernetes/signals",
    "environments",
    "generic",
    "global-services",
    "proprietary",
    "sensitivity",
    "backends",
    "capabilities",
    "utilities",
)


def load_catalog(extra: Sequence[Path] = ()) -> Catalog:
    """The catalogue, with the user's folders ``extra`` on top (later ones win).

    Nothing is read yet: each question may raise
    :class:`souverain.policystore.PolicyError` for a user's file that is wrong;
    :meth:`Catalog.check` reads all of them at once.
    """
    return Catalog(CatalogData(extra))


class Catalog:
    """Answers from ``policies/catalog``. Unknown is None or empty, never a guess."""

    def __init__(self, data: CatalogData) -> None:
        self._data = data
        self._decoder = Decoder(data)
        self._operators: dict[str, Operator | None] = {}
        self._region_tables: dict[str, RegionTable] = {}
        self._type_tables: dict[str, TypeTable | None] = {}
        self._setting_tables: dict[str, SettingTable] = {}

    @cached_property
    def version(self) -> str:
        """Content hash of the policies in use."""
        return self._data.version

    @cached_property
    def seen_on(self) -> str:
        """ISO date of the newest look at a source."""
        dates = [source["seen"][:10] for source in self._data.sources.values()]
        return max((day for day in dates if len(day) == len("2026-01-01")), default="")

    def check(self) -> None:
        """Reads every area, so that a wrong user's file is found before the analysis.

        Raises :class:`souverain.policystore.PolicyError` with its place.
        """
        self._data.check_layout()
        for area in _AREAS:
            self._data.get(area)

    # --- operators --------------------------------------------------------------------

    def operators(self) -> tuple[Operator, ...]:
        """Every operator, by id."""
        found = (self.operator(id_) for id_ in sorted(self._operator_data))
        return tuple(operator for operator in found if operator is not None)

    def operator(self, name: str) -> Operator | None:
        """An operator by id or by another of its names, case aside."""
        id_ = self._operator_id(name)
        if id_ is None:
            return None
        if id_ not in self._operators:
            self._operators[id_] = self._decoder.operator(id_, self._operator_data[id_])
        return self._operators[id_]

    def law(self, id_: str) -> Law | None:
        """A law by id (``US_CLOUD_ACT``)."""
        return self._laws.get(id_)

    @cached_property
    def _laws(self) -> dict[str, Law]:
        laws = cast("Mapping[str, LawData]", self._data.mapping("laws"))
        return {id_: law(id_, laws[id_]) for id_ in laws}

    def exposures(self, operator: str) -> tuple[ExposureFact, ...]:
        """Laws that reach an operator; empty when nothing was established."""
        found = self.operator(operator)
        return found.exposures if found else ()

    def exposed_to(self, operator: str) -> frozenset[str]:
        """Countries whose law reaches an operator, or may: technology alone exposes to none."""
        laws = (
            self.law(fact.law)
            for fact in self.exposures(operator)
            if fact.scope != "argued_technology"
        )
        return frozenset(law.country for law in laws if law is not None and law.country)

    def control_chain(self, operator: str) -> tuple[Control, ...]:
        """Who controls an operator, nearest first; empty when not established."""
        found = self.operator(operator)
        return found.controlled_by if found else ()

    @cached_property
    def _operator_data(self) -> Mapping[str, OperatorData]:
        return with_members(self._operator_files)

    @cached_property
    def _operator_files(self) -> Mapping[str, OperatorData]:
        return cast("Mapping[str, OperatorData]", self._data.mapping("operators"))

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        return {
            alias.lower(): id_
            for id_, data in self._operator_data.items()
            for alias in data.get("aliases", ())
        }

    def _operator_id(self, name: str) -> str | None:
        folded = name.lower()
        return folded if folded in self._operator_data else self._aliases.get(folded)

    # --- providers and hosts ----------------------------------------------------------

    def family(self, provider_source: str | None, type_: str) -> str | None:
        """Operator a provider stands for: by source address, its last segment, the type."""
        return self._families.family(provider_source, type_)

    def refine(self, family: str, region: str | None, settings: Mapping[str, str]) -> str | None:
        """The operator behind a family, given provider arguments and the region's partition.

        None when a setting or the region points to an operator that is not listed.
        """
        return self._families.refine(family, region, settings)

    def refine_settings(self, family: str) -> tuple[str, ...]:
        """Provider arguments to read for :meth:`refine`."""
        return self._families.settings(family)

    def host(self, host: str) -> HostMatch | None:
        """Who runs a host; None for an unlisted public host."""
        return self._hosts.find(host)

    @cached_property
    def _families(self) -> Families:
        data = cast("Mapping[str, FamilyData]", self._data.mapping("families"))
        return Families(data, self.host)

    @cached_property
    def _hosts(self) -> HostTable:
        rules = cast("Sequence[HostRule]", self._data.sequence("hosts"))
        return HostTable(rules, Companies(self._operator_files))

    # --- places -----------------------------------------------------------------------

    def region(self, operator: str, code: str, service: str | None = None) -> Region | None:
        """The region of an operator a code, zone or other spelling stands for.

        ``service`` decides where one code means different places by service. An operator
        that runs on others answers with their region, when they agree on the country.
        """
        table = self._regions(operator)
        found = table.find(code, service)
        if found is not None or not table.hosted_on:
            return found
        hosted = [self._regions(host).find(code, service) for host in table.hosted_on]
        known = [region for region in hosted if region is not None]
        return known[0] if len({region.country for region in known}) == 1 else None

    def regions(self, operator: str) -> tuple[str, ...]:
        """Region codes of an operator, sorted."""
        return self._regions(operator).codes()

    def countries(self, operator: str) -> frozenset[str | None]:
        """Country of every region of an operator; None for a region that lies in several."""
        return self._regions(operator).countries

    def pair(self, operator: str, region: str) -> str | None:
        """Region that the operator pairs with another for geo-redundant copies."""
        return self._regions(operator).pair(region)

    def zone(self, operator: str, region: str) -> str | None:
        """Code of the zone of several countries that a region belongs to."""
        return self._regions(operator).zone(region)

    def territory(self, name: str, as_of: date) -> frozenset[str]:
        """Countries of ``FR``, ``EU27``, ``EEA30``, ``ADEQUATE`` or ``EEA_ADEQUATE``.

        Raises :class:`KeyError` for another name.
        """
        return self._territories.countries(name, as_of)

    def territory_qualified(self, name: str, as_of: date) -> Mapping[str, str]:
        """Countries that count for some recipients only -> the condition in words."""
        return self._territories.qualified(name, as_of)

    def _regions(self, operator: str) -> RegionTable:
        id_ = self._operator_id(operator) or operator
        if id_ not in self._region_tables:
            data = cast("RegionsData", self._data.mapping(f"regions/{id_}"))
            self._region_tables[id_] = RegionTable(data)
        return self._region_tables[id_]

    @cached_property
    def _territories(self) -> Territories:
        data = cast("Mapping[str, TerritoryData]", self._data.mapping("territories"))
        return Territories(data)

    # --- offers -----------------------------------------------------------------------

    def offer(
        self,
        operator: str,
        *,
        type_: str,
        service: str | None,
        region: str | None,
        host: str | None,
        layer: LayerName | None,
    ) -> Offer | None:
        """The offer of an operator an asset stands on; the first match wins."""
        found = self.operator(operator)
        if found is None:
            return None
        return find_offer(
            found.offers, type_=type_, service=service, region=region, host=host, layer=layer
        )

    def certificate_fact(self, offer: Offer, scheme: str) -> CertificateFact | None:
        """What is known of an offer for ``secnumcloud`` or ``hds``."""
        return next((fact for fact in offer.certificates if fact.scheme == scheme), None)

    # --- resource types ---------------------------------------------------------------

    def type(self, type_: str, provider_source: str | None = None) -> TypeMapping | None:
        """What a resource type or a kind of Kubernetes object is (``Deployment.apps``, or
        ``apps/v1/Deployment``).

        ``provider_source`` is for types two providers share.
        """
        prefix, underscore, _ = type_.partition("_")
        if not underscore:
            return self._kinds.type(group_kind(type_))
        table = self._types(prefix)
        return table.match(type_) if table else None

    def kinds(self) -> KindTable:
        """What else is known of kinds of Kubernetes objects."""
        return self._kinds

    def embedding(self) -> Embedding:
        """How Kubernetes objects are written in Terraform."""
        return Embedding(cast("EmbeddingData", self._data.mapping("kubernetes/terraform")))

    @cached_property
    def _kinds(self) -> KindTable:
        files = cast("Mapping[str, KindsData]", self._data.mapping("kubernetes/kinds"))
        return KindTable(files, self.type)

    def generic(self, type_: str) -> GenericType | None:
        """How to tell what a resource of a type creates, when it creates what it is told to."""
        found = self._generic.find(type_)
        return found[0] if found else None

    def is_proprietary(self, service: str) -> bool:
        """Whether nobody but its operator offers the interface of a service."""
        return service in self._proprietary

    def equivalent(self, type_: str) -> str:
        """The resource type a state backend (``backend.s3``) keeps its state in; else itself."""
        backends = cast("Mapping[str, str]", self._data.mapping("backends"))
        return backends.get(type_.removeprefix("backend."), type_)

    def is_utility(self, provider_source: str) -> bool:
        """Whether a provider creates nothing at any operator (``hashicorp/random``)."""
        return provider_source in self._utilities

    def service(self, operator: str, capability: str) -> str | None:
        """The service of an operator that stores things with a capability (object-storage)."""
        for prefix in self._families.prefixes(operator):
            table = self._types(prefix.rstrip("_"))
            found = table.service(capability) if table else None
            if found is not None:
                return found
        return None

    def services(self, operator: str, capability: str) -> tuple[Service, ...]:
        """Services of an operator with a capability that hold or work on data."""
        tables = (self._types(p.rstrip("_")) for p in self._families.technologies(operator))
        found = (s for table in tables if table for s in table.services(capability))
        return tuple({service.id: service for service in found}.values())

    def layers(self, capability: str) -> frozenset[LayerName]:
        """Layers that services with a capability have, at any operator."""
        return frozenset(
            service.layer
            for prefix in self._data.mapping("types")
            if (table := self._types(prefix)) is not None
            for service in table.services(capability)
        )

    def capabilities(self) -> tuple[str, ...]:
        """Every capability a service can have, sorted."""
        tables = cast("Mapping[str, TableData]", self._data.mapping("types")).values()
        return tuple(sorted({s["capability"] for t in tables for s in t.get("services", ())}))

    @cached_property
    def infrastructure(self) -> frozenset[str]:
        """Capabilities that an IaaS offer gives."""
        kinds = cast("Mapping[str, Sequence[str]]", self._data.mapping("capabilities"))
        return frozenset(kinds["infrastructure"])

    def flows(self, type_: str) -> tuple[FlowSpec, ...]:
        """Constructs of a type that move data."""
        return self._flows.match(type_)

    def custody(self, type_: str) -> tuple[CustodySpec, ...]:
        """Attributes of a type that name a key."""
        return self._custody.match(type_)

    def settings(self, type_: str) -> tuple[SettingSpec, ...]:
        """Settings of a type, or of a kind of Kubernetes, and where each is written."""
        prefix = type_.partition("_")[0] if "_" in type_ else "kubernetes"
        if prefix not in self._setting_tables:
            file = self._data.mapping(f"settings/{prefix}") if prefix.isalnum() else {}
            data = cast("Mapping[str, Sequence[SettingData]]", file)
            self._setting_tables[prefix] = SettingTable(data.get("settings", ()))
        return self._setting_tables[prefix].match(type_)

    def is_technology_of(self, type_: str, operator: str) -> bool:
        """Whether an operator runs what the provider of a type was made for (S3NS runs
        Google's, many run OpenStack): its defaults are those that the provider documents."""
        family = self.operator(self._families.family(None, type_) or "")
        if family is not None and family.software:
            return True
        return any(type_.startswith(own) for own in self._families.technologies(operator))

    def global_service(self, type_: str) -> GlobalService | None:
        """The service of a type when it has no region, or is run from elsewhere."""
        found = self._global_services.find(type_)
        return global_service(found[0]) if found else None

    def _types(self, prefix: str) -> TypeTable | None:
        if prefix not in self._type_tables:
            data = self._data.mapping(f"types/{prefix}") if prefix.isalnum() else {}
            table = TypeTable(cast("TableData", data)) if data else None
            self._type_tables[prefix] = table
        return self._type_tables[prefix]

    @cached_property
    def _flows(self) -> FlowTable:
        files = cast("Mapping[str, Mapping[str, Sequence[FlowData]]]", self._data.mapping("flows"))
        return FlowTable([flow for file in files.values() for flow in file["flows"]])

    @cached_property
    def _custody(self) -> CustodyTable:
        data = cast("Mapping[str, Sequence[CustodyData]]", self._data.mapping("custody"))
        return CustodyTable(data.get("custody", ()))

    @cached_property
    def _proprietary(self) -> frozenset[str]:
        return frozenset(cast("Sequence[str]", self._data.sequence("proprietary")))

    @cached_property
    def _generic(self) -> NameTable[GenericType]:
        return generic_table(cast("Sequence[GenericData]", self._data.sequence("generic")))

    @cached_property
    def _utilities(self) -> frozenset[str]:
        return frozenset(cast("Sequence[str]", self._data.sequence("utilities")))

    @cached_property
    def _global_services(self) -> NameTable[GlobalServiceData]:
        table: NameTable[GlobalServiceData] = NameTable()
        data = cast(
            "Mapping[str, Sequence[GlobalServiceData]]", self._data.mapping("global-services")
        )
        for service in data.get("services", ()):
            for pattern in service["types"]:
                table.add(pattern, service)
        return table

    def signals(self) -> SignalTable:
        """What pieces of Kubernetes objects say about who runs something, and where."""
        return self._signals

    @cached_property
    def _signals(self) -> SignalTable:
        return SignalTable(self._data)

    # --- data -------------------------------------------------------------------------

    def sensitivity(self) -> Sensitivity:
        """Words in tags and names that tell what data is held."""
        return self._sensitivity

    def environments(self) -> EnvironmentWords:
        """Words in names that suggest an environment."""
        data = cast("EnvironmentData", self._data.mapping("environments"))
        return EnvironmentWords(data)

    @cached_property
    def _sensitivity(self) -> Sensitivity:
        from souverain.catalog.sensitivity import SensitivityData, decode_sensitivity

        return decode_sensitivity(cast("SensitivityData", self._data.mapping("sensitivity")))
