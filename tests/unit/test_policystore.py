"""Policies: found, cached, compiled; a shard that is wrong is never an error."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from souverain import policystore
from souverain.policystore import PolicyError


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "policies"
    (folder / "catalog" / "regions").mkdir(parents=True)
    (folder / "catalog" / "laws.yaml").write_text("A: {country: FR}\n", encoding="utf-8")
    for name in ("aws", "gcp"):
        file = folder / "catalog" / "regions" / f"{name}.yaml"
        file.write_text(f"regions: {{{name}-1: FR}}\n", encoding="utf-8")
    monkeypatch.setenv("SOUVERAIN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(policystore, "root", lambda: folder)
    policystore._load.cache_clear()
    policystore.digest.cache_clear()
    yield folder
    policystore._load.cache_clear()
    policystore.digest.cache_clear()


def fresh(area: str) -> policystore.JsonValue:
    policystore._load.cache_clear()
    return policystore.load(area)


def shards(base: Path) -> list[Path]:
    return sorted(base.parent.glob("cache/*/*.json"))


def test_file_and_folder(base: Path) -> None:
    assert policystore.load("catalog/laws") == {"A": {"country": "FR"}}
    assert policystore.load("catalog/regions") == {
        "aws": {"regions": {"aws-1": "FR"}},
        "gcp": {"regions": {"gcp-1": "FR"}},
    }
    assert policystore.load("catalog/regions/gcp") == {"regions": {"gcp-1": "FR"}}


def test_missing_area(base: Path) -> None:
    assert not policystore.exists("catalog/nothing")
    assert policystore.exists("catalog/regions")
    with pytest.raises(FileNotFoundError, match="nothing"):
        policystore.load("catalog/nothing")


def test_mapping_only(base: Path) -> None:
    (base / "list.yaml").write_text("[1, 2]\n", encoding="utf-8")
    assert policystore.load("list") == [1, 2]
    with pytest.raises(TypeError, match="list"):
        policystore.load_mapping("list")


def test_second_read_comes_from_the_cache(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fresh("catalog/laws")
    (shard,) = shards(base)
    assert shard.stat().st_mode & 0o077 == 0 or os.name == "nt"

    def refuse(path: Path) -> policystore.JsonValue:
        raise AssertionError(path)

    monkeypatch.setattr(policystore, "read_yaml", refuse)
    assert fresh("catalog/laws") == first


def test_change_is_seen(base: Path) -> None:
    fresh("catalog/laws")
    fresh("catalog/regions")
    (base / "catalog" / "laws.yaml").write_text("A: {country: DE}\n", encoding="utf-8")
    os.utime(base / "catalog" / "laws.yaml", ns=(1, 1))
    (base / "catalog" / "regions" / "oci.yaml").write_text("regions: {}\n", encoding="utf-8")
    assert fresh("catalog/laws") == {"A": {"country": "DE"}}
    regions = fresh("catalog/regions")
    assert isinstance(regions, dict)
    assert sorted(regions) == ["aws", "gcp", "oci"]


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_broken_shard_is_ignored_and_mended(base: Path, broken: bytes) -> None:
    expected = fresh("catalog/laws")
    (shard,) = shards(base)
    shard.write_bytes(broken)
    assert fresh("catalog/laws") == expected
    assert json.loads(shard.read_bytes())["content"] == expected


def test_cache_that_cannot_be_written(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = base.parent / "not-a-folder"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("SOUVERAIN_CACHE_DIR", str(file))
    assert fresh("catalog/laws") == {"A": {"country": "FR"}}
    monkeypatch.setenv("SOUVERAIN_CACHE_DIR", "")
    assert fresh("catalog/laws") == {"A": {"country": "FR"}}
    assert file.read_text(encoding="utf-8") == ""


def test_two_installations_do_not_share_shards(
    base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fresh("catalog/laws")
    other = tmp_path / "other"
    (other / "catalog").mkdir(parents=True)
    (other / "catalog" / "laws.yaml").write_text("B: {country: FR}\n", encoding="utf-8")
    monkeypatch.setattr(policystore, "root", lambda: other)
    assert fresh("catalog/laws") == {"B": {"country": "FR"}}
    assert len(shards(base)) == 2


def test_compiled_shards_stand_in_for_yaml(base: Path) -> None:
    before = policystore.digest()
    policystore.compile_into(base / policystore.COMPILED)
    for file in (base / "catalog").rglob("*.yaml"):
        file.write_text("unreadable: [", encoding="utf-8")
    policystore.digest.cache_clear()
    assert fresh("catalog/laws") == {"A": {"country": "FR"}}
    assert fresh("catalog/regions/aws") == {"regions": {"aws-1": "FR"}}
    regions = fresh("catalog/regions")
    assert isinstance(regions, dict)
    assert sorted(regions) == ["aws", "gcp"]
    assert policystore.digest() == before


def test_digest_follows_content_not_dates_or_line_ends(base: Path) -> None:
    def digest() -> str:
        policystore.digest.cache_clear()
        return policystore.digest()

    laws = base / "catalog" / "laws.yaml"
    before = digest()
    laws.write_bytes(b"A: {country: FR}\r\n")
    assert digest() == before
    laws.write_bytes(b"A: {country: ES}\n")
    assert digest() != before


def test_built_in_policies_are_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (policystore.root() / "catalog" / "laws.yaml").is_file()
    assert policystore.exists("catalog/operators")


# --- YAML -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("a: [1\nb: 2\n", 2, 2, "valid YAML"),
        ("a: 1\na: 2\n", 2, 1, "'a' once"),
        ("a:\n  NO: 1\n", 2, 3, '"NO" in quotes'),
        ("a: &x 1\nb: *x\n", 2, 4, "no YAML alias"),
        ("? [1]\n: 2\n", 1, 3, "a key that is text"),
        ("a: !!binary aGk=\n", 1, 4, "text, a number"),
        ("a: !!python/object:os.system x\n", 1, 4, "valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, 1, "valid YAML"),
        ("[" * 41, 1, 41, "at most 40 levels"),
        ("a: \x07\n", 1, 1, "valid YAML"),
    ],
)
def test_errors_have_a_place(
    tmp_path: Path, text: str, line: int, column: int, expected: str
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        policystore.read_yaml(file)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert expected in caught.value.expected
    assert str(caught.value).startswith(f"{file}:{line}:{column}: expected ")


def test_dates_stay_text_and_numbers_do_not(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: 2026-11-22\nb: 24\nc: 63.8\nd: null\ne: true\n1: x\n", encoding="utf-8")
    assert policystore.read_yaml(file) == {
        "a": "2026-11-22",
        "b": 24,
        "c": 63.8,
        "d": None,
        "e": True,
        "1": "x",
    }


def test_large_deep_or_odd_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    for content in (b"a: " + b"x" * 4_000_001, b"[" * 50_000, b"a: \xff\xfe", b"\x00"):
        file.write_bytes(content)
        with pytest.raises(PolicyError):
            policystore.read_yaml(file)
    file.write_bytes(b"")
    assert policystore.read_yaml(file) is None
