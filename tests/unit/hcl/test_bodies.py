"""Blocks, attributes, labels, comments, encodings."""

from __future__ import annotations

import pytest

from souverain import hcl
from souverain.hcl import ast
from souverain.model import SourceText


def parse(text: str | bytes, path: str = "main.tf") -> ast.File:
    return hcl.parse(SourceText(path, text.encode() if isinstance(text, str) else text))


SAMPLE = """\
# where
resource "aws_s3_bucket" logs {
  bucket = "logs" // name

  rule {
    id = 1
  }
  rule { id = 2 }
  empty {}
}
/* end */
region = var.x
"""


def test_blocks_and_attributes() -> None:
    file = parse(SAMPLE)
    assert file.diagnostics == ()
    assert not file.body.json
    (block,) = file.body.blocks
    assert (block.type, block.labels) == ("resource", ("aws_s3_bucket", "logs"))
    assert block.header.text == 'resource "aws_s3_bucket" logs'
    assert (block.header.line, block.header.column) == (2, 1)
    assert block.span.text.endswith("empty {}\n}")
    assert (block.span.end_line, block.span.end_column) == (10, 2)
    assert block.body.span.text == block.span.text.removeprefix(block.header.text + " ")
    assert [a.span.text for a in block.body.attributes] == ['bucket = "logs"']
    assert [b.span.text for b in block.body.blocks] == [
        "rule {\n    id = 1\n  }",
        "rule { id = 2 }",
        "empty {}",
    ]
    assert [a.span.text for a in file.body.attributes] == ["region = var.x"]


def test_an_expression_is_converted_once() -> None:
    (attribute,) = parse("a = [1]\n").body.attributes
    assert attribute.expr is attribute.expr


def test_label_escapes() -> None:
    (block,) = parse('a "x\\"y$${z}" {}\n').body.blocks
    assert block.labels == ('x"y${z}',)


@pytest.mark.parametrize("text", ["", "\n", " ", "# only", "/* only */", "\t\n//x\n\n", "\ufeff"])
def test_nothing(text: str) -> None:
    file = parse(text)
    assert (file.body.attributes, file.body.blocks, file.diagnostics) == ((), (), ())


@pytest.mark.parametrize(
    "keyword", ["for", "in", "if", "null", "true", "else", "endif", "for_each"]
)
def test_keywords_name_attributes_and_blocks(keyword: str) -> None:
    file = parse(f"{keyword} = 1\nx {{\n  {keyword} {{\n  }}\n}}\n")
    assert file.diagnostics == ()
    assert [a.name for a in file.body.attributes] == [keyword]
    assert [b.type for b in file.body.blocks[0].body.blocks] == [keyword]


def test_names_outside_ascii_and_with_dashes() -> None:
    file = parse("clé-1 = 1\n_b = 2\n")
    assert file.diagnostics == ()
    assert [a.name for a in file.body.attributes] == ["clé-1", "_b"]


def test_byte_order_mark_and_windows_line_ends() -> None:
    file = parse(b'\xef\xbb\xbfa = 1\r\nb {\r\n  c = "\xc3\xa9" # x\r\n}\r\n')
    assert file.diagnostics == ()
    assert file.body.attributes[0].span.column == 1
    (attribute,) = file.body.blocks[0].body.attributes
    assert (attribute.span.line, attribute.span.column, attribute.span.end_column) == (3, 3, 10)


def test_invalid_utf8_is_reported_and_the_rest_is_read() -> None:
    file = parse(b'a = 1\nb = "\xe9t\xe9"\nc = 2\n')
    (diagnostic,) = file.diagnostics
    assert diagnostic.message.key == "hcl.not-utf8"
    assert (diagnostic.span.line, diagnostic.span.column) == (2, 6)
    assert [a.name for a in file.body.attributes] == ["a", "b", "c"]
    value = file.body.attributes[1].expr
    assert isinstance(value, ast.Literal)
    assert value.value == "?t?"


def test_invalid_utf8_in_a_comment_does_no_harm() -> None:
    file = parse(b'# cr\xe9\xe9\na = "#" # \xe9\n')
    assert file.diagnostics == ()
    assert parse(b'a = "# \xe9"\n').diagnostics != ()


def test_the_file_keeps_its_source() -> None:
    source = SourceText("main.tf", b"\xef\xbb\xbfa = 1\n")
    assert hcl.parse(source).source is source


@pytest.mark.parametrize("backend", ["tree-sitter", "python-hcl2"])
def test_a_back_end_can_be_named(backend: str) -> None:
    if backend == "python-hcl2":
        pytest.importorskip("hcl2")
    assert hcl.parse(SourceText("a.tf", b"a = 1\n"), backend).body.attributes[0].name == "a"


def test_an_unknown_back_end_is_refused() -> None:
    with pytest.raises(hcl.BackendUnavailable) as raised:
        hcl.parse(SourceText("a.tf", b""), "regex")
    assert raised.value.reason.key == "hcl.no-such-backend"


def test_a_foreign_hcl2_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Checkov brings a package of the same name that lacks what is needed."""
    import sys
    import types

    from souverain.hcl import backends

    foreign = types.ModuleType("hcl2")
    for name in [n for n in sys.modules if n == "hcl2" or n.startswith("hcl2.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hcl2", foreign)
    monkeypatch.setitem(sys.modules, "hcl2.api", types.ModuleType("hcl2.api"))
    monkeypatch.delitem(sys.modules, "souverain.hcl.pythonhcl2", raising=False)
    monkeypatch.delattr(hcl, "pythonhcl2", raising=False)
    with pytest.raises(hcl.BackendUnavailable) as raised:
        backends.load.__wrapped__("python-hcl2")
    assert raised.value.reason.key == "hcl.checkov-hcl2"


def test_a_missing_hcl2_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from souverain.hcl import backends

    monkeypatch.setitem(sys.modules, "hcl2", None)
    with pytest.raises(hcl.BackendUnavailable) as raised:
        backends.load.__wrapped__("python-hcl2")
    assert raised.value.reason.key == "hcl.no-python-hcl2"


def test_a_standalone_expression() -> None:
    source = SourceText("-var", b"x = [\n1, 2]")
    whole = hcl.parse_expression(source, 4)
    assert isinstance(whole, ast.Tuple)
    assert whole.span.text == "[\n1, 2]"
    assert hcl.diagnose_expression(SourceText("-var", b"[1")) is not None
    broken = hcl.parse_expression(SourceText("-var", b"[1"))
    assert isinstance(broken, ast.Variable)
    assert broken.name == ast.UNREADABLE


def test_a_template_file() -> None:
    source = SourceText("t.tftpl", b'a: ${x}\n%{ for k in y ~}\n- "${k}"\\n\n%{ endfor ~}\n')
    tree = hcl.parse_template(source)
    assert isinstance(tree, ast.Template)
    first, second, third, *_ = tree.parts
    assert isinstance(first, ast.Literal)
    assert first.value == "a: "
    assert isinstance(second, ast.Interpolation)
    assert second.expr.span.text == "x"
    assert isinstance(third, ast.Literal)
    assert third.value == "\n"
    plain = hcl.parse_template(SourceText("t.tftpl", b'no "quotes" \\n'))
    assert isinstance(plain, ast.Literal)
    assert plain.value == 'no "quotes" \\n'
    assert hcl.diagnose_template(SourceText("t", b"${")) is not None
    assert hcl.diagnose_template(source) is None
