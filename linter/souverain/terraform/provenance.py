"""Where a value comes from: a static slice of its expression, in the current world.

A slice follows names through locals, variables, module inputs and outputs, down to the
literals, the variable files and the resources they rest on. Only the chosen branch of a
conditional whose test is known is followed, and only the element of a literal object or
tuple that is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from souverain.hcl import ast
from souverain.model import Evidence, Phrase, Ref, Span
from souverain.records import dataclass
from souverain.terraform.expressions import evaluate
from souverain.terraform.scope import Scope
from souverain.terraform.syntax import children
from souverain.terraform.walking import elements
from souverain.values import OpenMap, Partial, Unknown, Value

if TYPE_CHECKING:
    from souverain.terraform.context import Evaluation

MAX_LINKS = 200
"""Links of one slice; more would say nothing to a reader."""


@dataclass(frozen=True, slots=True)
class AnyElement:
    """A step to an element that is not known."""


ANY = AnyElement()

Step = str | int | AnyElement
"""``.name`` or ``["name"]``, ``[0]``, or some element."""


@dataclass(frozen=True, slots=True)
class Link:
    """An expression that a name stands for, and how to say so."""

    expr: ast.Expr | None
    """None when the chain ends here (``-var``, a default of the manifest)."""
    scope: BodyScope | None
    steps: tuple[Step, ...]
    """What remains to be read of the expression's value."""
    text: Phrase | None = None
    """Sentence for the chain; None for links that need no words."""
    span: Span | None = None


class BodyScope(Scope, Protocol):
    """A scope that belongs to a root evaluation and knows what its names stand for."""

    @property
    def evaluation(self) -> Evaluation: ...

    @property
    def address(self) -> str:
        """Address of the module instance; empty for the root."""

    @property
    def place(self) -> str:
        """Address of the instance the scope belongs to, when it is more than a module."""

    def links(self, root: str, steps: tuple[Step, ...]) -> tuple[Link | Ref, ...]:
        """What ``root`` followed by ``steps`` stands for; () for names that end a chain."""


def references(expr: ast.Expr, scope: BodyScope) -> tuple[Ref, ...]:
    """Resources that an expression leads to, each once, nearest first."""
    return tuple(dict.fromkeys(x for x in _slice(expr, scope) if isinstance(x, Ref)))


def trace(expr: ast.Expr, scope: BodyScope) -> tuple[Evidence, ...]:
    """The chain from an expression to what decides it, nearest first."""
    found: dict[tuple[Phrase, Span | None], Evidence] = {}
    for item in _slice(expr, scope):
        if isinstance(item, Link) and item.text is not None:
            found.setdefault((item.text, item.span), Evidence("region", item.text, item.span))
    return tuple(found.values())


class Grounds:
    """The files that expressions rest on. Each is followed once, however many rest on it.

    Not to be asked while a world is being explored.
    """

    def __init__(self) -> None:
        self._files: dict[tuple[int, BodyScope, tuple[Step, ...]], frozenset[str]] = {}

    def close(self) -> None:
        """Gives up the scopes it has met. See :meth:`EvaluatedRoot.close`."""
        self._files.clear()

    def of(
        self, expr: ast.Expr, scope: BodyScope, steps: tuple[Step, ...] = (), depth: int = 0
    ) -> frozenset[str]:
        """Files of the links that :func:`trace` tells of, and of those behind them."""
        mark = (id(expr), scope, steps)
        if mark not in self._files:
            self._files[mark] = frozenset()  # what rests on itself rests on nothing more
            if depth < MAX_LINKS:
                found = self._behind(expr, scope, steps, depth + 1)
                self._files[mark] = frozenset().union(*found)
        return self._files[mark]

    def _behind(
        self, expr: ast.Expr, scope: BodyScope, steps: tuple[Step, ...], depth: int
    ) -> Iterator[Iterable[str]]:
        for inner, rest in _parts(expr, scope, steps):
            if not isinstance(inner, _Name):
                yield self.of(inner, scope, rest, depth)
                continue
            for link in scope.links(inner.root, (*inner.steps, *rest)):
                if isinstance(link, Link):
                    if link.span is not None:
                        yield (link.span.file,)
                    if link.expr is not None and link.scope is not None:
                        yield self.of(link.expr, link.scope, link.steps, depth)


def references_in(value: Value) -> Iterator[Ref]:
    """References kept by the unknown parts of a value."""
    if isinstance(value, Unknown):
        if value.ref is not None:
            yield value.ref
        return
    for part in _inside(value):
        yield from references_in(part)


def _inside(value: Value) -> Iterable[Value]:
    if isinstance(value, Partial):
        return value.segments
    if isinstance(value, OpenMap):
        return (*value.known.values(), value.rest)
    if isinstance(value, Mapping):
        return value.values()
    return elements(value) or ()


def _slice(expr: ast.Expr, scope: BodyScope) -> Iterator[Link | Ref]:
    slicer = _Slicer()
    yield from slicer.follow(expr, scope, ())


