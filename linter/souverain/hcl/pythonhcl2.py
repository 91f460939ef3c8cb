"""Second back end (extra ``hcl2``): python-hcl2 8 to the syntax tree of :mod:`souverain.hcl.ast`.

For machines without a tree-sitter wheel, and as a check of the first back end. Its grammar
refuses a few valid forms (``--1``, ``"${~ a}"``, ``a[ * ]``); these are unknown values that
say so, never passed over. Templates are read by :mod:`souverain.hcl.templates`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from hcl2.api import parses_to_tree
from lark import Token, Tree
from lark.exceptions import LarkError

from souverain.hcl import ast, templates, traversal
from souverain.hcl.lexer import lex
from souverain.hcl.numbers import number
from souverain.hcl.traversal import Step
from souverain.model import SourceText, Span

_PREFIX = "_=("

_Child = Tree[Token] | Token


def expression(source: SourceText, start: int, end: int) -> ast.Expr | None:
    """The expression written at ``[start, end)``, or None when the grammar refuses it."""
    text = _PREFIX + source.data[start:end].decode("utf-8", "replace") + "\n)\n"
    root = _tree(text)
    if root is None:
        return None
    items = _trees(_trees(root)[0])
    value = _trees(items[0])[-1]
    if len(items) != 1 or len(value.children) < 3:
        return None
    return _Converter(source, text, start - len(_PREFIX)).expression(_trees(value)[0])


def _tree(text: str) -> Tree[Token] | None:
    try:
        root: Tree[Token] = parses_to_tree(text)
    except LarkError:
        return None
    found = root.scan_values(lambda value: _kind(value).startswith("HEREDOC"))
    if [str(token).rstrip() for token in found] != _heredocs((text + "\n").encode()):
        return None
    return root


def _heredocs(data: bytes) -> list[str]:
    """Texts of the outermost heredocs; the grammar takes the first marker, even a nested one's."""
    texts: list[str] = []
    depth = start = 0
    for kind, first, end in lex(data, 0, len(data)):
        if kind == "heredoc":
            start = start if depth else first
            depth += 1
        elif kind == "heredoc-end":
            depth -= 1
            if depth == 0:
                texts.append(data[start:end].decode("utf-8", "replace"))
    return texts


