"""Charts that would read, call or use up what they must not."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.unit.kubernetes.rendered import at, by_address, charts, told

from souverain.kubernetes import chart as chart_module
from souverain.kubernetes import rendering

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: "


@pytest.fixture(autouse=True)
def _only_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def shop(**files: str | bytes) -> dict[str, str | bytes]:
    named = {name.replace("__", "/"): content for name, content in files.items()}
    return {"shop/Chart.yaml": CHART, **{f"shop/{name}": text for name, text in named.items()}}


def rendered(root: Path, expression: str) -> object:
    found = charts(root, {**shop(), "shop/templates/a.yaml": f"{CONFIG}{expression}\n"})
    assert told(found, "failed", "undecided") == []
    return at(by_address(found)["ConfigMap/default/a"].body, "data", "x").value


@pytest.mark.parametrize(
    "expression",
    [
        '{{ .Files.Get "../secret.txt" | quote }}',
        '{{ .Files.Get "/etc/hostname" | quote }}',
        '{{ .Files.Glob "../*" | len | eq 0 | ternary "" "found" | quote }}',
        '{{ getHostByName "localhost" | quote }}',
        '{{ lookup "v1" "Secret" "kube-system" "" | len | eq 0 | ternary "" "found" | quote }}',
    ],
)
def test_templates_read_and_call_nothing(tmp_path: Path, expression: str) -> None:
    (tmp_path / "secret.txt").write_text("hush")

    assert rendered(tmp_path, expression) == ""


@pytest.mark.parametrize("expression", ['{{ env "HOME" }}', '{{ expandenv "$HOME" }}'])
def test_templates_see_no_environment(tmp_path: Path, expression: str) -> None:
    found = charts(tmp_path, {**shop(), "shop/templates/a.yaml": CONFIG + expression})

    ((_, where, sentence),) = told(found, "failed")
    assert where == "shop/templates/a.yaml:5"
    assert "not defined" in sentence


def test_files_of_the_chart_may_be_read(tmp_path: Path) -> None:
    files = shop(config__app="inside", templates__a="")
    files["shop/templates/a.yaml"] = CONFIG + '{{ .Files.Get "config/app" }}'

    found = charts(tmp_path, files)

    assert at(by_address(found)["ConfigMap/default/a"].body, "data", "x").value == "inside"


@pytest.mark.parametrize("place", ["templates/a.yaml", "values.yaml", "templates"])
def test_links_out_of_the_project_are_not_followed(tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.yaml").write_text(CONFIG + "hush")
    root = tmp_path / "project"
    link = root / "shop" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside if place == "templates" else outside / "a.yaml")

    found = charts(root, {**shop(), "shop/templates2/b.yaml": ""})

    assert all(each.objects == () for each in found.roots)
    assert told(found, "failed", "undecided") != []


@pytest.mark.parametrize(
    "bomb",
    [
        "{{ range until 100000000 }}{{ range until 100000000 }}x{{ end }}{{ end }}",
        '{{ define "again" }}{{ include "again" . }}{{ end }}{{ include "again" . }}',
        '{{ define "wide" }}{{ include "wide" . }}{{ include "wide" . }}{{ end }}'
        '{{ template "wide" . }}',
        '{{ repeat 2000000000 "x" }}',
        '{{ tpl "{{ tpl . . }}" "{{ tpl . . }}" }}',
    ],
)
def test_a_chart_may_not_run_away(
    tmp_path: Path, bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "TIMEOUT", 5)
    monkeypatch.setattr(rendering, "MAX_MEMORY", 512 << 20)

    found = charts(tmp_path, {**shop(), "shop/templates/a.yaml": CONFIG + bomb})

    assert found.roots == ()
    assert len(told(found, "failed")) == 1


def test_a_chart_may_not_write_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MAX_OUTPUT", 1 << 20)
    bomb = "{{ range until 3000 }}\n# " + "x" * 1000 + "{{ end }}"

    found = charts(tmp_path, {**shop(), "shop/templates/a.yaml": bomb})

    ((_, _, sentence),) = told(found, "failed")
    assert "it wrote more than 1 MB" in sentence


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "schema",
    [
        '{"$ref": "%s/x.json"}',
        '{"properties": {"a": {"$ref": "file:///etc/hostname"}}}',
        '{"properties": {"a": {"items": [{"$ref": "other.json"}]}}}',
        '{"$schema": "%s/dialect"}',
        '{"$id": "%s/base", "$dynamicRef": "other"}',
        '{"a": ' * 3000 + '{"$ref": "%s/deep"}' + "}" * 3000,
    ],
)
def test_a_schema_fetches_nothing(
    tmp_path: Path, schema: str, listening: tuple[str, list[str]]
) -> None:
    address, asked = listening
    files = shop(values="")
    files["shop/values.yaml"] = "a: 1\n"
    files["shop/values.schema.json"] = schema.replace("%s", address)
    files["shop/templates/a.yaml"] = CONFIG + "{{ .Values.a }}"

    found = charts(tmp_path, files)

    assert asked == []
    assert [each.address for each in found.roots[0].objects] == ["ConfigMap/default/a"]
    assert any("Nothing is fetched" in sentence for _, _, sentence in told(found, "skipped"))


def test_a_schema_that_stays_inside_is_used(tmp_path: Path) -> None:
    files = shop()
    schema = {
        "$schema": "https://json-schema.org/draft-07/schema#",
        "definitions": {"text": {"type": "string"}},
        "properties": {"a": {"$ref": "#/definitions/text"}},
    }
    files["shop/values.schema.json"] = json.dumps(schema)
    files["shop/values.yaml"] = "a: 1\n"
    files["shop/templates/a.yaml"] = CONFIG + "1"

    ((_, _, sentence),) = told(charts(tmp_path, files), "failed")

    assert "want string" in sentence


def test_dependencies_are_not_fetched(tmp_path: Path, listening: tuple[str, list[str]]) -> None:
    address, asked = listening
    dependency = f"dependencies: [{{name: far, version: 1.0.0, repository: '{address}'}}]\n"
    files = {**shop(), "shop/Chart.yaml": CHART + dependency}
    files["shop/templates/a.yaml"] = CONFIG + "1"

    found = charts(tmp_path, files)

    assert asked == []
    assert [status for status, _, _ in told(found, "failed", "undecided")] == ["undecided"]


def packed(*members: tuple[str, bytes | str]) -> bytes:
    """An archive; a text is where a symbolic link leads."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def test_an_archive_writes_nowhere_else(tmp_path: Path) -> None:
    evil = packed(
        ("sub/Chart.yaml", b"apiVersion: v2\nname: ../../sub\nversion: 1.0.0\n"),
        ("sub/../../../../evil", b"x"),
        ("sub//etc/evil", b"x"),
        ("sub/templates/link.yaml", "/etc/hostname"),
        ("/etc/evil", b"x"),
    )
    files = {**shop(), "shop/charts/sub-1.0.0.tgz": evil, "shop/templates/a.yaml": CONFIG + "1"}
    root = tmp_path / "project"

    found = charts(root, files)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["project"]
    assert "hostname" not in repr([each.objects for each in found.roots])


