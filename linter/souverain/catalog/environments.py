"""Words in names that suggest an environment: ``policies/catalog/environments.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from souverain.records import TypedDict
from souverain.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BETWEEN: Final = regex(r"[^a-z0-9]+")


class EnvironmentData(TypedDict):
    """The file (``policies/schema/environments.schema.json``)."""

    environments: Mapping[str, Sequence[str]]
    shared: Sequence[str]
    examples: Sequence[str]


class EnvironmentWords:
    """What the name of a directory or of a variable file suggests. A name proves nothing."""

    def __init__(self, data: EnvironmentData) -> None:
        self._data = data

    def suggested(self, name: str) -> str | None:
        """The environment of the manifest that a word of a name stands for."""
        words = self._words(name)
        return next(
            (
                environment
                for environment, known in self._data["environments"].items()
                if words & set(known)
            ),
            None,
        )

    def of_path(self, path: str) -> str | None:
        """The environment that the directories of a path suggest, the last first."""
        return next(filter(None, map(self.suggested, reversed(path.split("/")))), None)

    def is_shared(self, name: str) -> bool:
        """Whether a variable file of that name goes with others, never alone."""
        return bool(self._words(name) & set(self._data["shared"]))

    def is_example(self, name: str) -> bool:
        """Whether a variable file of that name only shows what to write."""
        return bool(self._words(name) & set(self._data["examples"]))

    def _words(self, name: str) -> set[str]:
        return set(_BETWEEN.split(name.lower()))
