"""The roots of what was asked for are those that a reading of the whole project finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souverain import hcl
from souverain.model import SourceText
from souverain.sources import discover
from souverain.sources.account import Account
from souverain.terraform.files import ModuleFiles
from souverain.terraform.roots import RootFinder

DIRECTORIES = ("a", "b", "c", "d", "e/f")

CALL = 'module "m{n}" {{\n  source = {source}\n}}\n'
WRITTEN = (
    '"{up}/{to}"',
    '"{up}/./{to}/"',
    '("{up}/{to}")',
    '"{up}\\u002f{to}"',
    '"{up}/${{var.x}}{to}"',
    '"{up}/{to}/$${{x}}/.."',
    '"hashicorp/{to}/aws"',
)
"""Ways to write a source, some of which are no call of a directory."""


def finder(root: Path, files: Mapping[str, str]) -> RootFinder:
    (root / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    [tree] = discover([root], cwd=root)
    return RootFinder(ModuleFiles(tree, Account()))


def found(roots: RootFinder, asked: Iterable[str]) -> list[tuple[str, frozenset[str]]]:
    return [(root.directory, root.reached) for root in roots.roots(frozenset(asked))]


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    files: dict[str, str] = {}
    for directory in DIRECTORIES:
        up = "/".join(".." for _ in directory.split("/"))
        text = "" if draw(st.booleans()) else 'terraform {\n  backend "s3" {}\n}\n'
        for number in range(draw(st.integers(0, 3))):
            source = draw(st.sampled_from(WRITTEN)).format(
                up=up, to=draw(st.sampled_from(DIRECTORIES))
            )
            commented = "# " if draw(st.integers(0, 5)) == 0 else ""
            text += CALL.format(n=number, source=source).replace("  source", f"  {commented}source")
        files[f"{directory}/main.tf"] = text
    return files


@given(projects(), st.sampled_from(DIRECTORIES))
@settings(max_examples=150, deadline=None)
def test_as_in_a_reading_of_everything(files: dict[str, str], asked: str) -> None:
    with TemporaryDirectory() as folder:
        # Two finders: neither is to profit from what the other has parsed.
        every = found(finder(Path(folder), files), DIRECTORIES)
        some = found(finder(Path(folder), files), [asked])
    assert [one for one in some if asked in one[1]] == [one for one in every if asked in one[1]]


def test_what_cannot_matter_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    real = hcl.parse

    def parse(source: SourceText, backend: str | None = None) -> hcl.ast.File:
        parsed.append(source.path)
        return real(source, backend)

    monkeypatch.setattr(hcl, "parse", parse)
    call = 'module "m" {{\n  source = "../{}"\n}}\n'
    roots = finder(
        tmp_path,
        {
            "asked/main.tf": call.format("called"),
            "asked/other.tf": 'variable "x" {}\n',
            "called/main.tf": call.format("below"),
            "below/main.tf": "",
            "stranger/main.tf": call.format("called"),
        },
    )
    assert found(roots, ["asked"]) == [("asked", frozenset({"asked", "called", "below"}))]
    assert sorted(parsed) == ["asked/main.tf", "called/main.tf"]
