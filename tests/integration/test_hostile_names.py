"""Names and reasons made to break out of reports, from the files to every format."""

from __future__ import annotations

import gc
import json
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from tests import gitlab

from souverain.cli.app import run
from souverain.report import formats

BAD = (
    '\x1b[31m\x07"><script>alert(1)</script>[x](https://evil.example)|`c`\u202e\n::error file=x::o'
    "\r\n::add-mask::y%0A::warning::z ]]></failure>=cmd|' /C calc'!A0"
)
GRANT = "[FR-CIRC-6404-2023:R9.5, FR-LOI-SREN-2024:A31-III]"


def volume() -> str:
    ignore = f"ignore[LOC001] until=2027-03-31 reason={json.dumps(BAD.replace(chr(10), ' '))} ref=r"
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {
                "name": BAD,
                "namespace": BAD,
                "labels": {"data": "health", BAD: BAD},
                "annotations": {"souverain.dev/ignore": f"{ignore}\n{BAD}", BAD: BAD},
            },
            "spec": {
                "storageClassName": BAD,
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": BAD},
                "nodeAffinity": {
                    "required": {
                        "nodeSelectorTerms": [
                            {
                                "matchExpressions": [
                                    {
                                        "key": "topology.ebs.csi.aws.com/zone",
                                        "operator": "In",
                                        "values": ["us-east-1a"],
                                    }
                                ]
                            }
                        ]
                    }
                },
            },
        }
    )


def derogation() -> str:
    grant = {"id": BAD, "authority": BAD, "rules": [BAD], "assets": [BAD]}
    return f"version: 1\nderogations:\n  - {json.dumps(grant)[:-1]}, under: {GRANT}}}\n"


@pytest.fixture(params=["en", "fr"])
def written(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """What each format says of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    system = {"name": BAD, "paths": ["**"], "data": ["health_personal"], "harm": ["health_life"]}
    manifest = {"version": 1, "entity": "state_operator", "systems": [system]}
    (tmp_path / "souverain.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
    (tmp_path / "derogations.yaml").write_text(derogation(), encoding="utf-8")
    (tmp_path / "volume.yaml").write_text(volume(), encoding="utf-8")
    pairs = [part for form in formats.CHECK for part in ("--format", form, "-o", f"o.{form}")]
    options = ("--as-of", "2026-11-22", "--lang", request.param, "--show-suppressed")
    assert run(["check", "volume.yaml", "derogations.yaml", *options, *pairs]) == 1
    yield {f: (tmp_path / f"o.{f}").read_text(encoding="utf-8") for f in formats.CHECK}
    gc.enable()


class Tags(HTMLParser):
    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.found |= {name for name, _ in attrs if name.startswith("on")}


def test_no_format_lets_them_out(written: dict[str, str]) -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for form, text in written.items():
        shown = {unicodedata.category(c) for c in text if c != "\n"}
        assert (form, shown & hidden) == (form, set())
    report = json.loads(written["json"])
    told = {finding["rule"] for finding in report["findings"]}
    assert {"GOV020", "GOV030", "GOV032", "LOC001"} <= told
    assert [f["rule"] for f in report["findings"] if f["suppressed"]] == ["LOC001"]
    json.loads(written["sarif"])
    for form in gitlab.ASKED:
        assert gitlab.faults(form, json.loads(written[form])) == []
    ET.fromstring(written["junit"])  # noqa: S314
    commands = written["github"].splitlines()
    assert len(commands) >= len(told)
    assert [
        c for c in commands if not re.match(r"::(error|warning|notice) file=\w+\.yaml,", c)
    ] == []
    assert not {"script", "img", "onerror"} & Tags(written["html"]).found
    assert "<script" not in written["html"]
    assert not re.search(r"(?<!\\)\[x\]\(https", written["markdown"])
    assert not re.search(r"^\s*::", written["text"], re.MULTILINE)
