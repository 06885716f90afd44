"""The runs that an analyst may look into: the one in question and the others of its task."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from trace2skill.analysts.siblings import CALLS, hash_of
from trace2skill.quotes import field_texts
from trace2skill.records import Evidence, Field, Step, ToolResult, Trajectory

QUOTE_CHARS = 8
FIELDS: tuple[Field, ...] = ("result", "call", "text", "reasoning")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKED_AT = 400
"""Characters of an output in which a failure shows."""


class Runs(NamedTuple):
    """The run in question first, which models know as A, then the others of its task: B, C and so on."""

    all: tuple[Trajectory, ...]

    @property
    def own(self) -> Trajectory:
        """Return the run in question."""
        return self.all[0]

    def named(self, name: str) -> Trajectory | None:
        """Return the run that a model calls *name*; without a name, the one in question."""
        at = _LETTERS.find(name.strip().upper()[-1:] or "A")
        return self.all[at] if 0 <= at < len(self.all) else None

    def names(self) -> Iterator[tuple[str, Trajectory]]:
        """Yield every run with its name."""
        return zip(_LETTERS, self.all, strict=False)


def common_steps(one: Trajectory, other: Trajectory) -> list[tuple[range, range]]:
    """Return the stretches of steps in which two runs make the same calls, as ranges in each."""
    rows = [
        [(step.index, hash_of(call)) for step in run.steps for call in step.calls] for run in (one, other)
    ]
    left, right = (row[:CALLS] for row in rows)
    matcher = SequenceMatcher(None, [key for _, key in left], [key for _, key in right], autojunk=False)
    return [
        (
            range(left[block.a][0], left[block.a + block.size - 1][0] + 1),
            range(right[block.b][0], right[block.b + block.size - 1][0] + 1),
        )
        for block in matcher.get_matching_blocks()
        if block.size
    ]


def parting(one: Trajectory, other: Trajectory) -> tuple[int, int]:
    """Return the steps, in each, from which on two runs no longer make the same calls."""
    firsts = [next((step.index for step in run.steps if step.calls), 0) for run in (one, other)]
    same = common_steps(one, other)
    if same and [stretch[0] for stretch in same[0]] == firsts:
        return same[0][0].stop, same[0][1].stop
    return firsts[0], firsts[1]


def failed(result: ToolResult) -> bool:
    """Say whether a call failed: as its log states, else by an error in the first words of its output."""
    if result.is_error is None and result.exit_code is None:
        return any(word in result.text[:_LOOKED_AT] for word in ("rror", "Traceback", "ot found"))
    return bool(result.is_error or result.exit_code)


def errors(trajectory: Trajectory) -> Iterator[tuple[Step, ToolResult]]:
    """Yield each failed result with its step."""
    for step in trajectory.steps:
        for result in step.results:
            if failed(result):
                yield step, result


def find_quote(quote: str, step: int, trajectory: Trajectory) -> Evidence | None:
    """Return *quote* as evidence: from the step that was named, else from the nearest that holds it."""
    if len(quote.strip()) < QUOTE_CHARS:
        return None
    for at in sorted(range(len(trajectory.steps)), key=lambda at: (abs(at - step), at)):
        for field in FIELDS:
            if any(quote in text for text, _ in field_texts(trajectory.steps[at], field)):
                return Evidence(trajectory=trajectory.id, step=at, field=field, quote=quote)
    return None
