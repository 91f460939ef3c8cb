"""What every module instance of one root evaluation shares."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from souverain.model import Phrase, Span, phrase
from souverain.records import dataclass, field
from souverain.terraform.data import DataRules
from souverain.terraform.files import ModuleFiles
from souverain.terraform.installed import Installed
from souverain.terraform.provenance import Grounds
from souverain.terraform.variabletypes import VariableLibrary
from souverain.values import Unknown, Value
from souverain.worlds import Memo, Worlds

if TYPE_CHECKING:
    from souverain.terraform.providers import Providers

MAX_DEPTH = 200
"""Values that may wait for one another; a longer chain is no longer a configuration."""

RECURSION = 12_000
"""Python frames such a chain may need, some 40 for each value and its expression."""

MAX_INSTANCES = 10_000
"""Resource and module instances of one root."""

MAX_MODULE_DEPTH = 24
"""Nesting of module calls; Terraform itself has no recursion, so more is a cycle."""


class Cell:
    """A value computed once per world that matters to it, and never from itself."""

    __slots__ = ("memo", "running")

    def __init__(self) -> None:
        self.memo: Memo[Value] = Memo()
        self.running = False


@dataclass(eq=False)
class Evaluation:
    """One root in one scenario: its alternatives, its files, and its limits."""

    root: str
    """Directory of the root as displayed."""
    files: ModuleFiles
    worlds: Worlds
    workspace: str | None
    installed: Installed
    providers: Providers
    data_rules: DataRules
    library: VariableLibrary
    grounds: Grounds = field(default_factory=Grounds)
    texts: dict[str, bytes] = field(default_factory=dict)
    """Files that expressions have read, by the path they give."""
    used: set[str] = field(default_factory=set)
    """Every file that takes part."""
    instances: int = 0
    _cut: set[str] = field(default_factory=set)
    _depth: int = 0

    def __post_init__(self) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))

    def once(self, cell: Cell, compute: Callable[[], Value], name: str, span: Span) -> Value:
        """Value of a cell in the current world; a cycle or too long a chain is Unknown."""
        if cell.running:
            return Unknown(phrase("terraform.cycle", name=name), span)
        if self._depth >= MAX_DEPTH:
            return self.too_deep(name, span)
        cell.running = True
        self._depth += 1
        try:
            return cell.memo.get(self.worlds, compute)
        except RecursionError:
            return self.too_deep(name, span)
        finally:
            cell.running = False
            self._depth -= 1

    def too_deep(self, name: str, span: Span) -> Unknown:
        """The value of something that rests on too long a chain."""
        return Unknown(phrase("terraform.too-deep", name=name), span)

    def note(self, reason: Phrase, span: Span) -> None:
        """Puts something that could not be followed in the ledger."""
        self.files.account.note("terraform", "undecided", reason, span)

    def may_add(self, count: int, span: Span) -> bool:
        """Whether ``count`` more instances stay within the limit, which is then used up.

        What does not is noted once per file: a file may hold far more blocks than the limit.
        """
        if self.instances + count > MAX_INSTANCES:
            if span.file not in self._cut:
                self._cut.add(span.file)
                self.note(phrase("terraform.too-many-instances", limit=MAX_INSTANCES), span)
            return False
        self.instances += count
        return True
