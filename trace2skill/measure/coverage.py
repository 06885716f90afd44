"""How much of the failures of runs that it has not seen a skill names, with what cures them (M1).

This measures content, not success: a skill that names a failure may still be of no help.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from trace2skill.measure.cases import Case
from trace2skill.measure.windows import best_window
from trace2skill.measure.words import Weights
from trace2skill.records import Record

COVERED = 0.5
"""The share of the weight of a case's terms from which on a window is said to name it."""


class Coverage(Record, frozen=True, omit_defaults=False):
    """What a skill says about cases; shares are from 0 to 1, and every task counts the same."""

    cases: int
    tasks: int
    symptoms: float
    """The share of cases whose symptom is named."""
    covered: float
    """The share of cases with a known remedy whose symptom and remedy stand in one window."""
    losses: dict[str, float]
    """For each task that has such cases: the share that is not covered."""


def cover(parts: Sequence[Sequence[str]], cases: Sequence[Case]) -> Coverage:
    """Return how the sections *parts* of a skill cover *cases*."""
    weights = Weights(sorted(" ".join(sorted(case.symptom | case.remedy)) for case in cases))
    named: dict[str, list[bool]] = defaultdict(list)
    covered: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        found = [best_window(part, case.symptom, case.remedy, weights) for part in parts]
        named[case.task].append(any(recall.symptom >= COVERED for recall in found))
        if case.answered:
            covered[case.task].append(any(recall.both >= COVERED for recall in found))
    shares = {task: sum(row) / len(row) for task, row in covered.items()}
    return Coverage(
        cases=len(cases),
        tasks=len(shares),
        symptoms=_mean([sum(row) / len(row) for row in named.values()]),
        covered=_mean(list(shares.values())),
        losses={task: round(1 - share, 4) for task, share in sorted(shares.items())},
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
