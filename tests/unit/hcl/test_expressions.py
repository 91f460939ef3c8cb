"""Every form of expression: the tree it gives, and that every span covers its source."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal

import pytest

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText, Span


def read(text: str) -> ast.Expr:
    file = hcl.parse(SourceText("main.tf", f"value = {text}\n".encode()))
    assert file.diagnostics == ()
    (attribute,) = file.body.attributes
    assert attribute.span.text == f"value = {text}"
    assert attribute.name_span.text == "value"
    return attribute.expr


def outline(node: object) -> object:
    """A tree without spans: (type name, fields in order)."""
    if isinstance(node, tuple):
        return tuple(outline(item) for item in node)
    if not dataclasses.is_dataclass(node):
        return node
    fields = [getattr(node, field.name) for field in dataclasses.fields(node)]
    return (type(node).__name__, *[outline(v) for v in fields if not isinstance(v, Span)])


def nodes(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        for item in node:
            yield from nodes(item)
    elif dataclasses.is_dataclass(node) and not isinstance(node, Span):
        yield node
        for field in dataclasses.fields(node):
            yield from nodes(getattr(node, field.name))


def literal(value: object) -> tuple[str, object]:
    return ("Literal", value)


def name(text: str) -> tuple[str, str]:
    return ("Variable", text)


A, B, C, D, E = (name(letter) for letter in "abcde")
ITEM = ("SplatItem",)

FORMS: list[tuple[str, object]] = [
    ("null", literal(None)),
    ("true", literal(True)),
    ("false", literal(False)),
    ("0", literal(0)),
    ("007", literal(7)),
    ("2.50", literal(Decimal("2.5"))),
    ("2.0", literal(2)),
    ("1e3", literal(1000)),
    ("1.5e-3", literal(Decimal("0.0015"))),
    ('""', literal("")),
    ('"eu-west-3"', literal("eu-west-3")),
    (r'"\n\r\t\"\\\u00e9\U0001F600"', literal('\n\r\t"\\é😀')),
    ('"$${a} %%{b} $ % $$ %%"', literal("${a} %{b} $ % $$ %%")),
    ('"e\u0301"', literal("é")),
    ('"${a}"', ("Template", (("Interpolation", A),))),
    ('"x${a}y"', ("Template", (literal("x"), ("Interpolation", A), literal("y")))),
    ('"${"${a}"}"', ("Template", (("Interpolation", ("Template", (("Interpolation", A),))),))),
    ('"x ${~ a ~} y"', ("Template", (literal("x"), ("Interpolation", A), literal("y")))),
    ('"${a ~} "', ("Template", (("Interpolation", A), literal("")))),
    (
        '"%{ if a }x%{ else }y%{ endif }"',
        ("Template", (("TemplateIf", A, (literal("x"),), (literal("y"),)),)),
    ),
    (
        '"%{for k, v in a}${v}%{endfor}"',
        ("Template", (("TemplateFor", "k", "v", A, (("Interpolation", name("v")),)),)),
    ),
    ("[]", ("Tuple", ())),
    ("[a, 1,]", ("Tuple", (A, literal(1)))),
    ("{}", ("Object", ())),
    (
        '{a = 1, (b) = 2, "c" : 3, null = 4, "${d}" = 5, 6 = e.f}',
        (
            "Object",
            (
                ("ObjectItem", literal("a"), literal(1)),
                ("ObjectItem", B, literal(2)),
                ("ObjectItem", literal("c"), literal(3)),
                ("ObjectItem", literal("null"), literal(4)),
                ("ObjectItem", ("Template", (("Interpolation", D),)), literal(5)),
                ("ObjectItem", literal(6), ("GetAttr", E, "f")),
            ),
        ),
    ),
    ("{a.b = c}", ("Object", (("ObjectItem", ("GetAttr", A, "b"), C),))),
    (
        "{\n  a = b\n  (c) = d\n}",
        ("Object", (("ObjectItem", literal("a"), B), ("ObjectItem", C, D))),
    ),
    ("a", A),
    ("(a)", A),
    ("a.b.c", ("GetAttr", ("GetAttr", A, "b"), "c")),
    ("(a).b", ("GetAttr", A, "b")),
    ("a[0]", ("Index", A, literal(0))),
    ("a.0", ("Index", A, literal(0))),
    ("a. /* 1 */ 0", ("Index", A, literal(0))),
    ("a /* b */ . /* 1 */ b", ("GetAttr", A, "b")),
    ("f /* b */ (a, /* c */ b /* d */ ...)", ("Call", "f", (A, B), True)),
    ("a ? /* x */ b : /* y */ c", ("Conditional", A, B, C)),
    ("[for /* x */ a /* y */ in b : /* z */ c]", ("For", None, "a", B, None, C, False, None)),
    ('a["k"].b', ("GetAttr", ("Index", A, literal("k")), "b")),
    ("a[b.c]", ("Index", A, ("GetAttr", B, "c"))),
    ("a[*]", ("Splat", A, ITEM)),
    ("a[ * ]", ("Splat", A, ITEM)),
    ("a[*].b[0]", ("Splat", A, ("Index", ("GetAttr", ITEM, "b"), literal(0)))),
    (
        "a[*].b[*].c",
        ("Splat", A, ("Splat", ("GetAttr", ITEM, "b"), ("GetAttr", ITEM, "c"))),
    ),
    ("a.*.b", ("Splat", A, ("GetAttr", ITEM, "b"))),
    ("a.*.b.0", ("Splat", A, ("Index", ("GetAttr", ITEM, "b"), literal(0)))),
    ("a.*.b[0]", ("Index", ("Splat", A, ("GetAttr", ITEM, "b")), literal(0))),
    (
        "a.*.b[0].c",
        ("GetAttr", ("Index", ("Splat", A, ("GetAttr", ITEM, "b")), literal(0)), "c"),
    ),
    ("f()", ("Call", "f", (), False)),
    ("f(a, 1)", ("Call", "f", (A, literal(1)), False)),
    ("f(a,\n  b,\n)", ("Call", "f", (A, B), False)),
    ("f(a...)", ("Call", "f", (A,), True)),
    ("provider::aws::f(a)", ("Call", "provider::aws::f", (A,), False)),
    ("f(a)[0].b", ("GetAttr", ("Index", ("Call", "f", (A,), False), literal(0)), "b")),
    ("-a", ("Unary", "-", A)),
    ("-34", ("Unary", "-", literal(34))),
    ("!a.b", ("Unary", "!", ("GetAttr", A, "b"))),
    ("- -1", ("Unary", "-", ("Unary", "-", literal(1)))),
    ("!a == b", ("Binary", "==", ("Unary", "!", A), B)),
    ("a - b - c", ("Binary", "-", ("Binary", "-", A, B), C)),
    ("a + b * c", ("Binary", "+", A, ("Binary", "*", B, C))),
    ("(a + b) * c", ("Binary", "*", ("Binary", "+", A, B), C)),
    ("a / b % c", ("Binary", "%", ("Binary", "/", A, B), C)),
    (
        "a || b && c == d",
        ("Binary", "||", A, ("Binary", "&&", B, ("Binary", "==", C, D))),
    ),
    ("a < b == (c >= d)", ("Binary", "==", ("Binary", "<", A, B), ("Binary", ">=", C, D))),
    ("a != b", ("Binary", "!=", A, B)),
    ("a <= b", ("Binary", "<=", A, B)),
    ("a > b", ("Binary", ">", A, B)),
    ("a ? b : c", ("Conditional", A, B, C)),
    ("a ? b : c ? d : e", ("Conditional", A, B, ("Conditional", C, D, E))),
    ("a ? b ? c : d : e", ("Conditional", A, ("Conditional", B, C, D), E)),
    ("(a ? b : c) ? d : e", ("Conditional", ("Conditional", A, B, C), D, E)),
    ("a == b ? c : d", ("Conditional", ("Binary", "==", A, B), C, D)),
    ("[for a in b : c]", ("For", None, "a", B, None, C, False, None)),
    ("[for a, b in c : d if e]", ("For", "a", "b", C, None, D, False, E)),
    ("{for a in b : c => d}", ("For", None, "a", B, C, D, False, None)),
    ("{\n  for a, b in c :\n  a => d... if e\n}", ("For", "a", "b", C, A, D, True, E)),
    ("[ # one\n  a, # two\n]", ("Tuple", (A,))),
    ("a /* b */ + c", ("Binary", "+", A, C)),
]


@pytest.mark.parametrize(("text", "expected"), FORMS, ids=[text for text, _ in FORMS])
def test_form(text: str, expected: object) -> None:
    assert outline(read(text)) == expected


@pytest.mark.parametrize("text", [text for text, _ in FORMS])
def test_form_as_an_argument(text: str) -> None:
    """Where it stands changes nothing: neither the tree nor the texts its spans cover."""
    alone, inside = read(text), read(f"f({text})")
    assert isinstance(inside, ast.Call)
    assert outline(inside.args[0]) == outline(alone)
    assert [n.span.text for n in nodes(inside.args[0])] == [n.span.text for n in nodes(alone)]  # type: ignore[attr-defined]


def spans(text: str) -> list[tuple[str, str]]:
    return [(type(node).__name__, node.span.text) for node in nodes(read(text))]  # type: ignore[attr-defined]


def test_spans_of_a_chain() -> None:
    assert spans('aws_s3_bucket.logs["eu"].arn') == [
        ("GetAttr", 'aws_s3_bucket.logs["eu"].arn'),
        ("Index", 'aws_s3_bucket.logs["eu"]'),
        ("GetAttr", "aws_s3_bucket.logs"),
        ("Variable", "aws_s3_bucket"),
        ("Literal", '"eu"'),
    ]


def test_spans_of_a_splat() -> None:
    assert spans("a[*].b.0") == [
        ("Splat", "a[*].b.0"),
        ("Variable", "a"),
        ("Index", "[*].b.0"),
        ("GetAttr", "[*].b"),
        ("SplatItem", "[*]"),
        ("Literal", "0"),
    ]


def test_spans_of_a_template() -> None:
    assert spans('"é${var.x}/%{if a}b%{endif}"') == [
        ("Template", '"é${var.x}/%{if a}b%{endif}"'),
        ("Literal", "é"),
        ("Interpolation", "${var.x}"),
        ("GetAttr", "var.x"),
        ("Variable", "var"),
        ("Literal", "/"),
        ("TemplateIf", "%{if a}b%{endif}"),
        ("Variable", "a"),
        ("Literal", "b"),
    ]


def test_spans_of_operations() -> None:
    assert spans("(a) + -b ? {c = 1} : d") == [
        ("Conditional", "(a) + -b ? {c = 1} : d"),
        ("Binary", "(a) + -b"),
        ("Variable", "a"),
        ("Unary", "-b"),
        ("Variable", "b"),
        ("Object", "{c = 1}"),
        ("ObjectItem", "c = 1"),
        ("Literal", "c"),
        ("Literal", "1"),
        ("Variable", "d"),
    ]


def test_huge_numbers_stay_decimals() -> None:
    node = read("1e999999999")
    assert isinstance(node, ast.Literal)
    assert node.value == Decimal("1e999999999")
    assert isinstance(node.value, Decimal)
    digits = read("9" * 5000)
    assert isinstance(digits, ast.Literal)
    assert isinstance(digits.value, Decimal)
