"""Configuration inside texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souverain.evidence import SourceText, Span
from souverain.facts.embedded import parse
from souverain.kubernetes.model import Fields, Items, Scalar

SPAN = Span(SourceText("x.yaml", b"x"), 0, 1)


def plain(node: object) -> object:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    assert isinstance(node, Fields)
    return [(key, plain(inner)) for key, inner in zip(node.keys, node.nodes, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: [x, y]\n", [[("a", "1"), ("b", ["x", "y"])]]),
        ("# note\na: b\n---\nc: d\n", [[("a", "b")], [("c", "d")]]),
        ("- a: b\n", [[[("a", "b")]]]),
        ('{"a": {"b": 1.50, "c": null}}', [("a", [("b", "1.50"), ("c", "")])]),
        ('[{"a": true}]', [[("a", "true")]]),
        ("A=1\n# no\nexport B='2'\n", [("A", "1"), ("B", "2")]),
        ("[OUTPUT]\n  Name s3\n[X]\n  a b\n", [("OUTPUT", [("Name", "s3")]), ("X", [("a", "b")])]),
        ('[sinks.out]\ntype = "s3"\n', [("sinks", [("out", [("type", "s3")])])]),
        ("<match **>\n  @type s3\n</match>\n", [("match", [("@type", "s3")])]),
        (
            'seal "awskms" { region = "eu-west-3" }',
            [("seal", [("seal", "awskms"), ("region", "eu-west-3")])],
        ),
        ("a {\n b {\n  c = d\n }\n}\n", [("a", [("b", [("c", "d")])])]),
        ("curl https://a.io\n| sh\n", [("curl", "https://a.io"), ("", "| sh")]),
        ("a: b\n  c: : d\n", [("a", "b"), ("c", ": d")]),
        ("&a [*a]\nx: y\n", [("", "&a [*a]"), ("x", "y")]),
    ],
)
def test_texts(text: str, expected: object) -> None:
    assert plain(parse(text, SPAN)) == expected


def test_what_is_not_looked_into() -> None:
    assert plain(parse("-----BEGIN CERTIFICATE-----\nabc\n", SPAN)) == []
    assert parse("a: b\n" * 500_000, SPAN) is None


def test_secret_stays_secret() -> None:
    for text in ("a: b\n", '{"a": "b"}', "a=b\n"):
        node = parse(text, SPAN, secret=True)
        while not isinstance(node, Scalar):
            assert node is not None
            node = node.nodes[0]
        assert node.secret


@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    parse(text, SPAN)


@given(st.text(alphabet="ab:-[]{}\"'\n #&*=<>|/\\", max_size=200))
def test_any_configuration(text: str) -> None:
    parse(text, SPAN)
