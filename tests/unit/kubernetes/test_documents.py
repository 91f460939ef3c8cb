"""Documents of a file: what is read, where it is written, what is broken and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import yaml

from souverain.kubernetes import nodes
from souverain.kubernetes.documents import MAX_PROBLEMS, Documents, parse
from souverain.kubernetes.model import Fields, Items, Node, Scalar
from souverain.model import SourceText
from souverain.text import render

Plain = bool | int | Decimal | str | None | list["Plain"] | dict[str, "Plain"]


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything here holds with and without libyaml."""
    loader = yaml.CSafeLoader if request.param == "libyaml" else yaml.SafeLoader
    monkeypatch.setattr(nodes, "_LOADER", loader)
    return str(request.param)


def read(text: str | bytes) -> Documents:
    return parse(SourceText("x.yaml", text.encode() if isinstance(text, str) else text))


def plain(node: Node) -> Plain:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(each) for each in node]
    return {entry.key: plain(entry.node) for entry in node.entries}


def values(text: str | bytes) -> list[Plain]:
    found = read(text)
    assert found.problems == ()
    return [plain(document.body) for document in found.documents]


def told(text: str | bytes) -> list[tuple[str, str, int, int]]:
    """Status, reason, line and column of each problem."""
    found = read(text)
    for problem in found.problems:
        render(problem.reason, "en")
        render(problem.reason, "fr")
    return [
        (p.status, p.reason.key.removeprefix("kubernetes."), p.span.line, p.span.column)
        for p in found.problems
    ]


def below(node: Node) -> Iterator[Node]:
    yield node
    if not isinstance(node, Scalar):
        for each in node.nodes:
            yield from below(each)


def only(text: str | bytes) -> Fields:
    (document,) = read(text).documents
    assert isinstance(document.body, Fields)
    return document.body


# --- documents ----------------------------------------------------------------------------


def test_documents_of_a_file() -> None:
    text = "# first\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n--- {c: 3}\n---\n~\n"
    assert values(text) == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert values("") == values("\n# only a comment\n") == values("---\n---\n") == []
    assert values("a: 1\n---") == [{"a": 1}]
    assert values("---\n" * 100_000 + "a: 1\n") == [{"a": 1}]


def test_a_marker_ends_a_document_wherever_it_stands() -> None:
    assert values("a: |\n  x\n  ---\n  y\n---\nb: 1\n") == [{"a": "x\n---\ny\n"}, {"b": 1}]
    assert values("a: |\n  x\n---\n  \n---\nb: 1\n") == [{"a": "x\n"}, {"b": 1}]
    assert values("a: x---\nb: ---y\n") == [{"a": "x---", "b": "---y"}]
    assert told('a: "x\n---\ny"\n')[0][0] == "failed"


def test_directives_belong_to_the_document_after_them() -> None:
    text = "%YAML 1.1\n# x\n---\na: 1\n...\n# y\n%TAG !e! tag:example.org,2000:\n---\nb: !e!x 2\n"
    assert values(text) == [{"a": 1}, {"b": "2"}]


def test_origin_that_helm_wrote() -> None:
    text = (
        "---\n# Source: app/templates/a.yaml\na: 1\n---\nb: 2\n---\r\n# Source: c.yaml\r\nc: 3\r\n"
    )
    origins = [document.origin for document in read(text).documents]
    assert origins == ["app/templates/a.yaml", None, "c.yaml"]


def test_line_ends_and_byte_order_marks() -> None:
    assert values("a: 1\r\nb:\r\n  - x\r\n---\r\nc: |\r\n  y\r\n  z\r\n") == [
        {"a": 1, "b": ["x"]},
        {"c": "y\nz\n"},
    ]
    assert values("a: 1\rb: 2\r") == [{"a": 1, "b": 2}]
    assert only("a:\r\n  b: é\r\n  c: d\r\n").get("a") is not None


def test_json(parser: str) -> None:
    text = '{"a": [1, true, null, "x\\/y\\u00e9"],\n\t"b": {"c": "d", "e": 1.50}}\n'
    if parser == "python":  # which takes no tabs
        text = text.replace("\t", " ")
    assert values(text) == [{"a": [1, True, None, "x/yé"], "b": {"c": "d", "e": Decimal("1.50")}}]
    assert values('{"a": "\\ud83d\\ude00x"}') == [{"a": "\ufffd\ufffdx"}]


# --- what is broken -----------------------------------------------------------------------


def test_broken_documents_are_told_and_the_others_read() -> None:
    text = "a: 1\n---\nb: [\n---\nc: 3\n---\n\td: 4\n---\ne: 'x\n---\nf: 6\n"
    found = read(text)
    assert [plain(document.body) for document in found.documents] == [{"a": 1}, {"c": 3}, {"f": 6}]
    assert [(p.status, p.span.line) for p in found.problems] == [
        ("failed", 3),
        ("failed", 7),
        ("failed", 9),
    ]
    assert told(text)[1] == ("failed", "tab", 7, 1)


