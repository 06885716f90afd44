"""Leave out what a reader of a log would skip: abandoned branches, copies, and polling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from trace2skill.analysts.pieces import Marks, Piece, is_live, mark, pieces_of
from trace2skill.records import Step, Trajectory, encode

FAILED = 1
"""The rank of a step that failed."""
GAP = 9
_MOST_REPEATED = 3
"""Of how many calls in turn a round of polling may consist."""
_SPOKEN_CHARS = 300
"""A step in which the agent says more than this is never folded."""
_COMPARED = 20_000
_ALIKE = 0.9
_NUMBER = re.compile(r"\d+")
_Calls = tuple[tuple[str, bytes], ...]


class Part(NamedTuple):
    """A step as it may be shown, or a line for steps that are not."""

    first: int
    last: int
    steps: int
    plain_tokens: int
    """What these steps have in the plain rendering."""
    head: str
    pieces: tuple[Piece, ...] = ()
    rank: int = GAP
    """How early this goes where not even the shortest rendering fits: 0 last, ``GAP`` first."""


def fold(trajectory: Trajectory) -> tuple[Part, ...]:
    """Return the steps of *trajectory* in order; what is left out stands in lines that count it."""
    marks = mark(trajectory)
    repeats = _repeats(trajectory, marks)
    parts: list[Part] = []
    left: list[Part] = []
    why = ""
    for step in trajectory.steps:
        reason = "" if is_live(step) else ", copied or on a branch that was given up"
        if step.index in repeats:
            reason = f", the same calls with nearly the same answers as in {repeats[step.index]}"
        if left and reason != why:
            parts.append(gap(left, why))
            left = []
        why = reason
        (left if reason else parts).append(_part(step, marks))
    return (*parts, gap(left, why)) if left else tuple(parts)


def gap(parts: Sequence[Part], why: str = "") -> Part:
    """Return the line that stands for *parts*, which follow each other."""
    first, last, steps = parts[0].first, parts[-1].last, sum(part.steps for part in parts)
    which = f"{first}" if first == last else f"{first} to {last}"
    head = f"[{steps} {'step' if steps == 1 else 'steps'} left out: {which}{why}]"
    return Part(first, last, steps, sum(part.plain_tokens for part in parts), head)


def headline(step: Step) -> str:
    """Return the line above a step."""
    return f"[{step.index}] {step.source.upper()}"


def _part(step: Step, marks: Marks) -> Part:
    head = headline(step)
    pieces = pieces_of(step, marks)
    # About what the headline and the empty line below take.
    size = 6 + sum(piece.tokens + piece.label_tokens for piece in pieces)
    return Part(step.index, step.index, 1, size, head, pieces, _rank(step, marks))


def _rank(step: Step, marks: Marks) -> int:
    order = (
        step.index == marks.task,
        step.index in marks.failed,
        step.index == marks.answer,
        step.index in marks.last,
        step.index in marks.around,
        step.source == "user" and "injected" not in step.flags,
        step.index in marks.edits,
    )
    return order.index(True) if True in order else len(order)


def _repeats(trajectory: Trajectory, marks: Marks) -> dict[int, str]:
    """Return the steps that only repeat earlier ones, several times in a row, and which these are."""
    found: dict[int, str] = {}
    recent: list[Step] = []
    row: dict[int, int] = {}
    for step in filter(is_live, trajectory.steps):
        model = _same(step, recent) if _may_fold(step, marks) else None
        if model is not None:
            row[step.index] = model
            continue
        found.update(_folded(row))
        row = {}
        recent = [*recent, step][-_MOST_REPEATED:] if step.calls else []
    return {**found, **_folded(row)}


def _folded(row: dict[int, int]) -> dict[int, str]:
    """Return the steps of *row* with what they repeat, if they do so twice at least."""
    models = sorted(set(row.values()))
    if not models or len(row) < 2 * len(models):
        return {}
    which = f"step {models[0]}" if len(models) == 1 else f"steps {models[0]} to {models[-1]}"
    return dict.fromkeys(row, which)


def _may_fold(step: Step, marks: Marks) -> bool:
    spoken = len(step.text) + len(step.reasoning)
    return bool(step.calls) and not marks.keeps(step.index) and spoken <= _SPOKEN_CHARS


def _same(step: Step, recent: Sequence[Step]) -> int | None:
    """Return which of the *recent* steps made the same calls and got nearly the same answers."""
    calls = _calls(step)
    for other in recent:
        if _calls(other) == calls and _alike(_answers(step), _answers(other)):
            return other.index
    return None


def _calls(step: Step) -> _Calls:
    return tuple((call.name, encode(call.arguments if call.raw is None else call.raw)) for call in step.calls)


def _answers(step: Step) -> str:
    return "\n".join(result.text for result in step.results)


def _alike(one: str, other: str) -> bool:
    """Say whether at least nine lines in ten are the same but for numbers."""
    if min(len(one), len(other)) < _ALIKE * max(len(one), len(other)) - 10:
        return False
    first, second = (Counter(_NUMBER.sub("0", text[:_COMPARED]).splitlines()) for text in (one, other))
    return 2 * (first & second).total() >= _ALIKE * (first.total() + second.total())
