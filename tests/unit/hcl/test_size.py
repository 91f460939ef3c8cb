"""Texts that would fill the memory: they are cut, and the cut is an error of the file."""

from __future__ import annotations

from souverain import hcl
from souverain.hcl import ast, bodies, jsontext, reader
from souverain.model import SourceText


def parse(text: str, name: str = "main.tf") -> ast.File:
    return hcl.parse(SourceText(name, text.encode()))


def messages(file: ast.File) -> list[str]:
    return [diagnostic.message.key for diagnostic in file.diagnostics]


def test_an_expression_with_too_many_parts(monkeypatch):
    monkeypatch.setattr(reader, "MAX_PARTS", 10)
    elements = ", ".join(['"a-value-that-is-long-enough-to-be-checked"'] * 12)
    file = parse(f"locals {{\n  a = [{elements}]\n  b = 1\n}}\n")
    assert messages(file) == ["hcl.too-many-parts"]
    assert file.diagnostics[0].span.line == 2
    (block,) = file.body.blocks
    values = {attribute.name: attribute.expr for attribute in block.body.attributes}
    assert isinstance(values["a"], ast.Variable)
    assert values["a"].name == ast.UNREADABLE
    assert isinstance(values["b"], ast.Literal)


def test_parts_are_counted_for_each_expression_alone(monkeypatch):
    monkeypatch.setattr(reader, "MAX_PARTS", 10)
    file = parse("".join(f'a{n} {{\n  b = ["x", {n}]\n}}\n' for n in range(30)))
    assert messages(file) == []
    assert len(file.body.blocks) == 30


def test_a_file_with_too_many_items(monkeypatch):
    monkeypatch.setattr(bodies, "MAX_ITEMS", 10)
    file = parse("".join(f"a{n} {{\n  b = 1\n}}\n" for n in range(20)))
    assert messages(file) == ["hcl.too-many-items"]
    assert file.diagnostics[0].span.line == 16
    assert [block.type for block in file.body.blocks] == ["a0", "a1", "a2", "a3", "a4"]


def test_a_json_file_with_too_many_values(monkeypatch):
    monkeypatch.setattr(jsontext, "MAX_VALUES", 6)
    file = parse('{"a": {"b": 1},\n "c": {"d": 1},\n "e": {"f": 1}}', "main.tf.json")
    assert messages(file) == ["hcl.json-too-many"]
    assert file.diagnostics[0].span.line == 3
    assert [attribute.name for attribute in file.body.attributes] == ["a", "c", "e"]
