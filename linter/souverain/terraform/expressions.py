"""Evaluation of HCL expressions, in one world, over values that may be unknown.

:func:`evaluate` never raises: what Terraform would reject, what is impure and what is too
large become :class:`~souverain.values.Unknown` with the reason and the place. Source: HCL 2
specification, "Expressions"; Terraform language documentation, "Expressions".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from souverain.hcl import ast
from souverain.model import Span, phrase
from souverain.records import replace
from souverain.terraform import functions, operators, traversal, typeconstraints
from souverain.terraform.choices import key_in
from souverain.terraform.constants import literal
from souverain.terraform.conversions import MAX_TEXT, convert, joined, to_string
from souverain.terraform.errors import EvaluationError, NotEvaluated, StepsExhausted, too_large
from souverain.terraform.overlay import Overlay
from souverain.terraform.scope import ChildScope, IndexStep, Scope, Step, TemplateScope
from souverain.terraform.syntax import accesses, denied
from souverain.terraform.typesystem import type_of, unify
from souverain.terraform.walking import elements
from souverain.values import ListOf, OpenMap, Partial, Unknown, Untyped, Value

MAX_STEPS = 200_000
"""Nodes one call of :func:`evaluate` may visit."""
MAX_TOTAL_TEXT = 20 * MAX_TEXT
"""Characters all texts may have that one call of :func:`evaluate` makes."""
MAX_DEPTH = 120
"""Nodes of one expression that may lie inside each other."""

_SPLAT_ITEM = "*"
"""Name under which a splat binds its element; no identifier can take it."""


def evaluate(expr: ast.Expr, scope: Scope) -> Value:
    """Value of ``expr`` in the current world of ``scope``; never raises."""
    try:
        if isinstance(expr, ast.Literal):
            return literal(expr)
        return _Evaluation().written(expr, scope)
    except EvaluationError as error:
        return _rejected(error, expr.span)
    except NotEvaluated as refused:
        return refused.unknown(expr.span)
    except StepsExhausted:
        return Unknown(phrase("expr.too-many-steps", limit=MAX_STEPS), expr.span)
    except RecursionError:
        return Unknown(phrase("expr.too-deep", limit=MAX_DEPTH), expr.span)


def _rejected(error: EvaluationError, span: Span) -> Unknown:
    return error.origin or Unknown(error.reason, error.span or span, error=True)


class _Evaluation:
    """One call of :func:`evaluate`: counts its steps and its depth."""

    __slots__ = ("_depth", "_steps", "_text")

    def __init__(self) -> None:
        self._steps = 0
        self._depth = 0
        self._text = 0

    def written(self, expr: ast.Expr, scope: Scope) -> Value:
        """Value of what is written at the top: one member that is wrong, say in a map of
        settings, does not hide the others."""
        if isinstance(expr, ast.Tuple):
            return tuple([self.written(item, scope) for item in expr.items])
        if isinstance(expr, ast.Object):
            return self._object(expr, scope, self.written)
        return self.attempt(expr, scope)

    def value(self, expr: ast.Expr, scope: Scope) -> Value:
        """Value of a node. Raises EvaluationError, with the innermost span, and NotEvaluated."""
        self._steps += 1
        if self._steps > MAX_STEPS or self._depth >= MAX_DEPTH:
            self._give_up()
        self._depth += 1
        try:
            return self._dispatch(expr, scope)
        except EvaluationError as error:
            error.span = error.span or expr.span
            raise
        finally:
            self._depth -= 1

    def _give_up(self) -> None:
        if self._steps > MAX_STEPS:
            raise StepsExhausted
        raise NotEvaluated(phrase("expr.too-deep", limit=MAX_DEPTH))

    def _dispatch(self, expr: ast.Expr, scope: Scope) -> Value:
        if isinstance(expr, ast.Literal):
            return literal(expr)
        if isinstance(expr, (ast.GetAttr, ast.Index, ast.Variable)):
            return self._traversal(expr, scope)
        if isinstance(expr, ast.Template):
            return self._template(expr, scope)
        if isinstance(expr, ast.Call):
            return self._call(expr, scope)
        if isinstance(expr, ast.Object):
            return self._object(expr, scope, self.value)
        if isinstance(expr, ast.Tuple):
            return tuple([self.value(item, scope) for item in expr.items])
        if isinstance(expr, ast.Conditional):
            return self._conditional(expr, scope)
        if isinstance(expr, ast.Binary):
            return self._binary(expr, scope)
        if isinstance(expr, ast.Unary):
            return operators.unary(expr.op, self.value(expr.operand, scope))
        if isinstance(expr, ast.For):
            return self._for(expr, scope)
        if isinstance(expr, ast.Splat):
            return self._splat(expr, scope)
        return scope.resolve(_SPLAT_ITEM, (), expr.span)[0]

    def attempt(self, expr: ast.Expr, scope: Scope) -> Value:
        """Value of a node; what Terraform would reject is an Unknown that says so."""
        try:
            return self.value(expr, scope)
        except EvaluationError as error:
            return _rejected(error, expr.span)
        except NotEvaluated as refused:
            return refused.unknown(expr.span)

    # --- references -------------------------------------------------------------------

    def _traversal(self, expr: ast.Expr, scope: Scope) -> Value:
        path: list[ast.GetAttr | ast.Index] = []
        root = expr
        while isinstance(root, (ast.GetAttr, ast.Index)):
            path.append(root)
            root = root.of
        path.reverse()
        steps = tuple(
            [n.name if isinstance(n, ast.GetAttr) else self._index(n, scope) for n in path]
        )
        taken = 0
        if isinstance(root, ast.Variable):
            if root.name == ast.UNREADABLE:
                return Unknown(phrase("expr.unreadable"), root.span)
            value, taken = scope.resolve(root.name, steps, expr.span)
        else:
            value = self.value(root, scope)
        for at in range(taken, len(steps)):
            node, step = path[at], steps[at]
            if isinstance(node, ast.Index) and isinstance(step, IndexStep):
                step = IndexStep(key_in(value, step.key, node.key, scope))
            value = _followed(value, step, node.span)
        if isinstance(value, Unknown) and value.error:
            raise EvaluationError(value.reason, value.span, value)
        return value

    def _index(self, node: ast.Index, scope: Scope) -> Step:
        return IndexStep(self.value(node.key, scope))

    def _splat(self, expr: ast.Splat, scope: Scope) -> Value:
        source = self.value(expr.of, scope)
        if isinstance(source, Unknown):
            return source.below(*accesses(expr.each)[1])
        results = [
            self.value(expr.each, ChildScope(scope, {_SPLAT_ITEM: item}))
            for item in traversal.splat(source)
        ]
        return traversal.same_kind(source, results)

    # --- operators --------------------------------------------------------------------

    def _binary(self, expr: ast.Binary, scope: Scope) -> Value:
        if expr.op in ("&&", "||"):
            left = self.attempt(expr.left, scope)
            return operators.logic(expr.op, left, lambda: self.attempt(expr.right, scope))
        left = self.value(expr.left, scope)
        return operators.binary(expr.op, left, self.value(expr.right, scope))

    def _conditional(self, expr: ast.Conditional, scope: Scope) -> Value:
        test = self._test(expr.test, scope)
        if isinstance(test, Unknown):
            return self._either(expr, scope, test)
        chosen, other = (expr.then, expr.otherwise) if test else (expr.otherwise, expr.then)
        value = self.value(chosen, scope)
        if value is None or isinstance(value, (str, Partial, Unknown)):
            return value
        return _like(value, self.attempt(other, scope), other)

    def _test(self, expr: ast.Expr, scope: Scope) -> bool | Unknown:
        """A condition; when it is open, its value in the current world.

        A negation is decided by what it negates, so that both are the same alternative.
        """
        positive = denied(expr)
        if positive is not None:
            inner = self._test(positive, scope)
            return inner if isinstance(inner, Unknown) else not inner
        test = operators.logical(self.value(expr, scope))
        if isinstance(test, Unknown) and not test.error:
            choice = scope.condition(expr, expr.span)
            option = None if choice is None else scope.worlds.choose(choice)
            return test if option is None else option == 0
        return test

    def _either(self, expr: ast.Conditional, scope: Scope, test: Unknown) -> Value:
        if test.error:
            return test
        one, other = self.attempt(expr.then, scope), self.attempt(expr.otherwise, scope)
        then, otherwise = _like(one, other, expr.otherwise), _like(other, one, expr.then)
        return traversal.merge(then, otherwise, replace(test, ref=None))

    # --- containers -------------------------------------------------------------------

    def _object(
        self, expr: ast.Object, scope: Scope, member: Callable[[ast.Expr, Scope], Value]
    ) -> Value:
        built = Overlay()
        for item in expr.items:
            key = _key(self.value(item.key, scope), item.key.span)
            if isinstance(key, Unknown):
                built.cover(replace(key, ref=None))
            else:
                built.known[key] = member(item.value, scope)
        return built.value()

    def _for(self, expr: ast.For, scope: Scope) -> Value:
        source = self.value(expr.collection, scope)
        if isinstance(source, Unknown):
            return replace(source, element=None)
        built = Overlay()
        if isinstance(source, OpenMap):
            built.widen(source.rest)
            source = source.known
        pairs = traversal.pairs(source)
        if expr.condition is not None and not pairs:
            self._test(expr.condition, ChildScope(scope, _open_names(expr)))
        items: list[Value] = []
        groups: dict[str, list[Value]] = {}
        for inner in self._kept(expr, pairs, scope, built):
            if expr.result_key is None:
                items.append(self.value(expr.result, inner))
                continue
            key = _key(self.value(expr.result_key, inner), expr.result_key.span)
            if isinstance(key, Unknown):
                built.widen(replace(key, ref=None))
                continue
            if key in groups and not expr.grouped:
                raise EvaluationError(phrase("expr.duplicate-key", key=key))
            groups.setdefault(key, []).append(self.value(expr.result, inner))
        if built.rest is not None and (expr.result_key is None or expr.grouped):
            return built.rest
        if expr.result_key is None:
            return tuple(items)
        if expr.grouped:
            return {key: tuple(group) for key, group in groups.items()}
        built.known = {key: group[0] for key, group in groups.items()}
        return built.value()

    def _kept(
        self, expr: ast.For, pairs: Iterable[tuple[Value, Value]], scope: Scope, built: Overlay
    ) -> Iterator[ChildScope]:
        """The iterations that count; those that may or may not count widen what is built."""
        for inner in _iterations(expr.key, expr.value, pairs, scope):
            kept = True if expr.condition is None else self._test(expr.condition, inner)
            if isinstance(kept, Unknown):
                built.widen(replace(kept, ref=None))
            elif kept:
                yield inner

    # --- templates --------------------------------------------------------------------

    def _template(self, expr: ast.Template, scope: Scope) -> Value:
        if len(expr.parts) == 1 and isinstance(expr.parts[0], ast.Interpolation):
            return self.value(expr.parts[0].expr, scope)
        return joined(self._segments(expr.parts, scope))

    def _segments(self, parts: Iterable[ast.TemplatePart], scope: Scope) -> list[str | Unknown]:
        found: list[str | Unknown] = []
        length = 0
        for part in parts:
            added = self._part(part, scope)
            characters = sum(len(s) for s in added if isinstance(s, str))
            self._spend(characters)
            length += characters
            if length > MAX_TEXT:
                raise too_large("template", MAX_TEXT)
            found.extend(added)
        return found

    def _part(self, part: ast.TemplatePart, scope: Scope) -> list[str | Unknown]:
        if isinstance(part, ast.Literal):
            return [str(part.value)]
        if isinstance(part, ast.Interpolation):
            return self._interpolation(part, scope)
        if isinstance(part, ast.TemplateIf):
            return self._if(part, scope)
        source = self.value(part.collection, scope)
        if isinstance(source, (Unknown, OpenMap)):
            return [source.rest if isinstance(source, OpenMap) else source]
        found: list[str | Unknown] = []
        for inner in _iterations(part.key, part.value, traversal.pairs(source), scope):
            found.extend(self._segments(part.body, inner))
            if len(found) > MAX_TEXT:
                raise too_large("template", MAX_TEXT)
        return found

    def _interpolation(self, part: ast.Interpolation, scope: Scope) -> list[str | Unknown]:
        value = to_string(self.value(part.expr, scope))
        if value is None:
            raise EvaluationError(phrase("expr.null-in-template"), part.span)
        return list(value.segments) if isinstance(value, Partial) else [value]

    def _if(self, part: ast.TemplateIf, scope: Scope) -> list[str | Unknown]:
        test = self._test(part.test, scope)
        if not isinstance(test, Unknown):
            return self._segments(part.then if test else part.otherwise, scope)
        one, other = self._segments(part.then, scope), self._segments(part.otherwise, scope)
        return one if one == other else [replace(test, ref=None)]

    # --- calls ------------------------------------------------------------------------

    def _call(self, expr: ast.Call, scope: Scope) -> Value:
        name = expr.name.removeprefix("core::")
        if name == "try":
            return self._try(expr, scope)
        if name == "can":
            return self._can(expr, scope)
        if name == "convert":
            return self._convert(expr, scope)
        args = self._arguments(expr, scope)
        if isinstance(args, Unknown):
            return args
        if name in _INDEXING and len(args) > 1 and not expr.expand:
            absent = len(args) > 2
            args[1] = key_in(args[0], args[1], expr.args[1], scope, may_be_absent=absent)
        context = functions.Context(scope, expr.span, self._render)
        try:
            result = _with_elements(name, functions.call(name, args, context))
        except NotEvaluated as refused:
            return refused.unknown(expr.span)
        self._spend(len(result) if isinstance(result, str) else 0)
        return result

    def _spend(self, characters: int) -> None:
        self._text += characters
        if self._text > MAX_TOTAL_TEXT:
            raise too_large("text", MAX_TOTAL_TEXT)

    def _arguments(self, expr: ast.Call, scope: Scope) -> list[Value] | Unknown:
        args = [self.value(arg, scope) for arg in expr.args]
        if expr.expand and args:
            last = args.pop()
            if isinstance(last, Unknown):
                return last
            more = elements(last)
            if more is None:
                raise EvaluationError(phrase("expr.no-expansion"))
            args.extend(more)
        return args

    def _try(self, expr: ast.Call, scope: Scope) -> Value:
        failure: Unknown | None = None
        for arg in expr.args:
            value = self.attempt(arg, scope)
            if not (isinstance(value, Unknown) and value.error):
                return value
            failure = failure or value
        if failure is None:
            raise EvaluationError(phrase("expr.argument-count", name="try", found=0))
        raise EvaluationError(failure.reason, failure.span, failure)

    def _can(self, expr: ast.Call, scope: Scope) -> Value:
        if len(expr.args) != 1:
            raise EvaluationError(phrase("expr.argument-count", name="can", found=len(expr.args)))
        value = self.attempt(expr.args[0], scope)
        if isinstance(value, Unknown):
            return False if value.error else value
        return True

    def _convert(self, expr: ast.Call, scope: Scope) -> Value:
        if len(expr.args) != 2:
            raise EvaluationError(
                phrase("expr.argument-count", name="convert", found=len(expr.args))
            )
        return typeconstraints.parse(expr.args[1]).convert(self.value(expr.args[0], scope))

    def _render(self, template: ast.Expr, names: Mapping[str, Value], scope: Scope) -> Value:
        return self.value(template, TemplateScope(scope, names))


def _followed(value: Value, step: Step, span: Span) -> Value:
    try:
        return traversal.follow(value, step)
    except EvaluationError as error:
        error.span = error.span or span
        raise


_SAME_ELEMENTS = frozenset(
    {"coalescelist", "compact", "distinct", "reverse", "slice", "sort", "tolist", "toset"}
)
_ONE_ELEMENT = frozenset({"element", "one"})
_INDEXING = frozenset({"element", "lookup"})


def _with_elements(function: str, result: Value) -> Value:
    """A result that rests on an unknown list keeps what is known of its elements, if apt."""
    if not isinstance(result, Unknown) or result.element is None or function in _SAME_ELEMENTS:
        return result
    return result.element if function in _ONE_ELEMENT else replace(result, element=None)


def _open_names(expr: ast.For) -> dict[str, Value]:
    """The names of a ``for`` that goes through nothing: Terraform checks its condition even
    so."""
    item = Unknown(phrase("expr.no-item"), expr.span)
    return {name: item for name in (expr.key, expr.value) if name is not None}


def _like(value: Value, other: Value, written: ast.Expr) -> Value:
    """``value`` in the type it shares with the branch that was not taken, as ``written``.

    A null that is not written out has a type (``toset(var.names)``), which is not known here.
    """
    if value is None or isinstance(value, Unknown):
        return value
    if other is None or isinstance(other, Unknown):
        typed = not isinstance(written, ast.Literal) if other is None else not other.error
        if typed and isinstance(value, tuple) and not isinstance(value, ListOf):
            return Untyped(value)
        return value
    common = unify([type_of(value), type_of(other)])
    if common is None:
        raise EvaluationError(phrase("expr.inconsistent-branches"))
    return convert(value, common)


def _key(value: Value, span: Span) -> str | Unknown:
    key = to_string(value)
    if key is None:
        raise EvaluationError(phrase("expr.null-key"), span)
    return key.unknown if isinstance(key, Partial) else key


def _iterations(
    key: str | None, value: str, pairs: Iterable[tuple[Value, Value]], scope: Scope
) -> Iterator[ChildScope]:
    for position, item in pairs:
        names = {value: item} if key is None else {key: position, value: item}
        yield ChildScope(scope, names)
