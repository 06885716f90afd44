"""The side-car of a skill that traces each of its sentences to runs, steps and verbatim quotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from trace2skill.errors import InputError
from trace2skill.markdown import lines_of
from trace2skill.records import Counts, Field, Record, Support, encode

FILE = ".trace2skill/provenance.jsonl"


class Quote(Record, frozen=True, omit_defaults=False):
    """One quote behind a sentence: where in which trajectory, and where that lies on disk."""

    trajectory: str
    step: int
    field: Field
    quote: str
    source: str
    source_line: int
    task: str = ""
    """A hash that stands for the task of the run, to count tasks over several distillations."""


class Row(Record, frozen=True):
    """One sentence of a skill that carries a rule, and what stands behind it."""

    file: str
    line: int
    sentence: str
    lesson: str
    support: Support
    evidence: tuple[Quote, ...]
    counts: Counts | None = None
    untrusted: bool = False
    """Only what others wrote says so: pages, files, mails, MCP servers."""


def dump(rows: Iterable[Row]) -> str:
    """Return *rows* as JSON Lines, sorted by place."""
    ordered = sorted(rows, key=lambda row: (row.file != "SKILL.md", row.file, row.line, row.sentence))
    return "".join(encode(row).decode() + "\n" for row in ordered)


def load(folder: Path) -> tuple[Row, ...]:
    """Read the rows of the skill in *folder*; none if it has no side-car."""
    path = folder / FILE
    if not path.is_file():
        return ()
    return parse(path.read_bytes(), str(path))


def parse(data: bytes, name: str) -> tuple[Row, ...]:
    """Return the rows in *data*; *name* says in an error where they are from."""
    decoder = msgspec.json.Decoder(Row)
    rows = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            rows.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise InputError(f"{name}:{number}: damaged provenance: {error}") from error
    return tuple(rows)


def place(rows: Sequence[Row], files: dict[str, str]) -> tuple[Row, ...]:
    """Return *rows* with the line numbers that their sentences have in *files* now.

    A sentence that is no longer there loses its row. Of two equal sentences the nearest line wins.
    """
    placed = []
    for row in rows:
        lines = [n for n, text in enumerate(lines_of(files.get(row.file, "")), 1) if row.sentence in text]
        if lines:
            nearest = min(lines, key=lambda n: (abs(n - row.line), n))
            placed.append(msgspec.structs.replace(row, line=nearest))
    return tuple(placed)


def follow(rows: Sequence[Row], files: dict[str, str]) -> tuple[Row, ...]:
    """Return *rows* where their sentences are in *files* now, be it in another file than before.

    A sentence that is nowhere keeps its row, so that an owner's deletion is remembered.
    """
    found = []
    for row in rows:
        here = (row.file, *sorted(files.keys() - {row.file}))
        moved = (place((msgspec.structs.replace(row, file=file),), files) for file in here)
        found.append(next((placed[0] for placed in moved if placed), row) if row.line else row)
    return tuple(found)
