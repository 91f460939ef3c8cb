"""Attributes of planned resources: values from the plan, chains from its configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from souverain.model import Attr, Config, Evidence, Position, Ref, Span, phrase
from souverain.records import dataclass
from souverain.terraform.planjson import Json, Plan, PlanResource, call_names, table, texts
from souverain.values import Unknown, Value

MAX_HOPS = 24
"""Module boundaries one reference may cross."""

_NAMESPACES = ("each", "count", "self", "path", "terraform", "local", "ephemeral")


def value_of(written: Json, unknown: Json, why: Unknown) -> Value:
    """A JSON value with its ``after_unknown`` marks put in."""
    if unknown is True:
        return why
    if isinstance(written, dict) or (written is None and isinstance(unknown, dict) and unknown):
        marks = table(unknown)
        names = dict.fromkeys((*table(written), *marks))
        return {n: value_of(table(written).get(n), marks.get(n), why) for n in names}
    if isinstance(written, list) or (written is None and isinstance(unknown, list) and unknown):
        known = written if isinstance(written, list) else []
        flags = unknown if isinstance(unknown, list) else []
        size = max(len(known), len(flags))
        return tuple(value_of(_at(known, n), _at(flags, n), why) for n in range(size))
    return written


def _at(values: list[Json], position: int) -> Json:
    return values[position] if position < len(values) else None


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands at a path of a planned resource."""

    path: str
    value: Value
    position: Position


@dataclass(frozen=True, slots=True)
class PlanAttr:
    """A planned attribute; ``source`` is the same attribute in the adjacent source."""

    path: str
    value: Value
    place: Span
    refs: tuple[Ref, ...]
    source: Attr | None
    position: Position = ()

    @property
    def span(self) -> Span:
        return self.source.span if self.source else self.place

    def references(self) -> tuple[Ref, ...]:
        found = (*(self.source.references() if self.source else ()), *self.refs)
        return tuple(dict.fromkeys(found))

    def trace(self) -> tuple[Evidence, ...]:
        """The chain in the source, ended by the plan's own word."""
        chain = self.source.trace() if self.source else ()
        if isinstance(self.value, Unknown):
            return chain
        return (*chain, Evidence("region", phrase("terraform.trace-plan"), self.place))


class PlanConfig:
    """A planned resource. Implements :class:`souverain.model.Config`.

    Attributes that are null, and nested blocks of which there are none, are not written.
    """

    def __init__(self, plan: Plan, resource: PlanResource, source: Config | None) -> None:
        self._plan = plan
        self._resource = resource
        self._source = source
        self._references = References(plan, resource.module, resource.calls)

    @property
    def span(self) -> Span:
        """Header of the block in the adjacent source, else the address in the plan."""
        return self._source.span if self._source else self._plan.span(self._resource.address)

    def keys(self) -> tuple[str, ...]:
        names = dict.fromkeys((*self._resource.values, *self._resource.unknown))
        return tuple(n for n in names if not _is_absent(self._top(n)))

    def read(self, path: str) -> tuple[Attr, ...]:
        name, _, rest = path.partition(".")
        found = tuple(_walk(self._top(name), rest))
        if not found:
            return ()
        source = self._source.read(path) if self._source else ()
        aligned = len(source) == len(found)
        place = self._plan.value_span(self._resource.address, name)
        refs = self._references.of_path(self._expressions, path)
        return tuple(
            self._attr(_Found(path, value, position), place, refs, source[n] if aligned else None)
            for n, (value, position) in enumerate(found)
        )

    def _attr(
        self, found: _Found, place: Span, refs: tuple[Ref, ...], source: Attr | None
    ) -> PlanAttr:
        value = found.value
        if isinstance(value, Unknown):
            # The source may know more: a reference, or at least the reason.
            if source is not None:
                value = source.value
            elif len(refs) == 1:
                value = Unknown(value.reason, place, refs[0], value.cause)
        return PlanAttr(found.path, value, place, refs, source, found.position)

    @property
    def _expressions(self) -> Mapping[str, Json]:
        return table(self._plan.block(self._resource).get("expressions"))

    def _top(self, name: str) -> Value:
        address = f"{self._resource.address}.{name}"
        why = Unknown(
            phrase("terraform.computed", name=address),
            self._plan.span(self._resource.address),
            cause=address,
        )
        return value_of(self._resource.values.get(name), self._resource.unknown.get(name), why)


