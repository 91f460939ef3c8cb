"""Heredocs, strip markers and directives, rendered with every sequence as its source text.

Expected values are what Terraform gives for the same text.
"""

from __future__ import annotations

import pytest

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText


def read(text: str) -> ast.Expr:
    file = hcl.parse(SourceText("main.tf", f"value = {text}\n".encode()))
    assert file.diagnostics == ()
    return file.body.attributes[0].expr


def render(node: ast.Expr | ast.TemplatePart) -> str:
    """Literals as they are, ``${…}`` as ``<…>``, branches as ``(then|otherwise)``."""
    if isinstance(node, ast.Literal):
        return str(node.value)
    if isinstance(node, ast.Template):
        return "".join(render(part) for part in node.parts)
    if isinstance(node, ast.Interpolation):
        return f"<{node.expr.span.text}>"
    if isinstance(node, ast.TemplateIf):
        then, otherwise = ("".join(map(render, b)) for b in (node.then, node.otherwise))
        return f"({then}|{otherwise})"
    assert isinstance(node, ast.TemplateFor)
    return "[" + "".join(map(render, node.body)) + "]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<<E\nE", ""),
        ("<<E\n\nE", "\n"),
        ("<<E\na\n  b\nE", "a\n  b\n"),
        ("<<E\na\n   E", "a\n"),
        ("<<E\na\n   E  \t", "a\n"),
        ("<<E\nE E\nEE\nE", "E E\nEE\n"),
        ("<<E_1-x\na\nE_1-x", "a\n"),
        ('<<E\n\\n "q" # no // no /* no\nE', '\\n "q" # no // no /* no\n'),
        ("<<E\n$${a} %%{b} $ % {} $a\nE", "${a} %{b} $ % {} $a\n"),
        ("<<E\n  ${a}\nE", "  <a>\n"),
        ("<<E\nE${a}\nE", "E<a>\n"),
        ("<<E\nE ${a}\nE", "E <a>\n"),
        ("<<-E\n    a\n      b\n\n    c\n  E", "a\n  b\n\nc\n"),
        ("<<-E\n\ta\n\t\tb\n\tE", "a\n\tb\n"),
        ("<<-E\n    a\n   \n  b\n  E", "  a\n   \nb\n"),
        ("<<-E\n  ${a}\n    b\n  E", "<a>\n  b\n"),
        ("<<-E\n${a}\n    b\n  E", "<a>\n    b\n"),
        ("<<-E\n  a${b}\n  c\n  E", "a<b>\nc\n"),
        ("<<-E\n    x ${~ a ~}\n      y\n  E", "x<a>      y\n"),
        ("<<-E\n  %{ if a }\n  b\n  %{ endif }\n  E", "(\nb\n|)\n"),
        ("<<-E\n  %{ if a ~}\n  b\n  %{ else ~}\n  c\n  %{ endif ~}\n  E", "(  b\n|  c\n)"),
        ("<<-E\n  %{ for k in a ~}\n  ${k}\n  %{ endfor ~}\n  E", "[  <k>\n]"),
        ('<<E\n${"}"} ${{a = "}"}["a"]}\nE', '<"}"> <{a = "}"}["a"]>\n'),
        ('"a${~ b}"', "a<b>"),
        ('"a \\n ${~ b ~}  c"', "a<b>c"),
        ('"${a ~}  ${~ b}"', "<a><b>"),
        ('"%{ if a ~} b %{~ endif } c"', "(b|) c"),
        ('"%{ if a }%{ if b }c%{ endif }%{ else }d%{ endif }"', "((c|)|d)"),
        ('"%{ for a in b }%{ for c in d }e%{ endfor }%{ endfor }"', "[[e]]"),
        ('"${/* } */ a}"', "<a>"),
        ('"$${a}${b}"', "${a}<b>"),
    ],
)
def test_template(text: str, expected: str) -> None:
    assert render(read(text)) == expected


def test_heredoc_inside_a_heredoc() -> None:
    node = read("<<E\n${<<F\n${a}\nF\n}\nE")
    assert isinstance(node, ast.Template)
    inner, after = node.parts
    assert isinstance(inner, ast.Interpolation)
    assert render(inner.expr) == "<a>\n"
    assert render(after) == "\n"


def test_heredoc_span_ends_with_its_marker() -> None:
    file = hcl.parse(SourceText("main.tf", b"a {\n  b = <<-E\n    x\n    E  \n  c = 1\n}\n"))
    assert file.diagnostics == ()
    first, second = file.body.blocks[0].body.attributes
    assert first.span.text == "b = <<-E\n    x\n    E"
    assert first.expr.span.text == "<<-E\n    x\n    E"
    assert second.span.text == "c = 1"


def test_windows_line_ends_stay_in_a_heredoc() -> None:
    file = hcl.parse(SourceText("main.tf", b"a = <<E\r\nx\r\nE\r\n"))
    assert file.diagnostics == ()
    assert file.body.attributes[0].expr == ast.Literal("x\r\n", file.body.attributes[0].expr.span)


def test_a_part_of_a_directive_keeps_its_names_and_spans() -> None:
    node = read('"%{ for k, v in m ~} x %{ endfor }"')
    assert isinstance(node, ast.Template)
    (loop,) = node.parts
    assert isinstance(loop, ast.TemplateFor)
    assert (loop.key, loop.value, loop.collection.span.text) == ("k", "v", "m")
    assert loop.span.text == "%{ for k, v in m ~} x %{ endfor }"