class _Converter:
    """Converts trees of one parsed text. ``shift`` leads from its bytes to the source's."""

    def __init__(self, source: SourceText, text: str, shift: int) -> None:
        self.source = source
        self.shift = shift
        self.offsets = (
            None
            if text.isascii()
            else [0, *accumulate(len(character.encode()) for character in text)]
        )

    # --- places -----------------------------------------------------------------------

    def offset(self, position: int) -> int:
        """Byte offset in the source of a character of the parsed text."""
        return self.shift + (position if self.offsets is None else self.offsets[position])

    def start(self, node: _Child) -> int:
        return self.offset(_start(node))

    def end(self, node: _Child) -> int:
        """End of a node; the grammar counts newlines after operators and heredocs in."""
        end = self.offset(_end(node))
        data = self.source.data
        while end > 0 and data[end - 1 : end].isspace():
            end -= 1
        return end

    def span(self, node: _Child) -> Span:
        return Span(self.source, self.start(node), self.end(node))

    def text(self, node: _Child) -> str:
        data = self.source.data[self.start(node) : self.end(node)]
        return data.decode("utf-8", "replace")

    # --- expressions ------------------------------------------------------------------

    def expression(self, node: Tree[Token]) -> ast.Expr:
        """Any expression node."""
        kind = str(node.data)
        if kind == "conditional":
            test, then, otherwise = (self.expression(child) for child in _trees(node))
            return ast.Conditional(test, then, otherwise, self.span(node))
        if kind == "binary_op":
            left, term = _trees(node)
            operator, right = _trees(term)
            op = _BINARY[self.text(operator).lstrip()]
            return ast.Binary(op, self.expression(left), self.expression(right), self.span(node))
        if kind == "unary_op":
            sign = "-" if _kind(node.children[0]) == "MINUS" else "!"
            return ast.Unary(sign, self.expression(_trees(node)[0]), self.span(node))  # type: ignore[arg-type]
        if _kind(node.children[0]) == "LPAR":
            return self.expression(_trees(node)[0])
        return self.primary(_trees(node)[0])

    def primary(self, node: Tree[Token]) -> ast.Expr:
        kind = str(node.data)
        if kind.endswith("_expr_term"):
            return self.access(node)
        if kind in ("identifier", "keyword"):
            return ast.Variable(self.text(node), self.span(node))
        if kind == "string":
            return self.template(node)
        if kind.startswith("heredoc"):
            span = self.span(node)
            return templates.heredoc(self.source, span.start, span.end, self.standalone)
        if kind == "tuple":
            return ast.Tuple(tuple(self.expression(c) for c in _trees(node)), self.span(node))
        if kind == "object":
            return ast.Object(tuple(self.item(c) for c in _trees(node)), self.span(node))
        if kind == "function_call":
            return self.call(node)
        if kind.startswith("for_"):
            return self.loop(node)
        return self.literal(node)

    def literal(self, node: Tree[Token]) -> ast.Expr:
        text, span = self.text(node), self.span(node)
        if node.data == "literal_value":
            return ast.Literal({"null": None, "true": True, "false": False}[text], span)
        if text.startswith("-"):
            digits = Span(self.source, span.start + 1, span.end)
            return ast.Unary("-", ast.Literal(number(text[1:]), digits), span)
        return ast.Literal(number(text), span)

    def template(self, node: Tree[Token]) -> ast.Expr:
        found = {self.start(inner): inner for inner in _expressions(node)}

        def convert(start: int, end: int) -> ast.Expr:
            inner = found.get(start)
            if inner is None or self.end(inner) != end:
                return self.standalone(start, end)
            return self.expression(inner)

        return templates.quoted(self.source, self.start(node), self.end(node), convert)

    def standalone(self, start: int, end: int) -> ast.Expr:
        """An expression inside a heredoc, which the grammar takes as one token."""
        found = expression(self.source, start, end)
        if found is None:
            return ast.Variable(ast.UNREADABLE, Span(self.source, start, end))
        return found

    def access(self, node: Tree[Token]) -> ast.Expr:
        """A chain of accesses, which the grammar nests to the left."""
        chain: list[Tree[Token]] = []
        while True:
            inner, step = _trees(node)
            chain.append(step)
            first = _trees(inner)[0]
            if _kind(inner.children[0]) == "LPAR" or not str(first.data).endswith("_expr_term"):
                break
            node = first
        steps: list[Step] = []
        for tree in reversed(chain):
            steps.extend(self.steps(tree))
        return traversal.apply(self.source, self.expression(inner), self.start(inner), steps)

    def steps(self, node: Tree[Token]) -> Iterator[Step]:
        kind, span = node.data, self.span(node)
        if kind == "get_attr":
            yield Step("attribute", span.start, span.end, self.text(_trees(node)[0]))
        elif kind == "braces_index":
            yield Step("index", span.start, span.end, key=self.expression(_trees(node)[0]))
        elif kind == "short_index":
            digits = node.children[-1]
            key = ast.Literal(number(self.text(digits)), self.span(digits))
            yield Step("legacy", span.start, span.end, key=key)
        else:
            marker = self.span(node.children[0])
            yield Step("[*]" if kind == "full_splat" else ".*", marker.start, marker.end)
            for inner in _trees(node):
                yield from self.steps(inner)

    def call(self, node: Tree[Token]) -> ast.Expr:
        names = [child for child in _trees(node) if child.data == "identifier"]
        args: tuple[ast.Expr, ...] = ()
        expand = False
        for child in _trees(node):
            if child.data == "arguments":
                args = tuple(self.expression(arg) for arg in _trees(child))
                expand = any(_kind(inner) == "ELLIPSIS" for inner in child.children)
        name = "::".join(self.text(part) for part in names)
        return ast.Call(name, args, expand, self.span(node))

    def item(self, node: Tree[Token]) -> ast.ObjectItem:
        key, value = _trees(node)
        return ast.ObjectItem(self.key(key), self.expression(value), self.span(node))

    def key(self, node: Tree[Token]) -> ast.Expr:
        """A bare word is a string, also when it is a keyword."""
        inner = _trees(node)[0]
        if inner.data == "expr_term" and len(inner.children) == 1:
            word = _trees(inner)[0]
            if word.data in ("identifier", "literal_value"):
                return ast.Literal(self.text(word), self.span(word))
        if inner.data == "keyword":
            return ast.Literal(self.text(inner), self.span(inner))
        return self.expression(inner)

    def loop(self, node: Tree[Token]) -> ast.Expr:
        intro, *rest = _trees(node)
        *names, collection = _trees(intro)
        tests = [child for child in rest if child.data == "for_cond"]
        results = [self.expression(child) for child in rest if child.data != "for_cond"]
        return ast.For(
            key=self.text(names[0]) if len(names) == 2 else None,
            value=self.text(names[-1]),
            collection=self.expression(collection),
            result_key=results[0] if len(results) == 2 else None,
            result=results[-1],
            grouped=any(_kind(child) == "ELLIPSIS" for child in node.children),
            condition=self.expression(_trees(tests[0])[0]) if tests else None,
            span=self.span(node),
        )


_BINARY: dict[str, ast.BinaryOperator] = {op: op for op in ast.BINARY_OPERATORS}


def _trees(node: Tree[Token]) -> list[Tree[Token]]:
    """Children that mean something: no tokens, newlines or comments."""
    return [
        child
        for child in node.children
        if isinstance(child, Tree) and child.data != "new_line_or_comment"
    ]


def _kind(node: _Child) -> str:
    return node.type if isinstance(node, Token) else ""


def _start(node: _Child) -> int:
    position = node.start_pos if isinstance(node, Token) else node.meta.start_pos
    return position or 0


def _end(node: _Child) -> int:
    """End without the newlines and comments that the grammar puts into operations."""
    while isinstance(node, Tree):
        if node.data not in ("binary_op", "binary_term", "unary_op", "conditional", "attribute"):
            return node.meta.end_pos
        node = _trees(node)[-1]
    return node.end_pos or 0


def _expressions(node: Tree[Token]) -> Iterator[Tree[Token]]:
    """The outermost expressions of a quoted template."""
    for part in _trees(node):
        for sequence in _trees(part):
            for inner in _trees(sequence):
                if inner.data != "identifier":
                    yield inner
