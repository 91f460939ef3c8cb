"""The two renderers of charts: the program ``helm``, and the library of ``souverain[helm]``."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import ascii_letters, digits
from typing import Final, Protocol

from souverain import policystore
from souverain.kubernetes.chart import Chart
from souverain.kubernetes.rendering import Refused, clean, program, run
from souverain.kubernetes.templates import MARKS
from souverain.model import SourceText
from souverain.records import dataclass
from souverain.regex import regex

NAMESPACE: Final = "default"
RELEASE: Final = "release-name"
"""Both are what ``helm template`` takes when it is told nothing: names are those it prints."""

_SOURCE = regex(r"^---[ \t]*\n# Source: (.+)\n", re.MULTILINE)
_NOT_YAML = regex(r"YAML parse error on (\S+): ")
_NAME = regex(r"[ -]*\w*[nN]ame: ")
_DRAWN: Final = ascii_letters + digits
_UNMARKABLE: Final = 4
"""How many templates that bear no marks are tried to be left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One chart with one set of values."""

    chart: Chart
    values: tuple[SourceText, ...]
    sets: tuple[str, ...]

    def command(self, directory: str) -> str:
        """What a person types to see the same."""
        values = (part for text in self.values for part in ("-f", text.path))
        sets = (part for each in self.sets for part in ("--set", each))
        return shlex.join(["helm", "template", directory, *values, *sets])


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """What one template gave, or one document of it."""

    template: str
    """``chart/templates/x.yaml``, subcharts below ``chart/charts/name/``."""
    text: str
    lines: tuple[int, ...] | None
    """Line of the template (from 1) each line comes from; None when that is not known."""


class Renderer(Protocol):
    """Turns a job into manifests; ``home`` is an empty directory of its own."""

    def render(self, job: Job, home: Path) -> tuple[Manifest, ...] | Refused: ...


Texts = Sequence[tuple[str, str]]


def find_renderer() -> Renderer | None:
    """``helm`` of the user's PATH, else the library, else None."""
    helm = program("helm")
    if helm is not None:
        return HelmProgram(helm)
    library = find_spec("helm_python")
    if library is not None and library.origin is not None:
        return HelmLibrary(Path(library.origin).parent.parent)
    return None


class HelmProgram:
    """``helm template``."""

    def __init__(self, path: str) -> None:
        self._path = path

    def render(self, job: Job, home: Path) -> tuple[Manifest, ...] | Refused:
        plain = self._texts(job, home, "plain", None)
        if isinstance(plain, Refused):
            return plain
        unmarked: set[str] = set()
        marked: Texts | Refused = ()
        for attempt in range(_UNMARKABLE):
            marked = self._texts(job, home, f"marked-{attempt}", frozenset(unmarked))
            found = _NOT_YAML.search(marked.message) if isinstance(marked, Refused) else None
            if found is None:
                break
            unmarked.add(found.group(1))
        return tuple(_joined(plain, () if isinstance(marked, Refused) else marked))

    def _texts(
        self, job: Job, home: Path, copy: str, unmarked: frozenset[str] | None
    ) -> Texts | Refused:
        directory = home / copy
        values = _written(job, directory, unmarked)
        files = (part for path in values for part in ("--values", path))
        sets = (part for each in job.sets for part in ("--set", each))
        versions = (part for each in _cluster().apis for part in ("--api-versions", each))
        argv = [self._path, "template", RELEASE, str(directory / "chart")]
        options = [*files, *sets, *versions, "--kube-version", _cluster().version]
        found = run([*argv, "--namespace", NAMESPACE, *options], home)
        if isinstance(found, Refused):
            return Refused(found.message.replace(f"{directory}/", ""))
        return tuple(_documents(found.text.decode("utf-8", "replace")))


