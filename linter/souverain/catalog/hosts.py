"""Host name -> who runs it: ``policies/catalog/hosts.yaml``. The first rule that matches wins.

Only values in host position are hosts (URL authority, registry, endpoint). An unlisted
public host is an unknown company, never a safe one.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final

from souverain.catalog.model import HostMatch
from souverain.records import TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from souverain.catalog.companies import Companies
    from souverain.model import FlowKind, LayerName

_LONGEST: Final = 253
"""Longest host name (RFC 1035, 2.3.4); rules never see a longer one."""


class _Id(TypedDict):
    id: str


class HostRule(_Id, total=False):
    """One rule (``policies/schema/hosts.schema.json``)."""

    suffix: str
    regex: str
    under: Sequence[str]
    operator: str
    service: str
    layer: LayerName
    region: str
    country: str
    scope: str
    flow: FlowKind
    region_beside: Sequence[str]
    note: str


class HostTable:
    """Host rules, indexed by the domains they can match; a regex is compiled when needed."""

    def __init__(self, rules: Sequence[HostRule], companies: Companies) -> None:
        self._rules = rules
        self._companies = companies
        self._under: dict[str, list[int]] = {}
        self._anywhere: list[int] = []
        for position, rule in enumerate(rules):
            domains = (rule["suffix"],) if "suffix" in rule else rule.get("under", ())
            for domain in domains:
                self._under.setdefault(domain, []).append(position)
            if not domains:
                self._anywhere.append(position)

    def find(self, host: str) -> HostMatch | None:
        """What the first matching rule says; None for a public host that no rule lists.

        Loopback names and addresses have scope ``none``; addresses of private networks and
        names without a domain have scope ``private``.
        """
        name = _bare(host)
        if not name or len(name) > _LONGEST:
            return None
        special = _address(name) or _loopback(name)
        if special is not None:
            return special if special.scope != "public" else None
        for position in self._candidates(name):
            found = self._matched(self._rules[position], name)
            if found is not None:
                return found
        return None if "." in name else HostMatch(None, scope="private")

    def _matched(self, rule: HostRule, name: str) -> HostMatch | None:
        if "suffix" in rule:
            if name != rule["suffix"] and not name.endswith("." + rule["suffix"]):
                return None
            groups: dict[str, str | None] = {}
        else:
            found = re.match(rule["regex"], name)
            if found is None:
                return None
            groups = found.groupdict()
        return _match(rule, groups, self._companies.of(rule.get("operator"), name))

    def _candidates(self, name: str) -> Iterator[int]:
        found = list(self._anywhere)
        labels = name.split(".")
        for start in range(len(labels)):
            found += self._under.get(".".join(labels[start:]), ())
        yield from sorted(found)


def _bare(host: str) -> str:
    """Lower case, without scheme, user, port, path and trailing dot."""
    name = host.strip().lower()
    name = name.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
    if name.startswith("["):
        return name[1:].split("]", 1)[0]
    if name.count(":") == 1:
        name = name.split(":", 1)[0]
    return name.rstrip(".")


def _address(name: str) -> HostMatch | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    if address.is_loopback or address.is_unspecified:
        return HostMatch(None, scope="none")
    inside = address.is_private or address.is_link_local
    return HostMatch(None, scope="private" if inside else "public")


def _loopback(name: str) -> HostMatch | None:
    if name == "localhost" or name.endswith((".localhost", ".localdomain")):
        return HostMatch(None, scope="none")
    return None


def _match(rule: HostRule, groups: dict[str, str | None], operator: str | None) -> HostMatch:
    written = groups.get("region") or groups.get("rshort")
    return HostMatch(
        operator=operator,
        service=rule.get("service") or groups.get("service"),
        region=written or rule.get("region"),
        layer=rule.get("layer"),
        cloud=groups.get("cloud"),
        scope="private" if rule.get("scope") == "private" else "public",
        rule=rule["id"],
        country=None if written else rule.get("country"),
        flow=rule.get("flow"),
        region_beside=tuple(rule.get("region_beside", ())),
    )
