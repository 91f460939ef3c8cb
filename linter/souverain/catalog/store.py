"""Operators and laws as values, decoded from ``policies/catalog`` when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from souverain.catalog.model import (
    CertificateFact,
    Control,
    ExposureFact,
    ExposureScope,
    GlobalService,
    Law,
    Offer,
    OfferMatch,
    Operator,
)
from souverain.records import TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from souverain.catalog.source import CatalogData
    from souverain.model import CertificateStatus, Confidence, LayerName
    from souverain.policystore import JsonValue


class _Sourced(TypedDict):
    source: str
    confidence: Confidence


class _Holder(_Sourced):
    entity: str
    country: str
    share: float | None


class _Exposure(_Sourced):
    law: str
    scope: ExposureScope
    why: str


class ExposureData(_Exposure, total=False):
    """A law that reaches an operator."""

    countries: Sequence[str]


class _Certificate(_Sourced):
    status: CertificateStatus


class CertificateData(_Certificate, total=False):
    """Standing of an offer for one scheme."""

    decision: str
    certificate: str
    start: str
    end: str
    edition: str
    reason: str
    services: Sequence[str]
    whole_offer: bool
    regions: Sequence[str]
    conditions: Sequence[str]
    remarks: str


class MatchData(TypedDict, total=False):
    """When an asset stands on an offer."""

    types: Sequence[str]
    services: Sequence[str]
    regions: Sequence[str]
    hosts: Sequence[str]
    layers: Sequence[LayerName]


class _Offer(TypedDict):
    id: str
    name: str
    layers: Sequence[LayerName]
    matches: Sequence[MatchData]


class OfferData(_Offer, total=False):
    """What a certificate names."""

    note: str
    secnumcloud: CertificateData
    hds: CertificateData


class _Member(TypedDict):
    name: str


class MemberData(_Member, total=False):
    """A company of a group."""

    domains: Sequence[str]


class _Operator(_Sourced):
    name: str
    entity: str
    country: str | None


class OperatorData(_Operator, total=False):
    """A file of ``policies/catalog/operators`` (``policies/schema/operator.schema.json``)."""

    kind: str
    software: bool
    aliases: Sequence[str]
    domains: Sequence[str]
    members: Mapping[str, MemberData]
    controlled_by: Sequence[_Holder]
    minority_holders: Sequence[_Holder]
    exposures: Sequence[ExposureData]
    offers: Sequence[OfferData]


class Decoder:
    """Turns catalogue data into values; ``data`` knows the sources they were read in."""

    def __init__(self, data: CatalogData) -> None:
        self._data = data

    def operator(self, id_: str, data: OperatorData) -> Operator:
        """An operator with its offers."""
        return Operator(
            id=id_,
            name=data["name"],
            entity=data["entity"],
            country=data["country"],
            controlled_by=self._holders(data.get("controlled_by", ())),
            minority_holders=self._holders(data.get("minority_holders", ())),
            exposures=tuple(self._exposure(fact) for fact in data.get("exposures", ())),
            offers=tuple(self._offer(id_, offer) for offer in data.get("offers", ())),
            provenance=self._data.provenance(_json(data)),
            aliases=tuple(data.get("aliases", ())),
            kind=data.get("kind", ""),
            software=data.get("software", False),
        )

    def _holders(self, holders: Sequence[_Holder]) -> tuple[Control, ...]:
        return tuple(
            Control(
                holder["entity"],
                holder["country"],
                holder["share"],
                self._data.provenance(_json(holder)),
            )
            for holder in holders
        )

    def _exposure(self, data: ExposureData) -> ExposureFact:
        return ExposureFact(
            data["law"],
            data["scope"],
            data["why"],
            self._data.provenance(_json(data)),
            tuple(data.get("countries", ())),
        )

    def _offer(self, operator: str, data: OfferData) -> Offer:
        schemes: tuple[tuple[Literal["secnumcloud", "hds"], CertificateData | None], ...] = (
            ("secnumcloud", data.get("secnumcloud")),
            ("hds", data.get("hds")),
        )
        return Offer(
            id=data["id"],
            operator=operator,
            name=data["name"],
            layers=tuple(data["layers"]),
            matches=tuple(_match(match) for match in data["matches"]),
            certificates=tuple(
                self._certificate(scheme, fact) for scheme, fact in schemes if fact is not None
            ),
            note=data.get("note", ""),
        )

    def _certificate(
        self, scheme: Literal["secnumcloud", "hds"], data: CertificateData
    ) -> CertificateFact:
        return CertificateFact(
            scheme=scheme,
            status=data["status"],
            provenance=self._data.provenance(_json(data)),
            start=data.get("start"),
            end=data.get("end"),
            edition=data.get("edition"),
            reason=data.get("reason", ""),
            services=tuple(data.get("services", ())),
            whole_offer=data.get("whole_offer", True),
            regions=tuple(data.get("regions", ())),
            conditions=tuple(data.get("conditions", ())),
            decision=data.get("decision") or data.get("certificate"),
            remarks=data.get("remarks", ""),
        )


class LawData(TypedDict, total=False):
    """One row of ``policies/catalog/laws.yaml``."""

    name: str
    country: str | None
    status: str


def law(id_: str, data: LawData) -> Law:
    """A foreign law."""
    return Law(id_, data["name"], data["country"], data.get("status", ""))


class _GlobalService(TypedDict):
    service: str
    types: Sequence[str]
    scope: Literal["global", "partition", "single-region", "metadata", "optional"]
    holds: str
    confidence: Confidence


class GlobalServiceData(_GlobalService, total=False):
    """One entry of ``policies/catalog/global-services.yaml``."""

    control_plane: str
    country: str


def global_service(data: GlobalServiceData) -> GlobalService:
    """A service without a region, or run from elsewhere."""
    return GlobalService(
        data["service"],
        tuple(data["types"]),
        data["scope"],
        data.get("control_plane"),
        data.get("country"),
        data["holds"],
        data["confidence"],
    )


def _match(data: MatchData) -> OfferMatch:
    return OfferMatch(
        tuple(data.get("types", ())),
        tuple(data.get("services", ())),
        tuple(data.get("regions", ())),
        tuple(data.get("hosts", ())),
        tuple(data.get("layers", ())),
    )


def _json(data: _Sourced) -> Mapping[str, JsonValue]:
    return cast("Mapping[str, JsonValue]", data)
