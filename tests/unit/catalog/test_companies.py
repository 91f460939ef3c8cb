"""Companies that a host rule only knows as a group."""

from __future__ import annotations

from typing import Any

import pytest

from souverain import policystore
from souverain.catalog import Catalog, load_catalog
from souverain.catalog.companies import Companies, with_members

OPERATORS: Any = policystore.load("catalog/operators")
RULES: Any = policystore.load("catalog/hosts")
GROUPS = {id_: data["members"] for id_, data in OPERATORS.items() if "members" in data}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("host", "operator", "service", "exposed_to"),
    [
        ("https://hooks.slack.com/services/x", "slack", "saas", {"US"}),
        ("api.groq.com", "groq", "ai", {"US"}),
        ("events.eu.pagerduty.com", "pagerduty", "observability/ops", {"US"}),
        ("api.typeform.com", "typeform", "saas", set()),
        ("app.herokuapp.com", "heroku", "herokuapp.com", {"US"}),
        ("api.deepseek.com", "deepseek", "ai", {"CN"}),
        ("acme.zerossl.com", "zerossl", "acme-ca", set()),
    ],
)
def test_a_host_names_its_company(
    catalog: Catalog, host: str, operator: str, service: str, exposed_to: set[str]
) -> None:
    found = catalog.host(host)
    assert found is not None
    assert (found.operator, found.service) == (operator, service)
    assert catalog.exposed_to(operator) == exposed_to


def test_a_member_is_known_as_its_group_is(catalog: Catalog) -> None:
    group, member = catalog.operator("us-misc"), catalog.operator("slack")
    assert group is not None
    assert member is not None
    assert (member.name, member.entity, member.kind) == ("Slack", "Slack", "")
    assert member.country == group.country == "US"
    assert member.exposures == group.exposures
    assert [(o.id, o.name) for o in member.offers] == [("slack", "Slack")]
    assert [o.certificates for o in member.offers] == [o.certificates for o in group.offers]


def test_every_domain_of_a_group_rule_names_a_company() -> None:
    companies = Companies(OPERATORS)
    nameless = [
        domain
        for rule in RULES
        if rule.get("operator") in GROUPS
        for domain in rule["under"]
        if companies.of(rule["operator"], domain) == rule["operator"]
    ]
    assert nameless == []


def test_ids_and_domains_name_one_company() -> None:
    ids = [id_ for members in GROUPS.values() for id_ in members]
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(OPERATORS)
    domains = [d for data in OPERATORS.values() for d in data.get("domains", ())]
    domains += [
        d for members in GROUPS.values() for m in members.values() for d in m.get("domains", ())
    ]
    assert len(domains) == len(set(domains))


def test_an_operator_with_a_file_is_not_replaced() -> None:
    group: Any = {"name": "g", "members": {"own": {"name": "x", "domains": ["x.org"]}}}
    own: Any = {"name": "own", "country": "FR"}
    assert with_members({"group": group, "own": own})["own"] is own


def test_only_groups_are_refined() -> None:
    group: Any = {"name": "g", "members": {"x": {"name": "x", "domains": ["x.org"]}}}
    companies = Companies({"group": group})
    assert companies.of("group", "a.x.org") == "x"
    assert companies.of("group", "ax.org") == "group"
    assert companies.of("other", "a.x.org") == "other"
    assert companies.of(None, "a.x.org") is None
