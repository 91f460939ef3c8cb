"""Plan files (``terraform show -json``) as documents: resources, variables, positions.

Source: Terraform, "JSON output format". ``planned_values`` says what will exist,
``resource_changes`` which of its attributes are unknown, ``configuration`` what the
expressions refer to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Union

from souverain.model import Phrase, SourceText, Span, phrase
from souverain.records import dataclass
from souverain.regex import regex

Json = Union[None, bool, int, Decimal, str, "list[Json]", "dict[str, Json]"]

_FORMATS = ("0", "1")
"""Major versions of the format; any other may mean something else by the same names."""

_MAX_MODULE_DEPTH = 100
"""Child modules inside each other."""

_ADDRESS = regex(rb'"address"\s*:\s*("(?:[^"\\]|\\.)*")')
_TOKEN = regex(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_OPENING = regex(rb'"(?:values|after)"\s*:\s*\{')
_INDEX = regex(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


@dataclass(frozen=True, eq=False)
class PlanResource:
    """One resource instance of a plan."""

    address: str
    module: str
    """Address of its module instance; empty for the root."""
    type: str
    mode: str
    values: Mapping[str, Json]
    unknown: Mapping[str, Json]
    """``after_unknown``: true where a value is known only after the run."""
    provider_name: str

    @property
    def calls(self) -> tuple[str, ...]:
        """Names of the module calls that lead to it."""
        return call_names(self.module)

    @property
    def block(self) -> str:
        """Address of its block within its module (``data.aws_region.here``)."""
        own = self.address[len(self.module) + 1 :] if self.module else self.address
        return _INDEX.sub("", own)


class Plan:
    """A plan file that could be read."""

    def __init__(self, source: SourceText, content: Mapping[str, Json]) -> None:
        self.source = source
        self._content = content
        self._blocks: dict[tuple[str, ...], dict[str, Mapping[str, Json]]] = {}
        """Configuration of blocks, by the calls that lead to their module, then by address."""

    @property
    def whole(self) -> Span:
        """The start of the file, where a remark about the plan as a whole points."""
        return Span(self.source, 0, 1)

    @property
    def is_partial(self) -> bool:
        """Whether the plan says that it stops short: an error, ``-target``, deferrals."""
        return self._content.get("errored") is True or self._content.get("complete") is False

    @property
    def is_sound(self) -> bool:
        """Whether what will exist is where it should be, and every resource has its names."""
        if "planned_values" in self._content:
            return _lists_resources(table(self._content["planned_values"]).get("root_module", {}))
        return _are_named(self._content.get("resource_changes"))

    @cached_property
    def resources(self) -> tuple[PlanResource, ...]:
        """Everything that exists after the plan, in the plan's order."""
        changes = self._changes
        planned = self._content.get("planned_values")
        if isinstance(planned, dict):
            return tuple(_planned(table(planned.get("root_module")), "", changes))
        return tuple(_changed(changes))

    @cached_property
    def _changes(self) -> Mapping[str, dict[str, Json]]:
        found: dict[str, dict[str, Json]] = {}
        for change in items(self._content.get("resource_changes")):
            # A deposed object is an older copy that is only waiting to be destroyed.
            if "deposed" not in change:
                found[text(change.get("address"))] = change
        return found

    @cached_property
    def variables(self) -> Mapping[str, Json]:
        """Values of the root's variables."""
        written = table(self._content.get("variables"))
        return {name: table(entry).get("value") for name, entry in written.items()}

    @cached_property
    def provider_config(self) -> Mapping[str, Json]:
        """``configuration.provider_config``, by key."""
        return table(table(self._content.get("configuration")).get("provider_config"))

    def module(self, calls: tuple[str, ...]) -> Mapping[str, Json]:
        """Configuration of the module that some calls lead to; empty when absent."""
        here = table(table(self._content.get("configuration")).get("root_module"))
        for name in calls:
            here = table(self.call(here, name).get("module"))
        return here

    @staticmethod
    def call(module: Mapping[str, Json], name: str) -> Mapping[str, Json]:
        """Configuration of one module call of a module."""
        return table(table(module.get("module_calls")).get(name))

    def block(self, resource: PlanResource) -> Mapping[str, Json]:
        """Configuration of the block a resource comes from."""
        calls = resource.calls
        blocks = self._blocks.get(calls)
        if blocks is None:
            blocks = self._blocks[calls] = {}
            for entry in items(self.module(calls).get("resources")):
                blocks.setdefault(text(entry.get("address")), entry)
        return blocks.get(resource.block, {})

    # --- positions --------------------------------------------------------------------

    @cached_property
    def _offsets(self) -> Mapping[str, re.Match[bytes]]:
        """Where each address is first written after the planned values begin."""
        data = self.source.data
        start = max(data.find(b'"planned_values"'), 0)
        found: dict[str, re.Match[bytes]] = {}
        for match in _ADDRESS.finditer(data, start):
            found.setdefault(_decoded(match.group(1)), match)
        return found

    def span(self, address: str) -> Span:
        """The address of a resource in the plan."""
        match = self._offsets.get(address)
        return Span(self.source, match.start(1), match.end(1)) if match else self.whole

    def value_span(self, address: str, name: str) -> Span:
        """A top-level attribute of a resource (name and value) in the plan."""
        match = self._offsets.get(address)
        found = _member(self.source.data, match.end(), name) if match else None
        return Span(self.source, *found) if found else self.span(address)


