from __future__ import annotations

import time

import pytest

from souverain.terraform.errors import NotEvaluated
from souverain.terraform.functions.glob import matching

PATHS = ("a.tf", "lib/a.json", "lib/deep/er/b.json", "lib/deep/b.yaml", "lib/x.json.tftpl")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["a.tf"]),
        ("**", list(PATHS)),
        ("**/*.json", ["lib/a.json", "lib/deep/er/b.json"]),
        ("lib/**/b.*", ["lib/deep/er/b.json", "lib/deep/b.yaml"]),
        ("lib/**", list(PATHS[1:])),
        ("a.tf/**", []),
        ("lib/?.json", ["lib/a.json"]),
        ("lib/[!b].{json,json.tftpl}", ["lib/a.json", "lib/x.json.tftpl"]),
        ("lib/[^a].json*", ["lib/x.json.tftpl"]),
        ("{a,lib/{a,x}}.{tf,json}", ["a.tf", "lib/a.json"]),
        ("LIB/*", []),
    ],
)
def test_globs(pattern, found):
    assert list(matching(pattern, PATHS)) == found


def test_many_stars_take_no_longer():
    started = time.perf_counter()
    assert matching("*a" * 60 + "b", ("a" * 255,)) == ()
    assert matching("**/a/" * 60 + "b", ("a/" * 1000 + "c",)) == ()
    assert time.perf_counter() - started < 1


def test_too_many_alternatives_are_not_tried():
    with pytest.raises(NotEvaluated):
        matching("{a,b}" * 40, PATHS)
