"""The JSON syntax of HCL: JSON with positions, and bodies told apart by a schema.

Strings are templates, property names that a schema lists are blocks, their first levels
are labels, and arrays repeat blocks. Source: hashicorp/hcl, ``json/spec.md``; comments
under ``"//"``: Terraform, "JSON Configuration Syntax".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from souverain.hcl import ast, strict, templates
from souverain.hcl.backends import Backend
from souverain.hcl.jsontext import Array, Node, Object, Scalar, String, decoded, read
from souverain.model import SourceText, Span, phrase
from souverain.records import dataclass

COMMENT = "//"


@dataclass(eq=False)
class JsonAttribute(ast.Attribute):
    """A property: an attribute or, if a schema says so, blocks."""

    node: Node
    engine: Backend


def body(source: SourceText, engine: Backend) -> tuple[ast.Body, tuple[ast.Diagnostic, ...]]:
    """The body of a file, all its properties attributes, and what is wrong with the file."""
    root, error = read(source)
    whole = Span(source, 0, len(source.data))
    diagnostics = [error] if error else []
    if isinstance(root, (Scalar, String)):
        diagnostics.append(ast.Diagnostic(phrase("hcl.json-root"), _span(source, root)))
    if root is None:
        return ast.Body((), (), whole, json=True), tuple(diagnostics)
    diagnostics += _duplicates(source, root)
    diagnostics += _bad_templates(source, root)
    return _body(source, engine, [root], whole), tuple(diagnostics)


def split(body: ast.Body, schema: Mapping[str, int]) -> ast.Body:
    """The same body with the properties named in ``schema`` turned into blocks.

    ``schema`` gives the number of labels of each block type. Bodies of the blocks are
    JSON bodies again. A body of the native syntax comes back as it is.
    """
    if not body.json:
        return body
    attributes: list[ast.Attribute] = []
    blocks: list[ast.Block] = []
    for attribute in body.attributes:
        labels = schema.get(attribute.name)
        if labels is None or not isinstance(attribute, JsonAttribute):
            attributes.append(attribute)
        else:
            blocks.extend(_blocks(attribute, labels))
    return ast.Body(tuple(attributes), tuple(blocks), body.span)


# --- bodies and blocks ----------------------------------------------------------------


def _body(source: SourceText, engine: Backend, nodes: list[Node], span: Span) -> ast.Body:
    """One body from an object, or from the objects of an array taken together."""
    attributes: list[ast.Attribute] = []
    for item in _objects(nodes):
        for key, value in item.members:
            name = _plain(source, key)
            if name == COMMENT:
                continue
            attributes.append(
                JsonAttribute(
                    name=name,
                    span=Span(source, key.start, value.end),
                    name_span=_span(source, key),
                    convert=partial(_expression, source, engine, value),
                    node=value,
                    engine=engine,
                )
            )
    return ast.Body(tuple(attributes), (), span, json=True)


def _blocks(attribute: JsonAttribute, labels: int) -> Iterator[ast.Block]:
    source = attribute.span.source
    for path, header, node in _labelled(source, attribute.node, labels, (), attribute.name_span):
        for item in _instances(node):
            yield ast.Block(
                attribute.name,
                path,
                _body(source, attribute.engine, [item], _span(source, item)),
                Span(source, header.start, item.end) if item.start > header.start else header,
                header,
            )


def _labelled(
    source: SourceText, node: Node, labels: int, path: tuple[str, ...], header: Span
) -> Iterator[tuple[tuple[str, ...], Span, Node]]:
    """Each combination of labels below a block type, with the key of the last label."""
    if labels == 0:
        yield path, header, node
        return
    for item in _objects([node]):
        for key, value in item.members:
            name = _plain(source, key)
            if name != COMMENT:
                yield from _labelled(source, value, labels - 1, (*path, name), _span(source, key))


def _instances(node: Node) -> Iterator[Node]:
    """One node per block: an array repeats the block, null stands for none."""
    if isinstance(node, Array):
        yield from node.items
    elif not (isinstance(node, Scalar) and node.value is None):
        yield node


def _objects(nodes: list[Node]) -> Iterator[Object]:
    for node in nodes:
        if isinstance(node, Object):
            yield node
        elif isinstance(node, Array):
            yield from _objects(node.items)


# --- expressions ----------------------------------------------------------------------


def _expression(source: SourceText, engine: Backend, node: Node) -> ast.Expr:
    span = _span(source, node)
    if isinstance(node, Scalar):
        return ast.Literal(node.value, span)
    if isinstance(node, String):
        return _string(source, engine, node)
    if isinstance(node, Array):
        return ast.Tuple(tuple([_expression(source, engine, i) for i in node.items]), span)
    items: list[ast.ObjectItem] = []
    for key, value in node.members:
        where = Span(source, key.start, value.end)
        items.append(
            ast.ObjectItem(_string(source, engine, key), _expression(source, engine, value), where)
        )
    return ast.Object(tuple(items), span)


def _string(source: SourceText, engine: Backend, node: String) -> ast.Expr:
    if not node.template:
        return ast.Literal(templates.normal(_plain(source, node)), _span(source, node))
    text, start, end = decoded(source, node)
    if strict.template(text, start, end) is not None:
        return ast.Variable(ast.UNREADABLE, _span(source, node))
    return templates.bare(text, start, end, partial(engine.convert, text))


def _plain(source: SourceText, node: String) -> str:
    text, start, end = decoded(source, node)
    return text.data[start:end].decode("utf-8", "replace")


def _span(source: SourceText, node: Node) -> Span:
    return Span(source, node.start, node.end)


# --- diagnostics ----------------------------------------------------------------------


def _walk(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, Array):
            pending.extend(reversed(node.items))
        elif isinstance(node, Object):
            for key, value in reversed(node.members):
                pending += (value, key)


def _bad_templates(source: SourceText, root: Node) -> Iterator[ast.Diagnostic]:
    for node in _walk(root):
        if isinstance(node, String) and node.template:
            text, start, end = decoded(source, node)
            wrong = strict.template(text, start, end)
            if wrong is not None:
                yield wrong


def _duplicates(source: SourceText, root: Node) -> Iterator[ast.Diagnostic]:
    """Properties written twice. Repeated objects and arrays are repeated blocks or labels."""
    for node in _walk(root):
        if not isinstance(node, Object):
            continue
        seen: dict[str, tuple[String, Node]] = {}
        for key, value in node.members:
            name = _plain(source, key)
            first, other = seen.setdefault(name, (key, value))
            if first is key or name == COMMENT:
                continue
            if isinstance(value, (Scalar, String)) or isinstance(other, (Scalar, String)):
                line = source.position(first.start)[0]
                message = phrase("hcl.attribute-twice", name=name, line=line)
                yield ast.Diagnostic(message, _span(source, key))
