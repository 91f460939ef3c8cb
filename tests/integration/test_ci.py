"""What continuous integration runs: the scripts of the action and of the template."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from souverain.cli.check import command

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "fixtures/terraform/vaccination-registry"
BIN = Path(sys.executable).parent
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
TEMPLATE = (REPOSITORY / "templates/souverain.yml").read_text(encoding="utf-8").split("\n---\n")
INPUTS = yaml.safe_load(TEMPLATE[0])["spec"]["inputs"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8", **more}


def bash(script: str, where: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # As hosted runners start it.
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(
        command,
        cwd=where,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "infra")
    return tmp_path


# --- GitHub ---------------------------------------------------------------------------


def action_check(project: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Exit code, outputs and printed lines of the action's step, as a runner would call it."""
    (step,) = (s for s in ACTION["runs"]["steps"] if s.get("id") == "check")
    values = {name: str(given.get("default", "")) for name, given in ACTION["inputs"].items()}
    values.update({name.replace("_", "-"): value for name, value in inputs.items()})
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], text)
        for name, text in step["env"].items()
    }
    outputs = project / "outputs"
    done = bash(step["run"], project, GITHUB_OUTPUT=str(outputs), **variables)
    written = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    return done.returncode, written, done.stdout


def test_action_reports_annotations_and_outputs(project: Path) -> None:
    code, outputs, printed = action_check(project, paths="infra", as_of="2026-11-22")
    sarif = json.loads((project / "souverain.sarif").read_text())
    (run,) = sarif["runs"]
    assert code == 1
    assert outputs == {
        "sarif-file": "souverain.sarif",
        "findings": str(len(run["results"])),
        "exit-code": "1",
    }
    assert printed.startswith("::error file=infra/")


def test_action_takes_paths_with_spaces_one_on_each_line(project: Path) -> None:
    (project / "infra").rename(project / "envs of paris")
    (project / "empty").mkdir()
    code, _, printed = action_check(
        project, paths="envs of paris\nempty\n", as_of="2026-11-22", sarif_file="out.sarif"
    )
    assert code == 1
    assert "file=envs of paris/" in printed
    assert (project / "out.sarif").exists()


def test_action_does_not_run_what_an_input_holds(project: Path) -> None:
    code, outputs, _ = action_check(project, paths="$(touch owned)", fail_on="never")
    assert code == 2
    assert outputs["exit-code"] == "2"
    assert outputs["findings"] == "0"
    assert not (project / "owned").exists()


def test_action_can_be_told_never_to_fail(project: Path) -> None:
    code, outputs, _ = action_check(project, paths="infra", fail_on="never")
    assert code == 0
    assert int(outputs["findings"]) > 0


def test_action_takes_a_baseline(project: Path) -> None:
    done = bash("souverain check -q --as-of 2026-11-22 --write-baseline b.json infra", project)
    assert done.returncode == 0
    code, outputs, _ = action_check(project, paths="infra", as_of="2026-11-22", baseline="b.json")
    assert (code, outputs["findings"]) == (0, "0")


def test_action_inputs_reach_scripts_through_the_environment() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert not [script for script in scripts if "${{" in script]


def test_action_pins_what_it_uses() -> None:
    uses = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert len(uses) == 2
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used) for used in uses)


# --- GitLab ---------------------------------------------------------------------------


def gitlab_job(**inputs: str) -> tuple[str, dict[str, Any]]:
    values = {name: str(given.get("default", "")) for name, given in INPUTS.items()}
    values.update({name.replace("_", "-"): value for name, value in inputs.items()})
    text = re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda m: values[m[1]], TEMPLATE[1])
    ((name, job),) = yaml.safe_load(text).items()
    return name, job


def test_template_writes_the_reports_it_announces(project: Path) -> None:
    name, job = gitlab_job(paths="infra", options="--as-of 2026-11-22")
    script = "\n".join((*job["before_script"], *job["script"]))
    done = bash(script, project, **job["variables"])
    assert name == "souverain"
    assert done.returncode == 1
    for report in job["artifacts"]["reports"].values():
        assert (project / report).stat().st_size > 0
    quality = json.loads((project / "gl-code-quality-report.json").read_text())
    assert {entry["location"]["path"].split("/")[0] for entry in quality} == {"infra"}