def test_document_before_the_broken_one_of_the_same_part() -> None:
    found = read("a: 1\n...\nb: [\n")
    assert [plain(document.body) for document in found.documents] == [{"a": 1}]
    assert len(found.problems) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\t- b\n", ("failed", "tab", 2, 1)),
        ("a: é\nb: \0\n", ("failed", "unprintable", 2, 4)),
        ("a: \x07x\n", ("failed", "unprintable", 1, 4)),
        (b"a: b\nc: \xff\n", ("failed", "not-utf8", 2, 4)),
        ("a: 1\n".encode("utf-16"), ("failed", "not-utf8", 1, 1)),
        ("a: *b\n", ("failed", "alias-undefined", 1, 4)),
        ("a: &b [*b]\n", ("failed", "alias-recursive", 1, 8)),
        ("a: &b\n  c: {<<: *b}\n", ("failed", "alias-recursive", 2, 11)),
        ("? [a]\n: b\n", ("failed", "key-not-scalar", 1, 3)),
        ("a: &b [x]\n*b : c\n", ("failed", "key-not-scalar", 2, 1)),
        ("~: b\n", ("failed", "key-null", 1, 1)),
        ("a: !!int x\n", ("failed", "wrong-tag", 1, 10)),
        ("<<: x\n", ("failed", "merge-not-mapping", 1, 5)),
        ("<<: [{a: 1}, x]\n", ("failed", "merge-not-mapping", 1, 5)),
        ("é: 1\né: 2\n", ("undecided", "key-twice", 2, 1)),
    ],
)
def test_what_is_wrong_and_where(text: str | bytes, expected: tuple[str, str, int, int]) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "a: {{ .Values.a }}\n",
        "{{- if .Values.a }}\na: 1\n{{- end }}\n",
        "a:\n{% for x in y %}\n  - {{ x }}\n{% endfor %}\n",
        'a: 1\n{{ include "b" . }}\nc: 2\n',
        "a: {{ x }}:{{ y }}\n",
    ],
)
def test_templates_are_undecided(text: str) -> None:
    found = told(text)
    assert [(status, key) for status, key, _, _ in found] == [("undecided", "template")]


def test_template_expressions_in_values_are_text() -> None:
    assert values("a: '{{ x }}'\nb: |\n  {{ if y }}\nc: ${{ z }}\n") == [
        {"a": "{{ x }}", "b": "{{ if y }}\n", "c": "${{ z }}"}
    ]


def test_a_file_of_broken_documents_is_bounded() -> None:
    found = told("---\n[\n" * (MAX_PROBLEMS + 100))
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1][1] == "too-many-problems"


# --- hostile files ------------------------------------------------------------------------


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a:\n "])
def test_deep_nesting(opening: str) -> None:
    if opening == "a:\n ":
        text = "".join(" " * level + "a:\n" for level in range(300))
    else:
        text = opening * 30_000
    (found,) = told(text)
    assert found[:2] in {("failed", "too-deep"), ("failed", "key-not-scalar")}


def test_depth_counts_what_aliases_stand_for() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300))
    (found,) = told(chain)
    assert found[1] == "too-deep"
    assert told(chain.split("a190")[0]) == []


def test_alias_bomb() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    assert [found[:2] for found in told(bomb)] == [("failed", "alias-bomb")]
    merges = "a0: &a0 {k: [x, x, x, x, x, x, x, x, x]}\n" + "".join(
        f"a{n}: &a{n} {{x{n}: [{', '.join([f'{{<<: *a{n - 1}}}'] * 9)}]}}\n" for n in range(1, 9)
    )
    assert [found[:2] for found in told(merges)] == [("failed", "alias-bomb")]


def test_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "MAX_NODES", 1000)
    assert told("[" + "1," * 990 + "]") == []
    for text in ("[" + "1," * 1100 + "]", "[" + "[]," * 1100 + "]", "a: [x]\n---\n" * 400):
        assert [found[:2] for found in told(text)] == [("failed", "too-many-nodes")]


# --- anchors, merge keys, keys ------------------------------------------------------------


def test_anchors() -> None:
    text = "a: &x 1\nb: *x\nc: &y {d: *x}\ne: *y\n&k f: g\nh: *k\n*k : i\n"
    found = read(text)
    assert plain(found.documents[0].body) == {
        "a": 1, "b": 1, "c": {"d": 1}, "e": {"d": 1}, "h": "f", "f": "i",
    }  # fmt: skip
    assert told("a: &x 1\n---\nb: *x\n") == [("failed", "alias-undefined", 3, 4)]
    assert values("a: &x 1\nb: &x 2\nc: *x\n") == [{"a": 1, "b": 2, "c": 2}]


