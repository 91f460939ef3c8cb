"""Both back ends give the same tree, spans included, on fixtures, snippets and generated files.

python-hcl2 refuses some valid forms (nested heredocs, ``--1``, strip markers); it must give
an unreadable expression for them, and agree on all the rest of the file.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText, Span

pytest.importorskip("hcl2")

HERE = Path(__file__).parent
FIXTURES = sorted((HERE.parents[1] / "fixtures").rglob("*.tf"))
SNIPPETS = (HERE / "hcl-snippets.txt").read_text(encoding="utf-8").split("\n---\n")


def dump(node: object) -> object:
    """A tree as plain values, with the offsets of every span."""
    if isinstance(node, Span):
        return (node.start, node.end)
    if isinstance(node, tuple):
        return tuple(dump(item) for item in node)
    if isinstance(node, ast.Attribute):
        return (node.name, dump(node.span), dump(node.name_span), dump(node.expr))
    if not dataclasses.is_dataclass(node):
        return (type(node).__name__, node)
    fields = dataclasses.fields(node)
    return (type(node).__name__, *[dump(getattr(node, field.name)) for field in fields])


def compare(text: str) -> None:
    source = SourceText("main.tf", text.encode())
    ours, theirs = hcl.parse(source, "tree-sitter"), hcl.parse(source, "python-hcl2")
    assert ours.diagnostics == theirs.diagnostics
    blind(ours.body, theirs.body)
    assert dump(ours.body) == dump(theirs.body)


def blind(ours: ast.Body, theirs: ast.Body) -> None:
    """Take out of both trees the attributes that python-hcl2 could not read."""
    for one, other in zip(ours.attributes, theirs.attributes, strict=True):
        if "'<syntax error>'" in repr(dump(other.expr)):
            one.expr = other.expr = ast.Variable(ast.UNREADABLE, one.span)
    for one_block, other_block in zip(ours.blocks, theirs.blocks, strict=True):
        blind(one_block.body, other_block.body)


@pytest.mark.parametrize("path", FIXTURES, ids=str)
def test_fixture(path: Path) -> None:
    compare(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", SNIPPETS)
def test_snippet(text: str) -> None:
    compare(text + "\n")


# --- generated files ------------------------------------------------------------------

names = st.sampled_from(["a", "b_1", "c-d", "var", "local", "aws_s3_bucket", "each"])
atoms = st.one_of(
    names,
    st.integers(0, 10**6).map(str),
    st.sampled_from(["null", "true", "false", "1.5", '""', '"text"', '"é\\n$${x}"']),
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=3)
    operators = st.sampled_from(["||", "&&", "==", "!=", "<", ">=", "+", "-", "*", "/", "%"])
    accesses = st.sampled_from([".x", "[0]", '["k"]', "[*].y", ".*.z", ".0", "[*].u[0].v"])
    return st.one_of(
        several.map(lambda items: f"[{', '.join(items)}]"),
        several.map(lambda items: "[\n" + "".join(f"  {item},\n" for item in items) + "]"),
        st.lists(st.tuples(names, inner), max_size=3).map(
            lambda items: "{" + ", ".join(f"{k} = {v}" for k, v in items) + "}"
        ),
        st.lists(st.tuples(inner, inner), max_size=2).map(
            lambda items: "{\n" + "".join(f"  ({k}) = {v}\n" for k, v in items) + "}"
        ),
        st.tuples(names, several).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(names, inner).map(lambda call: f"{call[0]}({call[1]}...)"),
        st.tuples(inner, operators, inner).map(lambda b: f"({b[0]} {b[1]} {b[2]})"),
        st.tuples(names, operators, names, operators, names).map(" ".join),
        st.tuples(inner, inner, inner).map(lambda c: f"({c[0]} ? {c[1]} : {c[2]})"),
        st.tuples(names, names, names, names, names).map(
            lambda c: "{} ? {} : {} ? {} : {}".format(*c)
        ),
        st.tuples(names, st.sampled_from([".x", "[0]"]), accesses).map("".join),
        inner.map(lambda operand: f"-({operand})"),
        inner.map(lambda operand: f"!({operand})"),
        st.tuples(inner, inner).map(lambda f: f"[for k, v in {f[0]} : {f[1]} if v]"),
        st.tuples(inner, inner).map(lambda f: f"{{for k in {f[0]} : k => {f[1]}...}}"),
        inner.map(lambda part: f'"a${{{part}}}b"'),
        inner.map(lambda part: f'"${{{part}}}"'),
        inner.map(lambda part: f'"%{{if {part}}}x%{{else}}y%{{endif}}"'),
        inner.map(lambda part: f"[<<-E\n    a ${{{part}}}\n      b\n    E\n]"),
    )


expressions = st.recursive(atoms, grown, max_leaves=6)
attributes = st.tuples(names, expressions).map(lambda a: f"{a[0]} = {a[1]}\n")


@st.composite
def blocks(draw: st.DrawFn) -> str:
    header = draw(st.sampled_from(['resource "aws_s3_bucket" "é"', "locals", 'module "m"', "a b"]))
    items = draw(st.lists(attributes, max_size=3, unique_by=lambda text: text.split(" ")[0]))
    comment = draw(st.sampled_from(["", "# é\n", "/* a\n b */\n", "\n", "// x\n"]))
    nested = draw(st.sampled_from(["", "x {}\n", "x { a = 1 }\n", 'dynamic "y" {\n  a = b\n}\n']))
    return f"{header} {{\n{comment}{''.join(items)}{nested}}}\n"


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.lists(blocks(), min_size=1, max_size=3))
def test_generated_file(parts: list[str]) -> None:
    compare("\n".join(parts))


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(expressions)
def test_generated_expression(text: str) -> None:
    """Valid, and every expression reads the same alone as where it stands."""
    source = SourceText("main.tf", f"value = {text}\n".encode())
    file = hcl.parse(source)
    assert file.diagnostics == ()
    (attribute,) = file.body.attributes
    span = attribute.expr.span
    assert dump(hcl.parse_expression(source, len("value = "), len(source.data))) == dump(
        attribute.expr
    )
    assert span.text in text