def read_plan(source: SourceText) -> Plan | Phrase:
    """The plan in a text, or why it cannot be read."""
    try:
        content = json.loads(source.data, parse_float=Decimal)
    except RecursionError:
        return phrase("terraform.plan-too-deep")
    except ValueError:
        return phrase("terraform.plan-broken")
    if not isinstance(content, dict):
        return phrase("terraform.plan-broken")
    version = text(content.get("format_version"))
    if version.partition(".")[0] not in _FORMATS:
        return phrase("terraform.plan-format", version=version or "?")
    plan = Plan(source, content)
    return plan if plan.is_sound else phrase("terraform.plan-broken")


def _lists_resources(module: Json, depth: int = 0) -> bool:
    """Whether the resources of a planned module and its children can all be read."""
    if not isinstance(module, dict) or not _are_named(module.get("resources", [])):
        return False
    children = module.get("child_modules", [])
    return (
        isinstance(children, list)
        and depth < _MAX_MODULE_DEPTH
        and all(_lists_resources(child, depth + 1) for child in children)
    )


def _are_named(resources: Json) -> bool:
    return isinstance(resources, list) and all(
        isinstance(entry, dict) and text(entry.get("address")) and text(entry.get("type"))
        for entry in resources
    )


def _decoded(quoted: bytes) -> str:
    try:
        return text(json.loads(quoted))
    except ValueError:
        return ""


def _planned(
    module: Mapping[str, Json], address: str, changes: Mapping[str, dict[str, Json]]
) -> Iterator[PlanResource]:
    for entry in items(module.get("resources")):
        change = table(changes.get(text(entry.get("address")), {}).get("change"))
        yield _resource(entry, address, table(entry.get("values")), change)
    for child in items(module.get("child_modules")):
        yield from _planned(child, text(child.get("address")), changes)


def _changed(changes: Mapping[str, dict[str, Json]]) -> Iterator[PlanResource]:
    for entry in changes.values():
        change = table(entry.get("change"))
        if change.get("after") is not None:
            module = text(entry.get("module_address"))
            yield _resource(entry, module, table(change.get("after")), change)


def _resource(
    entry: Mapping[str, Json],
    module: str,
    values: Mapping[str, Json],
    change: Mapping[str, Json],
) -> PlanResource:
    return PlanResource(
        address=text(entry.get("address")),
        module=module,
        type=text(entry.get("type")),
        mode=text(entry.get("mode")) or "managed",
        values=values,
        unknown=table(change.get("after_unknown")),
        provider_name=text(entry.get("provider_name")),
    )


def _member(data: bytes, start: int, name: str) -> tuple[int, int] | None:
    """Extent of ``"name": value`` at the top of the first ``values`` or ``after`` object
    that follows ``start``."""
    opening = _OPENING.search(data, start)
    if opening is None:
        return None
    depth, key, found = 0, b"", -1
    expects_key = True
    for token in _TOKEN.finditer(data, opening.end()):
        piece = token.group()
        if piece in (b"{", b"["):
            depth += 1
        elif piece in (b"}", b"]"):
            depth -= 1
        if depth < 0:
            return (found, token.start()) if found >= 0 else None
        if depth == 0 and piece == b",":
            if found >= 0:
                return found, token.start()
            expects_key = True
        elif depth == 0 and expects_key and piece.startswith(b'"'):
            key, expects_key = piece, False
            if key == json.dumps(name).encode():
                found = token.start()
    return None


# --- reading JSON of a known shape ----------------------------------------------------


def table(value: Json) -> dict[str, Json]:
    """An object; anything else counts as empty."""
    return value if isinstance(value, dict) else {}


def items(value: Json) -> Iterator[dict[str, Json]]:
    """The objects of a list."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def texts(value: Json) -> tuple[str, ...]:
    """The strings of a list."""
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def text(value: Json) -> str:
    """A string; anything else counts as empty."""
    return value if isinstance(value, str) else ""


def call_names(module: str) -> tuple[str, ...]:
    """``module.a["k"].module.b`` as ``("a", "b")``."""
    parts = [part for part in _INDEX.sub("", module).split(".") if part]
    return tuple(parts[1::2])
