"""The JSON syntax: positions, blocks from a schema, templates, errors."""

from __future__ import annotations

from decimal import Decimal

import pytest

from souverain import hcl
from souverain.hcl import ast
from souverain.hcl.jsonsyntax import split
from souverain.model import SourceText
from souverain.text import render

SCHEMA = {"resource": 2, "locals": 0, "provider": 1}

SAMPLE = """\
{
  "//": "a comment",
  "resource": {
    "aws_s3_bucket": {
      "logs": {"bucket": "${var.name}-é", "//": 1, "tags": {"${a}": "b"}},
      "other": [{"bucket": "one"}, {"bucket": "two"}]
    }
  },
  "locals": [{"a": 1}, {"b": 2.50}],
  "provider": {"aws": [{"alias": "eu"}, {"region": "us-east-1"}]},
  "other": [true, null, -1.0e2, {"k": "\\u0022x\\u0022"}]
}
"""


def parse(text: str, path: str = "main.tf.json") -> ast.File:
    return hcl.parse(SourceText(path, text.encode()))


def errors(text: str, path: str = "main.tf.json") -> list[str]:
    return [
        f"{d.span.line}:{d.span.column} {render(d.message, 'en')}"
        for d in parse(text, path).diagnostics
    ]


def test_a_file_is_attributes_until_it_is_split() -> None:
    file = parse(SAMPLE)
    assert file.diagnostics == ()
    assert file.body.json
    assert [a.name for a in file.body.attributes] == ["resource", "locals", "provider", "other"]
    assert file.body.blocks == ()
    body = split(file.body, SCHEMA)
    assert [a.name for a in body.attributes] == ["other"]
    assert [(b.type, b.labels) for b in body.blocks] == [
        ("resource", ("aws_s3_bucket", "logs")),
        ("resource", ("aws_s3_bucket", "other")),
        ("resource", ("aws_s3_bucket", "other")),
        ("locals", ()),
        ("locals", ()),
        ("provider", ("aws",)),
        ("provider", ("aws",)),
    ]
    assert all(b.body.json for b in body.blocks)
    assert [a.span.text for b in body.blocks for a in b.body.attributes] == [
        '"bucket": "${var.name}-é"',
        '"tags": {"${a}": "b"}',
        '"bucket": "one"',
        '"bucket": "two"',
        '"a": 1',
        '"b": 2.50',
        '"alias": "eu"',
        '"region": "us-east-1"',
    ]


def test_places_of_blocks() -> None:
    block = split(parse(SAMPLE).body, SCHEMA).blocks[0]
    assert block.header.text == '"logs"'
    assert (block.header.line, block.header.column) == (5, 7)
    assert block.span.text.startswith('"logs": {')
    assert block.span.text.endswith('{"${a}": "b"}}')
    name = block.body.attributes[0]
    assert name.name_span.text == '"bucket"'
    assert (name.span.line, name.span.column) == (5, 16)


def test_strings_are_templates() -> None:
    name, tags = split(parse(SAMPLE).body, SCHEMA).blocks[0].body.attributes
    template = name.expr
    assert isinstance(template, ast.Template)
    first, second = template.parts
    assert isinstance(first, ast.Interpolation)
    assert first.expr.span.text == "var.name"
    assert (first.expr.span.line, first.expr.span.column) == (5, 29)
    assert isinstance(second, ast.Literal)
    assert second.value == "-é"
    assert isinstance(tags.expr, ast.Object)
    (item,) = tags.expr.items
    assert isinstance(item.key, ast.Template)
    assert isinstance(item.value, ast.Literal)
    assert item.span.text == '"${a}": "b"'


def test_values() -> None:
    other = split(parse(SAMPLE).body, SCHEMA).attributes[0].expr
    assert isinstance(other, ast.Tuple)
    true, null, number, last = other.items
    assert [n.value for n in (true, null, number) if isinstance(n, ast.Literal)] == [
        True,
        None,
        -100,
    ]
    assert isinstance(last, ast.Object)
    value = last.items[0].value
    assert isinstance(value, ast.Literal)
    assert value.value == '"x"'
    fraction = split(parse(SAMPLE).body, SCHEMA).blocks[4].body.attributes[0].expr
    assert isinstance(fraction, ast.Literal)
    assert fraction.value == Decimal("2.5")


