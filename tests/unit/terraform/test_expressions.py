"""What Terraform cannot tell us: unknown values, alternatives, and hostile expressions.

Known values are compared with Terraform in ``tests/differential``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.hcl import parse_expression
from souverain.hcl.ast import Expr
from souverain.model import Ref, SourceText, Span, phrase
from souverain.terraform.expressions import evaluate
from souverain.terraform.scope import IndexStep, Step
from souverain.values import ListOf, MapOf, Partial, SetOf, Unknown, Value
from souverain.worlds import Choice, Worlds

BUCKET = Unknown(phrase("terraform.computed", name="b"), None, Ref("aws_s3_bucket.b"), "b")
WORDS: dict[str, Value] = {"region": "eu-west-3", "list": ("a", "b"), "map": MapOf(a="x")}


@dataclass
class Fake:
    """``bucket`` is a resource, ``open.*`` are unknown variables, ``var.*`` are WORDS."""

    worlds: Worlds = field(default_factory=Worlds)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        if root == "bucket":
            return BUCKET, 0
        name = steps[0] if steps else ""
        if root == "open":
            return Unknown(phrase("expr.impure", name=str(name)), span, cause=f"open.{name}"), 1
        if root == "var" and isinstance(name, str) and name in WORDS:
            return WORDS[name], 1
        return Unknown(phrase("expr.not-passed", name=root), span, error=True), len(steps)

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        return Choice((span.text,), 2) if "open." in span.text else None

    def read_file(self, path: str, span: Span) -> bytes | Value:
        found = self.files.get(path)
        return Unknown(phrase("expr.not-passed", name=path), span) if found is None else found

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        return tuple(self.files)

    def path_value(self, name: str) -> str | None:
        return None


def value(text: str, **files: bytes) -> Value:
    return evaluate(parse_expression(SourceText("x.tf", text.encode())), Fake(files=files))


def reason(text: str) -> str:
    found = value(text)
    assert isinstance(found, Unknown)
    return found.reason.key


# --- unknown values -------------------------------------------------------------------


def test_an_unknown_keeps_the_way_to_its_resource() -> None:
    found = value("bucket.server_side[0].rule")
    assert isinstance(found, Unknown)
    assert found.ref == Ref("aws_s3_bucket.b", "server_side.rule")
    assert (found.cause, found.error) == ("b", False)


def test_a_splat_over_an_unknown_keeps_the_way_too() -> None:
    found = value("bucket[*].tags.data")
    assert isinstance(found, Unknown)
    assert found.ref == Ref("aws_s3_bucket.b", "tags.data")


@pytest.mark.parametrize(
    "text",
    [
        "upper(bucket)",
        'split(bucket, "a")',
        "bucket + 1",
        "-bucket",
        "!bucket",
        "bucket > 2",
        "[for x in bucket : x]",
        "{for x in bucket : x => x}",
        "{(bucket) = 1}",
        "max(1, bucket)",
        "max([1, bucket]...)",
        "max(bucket...)",
        'bucket == "a"',
        "try(bucket.a, 1)",
        "can(bucket.a)",
        'sort(["b", bucket])',
        '"%{ if bucket }a%{ else }b%{ endif }" == "a"',
    ],
)
def test_unknown_operands_leave_the_result_unknown(text: str) -> None:
    found = value(text)
    assert isinstance(found, Unknown)
    assert (found.reason, found.error) == (BUCKET.reason, False)


def test_a_template_keeps_its_literal_text() -> None:
    found = value('"arn:aws:s3:${open.partition}:x-${1 + 1}${bucket.id}.fr"')
    assert isinstance(found, Partial)
    assert (found.prefix, found.suffix) == ("arn:aws:s3:", ".fr")
    assert found.segments[2] == ":x-2"
    assert found.unknown.cause == "open.partition"


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ('format("%s-%s.fr", "a", bucket.id)', ["a-", ".fr"]),
        ('join(".", ["a", bucket.id, "fr"])', ["a.", ".fr"]),
        ('jsonencode({a = "x-${bucket.id}", b = bucket.id})', ['{"a":"x-', '","b":', "}"]),
        ('upper("a-${bucket.id}")', ["A-"]),
        ('"%{ for x in ["p", bucket.id] }${x},%{ endfor }"', ["p,", ","]),
        ('"a-${format("b-%s", bucket.id)}"', ["a-b-"]),
    ],
)
def test_functions_of_text_keep_its_known_parts(text: str, literals: list[str]) -> None:
    found = value(text)
    assert isinstance(found, Partial)
    assert [segment for segment in found.segments if isinstance(segment, str)] == literals


def test_containers_hold_unknown_parts() -> None:
    assert value('{a = 1, b = bucket, c = ["x", bucket]}') == {
        "a": 1,
        "b": BUCKET,
        "c": ("x", BUCKET),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("merge({a = bucket}, {b = 1})", {"a": BUCKET, "b": 1}),
        ('lookup({a = bucket}, "b", "d")', "d"),
        ("concat([bucket], [1])", (BUCKET, 1)),
        ("length([bucket, bucket])", 2),
        ("element([bucket, 1], 1)", 1),
        ('zipmap(["a", "b"], [bucket, 1])', {"a": BUCKET, "b": 1}),
        ("reverse([bucket, 1])", (1, BUCKET)),
        ("{for k, v in {a = bucket} : upper(k) => v}", {"A": BUCKET}),
        ("[for x in [bucket, 1] : [x]]", ((BUCKET,), (1,))),
        ('tolist(["a", bucket])', ListOf(("a", BUCKET))),
        ('toset([bucket, "b", "a"])', SetOf(("a", "b", BUCKET))),
        ("keys({b = bucket, a = 1})", ("a", "b")),
        ("coalescelist([], [bucket])", (BUCKET,)),
        ("sensitive(bucket)", BUCKET),
        ("bucket && false", False),
        ("bucket || true", True),
        ('[bucket, "a"] == ["x"]', False),
        ("{a = bucket} == {b = 1}", False),
        ('"a-${bucket}" == "b"', False),
        ('"a-${bucket}" == null', False),
        ('"${bucket}-fr" == "x-de"', False),
        ('"aaaa${bucket}" == "aa"', False),
        ('startswith("arn:${bucket}", "arn:")', True),
        ('endswith("${bucket}.fr", ".com")', False),
        ('strcontains("${bucket}.ovh.", ".ovh.")', True),
        ('contains([bucket, "a"], "a")', True),
        ("anytrue([bucket, true])", True),
        ("alltrue([bucket, false])", False),
    ],
)
def test_what_the_known_parts_decide_is_decided(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'startswith("a${bucket}", "arn")',
        'contains([bucket, "a"], "b")',
        '"a${bucket}" == "ab"',
        "coalesce(bucket, 1)",
        "flatten([[1], bucket])",
        "distinct([1, bucket])",
        "length(toset([1, bucket]))",
        'setsubtract(["a"], [bucket])',
        "index([bucket, 1], 1)",
        "bucket == null",
    ],
)
def test_what_the_unknown_part_may_change_stays_unknown(text: str) -> None:
    assert isinstance(value(text), Unknown)


def test_impure_functions_say_so() -> None:
    assert reason("timestamp()") == "expr.impure"
    assert reason('base64gzip("a")') == "expr.not-implemented"
    assert reason('provider::aws::arn_parse("a")') == "expr.provider-function"
    assert reason('abspath("a")') == "expr.machine"
    assert reason('nope("a")') == "expr.no-function"


def test_an_error_says_what_and_where() -> None:
    found = value('{a = 1, b = upper(1, 2), c = "${tonumber("x")}"}')
    assert isinstance(found, dict)
    wrong = found["b"], found["c"]
    assert [w.reason.key for w in wrong if isinstance(w, Unknown)] == [
        "expr.argument-count",
        "expr.not-a",
    ]
    assert [w.span.text for w in wrong if isinstance(w, Unknown) and w.span] == [
        "upper(1, 2)",
        'tonumber("x")',
    ]
    assert all(w.error for w in wrong if isinstance(w, Unknown))


def test_one_wrong_member_fails_what_is_computed_from_it() -> None:
    assert reason('length([tonumber("x")])') == "expr.not-a"
    assert value('try([tonumber("x")], "none")') == "none"


def test_what_cannot_be_read_is_unknown() -> None:
    assert reason("1 +") == "expr.unreadable"


# --- alternatives ---------------------------------------------------------------------


def worlds(text: str) -> list[Value]:
    scope = Fake()
    expr = parse_expression(SourceText("x.tf", text.encode()))
    return [found for _, found in scope.worlds.explore(lambda: evaluate(expr, scope))]


def test_an_open_condition_is_two_worlds() -> None:
    assert worlds('open.eu ? "eu-west-3" : "us-east-1"') == ["eu-west-3", "us-east-1"]


def test_the_same_condition_is_the_same_choice() -> None:
    both = '[open.eu ? "eu" : "us", open.eu ? "FR" : "US"]'
    assert worlds(both) == [("eu", "FR"), ("us", "US")]
    assert len(worlds("[open.eu ? 1 : 2, open.dr ? 1 : 2]")) == 4


def test_conditions_open_in_templates_and_filters() -> None:
    assert worlds('"%{ if open.x }a%{ else }b%{ endif }"') == ["a", "b"]
    assert worlds('[for x in ["a"] : x if open.x]') == [("a",), ()]


def test_a_condition_on_a_loop_variable_is_no_choice() -> None:
    found = worlds('[for x in [open.a, open.b] : x ? "a" : "b"]')
    assert len(found) == 1
    assert isinstance(found[0], tuple)
    assert all(isinstance(item, Unknown) for item in found[0])


def test_a_condition_without_choice_keeps_what_both_branches_share() -> None:
    assert value('bucket ? "a" : "a"') == "a"
    found = value('bucket ? {region = "eu", n = 1} : {region = "eu", n = 2}')
    assert isinstance(found, dict)
    assert found["region"] == "eu"
    assert isinstance(found["n"], Unknown)
    assert found["n"].ref is None


# --- files ----------------------------------------------------------------------------


def test_templates_see_only_what_is_passed_to_them() -> None:
    template = b"${upper(name)} ${var.region}"
    found = evaluate(
        parse_expression(SourceText("x.tf", b'templatefile("t", {name = "a"})')),
        Fake(files={"t": template}),
    )
    assert isinstance(found, Unknown)
    assert found.reason == phrase("expr.not-passed", name="var")
    assert found.span is not None
    assert (found.span.file, found.span.text) == ("t", "var.region")


def test_a_template_that_includes_itself_ends() -> None:
    found = evaluate(
        parse_expression(SourceText("x.tf", b'templatefile("t", {})')),
        Fake(files={"t": b'${templatefile("t", {})}'}),
    )
    assert isinstance(found, Unknown)
    assert found.reason.key == "expr.too-deep"


# --- hostile expressions --------------------------------------------------------------

NESTED = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (NESTED, "expr.too-many-steps"),
        ('regex("(a*)*b", join("", [for x in range(1000) : "aaaaaaaaaaaa"]))', "expr.no-match"),
        ('regex("(x+x+)+y", join("", [for x in range(1000) : "xxxxxx"]))', "expr.no-match"),
        ('regex("((a{100}){100}){100}", "a")', "expr.too-large"),
        ("1e999999999 + 1", "expr.too-large"),
        ('tonumber("1e99999") + 1', "expr.too-large"),
        ('format("%99999999d", 1)', "expr.too-large"),
        ('format("%.99999999f", 1)', "expr.too-large"),
        ('indent(99999999, "a\\nb")', "expr.too-large"),
        ("setproduct(range(1000), range(1000), range(1000))", "expr.too-large"),
        (
            'replace(join("", [for x in range(1000) : "aaaaaaaaaaaa"]), "a", '
            'join("", [for x in range(1000) : "aaaaaaaaaaaa"]))',
            "expr.too-large",
        ),
        (
            'yamldecode("a: &a [x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\\n'
            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\\n"
            "e: &e [*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\\n"
            'g: [*f,*f,*f,*f,*f,*f,*f,*f]")',
            "expr.too-large",
        ),
        ('jsondecode(join("", [for x in range(1000) : "[[["]))', "expr.too-deep"),
        ('yamldecode(join("", [for x in range(1000) : "["]))', "expr.too-deep"),
        ('parseint(join("", [for x in range(1000) : "9999999999"]), 10)', "expr.not-an-integer"),
        ('regex(join("", [for x in range(1000) : "("]), "a")', "expr.too-deep"),
    ],
)
def test_hostile_expressions_end_with_a_reason(text: str, key: str) -> None:
    started = time.perf_counter()
    assert reason(text) == key
    assert time.perf_counter() - started < 10


def test_doubling_ends() -> None:
    """Each level holds the one below twice: 2^60 elements, 60 objects."""
    doubled: Value = ("a",)
    for _ in range(60):
        doubled = (doubled, doubled)

    class Doubled(Fake):
        def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
            return doubled, 0

    for text in ("jsonencode(x)", "flatten(x)", "x == x", "distinct(x)", "[x] == []", "sum(x)"):
        found = evaluate(parse_expression(SourceText("x.tf", text.encode())), Doubled())
        assert found is False or isinstance(found, Unknown)


@given(st.text(alphabet='ab1 "${}[]()?:.,*=<>&|!-%\n', max_size=40))
def test_no_text_makes_evaluation_raise(text: str) -> None:
    evaluate(parse_expression(SourceText("x.tf", text.encode())), Fake())


def test_an_index_step_is_evaluated_before_the_scope_sees_it() -> None:
    seen: list[tuple[Step, ...]] = []

    class Watching(Fake):
        def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
            seen.append(steps)
            return "x", len(steps)

    evaluate(parse_expression(SourceText("x.tf", b'a.b[1 + 1].c["k"]')), Watching())
    assert seen == [("b", IndexStep(2), "c", IndexStep("k"))]
