"""Every rule as a check on every entity that Checkov looks at. Needs Checkov.

Instantiating a class registers it. Checkov asks once per framework it runs, and keeps the
first check of an id; the state lives in :mod:`souverain.checkov.answers`. A check never
raises: in HCL Checkov would drop the record and exit with 0, in Kubernetes the run would die.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from datetime import date
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
from souverain.rules.sources import INTERNAL_ERROR

_SEVERITIES = {
    "error": Severities[BcSeverities.HIGH],
    "warning": Severities[BcSeverities.MEDIUM],
    "info": Severities[BcSeverities.LOW],
}
_ENTITIES = ("resource", "data", "provider", "module")
_CATEGORIES = [CheckCategories.GENERAL_SECURITY]
_log = logging.getLogger("souverain")

Ask = Callable[[Answers], "Answer | None"]


def _day() -> date:
    pinned = os.environ.get(DAY_SWITCH)
    return date.fromisoformat(pinned) if pinned else date.today()


def _baseline() -> Path | None:
    named = os.environ.get(BASELINE_SWITCH)
    return Path(named) if named else None


def _judged(check: BaseCheck, card: CheckCard, ask: Ask) -> CheckResult:
    """FAILED for a finding, UNKNOWN (no record) otherwise: silence is not compliance."""
    check.severity = _SEVERITIES[card.severity]
    try:
        switch = os.environ.get(UNDECIDED_SWITCH, "all")
        said = ask(answers(scanned_paths(sys.argv[1:]), _day(), switch, _baseline()))
    except Exception:  # noqa: BLE001 - a failed record tells of it
        _log.exception("Souverain failed in %s", check.id)
        return CheckResult.FAILED if card.rule == INTERNAL_ERROR else CheckResult.UNKNOWN
    if said is None:
        return CheckResult.UNKNOWN
    check.severity = _SEVERITIES[said.severity]
    return CheckResult.FAILED


def _terraform(check: BaseCheck, card: CheckCard, conf: dict[str, Any]) -> CheckResult:
    shown, kind, name = check.entity_path.rsplit(":", 2)
    address = str(conf.get("__address__") or f"{kind}.{name}")
    # Module calls have no "module." before their own name.
    outer, dot, own = address.rpartition(".")
    addresses = (f"{outer}{dot}module.{own}",) if kind == "module" else (address,)
    plan = conf.get("__file__")
    if plan:
        file = Path(plan[0] if isinstance(plan, list) else plan)
        return _judged(check, card, lambda known: known.plan(card.rule, file, address))

    def ask(known: Answers) -> Answer | None:
        return known.terraform(card.rule, shown, addresses, _folders(check.graph))

    return _judged(check, card, ask)


_folders_of: dict[int, frozenset[Path]] = {}


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
        known = _folders_of[id(graph)] = frozenset(found)
    return known


class _Resource(BaseResourceCheck):
    def __init__(self, card: CheckCard) -> None:
        self.card = card
        super().__init__(card.name, card.id, _CATEGORIES, ["*"], card.guideline)
        self.severity = _SEVERITIES[card.severity]

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        return _terraform(self, self.card, conf)


class _Data(BaseDataCheck):
    def __init__(self, card: CheckCard) -> None:
        self.card = card
        super().__init__(card.name, card.id, _CATEGORIES, ["*"], card.guideline)
        self.severity = _SEVERITIES[card.severity]

    def scan_data_conf(self, conf: dict[str, Any]) -> CheckResult:
        return _terraform(self, self.card, conf)


class _Provider(BaseProviderCheck):
    def __init__(self, card: CheckCard) -> None:
        self.card = card
        super().__init__(card.name, card.id, _CATEGORIES, ["*"], card.guideline)
        self.severity = _SEVERITIES[card.severity]

    def scan_provider_conf(self, conf: dict[str, Any]) -> CheckResult:
        return _terraform(self, self.card, conf)


class _Module(BaseModuleCheck):
    def __init__(self, card: CheckCard) -> None:
        self.card = card
        super().__init__(card.name, card.id, _CATEGORIES, guideline=card.guideline)
        self.severity = _SEVERITIES[card.severity]

    def scan_module_conf(self, conf: dict[str, Any]) -> CheckResult:
        return _terraform(self, self.card, conf)


class _Object(BaseK8Check):
    def __init__(self, card: CheckCard) -> None:
        self.card = card
        super().__init__(card.name, card.id, _CATEGORIES, ["*"], card.guideline)
        self.severity = _SEVERITIES[card.severity]

    def scan_spec_conf(self, conf: dict[str, Any]) -> CheckResult:
        metadata = conf.get("metadata")
        named = metadata if isinstance(metadata, dict) else {}
        kind, name, namespace = conf.get("kind"), named.get("name"), named.get("namespace")
        shown = self.entity_path.rsplit(":", 2)[0]
        return _judged(
            self,
            self.card,
            lambda known: known.kubernetes(
                self.card.rule, shown, str(kind), str(namespace) if namespace else None, str(name)
            ),
        )


def register() -> None:
    """Adds our checks to Checkov's."""
    for card in check_cards():
        for kind in (_Resource, _Data, _Provider, _Module, _Object):
            kind(card)