def test_places_in_an_escaped_string() -> None:
    text = '{"a": "\\n\\u00e9${join(\\",\\", b)} ${c}"}'
    (attribute,) = parse(text).body.attributes
    template = attribute.expr
    assert isinstance(template, ast.Template)
    literal, call, _, last = template.parts
    assert isinstance(literal, ast.Literal)
    assert literal.value == "\né"
    assert isinstance(call, ast.Interpolation)
    assert isinstance(call.expr, ast.Call)
    assert call.expr.span.text == 'join(",", b)'
    assert call.expr.span.column == text.index("join") + 1
    assert call.expr.args[1].span.column == text.index("b)") + 1
    assert isinstance(last, ast.Interpolation)
    assert last.expr.span.column == text.index("c}") + 1
    assert last.expr.span.source.line(1) == text


def test_surrogate_pairs_and_half_ones() -> None:
    (attribute,) = parse('{"a": "\\ud83d\\ude00 \\ud83d"}').body.attributes
    assert attribute.expr == ast.Literal("😀 ?", attribute.expr.span)


def test_repeated_objects_are_repeated_blocks() -> None:
    file = parse('{"locals": {"a": 1}, "locals": {"b": 2}, "resource": [{"t": {"n": {}}}]}')
    assert file.diagnostics == ()
    assert [(b.type, b.labels) for b in split(file.body, SCHEMA).blocks] == [
        ("locals", ()),
        ("locals", ()),
        ("resource", ("t", "n")),
    ]


def test_null_is_no_block() -> None:
    assert split(parse('{"locals": null}').body, SCHEMA).blocks == ()


def test_an_array_of_objects_is_one_body() -> None:
    file = parse('[{"a": 1}, {"b": 2}]', "x.tfvars.json")
    assert file.diagnostics == ()
    assert [a.name for a in file.body.attributes] == ["a", "b"]


def test_a_native_body_is_not_split() -> None:
    body = hcl.parse(SourceText("main.tf", b"locals = 1\n")).body
    assert split(body, SCHEMA) is body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1 This JSON is not valid here. Expected a value."),
        ('{"a": }', "1:7 This JSON is not valid here. Expected a value."),
        (
            '{"a" 1}',
            "1:6 This JSON is not valid here. Expected `:` after the name of the property.",
        ),
        ('{"a": 1 "b": 2}', "1:9 This JSON is not valid here. Expected `,` or `}`."),
        ("[1 2]", "1:4 This JSON is not valid here. Expected `,` or `]`."),
        (
            '{"a": 1,}',
            "1:9 This JSON is not valid here. Expected the name of a property, in double quotes.",
        ),
        (
            "{a: 1}",
            "1:2 This JSON is not valid here. Expected the name of a property, in double quotes.",
        ),
        (
            '{"a": "x\ny"}',
            "1:7 This JSON string is not valid. Check its closing quote and its escapes.",
        ),
        (
            '{"a": "\\x"}',
            "1:7 This JSON string is not valid. Check its closing quote and its escapes.",
        ),
        ("{} {}", "1:4 Nothing may follow the end of the JSON value."),
        ('"a"', "1:1 A JSON configuration is an object."),
        ("a = 1", "1:1 This JSON is not valid here. Expected a value."),
        ('{"a": 1, "a": 2}', "1:10 `a` is already set on line 1. Keep one of the two."),
        (
            '{"a": "${b c}"}',
            "1:12 Expected `}` at the end of the template sequence; write `$${` or `%%{` if it "
            "belongs to another language, found a name.",
        ),
        ('{"a": 01}', "1:8 This JSON is not valid here. Expected `,` or `}`."),
    ],
)
def test_error(text: str, expected: str) -> None:
    assert errors(text) == [expected]


def test_what_comes_before_an_error_is_read() -> None:
    file = parse('{"locals": {"a": 1}, "resource": {"t": {"n": {"x": 1}, "m": {"y": 1, ]')
    assert len(file.diagnostics) == 1
    blocks = split(file.body, SCHEMA).blocks
    assert [(b.type, b.labels) for b in blocks] == [("locals", ()), ("resource", ("t", "n"))]


def test_a_broken_template_is_unreadable_and_the_others_are_read() -> None:
    file = parse('{"a": "${", "b": "c"}')
    assert [d.message.key for d in file.diagnostics] == ["hcl.expected"]
    first, second = (attribute.expr for attribute in file.body.attributes)
    assert first == ast.Variable(ast.UNREADABLE, first.span)
    assert second == ast.Literal("c", second.span)


@pytest.mark.parametrize(
    "path", ["a.tf.json", "a.tofu.json", "a.tfvars.json", "a.auto.tfvars.json"]
)
def test_the_name_decides_the_syntax(path: str) -> None:
    assert parse('{"a": 1}', path).diagnostics == ()
    assert errors('{"a": 1}', "a.tf")[0].startswith("1:1 This file holds JSON")
