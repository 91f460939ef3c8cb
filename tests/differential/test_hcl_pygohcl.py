"""Our reading of HCL against HashiCorp's own parser, through ``pygohcl``.

Valid here must mean valid there, for every text. Known differences, and no others:

* ``pygohcl`` stops at a NUL byte, so texts with one are left out;
* we refuse nesting deeper than a limit, which these texts do not reach;
* tree-sitter cannot read ``$$${``, which is valid: it is reported as not understood.

``pygohcl`` also evaluates: that part of its errors is not about syntax and is ignored, and
the way it shows templates checks ours.
"""

from __future__ import annotations

from pathlib import Path

import pygohcl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText

SNIPPETS = [
    snippet + "\n"
    for snippet in (Path(__file__).parent / "hcl-snippets.txt")
    .read_text(encoding="utf-8")
    .removesuffix("\n")
    .split("\n---\n")
]
MORE = [
    "",
    "\n",
    " ",
    "a = 1",
    "a = 1 # b",
    "a {\n}",
    "a {\n} # b",
    "a = 1\r\nb {\r\n}\r\n",
    "a = 1\rb = 2\n",
    "a = 1\x0c\n",
    "a = 1\u00a0\n",
    "a = b\u2028\n",
    "a {\x0b}\n",
    'a = "\x0b\u00a0"\n',
    "a = <<E\r\nx\r\nE\r\n",
    "a = <<E\nx\nE",
    "\ufeffa = 1\n",
    "\ta\t=\t1\t\n",
]
PIECES = [
    *("a", "b", "for", "in", "if", "null", "true", "1", "2.5", "1e5", '"s"', '"${a}"', '"x${b}y"'),
    *('"%{if a}x%{endif}"', "(", ")", "[", "]", "{", "}", "{}", "[]", "=", "=", ",", ".", ":", "?"),
    *("=>", "...", "+", "-", "*", "/", "!", "==", "&&", "<", ".a", ".0", "[0]", "[*]", ".*", "f("),
    *("::", '"\\n"', '"\\q"', "${", '"', "~}", "'", ";", "$", "\\", "%{", "é"),
]
LINES = ["\n", "\n", " ", "# c\n", "/* c */", "<<E\nx\nE\n", "a = 1\n", "b {\n", "}\n", 'c "d" {\n']


def refused_there(text: str) -> bool:
    try:
        pygohcl.loads(text)
    except pygohcl.HCLParseError:
        return True
    except pygohcl.HCLInternalError:
        return False
    return False


def refused_here(text: str) -> bool:
    file = hcl.parse(SourceText("main.tf", text.encode()))
    convert(file.body)
    return any(d.fatal for d in file.diagnostics)


def convert(body: ast.Body) -> None:
    """Read every expression: none may fail, whatever the text."""
    for attribute in body.attributes:
        assert attribute.expr.span.file == "main.tf"
    for block in body.blocks:
        convert(block.body)


def agree(text: str) -> None:
    assert refused_here(text) == refused_there(text), text


@pytest.mark.parametrize("text", SNIPPETS + MORE)
def test_snippet(text: str) -> None:
    agree(text)


def test_both_verdicts_are_exercised() -> None:
    verdicts = [refused_there(text) for text in SNIPPETS]
    assert 80 < sum(verdicts) < len(verdicts) - 80


quick = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
pieces = st.sampled_from(PIECES + LINES)


@quick
@given(st.lists(pieces, min_size=1, max_size=9))
def test_soup_as_a_value(parts: list[str]) -> None:
    agree("a = " + " ".join(parts) + "\n")


@quick
@given(st.lists(pieces, min_size=1, max_size=14))
def test_soup(parts: list[str]) -> None:
    agree("".join(parts) + "\n")


@quick
@given(st.sampled_from(SNIPPETS), st.sampled_from(SNIPPETS), st.data())
def test_damaged_snippet(first: str, second: str, data: st.DataObject) -> None:
    text = first + second
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(text)))
        drop = data.draw(st.integers(0, 3))
        text = text[:at] + data.draw(st.one_of(st.just(""), pieces)) + text[at + drop :]
    agree(text)


# --- templates ------------------------------------------------------------------------


def shown(node: ast.Expr | ast.TemplatePart) -> str:
    """A template as ``pygohcl`` shows it: literals with strip markers and flush applied,
    interpolations as their value or name, directives rewritten without markers."""
    if isinstance(node, ast.Literal):
        return str(node.value)
    if isinstance(node, ast.Variable):
        return node.name
    if isinstance(node, ast.Interpolation):
        return shown(node.expr)
    if isinstance(node, ast.Template):
        return _all(node.parts)
    if isinstance(node, ast.TemplateIf):
        otherwise = "%{else}" + _all(node.otherwise) if _all(node.otherwise) else ""
        return f"%{{if {node.test.span.text}}}{_all(node.then)}{otherwise}%{{endif}}"
    assert isinstance(node, ast.TemplateFor)
    names = f"{node.key}, {node.value}" if node.key else node.value
    return f"%{{for {names} in {node.collection.span.text}}}{_all(node.body)}%{{endfor}}"


def _all(parts: tuple[ast.TemplatePart, ...]) -> str:
    return "".join(map(shown, parts))


def check_template(text: str) -> None:
    source = f"value = {text}\n"
    file = hcl.parse(SourceText("main.tf", source.encode()))
    assert file.diagnostics == ()
    assert shown(file.body.attributes[0].expr) == pygohcl.loads(source)["value"]


TEXT_PIECES = [
    *("a", " ", "  ", "\t", "é", "$", "%", "$${x}", "%%{x}", "{", "}", "E", '${"b"}', '${~ "b" ~}'),
    *('${"b" ~}', '${~ "b"}', "%{ if true }", "%{ if false ~}", "%{~ else ~}", "%{ endif ~}"),
    *("%{~ endif }", '%{ for k in ["c", "d"] ~}', "${k}", "%{ endfor ~}", "%{~ endfor }"),
]


@quick
@given(
    st.lists(st.sampled_from([*TEXT_PIECES, "\\n", '\\"', "\\u00e9", "\\U0001F600"]), max_size=10)
)
def test_quoted_template(parts: list[str]) -> None:
    text = '"' + "".join(parts) + '"'
    if not refused_there(f"value = {text}\n"):
        check_template(text)


@quick
@given(
    st.sampled_from(["<<E", "<<-E"]),
    st.lists(st.sampled_from([*TEXT_PIECES, "\n", "\n  ", "\n    ", "\\n"]), max_size=12),
    st.sampled_from(["", "  ", "\t"]),
)
def test_heredoc(opening: str, parts: list[str], indent: str) -> None:
    text = f"{opening}\n{''.join(parts)}\n{indent}E"
    if not refused_there(f"value = {text}\n"):
        check_template(text)


@pytest.mark.parametrize(
    "text",
    [
        '<<-E\n    x ${~ "a" ~}\n      y\n  E',
        "<<-E\n    a\n   \n  b\n  E",
        "<<-E\n\ta\n\t\tb\n\tE",
        '<<-E\n  ${"a"}\n    b\n  E',
        '"a \\n ${~ "b" ~}  c"',
        '"%{ if true ~} b %{~ endif } c"',
        '"$${a}${"b"}$"',
        '<<-E\n  %{ for k in ["a", "b"] ~}\n  ${k}\n  %{ endfor ~}\n  E',
        '<<E\nE ${"a"}\nE',
        "<<E\n\n\nE",
        "<<-E\n\n  a\n\n  E",
    ],
)
def test_template(text: str) -> None:
    check_template(text)