def test_template_fails_where_it_is_told_to(project: Path) -> None:
    _, job = gitlab_job(paths="infra", fail_on="never")
    assert bash("\n".join(job["script"]), project, **job["variables"]).returncode == 0


def test_template_asks_what_to_install() -> None:
    assert [name for name, given in INPUTS.items() if "default" not in given] == ["package"]


# --- their form -----------------------------------------------------------------------


def schema(name: str, *files: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode"]
    # One of the schemas has patterns that only this variant reads.
    wanted = ["--builtin-schema", f"vendor.{name}", *map(str, files)]
    done = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_action_is_valid() -> None:
    schema("github-actions", REPOSITORY / "action.yml")


def test_template_is_valid(tmp_path: Path) -> None:
    name, job = gitlab_job(package="souverain")
    (tmp_path / "job.yml").write_text(yaml.safe_dump({name: job}))
    schema("gitlab-ci", tmp_path / "job.yml")


SCHEMAS = {
    ".github/workflows/souverain.yml": "github-workflows",
    ".forgejo/workflows/souverain.yml": "github-workflows",
    ".gitlab-ci.yml": "gitlab-ci",
    "azure-pipelines.yml": "azure-pipelines",
}


def snippets() -> list[tuple[str, str]]:
    page = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("file", "text"), [s for s in snippets() if s[0] in SCHEMAS])
def test_snippets_are_valid(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "snippet.yml").write_text(text.replace("<owner>", "someone"))
    schema(SCHEMAS[file], tmp_path / "snippet.yml")


def test_the_job_of_the_readme_is_valid(tmp_path: Path) -> None:
    page = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (job,) = (each for each in shown if "runs-on" in each)
    (tmp_path / "souverain.yml").write_text(job.replace("<owner>", "someone"))
    schema("github-workflows", tmp_path / "souverain.yml")


def test_images_have_git_where_pip_needs_it() -> None:
    """The slim images of Python have none, and an address that begins with git+ needs it."""
    page = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
    images = re.findall(r"image:? '?((?:python|node):[\w.-]+)", page)
    assert len(images) == 2
    assert not [image for image in (*images, INPUTS["image"]["default"]) if "slim" in image]


def test_every_snippet_is_checked() -> None:
    assert [file for file, _ in snippets() if file not in SCHEMAS] == [".mega-linter.yml"]
    assert {file for file, _ in snippets()} >= set(SCHEMAS)


def test_snippets_name_only_options_that_exist() -> None:
    page = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
    known = {name for option in command.params for name in option.opts}
    used = {
        option
        for line in page.splitlines()
        if "souverain check " in line
        for option in re.findall(r"(?<= )--[a-z-]+", line.split("souverain check ", 1)[1])
    }
    assert used
    assert used <= known


def test_megalinter_plugin_calls_options_that_exist(tmp_path: Path) -> None:
    (tmp_path / "souverain.yaml").write_text("version: 1\n")
    sarif = tmp_path / "out.sarif"
    folder = REPOSITORY / "integrations/mega-linter-plugin-souverain"
    (file,) = folder.iterdir()
    descriptor = yaml.safe_load(file.read_text(encoding="utf-8"))
    (linter,) = descriptor["linters"]
    assert file.name == "souverain.megalinter-descriptor.yml"
    assert linter["name"] == f"{descriptor['descriptor_id']}_{linter['linter_name'].upper()}"
    assert all(line.startswith("RUN ") for line in linter["install"]["dockerfile"])
    done = subprocess.run(
        [
            BIN / linter["cli_executable"],
            *linter["cli_lint_extra_args"],
            *(arg.replace("{{SARIF_OUTPUT_FILE}}", str(sarif)) for arg in linter["cli_sarif_args"]),
            linter["cli_config_arg_name"],
            tmp_path / "souverain.yaml",
            EXAMPLE,
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert json.loads(sarif.read_text())["version"] == "2.1.0"
