from __future__ import annotations

import pytest

from souverain.catalog import load_catalog


@pytest.mark.parametrize(
    ("type_", "path"),
    [("scaleway_container", "registry_image"), ("scaleway_job_definition", "image_uri")],
)
def test_what_pulls_an_image_says_from_where(type_, path):
    (flow,) = load_catalog().flows(type_)
    assert (flow.kind, flow.path, flow.to.text) == ("image", path, f"host:{path}")