@pytest.mark.parametrize(
    "archive",
    [b"no archive", packed(("sub/Chart.yaml", b"a: 1"))[:-10], b"\x1f\x8b" + b"\0" * 50],
    ids=["text", "cut", "empty"],
)
def test_a_broken_archive_is_failed(tmp_path: Path, archive: bytes) -> None:
    found = charts(tmp_path, {**shop(), "shop/charts/sub-1.0.0.tgz": archive})

    ((status, _, sentence),) = told(found, "failed")
    assert status == "failed"
    assert "shop/charts/sub-1.0.0.tgz cannot be unpacked" in sentence


def test_an_archive_may_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart_module, "MAX_BYTES", 1 << 20)
    large = packed(("sub/Chart.yaml", b"a: 1"), ("sub/x", b"\0" * (4 << 20)))

    found = charts(tmp_path, {**shop(), "shop/charts/sub-1.0.0.tgz": large})

    assert "more than 5000 files or 1 MB" in told(found, "failed")[0][2]


def test_charts_that_hold_one_another_are_failed(tmp_path: Path) -> None:
    def chart(name: str, other: str) -> str:
        needs = (
            f"dependencies: [{{name: {other}, version: 1.0.0, repository: 'file://../{other}'}}]"
        )
        return f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{needs}\n"

    found = charts(tmp_path, {"a/Chart.yaml": chart("a", "b"), "b/Chart.yaml": chart("b", "a")})

    assert [sentence for _, _, sentence in told(found, "failed")] == [
        "The subcharts of the chart nest too deep, or lead back to it."
    ] * 2


def test_a_chart_that_links_to_itself_is_failed(tmp_path: Path) -> None:
    (tmp_path / "shop/charts").mkdir(parents=True)
    (tmp_path / "shop/charts/again").symlink_to("../../shop")

    found = charts(tmp_path, {**shop(), "shop/templates/a.yaml": CONFIG + "1"})

    assert len(told(found, "failed")) == 1


@pytest.mark.parametrize(
    "manifest",
    ["", "a: [", "- a", "name: ../../evil\nversion: 1\n", "name: {a: b}\n", "\0", "&a [*a]"],
)
def test_a_manifest_that_cannot_be_used_is_failed(tmp_path: Path, manifest: str) -> None:
    found = charts(tmp_path, {"shop/Chart.yaml": manifest, "shop/templates/a.yaml": CONFIG + "1"})

    assert found.roots == ()
    assert len(told(found, "failed")) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "shop"]
