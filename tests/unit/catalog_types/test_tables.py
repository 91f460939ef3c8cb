"""Decoding and matching, on small tables of their own."""

from __future__ import annotations

import pytest

from souverain.catalog.flows import CustodyTable, FlowTable
from souverain.catalog.locations import LocationSyntaxError
from souverain.catalog.model import Condition, Resolver
from souverain.catalog.names import NameTable
from souverain.catalog.types import TableData, TypeTable

TABLE: TableData = {
    "family": "acme",
    "location": "own:region>provider",
    "default": {
        "service": "acme-other",
        "capability": "other",
        "layer": "paas",
        "role": "configures",
        "location": "provider",
    },
    "services": [
        {
            "service": "acme-store",
            "capability": "object-storage",
            "layer": "paas",
            "endpoint_keys": ["endpoints.store"],
            "stores": ["acme_bucket"],
            "configures": ["acme_bucket_*"],
            "locations": {"parent:bucket": ["acme_bucket_*"], "global": ["acme_bucket_name"]},
        },
        {
            "service": "acme-database",
            "capability": "managed-database",
            "layer": "saas",
            "health": True,
            "hosting": "cloud",
            "location": "own:cloud_region",
            "stores": ["acme_db*"],
            "processes": ["acme_db_job"],
        },
    ],
}


@pytest.mark.parametrize(
    ("type_", "service", "role", "location", "matched_by"),
    [
        ("acme_bucket", "acme-store", "stores", "own:region>provider", "exact"),
        ("acme_bucket_policy", "acme-store", "configures", "parent:bucket", "pattern"),
        ("acme_bucket_name", "acme-store", "configures", "global", "pattern"),
        ("acme_db", "acme-database", "stores", "own:cloud_region", "pattern"),
        ("acme_db_replica", "acme-database", "stores", "own:cloud_region", "pattern"),
        ("acme_db_job", "acme-database", "processes", "own:cloud_region", "exact"),
        ("acme_new", "acme-other", "configures", "provider", "default"),
    ],
)
def test_exact_then_longest_prefix_then_default(
    type_: str, service: str, role: str, location: str, matched_by: str
) -> None:
    mapping = TypeTable(TABLE).match(type_)
    assert mapping is not None
    assert (mapping.service, mapping.role, mapping.location.text, mapping.matched_by) == (
        service,
        role,
        location,
        matched_by,
    )
    assert mapping.family == "acme"
    assert mapping.type == type_


def test_details_of_a_service() -> None:
    database = TypeTable(TABLE).match("acme_db")
    bucket = TypeTable(TABLE).match("acme_bucket")
    assert database is not None
    assert bucket is not None
    assert database.hosting == "cloud"
    assert (database.health, bucket.health) == (True, False)
    assert (database.layer, database.capability) == ("saas", "managed-database")
    assert bucket.endpoint_keys == ("endpoints.store",)


def test_a_table_without_default_knows_only_what_it_names() -> None:
    table = TypeTable({"family": "acme", "location": "provider"})
    assert table.match("acme_bucket") is None


def test_a_location_is_checked_when_it_is_asked_for() -> None:
    table = TypeTable({**TABLE, "location": "somewhere"})
    with pytest.raises(LocationSyntaxError, match="'somewhere'"):
        table.match("acme_bucket")


def test_the_last_of_two_equal_names_counts() -> None:
    names: NameTable[int] = NameTable()
    names.add("a*", 1)
    names.add("ab*", 2)
    names.add("ab*", 3)
    assert names.find("abc") == (3, "pattern")
    assert names.find("ac") == (1, "pattern")
    assert names.find("b") is None


def test_a_prefix_of_nothing_matches_everything() -> None:
    names: NameTable[int] = NameTable()
    names.add("*", 1)
    assert names.find("x") == (1, "pattern")
    assert names.find("") == (1, "pattern")


def test_flows_of_a_type_in_catalogue_order() -> None:
    table = FlowTable(
        [
            {
                "id": "copy",
                "types": ["acme_db", "acme_bucket"],
                "kind": "backup",
                "to": "pair:location",
                "subject": "source",
                "path": "redundancy",
                "when": {"redundancy": ["geo"], "local": False},
            },
            {
                "id": "share",
                "types": ["acme_db"],
                "kind": "share",
                "to": "global",
                "operator": "other",
                "service": "other-store",
                "certain": False,
                "note": "anywhere",
            },
        ]
    )
    copy, share = table.match("acme_db")
    assert (copy.id, copy.kind, copy.subject, copy.path) == (
        "copy",
        "backup",
        "source",
        "redundancy",
    )
    assert copy.to.alternatives == ((Resolver("pair", "location"),),)
    assert copy.when == (Condition("redundancy", one_of=("geo",)), Condition("local", set=False))
    assert (copy.operator, copy.certain) == (None, True)
    assert (share.operator, share.service, share.certain) == ("other", "other-store", False)
    assert share.note == "anywhere"
    assert [flow.id for flow in table.match("acme_bucket")] == ["copy"]
    assert table.match("acme_other") == ()


def test_the_strongest_key_comes_first() -> None:
    table = CustodyTable(
        [
            {"types": ["acme_db"], "path": "key", "level": "customer_managed"},
            {"types": ["acme_db"], "path": "vault", "level": "external", "note": "elsewhere"},
            {"types": ["acme_key"], "path": "key", "level": "customer_managed", "subject": "db"},
        ]
    )
    assert [(c.level, c.path, c.note) for c in table.match("acme_db")] == [
        ("external", "vault", "elsewhere"),
        ("customer_managed", "key", ""),
    ]
    assert [c.subject for c in table.match("acme_key")] == ["db"]
    assert table.match("acme_bucket") == ()
