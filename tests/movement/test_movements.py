"""Every construct that moves, copies or keeps data, read through the real pipeline.

``constructs.txt`` lists the constructs that the survey of the providers found.
``movements.yaml`` has a small configuration for each and what must be known of it; those
that are not written in Terraform say where they are written. A line reads
``operator regions countries`` for a place, ``kind operator regions countries`` for a flow,
with ``-`` for nothing, ``*`` for any country, ``?REASON`` where something is open and
``maybe`` for a flow that is not certain. A place may be followed by the custody of the keys.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from souverain.analysis import Request, analyse
from souverain.model import Custody, Facts, Flow, Location

HERE = Path(__file__).parent
IDS = (HERE / "constructs.txt").read_text(encoding="utf-8").split()
MOVEMENTS = yaml.safe_load((HERE / "movements.yaml").read_text(encoding="utf-8"))
PROVIDERS = MOVEMENTS.pop("providers")
READ = {id_: entry for id_, entry in MOVEMENTS.items() if "elsewhere" not in entry}


def where(place: Location) -> str:
    countries = "*" if place.anywhere else ",".join(place.countries) or "-"
    why = f" ?{place.unknown.reason.key}" if place.unknown else ""
    return f"{','.join(place.regions) or '-'} {countries}{why}"


def moved(flow: Flow) -> str:
    to = f" -> {flow.target}" if flow.target else ""
    maybe = "" if flow.certain else " maybe"
    return f"{flow.kind} {flow.operator or '-'} {where(flow.location)}{to}{maybe}"


def kept(keys: Custody, operator: str | None) -> str:
    default = keys.level == "operator" and keys.custodian == operator
    return "" if default else f", keys: {keys.level} {keys.custodian or '-'}"


def known(facts: Facts) -> dict[str, object]:
    operator = facts.layers[0].operator if facts.layers else None
    place = f"{operator or '-'} {where(facts.location)}{kept(facts.custody, operator)}"
    flows = [moved(flow) for flow in facts.flows]
    return {"place": place, "flows": flows} if flows else {"place": place}


def read(tmp_path: Path, id_: str, text: str) -> dict[str, object]:
    header = "" if 'provider "' in text else PROVIDERS.get(id_.split("-")[0], "")
    (tmp_path / "main.tf").write_text(header + text, encoding="utf-8")
    report = analyse(Request((tmp_path,), date(2026, 11, 22)))
    assert [entry.reason for entry in report.ledger.entries if entry.status == "failed"] == []
    found: dict[str, object] = {}
    for asset in report.assets:
        worlds = [known(facts) for _, facts in asset.worlds]
        found[asset.asset.address] = worlds[0] if len(worlds) == 1 else worlds
    return found


@pytest.mark.parametrize("id_", READ)
def test_construct(tmp_path: Path, id_: str) -> None:
    entry = READ[id_]
    found = read(tmp_path, id_, entry["terraform"])
    assert {address: found.get(address) for address in entry["known"]} == entry["known"]


def test_every_construct_has_an_entry() -> None:
    assert list(MOVEMENTS) == IDS
    assert len(set(IDS)) == 123


def test_what_is_not_read_here_says_where_it_is_written() -> None:
    elsewhere = {id_ for id_, entry in MOVEMENTS.items() if "elsewhere" in entry}
    assert elsewhere == {"k8s-topology", "k8s-operators"}


def test_every_entry_names_a_place_or_a_flow() -> None:
    assert [id_ for id_, entry in READ.items() if not entry["known"]] == []
