"""The account of an ingest: every file, every line, every outcome, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trace2skill.readers.source.ledger import Ledger, Note

NOTES_KEPT = 20


class Redaction(msgspec.Struct, frozen=True):
    """How many secrets of one kind stood on one line; never what they were."""

    line: int
    kind: str
    count: int


class Planted(msgspec.Struct, frozen=True):
    """A text on one line that plants an instruction, by the rule that says so; never the text itself."""

    line: int
    step: int
    rule: str


class FileReport(msgspec.Struct):
    """The account of one file, for people and for ``--json``."""

    file: str
    format: str | None
    reason: str
    named: bool = True
    """Whether the user named it, or it was found in a folder."""
    trajectories: int = 0
    lines: int = 0
    parsed: int = 0
    bookkeeping: int = 0
    unknown: int = 0
    bad: int = 0
    truncated: int = 0
    notes: list[Note] = []
    redactions: list[Redaction] = []
    """Where secrets stood, if that was asked for."""
    planted: list[Planted] = []
    """Where text tries to steer an agent that reads it."""

    def take(self, ledger: Ledger) -> None:
        """Take over the counts of *ledger*."""
        self.lines, self.parsed, self.bookkeeping, self.unknown, self.bad, self.truncated = ledger.counts()
        self.notes = ledger.notes[:NOTES_KEPT]


class Report(msgspec.Struct):
    """The account of a whole ingest."""

    files: list[FileReport] = []
    trajectories: int = 0
    duplicates: int = 0
    snapshots: int = 0
    """Earlier states of a session that is also there as a whole."""
    copied_steps: int = 0
    """Steps that a session took over from another one; they count once."""
    outcomes: dict[str, int] = {}
    label_sources: dict[str, int] = {}
    weak: int = 0
    """Outcomes that rest on less than a verifier, a person or tests."""
    redactions: dict[str, int] = {}
    planted: dict[str, int] = {}
    """How many texts plant an instruction, by rule."""
    unused_labels: list[str] = []
    ignored: int = 0
    """Files in folders whose name says that they are no log."""
    companions: int = 0
    """Files that lie beside a log and are read with it, or kept by its writer for other purposes."""

    @property
    def bad(self) -> int:
        """Return how many lines were damaged, the unfinished ends of live files aside."""
        return sum(file.bad - file.truncated for file in self.files)

    @property
    def refused(self) -> list[FileReport]:
        """Return the files that a user named and that are of no known format."""
        return [file for file in self.files if file.format is None and file.named]

    @property
    def passed_over(self) -> list[FileReport]:
        """Return the files found in folders that are of no known format."""
        return [file for file in self.files if file.format is None and not file.named]


def add(total: dict[str, int], more: Mapping[str, int]) -> None:
    """Add the counts of *more* to *total*."""
    for name, count in more.items():
        total[name] = total.get(name, 0) + count


def sort(counts: dict[str, int]) -> None:
    """Put *counts* in the order of their names."""
    ordered = sorted(counts.items())
    counts.clear()
    counts.update(ordered)
