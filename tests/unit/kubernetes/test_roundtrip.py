"""Whatever is written is read where it is written; whatever is thrown in never crashes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from souverain.kubernetes import nodes
from souverain.kubernetes.documents import parse
from souverain.kubernetes.model import Fields, Node, Scalar, ScalarValue
from souverain.model import SourceText
from souverain.text import render

Written = tuple[str, ScalarValue]
Tree = Written | list["Tree"] | dict[Written, "Tree"]

WORDS = st.text("abcé😀-_./", min_size=1).filter(
    lambda word: word[0] not in "-._/" and not word.startswith("é-")
)
TEXTS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x1FFFF, exclude_categories=["C", "Zl", "Zp"])
)


def plain(word: str) -> Written:
    return word, word


def single(text: str) -> Written:
    return "'" + text.replace("'", "''") + "'", text


def double(text: str) -> Written:
    return json.dumps(text, ensure_ascii=False), text


def distinct(tree: dict[Written, Tree]) -> bool:
    return len({value for _, value in tree}) == len(tree)


KEYS = WORDS.map(plain) | TEXTS.map(single) | TEXTS.map(double)
LEAVES = KEYS | st.integers().map(lambda number: (str(number), number))
TREES: st.SearchStrategy[Tree] = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4).filter(distinct)
    ),
    max_leaves=20,
)


def write(tree: Tree, dice: random.Random, depth: int = 0) -> str:
    """The tree as YAML: flow or block style, comments and empty lines thrown in."""
    if isinstance(tree, tuple):
        return tree[0]
    if not tree or depth > 3 or dice.random() < 0.3:
        return flow(tree)
    noise = dice.choice(["", "", " # é", "\n", "\n# 😀"])
    indent = "\n" + "  " * depth
    if isinstance(tree, list):
        items = (f"{indent}- {write(each, dice, depth + 1)}{noise}" for each in tree)
    else:
        items = (
            f"{indent}{key}: {write(e, dice, depth + 1)}{noise}" for (key, _), e in tree.items()
        )
    return "".join(items)


def flow(tree: Tree) -> str:
    if isinstance(tree, tuple):
        return tree[0]
    if isinstance(tree, list):
        return "[" + ", ".join(map(flow, tree)) + "]"
    return "{" + ", ".join(f"{key}: {flow(each)}" for (key, _), each in tree.items()) + "}"


def leaves(tree: Tree) -> Iterator[Written]:
    if isinstance(tree, tuple):
        yield tree
    elif isinstance(tree, list):
        for each in tree:
            yield from leaves(each)
    else:
        for key, each in tree.items():
            yield key
            yield from leaves(each)


def read(node: Node) -> Iterator[Written]:
    if isinstance(node, Scalar):
        yield node.span.text, node.value
    elif isinstance(node, Fields):
        for entry in node.entries:
            yield entry.key_span.text, entry.key
            yield from read(entry.node)
    else:
        for each in node:
            yield from read(each)


@settings(deadline=None)
@given(st.lists(TREES, max_size=3), st.randoms(use_true_random=False))
def test_the_text_at_a_place_is_the_value_as_written(
    trees: list[Tree], dice: random.Random
) -> None:
    text = "".join(f"---{dice.choice([' ', '  # x'])}\n{write(tree, dice)}\n" for tree in trees)
    found = parse(SourceText("x.yaml", text.encode()))
    assert found.problems == (), text
    assert [list(read(document.body)) for document in found.documents] == [
        list(leaves(tree)) for tree in trees
    ]


PIECES = st.sampled_from(
    ["a", ": ", "- ", "\n", "  ", "\t", "&a ", "*a", "<<", "!!int ", "!!binary ", "|", ">", "'",
     '"', "{", "}", "[", "]", ",", "?", "#", "%", "---\n", "...\n", "\r\n", "é", "\0", "\ufeff",
     "{{", "}}", "~", "1e9", "\\u", "\\ud800", "@"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode()) | st.binary())
def test_nothing_crashes_and_every_place_is_in_the_file(data: bytes) -> None:
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        before, nodes._LOADER = nodes._LOADER, loader  # type: ignore[misc, assignment]
        try:
            found = parse(SourceText("x.yaml", data))
        finally:
            nodes._LOADER = before  # type: ignore[misc]
        for problem in found.problems:
            assert render(problem.reason, "fr")
            assert 0 <= problem.span.start <= problem.span.end <= len(data)
        for document in found.documents:
            list(read(document.body))
            assert 0 <= document.body.span.start <= document.body.span.end <= len(data)
