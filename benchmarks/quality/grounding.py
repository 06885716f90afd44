"""M5: every bullet has quotes, each stands in its redacted run byte for byte, and a changed byte shows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from benchmarks.quality.skills import bullets
from trace2skill import atif, provenance
from trace2skill.quotes import locate
from trace2skill.records import Evidence, Step, ToolCall, ToolResult, Trajectory, encode


class Grounding(NamedTuple):
    """How many bullets there are and are borne out, and how many quotes were there, moved and missed."""

    bullets: int = 0
    borne: int = 0
    quotes: int = 0
    present: int = 0
    noticed: int = 0
    """Quotes that are no longer found once one byte of them is changed in the run."""


def total(found: Iterable[Grounding]) -> Grounding:
    """Return the sums."""
    rows = list(found)
    return Grounding(*(sum(row[at] for row in rows) for at in range(len(Grounding._fields))))


def check(folder: Path, traces: Path) -> Grounding:
    """Check the skill in *folder* against the redacted runs of *traces*."""
    runs = {run.id: run for run in map(_read, traces.read_bytes().splitlines())}
    rows = provenance.load(folder)
    sound = {row: bool(row.evidence) and all(_evident(quote, runs) for quote in row.evidence) for row in rows}
    count = borne = 0
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        for _, bullet in bullets(path.read_text("utf-8")):
            if "](references/" in bullet:
                continue
            count += 1
            behind = [sound[row] for row in rows if row.file == name and row.sentence in bullet]
            borne += bool(behind) and all(behind)
    quotes = list(dict.fromkeys(quote for row in rows for quote in row.evidence))
    present = [quote for quote in quotes if _evident(quote, runs)]
    noticed = sum(not _evident(quote, {quote.trajectory: _damaged(quote, runs)}) for quote in present)
    return Grounding(count, borne, len(quotes), len(present), noticed)


def _read(line: bytes) -> Trajectory:
    return atif.from_atif(msgspec.json.decode(line))


def _evident(quote: provenance.Quote, runs: dict[str, Trajectory]) -> bool:
    run = runs.get(quote.trajectory)
    wanted = Evidence(trajectory=quote.trajectory, step=quote.step, field=quote.field, quote=quote.quote)
    return run is not None and locate(wanted, run) is not None


def _damaged(quote: provenance.Quote, runs: dict[str, Trajectory]) -> Trajectory:
    """Return the run of *quote* with the last character of the quote changed all through its step."""
    run = runs[quote.trajectory]
    other = quote.quote[:-1] + ("#" if quote.quote[-1] != "#" else "%")
    steps = list(run.steps)
    steps[quote.step] = _replaced(steps[quote.step], quote.quote, other)
    return msgspec.structs.replace(run, steps=tuple(steps))


def _replaced(step: Step, old: str, new: str) -> Step:
    def swap(text: str) -> str:
        return text.replace(old, new)

    def result(one: ToolResult) -> ToolResult:
        return msgspec.structs.replace(one, text=swap(one.text))

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return swap(value)
        if isinstance(value, dict):
            return {key: walk(part) for key, part in value.items()}
        return [walk(part) for part in value] if isinstance(value, list) else value

    def call(one: ToolCall) -> ToolCall:
        raw = one.raw if one.raw is not None else encode(one.arguments).decode()
        return msgspec.structs.replace(one, name=swap(one.name), raw=swap(raw), arguments=walk(one.arguments))

    return msgspec.structs.replace(
        step,
        text=swap(step.text),
        reasoning=swap(step.reasoning),
        calls=tuple(map(call, step.calls)),
        results=tuple(map(result, step.results)),
    )
