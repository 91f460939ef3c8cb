"""What each family of Kubernetes signals tells: ``fixtures/k8s/FAMILY/expected.yaml``.

For each folder (good, bad, undecided) it gives the register to expect, all of it: who runs
each object and where, whom it talks to and where that is, and the data that is known or
suggested. ``?`` stands for what cannot be told, ``*`` for any country.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from souverain.analysis import Request, analyse
from souverain.model import AssetFacts, Location

FIXTURES = Path(__file__).parents[2] / "fixtures" / "k8s"
SIGNALS = Path(__file__).parents[2] / "policies" / "catalog" / "kubernetes" / "signals"
FAMILIES = sorted(path.stem for path in SIGNALS.glob("*.yaml"))
KINDS = ("good", "bad", "undecided")


def expected(family: str) -> dict[str, dict[str, dict[str, object]]]:
    text = (FIXTURES / family / "expected.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(text)
    return found


def place(location: Location) -> str:
    if location.anywhere:
        return "*"
    parts = [",".join(location.regions), ",".join(location.countries)]
    return " ".join([*filter(None, parts), *(["?"] if location.unknown else [])])


def entry(asset: AssetFacts) -> dict[str, object]:
    facts = asset.worlds[0][1]
    layer = facts.layers[0]
    flows = [f"{f.kind} {f.operator or '?'} {place(f.location)}" for f in facts.flows]
    data = [f"{d.category} {d.certainty}" for d in facts.data if d.certainty != "assumed"]
    said = {
        "runs": f"{layer.operator or '?'} {layer.service}",
        "place": place(facts.location),
        "flows": flows,
        "data": data,
    }
    return {name: value for name, value in said.items() if value}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_register_of_each_example(family: str, kind: str) -> None:
    report = analyse(Request((FIXTURES / family / kind,), date(2026, 11, 22)))
    assert {a.asset.address: entry(a) for a in report.assets} == expected(family)[kind]
    assert all(len(asset.worlds) == 1 for asset in report.assets)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_shows_what_it_cannot_tell(family: str) -> None:
    """An example is good or bad for a reason: nothing undecided is told as if it were."""
    shown = expected(family)
    assert set(shown) == set(KINDS)
    assert any("?" in text for text in texts(shown["undecided"]))
    assert list(texts(shown["good"])) != list(texts(shown["bad"]))


def texts(found: dict[str, dict[str, object]]) -> Iterator[str]:
    for said in found.values():
        for value in said.values():
            yield from value if isinstance(value, list) else (str(value),)
