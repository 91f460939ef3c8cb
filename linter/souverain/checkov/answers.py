"""One analysis, asked entity by entity: which findings belong to what Checkov looks at."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from souverain.analysis import Request, analyse
from souverain.checkov.scanned import file_of
from souverain.doctrine import InvalidPolicyError
from souverain.model import SEVERITY_ORDER, Asset, Finding, Report, Severity, Span, Verdict
from souverain.policystore import PolicyError
from souverain.project import ProjectError
from souverain.records import dataclass, field
from souverain.report import aside
from souverain.report.terminal import clean
from souverain.rules.sources import INTERNAL_ERROR
from souverain.sources import SourcesError
from souverain.text import render

UNDECIDED_SWITCH: Final = "SOUVERAIN_CHECKOV_UNDECIDED"
"""Which undecided findings are failed records: ``all`` (default), ``errors`` or ``none``.
Checkov drops what a check answers with "unknown": there is no third way to show them."""

DAY_SWITCH: Final = "SOUVERAIN_CHECKOV_AS_OF"
"""The day whose law and certificates count (2026-11-22); today without it."""

BASELINE_SWITCH: Final = "SOUVERAIN_CHECKOV_BASELINE"
"""A file with findings that are accepted, as ``--baseline``."""

_Shown = Literal["all", "errors", "none"]
_log = logging.getLogger("souverain")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of an entity, as far as Checkov can show it."""

    severity: Severity
    verdict: Verdict
    aside: str | None = None
    """Why it is set aside, when it is: Checkov shows that as a skip and its comment."""

    @property
    def weight(self) -> tuple[bool, int]:
        """How loudly it must be told, among answers of one rule about one entity."""
        return self.aside is None, SEVERITY_ORDER[self.severity]


@dataclass
class Answers:
    """Findings of one analysis by rule, and by what they are about.

    What is about no entity (a root without declarations, a file that cannot be read) goes to
    the first entity asked for in its folder. When Checkov looks at no entity there, it goes to
    the first one asked for at all: better there than nowhere.
    """

    scanned: tuple[Path, ...]
    by_file: Mapping[tuple[str, Path, str], Answer]
    by_folder: Mapping[tuple[str, Path, str], Answer]
    by_address: Mapping[tuple[str, str], Answer]
    homeless: dict[str, list[tuple[Path, Answer]]] = field(default_factory=dict)

    def terraform(
        self, rule: str, shown_file: str, address: str, folders: frozenset[Path]
    ) -> Answer | None:
        """What is said of a resource or module call.

        ``shown_file`` is as Checkov shows it, ``folders`` those of every entity of the run.
        """
        file = file_of(shown_file, self.scanned)
        if file is None:
            return None
        said = self.by_file.get((rule, file, address))
        return said or self._of_no_entity(rule, file.parent, folders)

    def plan(self, rule: str, plan: Path, address: str) -> Answer | None:
        """What is said of a resource of a plan."""
        folder = plan.resolve().parent
        said = self.by_folder.get((rule, folder, address))
        return said or self._of_no_entity(rule, folder, frozenset((folder,)))

    def kubernetes(
        self, rule: str, shown_file: str, kind: str, namespace: str | None, name: str
    ) -> Answer | None:
        """What is said of an object. A rendered one is known by its name: its file is not ours."""
        file = file_of(shown_file, self.scanned)
        for address in (f"{kind}/{namespace or 'default'}/{name}", f"{kind}/{name}"):
            said = (
                self.by_address.get((rule, address))
                if file is None
                else self.by_file.get((rule, file, address))
            )
            if said is not None:
                return said
        return self._of_no_entity(rule, file.parent if file else None, None)

    def _of_no_entity(
        self, rule: str, folder: Path | None, folders: frozenset[Path] | None
    ) -> Answer | None:
        waiting = self.homeless.get(rule, [])
        here = (i for i, (place, _) in enumerate(waiting) if place == folder)
        lost = (i for i, (place, _) in enumerate(waiting) if not folders or place not in folders)
        at = next(here, None)
        if at is None and (folder is None or folders):
            at = next(lost, None)
        return None if at is None else waiting.pop(at)[1]