def test_an_alias_is_the_node_that_it_stands_for() -> None:
    body = only("a: &x {b: 1}\nc: *x\n")
    assert body.get("a") is body.get("c")


def test_merge_keys() -> None:
    text = """
one: &one {a: 1, b: 1}
two: &two {b: 2, c: 2}
first: {<<: *one, b: 0}
last: {b: 0, <<: *one}
several: {<<: [*one, *two], d: 3}
again: {<<: *one, <<: *two}
quoted: {"<<": 1}
inline: {<<: {a: 1}}
"""
    body = plain(only(text))
    assert isinstance(body, dict)
    assert body["first"] == {"a": 1, "b": 0}
    assert body["last"] == {"b": 0, "a": 1}
    assert body["several"] == {"a": 1, "b": 1, "c": 2, "d": 3}
    assert body["again"] == {"a": 1, "b": 1, "c": 2}
    assert body["quoted"] == {"<<": 1}
    assert body["inline"] == {"a": 1}


def test_merged_members_are_where_they_are_written() -> None:
    body = only("a: &a\n  b: c\nd:\n  <<: *a\n")
    merged = body.get("d")
    assert isinstance(merged, Fields)
    assert (merged.entries[0].key_span.line, merged.entries[0].node.span.line) == (2, 2)


def test_the_last_of_equal_keys_counts() -> None:
    found = read("a: 1\nb: 2\na: 3\n'a': 4\n")
    assert plain(found.documents[0].body) == {"b": 2, "a": 4}
    assert [(p.span.line, p.span.text) for p in found.problems] == [(3, "a"), (4, "'a'")]


def test_keys_become_text() -> None:
    text = "1: a\n0x10: b\non: c\n1.50: d\n'2': e\n!!str 3: f\n2020-01-01: g\n"
    assert values(text) == [
        {"1": "a", "16": "b", "true": "c", "1.5": "d", "2": "e", "3": "f", "2020-01-01": "g"}
    ]


# --- places -------------------------------------------------------------------------------


PLACES: tuple[tuple[str, Callable[[Fields], Node | None], str], ...] = (
    ("a: b c # d\n", lambda body: body.get("a"), "b c"),
    ("a: 'it''s' \n", lambda body: body.get("a"), "'it''s'"),
    ('é: "\\u00e9"\n', lambda body: body.get("é"), '"\\u00e9"'),
    ("a: &x !!str 12 # y\n", lambda body: body.get("a"), "12"),
    ("a: &x\n  # why\n  b: c\n\n# end\nd: e\n", lambda body: body.get("a"), "b: c"),
    ("a: !x # why\n  - b\n  - c\n", lambda body: body.get("a"), "- b\n  - c"),
    ("a: [1, {b: c}] # d\n", lambda body: body.get("a"), "[1, {b: c}]"),
    ("a: |+\n  x\n  y\n\n\nb: c\n", lambda body: body.get("a"), "|+\n  x\n  y"),
    ("a: >-\n  x\n  y\n# d\nb: c\n", lambda body: body.get("a"), ">-\n  x\n  y"),
    ("a: x\n  y\nb: c\n", lambda body: body.get("a"), "x\n  y"),
    ("a:\nb: c\n", lambda body: body.get("a"), ""),
    ("a: &x\nb: c\n", lambda body: body.get("a"), ""),
    ("a:\n- 1\n-\n- 2\nb: c\n", lambda body: body.get("a"), "- 1\n-\n- 2"),
    ("\n# x\na: 1\nb:\n  c: 2\n\n", lambda body: body, "a: 1\nb:\n  c: 2"),
)


@pytest.mark.parametrize(("text", "find", "expected"), PLACES)
def test_places(text: str, find: Callable[[Fields], Node | None], expected: str) -> None:
    for prefix in ("", "é: è\n---\n", "\r\n"):
        node = find(read(prefix + text).documents[-1].body)  # type: ignore[arg-type]
        assert node is not None
        assert node.span.text == expected


def test_places_of_keys_after_wide_text() -> None:
    body = only("é😀: 'ü'\n# ç\n'b': [è, c]\n")
    assert [entry.key_span.text for entry in body.entries] == ["é😀", "'b'"]
    assert [(e.node.span.line, e.node.span.column) for e in body.entries] == [(1, 5), (3, 6)]
    assert [each.span.text for each in below(body.entries[1].node)] == ["[è, c]", "è", "c"]


def test_equal_texts_are_kept_once() -> None:
    one, other = only("a: some-text\nb: some-text\n").nodes
    assert isinstance(one, Scalar)
    assert isinstance(other, Scalar)
    assert one.value is other.value
