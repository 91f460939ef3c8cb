from __future__ import annotations

import pytest

from souverain.catalog import load_catalog


@pytest.mark.parametrize(
    ("type_", "path"),
    [("scaleway_container", "registry_image"), ("scaleway_job_definition", "image_uri")],
)
def test_what_pulls_an_image_says_from_where(type_, path):
    (flow,) = (flow for flow in load_catalog().flows(type_) if flow.kind == "image")
    assert (flow.path, flow.to.text) == (path, f"host:{path}")


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        ("aws_batch_job_definition", "container_properties"),
        ("aws_ecs_task_definition", "container_definitions"),
        ("aws_lambda_function", "environment.variables"),
        ("azurerm_container_app_job", "template.container.env.value"),
        ("azurerm_container_group", "container.environment_variables"),
        ("azurerm_linux_web_app_slot", "app_settings"),
        ("clevercloud_python", "environment"),
        ("google_cloud_run_service", "template.spec.containers.env.value"),
        ("google_cloud_run_v2_job", "template.template.containers.env.value"),
        ("google_cloudfunctions_function", "environment_variables"),
        ("heroku_app", "config_vars"),
        ("scaleway_container", "environment_variables"),
        ("scaleway_function", "environment_variables"),
        ("scaleway_job_definition", "env"),
        ("scalingo_app", "environment"),
    ],
)
def test_what_runs_code_says_whom_it_calls(type_, path):
    catalog = load_catalog()
    (flow,) = (flow for flow in catalog.flows(type_) if flow.kind == "endpoint")
    assert (flow.path, flow.to.text, flow.scan) == (path, f"host:{path}", True)
    # What only configures holds no data, so that no rule would look at whom it calls.
    mapping = catalog.type(type_)
    assert mapping is not None
    assert mapping.role == "processes"
