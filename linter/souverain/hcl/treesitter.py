"""Default back end: tree-sitter-hcl to the syntax tree of :mod:`souverain.hcl.ast`.

Only what the grammar gets right is taken from it. Template literals are read from the
bytes (:mod:`souverain.hcl.templates`); chains of accesses and nested conditionals are
grouped again here, since the grammar ends a splat too early or too late and nests
``a ? b : c ? d : e`` to the left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from souverain.hcl import ast, plain, strict, templates, traversal
from souverain.hcl.lexer import lex, with_newline
from souverain.hcl.numbers import number
from souverain.hcl.reader import WrongError
from souverain.hcl.traversal import Step
from souverain.model import SourceText, Span
from souverain.regex import regex

_EXPONENT = regex(rb"\b[0-9]+[eE][+-]?[0-9]+")
"""``1e5``: valid, but the grammar wants a fraction before the exponent."""

_TEXT = regex(rb"[^\r\n]")
_SPLAT = regex(rb"\[\s*\*\s*\]|\.\s*\*")
_PREFIX = b"_=("


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_hcl.language()))


def _tree(data: bytes) -> Node:
    if b"e" in data or b"E" in data:
        data = _EXPONENT.sub(lambda match: b"1" * len(match[0]), data)
    return _parser().parse(data).root_node


def expression(source: SourceText, start: int, end: int) -> ast.Expr | None:
    """The expression written at ``[start, end)``, or None when the grammar refuses it."""
    root = _tree(_PREFIX + source.data[start:end] + b"\n)\n")
    if root.has_error:
        root = _tree(_PREFIX + _regular(source, start, end) + b"\n)\n")
    if root.has_error:
        return None
    shift = start - len(_PREFIX)
    node = root.children[0].children[0].children[-1]
    inner = [child for child in node.children if child.type == "expression"]
    if len(root.children[0].children) != 1 or len(inner) != 1:
        return None
    return _Converter(source, shift).expression(inner[0])


def _regular(source: SourceText, start: int, end: int) -> bytes:
    """The text with what the grammar does not know written in a way it does.

    It takes newlines for spaces, so that ``a = b`` and ``(c) = d`` on the next line of an
    object become a call of ``b``: they get a comma. It wants splats without spaces. Literal
    text of templates, where it errs about ``$$${`` and lines that begin like the marker of
    their heredoc, is blanked: templates are read from the source.
    """
    text = bytearray(_SPLAT.sub(_without_spaces, source.data[start:end]))
    try:
        separators = strict.whole_expression(source, start, end).separators
    except WrongError:
        separators = []
    for at in separators:
        if text[at - start] in b"\r\n":
            text[at - start] = ord(",")
    for kind, first, last in lex(source.data, start, with_newline(source.data, end)):
        if kind == "text":
            place = slice(first - start, last - start)
            text[place] = _TEXT.sub(b" ", text[place])
    return bytes(text)


def _without_spaces(splat: re.Match[bytes]) -> bytes:
    return b"".join(splat[0].split()).ljust(len(splat[0]))


class _Converter:
    """Converts the nodes of one expression. ``shift`` leads from node to source offsets."""

    def __init__(self, source: SourceText, shift: int) -> None:
        self.source = source
        self.shift = shift

    def span(self, first: Node, last: Node | None = None) -> Span:
        return Span(
            self.source, first.start_byte + self.shift, (last or first).end_byte + self.shift
        )

    def text(self, node: Node) -> str:
        start, end = node.start_byte + self.shift, node.end_byte + self.shift
        return self.source.data[start:end].decode("utf-8", "replace")

    def expression(self, node: Node) -> ast.Expr:
        """An ``expression`` node: a term or a conditional."""
        found = plain.read(self.source, node.start_byte + self.shift, node.end_byte + self.shift)
        if found is not None:
            return found
        children = _children(node)
        if children[0].type == "conditional":
            return self.conditional(children[0])
        return self.term(children)

    def conditional(self, node: Node) -> ast.Expr:
        """``a ? b : c ? d : e`` nests to the right, whatever the grammar says."""
        operands = [child for child in _children(node) if child.type == "expression"]
        while (left := _bare_conditional(operands[0])) is not None:
            operands[:1] = [child for child in _children(left) if child.type == "expression"]
        result = self.expression(operands[-1])
        last = operands[-1]
        for at in range(len(operands) - 3, -1, -2):
            test, then = operands[at], operands[at + 1]
            result = ast.Conditional(
                self.expression(test), self.expression(then), result, self.span(test, last)
            )
        return result

    def term(self, nodes: list[Node]) -> ast.Expr:
        """A term and the accesses after it; a parenthesised one takes three nodes."""
        first = nodes[0]
        if first.type == "(":
            expr, rest = self.expression(nodes[1]), nodes[3:]
        else:
            expr, rest = self.primary(first), nodes[1:]
        if not rest:
            return expr
        return traversal.apply(self.source, expr, self.span(first).start, self.steps(rest))

    def steps(self, nodes: list[Node]) -> list[Step]:
        """Accesses in order, those inside splats included."""
        steps: list[Step] = []
        for node in nodes:
            span = self.span(node)
            if node.type == "get_attr":
                name = self.text(_children(node)[-1])
                steps.append(Step("attribute", span.start, span.end, name))
            elif node.type == "index":
                steps.append(self.index(_children(node)[0]))
            else:
                marker, *inner = _children(_children(node)[0])
                span = self.span(marker)
                steps.append(Step("[*]" if marker.type == "[*]" else ".*", span.start, span.end))
                steps.extend(self.steps(inner))
        return steps

    def index(self, node: Node) -> Step:
        """``[key]``, or ``.0``, whose digits the grammar gives no node."""
        span = self.span(node)
        if node.type == "new_index":
            key = self.expression(_children(node)[1])
            return Step("index", span.start, span.end, key=key)
        digits = re.split(r"[^0-9]", self.text(node))[-1]
        where = Span(self.source, span.end - len(digits), span.end)
        return Step("legacy", span.start, span.end, key=ast.Literal(number(digits), where))

    def primary(self, node: Node) -> ast.Expr:
        kind = node.type
        if kind == "literal_value":
            return self.literal(_children(node)[0])
        if kind == "template_expr":
            return self.template(_children(node)[0])
        if kind == "variable_expr":
            return ast.Variable(self.text(node), self.span(node))
        if kind == "operation":
            return self.operation(_children(node)[0])
        if kind == "function_call":
            return self.call(node)
        inner = _children(node)[0]
        if kind == "for_expr":
            return self.loop(inner)
        return self.tuple(inner) if inner.type == "tuple" else self.object(inner)

    def literal(self, node: Node) -> ast.Expr:
        kind, span = node.type, self.span(node)
        if kind == "string_lit":
            return templates.quoted(self.source, span.start, span.end, self.never)
        if kind == "numeric_lit":
            return ast.Literal(number(self.text(node)), span)
        return ast.Literal(None if kind == "null_lit" else self.text(node) == "true", span)

    def never(self, start: int, end: int) -> ast.Expr:
        """A plain string that the templates' own reading finds an expression in."""
        return _standalone(self.source, start, end)

    def template(self, node: Node) -> ast.Expr:
        found = {inner.start_byte + self.shift: inner for inner in _expressions(node)}

        def convert(start: int, end: int) -> ast.Expr:
            inner = found.get(start)
            if inner is None or inner.end_byte + self.shift != end:
                return _standalone(self.source, start, end)
            return self.expression(inner)

        span = self.span(node)
        read = templates.quoted if node.type == "quoted_template" else templates.heredoc
        return read(self.source, span.start, span.end, convert)

    def operation(self, node: Node) -> ast.Expr:
        children = _children(node)
        if node.type == "unary_operation":
            op = "-" if children[0].type == "-" else "!"
            return ast.Unary(op, self.term(children[1:]), self.span(node))  # type: ignore[arg-type]
        at = next(i for i, child in enumerate(children) if child.type in _BINARY)
        return ast.Binary(
            _BINARY[children[at].type],
            self.term(children[:at]),
            self.term(children[at + 1 :]),
            self.span(node),
        )

    def call(self, node: Node) -> ast.Expr:
        children = _children(node)
        args: tuple[ast.Expr, ...] = ()
        expand = False
        for child in children:
            if child.type == "function_arguments":
                inner = _children(child)
                args = tuple(self.expression(arg) for arg in inner if arg.type == "expression")
                expand = inner[-1].type == "ellipsis"
        return ast.Call(self.text(children[0]), args, expand, self.span(node))

    def tuple(self, node: Node) -> ast.Expr:
        items = tuple(self.expression(c) for c in node.children if c.type == "expression")
        return ast.Tuple(items, self.span(node))

    def object(self, node: Node) -> ast.Expr:
        items = tuple(self.item(child) for child in node.children if child.type == "object_elem")
        return ast.Object(items, self.span(node))

    def item(self, node: Node) -> ast.ObjectItem:
        key, value = (child for child in _children(node) if child.type == "expression")
        return ast.ObjectItem(self.key(key), self.expression(value), self.span(node))

    def key(self, node: Node) -> ast.Expr:
        """A bare word is a string, also when it is a keyword."""
        children = _children(node)
        if len(children) == 1 and children[0].type in ("variable_expr", "literal_value"):
            inner = _children(children[0])[0]
            if inner.type in ("identifier", "bool_lit", "null_lit"):
                return ast.Literal(self.text(inner), self.span(inner))
        return self.expression(node)

    def loop(self, node: Node) -> ast.Expr:
        children = _children(node)
        intro = _children(next(child for child in children if child.type == "for_intro"))
        names = [self.text(child) for child in intro if child.type == "identifier"]
        collection = next(child for child in intro if child.type == "expression")
        results = [self.expression(c) for c in children if c.type == "expression"]
        tests = [_children(child)[1] for child in children if child.type == "for_cond"]
        return ast.For(
            key=names[0] if len(names) == 2 else None,
            value=names[-1],
            collection=self.expression(collection),
            result_key=results[0] if len(results) == 2 else None,
            result=results[-1],
            grouped=any(child.type == "ellipsis" for child in children),
            condition=self.expression(tests[0]) if tests else None,
            span=self.span(node),
        )


_BINARY: dict[str, ast.BinaryOperator] = {op: op for op in ast.BINARY_OPERATORS}


def _children(node: Node) -> list[Node]:
    return [child for child in node.children if child.type != "comment"]


def _bare_conditional(node: Node) -> Node | None:
    """The conditional an ``expression`` consists of, unless it is in parentheses."""
    first = _children(node)[0]
    return first if first.type == "conditional" else None


def _expressions(node: Node) -> Iterator[Node]:
    """The outermost expressions of a template."""
    for child in node.children:
        if child.type == "expression":
            yield child
        elif child.type.startswith("template_") and child.type != "template_literal":
            yield from _expressions(child)


def _standalone(source: SourceText, start: int, end: int) -> ast.Expr:
    """An expression that the templates found and the grammar did not."""
    found = expression(source, start, end)
    return ast.Variable(ast.UNREADABLE, Span(source, start, end)) if found is None else found
