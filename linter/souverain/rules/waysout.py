"""What to do about a fact that could not be decided: the way out follows from the cause."""

from __future__ import annotations

from collections.abc import Iterator
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
        "facts.named-without-place",
        "facts.place-cycle",
        "facts.region-without-country",
        "facts.arn-without-region",
        "facts.host-without-region",
        "facts.object-names-nothing",
        "catalog.reason-region-decides",
        "catalog.reason-hds-region-decides",
    ),
    "declare-cluster": (
        "facts.cluster-unknown",
        "facts.cluster-unnamed",
        "facts.cluster-name-open",
        "facts.cluster-without-region",
        "facts.cluster-declared-without-region",
        "facts.cluster-contradicted",
        "facts.cluster-ambiguous",
        "facts.cluster-software",
        "facts.object-without-region",
    ),
    "mend-cluster": ("facts.cluster-not-created", "facts.cluster-several-worlds"),
    "render-manifests": (
        "facts.deploys-a-chart",
        "assets.placeholder",
        "facts.exchange-left-open",
        "facts.region-left-open",
    ),
    "look-up-host": (
        "facts.exchange-without-region",
        "facts.exchange-ambiguous",
        "facts.region-kept",
    ),
    "look-up-state": ("facts.backend-without-place",),
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
        "facts.exchange-unlisted",
        "facts.cluster-operator-unlisted",
        "facts.region-unlisted",
        "facts.region-without-pair",
        "facts.control-unlisted",
        "rules.country-unknown",
        "rules.role-unknown",
        "rules.custodian-unknown",
        "rules.recipient-control-unknown",
        "facts.creates-what-is-unlisted",
    ),
    "create-in-terraform": ("facts.creates-what-a-template-says",),
    "write-setting": (
        "facts.setting-applies",
        "facts.setting-default-elsewhere",
        "facts.setting-hangs-on-account",
        "facts.setting-hangs-on-engine",
        "facts.setting-hangs-on-scheduler",
        "facts.setting-hangs-on-subnet",
        "facts.setting-hangs-on-service",
        "rules.setting-unconfirmed",
    ),
    "seal-secret": ("facts.setting-hangs-on-cluster", "assets.secret-filled-in"),
    "give-key": ("facts.key-undecided", "facts.key-without-place", "rules.custody-unknown"),
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


def way_out(reason: Phrase, *, is_object: bool = False) -> Phrase:
    """How to make decidable what is undecided for ``reason``: the deepest cause decides.

    ``is_object``: it is undecided of an object of Kubernetes, of which no plan tells more.
    """
    ways = [_WAY_OF[cause.key] for cause in _causes(reason) if cause.key in _WAY_OF]
    otherwise = "render-manifests" if is_object else "give-plan"
    return phrase(f"rules.way-{ways[-1] if ways else otherwise}")


def _causes(reason: Phrase) -> Iterator[Phrase]:
    """A reason, then the reason behind it (``how many there are is not known: no value``)."""
    yield reason
    for name, value in reason.args:
        if name in ("reason", "why") and isinstance(value, Phrase):
            yield from _causes(value)
