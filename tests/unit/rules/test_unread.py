"""What a module that could not be read leaves open, and what would settle it."""

from __future__ import annotations

from dataclasses import replace

from souverain.model import phrase


def test_the_role_of_an_unread_module_is_open_because_it_is_unread(bench, make):
    missing = phrase("terraform.module-not-installed", source="example/store/aws")
    module = replace(make.bucket(), type="module", unread=missing)
    virginia = make.located("us-east-1", "US")
    facts = replace(make.PARIS_HEALTH, asset=module, role=None, location=virginia)
    [found] = bench.findings(facts)
    assert found.verdict == "undecided"
    assert dict(found.message.args)["reason"] == missing
    assert found.remediation.key == "rules.way-install-module"
