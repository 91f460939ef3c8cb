"""The shipped tables: every type of every provider is placed, and rightly so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import cast

import jsonschema
import pytest
import yaml

from souverain.catalog import load_catalog
from souverain.catalog.flows import CustodyData, CustodyTable, FlowData, FlowTable
from souverain.catalog.types import ROLES, ServiceData, TableData, TypeTable

ROOT = Path(__file__).parents[3]
CATALOG = ROOT / "policies" / "catalog"
SCHEMAS = ROOT / "policies" / "schema"
LISTS = sorted((ROOT / "tests" / "data" / "resource-types").glob("*.txt"))
PREFIXES = [path.stem for path in LISTS]
TABLES = sorted(path.stem for path in (CATALOG / "types").glob("*.yaml"))


@cache
def _read(path: Path) -> dict[str, object]:
    return cast("dict[str, object]", yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))


def _data(prefix: str) -> TableData:
    return cast("TableData", _read(CATALOG / "types" / f"{prefix}.yaml"))


@cache
def _table(prefix: str) -> TypeTable:
    return TypeTable(_data(prefix))


@cache
def _types(prefix: str) -> tuple[str, ...]:
    return tuple((ROOT / "tests/data/resource-types" / f"{prefix}.txt").read_text().split())


def _services() -> Iterator[tuple[str, ServiceData]]:
    for prefix in TABLES:
        for service in _data(prefix).get("services", ()):
            yield prefix, service


def _names(service: ServiceData) -> list[str]:
    return [name for role in ROLES for name in service.get(role, ())]


def _flows() -> list[FlowData]:
    files = sorted((CATALOG / "flows").glob("*.yaml"))
    return [flow for file in files for flow in cast("list[FlowData]", _read(file)["flows"])]


def _custody() -> list[CustodyData]:
    return cast("list[CustodyData]", _read(CATALOG / "custody.yaml")["custody"])


def _reviewed() -> list[tuple[str, ...]]:
    lines = (ROOT / "tests/data/reviewed-types.txt").read_text("utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]


# --- coverage -------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_type_is_placed(prefix: str) -> None:
    matched = {type_: _table(prefix).match(type_) for type_ in _types(prefix)}
    assert [type_ for type_, mapping in matched.items() if mapping is None] == []
    taken = [m for m in matched.values() if m is not None and m.matched_by == "default"]
    assert len(taken) <= 0.02 * len(matched)
    assert [m.type for m in taken if m.role == "stores"] == []


def test_there_are_enough_types_to_prove_something() -> None:
    assert sum(len(_types(prefix)) for prefix in PREFIXES) > 8000
    assert {"aws", "azurerm", "google", "ovh", "scaleway", "outscale"} <= set(PREFIXES)


@pytest.mark.parametrize(
    "prefix", [p for p in TABLES if (ROOT / f"tests/data/resource-types/{p}.txt").exists()]
)
def test_no_name_is_idle(prefix: str) -> None:
    """A prefix that matches nothing is a spelling mistake."""
    known = _types(prefix)
    idle = [
        name
        for service in _data(prefix).get("services", ())
        for name in _names(service)
        if name.endswith("*") and not any(type_.startswith(name[:-1]) for type_ in known)
    ]
    assert idle == []


@pytest.mark.parametrize("prefix", TABLES)
def test_a_name_is_written_once(prefix: str) -> None:
    counts = Counter(n for s in _data(prefix).get("services", ()) for n in _names(s))
    assert [name for name, count in counts.items() if count > 1] == []
    assert [name for name in counts if not name.startswith(f"{prefix}_")] == []


@pytest.mark.parametrize("prefix", TABLES)
def test_a_location_of_its_own_names_a_type_of_the_service(prefix: str) -> None:
    stray = [
        name
        for service in _data(prefix).get("services", ())
        for names in service.get("locations", {}).values()
        for name in names
        if not any(_covers(own, name) or _covers(name, own) for own in _names(service))
    ]
    assert stray == []


def _covers(pattern: str, name: str) -> bool:
    stem = pattern.removesuffix("*")
    return name.startswith(stem) if pattern.endswith("*") else name == pattern


def test_a_service_is_the_same_everywhere() -> None:
    seen: dict[str, set[tuple[str, str]]] = {}
    for _, service in _services():
        seen.setdefault(service["service"], set()).add((service["capability"], service["layer"]))
    assert {service: kinds for service, kinds in seen.items() if len(kinds) > 1} == {}


# --- reviewed types -------------------------------------------------------------------


def test_the_review_is_long_enough() -> None:
    assert len({row[0] for row in _reviewed()}) == len(_reviewed()) >= 400


@pytest.mark.parametrize("row", _reviewed(), ids=lambda row: row[0])
def test_reviewed_type(row: tuple[str, ...]) -> None:
    type_, role, layer, capability, location = row
    mapping = _table(type_.partition("_")[0]).match(type_)
    assert mapping is not None
    assert (mapping.role, mapping.layer, mapping.capability, mapping.location.text) == (
        role,
        layer,
        capability,
        location,
    )


@pytest.mark.parametrize(
    "type_",
    [
        "awscc_healthlake_fhir_datastore",
        "awscc_healthimaging_datastore",
        "awscc_omics_sequence_store",
        "aws_transcribe_medical_vocabulary",
        "azurerm_healthcare_fhir_service",
        "azurerm_healthcare_workspace",
        "azurerm_healthbot",
        "google_healthcare_dataset",
        "google_healthcare_fhir_store",
    ],
)
def test_made_for_health_data(type_: str) -> None:
    mapping = _table(type_.partition("_")[0]).match(type_)
    assert mapping is not None
    assert mapping.health


def test_nothing_else_claims_health() -> None:
    claimed = {service["service"] for _, service in _services() if service.get("health")}
    assert claimed == {
        "amazon-transcribe-medical",
        "aws-health-agent",
        "aws-healthimaging",
        "aws-healthlake",
        "aws-healthomics",
        "azure-health-bot",
        "azure-health-data-services",
        "google-cloud-healthcare",
    }


@pytest.mark.parametrize(
    "prefix",
    ["aws_iam_", "aws_security_group", "aws_vpc_security_group", "azurerm_role_", "azuread_"],
)
def test_rights_and_filters_hold_no_data(prefix: str) -> None:
    found = [t for t in _types(prefix.partition("_")[0]) if t.startswith(prefix)]
    table = _table(prefix.partition("_")[0])
    roles = {m.role for type_ in found if (m := table.match(type_)) is not None}
    assert found
    assert roles <= {"configures", "transmits"}


# --- flows and keys -------------------------------------------------------------------


def test_flow_ids_are_unique() -> None:
    counts = Counter(flow["id"] for flow in _flows())
    assert [id_ for id_, count in counts.items() if count > 1] == []


def test_flows_and_keys_name_real_types() -> None:
    known = {type_ for prefix in PREFIXES for type_ in _types(prefix)}
    named = {type_ for entry in [*_flows(), *_custody()] for type_ in entry["types"]}
    kinds = {type_ for type_ in named if "." in type_}
    assert sorted(named - kinds - known) == ["cloudflare_record"]
    assert kinds
    assert [kind for kind in kinds if not any(fnmatchcase(kind, k) for k in _kinds())] == []


def _kinds() -> set[str]:
    """Kinds of objects that the catalogue lists, or patterns of them."""
    files = [_read(path) for path in (CATALOG / "kubernetes" / "kinds").glob("*.yaml")]
    services = (s for file in files for s in cast("list[ServiceData]", file.get("services", ())))
    created = (cast("dict[str, list[str]]", file.get("creates", {})) for file in files)
    return {
        *(kind for service in services for role in ROLES for kind in service.get(role, ())),
        *(kind for types in created for kinds in types.values() for kind in kinds),
    }


def test_every_flow_and_key_can_be_decoded() -> None:
    flows, custody = FlowTable(_flows()), CustodyTable(_custody())
    for flow in _flows():
        for type_ in flow["types"]:
            assert flow["id"] in [spec.id for spec in flows.match(type_)]
    for entry in _custody():
        for type_ in entry["types"]:
            assert entry["path"] in [spec.path for spec in custody.match(type_)]


def test_flows_name_known_operators_and_services() -> None:
    services = {service["service"] for _, service in _services()}
    operators = {path.stem for path in (CATALOG / "operators").glob("*.yaml")}
    assert {f["service"] for f in _flows() if "service" in f} - services == set()
    assert {f["operator"] for f in _flows() if "operator" in f} - operators == set()


def test_families_are_operators() -> None:
    operators = {path.stem for path in (CATALOG / "operators").glob("*.yaml")}
    assert {_data(prefix)["family"] for prefix in TABLES} - operators == set()


@pytest.mark.parametrize(
    ("type_", "kind", "to"),
    [
        ("azurerm_storage_account", "replication", "pair:location"),
        ("aws_dynamodb_table", "replication", "own:replica.region_name"),
        ("aws_db_instance_automated_backups_replication", "backup", "own:region>provider"),
        ("aws_secretsmanager_secret", "secret", "own:replica.region"),
        ("azurerm_cosmosdb_account", "replication", "own:geo_location.location"),
        ("azurerm_container_registry", "image", "own:georeplications.location"),
        ("ovh_cloud_project_storage", "replication", "own:replication.rules.destination.region"),
        ("ovh_cloud_project_database", "backup", "own:backup_regions"),
        ("google_bigquery_reservation", "replication", "own:secondary_location"),
    ],
)
def test_flow_of(type_: str, kind: str, to: str) -> None:
    assert (kind, to) in [(f.kind, f.to.text) for f in FlowTable(_flows()).match(type_)]


# --- form -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("types", "types/*.yaml"),
        ("flows", "flows/*.yaml"),
        ("custody", "custody.yaml"),
        ("generic", "generic.yaml"),
        ("proprietary", "proprietary.yaml"),
        ("global-services", "global-services.yaml"),
    ],
)
def test_files_follow_their_schema(schema: str, pattern: str) -> None:
    validator = jsonschema.Draft202012Validator(
        json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    )
    files = sorted(CATALOG.glob(pattern))
    assert files
    errors = [
        f"{file.name}: {list(error.absolute_path)}: {error.message[:120]}"
        for file in files
        for error in validator.iter_errors(_read(file))
    ]
    assert errors == []


# --- beside the rest of the catalogue -------------------------------------------------


def _default_codes() -> set[tuple[str, str]]:
    """(operator, region code) of every ``default:`` place of a type."""
    found: set[tuple[str, str]] = set()
    for prefix in TABLES:
        data = _data(prefix)
        texts = [data["location"]]
        for service in data.get("services", ()):
            texts += [service.get("location", ""), *service.get("locations", {})]
        for text in texts:
            found |= {
                (data["family"], place[8:]) for place in text.split(">") if "default:" in place
            }
    return found


def test_default_places_are_regions_of_their_operator() -> None:
    catalog = load_catalog()
    codes = _default_codes()
    assert ("gcp", "US") in codes
    assert {pair for pair in codes if catalog.region(*pair) is None} == set()


def test_proprietary_services_store_something() -> None:
    stores = {service["service"] for _, service in _services() if service.get("stores")}
    named = cast("list[str]", _read(CATALOG / "proprietary.yaml"))
    assert set(named) - stores == set()
    assert named == sorted(named)


def test_what_another_operator_offers_is_not_proprietary() -> None:
    """Scaleway’s queues speak the protocol of Amazon SQS."""
    assert "amazon-sqs" not in cast("list[str]", _read(CATALOG / "proprietary.yaml"))
