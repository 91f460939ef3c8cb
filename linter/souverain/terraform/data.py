"""Data sources: unknown before a run, unless the configuration decides the answer.

Which ones it decides is data: ``policies/catalog/data-sources.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Protocol

from souverain import policystore
from souverain.model import Attr, Config
from souverain.records import dataclass
from souverain.values import Partial, Unknown, Value


class DataInstance(Protocol):
    """What a rule reads: the data source's own arguments and its provider's."""

    @property
    def config(self) -> Config: ...

    @property
    def provider_config(self) -> Config | None: ...


@dataclass(frozen=True, slots=True)
class DataRule:
    """How one attribute of one data source is decided.

    ``sources`` are read in order (``own:region``, ``provider:region``); the first that is
    written decides, known or not. ``starts`` means that the value only begins with it,
    ``each`` that this holds of each element of a list.
    """

    sources: tuple[tuple[str, str], ...]
    starts: bool = False
    each: bool = False
    by_prefix: Mapping[str, str] | None = None
    otherwise: str | None = None

    def decide(self, instance: DataInstance, unknown: Callable[[], Unknown]) -> Value:
        """The value, Unknown when no source is written."""
        attr = next(iter(self.read(instance)), None)
        if attr is None:
            return unknown()
        value = attr.value
        if self.by_prefix is not None:
            return self._mapped(value)
        if self.starts and isinstance(value, str):
            return Partial((value, unknown()))
        return value

    def read(self, instance: DataInstance) -> Iterator[Attr]:
        """The attributes that decide, those that are null left out; the first counts."""
        for where, path in self.sources:
            config = instance.config if where == "own" else instance.provider_config
            for attr in config.read(path) if config is not None else ():
                if attr.value is not None:
                    yield attr
                    return

    def _mapped(self, value: Value) -> Value:
        if not isinstance(value, str):
            return value
        assert self.by_prefix is not None
        return next((v for p, v in self.by_prefix.items() if value.startswith(p)), self.otherwise)


Rules = Mapping[str, Mapping[str, DataRule]]


class DataRules:
    """The rules of all data source types."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def rule(self, type_: str, attribute: str) -> DataRule | None:
        """How an attribute is decided, None when only a run can tell."""
        return self._rules.get(type_, {}).get(attribute)


@cache
def load_data_rules() -> DataRules:
    """Rules of ``policies/catalog/data-sources.yaml``."""
    raw = policystore.load("catalog/data-sources")
    return DataRules(_rules(raw) if isinstance(raw, dict) else {})


def _rules(raw: Mapping[str, object]) -> Rules:
    return {
        name: {attribute: _rule(entry) for attribute, entry in attributes.items()}
        for name, attributes in raw.items()
        if isinstance(attributes, dict)
    }


def _rule(entry: object) -> DataRule:
    if not isinstance(entry, dict):
        return DataRule(_sources(entry))
    by_prefix = entry.get("by_prefix")
    otherwise = entry.get("otherwise")
    return DataRule(
        _sources(entry.get("from")),
        starts=entry.get("starts") is True,
        each=entry.get("each") is True,
        by_prefix=by_prefix if isinstance(by_prefix, dict) else None,
        otherwise=otherwise if isinstance(otherwise, str) else None,
    )


def _sources(entry: object) -> tuple[tuple[str, str], ...]:
    written: Sequence[object] = entry if isinstance(entry, list) else [entry]
    found = []
    for source in written:
        where, _, path = str(source).partition(":")
        if where not in ("own", "provider") or not path:
            raise ValueError(f"data-sources.yaml: not a source: {source}")
        found.append((where, path))
    return tuple(found)