def _is_absent(value: Value) -> bool:
    return value is None or value == () or value == {}


def _walk(
    value: Value, rest: str, position: Position = (), at: tuple[int, ...] = ()
) -> Iterator[tuple[Value, Position]]:
    if _is_absent(value):
        return
    if not rest or isinstance(value, Unknown):
        yield value, position
    elif isinstance(value, Mapping):
        name, _, below = rest.partition(".")
        yield from _walk(value.get(name), below, (*position, at))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _walk(item, rest, position, (*at, index))


class References:
    """Resources that the expressions of one module instance refer to.

    A plan lists the references of an expression, not the expression: they are followed
    through inputs and outputs, but not through locals, which a plan does not keep.
    """

    def __init__(self, plan: Plan, module: str, calls: tuple[str, ...]) -> None:
        self._plan = plan
        self._module = module
        self._calls = calls

    def of_path(self, expressions: Mapping[str, Json], path: str) -> tuple[Ref, ...]:
        """References of the expressions at a dotted path of a block."""
        found: list[Ref] = []
        for names in _reference_lists(expressions, path):
            found.extend(self._of_names(names, MAX_HOPS))
        return tuple(dict.fromkeys(found))

    def _of_names(self, names: tuple[str, ...], hops: int) -> Iterator[Ref]:
        for name in _longest(names):
            root, _, rest = name.partition(".")
            if hops == 0 or root in _NAMESPACES:
                continue
            if root == "var":
                yield from self._of_variable(rest.partition(".")[0], hops)
            elif root == "module":
                yield from self._of_output(name, hops)
            else:
                yield self._ref(name)

    def _ref(self, name: str) -> Ref:
        named = 3 if name.startswith("data.") else 2
        parts = _split(name)
        prefix = f"{self._module}." if self._module else ""
        return Ref(prefix + ".".join(parts[:named]), ".".join(parts[named:]))

    def _of_variable(self, name: str, hops: int) -> Iterator[Ref]:
        if not self._calls:
            return
        parent = self._module.rpartition(".module.")[0] if len(self._calls) > 1 else ""
        caller = References(self._plan, parent, self._calls[:-1])
        call = self._plan.call(self._plan.module(self._calls[:-1]), self._calls[-1])
        for names in _reference_lists(table(call.get("expressions")), name):
            yield from caller._of_names(names, hops - 1)

    def _of_output(self, name: str, hops: int) -> Iterator[Ref]:
        parts = _split(name)
        if len(parts) < 3:
            return
        address = ".".join(parts[:2])
        inner = f"{self._module}.{address}" if self._module else address
        calls = (*self._calls, *call_names(address))
        output = table(table(self._plan.module(calls).get("outputs")).get(parts[2]))
        child = References(self._plan, inner, calls)
        for names in _reference_lists(output, "expression"):
            yield from child._of_names(names, hops - 1)


def _reference_lists(expressions: Mapping[str, Json], path: str) -> Iterator[tuple[str, ...]]:
    name, _, rest = path.partition(".")
    for entry in _entries(expressions.get(name)):
        if "references" in entry:
            yield texts(entry["references"])
        elif "constant_value" not in entry:
            if rest:
                yield from _reference_lists(entry, rest)
            else:
                for inner in entry:
                    yield from _reference_lists(entry, inner)


def _entries(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _entries(item)


def _longest(names: tuple[str, ...]) -> Iterator[str]:
    """References without the prefixes of themselves that Terraform lists beside them."""
    previous = ""
    for name in names:
        if not previous.startswith((f"{name}.", f"{name}[")):
            yield name
        previous = name


def _split(name: str) -> list[str]:
    """Dotted parts of a reference; instance keys stay with the part before them."""
    parts: list[str] = []
    depth, quoted, start = 0, False, 0
    for position, character in enumerate(name):
        if character == '"' and name[position - 1] != "\\":
            quoted = not quoted
        elif not quoted and character in "[]":
            depth += 1 if character == "[" else -1
        elif not quoted and depth == 0 and character == ".":
            parts.append(name[start:position])
            start = position + 1
    return [*parts, name[start:]]
