"""The account a stage keeps of what it saw, ready to become a ledger."""

from __future__ import annotations

from souverain.model import Ledger, Phrase, SourceEntry, SourceKind, SourceStatus, Span

_WEIGHT: dict[SourceStatus, int] = {"skipped": 0, "analysed": 1, "undecided": 2, "failed": 3}


class Account:
    """Collects one entry per file, and one per problem that is not a whole file's."""

    def __init__(self) -> None:
        self._files: dict[str, SourceEntry] = {}
        self._notes: dict[tuple[str, Phrase | None, int], SourceEntry] = {}

    def file(
        self,
        path: str,
        kind: SourceKind,
        status: SourceStatus,
        reason: Phrase | None = None,
        span: Span | None = None,
    ) -> None:
        """What became of a file; the worst status reported for it stays."""
        known = self._files.get(path)
        if known is None or _WEIGHT[status] > _WEIGHT[known.status]:
            self._files[path] = SourceEntry(path, kind, status, reason, span)

    def note(
        self, kind: SourceKind, status: SourceStatus, reason: Phrase, span: Span, path: str = ""
    ) -> None:
        """A module call, a limit or a block that could not be followed, once per place."""
        self.add(SourceEntry(path or span.file, kind, status, reason, span))

    def add(self, entry: SourceEntry) -> None:
        """What another account says of a file or, with a place, of something in it."""
        if entry.span is None or entry.reason is None:
            self.file(entry.path, entry.kind, entry.status, entry.reason, entry.span)
        else:
            self._notes.setdefault((entry.path, entry.reason, entry.span.start), entry)

    def knows(self, path: str) -> bool:
        """Whether a file has been accounted for."""
        return path in self._files

    def ledger(self) -> Ledger:
        """All entries in a stable order."""
        entries = (*self._files.values(), *self._notes.values())
        return Ledger(tuple(sorted(entries, key=_order)))


def _order(entry: SourceEntry) -> tuple[str, int, str]:
    return (entry.path, entry.span.start if entry.span else -1, entry.status)
