"""Drawing what was read, what was skipped, and what can be read."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from trace2skill.render.console import err, make_table, out, print_counts, safe

if TYPE_CHECKING:  # what a command does not need is not loaded for it
    from trace2skill.ingest import FileReport, Report
    from trace2skill.ingest.discover import Trove

PLACES = 10
"""Places of planted instructions that are printed."""


def print_ingest(report: Report) -> None:
    """Print the account of an ingest: files by format, lines, outcomes, redactions, and what was skipped."""
    console = out()
    table = make_table("format", "files", "trajectories", "lines", "parsed", "bookkeeping", "unknown", "bad")
    formats = sorted({file.format for file in report.files if file.format is not None})
    for name in formats:
        files = [file for file in report.files if file.format == name]
        sums = [
            sum(getattr(file, column) for file in files)
            for column in ("trajectories", "lines", "parsed", "bookkeeping", "unknown", "bad")
        ]
        table.add_row(name, str(len(files)), *map(str, sums))
    console.print(table)
    print_counts("outcomes", report.outcomes)
    print_counts("graded by", {name: n for name, n in report.label_sources.items() if name != "none"})
    if report.weak:
        err().print(f"{report.weak} outcomes are a model's opinion or a guess: what they teach is weaker")
    print_counts("redacted", report.redactions)
    _print_redactions(report)
    print_planted(report)
    print_skipped(report)


def print_planted(report: Report) -> None:
    """Print how many texts plant instructions and where the first of them stand; never what they say."""
    if not report.planted:
        return
    counts = ", ".join(f"{count} {rule}" for rule, count in report.planted.items())
    console = err()
    console.print(f"instructions planted in the logs: {counts}; what stands there supports no lesson")
    places = [(file.file, planted) for file in report.files for planted in file.planted]
    for name, planted in places[:PLACES]:
        console.print(f"{safe(name)}:{planted.line or '?'}: {planted.rule} (step {planted.step})")
    if len(places) > PLACES:
        console.print(f"… and {len(places) - PLACES} more places; --json has them all")


def print_skipped(report: Report) -> None:
    """Print what was not used: refused files, duplicates, damaged and unknown lines."""
    console = err()
    for file in report.refused:
        console.print(f"skipped {safe(file.file)}: {file.reason}")
    for reason, files in groupby(sorted(report.passed_over, key=_reason), key=_reason):
        names = [safe(file.file) for file in files]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        console.print(f"passed over {names[0]}{more}: {reason}")
    if report.duplicates:
        console.print(f"skipped {report.duplicates} duplicates")
    if report.snapshots:
        console.print(f"skipped {report.snapshots} earlier states of sessions that are there as a whole")
    if report.copied_steps:
        console.print(f"{report.copied_steps} steps copied from another session count once")
    for file in report.files:
        for note in file.notes[:5]:
            console.print(f"{safe(file.file)}:{note.line}: {safe(note.reason)}")
    if report.unused_labels:
        console.print(f"labels without a trajectory: {safe(', '.join(report.unused_labels[:10]))}")


def _reason(file: FileReport) -> str:
    return file.reason


def print_troves(troves: list[Trove]) -> None:
    """Print which logs lie in the usual places."""
    table = make_table("format", "folder", "files", "MB", "from", "to", words=2)
    for trove in troves:
        size = f"{trove.bytes / 1e6:.1f}"
        table.add_row(trove.format, trove.folder, str(trove.files), size, trove.oldest, trove.newest)
    out().print(table)


def _print_redactions(report: Report) -> None:
    places = [(file.file, place) for file in report.files for place in file.redactions]
    if not places:
        return
    table = make_table("file", "line", "kind", "count")
    for name, place in places:
        table.add_row(safe(name), str(place.line or "?"), place.kind, str(place.count))
    out().print(table)


def print_formats(rows: list[tuple[str, str, str, str]]) -> None:
    """Print the formats, who writes them and where, and where their outcomes come from."""
    table = make_table("format", "written by", "on disk", "outcome", words=4)
    for row in rows:
        table.add_row(*row)
    out().print(table)
