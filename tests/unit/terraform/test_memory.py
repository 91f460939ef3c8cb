"""What functions keep of their results changes none of them."""

from __future__ import annotations

import pytest

from souverain.terraform.errors import EvaluationError
from souverain.terraform.functions import json, memory

MODULE = """
variable "name" {}
output "own" { value = templatefile("shared.tftpl", { name = var.name, other = "x" }) }
output "file" { value = templatefile("file.tftpl", { name = var.name }) }
output "same" { value = templatefile("shared.tftpl", { name = "first", other = "y" }) }
"""


def test_a_template_is_rendered_for_what_it_is_given(project):
    loaded = project(
        {
            "main.tf": "".join(
                f'module "{name}" {{\n  source = "./m"\n  name = "{name}"\n}}\n'
                f'resource "aws_s3_bucket" "{name}" {{\n'
                f"  bucket = module.{name}.own\n  acl = module.{name}.file\n"
                f"  region = module.{name}.same\n}}\n"
                for name in ("first", "second")
            ),
            "m/main.tf": MODULE,
            "shared.tftpl": "<${name}>",
            "file.tftpl": '${name}: ${file("${name}.txt")}',
            "first.txt": "one",
            "second.txt": "two",
        }
    )
    for name, text in (("first", "one"), ("second", "two")):
        address = f"aws_s3_bucket.{name}"
        assert loaded.value(address, "bucket") == f"<{name}>"
        assert loaded.value(address, "acl") == f"{name}: {text}"
        assert loaded.value(address, "region") == "<first>"


def test_files_of_the_same_name_are_told_apart(project):
    files = {}
    for root in ("a", "b"):
        files[f"{root}/main.tf"] = (
            'resource "aws_s3_bucket" "x" {\n  bucket = templatefile("t", { n = "n" })\n'
            '  acl = file("t")\n}\n'
        )
        files[f"{root}/t"] = f"{root} ${{n}}"
    loaded = project(files)
    values = [
        (one.value, other.value)
        for root in loaded.evaluated
        for instance in root.instances()
        for one, other in zip(
            instance.config.read("bucket"), instance.config.read("acl"), strict=True
        )
    ]
    assert values == [("a n", "a ${n}"), ("b n", "b ${n}")]


def test_only_results_of_short_texts_are_kept() -> None:
    long = f'["{"x" * memory.SHORT}"]'
    assert json.jsondecode("[1]") is json.jsondecode("[1]")
    assert json.jsondecode(long) == json.jsondecode(long)
    assert json.jsondecode(long) is not json.jsondecode(long)


def test_an_error_is_one_each_time() -> None:
    for _ in range(2):
        with pytest.raises(EvaluationError):
            json.jsondecode("[")
