"""What is wrong in a file: the sentence, the place, and what is still read."""

from __future__ import annotations

import pytest

from souverain import hcl
from souverain.hcl import ast, bodies
from souverain.hcl.reader import MAX_DEPTH
from souverain.model import SourceText
from souverain.text import render


def parse(text: str, path: str = "main.tf") -> ast.File:
    return hcl.parse(SourceText(path, text.encode()))


def errors(text: str, path: str = "main.tf") -> list[str]:
    return [
        f"{d.span.line}:{d.span.column} {render(d.message, 'en')}"
        for d in parse(text, path).diagnostics
        if d.fatal
    ]


CASES = [
    ("a = \n", "1:5 Expected a value, found the end of the line."),
    ("a = }\n", "1:5 Expected a value, found `}`."),
    ("a = 1 b = 2\n", "1:7 Expected a new line after the argument, found a name."),
    ("a = 1, b = 2\n", "1:6 Expected a new line after the argument, found `,`."),
    ("a = b\n+ c\n", "2:1 Expected the name of an argument or of a block, found `+`."),
    ("a = b +\n  c\n", "1:8 Expected a value, found the end of the line."),
    ("a\n= 1\n", "1:2 Expected `=` and a value, or `{` and a block, found the end of the line."),
    ("a\n", "1:2 Expected `=` and a value, or `{` and a block, found the end of the line."),
    (
        "a b = 1\n",
        "1:5 Expected a block label, or `{` on the same line as the name of the block, found `=`.",
    ),
    (
        'a "b"\n{\n}\n',
        "1:6 Expected a block label, or `{` on the same line as the name of the block, "
        "found the end of the line.",
    ),
    (
        "a { b = 1, c = 2 }\n",
        "1:10 Expected `}` right after the only argument of a block written on one line, "
        "found `,`.",
    ),
    (
        "a { b {} }\n",
        "1:7 Expected one argument; a block with more than that takes several lines, found `{`.",
    ),
    ("a {\n  b = 1 }\n", "2:9 Expected a new line after the argument, found `}`."),
    (
        "a {\n} b {\n}\n",
        "2:3 Expected a new line after the closing brace of the block, found a name.",
    ),
    (
        'a "b" {\n  c = 1\n',
        "1:1 This block is never closed. Add its `}`, and check the braces below it.",
    ),
    ("}\n", "1:1 Expected the name of an argument or of a block, found `}`."),
    ('"a" = 1\n', "1:1 Expected the name of an argument or of a block, found a string."),
    ("a = 1\na = 2\n", "2:1 `a` is already set on line 1. Keep one of the two."),
    (
        'a "b${c}" {}\n',
        "1:5 A block label is plain text. Write `$${` or `%%{` if the braces are meant as they "
        "are.",
    ),
    (
        "a = {b=1 c=2}\n",
        "1:10 Expected a comma or a new line between two attributes of an object, found a name.",
    ),
    (
        "a = {b}\n",
        "1:7 Expected `=` and a value after the name of an attribute, found `}`.",
    ),
    ("a = [1 2]\n", "1:8 Expected a comma between two items of a list, found a number."),
    ("a = f(1 2)\n", "1:9 Expected a comma between two arguments, found a number."),
    ("a = f(b..., c)\n", "1:11 Expected `)`, found `,`."),
    ("a = (b\nc = 1\n", "2:1 Expected `)`, found a name."),
    ("a = [b\n", "2:1 Expected a comma between two items of a list, found the end of the text."),
    ("a = b[0\n", "2:1 Expected `]`, found the end of the text."),
    ("a = b.\n", "1:7 Expected the name of an attribute after the dot, found the end of the line."),
    ("a = b.*.c.*.d\n", "1:11 Expected the name of an attribute after the dot, found `*`."),
    (
        "a = b.0.1\n",
        "1:7 Two indices in a row need brackets. Write `[0][1]` instead of `.0.1`.",
    ),
    ("a = b::c\n", "1:9 Expected `(` after the name of the function, found the end of the line."),
    (
        "a = b ? c\n",
        "1:10 Expected `:` and the value for when the condition is false, found the end of the "
        "line.",
    ),
    ("a = [for b, c, d in e : f]\n", "1:14 Expected `in` and what to go through, found `,`."),
    ("a = [for b in c]\n", "1:16 Expected `:` after what `for` goes through, found `]`."),
    ("a = {for b in c : d}\n", "1:20 Expected `=>` between the key and the value, found `}`."),
    ("a = [for b in c : d => e]\n", "1:21 Expected `]`, found `=>`."),
    ("a = 1.2.3\n", "1:5 This is not a number. Write digits, with one decimal point at most."),
    ("a = 0x1F\n", "1:6 Expected a new line after the argument, found a name."),
    ("a = 'b'\n", "1:5 Expected a value, found `'`."),
    ("a = 1\x0b\n", "1:6 Expected a new line after the argument, found character U+000B."),
    ("a = b\u00a0\n", "1:5 This character is not allowed here."),
    (
        'a = "b\nc = 1\n',
        "1:5 This string is not closed on its line. Add the closing quote, or write `\\n` or a "
        "heredoc for several lines.",
    ),
    (
        'a = "\\d"\n',
        '1:6 Unknown escape. Write `\\\\` for a backslash; only `\\n`, `\\r`, `\\t`, `\\"`, '
        "`\\\\`, `\\u` and `\\U` exist.",
    ),
    ('a = "\\UFFFFFFFF"\n', "1:6 This escape names no Unicode character."),
    (
        "a = <<E\nb\n",
        "1:5 This heredoc is never closed. Put its marker alone on a line, followed by a new line.",
    ),
    (
        'a = "${b c}"\n',
        "1:10 Expected `}` at the end of the template sequence; write `$${` or `%%{` if it "
        "belongs to another language, found a name.",
    ),
    ('a = "${}"\n', "1:8 Expected a value, found `}`."),
    ('a = "%{ if b }"\n', "1:5 A `%{ if }` in this template has no end."),
    ('a = "%{ endfor }"\n', "1:9 `%{ endfor }` does not belong to any open directive."),
    (
        'a = "%{ while b }"\n',
        "1:9 Expected `if`, `else`, `endif`, `for` or `endfor`, found a name.",
    ),
    ("a = 1 /* b\n", "1:7 This comment is never closed. Add `*/`."),
    (
        '{"a": 1}\n',
        "1:1 This file holds JSON but its name says native syntax. Rename it to end in `.json` "
        "(`.tf.json`, `.tfvars.json`).",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_error(text: str, expected: str) -> None:
    assert errors(text)[0] == expected


ENDLESS = ('a "b" {\n', "a = 1 /*", "a = <<E")
"""Errors that nothing ends but the end of the file."""


@pytest.mark.parametrize("text", [text for text, _ in CASES if not text.startswith(ENDLESS)])
def test_one_error_does_not_hide_the_blocks_around_it(text: str) -> None:
    file = parse(f'first "x" {{\n  y = 1\n}}\n{text}\nlast "x" {{\n  y = 2\n}}\n')
    assert [b.type for b in file.body.blocks if b.type != "a"] == ["first", "last"]
    assert [b.body.attributes[0].span.text for b in file.body.blocks if b.type != "a"] == [
        "y = 1",
        "y = 2",
    ]


def test_an_error_costs_one_attribute() -> None:
    file = parse(
        'r "t" "n" {\n  a = 1\n  b = [1 2]\n  c {\n    d = !\n    e = 2\n  }\n  f = 3\n}\n'
    )
    assert [d.span.line for d in file.diagnostics] == [3, 5]
    (block,) = file.body.blocks
    assert [a.name for a in block.body.attributes] == ["a", "b", "f"]
    lost = block.body.attributes[1].expr
    assert lost == ast.Variable(ast.UNREADABLE, lost.span)
    assert [a.name for a in block.body.blocks[0].body.attributes] == ["d", "e"]


def test_an_unclosed_brace_ends_at_the_next_heading() -> None:
    file = parse('a "b" {\n  c = {\n    d = 1\n}\n\ne "f" {\n  g = 1\n}\nh = 2\n')
    assert [(d.message.key, d.span.line) for d in file.diagnostics] == [("hcl.block-not-closed", 1)]
    assert [b.type for b in file.body.blocks] == ["a", "e"]
    assert [a.name for a in file.body.blocks[0].body.attributes] == ["c"]
    assert [a.name for a in file.body.attributes] == ["h"]


def test_attributes_that_are_not_indented_stay_in_their_block() -> None:
    file = parse('a "é" {\nb = 1\nc = !\nd = 2\n}\n')
    assert [d.span.line for d in file.diagnostics] == [3]
    assert [a.name for a in file.body.blocks[0].body.attributes] == ["b", "c", "d"]
    assert file.body.attributes == ()


def test_an_error_past_the_next_heading_is_reported_once() -> None:
    file = parse('a "b" {\n  c = {\n    d = 1\n\ne "f" {\n  g = 1\n}\n')
    assert [(d.message.key, d.span.line) for d in file.diagnostics] == [("hcl.expected", 5)]
    assert [b.type for b in file.body.blocks] == ["a", "e"]
    lost = file.body.blocks[0].body.attributes[0].expr
    assert lost == ast.Variable(ast.UNREADABLE, lost.span)


def test_an_unclosed_heredoc_ends_at_the_next_heading() -> None:
    file = parse('a = <<E\nx\nb "c" {\n  d = 1\n}\n')
    assert [d.message.key for d in file.diagnostics] == ["hcl.unclosed-heredoc"]
    assert [b.type for b in file.body.blocks] == ["b"]


def test_the_first_of_two_equal_names_counts() -> None:
    file = parse("a = 1\na = 2\n")
    (attribute,) = file.body.attributes
    assert attribute.span.text == "a = 1"


def test_errors_are_counted_up_to_a_limit() -> None:
    file = parse("x = ]\n" * 1000)
    assert len(file.diagnostics) == bodies.MAX_ERRORS + 1
    assert file.diagnostics[-1].message.key == "hcl.too-many-errors"


# --- nesting --------------------------------------------------------------------------


def deep(levels: int) -> dict[str, str]:
    return {
        "parentheses": "(" * levels + "1" + ")" * levels,
        "lists": "[" * levels + "]" * levels,
        "objects": "{a=" * levels + "1" + "}" * levels,
        "calls": "f(" * levels + ")" * levels,
        "strings": '"${' * levels + "1" + '}"' * levels,
        "signs": "!" * levels + "a",
        "operators": "1+" * levels + "1",
        "conditions": "a?b:" * levels + "c",
        "accesses": "a" + ".b" * levels,
        "indices": "a" + "[0]" * levels,
        "splats": "a" + "[*]" * levels,
        "directives": '"' + "%{if a}" * levels + "%{endif}" * levels + '"',
        "open": "(" * levels,
        "open-strings": '"${' * levels,
    }


@pytest.mark.parametrize("form", deep(1))
def test_deep_nesting_is_a_message(form: str) -> None:
    file = parse(f"a = {deep(10_000)[form]}\nb = 1\n")
    assert file.diagnostics[0].message.key == "hcl.too-deep"
    assert file.diagnostics[0].span.line == 1
    first = file.body.attributes[0].expr
    assert first == ast.Variable(ast.UNREADABLE, first.span)


@pytest.mark.parametrize("form", [form for form in deep(1) if not form.startswith("open")])
def test_nesting_below_the_limit_is_read(form: str) -> None:
    file = parse(f"a = {deep(MAX_DEPTH // 4)[form]}\n")
    assert file.diagnostics == ()
    assert file.body.attributes[0].expr is not None


def test_deep_blocks_are_a_message() -> None:
    file = parse("a {\n" * 10_000 + "}\n" * 10_000)
    assert file.diagnostics[0].message.key == "hcl.too-deep"
    assert file.diagnostics[0].span.line == MAX_DEPTH + 1
    assert all(d.message.key == "hcl.too-deep" for d in file.diagnostics[:-1])
    nested = parse("a {\n" * 50 + "}\n" * 50)
    assert nested.diagnostics == ()


def test_deep_json_is_a_message() -> None:
    file = parse('{"a":' * 10_000, "x.tf.json")
    assert [d.message.key for d in file.diagnostics] == ["hcl.too-deep"]
    file = parse("[" * 10_000, "x.tf.json")
    assert [d.message.key for d in file.diagnostics] == ["hcl.too-deep"]


# --- hostile --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "/* " * 100_000,
        "a {\n" * 50_000,
        "a = {\n" * 20_000,
        '"' * 50_000,
        'a = "${' * 5_000,
        "a = <<E\n${" * 5_000,
        'a = "' + "$" * 50_000 + '"\n',
        "1e" * 50_000,
        "a = " + "9" * 100_000 + "\n",
        "\x00\x01@@@ " * 20_000,
        'a = "' + "x" * 2_100_000 + '"\n',
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_text_ends(text: str) -> None:
    file = parse(text)
    for attribute in file.body.attributes:
        assert attribute.expr is not None


def test_a_long_file_is_read_by_its_items() -> None:
    item = 'a%d "b" {\n  c = "%s"\n}\n'
    text = "".join(item % (n, "x" * 5_000) for n in range(450))
    assert len(text) > 2_000_000
    file = parse(text)
    assert file.diagnostics == ()
    assert [b.type for b in file.body.blocks] == [f"a{n}" for n in range(450)]
    value = file.body.blocks[-1].body.attributes[0].expr
    assert isinstance(value, ast.Literal)
    assert value.value == "x" * 5_000
