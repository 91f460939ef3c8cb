"""The READMEs: what they show is what the program does."""

from __future__ import annotations

import gc
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from souverain import __version__
from souverain.cli.app import run

REPOSITORY = Path(__file__).parents[2]
READMES = ("README.md", "README.fr.md")


@pytest.fixture(autouse=True)
def collecting_garbage() -> Iterator[None]:
    yield
    gc.enable()


def blocks(readme: str, language: str) -> list[str]:
    text = (REPOSITORY / readme).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def is_subsequence(wanted: list[str], lines: list[str]) -> bool:
    remaining = iter(lines)
    return all(line in remaining for line in wanted)


@pytest.mark.parametrize("readme", READMES)
def test_first_screen(
    readme: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The example is rebuilt from what ``cat`` shows; every line shown is printed, in order."""
    (block,) = blocks(readme, "console")
    _, cat, check = re.split(r"^\$ ", block, flags=re.MULTILINE)
    command, *files = cat.splitlines()
    assert command == "cat infra/main.tf infra/terraform.tfvars"
    at = files.index('region = "us-east-1"')
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/main.tf").write_text("\n".join(files[:at]) + "\n")
    (tmp_path / "infra/terraform.tfvars").write_text(files[at] + "\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    invoked, *shown = check.splitlines()
    assert run([*invoked.split()[1:], "--as-of", "2026-11-22", "--color", "never"]) == 1
    assert shown[-1] == "…"
    assert is_subsequence(shown[:-1], capfd.readouterr().out.splitlines())


@pytest.mark.parametrize("readme", READMES)
def test_manifest_is_valid(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (manifest,) = (block for block in blocks(readme, "yaml") if block.startswith("version"))
    (tmp_path / "souverain.yaml").write_text(manifest, encoding="utf-8")
    (tmp_path / "main.tf").write_text("locals {}\n")
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--quiet"]) == 0


def configured(readme: str) -> dict[str, Any]:
    """The configuration that the commands of a README write for pre-commit."""
    (written,) = (each for each in blocks(readme, "bash") if ".pre-commit-config" in each)
    config: dict[str, Any] = yaml.safe_load(written.split("<<'END'\n")[1].split("\nEND\n")[0])
    return config


@pytest.mark.parametrize("readme", READMES)
def test_hook_exists(readme: str) -> None:
    shown = {hook["id"] for hook in configured(readme)["repos"][0]["hooks"]}
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    assert shown == {hook["id"] for hook in hooks}


@pytest.mark.parametrize("readme", READMES)
def test_job_gives_inputs_that_exist(readme: str) -> None:
    (shown,) = (block for block in blocks(readme, "yaml") if "runs-on" in block)
    step = yaml.safe_load(shown)["jobs"]["souverain"]["steps"][-1]
    assert step["uses"].endswith(f"/souverain@v{__version__}")
    action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
    assert set(step["with"]) <= set(action["inputs"])


@pytest.mark.parametrize(
    ("readme", "page"),
    [
        (readme, f"docs/{topic}{end}")
        for readme, end in (("README.md", ".md"), ("README.fr.md", ".fr.md"))
        for topic in ("checkov", "pre-commit")
    ],
)
def test_a_topic_begins_as_its_page_does(readme: str, page: str) -> None:
    assert blocks(page, "bash")[0] in blocks(readme, "bash")


def code(document: str) -> list[str]:
    """The blocks of code of a page, without their comments."""
    shown = [
        block for language in ("bash", "groovy", "yaml") for block in blocks(document, language)
    ]
    return [re.sub(r" +(#|//) .*$", "", block, flags=re.MULTILINE) for block in shown]


@pytest.mark.parametrize("page", ["docs/ci", "docs/checkov", "docs/pre-commit"])
def test_both_languages_show_the_same_code(page: str) -> None:
    assert code(f"{page}.md") == code(f"{page}.fr.md") != []


def test_both_readmes_show_the_same_commands() -> None:
    english, french = ([b for b in code(each) if "version: 1" not in b] for each in READMES)
    assert english == french != []


@pytest.mark.parametrize("readme", READMES)
def test_commands_work_in_a_clone(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = [line for block in blocks(readme, "bash") for line in block.splitlines()]
    commands = [shlex.split(each, comments=True) for each in shown if each.startswith("souverain ")]
    for tree in ("terraform", "k8s/vaccination-registry"):
        shutil.copytree(REPOSITORY / "fixtures" / tree, tmp_path / "fixtures" / tree)
    monkeypatch.chdir(tmp_path)
    codes = {" ".join(each): run(each[1:]) for each in commands}
    assert len(codes) > 7
    assert {line: code for line, code in codes.items() if code not in (0, 1)} == {}
    assert {path.name for path in tmp_path.iterdir()} == {
        "fixtures",
        "register.csv",
        "souverain.sarif",
    }


@pytest.mark.parametrize("readme", READMES)
def test_links_lead_somewhere(readme: str) -> None:
    text = (REPOSITORY / readme).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


@pytest.mark.parametrize(
    ("name", "selected"),
    [
        ("main.tf", True),
        ("a/b.tofu", True),
        ("a/b.tf.json", True),
        ("prod.auto.tfvars", True),
        ("x.tfvars.json", True),
        ("infra/souverain.yaml", True),
        ("package.json", False),
        ("k8s/pod.yml", True),
        ("chart/templates/_names.tpl", True),
        ("overlays/Kustomization", True),
        ("README.md", False),
        (".terraform/modules/m/main.tf", False),
    ],
)
def test_hook_selects_files(name: str, selected: bool) -> None:
    hook = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())[0]
    chosen = re.search(hook["files"], name) and not re.search(hook["exclude"], name)
    assert bool(chosen) is selected
