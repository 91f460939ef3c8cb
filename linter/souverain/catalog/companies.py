"""Companies by their domains: host rules name groups of them, operators say who is in one.

What is known of a group (``members`` of a file of ``policies/catalog/operators``) holds for
each of its members, which is an operator of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from souverain.catalog.store import MemberData, OfferData, OperatorData


def with_members(operators: Mapping[str, OperatorData]) -> Mapping[str, OperatorData]:
    """The operators and the members of groups, by id. An operator of its own file wins."""
    members = {
        id_: _member(id_, member, group)
        for group in operators.values()
        for id_, member in group.get("members", {}).items()
    }
    return {**members, **operators}


def _member(id_: str, member: MemberData, group: OperatorData) -> OperatorData:
    name = member["name"]
    offers: list[OfferData] = [{**o, "id": id_, "name": name} for o in group.get("offers", ())]
    own: OperatorData = {**group, "name": name, "entity": name, "offers": offers}
    own.pop("kind", None)
    own.pop("members", None)
    return own


class Companies:
    """Which member of a group a host belongs to."""

    def __init__(self, operators: Mapping[str, OperatorData]) -> None:
        self._groups = frozenset(id_ for id_, data in operators.items() if "members" in data)
        self._by_domain = dict(_domains(operators))

    def of(self, operator: str | None, host: str) -> str | None:
        """The company under whose domain a host is, when ``operator`` is a group.

        Else, or when no company has that domain, ``operator``.
        """
        if operator not in self._groups:
            return operator
        labels = host.split(".")
        domains = (".".join(labels[start:]) for start in range(len(labels)))
        known = (self._by_domain.get(domain) for domain in domains)
        return next(filter(None, known), operator)


def _domains(operators: Mapping[str, OperatorData]) -> Iterator[tuple[str, str]]:
    for id_, data in operators.items():
        yield from ((domain, id_) for domain in data.get("domains", ()))
        for member, company in data.get("members", {}).items():
            yield from ((domain, member) for domain in company.get("domains", ()))
