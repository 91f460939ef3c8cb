"""Every rule as a check on every entity that Checkov looks at. Needs Checkov.

Instantiating a class registers it. Checkov asks once per framework it runs, and keeps the
first check of an id; the state lives in :mod:`souverain.checkov.answers`. A check never
raises: in HCL Checkov would drop the record and exit with 0, in Kubernetes the run would die.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

from checkov.common.bridgecrew.severities import BcSeverities, Severities
from checkov.common.checks.base_check import BaseCheck
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.kubernetes.checks.resource.base_spec_check import BaseK8Check
from checkov.terraform.checks.data.base_check import BaseDataCheck
from checkov.terraform.checks.module.base_module_check import BaseModuleCheck
from checkov.terraform.checks.provider.base_check import BaseProviderCheck
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from souverain.checkov.answers import (
    BASELINE_SWITCH,
    DAY_SWITCH,
    UNDECIDED_SWITCH,
    Answer,
    Answers,
    answers,
)
from souverain.checkov.cards import CheckCard, check_cards
from souverain.checkov.scanned import scanned_paths

_SEVERITIES = {
    "error": Severities[BcSeverities.HIGH],
    "warning": Severities[BcSeverities.MEDIUM],
    "info": Severities[BcSeverities.LOW],
}
_ENTITIES = ("resource", "data", "provider", "module")
_CATEGORIES = [CheckCategories.GENERAL_SECURITY]
_log = logging.getLogger("souverain")


def _known() -> Answers:
    asked = os.environ
    baseline = asked.get(BASELINE_SWITCH)
    return answers(
        scanned_paths(sys.argv[1:]),
        asked.get(DAY_SWITCH, ""),
        asked.get(UNDECIDED_SWITCH, "all"),
        Path(baseline) if baseline else None,
    )


class _Check(BaseCheck):
    """What our checks of all kinds share."""

    def __init__(self, card: CheckCard, *entities: list[str]) -> None:
        self.card = card
        self.aside: str | None = None
        super().__init__(card.name, card.id, _CATEGORIES, *entities, guideline=card.guideline)
        self.severity = _SEVERITIES[card.severity]

    def run(self, *asked: Any, **named: Any) -> Any:
        """Checkov's result, with why a finding is set aside where its own skips say it."""
        result = super().run(*asked, **named)
        if result["result"] == CheckResult.SKIPPED:
            result.setdefault("suppress_comment", self.aside)
        return result

    def judged(self, conf: dict[str, Any]) -> CheckResult:
        """FAILED for a finding, SKIPPED for one that is set aside, UNKNOWN (no record)
        otherwise: silence is not compliance."""
        self.severity = _SEVERITIES[self.card.severity]
        try:
            said = self.said(_known(), conf)
        except Exception:  # noqa: BLE001 - a failed record tells of it
            _log.exception("Souverain failed in %s", self.id)
            return CheckResult.FAILED
        if said is None:
            return CheckResult.UNKNOWN
        self.severity = _SEVERITIES[said.severity]
        self.aside = said.aside
        return CheckResult.FAILED if said.aside is None else CheckResult.SKIPPED

    def said(self, known: Answers, conf: dict[str, Any]) -> Answer | None:
        """What our rule says of the entity that Checkov looks at."""
        raise NotImplementedError


class _Block(_Check):
    """A check on blocks of Terraform."""

    def said(self, known: Answers, conf: dict[str, Any]) -> Answer | None:
        shown, kind, name = self.entity_path.rsplit(":", 2)
        address = str(conf.get("__address__") or f"{kind}.{name}")
        plan = conf.get("__file__")
        if plan:
            file = Path(plan[0] if isinstance(plan, list) else plan)
            return known.plan(self.card.rule, file, address)
        if kind == "module":
            # Module calls have no "module." before their own name.
            outer, dot, own = address.rpartition(".")
            address = f"{outer}{dot}module.{own}"
        return known.terraform(self.card.rule, shown, address, _folders(self.graph))


_folders_of: dict[int, tuple[Any, frozenset[Path]]] = {}
"""By the identity of a graph, which is kept: that of one that is gone would be given again."""


def _folders(graph: Any) -> frozenset[Path]:
    """Folders of the entities of a run, from Checkov's graph."""
    known = _folders_of.get(id(graph))
    if known is None:
        found = {
            Path(part["file_path_"]).resolve().parent
            for node in graph.nodes()
            for part in (node if isinstance(node, tuple) else (node,))
            if isinstance(part, dict) and part.get("block_type_") in _ENTITIES
        }
        known = _folders_of[id(graph)] = graph, frozenset(found)
    return known[1]


class _Resource(_Block, BaseResourceCheck):
    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        return self.judged(conf)


class _Data(_Block, BaseDataCheck):
    def scan_data_conf(self, conf: dict[str, Any]) -> CheckResult:
        return self.judged(conf)


class _Provider(_Block, BaseProviderCheck):
    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        return self.judged(conf)


class _Module(_Block, BaseModuleCheck):
    def scan_module_conf(self, conf: dict[str, Any]) -> CheckResult:
        return self.judged(conf)


class _Object(_Check, BaseK8Check):
    def scan_spec_conf(self, conf: dict[str, Any]) -> CheckResult:
        return self.judged(conf)

    def said(self, known: Answers, conf: dict[str, Any]) -> Answer | None:
        metadata = conf.get("metadata")
        named = metadata if isinstance(metadata, dict) else {}
        kind, name, namespace = conf.get("kind"), named.get("name"), named.get("namespace")
        shown = self.entity_path.rsplit(":", 2)[0]
        space = str(namespace) if namespace else None
        return known.kubernetes(self.card.rule, shown, str(kind), space, str(name))


def register() -> None:
    """Adds our checks to Checkov's."""
    for card in check_cards():
        _Module(card)
        for kind in (_Resource, _Data, _Provider, _Object):
            kind(card, ["*"])
