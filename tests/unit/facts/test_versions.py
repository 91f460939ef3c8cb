from __future__ import annotations

import pytest

from souverain.facts.versions import stays_below


@pytest.mark.parametrize(
    "constraint",
    [
        "5.80.0",
        "= 5.80.0",
        "~> 5.0",
        "~> 5.31.2",
        ">= 4.0, < 6.0",
        "< 6",
        "<= 5.99.1",
        "~>5.1,!=5.4",
    ],
)
def test_older_versions(constraint):
    assert stays_below(constraint, 6)


@pytest.mark.parametrize(
    "constraint",
    [
        None,
        "",
        "6.0.0",
        "~> 6.0",
        ">= 5.0",
        "> 5",
        "< 7",
        "< 6.1",
        "<= 6.0.0",
        "!= 5.0",
        "~> 5",
        "latest",
    ],
)
def test_versions_that_may_be_newer(constraint):
    assert not stays_below(constraint, 6)
