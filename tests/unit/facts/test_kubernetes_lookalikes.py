"""Whom a call goes to when several operators write the same."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.facts.kubernetes import facts, saying
from tests.unit.manifests import root

WEB = "Deployment/default/web"
MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: app}]}}}
"""
VAULT = {
    "says": "flow",
    "operator": "azure",
    "candidates": ("azure", "bleu"),
    "flow": "secret",
    "shown": "azurekv",
}
STACK = {"says": "flow", "candidates": ("ovhcloud", "infomaniak"), "flow": "endpoint"}


def on(operator: str) -> dict[str, Any]:
    return {"says": "cluster", "operator": operator}


def calling(operator: str) -> dict[str, Any]:
    return {"says": "flow", "operator": operator, "flow": "log", "host": f"logs.{operator}"}


@pytest.mark.parametrize(
    ("said", "whom"),
    [
        ([VAULT], ("azure", True)),
        ([VAULT, on("azure")], ("azure", True)),
        ([VAULT, on("bleu")], ("bleu", True)),
        ([VAULT, calling("bleu")], ("bleu", True)),
        ([VAULT, on("bleu"), calling("azure")], ("azure", False)),
        ([STACK], (None, False)),
        ([STACK, on("infomaniak")], ("infomaniak", True)),
        ([STACK, on("infomaniak"), calling("ovhcloud")], (None, False)),
    ],
)
def test_operator_that_is_meant(said: list[dict[str, Any]], whom: tuple[str | None, bool]) -> None:
    found = facts([root(MANIFEST)], saying({WEB: said}))[WEB].flows
    meant = [each for each in found if each.kind == said[0]["flow"]]
    assert [(each.operator, each.certain) for each in meant] == [whom]
