"""Type constraints of variables, and the bounds their validations set."""

from __future__ import annotations

import pytest

from souverain.hcl import parse_expression
from souverain.hcl.ast import Expr
from souverain.model import SourceText, phrase
from souverain.terraform.bounds import bounds_of_validation
from souverain.terraform.constants import constant
from souverain.terraform.typeconstraints import Constraint, constraint_of
from souverain.values import ListOf, MapOf, SetOf, Unknown, Value


def expression(text: str) -> Expr:
    return parse_expression(SourceText("x.tf", text.encode()))


def constraint(text: str) -> Constraint:
    found = constraint_of(expression(text))
    assert isinstance(found, Constraint)
    return found


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("string", "1", "1"),
        ("number", '"1.5"', None),
        ("bool", '"true"', True),
        ("any", "[1]", (1,)),
        ("list(string)", '[1, "a", true]', ListOf(("1", "a", "true"))),
        ("list(any)", '[1, "a"]', ListOf(("1", "a"))),
        ("list", '["a"]', ListOf(("a",))),
        ('"string"', "1", "1"),
        ("set(number)", '["2", 1, 2]', SetOf((1, 2))),
        ("map(string)", "{a = 1}", MapOf(a="1")),
        ("tuple([string, number])", '[1, "2"]', ("1", 2)),
        ("object({a = string})", "{a = 1, b = 2}", {"a": "1"}),
        ("object({a = optional(string)})", "{}", {"a": None}),
        ('object({a = optional(string, "d")})', "{}", {"a": "d"}),
        ('object({a = optional(string, "d")})', "{a = null}", {"a": "d"}),
        ('object({a = optional(string, "d")})', '{a = "x"}', {"a": "x"}),
        ('object({a = optional(number, "1")})', "{}", {"a": 1}),
        (
            'object({a = optional(object({b = optional(string, "d")}), {})})',
            "{}",
            {"a": {"b": "d"}},
        ),
        (
            "list(object({a = string, b = optional(bool, true)}))",
            '[{a = "x"}, {a = "y", b = false}]',
            ListOf(({"a": "x", "b": True}, {"a": "y", "b": False})),
        ),
        (
            'map(object({b = optional(list(string), ["d"])}))',
            "{k = {}}",
            MapOf(k={"b": ListOf(("d",))}),
        ),
        (
            'tuple([object({b = optional(string, "d")})])',
            "[{}]",
            ({"b": "d"},),
        ),
        ("string", "null", None),
        ('object({a = optional(string, "d")})', "null", None),
    ],
)
def test_values_take_the_type_of_their_variable(kind: str, given: str, expected: Value) -> None:
    found = constraint(kind).apply(constant(expression(given)))
    if kind == "number":
        assert str(found) == "1.5"
        return
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        ("string", "[1]", "expr.wrong-type"),
        ("number", '"a"', "expr.not-a"),
        ("list(string)", '"a"', "expr.wrong-type"),
        ("list(number)", '["a"]', "expr.not-a"),
        ("map(string)", "[1]", "expr.wrong-type"),
        ("object({a = string})", "{}", "expr.attribute-required"),
        ("tuple([string])", '["a", "b"]', "expr.wrong-type"),
        ("list(any)", "[1, [1]]", "expr.no-common-type"),
    ],
)
def test_values_of_another_type_are_errors(kind: str, given: str, reason: str) -> None:
    expr = expression(given)
    found = constraint(kind).apply(constant(expr), expr.span)
    assert isinstance(found, Unknown)
    assert (found.reason.key, found.error, found.span) == (reason, True, expr.span)


def test_unknown_values_keep_their_reason() -> None:
    unknown = Unknown(phrase("expr.impure", name="x"))
    assert constraint("list(string)").apply(unknown) is unknown
    assert constraint("object({a = string})").apply({"a": unknown}) == {"a": unknown}


@pytest.mark.parametrize("text", ["strin", "list(string, string)", "object(1)", "1", "list()"])
def test_what_is_no_type_is_an_error(text: str) -> None:
    found = constraint_of(expression(text))
    assert isinstance(found, Unknown)
    assert found.reason == phrase("expr.not-a-type")


def test_no_type_means_any() -> None:
    found = constraint_of(None)
    assert isinstance(found, Constraint)
    assert found.apply((1, "a")) == (1, "a")


# --- bounds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('contains(["a", "b"], var.x)', ("a", "b")),
        ('contains(toset(["a", "b"]), var.x)', ("a", "b")),
        ('var.x == "a"', ("a",)),
        ('"a" == var.x', ("a",)),
        ('var.x == "a" || var.x == "b"', ("a", "b")),
        ('(var.x == "a" || var.x == "b")', ("a", "b")),
        ('contains(["a", "b"], var.x) && contains(["b", "c"], var.x)', ("b",)),
        ('contains(["a", "b"], var.x) && length(var.x) > 0', ("a", "b")),
        ('var.x == null || contains(["a"], var.x)', (None, "a")),
        ('var.x == null ? true : contains(["a"], var.x)', (None, "a")),
        ('var.x != null ? contains(["a"], var.x) : true', ("a", None)),
        ('var.x == "" ? false : contains(["a"], var.x)', ("a",)),
        ('anytrue([var.x == "a", var.x == "b"])', ("a", "b")),
        ('alltrue([contains(["a", "b"], var.x), contains(["b"], var.x)])', ("b",)),
        ('!(var.x != "a")', ("a",)),
        ('!(var.x != "a" && var.x != "b")', ("a", "b")),
        ('can(regex("^(a|b)$", var.x))', ("a", "b")),
        (
            'can(regex("^(?:eu|us)-(west|east)-[12]$", var.x))',
            (
                "eu-west-1",
                "eu-west-2",
                "eu-east-1",
                "eu-east-2",
                "us-west-1",
                "us-west-2",
                "us-east-1",
                "us-east-2",
            ),
        ),
        ('can(regex("^fr-par(-1)?$", var.x))', ("fr-par", "fr-par-1")),
        ('can(regex("^a$|^b$", var.x))', ("a", "b")),
        ('can(regex("^(GRA|SBG)[0-9]$", var.x)) && contains(["GRA9"], var.x)', ("GRA9",)),
        ('length(regexall("^(a|b)$", var.x)) > 0', ("a", "b")),
        ("contains([1, 2], var.x)", (1, 2)),
        ("contains([], var.x)", ()),
    ],
)
def test_conditions_that_bound_a_variable(condition: str, expected: tuple[Value, ...]) -> None:
    assert bounds_of_validation(expression(condition), "x") == expected


@pytest.mark.parametrize(
    "condition",
    [
        "length(var.x) > 0",
        'var.x != "a"',
        '!contains(["a"], var.x)',
        'contains(["a"], var.y)',
        'contains(["a"], lower(var.x))',
        "contains(local.allowed, var.x)",
        'var.x == "a" || var.y == "b"',
        'can(regex("^(a|b)", var.x))',
        'can(regex("(a|b)$", var.x))',
        'can(regex("^a|b$", var.x))',
        'can(regex("^a*$", var.x))',
        'can(regex("(?i)^a$", var.x))',
        'can(regex("(?m)^a$", var.x))',
        'can(regex("^[^a]$", var.x))',
        'can(regex("^(", var.x))',
        'can(regex("^[a-z]{3}$", var.x))',
        'regex("^a$", var.x) == "a"',
        'startswith(var.x, "eu-")',
        'var.x == "a" ? true : true',
        "true",
    ],
)
def test_conditions_that_do_not(condition: str) -> None:
    assert bounds_of_validation(expression(condition), "x") is None
