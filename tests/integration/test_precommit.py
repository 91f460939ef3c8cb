"""The hooks, as pre-commit installs and calls them in somebody's repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

BUCKET = """\
provider "aws" {
  region = var.region
}

variable "region" {
  default = "REGION"
}

resource "aws_s3_bucket" "patients" {
  bucket = "patients"
  tags   = { data = "sante" }
}
"""
VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata:
  name: patients
  labels: {data: sante}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-0123456789abcdef0}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions:
            - {key: topology.ebs.csi.aws.com/zone, operator: In, values: [us-east-1a]}
"""
SWITCHED = """\
provider "aws" {
  region = "us-east-1"
}

variable "copies" {
  default = 0
}

resource "aws_s3_bucket" "copy" {
  count = var.copies
  tags  = { data = "sante" }
}
"""
CHART = "apiVersion: v2\nname: eds\nversion: 1.0.0\n"
WORKFLOW = "name: Build\non: [push]\njobs: {}\n"


def git(where: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=where,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


class Project:
    """A repository with the hooks installed from a repository of the tool."""

    def __init__(self, where: Path, copy_sources: Callable[[Path], None]) -> None:
        self.tool = where / "tool"
        self.root = where / "project"
        self._store = where / "store"
        self.root.mkdir()
        copy_sources(self.tool)
        for repository in (self.tool, self.root):
            git(repository, "init", "--quiet", "--initial-branch", "main")
        git(self.tool, "add", "--all")
        git(self.tool, "commit", "--quiet", "-m", "Tool")

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        git(self.root, "add", "--all")

    def commit(self) -> None:
        git(self.root, "commit", "--quiet", "--no-verify", "-m", "Files")

    def hook(self, hook: str, *options: str) -> tuple[int, list[str]]:
        """Exit code and lines of ``pre-commit try-repo``: installed for real, once."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pre_commit",
                "try-repo",
                self.tool,
                hook,
                *options,
            ],
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    def shell(self, script: str) -> tuple[int, list[str]]:
        """Exit code and lines of commands that a person copies, where pre-commit is."""
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=self.root,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "PRE_COMMIT_HOME": str(self._store),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }


def found(lines: list[str]) -> set[str]:
    """Rule and file of every finding shown."""
    marks = ("error[", "warning[", "info[")
    return {
        f"{mark_and_rest.split(']')[0]} {line.split(':')[0]}"
        for line in lines
        for mark in marks
        if mark in line
        for mark_and_rest in [line.split(mark, 1)[1]]
    }


def test_the_readme_leads_to_a_hook_that_fails(
    tmp_path: Path, copy_sources: Callable[[Path], None]
) -> None:
    """Its commands as they stand, with a clone of the tool beside the project."""
    project = Project(tmp_path, copy_sources)
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```bash\n(cat > \.pre-commit.*?)^```$", readme, re.M | re.S)
    project.write({"infra/main.tf": BUCKET.replace("REGION", "us-east-1")})
    code, lines = project.shell(shown.replace("../souverain", "../tool"))
    assert code == 1
    assert "LOC001 infra/main.tf" in found(lines)
    config = (project.root / ".pre-commit-config.yaml").read_text()
    assert git(project.tool, "rev-parse", "HEAD").strip() in config
    # From now on Git itself refuses the commit.
    code, lines = project.shell("git -c user.name=t -c user.email=t@example.org commit -m x 2>&1")
    assert code == 1
    assert "LOC001 infra/main.tf" in found(lines)


def test_hooks(tmp_path: Path, copy_sources: Callable[[Path], None]) -> None:
    """One installation serves all the commits: it is what takes the time."""
    project = Project(tmp_path, copy_sources)

    project.write({"infra/main.tf": BUCKET.replace("REGION", "us-east-1")})
    code, lines = project.hook("souverain")
    assert code == 1
    assert "LOC001 infra/main.tf" in found(lines)
    project.commit()

    # What is not staged is not judged; a change that harms nobody passes.
    project.write({"other/main.tf": 'resource "random_id" "x" {\n  byte_length = 4\n}\n'})
    code, lines = project.hook("souverain")
    assert (code, found(lines)) == (0, set())
    project.commit()

    # What does not fail is told all the same.
    project.write({"modules/main.tf": 'module "records" {\n  source = "example.org/r/aws"\n}\n'})
    code, lines = project.hook("souverain")
    assert code == 0
    assert "SRC003 modules/main.tf" in found(lines)
    project.commit()

    # A changed file answers for what it causes elsewhere.
    project.write({"infra/terraform.tfvars": 'region = "us-west-2"\n'})
    code, lines = project.hook("souverain")
    assert code == 1
    assert "LOC001 infra/main.tf" in found(lines)
    project.commit()

    # Nor does what it causes need to be in it: here, only that there is one.
    project.write({"switched/main.tf": SWITCHED})
    code, lines = project.hook("souverain")
    assert (code, found(lines)) == (0, set())
    project.commit()
    project.write({"switched/terraform.tfvars": "copies = 1\n"})
    code, lines = project.hook("souverain")
    assert code == 1
    assert "LOC001 switched/main.tf" in found(lines)
    project.commit()

    # YAML that is not Kubernetes is nobody's business.
    project.write({".github/workflows/build.yml": WORKFLOW})
    code, lines = project.hook("souverain")
    assert (code, found(lines)) == (0, set())
    project.commit()

    project.write({"k8s/volume.yaml": VOLUME})
    code, lines = project.hook("souverain")
    assert code == 1
    assert "LOC001 k8s/volume.yaml" in found(lines)

    project.commit()

    # The values of a chart, and the base of an overlay, answer for what they make.
    template = VOLUME.replace("us-east-1a", "{{ .Values.zone }}")
    project.write({"chart/Chart.yaml": CHART, "chart/templates/volume.yaml": template})
    project.write({"chart/values.yaml": "zone: eu-west-3a\n"})
    project.write({"base/kustomization.yaml": "resources: [volume.yaml]\n"})
    project.write({"prod/kustomization.yaml": "resources: [../base]\n"})
    project.write({"base/volume.yaml": VOLUME.replace("us-east-1a", "eu-west-3a")})
    project.commit()
    project.write({"chart/values.yaml": "zone: us-east-1a\n", "base/volume.yaml": VOLUME})
    _, lines = project.hook("souverain")
    # Without a renderer on the machine, what was not rendered is told in their place.
    assert found(lines) & {"LOC001 chart/templates/volume.yaml", "SRC006 chart/Chart.yaml"}
    assert found(lines) & {"LOC001 base/volume.yaml", "SRC006 prod/kustomization.yaml"}
    project.commit()

    # Both kinds in one commit, then everything at once.
    project.write({"infra/terraform.tfvars": 'region = "us-east-1"\n'})
    project.write({"k8s/volume.yaml": VOLUME.replace("us-east-1a", "us-east-1b")})
    code, lines = project.hook("souverain")
    assert code == 1
    assert found(lines) >= {"LOC001 infra/main.tf", "LOC001 k8s/volume.yaml"}
    project.commit()
    code, lines = project.hook("souverain-all", "--hook-stage", "manual")
    assert code == 1
    assert found(lines) >= {"LOC001 infra/main.tf", "LOC001 k8s/volume.yaml"}
