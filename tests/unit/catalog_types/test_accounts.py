"""Services that hold accounts: most of their types only configure them."""

from __future__ import annotations

import pytest

from souverain.catalog import load_catalog


@pytest.mark.parametrize(
    ("type_", "operator", "role"),
    [
        ("okta_user", "okta", "stores"),
        ("okta_group", "okta", "configures"),
        ("okta_auth_server_claim", "okta", "configures"),
        ("pagerduty_user_contact_method", "pagerduty", "stores"),
        ("pagerduty_service_integration", "pagerduty", "configures"),
    ],
)
def test_only_what_describes_people_stores_data(type_: str, operator: str, role: str) -> None:
    mapping = load_catalog().type(type_, None)
    assert mapping is not None
    assert (mapping.family, mapping.role) == (operator, role)
