"""The module calls that lead to an instance."""

from __future__ import annotations


def test_instances_know_the_calls_that_lead_to_them(project):
    loaded = project(
        {
            "main.tf": 'module "a" {\n  source = "./a"\n}\nresource "aws_s3_bucket" "b" {}\n',
            "a/main.tf": (
                '# calls\nmodule "b" {\n  source = "./b"\n}\nmodule "c" {\n  source = "x/y/z"\n}\n'
            ),
            "a/b/main.tf": 'resource "aws_s3_bucket" "b" {}\n',
        }
    )
    called = {
        instance.address: [(span.file, span.line, span.text) for span in instance.called_at]
        for instance in loaded.root.instances()
    }
    outer = ("main.tf", 1, 'module "a"')
    assert called == {
        "aws_s3_bucket.b": [],
        "module.a.module.b.aws_s3_bucket.b": [outer, ("a/main.tf", 2, 'module "b"')],
        "module.a.module.c": [outer],
    }
