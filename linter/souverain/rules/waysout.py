"""What to do about a fact that could not be decided: the way out follows from the cause."""

from __future__ import annotations

from typing import Final

from souverain.model import Phrase, phrase

_WAYS: Final[dict[str, tuple[str, ...]]] = {
    "give-value": ("terraform.variable-without-value", "terraform.argument-missing"),
    "give-workspace": ("terraform.workspace",),
    "give-region": ("facts.provider-without-region", "facts.provider-not-configured"),
    "install-module": (
        "terraform.module-not-installed",
        "terraform.module-absent",
        "terraform.modules-json-broken",
    ),
    "write-place": (
        "facts.place-not-written",
        "facts.place-cycle",
        "facts.backend-without-place",
        "facts.region-without-country",
        "facts.arn-without-region",
        "facts.host-without-region",
    ),
    "name-operator": (
        "facts.software-without-endpoint",
        "facts.endpoint-local",
        "facts.endpoint-private",
        "facts.host-not-written",
        "rules.recipient-unknown",
    ),
    "complete-catalogue": (
        "facts.provider-unlisted",
        "facts.settings-unlisted",
        "facts.endpoint-unlisted",
        "facts.host-unlisted",
        "facts.region-unlisted",
        "facts.region-without-pair",
        "facts.control-unlisted",
        "rules.country-unknown",
        "rules.role-unknown",
        "rules.custodian-unknown",
    ),
    "give-key": ("facts.key-undecided", "rules.custody-unknown"),
    "identify-operator": ("facts.certificate-no-operator",),
    "ask-certificate": (
        "facts.certificate-no-offer",
        "facts.certificate-no-fact",
        "facts.certificate-unknown",
        "facts.certificate-unknown-why",
        "facts.certificate-not-shown",
        "facts.certificate-other-scope",
        "rules.certificate-not-established",
    ),
}
"""Reasons that each way out answers; whatever only a run of Terraform tells needs a plan."""

_WAY_OF: Final = {reason: way for way, reasons in _WAYS.items() for reason in reasons}


def way_out(reason: Phrase) -> Phrase:
    """How to make decidable what is undecided for ``reason``."""
    return phrase(f"rules.way-{_WAY_OF.get(_root_cause(reason).key, 'give-plan')}")


def _root_cause(reason: Phrase) -> Phrase:
    """The reason behind the reason: ``which instances exist is not known: no value``."""
    behind = dict(reason.args).get("reason")
    return _root_cause(behind) if isinstance(behind, Phrase) else reason
