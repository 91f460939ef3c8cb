"""What Checkov loads. It goes on without a word when this cannot be, so a failure is a check."""

from __future__ import annotations

import logging
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.kubernetes.checks.resource.base_spec_check import BaseK8Check
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

_ID = "SOUV_SRC900"
_NAME = "Souverain could not be loaded beside Checkov"


class _BrokenResource(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(_NAME, _ID, [CheckCategories.GENERAL_SECURITY], ["*"])

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        return CheckResult.FAILED


class _BrokenObject(BaseK8Check):
    def __init__(self) -> None:
        super().__init__(_NAME, _ID, [CheckCategories.GENERAL_SECURITY], ["*"])

    def scan_spec_conf(self, conf: dict[str, Any]) -> CheckResult:
        return CheckResult.FAILED


try:
    from souverain.checkov.registration import register

    register()
except Exception:
    logging.getLogger("souverain").exception(_NAME)
    _BrokenResource()
    _BrokenObject()