class HelmLibrary:
    """The Helm SDK as a native library, in a child process."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def render(self, job: Job, home: Path) -> tuple[Manifest, ...] | Refused:
        values = _written(job, home / "plain", None)
        _written(job, home / "marked", frozenset())
        given = {
            "library": str(self._place),
            "charts": [str(home / "plain" / "chart"), str(home / "marked" / "chart")],
            "values": values,
            "sets": job.sets,
            "options": {
                "name": RELEASE,
                "namespace": NAMESPACE,
                "api_versions": _cluster().apis,
                "kube_version": _cluster().version,
            },
        }
        child = str(Path(__file__).with_name("helmchild.py"))
        found = run([sys.executable, "-I", child], home, json.dumps(given).encode())
        if isinstance(found, Refused):
            return found
        plain, marked = (self._read(answer, home) for answer in json.loads(found.text))
        if isinstance(plain, Refused):
            return plain
        return tuple(_joined(plain, () if isinstance(marked, Refused) else marked))

    @staticmethod
    def _read(answer: Mapping[str, str] | str, home: Path) -> Texts | Refused:
        if isinstance(answer, str):
            return Refused(clean(answer.replace(f"{home / 'plain'}/", "")))
        return sorted(pair for pair in answer.items() if not pair[0].endswith("NOTES.txt"))


def _written(job: Job, directory: Path, unmarked: frozenset[str] | None) -> list[str]:
    """Copies a chart and its values files; paths of the latter. None: no template is marked."""
    job.chart.write(directory / "chart", unmarked is not None, unmarked or frozenset())
    paths = []
    for number, text in enumerate(job.values):
        path = directory / f"values-{number}.yaml"
        path.write_bytes(text.data)
        paths.append(str(path))
    return paths


def _documents(output: str) -> Iterator[tuple[str, str]]:
    found = list(_SOURCE.finditer(output))
    ends = [each.start() for each in found[1:]]
    for source, end in zip(found, [*ends, len(output)], strict=bool(found)):
        yield source.group(1).strip(), output[source.end() : end]


def _joined(plain: Texts, marked: Texts) -> Iterator[Manifest]:
    """Manifests with their lines, where the marks changed no line break."""
    places: dict[str, list[str]] = {}
    for template, text in marked:
        places.setdefault(template, []).append(text)
    counts = Counter(template for template, _ in plain)
    met: Counter[str] = Counter()
    for template, text in plain:
        twins = places.get(template, ())
        twin = twins[met[template]] if len(twins) == counts[template] else ""
        met[template] += 1
        same = twin.count("\n") == text.count("\n")
        if same:
            yield Manifest(template, _settled(text, MARKS.sub("", twin)), tuple(_lines(twin)))
        else:
            yield Manifest(template, text, None)


def _settled(text: str, twin: str) -> str:
    """A text whose names are the same in every run: those that are drawn have a fixed end."""
    if text == twin:
        return text
    lines = text.split("\n")
    for at, (one, other) in enumerate(zip(lines, twin.split("\n"), strict=True)):
        if one != other and _NAME.match(one):
            kept = _shared(one, other).rstrip(_DRAWN)
            end = _shared(one[::-1], other[::-1]).rstrip(_DRAWN)[::-1]
            lines[at] = f"{kept}generated{end}"
    return "\n".join(lines)


def _shared(one: str, other: str) -> str:
    """What two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))]


def _lines(marked: str) -> Iterator[int]:
    """The mark of each line, else the next one: text of several lines ends with its mark."""
    first = [MARKS.search(line) for line in marked.split("\n")]
    numbers = [int(mark.group(1)) if mark else 0 for mark in first]
    known = next((number for number in reversed(numbers) if number), 1)
    for at in range(len(numbers) - 1, -1, -1):
        known = numbers[at] = numbers[at] or known
    yield from numbers


@dataclass(frozen=True, slots=True)
class _Cluster:
    """What a cluster is taken to offer."""

    version: str
    apis: tuple[str, ...]


@cache
def _cluster() -> _Cluster:
    """``policies/catalog/kubernetes/cluster.yaml``."""
    raw = policystore.load_mapping("catalog/kubernetes/cluster")
    apis = raw["apis"]
    return _Cluster(str(raw["version"]), tuple(map(str, apis if isinstance(apis, list) else ())))