@cache
def answers(
    scanned: tuple[Path, ...], day: str, switch: str, baseline: Path | None = None
) -> Answers:
    """The answers for what is scanned; one analysis, however many checks ask.

    ``day`` is in ISO form, empty for today. A failure of the analysis is an answer too: it
    fails the first entity asked for.
    """
    try:
        as_of = date.fromisoformat(day) if day else date.today()
    except ValueError:
        _log.error("%s=%s: not a day such as 2026-11-22", DAY_SWITCH, day)
        return _failed(scanned)
    try:
        report = analyse(Request(paths=scanned, as_of=as_of, baseline=baseline))
    except ProjectError as error:
        for problem in error.problems:
            span = problem.span
            message = render(problem.message, "en")
            _log.error("%s:%s:%s: %s", span.file, span.line, span.column, message)
        return _failed(scanned)
    except SourcesError as error:
        _log.error("%s", render(error.reason, "en"))
        return _failed(scanned)
    except (PolicyError, InvalidPolicyError) as error:
        _log.error("%s", error)
        return _failed(scanned)
    except Exception:  # noqa: BLE001 - a failed record tells of it
        _log.exception("Souverain failed")
        return _failed(scanned)
    return _arranged(scanned, report, _shown(switch))


def _failed(scanned: tuple[Path, ...]) -> Answers:
    answer = Answer("error", "undecided")
    places = [(path if path.is_dir() else path.parent).resolve() for path in scanned]
    return Answers(scanned, {}, {}, {}, {INTERNAL_ERROR: [(place, answer) for place in places]})


def _shown(switch: str) -> _Shown:
    return "errors" if switch == "errors" else "none" if switch == "none" else "all"


def _arranged(scanned: tuple[Path, ...], report: Report, shown: _Shown) -> Answers:
    entities = _Entities(report)
    absolute = cache(_absolute)
    by_file: dict[tuple[str, Path, str], Answer] = {}
    by_folder: dict[tuple[str, Path, str], Answer] = {}
    by_address: dict[tuple[str, str], Answer] = {}
    # The scenarios of a root say the same of it: it is told once.
    homeless: dict[str, dict[tuple[Path, Span], Answer]] = defaultdict(dict)
    told = ((f, _answer(f)) for f in report.findings if _is_shown(f, shown))
    # The worst of several scenarios overwrites the others.
    for finding, answer in sorted(told, key=lambda each: each[1].weight):
        folder = absolute(finding.root)
        entity = entities.of(finding)
        if entity is None:
            homeless[finding.rule][folder, finding.span] = answer
            continue
        by_file[finding.rule, absolute(entity.span.file), entity.address] = answer
        by_folder[finding.rule, folder, entity.address] = answer
        by_address[finding.rule, entity.address] = answer
    waiting = {
        rule: sorted(
            ((folder, answer) for (folder, _), answer in found.items()),
            # There may be fewer entities than findings to show on them.
            key=lambda each: each[1].weight,
            reverse=True,
        )
        for rule, found in homeless.items()
    }
    return Answers(scanned, by_file, by_folder, by_address, waiting)


class _Entities:
    """The assets of a report that Checkov knows too: all but the backends of states."""

    def __init__(self, report: Report) -> None:
        assets = [each.asset for each in report.assets if not each.asset.technical]
        self._named = {(each.root, each.scenario, each.address): each for each in assets}
        self._placed = {(each.span.file, each.span.line): each for each in assets}

    def of(self, finding: Finding) -> Asset | None:
        """What a finding is about: what it names, else what begins where it points."""
        named = self._named.get((finding.root, finding.scenario, finding.address))
        return named or self._placed.get((finding.span.file, finding.span.line))


def _answer(finding: Finding) -> Answer:
    why = render(aside(finding.suppressed), "en", clean) if finding.suppressed else None
    return Answer(finding.severity, finding.verdict, why)


def _is_shown(finding: Finding, shown: _Shown) -> bool:
    if finding.verdict != "undecided" or shown == "all":
        return True
    return shown == "errors" and finding.severity == "error"


def _absolute(path: str) -> Path:
    return Path(os.path.abspath(path)).resolve()  # noqa: PTH100 - "-" and "." alike
