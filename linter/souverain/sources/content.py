"""What a YAML or JSON file is, told from its name and from the keys at its left margin.

Only what may hold Kubernetes objects, values of Helm or a Terraform plan is for a later
stage; the rest is skipped, by name where that costs nothing.
"""

from __future__ import annotations

import re
from typing import Final

from souverain.model import Phrase, SourceKind, SourceStatus, phrase
from souverain.records import dataclass
from souverain.regex import regex

_HEAD: Final = 1 << 16
"""Bytes in which keys are looked for."""

_MARGIN = regex(rb"""^(- )?["']?([\w$.-]+)["']?[ \t]*:(?=[ \t\r\n])""", re.MULTILINE)
_API_VERSION = regex(rb"""(?:^[ \t-]*|[{,]\s*)["']?apiVersion["']?[ \t]*:""", re.MULTILINE)
_OBJECT_KIND = regex(rb"""(?:^[ \t-]*|[{,]\s*)["']?kind["']?[ \t]*:""", re.MULTILINE)
_AZURE = regex(rb'"type"\s*:\s*"Microsoft\.\w+/')
"""A resource of Azure Resource Manager."""
_PLAN_PARTS = (b'"planned_values"', b'"resource_changes"')
_VALUES_NAME = regex(r"(?:^|.*[/._-])values?(?:[._-][^/]*)?\.ya?ml|(?:.*/)?values?/.*")
_ENCRYPTED: Final = "sops"
"""What SOPS adds to a file of which it encrypts the values: it names the keys it used."""
_VALUES_IMAGE = regex(
    rb"^[ \t]*image:[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+(?:registry|repository):",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Format:
    """A format that is not ours. ``keys`` are at the left margin, ``- key`` in a list."""

    name: str
    path: str = ""
    keys: tuple[str, ...] = ()

    def fits(self, path: str, keys: frozenset[str]) -> bool:
        if self.path and re.search(self.path, path) is None:
            return False
        return keys.issuperset(self.keys)


_SNAPSHOTS: Final = regex(r"(?:^|/)__snapshots__/")
"""Where Jest keeps what tests gave: JavaScript, whatever the names of the files."""
_YAML_FORMATS: Final = (
    _Format("GitHub Actions", r"(?:^|/)\.github/workflows/"),
    _Format("GitHub Actions", r"(?:^|/)action\.ya?ml$", ("runs",)),
    _Format("GitHub Actions", keys=("on", "jobs")),
    _Format("GitLab CI", r"\.gitlab-ci\.ya?ml$"),
    _Format("Azure Pipelines", r"(?:^|/)\.?azure-pipelines[^/]*$"),
    _Format("CircleCI", r"(?:^|/)\.circleci/"),
    _Format("Dependabot", r"(?:^|/)\.github/dependabot\.ya?ml$"),
    _Format("pre-commit", r"(?:^|/)\.pre-commit-(?:config|hooks)\.ya?ml$"),
    _Format("Docker Compose", r"(?:^|/)[^/]*compose[^/]*$", ("services",)),
    _Format("Docker Compose", keys=("version", "services")),
    _Format("Ansible", keys=("- hosts",)),
    _Format("Ansible", r"(?:^|/)(?:tasks|handlers|playbooks)/", ("- name",)),
    _Format("Ansible", r"(?:^|/)(?:group_vars|host_vars)/"),
    _Format("OpenAPI", keys=("openapi",)),
    _Format("OpenAPI", keys=("swagger",)),
    _Format("AsyncAPI", keys=("asyncapi",)),
    _Format("AWS CloudFormation", keys=("AWSTemplateFormatVersion",)),
    _Format("Pulumi", r"(?:^|/)Pulumi(?:\.[^/]*)?\.ya?ml$"),
    _Format("Serverless Framework", r"(?:^|/)serverless\.ya?ml$"),
    _Format("Helm repository index", keys=("apiVersion", "entries")),
    _Format("Helm lock", keys=("dependencies", "digest", "generated")),
    _Format("helm-unittest", keys=("suite", "tests")),
    _Format("MkDocs", r"(?:^|/)mkdocs\.ya?ml$"),
)
_HELMFILE: Final = regex(r"(?:^|/)helmfile(?:\.d/[^/]*|[^/]*\.ya?ml(?:\.gotmpl)?)$")


_TEMPLATES: Final = (
    (".yaml.gotmpl", "Helmfile"),
    (".yml.gotmpl", "Helmfile"),
    (".yaml.j2", "Ansible"),
    (".yml.j2", "Ansible"),
)


@dataclass(frozen=True, slots=True)
class Other:
    """A file that no later stage reads, and why."""

    reason: Phrase
    status: SourceStatus = "skipped"


def kind_of(path: str, data: bytes) -> SourceKind | Other | None:
    """What a file is; None for JSON that says nothing to us."""
    return _of_json(data) if path.endswith(".json") else _of_yaml(path, data)


def of_template(path: str) -> Other | None:
    """What a template of YAML is that a tool of its own fills in, told from its name."""
    for ending, tool in _TEMPLATES:
        if path.endswith(ending):
            if _HELMFILE.search(path):
                return _helmfile()
            return Other(phrase("sources.template", tool=tool))
    return None


def _helmfile() -> Other:
    return Other(phrase("sources.helmfile"), "undecided")


def _other(name: str) -> Other:
    return Other(phrase("sources.other-format", format=name))


def _of_json(data: bytes) -> SourceKind | Other | None:
    if b'"format_version"' in data and any(part in data for part in _PLAN_PARTS):
        return "plan"
    if b"deploymentTemplate.json#" in data[:_HEAD]:
        return _other("Azure Resource Manager")
    if not _has_objects(data):
        return None
    return _other("Azure Resource Manager") if _AZURE.search(data, 0, _HEAD) else "kubernetes"


def _of_yaml(path: str, data: bytes) -> SourceKind | Other:
    if _SNAPSHOTS.search(path) and data.startswith(b"// Jest Snapshot"):
        return _other("Jest")
    keys = frozenset(
        (found[1] or b"").decode() + found[2].decode() for found in _MARGIN.finditer(data, 0, _HEAD)
    )
    if keys.issuperset(("apiVersion", "kind")):
        return "kubernetes"
    if _VALUES_NAME.fullmatch(path):
        return "values"
    for each in _YAML_FORMATS:
        if each.fits(path, keys):
            return _other(each.name)
    if _HELMFILE.search(path):
        return _helmfile()
    if _has_objects(data):
        return "kubernetes"
    if b"image:" in data and _VALUES_IMAGE.search(data):
        return "values"
    if _ENCRYPTED in keys:
        return "values"
    return Other(phrase("sources.not-kubernetes"))


def _has_objects(data: bytes) -> bool:
    """Whether objects may stand anywhere: indented, in a list, or as JSON."""
    if b"apiVersion" not in data:
        return False
    return bool(_API_VERSION.search(data) and _OBJECT_KIND.search(data))
