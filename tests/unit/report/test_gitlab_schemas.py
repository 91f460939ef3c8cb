"""Reports for GitLab against its own schemas, where they can be reached.

No package carries them, so they are read from their repositories. Where those cannot be
reached, what :mod:`tests.gitlab` asks for is held all the same.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.request import urlopen

import pytest
from jsonschema.validators import validator_for

from souverain.doctrine import Doctrine
from souverain.model import Report
from souverain.report import formats
from souverain.report.text import Style

GITLAB = "https://gitlab.com/gitlab-org"
SCHEMAS = {
    "gitlab": f"{GITLAB}/gitlab/-/raw/v17.0.0-ee/app/validators/json_schemas/codeclimate.json",
    "gitlab-sast": (
        f"{GITLAB}/security-products/security-report-schemas"
        "/-/raw/v15.0.1/dist/sast-report-format.json"
    ),
}
SECONDS = 5


@cache
def read(address: str) -> Any:
    """The schema; None where it cannot be reached, as behind a page that asks to sign in."""
    try:
        with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - the addresses above
            return json.load(answer)
    except (OSError, ValueError):
        return None


@pytest.mark.parametrize("form", SCHEMAS)
def test_gitlab_reports_fit_its_schemas(form: str, report: Report, doctrine: Doctrine) -> None:
    schema = read(SCHEMAS[form])
    if schema is None:
        pytest.skip("the schema cannot be reached from here")
    validator = validator_for(schema)(schema)
    document = json.loads(formats.check(form, report, doctrine, Style("en")))
    assert [error.message for error in validator.iter_errors(document)] == []
    worse = document[0] if form == "gitlab" else document["scan"]
    worse.clear()
    assert not validator.is_valid(document)