class _Slicer:
    """One walk; names already met are not followed again."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int, tuple[Step, ...]]] = set()

    def follow(
        self, expr: ast.Expr, scope: BodyScope, steps: tuple[Step, ...]
    ) -> Iterator[Link | Ref]:
        mark = (id(expr), id(scope), steps)
        if mark in self._seen or len(self._seen) >= MAX_LINKS:
            return
        self._seen.add(mark)
        for inner, rest in _parts(expr, scope, steps):
            if isinstance(inner, _Name):
                yield from self._name(inner, scope, rest)
            else:
                yield from self.follow(inner, scope, rest)

    def _name(self, name: _Name, scope: BodyScope, steps: tuple[Step, ...]) -> Iterator[Link | Ref]:
        for link in scope.links(name.root, (*name.steps, *steps)):
            yield link
            if isinstance(link, Link) and link.expr is not None and link.scope is not None:
                yield from self.follow(link.expr, link.scope, link.steps)


@dataclass(frozen=True, slots=True)
class _Name:
    root: str
    steps: tuple[Step, ...]


_Part = tuple[ast.Expr | _Name, tuple[Step, ...]]


def _parts(expr: ast.Expr, scope: BodyScope, steps: tuple[Step, ...]) -> Iterator[_Part]:
    """Expressions that the value of ``expr`` followed by ``steps`` rests on."""
    if isinstance(expr, (ast.Variable, ast.GetAttr, ast.Index)):
        yield from _traversal(expr, scope, steps)
    elif isinstance(expr, ast.Object):
        yield from _of_object(expr, steps)
    elif isinstance(expr, ast.Tuple):
        yield from _of_tuple(expr, steps)
    elif isinstance(expr, ast.Conditional):
        yield from _of_conditional(expr, scope, steps)
    elif isinstance(expr, ast.Call):
        yield from _of_call(expr, scope, steps)
    elif isinstance(expr, ast.Splat):
        yield expr.of, (ANY, *_splat_steps(expr.each), *steps[1:])
    elif isinstance(expr, ast.For):
        yield from _of_for(expr)
    else:
        yield from ((child, ()) for child in children(expr))


def _traversal(expr: ast.Expr, scope: BodyScope, steps: tuple[Step, ...]) -> Iterator[_Part]:
    taken: list[Step] = []
    while isinstance(expr, (ast.GetAttr, ast.Index)):
        if isinstance(expr, ast.GetAttr):
            taken.append(expr.name)
        else:
            taken.append(_known_key(expr.key, scope))
            if not isinstance(expr.key, ast.Literal):
                yield expr.key, ()
        expr = expr.of
    path = (*reversed(taken), *steps)
    if isinstance(expr, ast.Variable):
        yield _Name(expr.name, path[: len(taken)]), steps
    else:
        yield expr, path


def _known_key(key: ast.Expr, scope: BodyScope) -> Step:
    value = key.value if isinstance(key, ast.Literal) else evaluate(key, scope)
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return ANY


def _of_object(expr: ast.Object, steps: tuple[Step, ...]) -> Iterator[_Part]:
    wanted = steps[0] if steps else ANY
    for item in expr.items:
        key = item.key.value if isinstance(item.key, ast.Literal) else ANY
        if wanted is ANY or key is ANY or str(key) == str(wanted):
            yield item.value, steps[1:]


def _of_tuple(expr: ast.Tuple, steps: tuple[Step, ...]) -> Iterator[_Part]:
    wanted = steps[0] if steps else ANY
    for position, item in enumerate(expr.items):
        if not isinstance(wanted, int) or wanted == position:
            yield item, steps[1:]


def _of_conditional(
    expr: ast.Conditional, scope: BodyScope, steps: tuple[Step, ...]
) -> Iterator[_Part]:
    test = evaluate(expr.test, scope)
    choice = scope.condition(expr.test, expr.test.span) if isinstance(test, Unknown) else None
    if choice is not None:
        option = scope.worlds.option(choice)
        test = None if option is None else option == 0
    if test is not False:
        yield expr.then, steps
    if test is not True:
        yield expr.otherwise, steps
    yield expr.test, ()


_SAME_SHAPE = frozenset({"merge", "coalesce", "try", "coalescelist", "sensitive", "nonsensitive"})
"""Functions that return one of their arguments, or one with the same keys."""

_SAME_ELEMENTS = frozenset({"toset", "tolist", "tomap", "distinct", "concat", "compact", "sort"})


def _of_call(expr: ast.Call, scope: BodyScope, steps: tuple[Step, ...]) -> Iterator[_Part]:
    if expr.name == "lookup" and len(expr.args) >= 2:
        yield expr.args[0], (_known_key(expr.args[1], scope), *steps)
        yield from ((arg, ()) for arg in expr.args[1:])
    elif expr.name in _SAME_SHAPE:
        yield from ((arg, steps) for arg in expr.args)
    elif expr.name in _SAME_ELEMENTS:
        yield from ((arg, (ANY, *steps[1:]) if steps else ()) for arg in expr.args)
    else:
        yield from ((arg, ()) for arg in expr.args)


def _splat_steps(each: ast.Expr) -> tuple[Step, ...]:
    taken: list[Step] = []
    while isinstance(each, (ast.GetAttr, ast.Index)):
        key = each.key if isinstance(each, ast.Index) else None
        if isinstance(each, ast.GetAttr):
            taken.append(each.name)
        elif isinstance(key, ast.Literal) and isinstance(key.value, (str, int)):
            taken.append(key.value)
        else:
            taken.append(ANY)
        each = each.of
    return tuple(reversed(taken))


def _of_for(expr: ast.For) -> Iterator[_Part]:
    """The names a ``for`` binds are not followed: their values are those of the collection."""
    yield expr.collection, ()
    for inner in (expr.result_key, expr.result, expr.condition):
        if inner is not None:
            yield inner, ()
