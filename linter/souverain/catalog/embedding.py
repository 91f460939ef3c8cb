"""How Kubernetes objects are written in Terraform resources: ``kubernetes/terraform.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from souverain.records import TypedDict
from souverain.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VERSION: Final = regex(r"_v\d+(?:(?:alpha|beta)\d+)?$")


class ReleaseData(TypedDict):
    """Where a resource says which chart it installs, and with what values."""

    repository: str
    chart: str
    texts: str
    names: Sequence[str]
    values: Sequence[str]


class EmbeddingData(TypedDict):
    """The file (``policies/schema/terraform.schema.json``)."""

    kinds: Mapping[str, str]
    lists: Mapping[str, str]
    maps: Sequence[str]
    objects: Mapping[str, str]
    releases: Mapping[str, ReleaseData]


class Embedding:
    """How Kubernetes objects are written in Terraform."""

    def __init__(self, data: EmbeddingData) -> None:
        self._data = data

    def kind(self, type_: str) -> tuple[str, str] | None:
        """apiVersion and kind of what a resource type is; None when it is no kind."""
        found = self._data["kinds"].get(_VERSION.sub("", type_))
        if found is None:
            return None
        version, _, kind = found.rpartition("/")
        return version, kind

    def knows(self, type_: str) -> bool:
        """Whether a resource type holds objects or values."""
        data = self._data
        return type_ in data["objects"] or type_ in data["releases"] or self.kind(type_) is not None

    def attribute(self, type_: str) -> str | None:
        """The attribute of a type that holds whole objects."""
        return self._data["objects"].get(type_)

    def release(self, type_: str) -> ReleaseData | None:
        """Where a type says which chart it installs."""
        return self._data["releases"].get(type_)

    def is_list(self, name: str) -> bool:
        """Whether a block is an item of a list."""
        return name in self._data["lists"]

    def is_map(self, name: str) -> bool:
        """Whether the keys of an argument are the project's own words."""
        return name in self._data["maps"]

    def api_name(self, name: str) -> str:
        """What the API calls an argument."""
        listed = self._data["lists"].get(name)
        if listed is not None:
            return listed
        first, *others = name.split("_")
        return first + "".join(word[:1].upper() + word[1:] for word in others)
